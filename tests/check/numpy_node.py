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


REDUCTIONS = {
    "ReduceL1": lambda X, axes: np.abs(X).sum(axis=axes, keepdims=True),
    "ReduceL2": lambda X, axes: np.sqrt((X**2).sum(axis=axes, keepdims=True)),
    "ReduceLogSum": lambda X, axes: np.log(X.sum(axis=axes, keepdims=True)),
    "ReduceLogSumExp": lambda X, axes: np.log(np.exp(X).sum(axis=axes, keepdims=True)),
    "ReduceMax": lambda X, axes: X.max(axis=axes, keepdims=True),
    "ReduceMean": lambda X, axes: X.mean(axis=axes, keepdims=True),
    "ReduceMin": lambda X, axes: X.min(axis=axes, keepdims=True),
    "ReduceProd": lambda X, axes: X.prod(axis=axes, keepdims=True),
    "ReduceSum": lambda X, axes: X.sum(axis=axes, keepdims=True),
    "ReduceSumSquare": lambda X, axes: (X**2).sum(axis=axes, keepdims=True),
}


def reduce(operator, attributes, X, axes=None):
    """Reduce along the axes, an attribute at first and later an input; none at all means each."""
    axes = attributes.get("axes", axes)
    if axes is None or not len(axes):
        if attributes.get("noop_with_empty_axes", 0):
            return X
        axes = range(X.ndim)
    axes = tuple(int(axis) % max(X.ndim, 1) for axis in axes)
    reduced = REDUCTIONS[operator](X, axes)
    return reduced if attributes.get("keepdims", 1) else np.squeeze(reduced, axes)


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
    """Return what numpy makes of a node's inputs, in float64; None if it has no word for it."""
    if node.domain not in ["", "ai.onnx"] or any(not isinstance(x, np.ndarray) for x in inputs):
        return None
    attributes = {each.name: helper.get_attribute_value(each) for each in node.attribute}
    wide = [x.astype(np.float64) if x.dtype.kind == "f" else x for x in inputs]
    operator = node.op_type
    with np.errstate(all="ignore"):
        try:
            if operator in REDUCTIONS:
                return reduce(operator, attributes, *wide)
            if operator in WITH_ATTRIBUTES:
                return WITH_ATTRIBUTES[operator](attributes, opset, *wide)
            if operator in FORMULAS:
                return FORMULAS[operator](*wide)
            if operator in SAME_NAME and not attributes:
                return SAME_NAME[operator](*wide)
        except (TypeError, ValueError, IndexError, KeyError):  # an optional input left out, say
            return None
    return None
