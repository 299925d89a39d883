"""What the pages say of operators, against the recorded results, and the command for one's own.

The parts of the pages are compared in tests/test_pages.py.
"""

import functools
import hashlib
import itertools
import json
import os
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from tests.interop.operators import __main__ as command
from tests.interop.operators import cases as official
from tests.interop.operators import (
    conditions,
    foresee,
    judge,
    measure,
    page,
    probes,
    recorded,
    shapes,
    together,
    trials,
    uses,
)
from tests.interop.operators.blocks import SURE
from tests.interop.operators.by_hand import BY_HAND
from tests.interop.operators.known import LISTS, NEWER, REPORTS, SEARCHED
from tests.interop.operators.uses import read_model
from tests.kit import record
from tests.kit.places import ROOT, SCRIPTS, TESTS

RESULTS = page.read()
CASES = RESULTS["cases"]
VERDICTS = RESULTS["verdicts"]
README = (page.FOLDER / "README.md").read_text(encoding="utf-8")
TABLE = (page.FOLDER / "TABLE.md").read_text(encoding="utf-8")


# The results --------------------------------------------------------------------------------------
def test_every_engine_is_recorded():
    for engine in measure.ENGINES:
        command_line = f"python -m tests.interop.operators.measure '{engine}'"
        assert engine in RESULTS["engines"], f"{command_line} records it"
        packed = RESULTS["engines"][engine]
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", packed["date"])
        assert f"{engine} {packed['version']}" in TABLE
        assert f"| {engine} | {packed['version']} | {packed['date']} |" in README


def test_every_engine_has_run_its_cases_and_knows_no_others():
    for engine, verdicts in VERDICTS.items():
        assert verdicts.keys() <= CASES.keys(), engine
        untried = RESULTS["engines"][engine].get(measure.NOT_TRIED, {})
        names = [*verdicts, *(name for found in untried.values() for name in found)]
        assert len(names) == len(set(names))
        operators = {CASES[name]["operator"] for name in names}
        everything = {case["operator"] for case in CASES.values()} - {official.SEVERAL}
        assert operators >= everything, f"{engine} lacks {everything - operators}"


def test_what_is_safe_failed_in_no_engine_and_was_run_as_often_as_it_says():
    """Counted once more, from the bare verdicts."""
    failed = {operator for operator, _engine in page.BESIDES}
    partly = set()
    for verdicts in VERDICTS.values():
        for name, case in CASES.items():
            if case["newer"]:
                continue
            if name not in verdicts:
                partly.add(case["operator"])
            elif verdicts[name]["verdict"] != "agrees":
                failed.add(case["operator"])
    travelling = {case["operator"] for case in CASES.values() if not case["newer"]}
    right = travelling - failed - {official.SEVERAL}
    lists = re.findall(r"^All cases, (?:in|but) .*?: (\[.*)\.$", README, flags=re.MULTILINE)
    complete, sampled = (set(re.findall(r"\[([\w.]+)\]", line)) for line in lists)
    assert (complete, sampled) == (right - partly, right & partly)
    assert len(complete) > 15
    assert f" {len(complete)} gave the right answer in all of their cases in all " in README
    assert f" and {len(sampled)} more in all cases that were run" in README


def test_the_tables_of_differences_have_a_row_for_each_engine_and_operator():
    for newer, part in ((False, "differs"), (True, "differs, newer")):
        text = TABLE.split(f"<!-- {part}: ")[1].split("<!-- end of ")[0]
        rows = set(re.findall(r"</a>\[([\w.]+)\]\(\S+\) \| ([\w .]+) \| \d+ of ", text))
        expected = set()
        for engine, verdicts in VERDICTS.items():
            for name, verdict in verdicts.items():
                case = CASES[name]
                one = case["operator"] != official.SEVERAL
                if verdict["verdict"] == "differs" and one and case["newer"] == newer:
                    expected.add((case["operator"], engine))
        assert rows == expected


def test_every_cell_that_is_not_right_leads_to_its_reason():
    for newer, part in ((False, "operators"), (True, "newer")):
        text = TABLE.split(f"<!-- {part}: ")[1].split("<!-- end of ")[0]
        links = re.findall(r"\(#([\w-]+)\)", text)
        bad = 0
        for row in page.make_table(RESULTS, newer).values():
            bad += sum(word in ("some", "none", "differs", "crashes") for word in row.values())
        assert len(links) == bad > 100
        assert all(f'<a id="{place}"></a>' in TABLE for place in links)


def test_a_cell_says_how_many_cases_a_sampled_engine_ran():
    text = TABLE.split("<!-- operators: ")[1].split("<!-- end of ")[0]
    (row,) = re.findall(r"^\| \[Gemm\].*$", text, flags=re.MULTILINE)
    cells = [cell.strip() for cell in row.split("|")]
    assert cells[2] == "11"
    assert [cell for cell in cells if cell.endswith(" 2 of 11")] == ["✓ 2 of 11"] * 3


def test_the_picture_shows_the_verdicts():
    """Each row of the picture names its engine, its verdict and the number of operators."""
    text = (page.FOLDER / "operators.svg").read_text(encoding="utf-8")
    drawn = re.findall(r'<g id="([^"]+): (\w+) (\d+)">', text)
    made = page.make_table(RESULTS)
    for engine in VERDICTS:
        for word in page.VERDICTS:
            count = sum(row[engine] == word for row in made.values())
            assert not count or (engine, word, str(count)) in drawn
    for engine in measure.SAMPLED:
        assert f"{engine} (2 of each)" in text


@pytest.mark.parametrize("key", LISTS, ids=" ".join)
def test_what_stands_in_an_engines_own_list_is_answered_differently(key):
    operator, engine, *newer = key
    name = LISTS[key]
    assert CASES[name]["operator"] == operator
    assert CASES[name]["newer"] == (newer == [NEWER])
    assert VERDICTS[engine][name]["verdict"] == "differs"
    assert engine in SEARCHED
    assert (operator, engine) in REPORTS


def test_other_graphs_end_otherwise_than_the_official_cases_as_the_page_says():
    measured = record.read(TESTS / "exercises" / "results.json")["engines"]
    made = page.make_table(RESULTS)
    for engine, operator, here, there in (
        ("OpenVINO", "Loop", "none", "runs"),
        ("OpenVINO", "Scan", "all", "answers wrongly"),
        ("tract", "If", "some", "answers wrongly"),
    ):
        newer = page.make_table(RESULTS, newer=True)
        word = made.get(operator, newer.get(operator))[engine]
        assert (word, measured[engine][operator][0]) == (here, there), (engine, operator)


def test_every_difference_was_searched_for():
    assert "not searched" not in TABLE


