"""Each mistake is made on purpose, and then mended: who notices it, and is the mend a mend?

`pytest --update` records who noticed, and writes the page.
"""

import importlib
from textwrap import shorten

import numpy as np
import onnx.inliner
import onnxruntime
import pytest
from onnx import helper
from onnx.numpy_helper import to_array
from skl2onnx import to_onnx
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from neural_network import load_model
from tests.kit import environments, record
from tests.kit.graphs import list_operators
from tests.mistakes.judge import LONGEST, Verdict, agrees, judge
from tests.mistakes.kinds import collect
from tests.mistakes.page import FILE, read, telling
from tests.mistakes.right import X_FLOWERS, X_PLANT, Y_FLOWERS, B, W, small_model

MISTAKES = collect()
NAMES = [row.make.__name__ for row in MISTAKES]


@pytest.fixture
def folder(tmp_path):
    """Return a folder that has a folder above it, which belongs to the test as well."""
    (tmp_path / "inside").mkdir()
    return tmp_path / "inside"


@pytest.fixture
def read_log(capfd):
    """Return a function that returns what was printed since its last call, by C++ as well."""
    onnxruntime.set_default_logger_severity(
        2
    )  # warnings, as by default; another test turns it down
    return lambda: "".join(capfd.readouterr())


def judged(row, mended, folder, read_log):
    """Return the verdict; where a computer forbids symlinks, there is none to be had."""
    verdict = judge(row, mended, folder, read_log)
    if verdict.error == "OSError" and "symlink" in row.make.__name__:
        pytest.skip("this account may not make symlinks")
    return verdict


def shown(row, verdict):
    """Return the part of the message that the page shows."""
    if verdict.noticed in ["right", "dies"]:
        return verdict.message
    if verdict.noticed == "nobody":
        return row.shows or verdict.message
    beginning = shorten(verdict.message.partition(" ==> ")[0], LONGEST, placeholder="")
    return row.shows or beginning.rstrip(".")


@pytest.mark.parametrize("row", MISTAKES, ids=NAMES)
def test_a_mistake_is_noticed_by_the_one_on_the_page(row, folder, read_log, request, note):
    verdict = judged(row, False, folder, read_log)
    message = shown(row, verdict)
    assert verdict.noticed == "nobody" or message in verdict.message
    outcome = {key: value for key, value in verdict._asdict().items() if value}
    outcome["message"] = message
    keys = ["mistakes", row.make.__name__]
    groups = record.find(read(), keys)
    before = environments.outcome_in(groups, environments.here()) or {}
    if verdict.off and before.get("off", 0) / 2 <= verdict.off <= before.get("off", 0) * 2:
        outcome["off"] = before["off"]  # another processor rounds otherwise
        outcome["message"] = row.shows or before["message"]
    settled = environments.settled(groups, outcome, request.config.getoption("update"))
    if settled:
        note(FILE, *keys, value=settled)
    # Elsewhere another version may notice earlier or later; the mend has to mend all the same.


def test_the_versions_are_those_of_this_environment(request, note):
    place = environments.here()
    if place:
        before = read().get("versions", {}).get(place)
        note(FILE, "versions", place, value=environments.described(before))


@pytest.mark.parametrize("row", MISTAKES, ids=NAMES)
def test_the_mend_makes_it_right_and_nobody_complains(row, folder, read_log):
    assert judged(row, True, folder, read_log) == Verdict("right")


def test_nothing_is_recorded_of_mistakes_that_are_gone(request, keep):
    keep(FILE, "mistakes", names=NAMES)
    if not request.config.getoption("update"):
        assert set(read()["mistakes"]) == set(NAMES)


def test_a_mistake_without_a_record_says_which_command_makes_one():
    with pytest.raises(LookupError, match="a_cycle yet: pytest tests/mistakes --update records it"):
        telling(next(row for row in MISTAKES if row.make.__name__ == "a_cycle"), {})


