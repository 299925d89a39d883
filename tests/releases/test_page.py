"""The page, the record and the command: what is known of each release comes out of them."""

import argparse
import re

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from skl2onnx import to_onnx
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.ensemble import RandomForestClassifier

from tests.interop.operators import cases as official
from tests.interop.operators import measure as operators
from tests.kit import record
from tests.kit.page import fence
from tests.kit.places import ROOT, TESTS
from tests.releases import ask, history, page
from tests.releases.__main__ import ASKED, find_release, find_tool, main
from tests.releases.history import Change
from tests.releases.tools import TOOLS

README = TESTS / "releases" / "README.md"
RECORDED = page.tools(page.read())
RUNTIME = RECORDED["onnxruntime"]
RELEASES = RUNTIME["releases"]
MISLABEL = ["1.26.0", "1.27.0"]


def number(release):
    return [int(part) for part in re.split("[./]", release)]  # of skl2onnx two, as in 1.17.0/1.4.2


def wrong_in(name, verdict="otherwise"):
    """Return the releases in which a case ended so, by the record."""
    _kind, found = history.unpack(RUNTIME)[name]
    return [release for release, each in found.items() if each == verdict]


# Histories ----------------------------------------------------------------------------------------
def test_a_history_names_the_first_release_of_each_verdict_and_is_read_back():
    releases = ["1.8.0", "1.9.0", "1.10.0", "1.11.0"]
    verdicts = ["too new", "otherwise", "otherwise", "right"]
    line = history.join(verdicts, releases)
    assert line == "1.8.0 too new, 1.9.0 otherwise, 1.11.0 right"
    assert list(history.split(line, releases).values()) == verdicts


def test_changes_are_those_between_neighbours_and_a_newer_format_is_none_of_an_operator():
    verdicts = {
        "1.8.0": {"a": ("refused", "no a"), "b": ("too new", ""), "c": ("right", "")},
        "1.9.0": {"a": ("right", ""), "b": ("right", ""), "c": ("right", "")},
        "1.10.0": {"a": ("right", ""), "b": ("otherwise", "off by 3"), "c": ("right", "")},
    }
    kinds = {"a": "Add", "b": "Mul", "c": "Sub"}
    packed = history.pack(verdicts, kinds, {"a": 1, "b": 2, "c": 3}, list(verdicts))
    words = history.pack_words(packed, verdicts, list(verdicts))
    recorded = {"releases": list(verdicts), "histories": packed, "words": words}
    assert history.changes(recorded) == [
        Change("Add", "1.8.0", "1.9.0", "refused", "right", ("a",)),
        Change("Mul", "1.9.0", "1.10.0", "right", "otherwise", ("b",)),
    ]
    assert page.words_of(recorded, history.changes(recorded)[1]) == "off by 3"
    assert "c" not in history.unpack(recorded)


def test_the_smallest_case_comes_first():
    verdicts = {"1.8.0": dict.fromkeys("abc", ("otherwise", ""))}
    packed = history.pack(
        verdicts, dict.fromkeys("abc", "Add"), {"a": 9, "b": 1, "c": 5}, ["1.8.0"]
    )
    assert packed == {"1.8.0 otherwise": {"Add": ["b", "c", "a"]}}


# What was measured --------------------------------------------------------------------------------
@pytest.mark.parametrize("tool", RECORDED)
def test_the_record_has_the_releases_of_the_tool_from_the_oldest_on(tool):
    releases = RECORDED[tool]["releases"]
    assert releases == TOOLS[tool].releases
    assert sorted(releases, key=number) == releases
    minor = [re.sub(r"(\d+\.\d+)[\d.]*", r"\1", release) for release in releases]
    assert len(set(minor)) == len(minor)


def test_the_newest_release_is_the_one_that_is_pinned():
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert f"\nonnxruntime=={RELEASES[-1]}\n" in pins
    assert RUNTIME["made by"]["onnxruntime"] == RELEASES[-1]


def test_the_newest_release_does_with_the_official_cases_what_the_page_of_operators_says():
    cases = official.read_cases(operators.CASES)
    other = operators.unpack(record.read(operators.results_file("ONNX Runtime")), cases)
    known = history.unpack(RUNTIME)
    said = {"agrees": ["right"], "differs": ["otherwise"], "refused": ["refused", "too new"]}
    for name, found in other.items():
        here = known[name][1][RELEASES[-1]] if name in known else "right"
        assert here in said[found["verdict"]], name
    assert len(other) > 1500