def test_results_are_read_as_they_were_written():
    names = [name for name in CASES if CASES[name]["operator"] in ("Abs", "Add", "Gemm")]
    cases = {name: CASES[name] for name in names}
    head = {"version": "1", "cases of an operator": 2}
    verdicts = {name: {"verdict": "agrees"} for name in official.sample(cases, 2)}
    assert len(verdicts) == 5  # Abs has one
    first, second, third, *_ = verdicts
    verdicts[first] = {"verdict": "refused", "why": "no"}
    verdicts[second] = {"verdict": "refused", "why": "no", "by chance": True}
    verdicts[third] = {"verdict": "differs", "why": "off by 1", "answer": [[1]], "constants": True}
    packed = measure.pack(head, verdicts)
    assert packed["refused"] == {"no": sorted([first, second])}
    assert measure.unpack(packed, cases) == verdicts
    missing = {"verdict": measure.NOT_TRIED, "why": "there is no clang"}
    packed = measure.pack(head, verdicts | {first: missing})
    assert measure.unpack(packed, cases).keys() == verdicts.keys() - {first}


# The renderers, of three engines and five cases ---------------------------------------------------
def make_case(operator, *inputs):
    use = uses.Use(operator, 13, inputs, inputs[:1], frozenset())
    return {"operator": operator, "newer": False, "use": use}


@pytest.fixture
def few():
    """Return results: Abs is right, Neg too, in a sample; Cos is refused here and wrong there."""
    cases = {name: make_case("Neg", "float32[2]") for name in ("neg 1", "neg 2", "neg 3")}
    cases["abs"] = make_case("Abs", "float32[2]")
    cases["cos"] = make_case("Cos", "float32[2,3]")
    good = {name: {"verdict": "agrees"} for name in cases}
    wrong = {"verdict": "differs", "why": "off by 1", "answer": [[0.5, 2]]}
    refused = {"verdict": "refused", "why": "ValueError: no | Cos"}
    sample = {"neg 1": good["neg 1"], "neg 2": good["neg 2"], "abs": good["abs"], "cos": refused}
    value = {"type": "float32", "shape": [2], "values": [1.0, 2.0]}
    example = {"attributes": {"a": 1.5}, "inputs": [value, None], "expected": [value]}
    return {
        "cases": cases,
        "verdicts": {"IREE": sample, "MNN": {**good, "cos": wrong}, "tract": good},
        "examples": {"cos": example},
    }


def test_the_figure_counts_what_it_says(few):
    assert page.figure(few) == (
        "Of the 3 operators that ONNX tests by themselves, 1 gave the right answer in all of their "
        "cases in all 3 engines, and 1 more in all cases that were run, of which IREE ran two at "
        "most; 1 were answered differently by at least one engine, without a word.\n"
    )


def test_a_cell_leads_to_its_reason_and_says_what_ran(few):
    lines = page.operators_table(few).splitlines()
    assert lines[0] == "| operator | cases | IREE | MNN | tract |"
    assert lines[3].endswith(" | 1 | [none](#iree-cos) | [**differs**](#mnn-cos) | ✓ |")
    assert lines[4].endswith(" | 3 | ✓ 2 of 3 | ✓ | ✓ |")


def test_a_difference_is_shown_by_its_smallest_example(few):
    *_, line = page.differing_list(few).splitlines()
    assert '<a id="mnn-cos"></a>[Cos]' in line
    assert "| MNN | 1 of 1 | `Cos([1, 2], nothing, a=1.5)` | `[1, 2]` | `[0.5, 2]` |" in line


def test_a_reason_is_in_the_engines_words(few):
    text = page.reasons(few)
    assert '| `ValueError: no \\| Cos` | <a id="iree-cos"></a>Cos |' in text
    assert text.endswith("### tract\n\nIt runs all.\n")


def test_of_several_reasons_the_commonest_is_shown(few):
    often = {"verdict": "refused", "why": "TypeError: neg"}
    rarely = {"verdict": "refused", "why": "no"}
    few["verdicts"]["tract"] = {"neg 1": rarely, "neg 2": often, "neg 3": often}
    assert page.find_reason(few, "Neg", "tract", newer=False) == "TypeError: neg"


# Examples in a second way ------------------------------------------------------------------------
def read_value(value):
    """Return a recorded input or output as an array."""
    if value is None:
        return None
    return np.array(value["values"], value["type"]).reshape(value["shape"])


def far_apart(right, given):
    """Return whether an answer is another one, by shape or by some number."""
    given = np.array(given, float)
    if given.shape != right.shape:
        return True
    return not np.allclose(given, right.astype(float), rtol=3e-4, atol=1e-4, equal_nan=True)


ANSWERS = [
    (engine, name)
    for engine, verdicts in VERDICTS.items()
    for name, verdict in verdicts.items()
    if "answer" in verdict
]


@pytest.mark.parametrize("engine, name", ANSWERS)
def test_what_is_answered_differently_is_another_answer_than_by_hand(engine, name):
    example = RESULTS["examples"][name]
    operator = CASES[name]["operator"]
    inputs = [read_value(value) for value in example["inputs"]]
    right = BY_HAND[operator](*inputs, **example["attributes"])
    right = right if isinstance(right, tuple) else [right]
    right = [right[number] for number in example["outputs"]]
    expected = [read_value(value) for value in example["expected"]]
    # The standard and numpy agree, but some cases give four digits only, and float16 has three;
    for by_hand, official_value in zip(right, expected, strict=True):
        assert np.shape(by_hand) == official_value.shape
        digits = 5e-3 if official_value.dtype == np.float16 else 1e-4
        np.testing.assert_allclose(
            np.array(by_hand, float), official_value.astype(float), rtol=digits, atol=digits
        )
    # the engine does not.
    answer = VERDICTS[engine][name]["answer"]
    pairs = zip(right, answer, strict=False)
    wrong = [far_apart(np.asarray(by_hand), given) for by_hand, given in pairs]
    assert len(answer) != len(right) or any(wrong)


# The harness -------------------------------------------------------------------------------------
def make_outputs(outputs, operator="Add"):
    return official.Case("case", operator, onnx.ModelProto(), [], outputs, newer=False)


@pytest.mark.parametrize(
    ("right", "given", "sentence"),
    [
        (np.float32([1, 2]), np.float32([1, 2]), None),
        (np.float32([1000, 0]), np.float32([1000.9, 0]), None),  # within 1e-3 of the number
        (np.float32([1000, 0]), np.float32([1001.1, 0]), "off by 1.1"),
        (np.float32([0]), np.float32([0.9e-5]), None),
        (np.float32([0]), np.float32([1.1e-5]), "off by 1.1e-05"),
        (np.float16([1]), np.float16([1.009]), None),  # 5e-3 of the number, and 5e-3
        (np.float16([1]), np.float16([1.012]), "off by 0.012"),
        (np.int64([0]), np.int64([1]), "off by 1"),
        (np.float32([[1]]), np.float32([1]), "the shape is [1] in place of [1, 1]"),
        (np.float32([np.nan, 1]), np.float32([np.nan, 1]), None),
        (np.float32([np.nan]), np.float32([0]), "a number in place of an infinite one or of none"),
        (np.float32([np.inf]), np.float32([-np.inf]), "a number in place of an infinite one"),
        (np.array(["a"], object), np.array(["b"], object), "other words"),
        (np.float32(3), np.float32([3]), None),  # a scalar
        (np.zeros((2, 0)), None, None),
        (np.uint8([255]), np.int8([-1]), None),  # the same bits
        (np.uint8([255]), np.int16([-1]), "off by 2.6e+02"),
        (np.float32([1]), None, "nothing in place of a value"),
        ([np.float32([1])], [np.float32([2])], "off by 1"),  # a sequence
    ],
)
def test_difference(right, given, sentence):
    found = official.difference(make_outputs([right]), [given])
    assert found == sentence or found.startswith(sentence)


