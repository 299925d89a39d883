"""Mistakes with the operators of images and sequences: Conv, MaxPool, BatchNormalization, RNN."""

import numpy as np
from onnx import helper

from tests.mistakes.catalogue import Attempt, mistake
from tests.mistakes.right import RNG, small, small_model

IMAGES = RNG.normal(size=(2, 1, 8, 8)).astype(np.float32)
FILTERS = RNG.normal(size=(3, 1, 3, 3)).astype(np.float32)
LENGTH, BATCH, FEATURES, HIDDEN = 5, 2, 2, 3
SEQUENCE = RNG.normal(size=(LENGTH, BATCH, FEATURES)).astype(np.float32)
INPUT_WEIGHTS = RNG.normal(size=(1, HIDDEN, FEATURES)).astype(np.float32)
STATE_WEIGHTS = RNG.normal(size=(1, HIDDEN, HIDDEN)).astype(np.float32)


def convolve(images, filters):
    """Return images (N, 1, height, width) convolved with filters (filters, 1, 3, 3), by numpy."""
    windows = np.lib.stride_tricks.sliding_window_view(images[:, 0], (3, 3), axis=(1, 2))
    return np.einsum("nhwij,fij->nfhw", windows.astype(np.float64), filters[:, 0])


@mistake(
    "images were fed to a convolution as rows of pixels",
    "`Reshape` to (N, channels, height, width)",
    shows="Input tensor must have at least 3 dimensions",
    dangerous=True,
)
def convolution_of_flat_rows(mended, folder):
    X = IMAGES.reshape(2, 64)
    nodes = [
        helper.make_node("Reshape", ["X", "shape"], ["images"]),
        helper.make_node("Conv", ["images" if mended else "X", "filters"], ["Y"]),
    ]
    constants = {"filters": FILTERS, "shape": np.array([0, 1, 8, 8])}
    if not mended:
        del nodes[0], constants["shape"]
    outputs = {"Y": (np.float32, ["N", 3, 6, 6])}
    model = small_model(nodes, {"X": (np.float32, ["N", 64])}, outputs, constants)
    return Attempt(model, {"X": X}, convolve(IMAGES, FILTERS))


@mistake(
    "`MaxPool` is not told the size of its window",
    "`kernel_shape=[2, 2]`",
    shows="Required attribute 'kernel_shape' is missing",
)
def pooling_without_a_size(mended, folder):
    stated = {"kernel_shape": [2, 2], "strides": [2, 2]} if mended else {"strides": [2, 2]}
    node = helper.make_node("MaxPool", ["X"], ["Y"], **stated)
    return small(node, IMAGES, IMAGES.reshape(2, 1, 4, 2, 4, 2).max(axis=(3, 5)))


@mistake(
    "`BatchNormalization` takes five inputs: the variance is missing",
    '`make_node("BatchNormalization", ["X", "scale", "B", "mean", "var"], ...)`',
    shows="has input size 4 not in range [min=5, max=5]",
)
def normalisation_without_variance(mended, folder):
    names = ["X", "scale", "bias", "mean", "variance"]
    if not mended:
        names = names[:4]
    numbers = {"scale": 2, "bias": 1, "mean": 0.5, "variance": 4}
    constants = {name: np.array([numbers[name]], np.float32) for name in names[1:]}
    node = helper.make_node("BatchNormalization", names, ["Y"], epsilon=0.0)
    return small(node, IMAGES, (IMAGES - 0.5) / 2 * 2 + 1, **constants)


@mistake(
    "`AveragePool` leaves the padding out of the average, PyTorch counts it in: another border",
    "`count_include_pad=1`, if the framework counts it",
)
def average_without_the_padding(mended, folder):
    included = {"count_include_pad": 1} if mended else {}
    window = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}
    node = helper.make_node("AveragePool", ["X"], ["Y"], **window, **included)
    padded = np.pad(IMAGES, [(0, 0), (0, 0), (1, 1), (1, 1)])
    return small(node, IMAGES, convolve(padded, np.full((1, 1, 3, 3), 1 / 9)))


def recur(sequence, W, R):
    """Return the states (length, 1, batch, hidden) of a recurrence with tanh, by numpy."""
    state = np.zeros((BATCH, HIDDEN))
    states = []
    for step in sequence:
        state = np.tanh(step @ W[0].T + state @ R[0].T)
        states.append(state[np.newaxis])
    return np.array(states)


def recurrence(names, constants, X=SEQUENCE, expected=None, operator="RNN", **settings):
    """Return the attempt of one recurrent node that reads the names."""
    if expected is None:
        expected = recur(SEQUENCE, INPUT_WEIGHTS, STATE_WEIGHTS)
    node = helper.make_node(operator, names, ["Y"], hidden_size=HIDDEN, **settings)
    inputs = {"X": (np.float32, X.shape)}
    outputs = {"Y": (np.float32, expected.shape)}
    return Attempt(small_model([node], inputs, outputs, constants), {"X": X}, expected)


@mistake(
    "an omitted input needs an empty name, or the next one moves into its place",
    '`["X", "W", "R", "", "", "initial_h"]`',
    shows="sequence_lens typestr: T1, has unsupported type: tensor(float)",
)
def omitted_input_without_its_name(mended, folder):
    names = ["X", "W", "R", "B", "start"]  # without bias and lengths: 4 and 5 are empty
    if mended:
        names = ["X", "W", "R", "B", "", "start"]
    constants = {
        "W": INPUT_WEIGHTS,
        "R": STATE_WEIGHTS,
        "B": np.zeros((1, 2 * HIDDEN), np.float32),
        "start": np.zeros((1, BATCH, HIDDEN), np.float32),
    }
    return recurrence(names, constants)


