"""Three kinds of network that exercises and interop share: the formulas, and interop's own files.

    convolution  X (N, 1, 8, 8) -> P (N, 10)   8 filters over an image, and a classifier
    recurrence   X (N, 1, 1), state (1, 1, 64) -> next_state (1, 1, 64), Y (N, 1)
                                               64 neurons that remember, one step after another
    attention    X (N, 64) -> P (N, 10)        an image asks 200 known images for their labels

First the formulas in numpy, with any weights: exercises 9, 10, 11, 20 and 25 compute with them.
Then, for each kind, the weights that interop carries from engine to engine, without a framework,
and the graph.
"""

from functools import cache
from types import SimpleNamespace

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from sklearn.linear_model import LogisticRegression, Ridge

import neural_network

FILTERS = 8
NEURONS = 64
KEYS = 200
SHARPNESS = 64.0  # the larger, the more an image listens to its nearest neighbour alone
EPSILON = 1e-5  # keeps BatchNormalization from dividing by 0

# float32 keeps 7 digits: logits around 10 are good to 1e-5, probabilities more so. The weights of
# the recurrence's output add up to hundreds, and the next value feels that many roundings.
TOLERANCES = {"convolution": 1e-5, "recurrence": 1e-4, "attention": 1e-5}


# Formulas -----------------------------------------------------------------------------------------
def softmax(logits):
    """Return the softmax of logits (N, classes) along the classes."""
    E = np.exp(logits - logits.max(axis=1, keepdims=True))  # without the maximum, exp overflows
    return E / E.sum(axis=1, keepdims=True)


def convolve(X, filters):
    """Return each 3 x 3 patch of the images X (N, 1, 8, 8) times each filter: (N, 8, 8, 8)."""
    padded = np.pad(X[:, 0], [(0, 0), (1, 1), (1, 1)])  # a border of paper: (N, 10, 10)
    patches = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    return np.einsum("nijab,fab->nfij", patches, filters[:, 0])


def standardise(C, mean, variance, epsilon):
    """Return the answers C (N, filters, 8, 8) of each filter, around 0 and with a spread of 1."""
    mean = mean[:, np.newaxis, np.newaxis]
    variance = variance[:, np.newaxis, np.newaxis]
    return (C - mean) / np.sqrt(variance + epsilon)


def pool(Z):
    """Return ReLU's answers to Z (N, filters, 8, 8), the largest of 2 x 2: (N, filters * 16)."""
    H = np.maximum(Z, 0)
    blocks = H.reshape(len(Z), Z.shape[1], 4, 2, 4, 2)
    return blocks.max(axis=(3, 5)).reshape(len(Z), -1)


def mackey_glass(length):
    """Return a chaotic series (length,): how many blood cells there are, day after day."""
    x = [1.2] * 18
    for _ in range(length + 200):
        delayed = x[-18]  # 17 days before the last one
        x.append(x[-1] + 0.2 * delayed / (1 + delayed**10) - 0.1 * x[-1])
    return np.array(x[-length:])  # without the beginning


def step(x, state, W, R, b):
    """Return the next state (N, 64) after the values x (N, 1); W (64, 1), R (64, 64), b (64,)."""
    return np.tanh(x @ W.T + state @ R.T + b)


def walk(X, state, W, R, b):
    """Return the states (T, N, 64) after each step of the sequences X (T, N, 1)."""
    states = []
    for x in X:
        state = step(x, state, W, R, b)
        states.append(state)
    return np.array(states)


def sigmoid(Z):
    """Return the sigmoid of Z, from 0 to 1."""
    return (1 + np.tanh(Z / 2)) / 2  # 1 / (1 + exp(-Z)), which overflows for Z = -1000


def lstm_step(x, h, c, W, R, b):
    """Return h and c (N, H) after x (N, I): what an LSTM says, and what it remembers.

    Four gates stand one below the other in W (4H, I), R (4H, H) and b (4H,), in PyTorch's order:
    input, forget, cell, output.
    """
    gates = x @ W.T + h @ R.T + b
    i, f, g, o = gates.reshape(len(x), 4, -1).swapaxes(0, 1)  # np.split takes longer than the rest
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def gru_step(x, h, W, R, b, b_h):
    """Return h (N, H) after x (N, I), by the three gates of a GRU in PyTorch's order.

    They are reset, update, new, in W (3H, I), R (3H, H), b and b_h (3H,). The new one has two
    biases: that of h is inside what the reset gate multiplies.
    """
    x_r, x_z, x_n = np.split(x @ W.T + b, 3, axis=1)
    h_r, h_z, h_n = np.split(h @ R.T + b_h, 3, axis=1)
    z = sigmoid(x_z + h_z)
    n = np.tanh(x_n + sigmoid(x_r + h_r) * h_n)
    return (1 - z) * n + z * h