def test_a_missing_output_is_a_difference():
    case = make_outputs([np.float32([1]), np.float32([2])])
    assert official.difference(case, [np.float32([1])]) == "1 outputs in place of 2"


def test_a_fourier_transform_is_compared_by_its_largest_number():
    case = make_outputs([np.float32([495, 0])], "DFT")
    assert official.difference(case, [np.float32([495, 4e-3])]) is None
    assert official.difference(case, [np.float32([495, 6e-3])]) == "off by 0.006"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("(float[N] X) => (float[N] Y) { Y = Relu (X) }", False),
        ("(float16[N] X) => (float16[N] Y) { Y = Relu (X) }", True),
        ("(float[N] X) => (float[N] Y) <float16[1] w = {2}> { Y = CastLike (w, X) }", True),
        ("(float[N] X) => (float[N] Y) { h = Cast <to = 10> (X)  Y = Cast <to = 1> (h) }", True),
        ("(float[N] X) => (double[N] Y) { Y = Cast <to = 11> (X) }", False),
    ],
)
def test_what_computes_in_float16_is_fed_it_or_holds_it_or_casts_to_it(text, found):
    model = onnx.parser.parse_model(f'<ir_version: 8, opset_import: ["" : 17]> g {text}')
    assert official.computes_in_float16(model.graph) == found


@pytest.mark.parametrize("kind", [np.float16, np.float32])
def test_a_sum_in_float16_is_compared_by_its_largest_number(kind):
    """Whatever type its answer is given in: five steps of the largest, or of one."""
    case = make_outputs([kind([16, 0])])
    case.model.graph.node.add(op_type="Cast").attribute.append(
        onnx.helper.make_attribute("to", onnx.TensorProto.FLOAT16)
    )
    assert official.difference(case, [kind([16, 7e-2])]) is None
    assert official.difference(case, [kind([16, 9e-2])]).startswith("off by 0.09")
    case = replace(case, outputs=[kind([0.5, 0])])
    assert official.difference(case, [kind([0.5, 4e-3])]) is None
    assert official.difference(case, [kind([0.5, 6e-3])]).startswith("off by 0.006")


@pytest.mark.parametrize(
    ("verdicts", "word"),
    [
        (["agrees", "agrees"], "all"),
        (["agrees", "refused"], "some"),
        (["refused", "refused"], "none"),
        (["agrees", "crashes", "refused"], "crashes"),
        (["agrees", "hangs"], "crashes"),
        (["crashes", "differs", "agrees"], "differs"),
        ([], ""),
    ],
)
def test_a_cell_shows_the_worst_verdict(verdicts, word):
    results = {str(number): {"verdict": verdict} for number, verdict in enumerate(verdicts)}
    assert page.cell(results, [*results, "did not run"]) == word


def make_model(opset=28, **attributes):
    """Return a model of one Softmax, at a new opset."""
    X = helper.make_tensor_value_info("X", TensorProto.FLOAT, [2, 3])
    Y = helper.make_tensor_value_info("Y", TensorProto.FLOAT, [2, 3])
    node = helper.make_node("Softmax", ["X"], ["Y"], **attributes)
    graph = helper.make_graph([node], "graph", [X], [Y])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])


def test_a_case_that_is_valid_at_opset_18_is_restated_there():
    restated = official.restate(make_model())
    assert [restated.ir_version, restated.opset_import[0].version] == [8, 18]
    onnx.checker.check_model(restated, full_check=True)


def test_a_case_that_is_not_is_left_as_it_is():
    model = make_model()
    model.graph.node[0].op_type = "Swish"  # of opset 24
    assert official.restate(model) is None


def test_every_case_left_out_has_a_reason_and_is_not_run():
    for reason, names in RESULTS["left out"].items():
        assert reason
        assert not set(names) & CASES.keys()


# The command --------------------------------------------------------------------------------------
def parse(text, opset=18, ir_version=8, **domains):
    """Return a model of a text, at an opset."""
    imports = {"": opset, **{name.replace("_", "."): number for name, number in domains.items()}}
    opsets = ", ".join(f'"{name}": {number}' for name, number in imports.items())
    return onnx.parser.parse_model(f"<ir_version: {ir_version}, opset_import: [{opsets}]> {text}")


ADD = "g (float[2,3] A, float[2,3] B) => (float[2,3] Y) { Y = Add (A, B) }"
UNTRIED = {
    "a domain that nobody knows": parse(
        "g (float[2] A) => (float[2] Y) { Y = own.Mine (A) }", own=1
    ),
    "bfloat16": parse(ADD.replace("float", "bfloat16")),
    "an old opset": parse(ADD.replace("Add (", "Add <broadcast = 1> ("), opset=6),
    "ai.onnx.ml": parse(
        """g (float[1,2] A) => (float[1,2] Y)
           { Y = ai.onnx.ml.Normalizer <norm = "MAX"> (A) }""",
        ai_onnx_ml=1,
    ),
    "an optional": parse("g (float[2] A) => (optional(float[2]) Y) { Y = Optional (A) }"),
    "what lies behind an unknown operator": parse(
        """g (float[2] A) => (float[2] Y)
           { B = own.Mine (A)  C = Add (B, B)  Y = Cast <to = 1> (C) }""",
        own=1,
    ),
    "a function of an unknown operator": parse(
        """g (float[2] A) => (float[2] Y) { Y = mine.Twice (A) }
           <domain: "mine", opset_import: ["own": 1]> Twice (X) => (Z) { Z = own.Mine (X) }""",
        mine=1,
        own=1,
    ),
}


@pytest.mark.parametrize("name", UNTRIED)
def test_of_what_was_never_tried_nothing_is_said(name):
    found = foresee.foresee(UNTRIED[name])
    assert found.keys() == VERDICTS.keys()
    # Of what is beside the nodes, and of what is fed or handed out:
    told = ("a file with", "files with", "trials fed", "trials that hand out")
    of_nodes = [one.verdict for one in found.values() if not any(word in one.why for word in told)]
    assert set(of_nodes) == {foresee.UNKNOWN}
    if not {"a function of an unknown operator", "an optional"} & {name}:  # refused by some
        assert len(of_nodes) == len(found)


def test_a_file_without_nodes_runs():
    found = foresee.foresee(parse("g (float[2] A) => (float[2] A) { }"))
    assert {expected.verdict for expected in found.values()} == {foresee.RUNS}


def make_softmax(opset, axis):
    text = f"g (float[2,3,4] X) => (float[2,3,4] Y) {{ Y = Softmax <axis = {axis}> (X) }}"
    return parse(text, opset)


