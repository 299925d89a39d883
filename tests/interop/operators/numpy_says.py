"""What numpy computes, in float64, for operators that are safe everywhere, on numbers of its own.

{operator: Example}: one node, its inputs, its attributes, and the numpy function that says what is
right. The inputs are not those of the official cases.
"""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

rng = np.random.default_rng(0)
X = rng.normal(size=(2, 3, 4)).astype(np.float32)
Y = rng.normal(size=(2, 3, 4)).astype(np.float32)
ROW = rng.normal(size=4).astype(np.float32)
POSITIVE = rng.uniform(0.1, 5, size=(2, 3, 4)).astype(np.float32)
WITHIN_ONE = rng.uniform(-0.9, 0.9, size=(2, 3, 4)).astype(np.float32)
ABOVE_ONE = rng.uniform(1.1, 5, size=(2, 3, 4)).astype(np.float32)
CONDITION = X > 0
OTHER = Y > 0
IMAGE = rng.normal(size=(1, 2, 4, 6)).astype(np.float32)
MATRIX = rng.normal(size=(3, 4)).astype(np.float32)
WEIGHTS = rng.normal(size=(4, 5)).astype(np.float32)
BIAS = rng.normal(size=5).astype(np.float32)
ODD = np.array([[1, np.nan, -2], [np.inf, 0, -np.inf]], np.float32)


@dataclass
class Example:
    """The function that says what is right for the inputs, and the rest of the operator's node.

    Constants follow the inputs, in the file; the function knows them.
    """

    function: Any
    inputs: list
    attributes: dict = field(default_factory=dict)
    constants: list = field(default_factory=list)


def erf(X):
    return np.vectorize(math.erf)(X)


def softplus(X):
    return np.log1p(np.exp(X))


def sigmoid(X):
    return 1 / (1 + np.exp(-X))


def selu(X):
    # The two constants of Klambauer et al., as the standard gives them.
    return 1.0507009873554805 * np.where(X > 0, X, 1.6732632423543772 * np.expm1(X))


def softmax(X):
    powers = np.exp(X - X.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def log_softmax(X):
    return np.log(softmax(X))


def relu(X):
    return np.maximum(X, 0)


def hardmax(X):
    return np.eye(X.shape[-1])[X.argmax(axis=-1)]


def elu(X):
    return np.where(X > 0, X, 0.5 * np.expm1(X))


def celu(X):
    return np.maximum(0, X) + np.minimum(0, 0.5 * np.expm1(X / 0.5))


def leaky_relu(X):
    return np.where(X > 0, X, 0.1 * X)


def thresholded_relu(X):
    return np.where(X > 0.5, X, 0)


def hard_sigmoid(X):
    return np.clip(0.2 * X + 0.5, 0, 1)


def hard_swish(X):
    return X * np.clip(X / 6 + 0.5, 0, 1)


def mish(X):
    return X * np.tanh(softplus(X))


def softsign(X):
    return X / (1 + np.abs(X))


def shrink(X):
    return np.where(X < -0.5, X + 0.2, np.where(X > 0.5, X - 0.2, 0))


def gemm(A, B, C):
    return 0.5 * A @ B + 2 * C


def flatten(X):
    return X.reshape(2, 12)


def transpose(X):
    return X.transpose(2, 0, 1)


def concat(X, Y):
    return np.concatenate([X, Y], axis=1)


def mean(X, Y):
    return (X + Y) / 2


def l2_normalised(X):
    return X / np.sqrt((X**2).sum(axis=-1, keepdims=True))


def global_average(X):
    return X.mean(axis=(2, 3), keepdims=True)


def global_max(X):
    return X.max(axis=(2, 3), keepdims=True)


def layer_normalised(X, scale):
    centred = X - X.mean(axis=-1, keepdims=True)
    return scale * centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)


def instance_normalised(X, scale, bias):
    centred = X - X.mean(axis=(2, 3), keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(axis=(2, 3), keepdims=True) + 1e-5)
    return scale.reshape(2, 1, 1) * scaled + bias.reshape(2, 1, 1)


def depth_to_space(X):
    blocks = X.reshape(1, 2, 2, 1, 2, 3)  # batch, row in a block, column in it, channel, h, w
    return blocks.transpose(0, 3, 4, 1, 5, 2).reshape(1, 1, 4, 6)