def test_forests_of_two_classes_are_mislabelled_by_two_releases():
    """microsoft/onnxruntime#28557: right in 1.25.1, wrong in 1.26.0."""
    for name in ["RandomForestClassifier", "ExtraTreesClassifier"]:
        assert wrong_in(f"{name}, two classes") == MISLABEL
        assert f"{name}, default" not in history.unpack(RUNTIME)  # three classes: right everywhere


def test_reverse_sequence_is_right_from_1_28_on_where_a_length_is_0():
    """microsoft/onnxruntime#28759: it is the length, not the axes of the official case."""
    before = RELEASES[: RELEASES.index("1.28.0")]
    assert wrong_in("test_reversesequence_batch") == before
    assert wrong_in("reversed, time first, a length of 0") == before
    known = history.unpack(RUNTIME)
    right = ["test_reversesequence_time", "reversed, time first", "reversed, batch first"]
    assert not set(right) & set(known)


def test_empty_reductions_have_another_shape_in_1_16_alone():
    empty = [name for name in history.unpack(RUNTIME) if re.fullmatch(r"\w+_empty_set", name)]
    assert len(empty) == 9
    assert all(wrong_in(name) == ["1.16.3"] for name in empty)


def test_which_formats_a_release_reads_is_what_the_page_of_versions_measured_in_another_way():
    runtimes = record.read(TESTS / "questions" / "results.json")["versions"]["runtimes"]
    compared = 0
    for title, found in runtimes.items():
        tool, _, release = title.partition(" ")
        if tool != "onnxruntime" or release not in RELEASES:
            continue
        compared += 1
        for kind, span in [("opset", found["opsets"]), ("IR version", found["IR versions"])]:
            oldest, newest = map(int, span.split(" to "))
            for version in range(oldest, newest + 2):
                case = history.unpack(RUNTIME).get(f"{kind} {version}", ("", {}))
                right = case[1].get(release, "right") == "right"
                beyond = f"{kind} {version}" not in history.name_formats()
                assert beyond or right == (version <= newest), (title, kind, version)
    assert compared >= 5


# A file -------------------------------------------------------------------------------------------
def reverse_sequence(**attributes):
    """Return a model of one ReverseSequence, of other sizes than the official case's."""
    values = [helper.make_tensor_value_info("X", TensorProto.FLOAT, [3, 5])]
    values.append(helper.make_tensor_value_info("lengths", TensorProto.INT64, ["N"]))
    node = helper.make_node("ReverseSequence", ["X", "lengths"], ["Y"], **attributes)
    Y = helper.make_tensor_value_info("Y", TensorProto.FLOAT, [3, 5])
    graph = helper.make_graph([node], "reverse", values, [Y])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)


def forest(load, words=None):
    """Return the file of a forest, whose classes may be named by words."""
    X, y = load(return_X_y=True)
    y = np.array(words)[y] if words else y
    X = X.astype(np.float32)
    classifier = RandomForestClassifier(n_estimators=2, max_depth=2, random_state=0).fit(X, y)
    model = to_onnx(classifier, X[:1], target_opset={"": 18, "ai.onnx.ml": 3})
    model.ir_version = 8
    return model


@pytest.fixture(scope="module")
def evidence():
    return ask.Evidence(RUNTIME)


def known_wrong(model, evidence):
    """Return {operator: releases} of what is known to be wrong."""
    found = {}
    for release in RELEASES:
        for each in ask.ask(model, release, evidence)[0]:
            found.setdefault(each.what, []).append(release)
    return found


def test_of_a_node_is_said_what_holds_of_cases_like_it(evidence):
    wrong = {"ReverseSequence": RELEASES[: RELEASES.index("1.28.0")]}
    model = reverse_sequence(batch_axis=1, time_axis=0)
    assert known_wrong(model, evidence) == wrong
    (finding,) = ask.ask(model, "1.27.0", evidence)[0]
    assert finding.condition == ask.SOME  # other numbers are right there, and it names the case
    assert finding.case == "reversed, time first, a length of 0"


def test_a_forest_of_two_classes_is_told_from_one_of_three(evidence):
    two = known_wrong(forest(load_breast_cancer), evidence)
    assert two == {"ai.onnx.ml.TreeEnsembleClassifier": MISLABEL}
    assert known_wrong(forest(load_iris), evidence) == {}


