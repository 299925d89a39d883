"""What the page says of operators, against the recorded results, and the command for one's own."""

import re

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from tests.interop.operators import __main__ as command
from tests.interop.operators import cases as official
from tests.interop.operators import report
from tests.interop.operators.by_hand import BY_HAND
from tests.interop.operators.engines import ENGINES
from tests.kit.places import SCRIPTS

CASES = report.read_cases()
VERDICTS = report.read_verdicts()
EXAMPLES = report.read("examples.json")


@pytest.mark.parametrize("name", report.PARTS)
def test_the_page_shows_the_recorded_results(name, generated):
    generated(report.PAGE, name, report.PARTS[name](CASES, VERDICTS))


def test_every_engine_has_run_its_cases_and_knows_no_others():
    for engine, results in VERDICTS.items():
        assert results.keys() <= CASES.keys(), engine
        operators = {CASES[name]["operator"] for name in results}
        everything = {case["operator"] for case in CASES.values()} - {report.SEVERAL}
        assert operators >= everything, f"{engine} lacks {everything - operators}"


def test_the_list_of_safe_operators_holds_what_no_engine_fails_in_any_case():
    """Counted once more, from the bare verdicts."""
    page = report.PAGE.read_text(encoding="utf-8")
    (listed,) = re.findall(r"^In every type that the cases have: (.*)\.$", page, flags=re.MULTILINE)
    named = set(re.findall(r"\[([\w.]+)\]", listed))
    failed = set()
    for results in VERDICTS.values():
        for case, result in results.items():
            if result["verdict"] != "agrees" and not CASES[case]["newer"]:
                failed.add(CASES[case]["operator"])
    failed |= {operator for operator, _engine in report.BESIDES}
    travelling = {case["operator"] for case in CASES.values() if not case["newer"]}
    assert named == travelling - failed - {report.SEVERAL}
    assert len(named) > 20
    (usual,) = re.findall(r"^In float32, int64 and bool: (.*)\.$", page, flags=re.MULTILINE)
    named |= set(re.findall(r"\[([\w.]+)\]", usual))
    assert f" {len(named)} gave the right answer in all {len(VERDICTS)} engines" in page


def test_the_table_of_differences_has_a_row_for_each_engine_and_operator():
    page = report.PAGE.read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| \[([\w.]+)\]\(\S+\) \| ([\w .]+) \| \d+ of ", page, re.MULTILINE))
    expected = set()
    for engine, results in VERDICTS.items():
        for case, result in results.items():
            if result["verdict"] == "differs" and CASES[case]["operator"] != report.SEVERAL:
                expected.add((CASES[case]["operator"], engine))
    assert rows == expected


def test_the_picture_shows_the_verdicts():
    """Each row of the picture names its engine, its verdict and the number of operators."""
    text = report.PICTURE.read_text(encoding="utf-8")
    drawn = re.findall(r'<g id="([^"]+): (\w+) (\d+)">', text)
    table = report.make_table(CASES, VERDICTS)
    for engine in ENGINES:
        for word in ("all", "some", "none", "crashes", "differs"):
            count = sum(row[engine] == word for row in table.values())
            assert not count or (engine, word, str(count)) in drawn


# Examples in a second way ------------------------------------------------------------------------
def read_value(value):
    """Return a recorded input or output as an array."""
    if value is None:
        return None
    return np.array(value["values"], value["type"]).reshape(value["shape"])


def name_example(example):
    return f"{example['operator']}, {example['engine']}"


def far_apart(right, given):
    """Return whether an answer is another one, by shape or by some number."""
    given = np.array(given, float)
    if given.shape != right.shape:
        return True
    return not np.allclose(given, right.astype(float), rtol=3e-4, atol=1e-4, equal_nan=True)


@pytest.mark.parametrize("example", EXAMPLES, ids=name_example)
def test_what_is_answered_differently_is_another_answer_than_by_hand(example):
    inputs = [read_value(value) for value in example["inputs"]]
    right = BY_HAND[example["operator"]](*inputs, **example["attributes"])
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
    answer = example["answer"]
    pairs = zip(right, answer, strict=False)
    wrong = [far_apart(np.asarray(by_hand), given) for by_hand, given in pairs]
    assert len(answer) != len(right) or any(wrong)


# The harness -------------------------------------------------------------------------------------
def make_case(outputs, operator="Add"):
    return official.Case("case", operator, None, [], outputs, newer=False)


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
    found = official.difference(make_case([right]), [given])
    assert found == sentence or found.startswith(sentence)


def test_a_missing_output_is_a_difference():
    case = make_case([np.float32([1]), np.float32([2])])
    assert official.difference(case, [np.float32([1])]) == "1 outputs in place of 2"


def test_a_fourier_transform_is_compared_by_its_largest_number():
    case = make_case([np.float32([495, 0])], "DFT")
    assert official.difference(case, [np.float32([495, 4e-3])]) is None
    assert official.difference(case, [np.float32([495, 6e-3])]) == "off by 0.006"


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
    assert report.cell(results, [*results, "did not run"]) == word


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
    left_out = report.read("cases.json")["left out"]
    assert all(left_out.values())
    assert not left_out.keys() & CASES.keys()