def space_to_depth(X):
    blocks = X.reshape(1, 2, 2, 2, 3, 2)
    return blocks.transpose(0, 3, 5, 1, 2, 4).reshape(1, 8, 2, 3)


def arg_max(X):
    return X.argmax(axis=1)[:, np.newaxis]


def arg_min(X):
    return X.argmin(axis=1)[:, np.newaxis]


def same(X):
    return X


def last_sum(X):
    return X.sum(axis=-1, keepdims=True)


def last_mean(X):
    return X.mean(axis=-1, keepdims=True)


def last_max(X):
    return X.max(axis=-1, keepdims=True)


def last_min(X):
    return X.min(axis=-1, keepdims=True)


def last_product(X):
    return X.prod(axis=-1, keepdims=True)


def last_l1(X):
    return last_sum(np.abs(X))


def last_l2(X):
    return np.sqrt(last_sum(X**2))


def last_sum_square(X):
    return last_sum(X**2)


def last_log_sum(X):
    return np.log(last_sum(X))


def last_log_sum_exp(X):
    return np.log(last_sum(np.exp(X)))


def gather(X):
    return X[:, [2, 0, 0]]


def expand(row):
    return np.broadcast_to(row, (2, 3, 4))


def squeeze(X):
    return X.reshape(2, 4, 6)


def unsqueeze(X):
    return X.reshape(2, 1, 3, 4)


def reshape(X):
    return X.reshape(4, 6)


def slice_(X):
    return X[:, 1:3, ::-1]


def upper_triangle(X):
    return np.triu(X, 1)


LAST = [np.int64([-1])]
# starts, ends, axes, steps: rows 1 and 2, and all columns from the last one to the first
SLICE = [np.int64([1, -1]), np.int64([3, -9]), np.int64([1, 2]), np.int64([1, -1])]