def test_an_older_version_has_a_verdict_of_its_own():
    """Until opset 13 over all axes from one on: onnx.reference answers otherwise."""
    for opset, axis, word in ((11, 1, "differs"), (11, 2, "runs"), (13, 1, "runs")):
        said = foresee.foresee(make_softmax(opset, axis))
        assert said["onnx.reference"].verdict in (word, foresee.UNKNOWN)
        assert said["ONNX Runtime"].verdict == "runs"


def test_what_the_text_says_of_engines_is_recorded():
    for feature in probes.MADE.values():
        assert page.read_probes("onnx2torch")[feature] == "refuses"
    for feature in (probes.LEFT_OUT, probes.UNSIZED):
        assert page.read_probes("onnx2torch")[feature] == "refuses"
    assert page.read_probes("MNN")[together.RECTIFIED] == "answers otherwise"
    assert page.read_probes("tinygrad")[together.VARIED] == "too slow"
    assert len(together.FILES) == 8  # "Eight need more than that"
    fed_lengths = []
    for name, use in recorded.read(measure.TRIALS).items():
        if name.startswith("usual") and "sequence_lens not constant" in conditions.literals(use):
            fed_lengths.append(page.read_trial_verdicts("onnx.reference")[name]["verdict"])
    assert set(fed_lengths) == {"differs"}
    for engine, operator in (("tract", "Reshape"), ("tract", "Expand"), ("Apache TVM", "Reshape")):
        ended = page.read_probes(engine)
        assert ended[shapes.name_way(operator, shapes.INT32)] == "refuses"
        assert ended[shapes.name_way(operator, "Concat")] == "agrees"
    to_bool = page.read_trial_verdicts("MNN")["usual 783@13"]
    assert (to_bool["verdict"], "off by" in to_bool["why"]) == ("differs", True)
    for feature, share in ((probes.OPEN, 10), (probes.INNER, 4)):
        endings = page.read_endings("Plain C", feature)
        assert [name for name in endings if name.startswith("keras: ")]  # exporters' files, too
        assert share * sum(endings.values()) <= len(endings)
    assert "Google: magika, 2024" in page.read_endings("Plain C", probes.OPEN)
    assert page.read_probes("Plain C")[probes.HEAVY] == "too slow"
    pool = (
        """g (float[N,3,8,8] X) => (float[N,3,h,w] Y) { Y = MaxPool <kernel_shape = [3, 3]> (X) }"""
    )
    assert foresee.foresee(parse(pool))["MNN"].verdict == foresee.CRASHES
    stated = pool.replace("<kernel", "<strides = [1, 1], kernel")
    assert foresee.foresee(parse(stated))["MNN"].verdict == foresee.RUNS
    mnn = page.read_trial_verdicts("MNN")
    assert mnn["usual 0@11 free"]["why"].startswith("the shape is")
    assert mnn["usual 0@11 between others"]["verdict"] == "agrees"
    tract = page.read_trial_verdicts("tract")
    assert tract["usual 411@13"]["verdict"] == "refused"  # Cast to int64
    assert tract["usual 411@13 between others"]["verdict"] == "agrees"


LEARNED = (
    foresee.evidence_by_operator,
    foresee.evidence_of,
    foresee.kinds_refused,
    foresee.rules_of,
    foresee.blanket_of,
)


def learn_from(monkeypatch, lines, way=""):
    """Let an engine called "mine" have made this of some models of one node: [(model, verdict)]."""
    found = []
    for number, (model, verdict) in enumerate(lines):
        found.append((f"trial {number} {way}".strip(), read_model(model)[0], verdict))
    monkeypatch.setattr(page, "read_evidence", lambda: {"mine": found})
    for function in LEARNED:
        getattr(foresee, function.__name__).cache_clear()


def of_node(model):
    return foresee.expect_of_node(read_model(model)[0], "mine")[0]


@pytest.fixture
def forget(monkeypatch):
    """Learn of an engine that is none aside: what was learned of the others took seconds."""
    for function in LEARNED:
        aside = functools.cache(function.__wrapped__)
        monkeypatch.setattr(foresee, function.__name__, aside)


def test_what_was_refused_for_another_reason_does_not_count(monkeypatch, forget):
    """Axis 1 is refused of free sizes; of other sizes axis 2 alone was tried, and ran."""
    free = "g (float[N,3,4] X) => (float[N,3,4] Y) { Y = Softmax <axis = 1> (X) }"
    lines = [(make_softmax(13, 2), "agrees"), (parse(free, 13), "refused")]
    learn_from(monkeypatch, lines)
    assert of_node(make_softmax(13, 1)) == foresee.RUNS
    assert of_node(parse(free, 13)) == foresee.REFUSES
    by_default = "g (float[2,3,4] X) => (float[2,3,4] Y) { Y = Softmax (X) }"
    double = "g (double[2,3,4] X) => (double[2,3,4] Y) { Y = Softmax <axis = 1> (X) }"
    ran = [parse(by_default, 11), parse(by_default.replace("2,3,4", "2,3"), 13), parse(double, 13)]
    lines = [(model, "agrees") for model in ran]
    learn_from(monkeypatch, [*lines, (parse(free, 13), "refused")])
    assert of_node(make_softmax(13, 1)) == foresee.RUNS  # though what was refused is nearer
    once = [(make_softmax(13, 2), "agrees"), (parse(free, 13), "differs")]
    learn_from(monkeypatch, once)
    assert of_node(make_softmax(13, 1)) == foresee.RUNS
    assert of_node(parse(free, 13)) == foresee.UNKNOWN  # one case of another answer is no rule
    learn_from(monkeypatch, [*once, (parse(free.replace("3,4", "5,6"), 13), "differs")])
    assert of_node(parse(free, 13)) == foresee.DIFFERS


@pytest.mark.parametrize("times", [foresee.MANY - 1, foresee.MANY])
def test_what_many_answered_otherwise_for_another_reason_does_not_count(times, monkeypatch, forget):
    """Ten times it was for a free size; what has none is judged by those that ran, farther off."""
    free = "g (float[N,3,4] X) => (float[N,3,4] Y) { Y = Softmax <axis = 1> (X) }"
    by_default = "g (float[2,3,4] X) => (float[2,3,4] Y) { Y = Softmax (X) }"
    double = "g (double[2,3,4] X) => (double[2,3,4] Y) { Y = Softmax <axis = 1> (X) }"
    ran = [parse(by_default, 11), parse(by_default.replace("2,3,4", "2,3"), 13), parse(double, 13)]
    lines = [(model, "agrees") for model in ran]
    for size in range(times):
        lines.append((parse(free.replace("3,4", f"{size + 3},4"), 13), "differs"))
    learn_from(monkeypatch, lines)
    expected = foresee.RUNS if times == foresee.MANY else foresee.UNKNOWN
    assert of_node(make_softmax(13, 1)) == expected
    assert of_node(parse(free, 13)) == foresee.DIFFERS


