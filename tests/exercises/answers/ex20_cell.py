"""The answer to exercise 20, The cell: what is right, one way to it, and mistakes."""

import numpy as np
import onnx
from onnx import numpy_helper

from tests.exercises import ex10_memory as network
from tests.exercises.draw import span
from tests.kit.graphs import nodes_of

ORACLE = "numpy"
TOLERANCE = 1e-4  # float32: P up to 20 is a sum of 64 states with weights up to 2, each rounded
REFUSED = {"RNN", "LSTM", "GRU", "Loop", "Scan"}

CELL = """
<
  ir_version: 8,
  opset_import: ["" : 18]
>
cell (float[N,1] X, float[N,64] state) => (float[N,1] P, float[N,64] next_state)
{
   XW = MatMul (X, W)
   HR = MatMul (state, R)
   XW_HR = Add (XW, HR)
   Z = Add (XW_HR, b)
   next_state = Tanh (Z)
   product = MatMul (next_state, W_out)
   P = Add (product, B_out)
}
"""


def draw(random, N):
    """Return a value of each of so many sequences, and their states."""
    return {"X": span(random, -3, 3, (N, 1)), "state": span(random, -1, 1, (N, 64))}


def special(random):
    """Return the steps of two unseen parts of the series: the first, some later ones."""
    values = network.series()[1000:]
    X = np.stack([values[:40], values[150:190]], axis=1)[..., np.newaxis]
    states = network.walk(X, np.zeros((2, 64)), network.train())  # (40, 2, 64)
    calls = [(X[0], np.zeros_like(states[0]))]
    for time in (1, 2, 39):
        calls.append((X[time], states[time - 1]))
    return [{"X": x.astype(np.float32), "state": h.astype(np.float32)} for x, h in calls]


def expected(X, state):
    """Return the prediction and the state after one step by numpy."""
    weights = network.train()
    (next_state,) = network.walk(X[np.newaxis], state, weights)
    return {"P": next_state @ weights["W_out"] + weights["B_out"], "next_state": next_state}


def complain(model):
    """Return that a node is still there that repeats steps, wherever it hides, or None."""
    places = [("graph", model.graph), *((f"function {f.name}", f) for f in model.functions)]
    for place, holder in places:
        for node in nodes_of(holder):
            if node.op_type in REFUSED:
                return (
                    f"{node.op_type} is still a node of the {place}: make it of MatMul, Add, Tanh"
                )
    return None


def read_weights(model):
    """Return the initializers as arrays by name."""
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}


def build(weights, notation=CELL):
    """Return the cell with these weights."""
    model = onnx.parser.parse_model(notation)
    for name in ("W", "R", "b", "W_out", "B_out"):
        tensor = numpy_helper.from_array(np.ascontiguousarray(weights[name]), name)
        model.graph.initializer.append(tensor)
    return model


def take_apart(model):
    """Return the weights in the layout that the formula has, those of RNN among them."""
    weights = read_weights(model)
    weights["W"] = weights["W"][0].T
    weights["R"] = weights["R"][0].T
    weights["b"] = weights["B"][0, :64] + weights["B"][0, 64:]
    return weights


def solve(model):
    """Bring the weights into the formula's layout, and write the formula down."""
    weights = take_apart(model)
    return build(weights)


# Mistakes: each takes the starting model, and earns the words beside its name below.
def moved_into_a_function(model):
    function = onnx.parser.parse_function(
        '<domain: "tutorial", opset_import: ["" : 18]> Recur (X, W, R, B, H) => (last)'
        "{ S, last = RNN <hidden_size = 64> (X, W, R, B, , H) }"
    )
    model.functions.append(function)
    model.opset_import.append(onnx.helper.make_opsetid("tutorial", 1))
    inputs = ["X_sequence", "W", "R", "B", "state_directed"]
    call = onnx.helper.make_node("Recur", inputs, ["last"], domain="tutorial")
    model.graph.node[3].CopyFrom(call)
    return model


def matrix_not_transposed(model):
    weights = take_apart(model)
    weights["R"] = weights["R"].T
    return build(weights)


def one_bias(model):
    weights = take_apart(model)
    weights["b"] = weights["B"][0, :64]
    return build(weights)


def no_tanh(model):
    return build(take_apart(model), CELL.replace("Tanh (Z)", "Identity (Z)"))


def another_function(model):
    return build(take_apart(model), CELL.replace("Tanh (Z)", "Sigmoid (Z)"))


def old_state(model):
    return build(take_apart(model), CELL.replace("MatMul (next_state", "MatMul (state"))


def state_before_tanh(model):
    weights = take_apart(model)
    notation = CELL.replace("next_state = Tanh (Z)", "H = Tanh (Z)")
    notation = notation.replace("Z = Add", "next_state = Add").replace(
        "Tanh (Z)", "Tanh (next_state)"
    )
    return build(weights, notation.replace("MatMul (next_state", "MatMul (H"))


def one_sequence(model):
    model = solve(model)
    model.graph.input[1].type.tensor_type.shape.dim[0].dim_value = 1
    return model


MISTAKES = {
    "RNN is still a node of the function Recur": moved_into_a_function,
    "R is the wrong way round: RNN computes state @ R[0].T": matrix_not_transposed,
    "the second half of B is missing: RNN adds both biases": one_bias,
    "Tanh is missing: without it a network that remembers is a matrix": no_tanh,
    "this is Sigmoid; RNN's own function is Tanh": another_function,
    "P comes from the state before the step: it has to read next_state": old_state,
    "next_state is the sum before Tanh: what is remembered is what Tanh answers": state_before_tanh,
    "the size N is frozen": one_sequence,
}

# From these test_wrong_files.py makes more.
FORBIDDEN = {"RNN": lambda model: model}