@mistake(
    "the weights of a recurrence have a first dimension for its directions",
    "`W[np.newaxis]`: (1, hidden, features)",
    shows="Input W must have shape",
)
def recurrence_without_directions(mended, folder):
    W = INPUT_WEIGHTS if mended else INPUT_WEIGHTS[0]
    return recurrence(["X", "W", "R"], {"W": W, "R": STATE_WEIGHTS})


@mistake(
    "onnxruntime has no `layout=1` (the batch first), though the standard has",
    "`Transpose` before and after, `layout=0`",
    shows="Batchwise recurrent operations (layout == 1) are not supported",
)
def recurrence_with_the_batch_first(mended, folder):
    constants = {"W": INPUT_WEIGHTS, "R": STATE_WEIGHTS}
    X = SEQUENCE.transpose(1, 0, 2)  # (batch, length, features)
    states = recur(SEQUENCE, INPUT_WEIGHTS, STATE_WEIGHTS)
    expected = states.transpose(2, 0, 1, 3)  # (batch, length, 1, hidden)
    if not mended:
        return recurrence(["X", "W", "R"], constants, X, expected, layout=1)
    nodes = [
        helper.make_node("Transpose", ["X"], ["sequence"], perm=[1, 0, 2]),
        helper.make_node("RNN", ["sequence", "W", "R"], ["states"], hidden_size=HIDDEN),
        helper.make_node("Transpose", ["states"], ["Y"], perm=[2, 0, 1, 3]),
    ]
    inputs = {"X": (np.float32, X.shape)}
    outputs = {"Y": (np.float32, expected.shape)}
    return Attempt(small_model(nodes, inputs, outputs, constants), {"X": X}, expected)


def lstm(sequence, gates):
    """Return the states of an LSTM by numpy, for weights (hidden, features), (hidden, hidden)."""
    state = np.zeros((BATCH, HIDDEN))
    cell = np.zeros((BATCH, HIDDEN))
    states = []
    for step in sequence:
        sums = {name: step @ W.T + state @ R.T for name, (W, R) in gates.items()}
        opened = {name: 1 / (1 + np.exp(-total)) for name, total in sums.items()}
        cell = opened["forget"] * cell + opened["input"] * np.tanh(sums["cell"])
        state = opened["output"] * np.tanh(cell)
        states.append(state[np.newaxis])
    return np.array(states)


@mistake(
    "the gates of an LSTM are stored in another order: PyTorch has input, forget, cell, output",
    "ONNX's order: input, output, forget, cell",
)
def gates_in_another_order(mended, folder):
    rng = np.random.default_rng(1)
    gates = {}
    for name in ["input", "forget", "cell", "output"]:
        W = rng.normal(size=(HIDDEN, FEATURES)).astype(np.float32)
        R = rng.normal(size=(HIDDEN, HIDDEN)).astype(np.float32)
        gates[name] = (W, R)
    order = list(gates)
    if mended:
        order = ["input", "output", "forget", "cell"]
    constants = {
        "W": np.concatenate([gates[name][0] for name in order])[np.newaxis],
        "R": np.concatenate([gates[name][1] for name in order])[np.newaxis],
    }
    expected = lstm(SEQUENCE, gates)
    return recurrence(["X", "W", "R"], constants, expected=expected, operator="LSTM")


def attend(Q, K, V, allowed):
    """Return what each query (length, size) makes of the values that it may see, or 0, by numpy."""
    exps = np.exp(Q @ K.T / np.sqrt(Q.shape[1])) * allowed
    total = exps.sum(axis=1, keepdims=True)
    return exps @ V / np.where(total == 0, 1, total)


@mistake(
    "attention of core operators: a query that may see no key divides 0 by 0 (`Softmax` of -inf "
    "alone)",
    "0 where the mask allows nothing, as the standard's `Attention` answers: `Where`; attention is "
    "[exercise 11](../exercises/ex11_attention.py)",
)
def query_that_sees_nothing(mended, folder):
    rng = np.random.default_rng(2)
    Q, K, V = rng.normal(size=(3, 4, 2)).astype(np.float32)
    allowed = np.array([[1, 0, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0], [1, 1, 1, 1]], bool)
    nodes = [
        helper.make_node("MatMul", ["Q", "K_turned"], ["products"]),
        helper.make_node("Div", ["products", "root"], ["scores"]),
        helper.make_node("Add", ["scores", "mask"], ["masked"]),
        helper.make_node("Softmax", ["masked"], ["shares"], axis=-1),
        helper.make_node("MatMul", ["shares", "V"], ["Y"]),
    ]
    constants = {
        "K_turned": K.T,
        "root": np.array(np.sqrt(2), np.float32),
        "mask": np.where(allowed, 0, -np.inf).astype(np.float32),
        "V": V,
    }
    if mended:
        nodes[-1].input[0] = "safe"
        nodes.insert(-1, helper.make_node("Where", ["any", "shares", "nought"], ["safe"]))
        constants["any"] = allowed.any(axis=1, keepdims=True)
        constants["nought"] = np.array(0, np.float32)
    sizes = (np.float32, [4, 2])
    model = small_model(nodes, {"Q": sizes}, {"Y": sizes}, constants)
    return Attempt(model, {"Q": Q}, attend(Q, K, V, allowed))