def row_of(taps, attributes="", filters="4,4"):
    """Return a Conv with a kernel of one row."""
    return parse(f"""g (float[1,4,1,31] X, float[{filters},1,{taps}] W) => (float[1,4,1,M] Y)
        {{ Y = Conv <kernel_shape = [1, {taps}]{attributes}> (X, W) }}""")


def test_a_filter_for_each_channel_does_not_speak_for_those_that_sum(monkeypatch, forget):
    """A row of nine was answered otherwise but for a filter a channel, however near one of three.

    Neither strides nor what else was tried tell: with three in a row all of it ran.
    """
    ways = [", strides = [1, 2]", ", dilations = [1, 2]", ", pads = [0, 1, 0, 1]"]
    ways = [(way, "4,4") for way in ways] + [(", group = 2", "4,2")]
    assert len(ways) == foresee.STRONG
    lines = [(row_of(3), "agrees"), (row_of(9, ", group = 4", "4,1"), "agrees")]
    for way in ways:
        lines.append((row_of(3, *way), "agrees"))
        lines.append((row_of(9, *way), "differs"))
    learn_from(monkeypatch, lines)
    assert of_node(row_of(9)) == foresee.DIFFERS
    assert of_node(row_of(3)) == foresee.RUNS


def test_what_was_said_first_of_an_unseen_file_stays():
    now = {page.UNSEEN: {"mine": {"old": ["runs", "runs"], "new": ["refuses", "runs"]}}}
    before = {"mine": {"old": ["unknown", "refuses"], "gone": ["runs", "runs"]}}
    first = {"mine": {"old": ["unknown", "runs"], "new": ["refuses", "runs"]}}
    assert judge.keep_first(now, before) == first
    assert judge.keep_first(now, {}) == {"mine": now[page.UNSEEN]["mine"]}


def test_of_files_that_are_unseen_no_more_the_totals_stay():
    first = {
        "mine": {"a": ["runs", "runs"], "b": ["runs", "differs"]},
        "another": {"a": ["unknown", "runs"], "b": ["refuses", "runs"]},
    }
    before = {"earlier": [{"files": 7}], "first": first}
    others = {page.UNSEEN: {"mine": {"c": ["runs", "runs"]}}}
    totals = {"files": 2, "pairs": 4, "decided": 3, "right": 1, "falsely runs": 1}
    assert judge.remember(others, before) == [{"files": 7}, totals]
    same = {page.UNSEEN: {"mine": {"b": ["runs", "runs"]}}}
    assert judge.remember(same, before) == [{"files": 7}]
    assert judge.remember(others, {}) == []


def test_the_last_of_the_sets_is_the_one_that_is_unseen_now(monkeypatch):
    first = {"mine": {"a": ["runs", "runs"], "b": ["runs", "differs"]}}
    earlier = [{"files": 1, "pairs": 12, "decided": 9, "right": 6, "falsely runs": 0}]
    monkeypatch.setattr(page.record, "read", lambda path: {"first": first, "earlier": earlier})
    *_head, one, last = page.earlier_table({}).strip().splitlines()
    assert one == "| 1 | 1 | 12 | 9 (75 %) | 6 (67 %) | 0 |"
    assert last == "| 2 | 2 | 2 | 2 (100 %) | 1 (50 %) | 1 |"


@pytest.mark.parametrize("folder", ["", f"{page.PACKAGES}: "])
def test_what_a_maker_s_own_files_told_is_left_out(folder, monkeypatch, forget):
    use = read_model(parse(ADD))[0]
    between = ", " if folder else ": "
    lines = [(f"{folder}Google{between}{i}", use, "refused") for i in range(foresee.MANY)]
    monkeypatch.setattr(page, "read_evidence", lambda: {"mine": lines})
    assert foresee.kinds_refused("mine") == {"fed float32": foresee.MANY}
    assert foresee.kinds_refused("mine", "Google") == {}
    lines.append(("Microsoft: one", use, "agrees"))
    for function in LEARNED:
        getattr(foresee, function.__name__).cache_clear()
    verdicts = [verdict for _name, _words, verdict in foresee.evidence_of("mine", "Add", "Google")]
    assert verdicts == [""]


def test_a_file_is_asked_about_without_its_maker(monkeypatch):
    asked = []

    def note(uses, features, engine, without):
        asked.append(without)
        return foresee.Expected(foresee.RUNS)

    monkeypatch.setattr(judge, "expect_of_file", note)
    monkeypatch.setattr(recorded, "read_features", lambda path: {"unseen: MNE, ICLabel": []})
    graphs = {"unseen: MNE, ICLabel": []}
    found = judge.compare("anywhere", graphs, dict.fromkeys(graphs, "refuses"), "mine")
    assert found == {"unseen: MNE, ICLabel": ["runs", "refuses"]}
    assert asked == ["MNE"]


def test_a_maker_is_told_by_the_folder_or_by_what_stands_before_the_comma():
    assert page.maker_of("Google: magika, 2024") == "Google"
    assert page.maker_of(f"{page.PACKAGES}: Google, another, 2024") == "Google"
    assert page.maker_of(f"{page.UNSEEN}: MNE, ICLabel") == "MNE"
    assert page.maker_of("torch: sound, LSTM") == "torch"


def test_a_word_that_many_failed_with_decides_however_near_what_ran_is(monkeypatch, forget):
    """Four Casts to int64 were refused and none ran; nearer is one that ran, to another type."""
    text = "g (float[2,3] A) => (int64[2,3] Y) { Y = Cast <to = 7> (A) }"
    refused = []
    for kind in ("double", "float16"):
        for shape in ("2,3,4", "2,2,2,2"):
            other = text.replace("float[2,3]", f"{kind}[{shape}]").replace("2,3", shape)
            refused.append((parse(other), "refused"))
    ran = parse(text.replace("to = 7", "to = 6").replace("int64", "int32")), "agrees"
    learn_from(monkeypatch, [ran, *refused])
    assert of_node(parse(text)) == foresee.REFUSES
    learn_from(monkeypatch, [ran, *refused[1:]])
    assert of_node(parse(text)) == foresee.UNKNOWN


@pytest.mark.parametrize(
    ("ran", "verdict", "expected"),
    [(3, "refuses", "runs"), (2, "refuses", "unknown"), (3, "differs", "unknown")],
)
def test_one_refused_among_three_that_ran_is_an_exception(ran, verdict, expected, monkeypatch):
    add = parse(ADD)
    words = conditions.literals(read_model(add)[0])
    lines = [(f"trial {number}", words, "") for number in range(ran)]
    found = [*lines, ("trial at last", words, verdict)]
    monkeypatch.setattr(foresee, "evidence_of", lambda *_: found)
    for function in (foresee.rules_of, foresee.blanket_of):
        monkeypatch.setattr(foresee, function.__name__, function.__wrapped__)  # which forgets
    assert of_node(add) == expected


