"""The answer to exercise 25, An LSTM from PyTorch: what is right, one way to it, and mistakes."""

import numpy as np
import onnx
from onnx import numpy_helper

from tests.exercises.draw import span
from tests.exercises.ex25_lstm_from_pytorch import NEURONS, series, state_dict, walk

ORACLE = "numpy"
TOLERANCE = 1e-4  # float32: P is a sum of 32 numbers below 1 with weights up to 10, each rounded

NETWORK = """
<
  ir_version: 8,
  opset_import: ["" : 18]
>
gaps (float[N,T,2] X, float[1,N,32] h, float[1,N,32] c)
  => (float[N,T,1] P, float[1,N,32] next_h, float[1,N,32] next_c)
{
   X_time_first = Transpose <perm = [1, 0, 2]> (X)
   S, next_h, next_c = LSTM <hidden_size = 32> (X_time_first, W, R, B, , h, c)
   one = Constant <value = int64[1] {1}> ()
   S_one_direction = Squeeze (S, one)
   S_batch_first = Transpose <perm = [1, 0, 2]> (S_one_direction)
   product = MatMul (S_batch_first, W_out)
   P = Add (product, B_out)
}
"""


def draw(random, N, T):
    """Return so many series of so many steps, and two states for each."""
    value = span(random, -3, 3, (N, T, 1))
    value[random.uniform(size=(N, T, 1)) < 0.1] = 0  # which may be measured, too
    measured = random.uniform(size=(N, T, 1)) < 0.75
    X = np.concatenate([value * measured, measured], axis=2).astype(np.float32)
    h = span(random, -1, 1, (1, N, NEURONS))
    return {"X": X, "h": h, "c": span(random, -3, 3, (1, N, NEURONS))}


def special(random):
    """Return three unseen parts of the series in one call, and the same in two calls."""
    unseen = series()[1000:]
    X = np.stack([unseen[:120], unseen[150:270], unseen[300:420]])  # (3, 120, 2)
    nothing = np.zeros((3, NEURONS))
    said, halfway = walk(X[:, :50], nothing, nothing, state_dict())
    calls = [
        (X, nothing, nothing),
        (X[:, :50], nothing, nothing),
        (X[:, 50:], said[:, -1], halfway),
    ]
    feeds = []
    for part, h, c in calls:
        feed = {"X": part, "h": h[np.newaxis], "c": c[np.newaxis]}
        feeds.append({name: array.astype(np.float32) for name, array in feed.items()})
    return feeds


def expected(X, h, c):
    """Return predictions and last states by a loop in numpy."""
    weights = state_dict()
    said, last = walk(X, h[0], c[0], weights)
    return {
        "P": said @ weights["head.weight"].T + weights["head.bias"],
        "next_h": said[np.newaxis, :, -1],
        "next_c": last[np.newaxis],
    }


def reorder(array):
    """Return the four gates of PyTorch in ONNX's order."""
    i, f, g, o = np.split(array, 4)
    return np.concatenate([i, o, f, g])


def convert(weights, W=reorder, R=reorder, b=reorder):
    """Return the weights by the graph's names; each argument says how gates are reordered."""
    biases = [b(weights["lstm.bias_ih_l0"]), b(weights["lstm.bias_hh_l0"])]
    return {
        "W": W(weights["lstm.weight_ih_l0"])[np.newaxis],  # (1, 128, 2)
        "R": R(weights["lstm.weight_hh_l0"])[np.newaxis],  # (1, 128, 32)
        "B": np.concatenate(biases)[np.newaxis],  # (1, 256)
        "W_out": weights["head.weight"].T,  # (32, 1)
        "B_out": weights["head.bias"],  # (1,)
    }


def build(arrays, notation=NETWORK):
    """Return the network with these weights."""
    model = onnx.parser.parse_model(notation)
    for name, array in arrays.items():
        stored = np.ascontiguousarray(array, np.float32)
        model.graph.initializer.append(numpy_helper.from_array(stored, name))
    return model


def solve(model):
    """Reorder the gates, turn batch and time around, and let both states in and out."""
    return build(convert(state_dict()))