def broken(name, folder):
    """Return the attempt of a mistake, unmended."""
    row = next(row for row in MISTAKES if row.make.__name__ == name)
    return row.make(False, folder)


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("truncated_file", b"\x08"),
        ("empty_file", b""),
        ("text_file_renamed", b"This"),
        ("pointer_to_a_large_file", b"version https://git-lfs"),
        ("json_file", b"{"),
        ("pickle_file", b"\x80"),
    ],
)
def test_the_beginning_of_a_file_tells_what_it_is(name, begins, folder):
    content = broken(name, folder).model
    assert content.startswith(begins) and bool(content) == bool(begins)


@pytest.mark.parametrize(
    ("name", "unread", "writers"),
    [
        ("initializer_with_a_wrong_name", ["weights"], {}),
        ("initializer_missing", [], {}),
        ("nodes_in_the_wrong_order", [], {"XW": ["X", "W"]}),
        ("a_cycle", [], {"Y": ["XW", "B"]}),
    ],
)
def test_what_tells_apart_why_a_name_has_no_origin(name, unread, writers, folder):
    graph = broken(name, folder).model.graph
    read = {wire for node in graph.node for wire in node.input}
    assert [tensor.name for tensor in graph.initializer if tensor.name not in read] == unread
    first, second = graph.node
    lacking = set(first.input) & set(second.output)
    assert {wire: list(second.input) for wire in lacking} == writers


# By hand, or published: what the smallest cases should answer
ANSWERS = {
    "neighbours_by_distance": [[0.2380, 0.7620]],
    "indicators_dropped": [[0.593, 0.407], [0.441, 0.559], [0.593, 0.407], [0.373, 0.627]],
    "attribute_misspelt": [[0.9820138, 0.0179862]],  # 1 / (1 + exp(-4))
}


@pytest.mark.parametrize("name", ANSWERS)
def test_the_smallest_cases_expect_what_is_right(name, folder):
    expected = broken(name, folder).expected
    digits = 3 if name == "indicators_dropped" else 4
    np.testing.assert_allclose(expected, ANSWERS[name], atol=0.6 * 10.0**-digits)


def test_a_misspelt_attribute_answers_as_the_inner_default_would(folder):
    """LeakyRelu's own default is 0.01: 1 and -3 become 1 and -0.03."""
    attempt = broken("attribute_misspelt", folder)
    session = load_model(attempt.model.SerializeToString())
    answer = session.run(None, attempt.feed)[0]
    np.testing.assert_allclose(answer[0, 0], 1 / (1 + np.exp(-1.03)), rtol=1e-6)  # 0.7369


# What is told beside the rows ---------------------------------------------------------------------
def mended(name, folder):
    """Return the attempt of a mistake, mended."""
    row = next(row for row in MISTAKES if row.make.__name__ == name)
    return row.make(True, folder)


def test_the_surprises_are_these_and_their_answers_are_right(folder):
    assert {row.make.__name__ for row in MISTAKES if row.surprise} == {
        "zipmap_left_on",
        "compared_by_its_bytes",
        "external_data_saved_again",
    }
    zipped = broken("zipmap_left_on", folder)
    rows = load_model(zipped.model.SerializeToString()).run(None, zipped.feed)[1]
    numbers = [list(row.values()) for row in rows]
    np.testing.assert_allclose(numbers, zipped.expected, atol=1e-6)  # float32 of at most 1

    assert agrees(*mended("compared_by_its_bytes", folder))  # the answers of the two files

    broken("external_data_saved_again", folder)
    Y = load_model(folder / "model.onnx").run(None, {"X": X_PLANT.astype(np.float32)})[0]
    assert agrees(Y, X_PLANT @ W + B)


