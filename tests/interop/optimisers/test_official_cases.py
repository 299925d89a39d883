"""The verdicts once more, in the optimisers themselves, and the harness against harm.

Install them:  pip install onnxslim onnxsim onnxoptimizer onnxruntime
Try it:        pytest tests/interop/optimisers
"""

import multiprocessing
import os
import signal
import time

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from tests.interop.common import need
from tests.interop.operators import cases as official
from tests.interop.optimise import TOOLS, operators
from tests.interop.optimisers import record, report

for module in ("onnxslim", "onnxsim", "onnxoptimizer"):
    need("optimisers", module)
FORK = "fork" in multiprocessing.get_all_start_methods()
pytestmark = pytest.mark.skipif(not FORK, reason="Windows cannot copy a process")


@pytest.fixture(scope="module")
def all_cases():
    """Return {name: case} of all official cases, in both forms."""
    cases, _left_out = official.collect()
    return {case.name: case for case in record.both_forms(cases)}


def test_the_results_are_about_the_installed_cases(all_cases):
    for tool in record.RECORDED:
        assert record.read_results(tool)["cases"].keys() == all_cases.keys(), tool


@pytest.mark.parametrize("tool", TOOLS)
def test_what_did_not_survive_does_not_again(tool, all_cases):
    """A case of each kind; the whole is for record.py."""
    optimise, _package = TOOLS[tool]
    recorded = record.read_results(tool)["cases"]
    for (other, verdict, why, _beside), names in report.group(report.LISTED).items():
        if other == tool:
            again = record.verdict_on(optimise, all_cases[names[0]])
            assert (again["verdict"], again["why"]) == (verdict, why), names[0]
            assert again == recorded[names[0]]


@pytest.mark.parametrize("tool", record.RECORDED)
def test_what_is_recorded_is_so_again_in_a_sample(tool, all_cases):
    optimise, _package = record.RECORDED[tool]
    recorded = record.read_results(tool)["cases"]
    for name in list(all_cases)[::40]:
        again = record.verdict_on(optimise, all_cases[name])
        quiet = {again["verdict"], recorded[name]["verdict"]} == {"agrees", "unchanged"}
        varies = tool == report.VARIES and quiet  # suits the processor
        assert varies or again == recorded[name], name


def test_a_form_with_constants_is_the_same_case_with_fewer_inputs(all_cases):
    case = all_cases["test_add"]
    constant = all_cases["test_add" + record.CONSTANTS]
    assert [value.name for value in case.model.graph.input] == ["x", "y"]
    assert [value.name for value in constant.model.graph.input] == ["x"]
    np.testing.assert_array_equal(constant.inputs[0] + case.inputs[1], constant.outputs[0])


def normalise(x, scale, bias, groups, epsilon):
    """Return x (N, C, ...) in float64, each of the groups of channels with mean 0, deviation 1."""
    grouped = x.astype(float).reshape(len(x), groups, -1)
    mean = grouped.mean(axis=2, keepdims=True)
    variance = grouped.var(axis=2, keepdims=True)
    channels = ((grouped - mean) / np.sqrt(variance + epsilon)).reshape(x.shape)
    shape = (1, -1) + (1,) * (x.ndim - 2)
    return channels * scale.reshape(shape) + bias.reshape(shape)


@pytest.mark.parametrize(("name", "epsilon"), [("example", 1e-5), ("epsilon", 1e-2)])
def test_onnx_optimizer_takes_the_groups_out_of_a_group_normalisation(
    name, epsilon, all_cases, tmp_path
):
    """By numpy: right is one mean for two channels, but its file has a mean for each of the four.

    It takes the first of two Reshapes for superfluous; the second one copies dimensions from it.
    """
    import onnxoptimizer

    case = all_cases[f"test_group_normalization_{name}_expanded"]
    x = case.inputs[0]
    right = normalise(*case.inputs, groups=2, epsilon=epsilon)
    without_groups = normalise(*case.inputs, groups=x.shape[1], epsilon=epsilon)
    assert abs(without_groups - right).max() > 1
    recorded = record.read_results("ONNX Optimizer")["cases"]
    for form in (case.name, case.name + record.CONSTANTS):
        assert recorded[form]["verdict"] == "differs"
    target = tmp_path / "optimised.onnx"
    passes = ["eliminate_consecutive_idempotent_ops"]
    onnx.save(onnxoptimizer.optimize(case.model, passes), target)
    # float32, numbers near 1
    np.testing.assert_allclose(case.outputs[0], right, rtol=0, atol=1e-5)
    np.testing.assert_allclose(record.call(case, target)[0], without_groups, rtol=0, atol=1e-5)


# The harness -------------------------------------------------------------------------------------
A = np.float32([1, 2])
B = np.float32([3, 5])


def make_case(right):
    """Return a + b as a case."""
    names = ["a", "b", "sum"]
    a, b, total = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [2]) for name in names]
    node = helper.make_node("Add", ["a", "b"], ["sum"])
    graph = helper.make_graph([node], "graph", [a, b], [total])
    imports = [helper.make_opsetid("", official.OPSET)]
    model = helper.make_model(graph, opset_imports=imports, ir_version=official.IR_VERSION)
    return official.Case("case", "Add", model, [A, B], [right], newer=False)