@pytest.mark.parametrize(("ran", "expected"), [(2, "unknown"), (3, "runs")])
def test_few_that_ran_as_near_as_a_file_that_differs_are_none(ran, expected, monkeypatch):
    add = parse(ADD)
    words = conditions.literals(read_model(add)[0])
    lines = [(f"maker {number}: file", words, "") for number in range(ran)]
    found = [*lines, ("another maker: file", words, "differs")]
    monkeypatch.setattr(foresee, "evidence_of", lambda *_: found)
    for function in (foresee.rules_of, foresee.blanket_of):
        monkeypatch.setattr(foresee, function.__name__, function.__wrapped__)  # which forgets
    assert of_node(add) == expected


HELD = """g (float T) => (float[2,3] Y) <int64[2] S = {2, 3}> {
    C = ConstantOfShape (S)  Y = Mul (C, T) }"""
STATED = HELD.replace("ConstantOfShape", "ConstantOfShape <value = float[1] {1.0}>")


@pytest.mark.parametrize(
    ("tried", "expected"),
    [
        ([(HELD, "refused")], "refuses"),
        ([(HELD, "differs")], "differs"),
        ([(HELD, "agrees")], "runs"),
        ([(STATED, "refused")], "runs"),  # which is another node
        ([(HELD, "refused"), (STATED, "agrees")], "refuses"),
        ([(HELD, "refused"), (HELD, "agrees")], "unknown"),
        ([], "runs"),
    ],
)
def test_what_follows_from_the_file_runs_unless_it_was_tried(tried, expected, monkeypatch, forget):
    learn_from(monkeypatch, [(parse(text), verdict) for text, verdict in tried], trials.HELD)
    verdict, why = foresee.expect_of_folded(read_model(parse(HELD))[0], "mine")
    assert verdict == expected
    assert bool(why) == (expected != "runs")


def test_a_file_s_words_about_what_follows_from_it_alone_say_nothing(monkeypatch, forget):
    learn_from(monkeypatch, [(parse(HELD), "refused")])
    assert foresee.expect_of_folded(read_model(parse(HELD))[0], "mine")[0] == foresee.RUNS


@pytest.mark.parametrize(
    ("computed", "expected"),
    [("runs", "runs"), ("unknown", "runs"), ("refuses", "unknown"), ("differs", "unknown")],
)
def test_what_would_not_run_is_not_known_where_it_follows_from_the_file(
    computed, expected, monkeypatch, forget
):
    """Engines may compute it before, or not; no such node was tried."""
    learn_from(monkeypatch, [(parse(ADD), "agrees")])
    monkeypatch.setattr(foresee, "expect_of_node", lambda *_: (computed, "as in a trial"))
    assert foresee.expect_of_folded(read_model(parse(HELD))[0], "mine")[0] == expected


def test_of_what_is_fed_a_trial_of_what_the_file_holds_says_nothing(monkeypatch, forget):
    fed = "g (int64[2] S) => (float[A,B] Y) { Y = ConstantOfShape (S) }"
    for verdict in ("refused", "agrees"):
        learn_from(monkeypatch, [(parse(HELD), verdict)], trials.HELD)
        assert of_node(parse(fed)) == foresee.UNKNOWN
    learn_from(monkeypatch, [(parse(HELD), "agrees")])  # a whole file says more
    assert of_node(parse(fed)) == foresee.RUNS


def test_of_a_type_that_cannot_be_fed_nothing_is_learned(monkeypatch, forget):
    """Ten trials were fed float16, and none ran: of what other nodes compute they tell nothing."""
    half = parse(ADD.replace("float", "float16"))
    lines = [(parse(ADD), "agrees"), *[(half, "refused")] * foresee.MANY]
    learn_from(monkeypatch, lines)
    assert foresee.kinds_refused("mine") == {"fed float16": foresee.MANY}
    said = foresee.expect([("Add", read_model(half)[0])], ["a SiLU"], "mine")
    assert said.verdict == foresee.REFUSES
    assert {name for name, _words, _verdict in foresee.evidence_of("mine", "Add")} == {"trial 0"}


SEQUENCE = "SplitToSequence <axis = 0, keepdims = 0> (X)"
HANDED_OUT = f"g (float[2] X) => (seq(float[]) Y) {{ Y = {SEQUENCE} }}"
KEPT = (
    f"g (float[2] X) => (float Y) <int64 one = {{1}}> {{ S = {SEQUENCE}  Y = SequenceAt (S, one) }}"
)


def test_of_a_sequence_that_cannot_be_handed_out_nothing_is_learned(monkeypatch, forget):
    """Inside a file it may well be known."""
    lines = [(parse(ADD), "agrees"), *[(parse(HANDED_OUT), "refused")] * foresee.MANY]
    learn_from(monkeypatch, lines)
    assert foresee.kinds_refused("mine") == {"that hand out sequence": foresee.MANY}
    assert foresee.evidence_of("mine", "SplitToSequence") == []
    assert foresee.expect([("", read_model(parse(HANDED_OUT))[0])], [], "mine").verdict == "refuses"
    assert of_node(parse(KEPT)) == foresee.UNKNOWN
    assert foresee.kinds_outside(read_model(parse(KEPT))[0]) == {"fed float32"}


def test_sequences_of_all_types_are_one_kind():
    for kind in ("float", "int64"):
        text = f"g (seq({kind}[2]) X, int64 I) => ({kind}[2] Y) {{ Y = SequenceAt (X, I) }}"
        assert foresee.kinds_outside(read_model(parse(text))[0]) == {"fed sequence", "fed int64"}


@pytest.mark.parametrize(("inside", "expected"), [("agrees", "runs"), ("refused", "refuses")])
def test_last_nodes_of_a_version_say_nothing_of_one_inside(inside, expected, monkeypatch, forget):
    last = []
    for size in range(1, 5):
        text = f"g (float[{size}] X) => (float[{size}] Y) {{ Y = Dropout (X) }}"
        last.append(parse(text, 8))
    text = "g (float[2] X) => (float[2] Y) { D = Dropout (X)  Y = Neg (D) }"
    learn_from(monkeypatch, [*[(one, "refused") for one in last], (parse(text, 10), inside)])
    assert of_node(parse(text, 8)) == expected
    assert of_node(last[0]) == foresee.REFUSES


def test_an_operator_of_no_standard_is_as_the_files_that_have_it_ended(monkeypatch, forget):
    mine = UNTRIED["a domain that nobody knows"]
    for verdicts, expected in (
        (["agrees"], foresee.RUNS),
        (["refused"], foresee.REFUSES),
        (["refused", "agrees"], foresee.UNKNOWN),
        (["differs"], foresee.UNKNOWN),
    ):
        learn_from(monkeypatch, [(mine, verdict) for verdict in verdicts])
        assert of_node(mine) == expected


def test_the_failing_node_is_named_with_its_condition_and_its_page():
    said = foresee.foresee(parse("g (float[2,2] X) => (float D) { Z = Abs (X)  D = Det (Z) }"))
    refusing = [
        engine for engine, word in page.make_table(RESULTS)["Det"].items() if word == "none"
    ]
    assert len(refusing) > 2
    for engine in refusing:
        expected = said[engine]
        assert (expected.verdict, expected.node, expected.operator) == ("refuses", "Det 1", "Det")
        assert "trials of it ran" in expected.why or "as in test_det_2d" in expected.why
        assert expected.page.endswith(page.anchor("Det", engine, False))