def test_a_forest_whose_two_classes_are_words_is_mislabelled_as_well(evidence):
    """Found by asking: its node was like no case, and 1.26.0 mislabels it."""
    assert known_wrong(forest(load_breast_cancer, ["no", "yes"]), evidence) == {
        "ai.onnx.ml.TreeEnsembleClassifier": MISLABEL
    }
    assert known_wrong(forest(load_iris, ["a", "b", "c"]), evidence) == {}


def softmax(kind):
    X = helper.make_tensor_value_info("X", kind, ["N", 7])
    Y = helper.make_tensor_value_info("Y", kind, ["N", 7])
    graph = helper.make_graph([helper.make_node("Softmax", ["X"], ["Y"])], "s", [X], [Y])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)


def test_float16_is_told_from_float32(evidence):
    """1.16.3 ends with "ReduceMax ... float16", which a run of this file showed."""
    assert known_wrong(softmax(TensorProto.FLOAT16), evidence) == {"Softmax": ["1.16.3"]}
    assert known_wrong(softmax(TensorProto.FLOAT), evidence) == {}


def test_clip_of_float16_without_bounds_is_wrong_in_1_19_alone():
    """microsoft/onnxruntime#21957: right in 1.18, and 0 in place of no bound in 1.19."""
    assert wrong_in("test_clip_default_inbounds, float16") == ["1.19.2"]


def test_attention_with_a_row_that_is_masked_wholly_is_right_from_1_28_on():
    """microsoft/onnxruntime#28958: a mask of float32, which no official case of it has."""
    newer = RELEASES[RELEASES.index("1.23.2") : RELEASES.index("1.28.0")]
    assert wrong_in("attention, a row masked wholly, opset 23") == newer
    assert wrong_in("attention, some numbers masked, opset 23") == []
    softcap = RELEASES[RELEASES.index("1.23.2") : RELEASES.index("1.27.0")]
    assert wrong_in("attention, some numbers masked, softcap, opset 23") == softcap


@pytest.mark.parametrize("tool", [tool for tool in RECORDED if tool in ASKED])
def test_each_tool_that_runs_files_is_asked_and_knows_the_cases(tool):
    """What a tool is asked about its own cases is what is recorded of them, found or unlike."""
    asked = ask.Evidence(RECORDED[tool])
    model = reverse_sequence(batch_axis=1, time_axis=0)
    for release in asked.releases:
        name = "reversed, time first, a length of 0"
        wrong = {asked.verdict(name, release), asked.verdict("reversed, time first", release)}
        findings, unlike = ask.ask(model, release, asked)
        said = {each.verdict for each in findings if each.what == "ReverseSequence"}
        assert unlike == [] and bool(said) == bool(wrong - {"right", "too new"}), release


def test_a_format_that_is_too_new_is_said_and_one_that_nobody_tried_as_well(evidence):
    model = reverse_sequence(batch_axis=1, time_axis=0)
    model.ir_version = 10
    found = known_wrong(model, evidence)
    assert found["IR version 10"] == RELEASES[: RELEASES.index("1.18.1")]
    model.ir_version = 99
    assert ask.ask(model, RELEASES[-1], evidence) == ([], ["IR version 99"])


def test_a_node_that_no_case_is_like_is_neither_wrong_nor_right(evidence):
    model = reverse_sequence(batch_axis=1, time_axis=0)
    for value in (model.graph.input[0], model.graph.output[0]):
        value.type.tensor_type.elem_type = TensorProto.DOUBLE
    assert ask.ask(model, "1.27.0", evidence) == ([], ["ReverseSequence"])


def test_an_operator_that_no_case_has_is_not_called_right(evidence):
    model = reverse_sequence(batch_axis=1, time_axis=0)
    model.graph.node[0].op_type = "ReverseEverything"
    assert ask.ask(model, RELEASES[-1], evidence) == ([], ["ReverseEverything"])


def test_neighbouring_releases_are_said_as_a_range():
    assert ask.ranges(["1", "2", "4"], ["1", "2", "3", "4"]) == "1 to 2, 4"
    assert ask.ranges([], ["1"]) == "none"


