"""LSTM and GRU in the forms in which they travel: files, and numpy's answers to them.

Each file has X (T, N, 3) as an input, T and N free, and what its case adds: states, lengths. Its
outputs are Y (T, D, N, 8), all that was said, the last h and, of an LSTM, the last c (D, N, 8).
"""

from typing import NamedTuple

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from tests.interop.recurrent.weights import from_pytorch
from tests.networks import gru_step, lstm_step, sigmoid

INPUTS = 3
NEURONS = 8
SIZES = [(1, 1), (5, 3), (20, 2)]  # T and N
TOLERANCE = 1e-5  # numbers below 1, after at most 20 steps that round a few times each
GATES = {"LSTM": 4, "GRU": 3}


class Case(NamedTuple):
    """What is asked of the operator."""

    kind: str
    direction: str = "forward"  # reverse, bidirectional
    states: bool = True  # whether they are inputs
    lengths: bool = False  # whether each series has its own
    before_reset: int = 1  # of a GRU: 1 as in PyTorch, 0 as in Keras with reset_after=False
    layout: int = 0  # 1: the batch comes first

    @property
    def directions(self):
        """Return how many directions there are."""
        return 2 if self.direction == "bidirectional" else 1


CASES = {
    "LSTM": Case("LSTM"),
    "GRU": Case("GRU"),
    "LSTM, no states fed": Case("LSTM", states=False),
    "GRU, no state fed": Case("GRU", states=False),
    "LSTM, reverse": Case("LSTM", "reverse"),
    "GRU, reverse": Case("GRU", "reverse"),
    "LSTM, both directions": Case("LSTM", "bidirectional"),
    "GRU, both directions": Case("GRU", "bidirectional"),
    "LSTM, lengths that differ": Case("LSTM", lengths=True),
    "GRU, lengths that differ": Case("GRU", lengths=True),
    "LSTM, both, lengths": Case("LSTM", "bidirectional", lengths=True),
    "GRU, reset first": Case("GRU", before_reset=0),
    "LSTM, layout = 1": Case("LSTM", layout=1),
    "GRU, layout = 1": Case("GRU", layout=1),
}


# Weights, inputs ----------------------------------------------------------------------------------
def make_weights(case):
    """Return (W, R, b, b_h) of each direction, in PyTorch's order, float64."""
    random = np.random.default_rng(0)
    rows = GATES[case.kind] * NEURONS
    found = []
    for _ in range(case.directions):
        W = random.normal(size=(rows, INPUTS))
        R = random.normal(size=(rows, NEURONS)) / np.sqrt(NEURONS)
        found.append((W, R, random.normal(size=rows) / 4, random.normal(size=rows) / 4))
    return found


def make_feed(case, T, N):
    """Return {name: array} of the inputs, in the order of the file."""
    random = np.random.default_rng(T)
    feed = {"X": random.uniform(-1, 1, (T, N, INPUTS)).astype(np.float32)}
    if case.lengths:
        lengths = random.integers(1, T + 1, N)
        lengths[0] = T
        feed["lengths"] = lengths.astype(np.int32)
    if case.states:
        shape = (case.directions, N, NEURONS)
        names = "hc" if case.kind == "LSTM" else "h"
        for name in names:
            feed[name] = random.uniform(-1, 1, shape).astype(np.float32)
    return turn(case, feed)


def turn(case, arrays):
    """Return the arrays with the batch first, where the case says so; lengths have one axis."""
    if case.layout == 0:
        return arrays
    return {name: array.swapaxes(0, 1) for name, array in arrays.items()}


# By numpy -----------------------------------------------------------------------------------------
def advance(case, x, h, c, weights):
    """Return h and c after a step."""
    W, R, b, b_h = weights
    if case.kind == "LSTM":
        return lstm_step(x, h, c, W, R, b + b_h)
    if case.before_reset:
        return gru_step(x, h, W, R, b, b_h), c
    x_r, x_z, x_n = np.split(x @ W.T + b, 3, axis=1)
    R_r, R_z, R_n = np.split(R, 3)
    b_r, b_z, b_n = np.split(b_h, 3)
    r = sigmoid(x_r + h @ R_r.T + b_r)
    z = sigmoid(x_z + h @ R_z.T + b_z)
    n = np.tanh(x_n + (r * h) @ R_n.T + b_n)  # the state is reset before it is multiplied
    return (1 - z) * n + z * h, c


def expected(case, feed):
    """Return [Y, last h, last c of an LSTM] by a loop in numpy, float64."""
    feed = {name: array.astype(float) for name, array in turn(case, feed).items()}
    X = feed["X"]
    T, N, _ = X.shape
    lengths = feed.get("lengths", np.full(N, T))
    Y = np.zeros((T, case.directions, N, NEURONS))
    nothing = np.zeros((case.directions, N, NEURONS))
    last_h = feed.get("h", nothing).copy()
    last_c = feed.get("c", nothing).copy()
    for d, weights in enumerate(make_weights(case)):
        backwards = case.direction == "reverse" or d == 1
        for n in range(N):
            steps = range(int(lengths[n]))
            h = last_h[d, n : n + 1]
            c = last_c[d, n : n + 1]
            for t in reversed(steps) if backwards else steps:
                h, c = advance(case, X[t, n : n + 1], h, c, weights)
                Y[t, d, n] = h[0]
            last_h[d, n] = h[0]
            last_c[d, n] = c[0]
    if case.layout == 1:
        Y = Y.transpose(2, 0, 1, 3)  # (N, T, D, H)
        last_h = last_h.swapaxes(0, 1)
        last_c = last_c.swapaxes(0, 1)
    return [Y, last_h, last_c] if case.kind == "LSTM" else [Y, last_h]


# The file -----------------------------------------------------------------------------------------
def build(case, weights=None):
    """Return the model of a case; weights {"W", "R", "B"} in ONNX's order, or those above."""
    weights = weights or from_pytorch(case.kind, make_weights(case))
    options = {"hidden_size": NEURONS}
    if case.direction != "forward":
        options["direction"] = case.direction
    if case.kind == "GRU":
        options["linear_before_reset"] = case.before_reset
    if case.layout:
        options["layout"] = case.layout
    D = case.directions
    sizes = ["N", "T"] if case.layout else ["T", "N"]
    state = ["N", D, NEURONS] if case.layout else [D, "N", NEURONS]
    said = ["N", "T", D, NEURONS] if case.layout else ["T", D, "N", NEURONS]

    inputs = [helper.make_tensor_value_info("X", TensorProto.FLOAT, [*sizes, INPUTS])]
    read = ["X", "W", "R", "B", ""]
    if case.lengths:
        inputs.append(helper.make_tensor_value_info("lengths", TensorProto.INT32, ["N"]))
        read[4] = "lengths"
    names = ["h", "c"] if case.kind == "LSTM" else ["h"]
    if case.states:
        inputs += [helper.make_tensor_value_info(name, TensorProto.FLOAT, state) for name in names]
        read += names
    while not read[-1]:
        read.pop()
    outputs = [helper.make_tensor_value_info("Y", TensorProto.FLOAT, said)]
    for name in names:
        outputs.append(helper.make_tensor_value_info(f"last_{name}", TensorProto.FLOAT, state))
    written = [output.name for output in outputs]
    node = helper.make_node(case.kind, read, written, **options)
    tensors = [numpy_helper.from_array(array, name) for name, array in weights.items()]
    graph = helper.make_graph([node], "recurrent", inputs, outputs, tensors)
    opsets = [helper.make_opsetid("", 18)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)