def test_a_case_of_a_type_that_the_file_lacks_is_no_obstacle():
    every = page.make_table(RESULTS)
    found = [engine for engine, word in every["Add"].items() if word != "all"]
    said = foresee.foresee(parse(ADD.replace("2,3", "2,3,4")))
    assert found
    assert {said[engine].verdict for engine in found} == {foresee.RUNS}


@pytest.mark.parametrize("name", SCRIPTS)
def test_onnxruntime_is_expected_to_run_the_portable_files(name, runs):
    """All engines run these files, as the page on interoperability says: none is refused here."""
    portable = runs[name].folder / f"{name}.portable.onnx"
    path = portable if portable.exists() else runs[name].folder / f"{name}.onnx"
    said = foresee.foresee(onnx.load(path))
    assert said["ONNX Runtime"].verdict == foresee.RUNS
    bad = {engine: found for engine, found in said.items() if found.verdict in BAD}
    assert not bad


BAD = (foresee.REFUSES, foresee.DIFFERS, foresee.CRASHES)


def test_said_against_measured_is_as_recorded():
    """Of two files, worked out once more; the others' makers help, their own does not.

    Of the second one a block decides in OpenCV, and no node.
    """
    recorded_said = record.read(page.SAID)["real"]
    graphs = recorded.read_graphs(measure.GRAPHS)
    features = recorded.read_features(measure.GRAPHS)
    assert recorded_said.keys() == record.read(recorded.REAL)["engines"].keys()
    (first, _pair), *_rest = recorded_said["ONNX Runtime"].items()
    of_block = "Daily: smart turn"
    assert recorded_said["OpenCV"][of_block] == ["crashes", "crashes"]
    for name, engine in itertools.product((first, of_block), ("ONNX Runtime", "OpenCV")):
        maker = page.maker_of(name)
        said = foresee.expect_of_file(graphs[name], features[name], engine, maker).verdict
        assert said == recorded_said[engine][name][0]


@pytest.mark.parametrize(
    ("engine", "feature", "verdict"),
    [
        ("tract", SURE, foresee.DIFFERS),
        ("MNN", together.NUMBER_FIRST, foresee.DIFFERS),
        ("MNN", "a GELU by Erf", foresee.UNKNOWN),  # some ten-thousandths off: it may not show
        ("MNN", together.NO_SIZES, foresee.UNKNOWN),
        ("tract", together.STEPPED, foresee.REFUSES),
        ("onnx.reference", together.COLUMNS, foresee.CRASHES),
        ("onnx.reference", together.SPREAD, foresee.CRASHES),
        ("Plain C", together.PRODUCTS, foresee.UNKNOWN),  # of six times as many it is sure
    ],
)
def test_what_is_answered_otherwise_by_nodes_together_decides_where_it_is_sure_to_show(
    engine, feature, verdict
):
    assert foresee.expect_of_features([feature], engine).verdict == verdict


def test_the_table_of_blocks_says_how_each_ended(monkeypatch):
    """Of an engine that has not tried all of them, nothing is said."""
    files = together.FILES
    fine = dict.fromkeys([*page.BLOCKS, *files], "agrees")
    probed = {
        "OpenCV": {**fine, "a SiLU": "ends the process", together.COLUMNS: "too much memory"},
        "tract": {**fine, "a SiLU": "answers otherwise", "a Mish": "refuses"},
        "MNN": {"a gated linear unit": "refuses"},
    }
    monkeypatch.setattr(page, "read_probes", lambda engine: probed.get(engine, {}))
    lines = page.blocks_table(None).splitlines()
    assert lines[0] == f"{len(page.BLOCKS) + len(files)} blocks in OpenCV, tract."
    assert f"| {together.COLUMNS} |  |  | OpenCV (too much memory) |" in lines
    assert "| a SiLU |  | tract | OpenCV |" in lines
    assert "| a Mish | tract |  |  |" in lines
    assert "a gated linear unit" in lines[-1]


def test_what_was_not_tried_is_not_compared(monkeypatch):
    """Of a file that an engine could not try, and of one that it refuses."""
    recorded_one = {"files": ["a", "b", "c"], "refuses": {"b": ""}, "not tried": {"c": ""}}
    results = {"engines": {"mine": recorded_one}}
    monkeypatch.setattr(judge.record, "read", lambda _path: results)
    assert judge.measured("mine") == {"a": foresee.RUNS, "b": foresee.REFUSES}
    assert recorded.ran_real("mine", ["x: a", "x: b", "x: c"]) == ["x: a"]


def save_outside(folder):
    """Save a model with its weights in a file beside it."""
    weights = onnx.numpy_helper.from_array(np.ones((20, 30), np.float32), "W")
    text = "g (float[20,30] A) => (float[20,30] Y) { Y = Add (A, W) }"
    model = parse(text)
    model.graph.initializer.append(weights)
    path = folder / "mine.onnx"
    onnx.save(model, path, save_as_external_data=True, location="w.bin", size_threshold=0)
    return path