def test_a_data_frame_is_fed_by_the_cures_of_its_rows():
    """The frame of the flowers, whose names skl2onnx changes, behind a scaler and alone."""
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X_FLOWERS.astype(np.float32), columns=load_iris().feature_names)
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    pipeline.fit(frame, Y_FLOWERS)
    options = {"zipmap": False}
    model = to_onnx(pipeline, frame[:1], target_opset=18, options=options)
    session = load_model(model.SerializeToString())
    pairs = list(zip(session.get_inputs(), frame.columns, strict=True))
    with pytest.raises(RuntimeError, match="Input must be a list of dictionaries or a single"):
        session.run(["label"], {info.name: frame[[column]] for info, column in pairs})
    feed = {info.name: frame[[column]].to_numpy(np.float32) for info, column in pairs}
    np.testing.assert_array_equal(session.run(["label"], feed)[0], pipeline.predict(frame))

    alone = LogisticRegression(max_iter=1000).fit(frame.to_numpy(np.float32), Y_FLOWERS)
    with pytest.raises(Exception, match=r"at most 1 input\(s\)"):
        to_onnx(alone, frame[:1], target_opset=18, options=options)
    rows = frame.to_numpy(np.float32)
    session = load_model(
        to_onnx(alone, rows[:1], options=options, target_opset=18).SerializeToString()
    )
    np.testing.assert_array_equal(session.run(["label"], {"X": rows})[0], alone.predict(rows))


def test_the_attention_of_the_standard_answers_0_to_a_query_that_sees_nothing(folder):
    attempt = broken("query_that_sees_nothing", folder)
    stored = {tensor.name: to_array(tensor) for tensor in attempt.model.graph.initializer}
    allowed = np.isfinite(stored["mask"])
    node = helper.make_node("Attention", ["Q", "K", "V", "allowed"], ["Y"])
    cube = (np.float32, [1, 1, 4, 2])
    constants = {
        "K": stored["K_turned"].T[np.newaxis, np.newaxis],
        "V": stored["V"][np.newaxis, np.newaxis],
        "allowed": allowed,
    }
    model = small_model([node], {"Q": cube}, {"Y": cube}, constants, opset=23)
    model.ir_version = 11  # of opset 23
    Q = attempt.feed["Q"][np.newaxis, np.newaxis]
    Y = load_model(model.SerializeToString()).run(None, {"Q": Q})[0]
    np.testing.assert_allclose(Y[0, 0], attempt.expected, atol=1e-6)  # float32 of about 1
    assert not Y[0, 0, 2].any() and not allowed[2].any()


def test_what_the_rows_call_gone_is_gone():
    for name in ["onnx.mapping", "onnx.hub", "onnx.optimizer", "onnx.tools.net_drawer"]:
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module(
                name
            )  # of onnx 1.21 the drawer still, for which pydot is missing


def test_the_operator_that_neither_onnx_nor_onnxruntime_has_is_unknown_to_both(folder):
    nodes = broken("operator_that_no_runtime_has", folder).model.graph.node
    assert ("com.microsoft", "Solve") in {(node.domain, node.op_type) for node in nodes}
    assert ("com.microsoft", "Solve") not in list_operators()


def test_what_the_rows_call_deprecated_warns():
    with pytest.warns(DeprecationWarning, match="to_text"):
        helper.printable_graph(onnx.GraphProto())


def test_what_tells_apart_why_an_implementation_is_missing(folder):
    imports = broken("domain_imported_twice", folder).model.opset_import
    assert [(opset.domain, opset.version) for opset in imports] == [("", 18), ("", 6)]
    imports = broken("opset_below_7", folder).model.opset_import
    assert [(opset.domain, opset.version) for opset in imports] == [("", 6)]


def test_a_function_named_like_an_operator_is_called_by_the_inliner_alone(folder):
    attempt = broken("function_named_like_an_operator", folder)
    inlined = onnx.inliner.inline_local_functions(attempt.model)
    Y = load_model(inlined.SerializeToString()).run(None, attempt.feed)[0]
    np.testing.assert_allclose(Y, attempt.expected)
    Y = load_model(attempt.model.SerializeToString()).run(None, attempt.feed)[0]
    np.testing.assert_allclose(Y, attempt.expected - 100)