def rewrite(source, target, change):
    """Write what a function makes of a file's graph."""
    model = onnx.load(source)
    change(model.graph)
    onnx.save(model, target)


def other_name(source, target):
    def change(graph):
        graph.node[0].name = "another"

    rewrite(source, target, change)


def one_more(source, target):
    def change(graph):
        graph.node[0].output[0] = "inner"
        graph.node.append(helper.make_node("Identity", ["inner"], ["sum"]))

    rewrite(source, target, change)


def subtract(source, target):
    def change(graph):
        graph.node[0].op_type = "Sub"

    rewrite(source, target, change)


def misspell(source, target):
    def change(graph):
        graph.node[0].op_type = "Ad"

    rewrite(source, target, change)


def wrong_shape(source, target):
    def change(graph):
        graph.output[0].type.tensor_type.shape.dim[0].dim_value = 3

    rewrite(source, target, change)


def no_implementation(source, target):
    def change(graph):
        graph.node[0].op_type = "Solve"
        graph.node[0].domain = "com.microsoft"

    model = onnx.load(source)
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    change(model.graph)
    onnx.save(model, target)


def lose_an_input(source, target):
    def change(graph):
        graph.node[0].input[1] = "a"
        del graph.input[1]

    rewrite(source, target, change)


def refuse(source, target):
    raise ValueError(f"not\n{source}")


def crash(source, target):
    os.kill(os.getpid(), signal.SIGSEGV)


def hang(source, target):
    time.sleep(60)


def write_nothing(source, target):
    pass


AGREES_BEFORE = "onnx.reference agrees before, differs after"


@pytest.mark.parametrize(
    ("optimise", "verdict", "why", "beside"),
    [
        (record.by_nothing, "unchanged", None, None),
        (other_name, "unchanged", None, None),
        (one_more, "agrees", None, None),
        (subtract, "differs", "off by 10", AGREES_BEFORE),  # 2 - 5 in place of 2 + 5
        (misspell, "invalid", "No Op registered for Ad", "onnxruntime refuses"),
        (wrong_shape, "invalid", "ShapeInferenceError", "onnxruntime agrees"),
        (no_implementation, "invalid", "com.microsoft:Solve", None),
        (lose_an_input, "other inputs", "without b", None),
        (refuse, "refused", "ValueError: not model.onnx", None),
        (crash, "crashes", "SIGSEGV", None),
        (hang, "hangs", "no answer in 2 seconds", None),
        (write_nothing, "invalid", "FileNotFoundError", "onnxruntime refuses"),
    ],
)
def test_each_harm_has_its_verdict(optimise, verdict, why, beside):
    found = record.verdict_on(optimise, make_case(A + B), limit=2)
    assert found["verdict"] == verdict
    assert found.get("beside") == beside
    assert why in found["why"] if why else "why" not in found


def test_an_expected_answer_that_is_shifted_is_a_difference():
    found = record.verdict_on(record.by_nothing, make_case(A + B + 1), limit=10)
    assert found["verdict"] == "differs"
    assert found["beside"] == "onnx.reference differs before, differs after"


def test_a_file_that_crashes_whoever_reads_it_is_invalid(monkeypatch):
    monkeypatch.setattr(record, "call", crash)
    found = record.verdict_on(record.by_nothing, make_case(A + B), limit=10)
    assert found == {"verdict": "invalid", "why": "to read its file: SIGSEGV"}


def test_operators_inside_the_graphs_of_a_graph_count():
    inner = helper.make_graph([helper.make_node("Det", ["X"], ["Y"])], "inner", [], [])
    node = helper.make_node("If", ["condition"], ["Y"], then_branch=inner, else_branch=inner)
    graph = helper.make_graph([node], "graph", [], [])
    assert operators(graph) == [("", "If"), ("", "Det"), ("", "Det")]


@pytest.fixture
def own_results(tmp_path, monkeypatch):
    """Let the results go to a folder of their own, and a copy be an optimiser."""
    monkeypatch.setattr(record, "RESULTS", tmp_path)
    monkeypatch.setitem(record.RECORDED, "mine", (record.by_nothing, "onnx"))


def test_a_run_goes_on_where_it_was_stopped(own_results):
    earlier = {"version": onnx.__version__, "cases": {"first": {"verdict": "refused"}}}
    record.write_results("mine", earlier)
    cases = []
    for name in ("first", "second"):
        case = make_case(A + B)
        case.name = name
        cases.append(case)
    record.record("mine", cases, again=False)
    assert record.read_results("mine")["cases"] == {
        "first": {"verdict": "refused"},
        "second": {"verdict": "unchanged"},
    }


def test_to_run_again_says_what_changed_and_leaves_the_results(own_results, capsys):
    earlier = {"version": onnx.__version__, "cases": {"case": {"verdict": "refused"}}}
    record.write_results("mine", earlier)
    record.record("mine", [make_case(A + B)], again=True)
    assert "mine: case was refused, is {'verdict': 'unchanged'}" in capsys.readouterr().out
    assert record.read_results("mine") == earlier