def test_weights_may_lie_in_another_file_wherever_it_is_called(tmp_path, capsys, monkeypatch):
    path = save_outside(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    for folder, name in ((other, path), (tmp_path, path.name)):
        monkeypatch.chdir(folder)
        command.main([str(name)])
        assert "ONNX Runtime: runs\n" in capsys.readouterr().out


@pytest.mark.parametrize("options", [[], ["--json"]])
@pytest.mark.parametrize("content", [None, b"", b"no model", b"\x08\x08"])
def test_a_file_that_cannot_be_read_is_one_line_and_status_2(content, options, tmp_path, capsys):
    path = tmp_path / "mine.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SystemExit) as stop:
        command.main([str(path), *options])
    assert stop.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith(f"error: {path}: ")
    assert said.count("\n") == 1
    assert len(said) > len(f"error: {path}: ") + 10


def test_weights_that_are_not_there_are_one_line_and_status_2(tmp_path, capsys):
    path = save_outside(tmp_path)
    (tmp_path / "w.bin").unlink()
    with pytest.raises(SystemExit) as stop:
        command.main([str(path)])
    assert stop.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
def test_whoever_reads_its_beginning_alone_sees_no_traceback(tmp_path):
    path = tmp_path / "mine.onnx"
    onnx.save(parse(ADD), path)
    reader, writer = os.pipe()
    os.close(reader)  # as if head had ended
    process = subprocess.run(
        [sys.executable, "-m", "tests.interop.operators", path],
        cwd=ROOT,
        stdout=writer,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    os.close(writer)
    assert (process.returncode, process.stderr) == (0, "")


# What is expected ---------------------------------------------------------------------------------
DET = "g (float[2,2] X) => (float D) { Z = Abs (X)  D = Det (Z) }"


def test_a_program_is_told_what_each_engine_is_expected_to_do(tmp_path, capsys):
    path = tmp_path / "mine.onnx"
    onnx.save(parse(DET), path)
    command.main([str(path), "--json"])
    told = json.loads(capsys.readouterr().out)["engines"]
    assert told.keys() == VERDICTS.keys()
    assert told["ONNX Runtime"]["expected"] == "runs"
    assert told["OpenVINO"]["expected"] == "refuses"
    assert told["OpenVINO"]["node"] == "Det 1"


def test_of_each_file_that_was_run_is_told_what_became_of_it(monkeypatch):
    monkeypatch.setattr(record, "read", functools.cache(record.read))  # of a file for each name
    words = ("refuses", "answers otherwise", "ends the process", "too slow", "too much memory")
    for engine, ran in record.read(recorded.REAL)["engines"].items():
        verdicts = judge.measured(engine)
        for name in foresee.files.FILES:
            said = foresee.measured_of(name).get(engine)
            assert (said is None) == (name not in verdicts)
            if said:
                ended = [f"{word} {ran[word][name]}" for word in words if name in ran.get(word, {})]
                assert said.verdict == verdicts[name]
                assert said.measured
                assert said.why.split()[-1] == (ended or ["agrees"])[0].split()[-1]


def test_of_a_file_that_an_engine_could_not_try_nothing_was_measured(monkeypatch):
    ran = {"version": "1", "files": ["a", "b"], "not tried": {"b": "there is no compiler"}}
    results = {"engines": {"mine": ran}, "nodes": {}}
    monkeypatch.setattr(foresee.record, "read", lambda _path: results)
    assert foresee.measured_of("a")["mine"].verdict == foresee.RUNS
    assert foresee.measured_of("b") == foresee.measured_of("c") == {}


def test_such_a_file_is_known_by_its_contents_under_any_name(tmp_path, capsys, monkeypatch):
    path = tmp_path / "mine.onnx"
    onnx.save(parse(DET), path)
    (name, file), *_others = foresee.files.FILES.items()
    held = hashlib.sha256(path.read_bytes()).hexdigest()
    monkeypatch.setattr(foresee.files, "FILES", {name: file._replace(sha256=held)})
    said = foresee.foresee_file(path)
    measured = foresee.measured_of(name)
    assert measured and {engine: said[engine] for engine in measured} == measured
    command.main([str(path)])
    assert "\nMeasured: this file is one of those that were run" in capsys.readouterr().out


def test_of_another_file_nothing_was_measured(tmp_path, capsys):
    path = tmp_path / "mine.onnx"
    onnx.save(parse(DET), path)
    assert not any(expected.measured for expected in foresee.foresee_file(path).values())
    command.main([str(path)])
    assert "\nExpected, not run:" in capsys.readouterr().out


# Uses ---------------------------------------------------------------------------------------------
def test_the_uses_of_a_file_are_those_of_its_graphs_too():
    model = parse(
        """g (bool C, float[2,N] A) => (float[2,N] Y) <int64[2] shape = {2, 0}> {
           B = Reshape (A, shape)
           D = Transpose <perm = [0, 1]> (B)
           Y = If (C) <
              then_branch = a () => (float[2,N] P) { P = LeakyRelu <alpha = 0.5> (D) },
              else_branch = b () => (float[2,N] Q) { Q = Resize <mode = "cubic"> (D, , A) }
           >
        }"""
    )
    found = {use.operator: use for use in uses.read_model(model)}
    assert list(found) == ["Reshape", "Transpose", "If", "LeakyRelu", "Resize"]
    assert found["Reshape"].inputs == ("float32[2,N]", "int64[2]")
    assert found["Reshape"].version == 14  # since when it is as it is in opset 18
    assert found["Reshape"].constants == {1}
    assert found["LeakyRelu"].attributes == {"alpha", uses.INSIDE}
    assert found["Resize"].attributes == {"mode=cubic", uses.INSIDE}
    assert found["Resize"].inputs[1] == uses.MISSING
    assert found["Resize"].constants == set()
    assert found["Resize"].computed == {0, 2}  # what is around it counts as computed
    assert found["LeakyRelu"].inputs[0].startswith("float32[2,")  # of the graph around it


def test_attributes_that_are_as_by_default_are_none():
    model = parse("g (float[2,3] X) => (float[2,3] Y) { Y = Softmax <axis = -1> (X) }")
    (use,) = uses.read_model(model)
    assert use.attributes == frozenset()


def test_a_use_is_read_as_it_was_written():
    for use in (
        uses.Use("Clip", 13, ("float32[3]", "", "float32[]"), ("float32[3]",), frozenset()),
        uses.Use("Constant", 13, (), ("int64[]",), frozenset({"value", "x=a;b"})),
    ):
        assert official.read_use(use.operator, official.write_use(use)) == use


# Conditions ---------------------------------------------------------------------------------------
def test_the_shortest_condition_that_no_running_case_has_is_found():
    evidence = [
        ("a", {"float32", "axis"}, ""),
        ("b", {"float64"}, ""),
        ("c", {"float64", "axis"}, "differs"),
        ("d", {"float32", "mode=linear"}, "refuses"),
        ("e", {"float64", "mode=linear"}, "refuses"),
        ("f", {"float32", "axis"}, "crashes"),
    ]
    rules, unexplained = conditions.learn(evidence)
    found = {(frozenset(rule.conjunction), rule.verdict): rule.examples for rule in rules}
    assert found == {
        (frozenset({"float64", "axis"}), "differs"): ("c",),
        (frozenset({"mode=linear"}), "refuses"): ("d", "e"),
    }
    assert [name for name, _words, _verdict in unexplained] == ["f"]  # as "a", which ran


def test_what_never_ran_fails_always():
    rules, _unexplained = conditions.learn([("a", {"float32"}, "refuses")])
    assert [(rule.conjunction, rule.verdict) for rule in rules] == [((), "refuses")]


def test_a_use_is_told_by_types_ranks_attributes_and_places():
    use = official.read_use("Clip", "13: float32[2,n3] =float32[] - -> ~float32[2,n3]")
    words = conditions.literals(use)
    assert {"float32", "rank 2", "with min", "min constant", "without max", "free sizes"} <= words
    assert "its answer is the file's" not in words
    other = official.read_use("Clip", "13: float64[2,n3] =float64[] - -> ~float64[2,n3]")
    assert conditions.distance(words, conditions.literals(other)) > conditions.FAR


def test_a_case_of_a_newer_onnx_without_a_graph_yet_says_nothing_of_its_nodes(monkeypatch):
    read_graphs = page.recorded.read_graphs
    lost = "test_celu_expanded"
    before = page.read_evidence()["ONNX Runtime"]
    assert lost in {name for name, _use, _word in before}
    monkeypatch.setattr(
        page.recorded,
        "read_graphs",
        lambda path: {name: uses for name, uses in read_graphs(path).items() if name != lost},
    )
    after = page.list_evidence(RESULTS, "ONNX Runtime", page.recorded.read(page.TRIALS))
    assert after == [line for line in before if line[0] != lost]
