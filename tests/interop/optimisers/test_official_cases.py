"""The verdicts once more, in the optimisers themselves, and the harness against harm.

Install them:  pip install onnxslim onnxsim onnxoptimizer onnxruntime
Try it:        pytest tests/interop/optimisers
"""

import os
import signal
import time

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from tests.interop.common import OPTIMISERS, need
from tests.interop.operators import cases as official
from tests.interop.optimisers import judge, page
from tests.interop.optimisers.tools import TOOLS
from tests.kit import apart, record

for _function, package in TOOLS.values():
    need(OPTIMISERS, package)
pytestmark = pytest.mark.skipif(not apart.POSSIBLE, reason="only Linux can copy a process")


@pytest.fixture(scope="module")
def all_cases():
    """Return {name: case} of all official cases, in both forms."""
    cases, _left_out = official.collect()
    return judge.both_forms(cases)


@pytest.mark.parametrize("tool", judge.JUDGED)
def test_the_results_are_about_the_installed_cases_and_packages(tool, all_cases):
    assert judge.is_recorded(tool, judge.forms_for(tool, all_cases)), (
        f"python -m tests.interop.optimisers.judge {tool!r} records it"
    )


@pytest.mark.parametrize("tool", TOOLS)
def test_what_did_not_survive_does_not_again(tool, all_cases):
    """A case of each kind; the whole is for judge.py."""
    optimise, _package = TOOLS[tool]
    for other, verdict, why, beside, names in page.list_groups(page.read(), page.LISTED):
        if other == tool:
            again = judge.verdict_on(optimise, all_cases[names[0]])
            expected = {"verdict": verdict, "why": why} | ({"beside": beside} if beside else {})
            assert again == expected, names[0]


@pytest.mark.parametrize("tool", judge.JUDGED)
def test_what_is_recorded_is_so_again_in_a_sample(tool, all_cases):
    optimise, _package = judge.JUDGED[tool]
    bad = judge.spread_out(judge.read(tool))
    given = judge.forms_for(tool, all_cases)
    for name in list(given)[::40]:
        again = judge.verdict_on(optimise, given[name])
        good = again["verdict"] in judge.GOOD
        assert (name not in bad) if good else again == bad[name], name


def test_a_form_with_constants_is_the_same_case_with_fewer_inputs(all_cases):
    case = all_cases["test_add"]
    constant = all_cases["test_add" + judge.CONSTANTS]
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
    recorded = judge.spread_out(judge.read("ONNX Optimizer"))
    for form in (case.name, case.name + judge.CONSTANTS):
        assert recorded[form]["verdict"] == "differs"
    target = tmp_path / "optimised.onnx"
    passes = ["eliminate_consecutive_idempotent_ops"]
    onnx.save(onnxoptimizer.optimize(case.model, passes), target)
    # float32, numbers near 1
    np.testing.assert_allclose(case.outputs[0], right, rtol=0, atol=1e-5)
    np.testing.assert_allclose(judge.call(case, target)[0], without_groups, rtol=0, atol=1e-5)


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
        (judge.by_nothing, "unchanged", None, None),
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
    found = judge.verdict_on(optimise, make_case(A + B), seconds=2)
    assert found["verdict"] == verdict
    assert found.get("beside") == beside
    assert why in found["why"] if why else "why" not in found


def test_an_expected_answer_that_is_shifted_is_a_difference():
    found = judge.verdict_on(judge.by_nothing, make_case(A + B + 1), seconds=10)
    assert found["verdict"] == "differs"
    assert found["beside"] == "onnx.reference differs before, differs after"


def test_a_file_that_crashes_whoever_reads_it_is_invalid(monkeypatch):
    monkeypatch.setattr(judge, "call", crash)
    found = judge.verdict_on(judge.by_nothing, make_case(A + B), seconds=10)
    assert found == {"verdict": "invalid", "why": "to read its file: SIGSEGV"}


def test_operators_inside_the_graphs_of_a_graph_count():
    inner = helper.make_graph([helper.make_node("Det", ["X"], ["Y"])], "inner", [], [])
    node = helper.make_node("If", ["condition"], ["Y"], then_branch=inner, else_branch=inner)
    graph = helper.make_graph([node], "graph", [], [])
    assert judge.operators(graph) == [("", "If"), ("", "Det"), ("", "Det")]


def test_records_are_grouped_and_good_verdicts_are_counted():
    verdicts = {
        "a": {"verdict": "unchanged"},
        "b": {"verdict": "agrees"},
        "c": {"verdict": "invalid", "why": "x", "beside": "y"},
        "d": {"verdict": "refused", "why": "x"},
        "e": {"verdict": "refused", "why": "x"},
    }
    grouped = judge.group(verdicts)
    assert grouped == {
        "agrees": 1,
        "unchanged": 1,
        "invalid": {"x": {"y": ["c"]}},
        "refused": {"x": {"": ["d", "e"]}},
    }
    assert judge.spread_out(grouped) == {name: verdicts[name] for name in "cde"}


@pytest.fixture
def own_results(tmp_path, monkeypatch):
    """Let the results go to a file of their own, and a copy be an optimiser."""
    monkeypatch.setattr(judge, "RESULTS", tmp_path / "results.json")
    monkeypatch.setitem(judge.JUDGED, "mine", (judge.by_nothing, "onnx"))


def test_an_optimiser_is_recorded_with_version_and_date_and_not_judged_twice(own_results):
    forms = {"case": make_case(A + B)}
    assert not judge.is_recorded("mine", forms)
    judge.record_tool("mine", forms, again=False)
    expected = {"onnx": onnx.__version__, "run on": record.today(), "files": 1}
    assert judge.read("mine") == {**expected, "agrees": 0, "unchanged": 1}
    assert judge.is_recorded("mine", forms)
    assert not judge.is_recorded("mine", {})


def test_to_run_again_says_what_changed_and_leaves_the_results(own_results, capsys):
    earlier = judge.group({"case": {"verdict": "refused", "why": "no"}})
    record.write(judge.RESULTS, {"official cases": {"mine": earlier}})
    judge.record_tool("mine", {"case": make_case(A + B)}, again=True)
    assert "mine: case was refused, is {'verdict': 'unchanged'}" in capsys.readouterr().out
    assert judge.read("mine") == earlier


def test_an_optimiser_is_given_what_is_right_without_one(own_results):
    bad = judge.group({"bad": {"verdict": "differs", "why": "off by 1"}})
    record.write(judge.RESULTS, {"official cases": {judge.NOTHING: bad}})
    forms = {"good": 1, "bad": 2}
    assert judge.forms_for("mine", forms) == {"good": 1}
    assert judge.forms_for(judge.NOTHING, forms) == forms