# Mistakes: each takes the starting model, and earns the words beside its name below.
def as_they_are(array):
    return array


def cell_before_output(array):
    i, f, g, o = np.split(array, 4)
    return np.concatenate([i, f, o, g])


def gates_as_they_are(model):
    return build(convert(state_dict(), as_they_are, as_they_are, as_they_are))


def biases_as_they_are(model):
    return build(convert(state_dict(), b=as_they_are))


def recurrent_weights_as_they_are(model):
    return build(convert(state_dict(), R=as_they_are))


def two_gates_swapped(model):
    swap = cell_before_output
    return build(convert(state_dict(), swap, swap, swap))


def biases_added_up(model):
    arrays = convert(state_dict())
    first, second = np.split(arrays["B"], 2, axis=1)
    arrays["B"] = np.concatenate([first + second, first + second], axis=1)
    return build(arrays)


def one_bias(model):
    arrays = convert(state_dict())
    arrays["B"][:, 4 * NEURONS :] = 0
    return build(arrays)


def states_swapped(model):
    return build(convert(state_dict()), NETWORK.replace(", , h, c)", ", , c, h)"))


def next_states_swapped(model):
    notation = NETWORK.replace("S, next_h, next_c = LSTM", "S, next_c, next_h = LSTM")
    return build(convert(state_dict()), notation)


def cell_not_read(model):
    return build(convert(state_dict()), NETWORK.replace(", , h, c)", ", , h)"))


def not_turned(model):
    notation = NETWORK.replace("Transpose <perm = [1, 0, 2]>", "Identity")
    return build(convert(state_dict()), notation)


def reshaped(model):
    notation = NETWORK.replace(
        "S_batch_first = Transpose <perm = [1, 0, 2]> (S_one_direction)",
        """sizes = Shape <start = 0, end = 2> (X)
           neurons = Constant <value = int64[1] {32}> ()
           shape = Concat <axis = 0> (sizes, neurons)
           S_batch_first = Reshape (S_one_direction, shape)""",
    )
    return build(convert(state_dict()), notation)


def gaps_guessed(model):
    notation = NETWORK.replace(
        "X_time_first = Transpose <perm = [1, 0, 2]> (X)",
        """zero = Constant <value = float {0}> ()
           values, gaps = Split <axis = 2, num_outputs = 2> (X)
           missing = Equal (values, zero)
           there = Not (missing)
           measured = Cast <to = 1> (there)
           X_guessed = Concat <axis = 2> (values, measured)
           X_time_first = Transpose <perm = [1, 0, 2]> (X_guessed)""",
    )
    return build(convert(state_dict()), notation)


def layout(model):
    notation = NETWORK.replace("hidden_size = 32", "hidden_size = 32, layout = 1")
    return build(convert(state_dict()), notation)


def length_frozen(model):
    model = solve(model)
    model.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 120
    return model


MISTAKES = {
    "the gates stand in PyTorch's order, i f g o: ONNX takes i o f g": gates_as_they_are,
    "the biases are in PyTorch's order still: they have four gates, too": biases_as_they_are,
    "the matrix of h is in PyTorch's order still: reorder its rows": recurrent_weights_as_they_are,
    "i f o g is neither: PyTorch has i f g o, ONNX i o f g": two_gates_swapped,
    "both halves of B hold the sum of the biases: ONNX adds the halves": biases_added_up,
    "the second half of B is missing: ONNX, as PyTorch, adds two biases": one_bias,
    "h and c are swapped on the way in: initial_h comes first": states_swapped,
    "h and c are swapped on the way out: the last h comes first": next_states_swapped,
    "c is an input that nobody reads: each call begins with a cell of zeros": cell_not_read,
    "nothing was turned: the series are read as steps, and the steps as series": not_turned,
    "Reshape gives new names to the axes and moves nothing: Transpose turns them": reshaped,
    "a value of 0 is taken for a gap: the second number says what was measured": gaps_guessed,
    "Batchwise recurrent operations (layout == 1) are not supported": layout,
    "the size T is frozen": length_frozen,
}
