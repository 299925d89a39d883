"""What numpy says of one node, in float64 and by the wording of its operator's version.

    answer = evaluate(node, [X, W], opset)      the first output, or None: numpy has no word for it

It is who decides between two engines that part, so no line of it is an engine's.
"""

import math

import numpy as np
from onnx import helper

SAME_NAME = {  # operators of which numpy has the function, without attributes
    "Abs": np.abs,
    "Acos": np.arccos,
    "Acosh": np.arccosh,
    "Add": np.add,
    "And": np.logical_and,
    "Asin": np.arcsin,
    "Asinh": np.arcsinh,
    "Atan": np.arctan,
    "Atanh": np.arctanh,
    "Ceil": np.ceil,
    "Cos": np.cos,
    "Cosh": np.cosh,
    "Equal": np.equal,
    "Exp": np.exp,
    "Floor": np.floor,
    "Greater": np.greater,
    "GreaterOrEqual": np.greater_equal,
    "Identity": np.positive,
    "Less": np.less,
    "LessOrEqual": np.less_equal,
    "Log": np.log,
    "MatMul": np.matmul,
    "Mul": np.multiply,
    "Neg": np.negative,
    "Not": np.logical_not,
    "Or": np.logical_or,
    "Pow": np.power,
    "Reciprocal": np.reciprocal,
    "Round": np.round,  # halves to even, as the standard says
    "Sign": np.sign,
    "Sin": np.sin,
    "Sinh": np.sinh,
    "Sqrt": np.sqrt,
    "Sub": np.subtract,
    "Tan": np.tan,
    "Tanh": np.tanh,
    "Where": np.where,
    "Xor": np.logical_xor,
}


# By their formulas --------------------------------------------------------------------------------
def sigmoid(X):
    return 1 / (1 + np.exp(-X))


def softplus(X):
    return np.logaddexp(X, 0)


def relu(X):
    return np.maximum(X, 0)


def softsign(X):
    return X / (1 + np.abs(X))


def erf(X):
    return np.vectorize(math.erf, otypes=[float])(X)


FORMULAS = {
    "Erf": erf,
    "Relu": relu,
    "Sigmoid": sigmoid,
    "Softplus": softplus,
    "Softsign": softsign,
}


# With attributes, or with a meaning that changed --------------------------------------------------
def rows_of(X, attributes, opset):
    """Return X as the softmax of a version sees it, and its axis: before 13 the rest is one row."""
    if opset >= 13:
        return X, attributes.get("axis", -1)
    axis = attributes.get("axis", 1) % max(X.ndim, 1)
    return X.reshape(math.prod(X.shape[:axis]), -1), 1


def softmax(attributes, opset, X):
    rows, axis = rows_of(X, attributes, opset)
    powers = np.exp(rows - rows.max(axis=axis, keepdims=True))
    return (powers / powers.sum(axis=axis, keepdims=True)).reshape(X.shape)


def log_softmax(attributes, opset, X):
    return np.log(softmax(attributes, opset, X))


def leaky_relu(attributes, opset, X):
    return np.where(X < 0, attributes.get("alpha", 0.01) * X, X)


def elu(attributes, opset, X):
    return np.where(X < 0, attributes.get("alpha", 1.0) * np.expm1(X), X)


def hard_sigmoid(attributes, opset, X):
    return np.clip(attributes.get("alpha", 0.2) * X + attributes.get("beta", 0.5), 0, 1)


def clip(attributes, opset, X, low=None, high=None):
    """Until 10 the bounds were attributes; since 11 they are inputs."""
    if opset < 11:
        low = attributes.get("min", -np.inf)
        high = attributes.get("max", np.inf)
    low = -np.inf if low is None else low
    high = np.inf if high is None else high
    return np.minimum(np.maximum(X, low), high)


def divide(attributes, opset, A, B):
    """Whole numbers are cut towards zero."""
    if A.dtype.kind in "iu":
        return np.trunc(np.divide(A, B)).astype(A.dtype)
    return A / B


def gemm(attributes, opset, A, B, C=None):
    A = A.T if attributes.get("transA", 0) else A
    B = B.T if attributes.get("transB", 0) else B
    product = attributes.get("alpha", 1.0) * (A @ B)
    return product if C is None else product + attributes.get("beta", 1.0) * C


def batch_normalise(attributes, opset, X, scale, bias, mean, variance):
    if attributes.get("training_mode", 0):
        return None
    along = (1, -1, *[1] * (X.ndim - 2))
    scale, bias, mean, variance = (each.reshape(along) for each in (scale, bias, mean, variance))
    return scale * (X - mean) / np.sqrt(variance + attributes.get("epsilon", 1e-5)) + bias


