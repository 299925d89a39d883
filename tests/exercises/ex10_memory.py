"""A memory: a recurrent network reads a sequence, as long as you like and in as many calls.

The network predicts the next value of a chaotic series (of blood cells, by Mackey and Glass,
1977). It reads a value a step, and remembers the rest in a state of 64 numbers:

    state = tanh(x * W + state @ R.T + b)      x a value; W (64,), R (64, 64), b (64,)
    p     = state @ W_out + B_out              what comes next

W, R and b are random and stay so; least squares have found W_out and B_out. The standard's
operator RNN does the first line for all steps, and answers all states. The starting file
ends there. Make predictions of the states, and let the state in and out: a sequence that
is fed in two calls, with next_state of the first as state of the second, has to give what
one call gives. It worked if a loop in numpy agrees. LSTM and GRU are used in the same way;
an LSTM has two states.
"""

from functools import cache

import numpy as np
import onnx
from onnx import numpy_helper

from tests import networks

INPUTS = {
    "float[T,N,1] X": "N sequences of T values, -3 to 3; T comes first",
    "float[1,N,64] state": "what it remembers, -1 to 1, zeros at first; the 1 is RNN's own",
}
OUTPUTS = {
    "float[T,N,1] P": "the value after each of X",
    "float[1,N,64] next_state": "the state after the last step",
}
HINTS = [
    "RNN has six inputs: X, W, R, B, sequence_lens, initial_h. One that is left out, and has"
    " another after it, is an empty name. It has two outputs: all states, and the last.",
    'That makes RNN read ["X", "W", "R", "B", "", "state"] and write ["S", "next_state"].',
    "S has the shape (T, 1, N, 64): Squeeze, with 1 as its axes, makes (T, N, 64) of it, and MatMul"
    " and Add with W_out and B_out make P. The axes are an initializer, int64.",
]

START = """
<
  ir_version: 8,
  opset_import: ["" : 18]
>
memory (float[T,N,1] X) => (float[T,1,N,64] S)
{
   S = RNN <hidden_size = 64> (X, W, R, B)
}
"""


# The same by numpy
def walk(X, state, weights):
    """Return the states (T, N, 64) after each step of the sequences X (T, N, 1)."""
    return networks.walk(X, state, weights["W"].T, weights["R"], weights["b"])


# Data and training
@cache
def series():
    """Return 1,500 values of the Mackey-Glass series, the first 1,000 to learn from."""
    return networks.mackey_glass(1500)


@cache
def train():
    """Return the weights by name, float64: random ones, and W_out and B_out by least squares."""
    random = np.random.default_rng(0)
    weights = {
        "W": random.uniform(-0.5, 0.5, size=(1, 64)),
        "R": random.normal(size=(64, 64)),
        "b": random.uniform(-0.2, 0.2, size=64),
    }
    largest = abs(np.linalg.eigvals(weights["R"])).max()
    weights["R"] *= 0.9 / largest  # below 1, or the state would never forget

    X = series()[:1000].reshape(-1, 1, 1)
    S = walk(X, np.zeros((1, 64)), weights).reshape(-1, 64)
    S_one = np.column_stack([S, np.ones(len(S))])[100:-1]  # without the start from nothing
    target = series()[101:1000]
    # A small number on the diagonal (ridge regression) keeps the weights small.
    solution = np.linalg.solve(S_one.T @ S_one + 1e-5 * np.eye(65), S_one.T @ target)
    weights["W_out"] = solution[:64].reshape(64, 1)
    weights["B_out"] = solution[64:]
    return weights


def stored_weights():
    """Return the initializers in RNN's layout: a 1 in front, W and R transposed, two biases."""
    weights = train()
    bias = np.concatenate([0.75 * weights["b"], 0.25 * weights["b"]])  # RNN adds up the halves
    arrays = {
        "W": weights["W"].T[np.newaxis],  # (1, 64, 1)
        "R": weights["R"][np.newaxis],  # (1, 64, 64)
        "B": bias[np.newaxis],  # (1, 128)
        "W_out": weights["W_out"],  # (64, 1)
        "B_out": weights["B_out"],  # (1,)
    }
    return [
        numpy_helper.from_array(array.astype(np.float32), name) for name, array in arrays.items()
    ]


def start():
    """Return the model that the reader begins with."""
    model = onnx.parser.parse_model(START)
    model.graph.initializer.extend(stored_weights())
    return model