EXAMPLES = {
    "Abs": Example(np.abs, [X]),
    "Acos": Example(np.arccos, [WITHIN_ONE]),
    "Acosh": Example(np.arccosh, [ABOVE_ONE]),
    "Add": Example(np.add, [X, ROW]),
    "And": Example(np.logical_and, [CONDITION, OTHER]),
    "ArgMax": Example(arg_max, [X], {"axis": 1}),
    "ArgMin": Example(arg_min, [X], {"axis": 1}),
    "Asin": Example(np.arcsin, [WITHIN_ONE]),
    "Asinh": Example(np.arcsinh, [X]),
    "Atan": Example(np.arctan, [X]),
    "Atanh": Example(np.arctanh, [WITHIN_ONE]),
    "Ceil": Example(np.ceil, [X]),
    "Celu": Example(celu, [X], {"alpha": 0.5}),
    "Concat": Example(concat, [X, Y], {"axis": 1}),
    "Cos": Example(np.cos, [X]),
    "Cosh": Example(np.cosh, [X]),
    "DepthToSpace": Example(depth_to_space, [IMAGE.reshape(1, 8, 2, 3)[:, :4]], {"blocksize": 2}),
    "Div": Example(np.divide, [X, POSITIVE]),
    "Elu": Example(elu, [X], {"alpha": 0.5}),
    "Equal": Example(np.equal, [np.int64([1, 2, 3]), np.int64([1, 0, 3])]),
    "Erf": Example(erf, [X]),
    "Exp": Example(np.exp, [X]),
    "Expand": Example(expand, [ROW], constants=[np.int64([2, 3, 4])]),
    "Flatten": Example(flatten, [X]),
    "Floor": Example(np.floor, [X]),
    "Gather": Example(gather, [X], {"axis": 1}, constants=[np.int64([2, 0, 0])]),
    "Gemm": Example(gemm, [MATRIX, WEIGHTS, BIAS], {"alpha": 0.5, "beta": 2.0}),
    "GlobalAveragePool": Example(global_average, [IMAGE]),
    "GlobalMaxPool": Example(global_max, [IMAGE]),
    "Greater": Example(np.greater, [X, ROW]),
    "GreaterOrEqual": Example(np.greater_equal, [X, Y]),
    "Hardmax": Example(hardmax, [X]),
    "HardSigmoid": Example(hard_sigmoid, [X], {"alpha": 0.2, "beta": 0.5}),
    "HardSwish": Example(hard_swish, [3 * X]),
    "Identity": Example(same, [X]),
    "InstanceNormalization": Example(instance_normalised, [IMAGE, ROW[:2], ROW[2:]]),
    "IsNaN": Example(np.isnan, [ODD]),
    "IsInf": Example(np.isinf, [ODD]),
    "LayerNormalization": Example(layer_normalised, [X, ROW]),
    "LeakyRelu": Example(leaky_relu, [X], {"alpha": 0.1}),
    "Less": Example(np.less, [X, ROW]),
    "LessOrEqual": Example(np.less_equal, [X, Y]),
    "Log": Example(np.log, [POSITIVE]),
    "LogSoftmax": Example(log_softmax, [X]),
    "LpNormalization": Example(l2_normalised, [X]),
    "MatMul": Example(np.matmul, [MATRIX, WEIGHTS]),
    "Max": Example(np.maximum, [X, Y]),
    "Mean": Example(mean, [X, Y]),
    "Min": Example(np.minimum, [X, Y]),
    "Mish": Example(mish, [X]),
    "Mul": Example(np.multiply, [X, ROW]),
    "Neg": Example(np.negative, [X]),
    "Not": Example(np.logical_not, [CONDITION]),
    "Or": Example(np.logical_or, [CONDITION, OTHER]),
    "Pow": Example(np.power, [POSITIVE, Y]),
    "Reciprocal": Example(np.reciprocal, [POSITIVE]),
    "ReduceL1": Example(last_l1, [X], constants=LAST),
    "ReduceL2": Example(last_l2, [X], constants=LAST),
    "ReduceLogSum": Example(last_log_sum, [POSITIVE], constants=LAST),
    "ReduceLogSumExp": Example(last_log_sum_exp, [X], constants=LAST),
    "ReduceMax": Example(last_max, [X], constants=LAST),
    "ReduceMean": Example(last_mean, [X], constants=LAST),
    "ReduceMin": Example(last_min, [X], constants=LAST),
    "ReduceProd": Example(last_product, [X], constants=LAST),
    "ReduceSumSquare": Example(last_sum_square, [X], constants=LAST),
    "Relu": Example(relu, [X]),
    "ReduceSum": Example(last_sum, [X], constants=LAST),
    "Reshape": Example(reshape, [X], constants=[np.int64([4, 6])]),
    "Round": Example(np.round, [np.float32([-2.5, -1.5, 0.5, 1.5, 2.4])]),  # halves to even
    "Selu": Example(selu, [X]),
    "Shrink": Example(shrink, [X], {"lambd": 0.5, "bias": 0.2}),
    "Sigmoid": Example(sigmoid, [X]),
    "Sign": Example(np.sign, [X]),
    "Sin": Example(np.sin, [X]),
    "Sinh": Example(np.sinh, [X]),
    "Slice": Example(slice_, [X], constants=SLICE),
    "Softmax": Example(softmax, [X]),
    "Softplus": Example(softplus, [X]),
    "Softsign": Example(softsign, [X]),
    "SpaceToDepth": Example(space_to_depth, [IMAGE], {"blocksize": 2}),
    "Sqrt": Example(np.sqrt, [POSITIVE]),
    "Squeeze": Example(squeeze, [IMAGE.reshape(2, 1, 4, 6)], constants=[np.int64([1])]),
    "Sub": Example(np.subtract, [X, ROW]),
    "Sum": Example(np.add, [X, Y]),
    "Tan": Example(np.tan, [X]),
    "Tanh": Example(np.tanh, [X]),
    "ThresholdedRelu": Example(thresholded_relu, [X], {"alpha": 0.5}),
    "Transpose": Example(transpose, [X], {"perm": [2, 0, 1]}),
    "Trilu": Example(upper_triangle, [MATRIX], constants=[np.int64(1)]),
    "Unsqueeze": Example(unsqueeze, [X], constants=[np.int64([1])]),
    "Where": Example(np.where, [CONDITION, X, Y]),
    "Xor": Example(np.logical_xor, [CONDITION, OTHER]),
}