def unit(X):
    """Return the rows X (N, features), each divided by its length: two make a cosine then."""
    return X / np.linalg.norm(X, axis=1, keepdims=True)


def attend(Q, K, V, s):
    """Return a mean of the values V (M, columns) for each query, as keys K (M, 64) are like it."""
    return softmax(s * (Q @ K.T)) @ V  # (N, 64) @ (64, M) -> (N, M), @ (M, columns)


# Files --------------------------------------------------------------------------------------------
def make_model(name, nodes, inputs, outputs, weights):
    """Return the checked model; inputs and outputs are {name: shape}, weights {name: array}."""
    infos = [
        [
            helper.make_tensor_value_info(key, TensorProto.FLOAT, shape)
            for key, shape in side.items()
        ]
        for side in (inputs, outputs)
    ]
    tensors = [numpy_helper.from_array(array, key) for key, array in weights.items()]
    graph = helper.make_graph(nodes, name, *infos, tensors)
    opset = helper.make_opsetid("", neural_network.OPSET)
    version = neural_network.IR_VERSION
    model = helper.make_model(graph, opset_imports=[opset], ir_version=version)
    onnx.checker.check_model(model, full_check=True)
    return model


def read_weights(path):
    """Return {name: array} of the weights in a file, for a framework to take over."""
    tensors = onnx.load(path).graph.initializer
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in tensors}


@cache
def train_digits():
    """Return the fitted classifier of the second lesson; four exercises begin with it."""
    X, _, y, _ = neural_network.load_data()
    return neural_network.train(X, y)


# Convolution --------------------------------------------------------------------------------------
def see(X, weights):
    """Return the 128 features (N, 128) of the images X (N, 1, 8, 8)."""
    C = convolve(X, weights.filters)
    return pool(standardise(C, weights.mean, weights.variance, EPSILON))


def train_convolution(X, y):
    """Return the weights: random filters, the statistics of the images X, a classifier."""
    rng = np.random.default_rng(0)
    weights = SimpleNamespace(filters=rng.normal(size=(FILTERS, 1, 3, 3)))
    C = convolve(X, weights.filters)
    weights.mean = C.mean(axis=(0, 2, 3))
    weights.variance = C.var(axis=(0, 2, 3))
    classifier = LogisticRegression(tol=0.01).fit(see(X, weights), y)
    weights.W = classifier.coef_.T  # (128, 10)
    weights.B = classifier.intercept_
    return weights


def reference_convolution(X, weights):
    """Return the probabilities (N, 10) of the images X (N, 1, 8, 8) by numpy alone."""
    return softmax(see(X, weights) @ weights.W + weights.B)