def layer_normalise(attributes, opset, X, scale, bias=0.0):
    axis = attributes.get("axis", -1) % X.ndim
    axes = tuple(range(axis, X.ndim))
    centred = X - X.mean(axis=axes, keepdims=True)
    variance = (centred**2).mean(axis=axes, keepdims=True)
    return scale * centred / np.sqrt(variance + attributes.get("epsilon", 1e-5)) + bias


def concatenate(attributes, opset, *arrays):
    return np.concatenate(arrays, axis=attributes["axis"])


def transpose(attributes, opset, X):
    return X.transpose(attributes.get("perm"))


def gather(attributes, opset, X, indices):
    return np.take(X, indices, axis=attributes.get("axis", 0))


def flatten(attributes, opset, X):
    axis = attributes.get("axis", 1)
    return X.reshape(math.prod(X.shape[: axis if axis >= 0 else axis + X.ndim]), -1)


def sum_up(attributes, opset, X, axis):
    """CumSum; the attributes leave out the element itself, or begin at the end."""
    axis = int(axis)
    ordered = np.flip(X, axis) if attributes.get("reverse", 0) else X
    total = np.cumsum(ordered, axis)
    total = total - ordered if attributes.get("exclusive", 0) else total
    return np.flip(total, axis) if attributes.get("reverse", 0) else total


def modulo(attributes, opset, A, B):
    """The sign is the divisor's; with fmod it is the dividend's."""
    return np.fmod(A, B) if attributes.get("fmod", 0) else np.mod(A, B)


def largest_of(attributes, opset, X):
    return extreme(np.argmax, attributes, X)


def smallest_of(attributes, opset, X):
    return extreme(np.argmin, attributes, X)


def extreme(function, attributes, X):
    """Return where the extreme stands, the first or the last of equal ones."""
    axis = attributes.get("axis", 0)
    if attributes.get("select_last_index", 0):
        place = X.shape[axis] - 1 - function(np.flip(X, axis), axis=axis)
    else:
        place = function(X, axis=axis)
    return np.expand_dims(place, axis) if attributes.get("keepdims", 1) else place


def quantise(attributes, opset, X, scale, zero):
    """QuantizeLinear of a whole tensor: rounded half to even, then cut off."""
    if np.size(scale) != 1:
        return None
    limits = np.iinfo(zero.dtype)
    return np.clip(np.round(X / scale) + zero, limits.min, limits.max)


def dequantise(attributes, opset, X, scale, zero=0):
    if np.size(scale) != 1:
        return None
    return (X.astype(np.float64) - np.asarray(zero, np.float64)) * scale


def root_of_squares(X, axis, keepdims):
    return np.sqrt((X**2).sum(axis=axis, keepdims=keepdims))


def sum_of_squares(X, axis, keepdims):
    return (X**2).sum(axis=axis, keepdims=keepdims)


def sum_of_sizes(X, axis, keepdims):
    return np.abs(X).sum(axis=axis, keepdims=keepdims)


def log_of_sum(X, axis, keepdims):
    return np.log(X.sum(axis=axis, keepdims=keepdims))


def log_of_powers(X, axis, keepdims):
    return log_of_sum(np.exp(X), axis, keepdims)


REDUCTIONS = {
    "ReduceL1": sum_of_sizes,
    "ReduceL2": root_of_squares,
    "ReduceLogSum": log_of_sum,
    "ReduceLogSumExp": log_of_powers,
    "ReduceMax": np.max,
    "ReduceMean": np.mean,
    "ReduceMin": np.min,
    "ReduceProd": np.prod,
    "ReduceSum": np.sum,
    "ReduceSumSquare": sum_of_squares,
}


def reduce(operator, attributes, X, axes=None):
    """Reduce along the axes, an attribute at first and later an input; none at all means each."""
    axes = attributes.get("axes", axes)
    if axes is None or not len(axes):
        if attributes.get("noop_with_empty_axes", 0):
            return X
        axes = range(X.ndim)
    axes = tuple(int(axis) % max(X.ndim, 1) for axis in axes)
    return REDUCTIONS[operator](X, axis=axes, keepdims=bool(attributes.get("keepdims", 1)))


# Recurrence ---------------------------------------------------------------------------------------
def step_rnn(X, W, R, B, H, C, before):
    """Return the next state of an RNN; the two biases are added up."""
    bias = B[: len(W)] + B[len(W) :]
    return np.tanh(X @ W.T + H @ R.T + bias), None