# The command -------------------------------------------------------------------------------------
@pytest.fixture
def ask(tmp_path, capsys):
    """Return a function: a model to what the command says, and to what it says of each engine."""

    def say(model):
        path = tmp_path / "mine.onnx"
        onnx.save(model, path)
        command.main([str(path)])
        head, *blocks = capsys.readouterr().out.split("\n\n")
        said = {}
        for block in blocks:
            engine, *lines = block.strip().splitlines()
            said[engine] = [line.strip() for line in lines]
        return head, said

    return say


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_portable_files_run_where_the_page_on_interoperability_says(name, runs, ask):
    portable = runs[name].folder / f"{name}.portable.onnx"
    path = portable if portable.exists() else runs[name].folder / f"{name}.onnx"
    _head, said = ask(onnx.load(path))
    assert said.keys() == ENGINES.keys()
    for engine, lines in said.items():
        # All engines run these files: no operator in them stands in the way.
        assert not [line for line in lines if line.startswith("stands in the way")], engine


def test_it_names_the_operator_that_stands_in_the_way(ask):
    model = make_model()
    model.graph.node[0].op_type = "Det"
    row = report.make_table(CASES, VERDICTS)["Det"]
    refusing = [engine for engine in ENGINES if row[engine] == "none"]
    assert refusing
    _head, said = ask(model)
    for engine in refusing:
        assert said[engine] == ["stands in the way: Det"]


def test_a_case_of_a_type_that_the_file_lacks_is_no_obstacle(ask):
    every = report.make_table(CASES, VERDICTS)
    usual = report.make_table(CASES, VERDICTS, types={"float32"})
    found = []
    for engine in ENGINES:
        if every["Add"][engine] != "all" and usual["Add"][engine] == "all":
            found.append(engine)
    model = make_model()
    model.graph.node[0].op_type = "Add"
    model.graph.node[0].input.append("X")
    _head, said = ask(model)
    assert found
    for engine in found:
        assert said[engine] == ["runs each of them in every case"]


def test_it_says_what_no_case_tests_and_which_opset_the_cases_have(ask):
    model = make_model(opset=21)
    model.graph.node[0].op_type = "Mine"
    model.graph.node[0].domain = "own"
    model.opset_import.append(helper.make_opsetid("own", 1))
    head, _said = ask(model)
    assert "No official case tests own.Mine." in head
    assert "It is stated at opset 21" in head


def test_it_says_that_functions_are_refused_by_most_and_only_of_a_file_that_has_some(runs, ask):
    folder = runs["neural_network"].folder
    sentence = (
        "It has functions, which most engines refuse: inline them, as neural_network.py does."
    )
    for name, there in [("neural_network", True), ("neural_network.portable", False)]:
        head, _said = ask(onnx.load(folder / f"{name}.onnx"))
        assert (sentence in head) == there


@pytest.mark.parametrize("content", [None, b"", b"no model"])
def test_a_file_that_cannot_be_read_is_one_line_and_status_2(content, tmp_path, capsys):
    path = tmp_path / "mine.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SystemExit) as stop:
        command.main([str(path)])
    assert stop.value.code == 2
    assert capsys.readouterr().err.startswith(f"error: {path}: ")


def test_operators_inside_graphs_and_functions_are_found():
    inner = helper.make_graph([helper.make_node("Det", ["X"], ["Y"])], "inner", [], [])
    node = helper.make_node("If", ["condition"], ["Y"], then_branch=inner, else_branch=inner)
    graph = helper.make_graph([node], "graph", [], [])
    body = [helper.make_node("Gelu", ["X"], ["Y"])]
    opsets = [helper.make_opsetid("", 20)]
    function = helper.make_function("own", "Mine", ["X"], ["Y"], body, opsets)
    model = helper.make_model(graph, functions=[function])
    assert command.operators_of(model) == {"If", "Det", "Gelu"}


def test_the_types_of_a_file_are_those_of_its_rows_its_weights_and_what_flows_between():
    model = onnx.parser.parse_model("""
        <ir_version: 8, opset_import: ["": 18]>
        mine (float[N] X) => (float16[N] Y) <int8[1] W = {3}, float scale = {0.5}> {
            weight = DequantizeLinear (W, scale)
            product = Mul (X, weight)
            exact = Cast <to = 11> (product)
            Y = Cast <to = 10> (exact)
        }
    """)
    assert command.types_of(model) == {"float32", "int8", "float64", "float16"}


def test_the_types_behind_an_operator_that_nobody_knows_cannot_be_told():
    model = onnx.parser.parse_model("""
        <ir_version: 8, opset_import: ["": 18, "own": 1]>
        mine (float[N] X) => (float[N] Y) {
            unknown = own.Mine (X)
            sum = Add (unknown, unknown)
            Y = Cast <to = 1> (sum)
        }
    """)
    assert command.types_of(model) is None
