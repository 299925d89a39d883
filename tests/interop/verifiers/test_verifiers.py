"""Which tool finds which planted difference, and at which node: compared with the record."""

from types import SimpleNamespace

import numpy as np
import pytest

import neural_network
from tests.exercises import ex13_first_wrong_node as ex13
from tests.exercises.answers import ex13_first_wrong_node as answer
from tests.exercises.first_wrong import expose
from tests.exercises.planted import BIASES, MISTAKES, ROWS, WEIGHTS, network_case
from tests.interop.common import VERIFIERS, need
from tests.interop.verifiers import tools
from tests.interop.verifiers.page import FILE
from tests.kit import record

need(VERIFIERS, "polygraphy")
need(VERIFIERS, "onnxscript")
torch = need(VERIFIERS, "torch")

PACKAGES = ["onnxruntime", "onnx", "polygraphy", "onnxscript", "torch"]


# What torch.onnx.export makes of the same network -------------------------------------------------
def export(weights, biases, X):
    """Return the network as PyTorch exports it, and its arguments."""

    class Network(torch.nn.Module):
        def __init__(self):
            super().__init__()
            arrays = [np.float32(array) for array in [*weights, *biases]]
            self.arrays = torch.nn.ParameterList([torch.from_numpy(array) for array in arrays])

        def forward(self, H):
            for i in range(len(weights)):
                H = H @ self.arrays[i] + self.arrays[len(weights) + i]
                H = torch.relu(H) if i + 1 < len(weights) else H
            return torch.softmax(H, 1)

    arguments = (torch.from_numpy(X),)
    return torch.onnx.export(Network(), arguments, dynamo=True, verbose=False), arguments


def store(program, number, array):
    """Put another array in place of one that the exported network has."""
    import onnx_ir

    value = program.model.graph.initializers[f"arrays.{number}"]
    value.const_value = onnx_ir.tensor(np.ascontiguousarray(array, np.float32), name=value.name)


def transposed_in_torch(case):
    """Plant the mistake of exercise 13 into what PyTorch has exported."""
    program, arguments = export(*ex13.train(), case.feed["X"])
    store(program, 3, ex13.train()[0][3].T)
    return (program, arguments), "matmul_3"


def bias_forgotten_in_torch(case):
    program, arguments = export(WEIGHTS, BIASES, ROWS)
    store(program, len(WEIGHTS) + 1, 0 * BIASES[1])
    return (program, arguments), "add_1"


IN_TORCH = {
    "exercise 13": transposed_in_torch,
    "bias_forgotten": bias_forgotten_in_torch,
}


# The cases ----------------------------------------------------------------------------------------
def exercise_13():
    """Return the starting file of exercise 13 as a case."""
    model = ex13.start()
    names = [node.output[0] for node in expose(model).graph.node]
    X = answer.scans()[:5].astype(np.float32)
    exact = dict(zip(names, ex13.layers(X.astype(np.float64), *ex13.train()), strict=True))
    return SimpleNamespace(model=model, feed={"X": X}, wire=names[9], exact=exact)


CASES = {"exercise 13": exercise_13} | {make.__name__: make for make in MISTAKES}


def make(name, tool):
    """Return a case, with what PyTorch exports where its verification asks for that."""
    case = CASES[name]()
    case.exported, case.wire_of_torch = None, None
    if tool == "torch.onnx.verification" and name in IN_TORCH:
        case.exported, case.wire_of_torch = IN_TORCH[name](case)
    return case


@pytest.mark.parametrize("tool", tools.TOOLS)
def test_what_a_tool_finds_is_on_the_page(tool, note):
    found = {name: tools.judge(tools.TOOLS[tool], make(name, tool)) for name in CASES}
    note(FILE, "found", tool, value=found)
    note(FILE, "versions", value=record.versions(PACKAGES))
    note(FILE, "run on", value=record.today(), compare=False)


def test_ours_finds_each_at_its_node_and_a_call_is_as_far_as_polygraphy_looks():
    """By hand, for fear of another's findings in a column."""
    for name in CASES:
        assert tools.judge(tools.ours, make(name, "first_wrong")) == tools.NODE
    case = make("exercise 13", "Polygraphy")
    assert tools.polygraphy(case) == "H4" and case.wire == "XW__4"
    assert tools.judge(tools.polygraphy, case) == tools.CALL


@pytest.mark.parametrize("name", ["first_wrong", "Polygraphy", "onnxscript"])
def test_a_tool_is_quiet_on_a_sound_network(name):
    sound = network_case(neural_network.build_model(WEIGHTS, BIASES), 0)
    sound.exported, sound.wire_of_torch = None, None
    assert tools.judge(tools.TOOLS[name], sound) == tools.NOTHING


def test_onnxscript_s_own_tolerance_lets_the_answers_of_exercise_13_pass():
    compare = need(VERIFIERS, "onnxscript.rewriter.testing").assert_numerically_equal
    case = exercise_13()
    right = {"P": case.exact["P"].astype(np.float32)}
    near = {"P": right["P"] * np.float32(1.9)}
    golden, other = (tools.answering(case.model, ["P"], answers) for answers in [right, near])
    compare(golden, other, case.feed)  # rtol=1: anything up to twice as large
    with pytest.raises(AssertionError):
        compare(golden, other, case.feed, rtol=0, atol=tools.OFF)


def test_two_runtimes_that_part_are_told_apart(monkeypatch):
    class Other(tools.ReferenceEvaluator):
        def run(self, *arguments):
            return [np.asarray(array) + 1 for array in super().run(*arguments)]

    case = {make.__name__: make for make in MISTAKES}["transpose_without_perm"]()
    assert tools.reference(case) == ""
    monkeypatch.setattr(tools, "ReferenceEvaluator", Other)
    assert tools.reference(case) == "Y"


def test_onnxruntime_matches_a_quantised_wire_with_its_original_by_its_name():
    numbers = np.zeros(1)
    names = {"A": numbers, "A_QuantizeLinear_Output": numbers, "A_DequantizeLinear_Output": numbers}
    assert tools.qdq_loss_debug(SimpleNamespace(exact=names)) == "A"