# The command --------------------------------------------------------------------------------------
@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    """Return a function that asks of a file, in this process: status, lines, complaint."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        status = main([*arguments])
        return status, *capsys.readouterr()

    return run


@pytest.fixture
def from_terminal(terminal, tmp_path):
    """Return a function that asks of a file, as a user would: status, lines, complaint."""

    def run(*arguments):
        finished = terminal(
            tmp_path, "-m", "tests.releases", *arguments, PYTHONPATH=str(ROOT), PYTHONWARNINGS=None
        )
        return finished.returncode, finished.stdout, finished.stderr

    return run


def test_the_page_shows_what_the_command_says(from_terminal, tmp_path, generated):
    onnx.save(forest(load_breast_cancer), tmp_path / "forest.onnx")
    status, printed, complaint = from_terminal("forest.onnx", "--release", "1.26")
    assert (status, complaint) == (1, "")
    assert "right in 1.16.3 to 1.25.1, 1.28.0 to 1.32.0" in " ".join(printed.split())
    assert printed.endswith("The oldest of these is 1.16.3.\n")
    line = "$ python -m tests.releases forest.onnx --release 1.26"
    generated(README, "file", fence("", [line, *printed.splitlines()]))


def test_where_nothing_is_known_the_status_is_0_and_it_is_not_called_right(command, tmp_path):
    onnx.save(forest(load_breast_cancer), tmp_path / "forest.onnx")
    status, printed, _ = command("forest.onnx", "--release", "1.28.0")
    assert status == 0
    assert "Nothing of it is known to be wrong there: that is less than right." in printed


def test_a_file_of_which_nothing_is_known_is_not_said_to_be_known(command, tmp_path):
    model = reverse_sequence()
    model.graph.node[0].domain = "com.nobody"
    model.opset_import.append(helper.make_opsetid("com.nobody", 1))
    onnx.save(model, tmp_path / "nobody.onnx")
    status, printed, _ = command("nobody.onnx", "--release", "1.26")
    assert status == 0
    assert "Not known, for no case is like it: com.nobody.ReverseSequence.\n" in printed
    assert "No case is like any of its nodes: what follows is known of its format alone." in printed


def test_a_release_is_found_by_what_it_begins_with():
    releases = ["4.8.1.78", "4.11.0.86", "4.12.0.88"]
    for asked in ("4.11", "4.11.0", "4.11.0.86", " 4.11 "):
        assert find_release(asked, releases) == "4.11.0.86"
    with pytest.raises(ValueError, match=r"'4.1' was not measured; expected one of 4\.8\.1\.78, "):
        find_release("4.1", releases)
    with pytest.raises(ValueError, match=r"'4' may be 4\.8\.1\.78 or 4\.11\.0\.86; expected one"):
        find_release("4", releases)


def test_a_tool_is_found_by_its_name_and_by_its_package():
    assert find_tool("ONNXRuntime") == "onnxruntime"
    assert find_tool("ONNX.reference") == "onnx.reference"
    for asked in ("onnx", "skl2onnx", "onnxruntime-gpu"):  # two tools, none that is asked, unknown
        with pytest.raises(argparse.ArgumentTypeError, match="expected one of onnxruntime, "):
            find_tool(asked)


@pytest.mark.parametrize(
    "file, release, said",
    [
        ("missing.onnx", "1.26", "missing.onnx: "),
        ("folder", "1.26", "folder: expected an ONNX file, found a folder"),
        ("text.onnx", "1.26", "text.onnx: "),
        ("forest.onnx", "1.2", "release '1.2' was not measured; expected one of 1.16.3, 1.17.3"),
        ("forest.onnx", "1.24.1", "onnxruntime: release '1.24.1' was not measured; expected one"),
        ("forest.onnx", "", "release '' was not measured; expected one of"),
    ],
)
def test_bad_input_is_one_line_and_status_2(command, tmp_path, file, release, said):
    (tmp_path / "folder").mkdir()
    (tmp_path / "text.onnx").write_text("no model", encoding="utf-8")
    onnx.save(reverse_sequence(batch_axis=1, time_axis=0), tmp_path / "forest.onnx")
    status, printed, complaint = command(file, "--release", release)
    assert (status, printed) == (2, "")
    assert complaint.startswith("error: ") and complaint.count("\n") == 1
    assert said in complaint


def test_bad_input_is_one_line_and_status_2_in_the_terminal(from_terminal):
    status, printed, complaint = from_terminal("missing.onnx", "--release", "1.26")
    assert (status, printed) == (2, "")
    assert complaint.startswith("error: missing.onnx: ") and complaint.count("\n") == 1