def step_gru(X, W, R, B, H, C, before):
    """Return the next state of a GRU: gates update, reset, hidden.

    before says whether the reset gate comes after the product with R (linear_before_reset).
    """
    to_update, to_reset, to_hidden = np.split(X @ W.T + B[: len(W)], 3, axis=1)
    R_update, R_reset, R_hidden = np.split(R, 3)
    b_update, b_reset, b_hidden = np.split(B[len(W) :], 3)
    update = sigmoid(to_update + H @ R_update.T + b_update)
    reset = sigmoid(to_reset + H @ R_reset.T + b_reset)
    if before:
        hidden = np.tanh(to_hidden + reset * (H @ R_hidden.T + b_hidden))
    else:
        hidden = np.tanh(to_hidden + (reset * H) @ R_hidden.T + b_hidden)
    return (1 - update) * hidden + update * H, None


def step_lstm(X, W, R, B, H, C, before):
    """Return the next state and cell of an LSTM: gates input, output, forget, cell."""
    gates = X @ W.T + H @ R.T + B[: len(W)] + B[len(W) :]
    to_input, to_output, to_forget, to_cell = np.split(gates, 4, axis=1)
    C = sigmoid(to_forget) * C + sigmoid(to_input) * np.tanh(to_cell)
    return sigmoid(to_output) * np.tanh(C), C


STEPS = {"GRU": step_gru, "LSTM": step_lstm, "RNN": step_rnn}
OPTIONAL = {*STEPS, "Clip"}  # of which an input may be left out before another
PLAIN = {"hidden_size", "direction", "linear_before_reset"}  # with others numpy has no word


def recur(operator, attributes, X, W, R, B=None, lengths=None, *states):
    """Return Y (length, directions, N, hidden) of an RNN, a GRU or an LSTM.

    Beyond its own length a sequence keeps its state and answers 0; backwards it begins at its own
    end. None with attributes beyond the plain ones.
    """
    if not set(attributes) <= PLAIN or len(states) > 2:
        return None
    hidden = R.shape[2]
    lengths = np.full(X.shape[1], len(X)) if lengths is None else lengths
    direction = attributes.get("direction", b"forward").decode()
    answers = []
    for place in range(len(W)):
        zeros = np.zeros((X.shape[1], hidden))
        start = [zeros if each is None else each[place] for each in states]
        H, C = [*start, zeros, zeros][:2]
        bias = np.zeros(2 * len(W[place])) if B is None else B[place]
        backwards = direction == "reverse" or place == 1
        outputs = np.zeros((len(X), X.shape[1], hidden))
        for step in reversed(range(len(X))) if backwards else range(len(X)):
            within = (step < lengths)[:, np.newaxis]  # (N, 1)
            before = attributes.get("linear_before_reset", 0)
            new_H, new_C = STEPS[operator](X[step], W[place], R[place], bias, H, C, before)
            H = np.where(within, new_H, H)
            C = C if new_C is None else np.where(within, new_C, C)
            outputs[step] = np.where(within, H, 0)
        answers.append(outputs)
    return np.stack(answers, axis=1)


WITH_ATTRIBUTES = {
    "ArgMax": largest_of,
    "ArgMin": smallest_of,
    "BatchNormalization": batch_normalise,
    "Clip": clip,
    "Concat": concatenate,
    "CumSum": sum_up,
    "DequantizeLinear": dequantise,
    "Div": divide,
    "Elu": elu,
    "Flatten": flatten,
    "Gather": gather,
    "Gemm": gemm,
    "HardSigmoid": hard_sigmoid,
    "LayerNormalization": layer_normalise,
    "LeakyRelu": leaky_relu,
    "LogSoftmax": log_softmax,
    "Mod": modulo,
    "QuantizeLinear": quantise,
    "Softmax": softmax,
    "Transpose": transpose,
}


def evaluate(node, inputs, opset):
    """Return what numpy makes of a node's inputs, in float64; None if it has no word for it.

    An input is None where the node leaves it out.
    """
    operator = node.op_type
    left_out = any(array is None for array in inputs)
    if node.domain not in ["", "ai.onnx"] or (left_out and operator not in OPTIONAL):
        return None
    attributes = {each.name: helper.get_attribute_value(each) for each in node.attribute}
    wide = []
    for array in inputs:
        floating = array is not None and array.dtype.kind == "f"
        wide.append(array.astype(np.float64) if floating else array)
    with np.errstate(all="ignore"):
        try:
            if operator in STEPS:
                return recur(operator, attributes, *wide)
            if operator in REDUCTIONS:
                return reduce(operator, attributes, *wide)
            if operator in WITH_ATTRIBUTES:
                return WITH_ATTRIBUTES[operator](attributes, opset, *wide)
            if operator in FORMULAS:
                return FORMULAS[operator](*wide)
            if operator in SAME_NAME and not attributes:
                return SAME_NAME[operator](*wide)
        except (TypeError, ValueError, IndexError, KeyError):  # a form that is not foreseen here
            return None
    return None