def build_convolution(weights):
    """Return the checked model of the convolution."""
    nodes = [
        helper.make_node("Conv", ["X", "filters"], ["C"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        helper.make_node(
            "BatchNormalization",
            ["C", "scale", "shift", "mean", "variance"],
            ["Z"],
            epsilon=EPSILON,
        ),
        helper.make_node("Relu", ["Z"], ["H"]),
        helper.make_node("MaxPool", ["H"], ["M"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Flatten", ["M"], ["F"], axis=1),
        helper.make_node("MatMul", ["F", "W"], ["FW"]),
        helper.make_node("Add", ["FW", "B"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["P"], axis=1),
    ]
    arrays = {
        "filters": weights.filters,
        "scale": np.ones(FILTERS),
        "shift": np.zeros(FILTERS),
        "mean": weights.mean,
        "variance": weights.variance,
        "W": weights.W,
        "B": weights.B,
    }
    arrays = {key: array.astype(np.float32) for key, array in arrays.items()}
    return make_model("convolution", nodes, {"X": ["N", 1, 8, 8]}, {"P": ["N", 10]}, arrays)


# Recurrence ---------------------------------------------------------------------------------------
def remember(X, state, weights):
    """Return the state after each step (N, 64) of the series X (N, 1, 1), after a first state."""
    return walk(X, state[0], weights.W, weights.R, weights.B)[:, 0]


def train_recurrence(X):
    """Return the weights: neurons at random, and a ridge regression on what they remember."""
    rng = np.random.default_rng(0)
    weights = SimpleNamespace()
    weights.W = rng.uniform(-1, 1, (NEURONS, 1))
    weights.B = rng.uniform(-0.1, 0.1, NEURONS)
    R = rng.normal(size=(NEURONS, NEURONS))
    weights.R = 0.9 * R / abs(np.linalg.eigvals(R)).max()  # below 1, and the past fades
    H = remember(X, np.zeros((1, 1, NEURONS)), weights)
    regression = Ridge(alpha=1e-6).fit(H[100:-1], X[101:, 0])  # the next value, after a warm-up
    weights.out = regression.coef_.reshape(-1, 1)  # (64, 1)
    weights.bias = np.reshape(regression.intercept_, 1)
    return weights


def reference_recurrence(X, state, weights):
    """Return by numpy alone the next value (N, 1) after each of X (N, 1, 1), and the last state."""
    H = remember(X, state, weights)
    return H @ weights.out + weights.bias, H[-1].reshape(1, 1, -1)


def build_recurrence(weights):
    """Return the checked model of the recurrence."""
    nodes = [
        # Y holds the state after each step, (N, 1, 1, 64): steps, directions, series, neurons.
        helper.make_node(
            "RNN",
            ["X", "W", "R", "B", "", "state"],  # "": the length of each series, if they differ
            ["H", "next_state"],
            hidden_size=NEURONS,
        ),
        helper.make_node("Reshape", ["H", "shape"], ["H2"]),
        helper.make_node("MatMul", ["H2", "out"], ["Y2"]),
        helper.make_node("Add", ["Y2", "bias"], ["Y"]),
    ]
    arrays = {
        "W": weights.W[None],
        "R": weights.R[None],
        "B": np.concatenate([weights.B, np.zeros(NEURONS)])[None],  # one bias for x, one for h
        "out": weights.out,
        "bias": weights.bias,
    }
    arrays = {key: array.astype(np.float32) for key, array in arrays.items()}
    arrays["shape"] = np.array([-1, NEURONS])  # int64
    inputs = {"X": ["N", 1, 1], "state": [1, 1, NEURONS]}
    outputs = {"next_state": [1, 1, NEURONS], "Y": ["N", 1]}
    return make_model("recurrence", nodes, inputs, outputs, arrays)


# Attention ----------------------------------------------------------------------------------------
def train_attention(X, y):
    """Return the weights: the first images X (N, 64) as keys, their labels as values."""
    keys = unit(X[:KEYS])
    values = np.eye(10)[y[:KEYS]]  # a row for each key, 1 at its label
    return SimpleNamespace(keys=keys, values=values)


def reference_attention(X, weights):
    """Return the probabilities (N, 10) of the images X (N, 64) by numpy alone."""
    return attend(unit(X), weights.keys, weights.values, SHARPNESS)


def build_attention(weights):
    """Return the checked model of the attention."""
    nodes = [
        # The operator ReduceL2 would say these three in one, but one engine knows only its older
        # form, and answers something else without a word.
        helper.make_node("Mul", ["X", "X"], ["X2"]),
        helper.make_node("ReduceSum", ["X2", "axes"], ["length2"], keepdims=1),
        helper.make_node("Sqrt", ["length2"], ["length"]),
        helper.make_node("Div", ["X", "length"], ["Q"]),
        helper.make_node("MatMul", ["Q", "K"], ["likeness"]),
        helper.make_node("Mul", ["likeness", "sharpness"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["A"], axis=1),
        helper.make_node("MatMul", ["A", "V"], ["P"]),
    ]
    arrays = {"K": weights.keys.T, "sharpness": np.array(SHARPNESS), "V": weights.values}
    arrays = {key: array.astype(np.float32) for key, array in arrays.items()}
    arrays["axes"] = np.array([1])  # int64: along the pixels
    return make_model("attention", nodes, {"X": ["N", 64]}, {"P": ["N", 10]}, arrays)
