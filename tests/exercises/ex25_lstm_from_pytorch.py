"""An LSTM from PyTorch: its weights, brought over by hand, for any batch and any length.

The network reads a series with gaps: each step is a value, and whether it was measured (1) or
is missing (0). PyTorch stores four gates of its LSTM one below the other, 32 rows each:

    i, f, g, o = x @ weight_ih.T + bias_ih + h @ weight_hh.T + bias_hh
    c = sigmoid(f) * c + sigmoid(i) * tanh(g)        what it remembers
    h = sigmoid(o) * tanh(c)                         what it says
    p = h @ head.weight.T + head.bias                the next value

state_dict() of this file gives them under PyTorch's names. The starting file has put them into
ONNX's LSTM as they are, and it runs: all shapes are right. But ONNX's order is i, o, f, g, which
it calls input, output, forget, cell. PyTorch's batch came first, ONNX's second. Let h and c in
and out, too, so that a series may be fed in several calls. It worked if a loop in numpy agrees.
"""

from functools import cache

import numpy as np
import onnx
from onnx import numpy_helper

from tests import networks

INPUTS = {
    "float[N,T,2] X": "N series of T steps: a value, -3 to 3, and 1, or 0 and 0; N comes first",
    "float[1,N,32] h": "what the network said last, -1 to 1, zeros at first; 1 is for a direction",
    "float[1,N,32] c": "what it remembers, -3 to 3, zeros at first",
}
OUTPUTS = {
    "float[N,T,1] P": "the value after each step of X",
    "float[1,N,32] next_h": "h after the last step",
    "float[1,N,32] next_c": "c after the last step",
}
HINTS = [
    "numpy.split(array, 4) cuts a matrix or a bias into its four gates, and numpy.concatenate puts"
    " them together again in ONNX's order. All four arrays of the LSTM want that.",
    "LSTM's inputs are X, W, R, B, sequence_lens, initial_h, initial_c; one that is left out is an"
    " empty name. Its outputs are all h (T, 1, N, 32), the last h, and the last c.",
    "Transpose, not Reshape, brings (N, T, 2) to (T, N, 2), and at the end the other way round. The"
    " standard's layout = 1 would say the same; onnxruntime does not know it.",
]

NEURONS = 32

START = """
<
  ir_version: 8,
  opset_import: ["" : 18]
>
gaps (float[N,T,2] X) => (float[N,1,T,32] S)
{
   S = LSTM <hidden_size = 32> (X, W, R, B)
}
"""


# The same by numpy
def walk(X, h, c, weights):
    """Return the h (N, T, 32) of all steps of X (N, T, 2), and the last c (N, 32)."""
    W = weights["lstm.weight_ih_l0"]
    R = weights["lstm.weight_hh_l0"]
    b = weights["lstm.bias_ih_l0"] + weights["lstm.bias_hh_l0"]
    said = []
    for x in X.swapaxes(0, 1):
        h, c = networks.lstm_step(x, h, c, W, R, b)
        said.append(h)
    return np.stack(said, axis=1), c


# Data and training
@cache
def series():
    """Return 1,500 steps (1500, 2) of the Mackey-Glass series, a quarter of which is missing."""
    measured = np.random.default_rng(0).uniform(size=1500) < 0.75
    values = networks.mackey_glass(1500)
    return np.column_stack([np.where(measured, values, 0), measured])


@cache
def state_dict():
    """Return the weights by PyTorch's names, float64: a random LSTM, a head by least squares."""
    random = np.random.default_rng(0)
    weights = {
        "lstm.weight_ih_l0": random.normal(size=(4 * NEURONS, 2)),
        "lstm.weight_hh_l0": random.normal(size=(4 * NEURONS, NEURONS)) / np.sqrt(NEURONS),
        "lstm.bias_ih_l0": random.uniform(-0.5, 0.5, size=4 * NEURONS),
        "lstm.bias_hh_l0": random.uniform(-0.5, 0.5, size=4 * NEURONS),
    }
    nothing = np.zeros((1, NEURONS))
    said, _ = walk(series()[np.newaxis, :1000], nothing, nothing, weights)
    S_one = np.column_stack([said[0], np.ones(1000)])[100:-1]  # without the start from nothing
    target = networks.mackey_glass(1500)[101:1000]
    # A small number on the diagonal (ridge regression) keeps the weights small.
    solution = np.linalg.solve(S_one.T @ S_one + 1e-3 * np.eye(NEURONS + 1), S_one.T @ target)
    weights["head.weight"] = solution[:NEURONS].reshape(1, NEURONS)
    weights["head.bias"] = solution[NEURONS:]
    return weights


def start():
    """Return the model that the reader begins with."""
    weights = state_dict()
    biases = [weights["lstm.bias_ih_l0"], weights["lstm.bias_hh_l0"]]
    arrays = {
        "W": weights["lstm.weight_ih_l0"][np.newaxis],  # (1, 128, 2)
        "R": weights["lstm.weight_hh_l0"][np.newaxis],  # (1, 128, 32)
        "B": np.concatenate(biases)[np.newaxis],  # (1, 256)
    }
    model = onnx.parser.parse_model(START)
    for name, array in arrays.items():
        model.graph.initializer.append(numpy_helper.from_array(array.astype(np.float32), name))
    return model
