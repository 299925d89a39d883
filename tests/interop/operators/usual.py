"""Nodes as exporters write them, which no official case has: types, attributes and shapes.

They take ONNX Runtime and onnx.reference for an oracle, where both agree; others are left out.
"""

import itertools
from typing import NamedTuple

import numpy as np
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

MOVED_KINDS = ("int32", "int64", "bool", "float16", "uint8")
COUNTED_KINDS = ("int32", "int64")
CAST_KINDS = ("float32", "float16", "int32", "int64", "bool", "uint8", "int8")
OPSETS = (11, 13, 18)
TO_FLOAT = TensorProto.FLOAT
TO_BOOL = TensorProto.BOOL
OF_TWO = ("Add", "Sub", "Mul", "Div", "Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual")
REDUCTIONS = ("ReduceMax", "ReduceMin", "ReduceSum", "ReduceMean", "ReduceProd")


class Node(NamedTuple):
    """One node: what is fed, in front of what the file holds; None for what is not given."""

    operator: str
    fed: list
    held: list
    attributes: dict
    outputs: int = 1
    right: object = None  # by numpy, where onnx.reference has no such operator; or a list of those


def draw(*shape, kind="float32"):
    """Return numbers from 1 to 6, or normal ones, always the same for a shape."""
    rng = np.random.default_rng(len(shape))
    if np.dtype(kind).kind == "f":
        return rng.normal(size=shape).astype(kind)
    numbers = rng.integers(0 if kind == "bool" else 1, 2 if kind == "bool" else 7, shape)
    return np.asarray(numbers, kind)


def whole(*numbers):
    return np.array(numbers, np.int64)


def largest(X, kernel_shape, strides=None, pads=None):
    """Return a MaxPool: padding never counts."""
    dims = len(kernel_shape)
    pads = pads or [0] * 2 * dims
    widths = [(0, 0), (0, 0), *zip(pads[:dims], pads[dims:], strict=True)]
    padded = np.pad(X, widths, constant_values=-np.inf)
    axes = tuple(range(2, 2 + dims))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel_shape, axes)
    chosen = tuple(slice(None, None, step) for step in [1, 1, *(strides or [1] * dims)])
    return windows[chosen].max(axis=tuple(range(-dims, 0)))


def convolutions():
    for dims in (1, 2):
        X = draw(1, 4, *[8] * dims)
        settings = [
            {"pads": [1] * 2 * dims},
            {"strides": [2] * dims},
            {"strides": [2] * dims, "pads": [1] * 2 * dims},
            {"pads": [0] * dims + [1] * dims},
            {"dilations": [2] * dims},
            {"dilations": [2] * dims, "pads": [2] * 2 * dims},
            {"dilations": [2] * dims, "pads": [4] * dims + [0] * dims},
            {"auto_pad": "SAME_UPPER"},
            {"auto_pad": "SAME_UPPER", "strides": [2] * dims},
            {"auto_pad": "VALID"},
            {"auto_pad": "VALID", "strides": [2] * dims},
        ]
        for attributes, group, biased in itertools.product(settings, (1, 2, 4), (False, True)):
            W = draw(8, 4 // group, *[3] * dims)
            stated = {**attributes, "kernel_shape": [3] * dims}
            if group > 1:
                stated["group"] = group
            yield Node("Conv", [X], [W, draw(8)] if biased else [W], stated)
        for attributes in settings[:4]:
            W = draw(4, 2, *[3] * dims)
            stated = {**attributes, "kernel_shape": [3] * dims}
            yield Node("ConvTranspose", [X], [W, draw(2)], stated)
            yield Node("ConvTranspose", [X], [W], stated)
        size = [3] * dims
        for attributes in settings[:4]:
            stated = {**attributes, "kernel_shape": size}
            yield Node("AveragePool", [X], [], stated)
            yield Node("MaxPool", [X], [], stated, 1, largest(X, **stated))
        for attributes in settings[7:]:
            yield Node("AveragePool", [X], [], {**attributes, "kernel_shape": size})
            yield Node("MaxPool", [X], [], {**attributes, "kernel_shape": size})


def recurrent():
    for operator, gates in (("LSTM", 4), ("GRU", 3), ("RNN", 1)):
        for directions, first, biased in itertools.product((1, 2), (False, True), (False, True)):
            X = draw(5, 1, 3)
            held = [draw(directions, gates * 4, 3), draw(directions, gates * 4, 4)]
            held.append(draw(directions, gates * 8) if biased else None)
            attributes = {"hidden_size": 4}
            if directions == 2:
                attributes["direction"] = "bidirectional"
            initial = [draw(directions, 1, 4)] * (2 if operator == "LSTM" else 1)
            outputs = 3 if operator == "LSTM" else 2
            options = [{}, {"linear_before_reset": 1}] if operator == "GRU" else [{}]
            for option in options:
                stated = {**attributes, **option}
                if first:
                    yield Node(operator, [X], [*held, None, *initial], stated, outputs)
                else:
                    yield Node(operator, [X], held, stated, outputs)
                    yield Node(operator, [X], held, stated, 1)


def moves():
    for kind in ("float32", *MOVED_KINDS):
        X = draw(2, 3, 4, kind=kind)
        row = draw(4, kind=kind)
        yield Node("Reshape", [X], [whole(2, -1)], {})
        yield Node("Reshape", [X], [whole(0, 0, 2, 2)], {})
        yield Node("Transpose", [X], [], {"perm": [1, 0, 2]})
        yield Node("Unsqueeze", [X], [whole(1)], {})
        yield Node("Unsqueeze", [row], [whole(0)], {})
        yield Node("Squeeze", [X[:1]], [whole(0)], {})
        yield Node("Identity", [X], [], {})
        yield Node("Shape", [X], [], {})
        yield Node("Gather", [X], [whole(0, 1)], {})
        yield Node("Gather", [X], [np.int64(0)], {"axis": 1})
        yield Node("Gather", [row], [np.int64(0)], {})
        yield Node("Gather", [X], [np.int32([1, 0])], {"axis": 1})
        yield Node("Concat", [X, X], [], {"axis": 1})
        yield Node("Concat", [row, row], [], {"axis": 0})
        yield Node("Concat", [X, X], [], {"axis": -1})
        yield Node("Slice", [X], [whole(0), whole(1), whole(1), whole(1)], {})
        yield Node("Slice", [X], [whole(1), whole(2**63 - 1), whole(2)], {})
        yield Node("Slice", [X], [whole(-2), whole(2**63 - 1), whole(-1), whole(1)], {})
        yield Node("Expand", [row], [whole(3, 4)], {})
        yield Node("Where", [draw(2, 3, 4, kind="bool"), X, X], [], {})
        yield Node("Tile", [X], [whole(1, 2, 1)], {})
        yield Node("Flatten", [X], [], {"axis": 1})
        yield Node("Split", [X], [whole(1, 3)], {"axis": 2}, 2)
        yield Node("Equal", [X, X], [], {})
        yield Node("GatherElements", [X], [draw(2, 3, 4, kind="int64") % 2], {"axis": 1})
        yield Node("ScatterND", [X], [whole([0, 1]), draw(1, 4, kind=kind)], {})
        if kind != "bool":
            yield Node("Pad", [X], [whole(0, 0, 1, 0, 0, 2)], {})
    for axes in ((1,), (0, 2), (-1,)):
        yield Node("Unsqueeze", [draw(2, 3)], [whole(*axes)], {})
    X = draw(1, 2, 5, 6)
    for mode in ("reflect", "edge"):
        yield Node("Pad", [X], [whole(0, 0, 1, 1, 0, 0, 1, 1)], {"mode": mode})
        yield Node("Pad", [X[0]], [whole(0, 0, 1, 0, 0, 2)], {"mode": mode})
    yield Node("Pad", [X], [whole(0, 0, 1, 1, 0, 0, 1, 1), np.float32(0)], {"mode": "constant"})
    for one, other in itertools.permutations(CAST_KINDS, 2):
        number = helper.np_dtype_to_tensor_dtype(np.dtype(other))
        yield Node("Cast", [draw(2, 3, kind=one)], [], {"to": number})


def arithmetic():
    for kind in ("float32", *COUNTED_KINDS):
        X = draw(2, 3, 4, kind=kind)
        one = np.array(2, kind)
        for operator in (*OF_TWO, "Max", "Min"):
            yield Node(operator, [X, X], [], {})
            yield Node(operator, [X], [one], {})
        yield Node("Pow", [X], [one], {})
        yield Node("Mod", [X], [one], {"fmod": 1} if kind == "float32" else {})
        for operator in ("Neg", "Abs", "Sign"):
            yield Node(operator, [X], [], {})
        for operator in REDUCTIONS:
            for keep, axes in itertools.product((0, 1), ([-1], [1, 2])):
                yield Node(operator, [X], [whole(*axes)], {"keepdims": keep})
            yield Node(operator, [X], [], {"keepdims": 0})
        yield Node("ArgMax", [X], [], {"axis": 1, "keepdims": 0})
        yield Node("ArgMax", [X], [], {"axis": -1})
        yield Node("TopK", [X], [whole(2)], {"axis": -1}, 2)
        yield Node("CumSum", [X], [np.int64(1)], {})
        yield Node("Range", [np.array(0, kind), np.array(5, kind), np.array(1, kind)], [], {})
        yield Node("Clip", [X], [np.array(1, kind), np.array(3, kind)], {})
        yield Node("Clip", [X], [None, np.array(3, kind)], {})
        yield Node("NonZero", [X], [], {})
        held = [np.int64(3), np.array([0, 1], kind)]
        yield Node("OneHot", [draw(2, 3, kind="int64") % 3], held, {})
        yield Node("ConstantOfShape", [whole(2, 3)], [], {"value": np.array([1], kind)})
        yield Node("ConstantOfShape", [whole(2, 3)], [], {})
    for shape, other in (((3, 4), (4, 5)), ((2, 3, 4), (4, 5)), ((2, 2, 3, 4), (2, 2, 4, 5))):
        yield Node("MatMul", [draw(*shape)], [draw(*other)], {})
        yield Node("MatMul", [draw(*shape), draw(*other)], [], {})
    yield Node("Gemm", [draw(3, 4)], [draw(5, 4), draw(5)], {"transB": 1})
    yield Node("Gemm", [draw(3, 4)], [draw(4, 5), draw(5)], {})
    for shape in ((3, 4), (2, 4, 5), (1, 4, 6, 6)):
        four = [np.abs(draw(4)) + 1] * 4
        yield Node("BatchNormalization", [draw(*shape)], four, {"epsilon": 1e-3})
        yield Node("BatchNormalization", [draw(*shape)], four, {"epsilon": 1e-3, "momentum": 0.9})
        for operator in ("Softmax", "LogSoftmax"):
            yield Node(operator, [draw(*shape)], [], {"axis": len(shape) - 1})
            yield Node(operator, [draw(*shape)], [], {"axis": -1})
            yield Node(operator, [draw(*shape)], [], {"axis": 1})
        yield Node("LayerNormalization", [draw(*shape)], [draw(shape[-1])] * 2, {"axis": -1})
        yield Node("PRelu", [draw(*shape)], [draw(4, *[1] * (len(shape) - 2))], {})
    yield Node("Einsum", [draw(2, 3), draw(3, 4)], [], {"equation": "ij,jk->ik"})
    yield Node("Einsum", [draw(2), draw(3)], [], {"equation": "i,j->ij"})
    yield Node("Einsum", [draw(2, 3, 4), draw(2, 4, 5)], [], {"equation": "bij,bjk->bik"})


def resized():
    X = draw(1, 2, 4, 6)
    none = np.float32([])
    for mode, how in itertools.product(
        ("nearest", "linear"), ("asymmetric", "half_pixel", "align_corners", "pytorch_half_pixel")
    ):
        attributes = {"mode": mode, "coordinate_transformation_mode": how}
        others = {"nearest_mode": "floor"} if mode == "nearest" else {"cubic_coeff_a": -0.75}
        for option in ({}, others):
            stated = {**attributes, **option}
            yield Node("Resize", [X], [none, np.float32([1, 1, 2, 2])], stated)
            yield Node("Resize", [X], [none, none, whole(1, 2, 8, 12)], stated)
            yield Node("Resize", [X], [none, none, whole(1, 2, 2, 3)], stated)


def dequantised(X, scale, zero, axis=1):
    """Return a DequantizeLinear: (X - zero point) * scale, along an axis or by one number."""
    scale = np.asarray(scale, np.float32)
    zero = np.asarray(zero, X.dtype)
    right = (X.astype(np.int64) - zero.astype(np.int64)) * scale.astype(float)
    attributes = {"axis": axis} if scale.ndim else {}
    return Node("DequantizeLinear", [X], [scale, zero], attributes, 1, right.astype(np.float32))


def quantised():
    X = draw(3, 4)
    steps = np.abs(draw(4))
    for kind in ("uint8", "int8"):
        zero = np.array(3, kind)
        W = draw(4, 5, kind=kind)
        yield Node("QuantizeLinear", [X], [np.float32(0.1), zero], {})
        yield dequantised(draw(3, 4, kind=kind), 0.1, zero)
        yield dequantised(draw(3, 4, kind=kind), steps, [0] * 4)
        yield Node("MatMulInteger", [draw(3, 4, kind="uint8")], [W, np.uint8(3), zero], {})
        filters = draw(3, 2, 3, 3, kind=kind)
        image = draw(1, 2, 4, 4, kind="uint8")
        held = [filters, np.uint8(3), zero]
        yield Node("ConvInteger", [image], held, {"kernel_shape": [3, 3]})
    yield dequantised(draw(3, 4, kind="int32"), 0.1, 0)
    yield dequantised(draw(3, 4, kind="int32"), steps, [0] * 4)
    yield Node("DynamicQuantizeLinear", [X], [], {}, 3)


def indexed():
    """Nodes of sizes and indices: numbers of int32, as TensorFlow counts, and of rank 0 and 1."""
    X = draw(2, 3, 4)
    for kind in ("int32", "int64"):
        numbers = [np.array(one, kind) for one in ([0, 1], [2, 3], [0, 1], [1, 1])]
        yield Node("Slice", [X], numbers, {})
        yield Node("Slice", [X], numbers[:3], {})
        yield Node("Gather", [X, np.array([1, 0], kind)], [], {})
        yield Node("Gather", [X, np.array(1, kind)], [], {"axis": 1})
        yield Node(
            "OneHot", [draw(2, 3, kind=kind) % 3], [np.array([3], kind), np.float32([0, 1])], {}
        )
        for shape in ((), (1,), (3,)):
            one = draw(*shape, kind=kind)
            for operator in ("Add", "Sub", "Mul", "Div", "Equal", "Less", "Greater"):
                yield Node(operator, [one], [np.array(2, kind)], {})
            yield Node("Cast", [one], [], {"to": TO_FLOAT})
            yield Node("Cast", [one], [], {"to": TO_BOOL})
            yield Node("Unsqueeze", [one], [whole(0)], {})
            yield Node("ReduceProd", [one], [], {"keepdims": 0})
        yield Node(
            "Concat", [draw(1, kind=kind), draw(1, kind=kind)], [np.array([5], kind)], {"axis": 0}
        )
        yield Node("Squeeze", [draw(1, kind=kind)], [whole(0)], {})
    for shape in ((), (1,), (2, 3), (1, 2, 3, 4)):
        truth = draw(*shape, kind="bool")
        yield Node("Not", [truth], [], {})
        yield Node("And", [truth, truth], [], {})
        yield Node("Cast", [truth], [], {"to": TO_FLOAT})
    for equation in ("i, j -> i j", "...ij,...jk->...ik", "bhid,bhjd->bhij"):
        shapes = {"i, j -> i j": ((2,), (3,)), "...ij,...jk->...ik": ((2, 2, 3), (2, 3, 4))}
        one, other = shapes.get(equation, ((1, 2, 3, 4), (1, 2, 5, 4)))
        yield Node("Einsum", [draw(*one), draw(*other)], [], {"equation": equation})


def rounded():
    """Quantised numbers of all ranks, by one number and along an axis."""
    for kind in ("uint8", "int8"):
        for shape in ((3, 4), (2, 3, 4), (1, 4, 5, 5)):
            X = draw(*shape, kind=kind)
            steps = np.abs(draw(shape[1])) + np.float32(0.01)
            zeros = np.zeros(shape[1], kind)
            yield Node("QuantizeLinear", [draw(*shape)], [np.float32(0.1), np.array(3, kind)], {})
            yield Node("QuantizeLinear", [draw(*shape)], [steps, zeros], {"axis": 1})
            yield dequantised(X, 0.1, np.array(3, kind))
            if len(shape) == 2:
                yield dequantised(X, steps, zeros)
        yield Node("MatMulInteger", [draw(2, 3, 4, kind="uint8")], [draw(4, 5, kind=kind)], {})


def ranked():
    """Nodes of one and of two inputs at the ranks and with the shapes that networks have."""
    for shape in ((4,), (2, 4), (2, 3, 4), (1, 4, 5, 5)):
        X = draw(*shape)
        for operator in ("Relu", "Sigmoid", "Tanh", "Exp", "Sqrt", "Erf", "Reciprocal", "Log"):
            yield Node(operator, [np.abs(X) + np.float32(0.1)], [], {})
        for operator in ("HardSwish", "HardSigmoid", "Softplus", "Elu", "Neg", "Abs", "Floor"):
            yield Node(operator, [X], [], {})
        yield Node("LeakyRelu", [X], [], {"alpha": 0.1})
        yield Node("Clip", [X], [np.float32(0), np.float32(6)], {})
        for axes in ([-1], [len(shape) - 1], list(range(1, len(shape)))):
            if axes:
                yield Node("ReduceMean", [X], [whole(*axes)], {"keepdims": 1})
                yield Node("ReduceSum", [X], [whole(*axes)], {"keepdims": 0})
                yield Node("ReduceMax", [X], [whole(*axes)], {"keepdims": 0})
    pairs = [
        ((2, 4), (4,)),
        ((2, 4), (2, 4)),
        ((2, 4), (1, 4)),
        ((2, 3, 4), (1, 1, 4)),
        ((2, 3, 4), (2, 3, 1)),
        ((2, 3, 4), (2, 1, 1)),
        ((1, 4, 5, 5), (1, 4, 1, 1)),
        ((1, 4, 5, 5), (4, 1, 1)),
        ((1, 4, 5, 5), (1, 4, 5, 5)),
        ((1, 4, 5, 5), (1,)),
        ((1, 4, 5, 5), ()),
    ]
    for (one, other), operator in itertools.product(pairs, ("Add", "Sub", "Mul", "Div")):
        X = draw(*one)
        Y = np.abs(draw(*other)) + np.float32(0.5)
        yield Node(operator, [X], [Y], {})
        yield Node(operator, [X, Y], [], {})
    for shape in ((1, 4, 6), (1, 4, 6, 6)):
        X = draw(*shape)
        dims = len(shape) - 2
        for taps, how in itertools.product((1, 5), ("", "SAME_UPPER", "SAME_LOWER", "VALID")):
            attributes = {"kernel_shape": [taps] * dims}
            if how:
                attributes["auto_pad"] = how
            yield Node("Conv", [X], [draw(3, 4, *[taps] * dims)], attributes)
            yield Node("Conv", [X], [draw(3, 4, *[taps] * dims), draw(3)], attributes)
        yield Node("GlobalAveragePool", [X], [], {})
        axes = tuple(range(2, len(shape)))
        yield Node("GlobalMaxPool", [X], [], {}, 1, X.max(axis=axes, keepdims=True))


def scattered():
    """Nodes that write to places, and that count."""
    for kind in ("float32", "int64", "int32"):
        for shape in ((4,), (2, 3), (2, 3, 4)):
            X = draw(*shape, kind=kind)
            last = len(shape) - 1
            places = np.argsort(draw(*shape), axis=last)
            yield Node("ScatterElements", [X, places, X + X], [], {"axis": last})
            yield Node("GatherElements", [X, places], [], {"axis": last})
        for depth in (np.array(3, kind), np.array([3], kind)):
            for shape in ((3,), (2, 3)):
                for counted in COUNTED_KINDS:
                    places = draw(*shape, kind=counted) % 3
                    right = (places[..., np.newaxis] == np.arange(3)).astype(kind)
                    held = [depth, np.array([0, 1], kind)]
                    yield Node("OneHot", [places], held, {"axis": -1}, 1, right)
    for kind in CAST_KINDS:
        for shape in ((), (3,), (2, 3, 4), (1, 2, 3, 4)):
            for other in CAST_KINDS[:5]:
                if kind != other:
                    number = helper.np_dtype_to_tensor_dtype(np.dtype(other))
                    yield Node("Cast", [draw(*shape, kind=kind)], [], {"to": number})
    for shape, last in (((2, 6), 3), ((1, 6), 3), ((2, 6), 9), ((1, 6), 9)):
        X = draw(*shape)
        places = draw(shape[0], last, kind="int64") % shape[1]
        right = np.take_along_axis(X, places, 1)
        yield Node("GatherElements", [X, places], [], {"axis": 1}, 1, right)


def of_lengths(operator, X, held, attributes, outputs):
    """Return what a recurrent node gives of rows of several lengths: each row by itself, by onnx.

    onnx.reference does not read lengths. What is behind the end of a row is zeros.
    """
    W, R, B, lengths, state = held
    names = [f"Y{i}" for i in range(outputs)]
    node = helper.make_node(operator, ["X", "W", "R", "B", "", "state"], names, **attributes)
    evaluator = ReferenceEvaluator(node)
    rows = []
    for i, length in enumerate(lengths):
        fed = {"X": X[:length, i : i + 1], "W": W, "R": R, "B": B, "state": state[:, i : i + 1]}
        answer, *last = evaluator.run(None, fed)
        behind = [(0, len(X) - length), (0, 0), (0, 0), (0, 0)]
        rows.append([np.pad(answer, behind), *last])
    axes = [2, 1, 1]  # of rows, in the answer and in the last states
    columns = zip(*rows, strict=True)
    return [np.concatenate(parts, axis) for parts, axis in zip(columns, axes, strict=False)]


def stated():
    """What exporters write and no official case: pools' strides, a filter a channel, no axes."""
    for dims in (1, 2):
        X = draw(1, 4, *[8] * dims)
        settings = [{}, {"pads": [1] * 2 * dims}, {"auto_pad": "SAME_UPPER"}, {"auto_pad": "VALID"}]
        for operator, attributes in itertools.product(("MaxPool", "AveragePool"), settings):
            for step in (1, 2):
                sizes = {"kernel_shape": [3] * dims, "strides": [step] * dims}
                yield Node(operator, [X], [], {**attributes, **sizes})
        W = draw(4, 1, *[3] * dims)
        for more in ({}, {"strides": [2] * dims}, {"dilations": [2] * dims}):
            for pads in ({}, {"pads": [1] * 2 * dims}):
                for biased in ([], [draw(4)]):
                    one = {"kernel_shape": [3] * dims, "group": 4, **more, **pads}
                    yield Node("Conv", [X], [W, *biased], one)
    for shape in ((1, 3, 1, 5), (2, 3, 1), (1, 4)):
        for kind in ("float32", "int64"):
            yield Node("Squeeze", [draw(*shape, kind=kind)], [], {})
    X = draw(6, 2, 4)
    full = np.int32([6, 6])
    lengths = np.int32([4, 6])
    for operator, gates in (("LSTM", 4), ("GRU", 3)):
        for ways in (1, 2):
            given = [draw(ways, gates * 5, 4), draw(ways, gates * 5, 5), draw(ways, 2 * gates * 5)]
            attributes = {"hidden_size": 5}
            attributes |= {"direction": "bidirectional"} if ways == 2 else {}
            attributes |= {"linear_before_reset": 1} if operator == "GRU" else {}
            state = np.zeros((ways, 2, 5), np.float32)
            outputs = 3 if operator == "LSTM" else 2
            yield Node(operator, [X], [*given, full, state], attributes, outputs)
            held = [*given, lengths, state]
            right = of_lengths(operator, X, held, attributes, outputs)
            yield Node(operator, [X, *held], [], attributes, outputs, right)


def rare():
    """What real files have and nothing before it: half floats, odd kinds, all of it computed."""
    quarter = np.float16(0.25)  # so that sums in half floats are off by less than is allowed
    X = draw(1, 4, 8, 8, kind="float16") * quarter
    W = draw(4, 4, 3, 3, kind="float16") * quarter
    for more in ({}, {"pads": [1, 1, 1, 1]}, {"auto_pad": "SAME_UPPER"}):
        for biased in ([], [draw(4, kind="float16")]):
            yield Node("Conv", [X], [W, *biased], {"kernel_shape": [3, 3], **more})
    for kind in ("float32", "int64", "bool"):
        for ends in ({}, {"start": 1}, {"end": 1}, {"start": -1}, {"start": 0, "end": 2}):
            yield Node("Shape", [draw(2, 3, kind=kind)], [], ends)
    columns = [draw(3), draw(3), draw(3), np.abs(draw(3)) + 1]
    for shape in ((2, 3), (2, 3, 4), (1, 3, 4, 1)):
        yield Node("BatchNormalization", [draw(*shape), *columns], [], {"epsilon": 1e-3})
        yield Node("BatchNormalization", [draw(*shape)], columns, {"epsilon": 1e-3})
    ends = np.float32([0, 1])
    yield Node("OneHot", [draw(2, 3, kind="int32")], [np.int32(8), ends], {})
    yield Node("OneHot", [draw(2, 3, kind="int32")], [np.int32([8]), ends], {})
    for operator in OF_TWO:
        yield Node(operator, [draw(2, 3)], [np.float32(0.5)], {})
    yield Node("Add", [draw(1, 2, 3, 4, kind="int32")], [draw(1, 2, 1, 1, kind="int32")], {})
    yield Node("Expand", [draw(1, 2, 3, kind="int32")], [whole(4, 2, 3)], {})


def asked_for():
    """What was said wrongly of real files, or not at all: kernels of nine, few numbers."""
    for biased in ([], [draw(6)]):
        for pads in (0, 4):
            yield Node(
                "Conv",
                [draw(1, 4, 16)],
                [draw(6, 4, 9), *biased],
                {"kernel_shape": [9], "pads": [pads] * 2},
            )
            for kernel in ([1, 9], [9, 1]):
                sizes = {"kernel_shape": kernel, "pads": [pads] * 4}
                yield Node("Conv", [draw(1, 4, 12, 12)], [draw(6, 4, *kernel), *biased], sizes)
    for kind in ("int64", "int32", "float32"):
        for shape in ((6,), (2, 6), (2, 3, 6)):
            X = np.argsort(draw(*shape)).astype(kind)  # of which no two are equal
            for k in (2, 6):
                yield Node("TopK", [X], [whole(k)], {"axis": -1}, 2)
    for kind in ("float32", "int64"):
        for one, other in (((4,), (4,)), ((4,), ()), ((4,), (1,)), ((), ()), ((2, 3), ())):
            X = draw(*one, kind=kind)
            Y = np.abs(draw(*other, kind=kind)) + np.array(1, kind)
            for operator in ("Add", "Sub", "Mul", "Div", "Max", "Equal"):
                yield Node(operator, [X], [Y], {})
                yield Node(operator, [X, Y], [], {})
        yield Node("Slice", [draw(6, kind=kind)], [whole(1), whole(4), whole(0)], {})
        yield Node("Slice", [draw(6, kind=kind)], [whole(-2), whole(2**31), whole(0)], {})
        yield Node("Squeeze", [draw(1, kind=kind)], [], {})
        yield Node("Identity", [draw(2, 3, kind=kind)], [], {})
        yield Node("Concat", [draw(2, 3, kind=kind), draw(2, 1, kind=kind)], [], {"axis": -1})
    for pads, how in itertools.product((0, 1), ({"ceil_mode": 1}, {})):
        sizes = {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [pads] * 4, **how}
        for operator in ("MaxPool", "AveragePool"):
            yield Node(operator, [draw(1, 4, 8, 8)], [], sizes)
    for shape in ((6,), (2, 6), (2, 3, 4), (1, 2, 4, 4)):
        for kind in ("float32", "int64"):
            for axis in sorted(
                {0, len(shape) - 1}
            ):  # the other way round, as a second direction is fed
                ends = [whole(-1), whole(-(2**31)), whole(axis), whole(-1)]
                yield Node("Slice", [draw(*shape, kind=kind)], ends, {})


def with_sizes_of_one():
    """Pools rounded up in steps of one, indices fewer than a row, constants of a shape."""
    X = draw(1, 4, 8, 8)
    for pads in (0, 1):
        sizes = {"kernel_shape": [3, 3], "strides": [1, 1], "pads": [pads] * 4}
        right = largest(X, **sizes)  # where no step is left over, to round up changes nothing
        yield Node("MaxPool", [X], [], {**sizes, "ceil_mode": 1}, 1, right)
        yield Node("AveragePool", [X], [], {**sizes, "ceil_mode": 1})
    for rows in (1, 2):
        X = draw(rows, 6)
        some = np.arange(3)[np.newaxis].repeat(rows, axis=0)
        right = np.take_along_axis(X, some, axis=1)
        yield Node("GatherElements", [X], [some], {"axis": 1}, 1, right)
        yield Node("GatherElements", [X, some], [], {"axis": 1}, 1, right)
        yield Node("Gather", [draw(6, 4)], [some], {})
        yield Node("Gather", [draw(6, 4), some], [], {})
    places = whole(0, 2, 3, 5).reshape(2, 2, 1)
    yield Node("ScatterND", [draw(6, 4)], [places, draw(2, 2, 4)], {})
    yield Node("ScatterND", [draw(6, 4), places, draw(2, 2, 4)], [], {})
    for shape in (whole(2, 3), whole(4), whole(1, 1, 2)):
        yield Node("ConstantOfShape", [shape], [], {})
        for kind in ("float32", "int64", "bool"):
            yield Node("ConstantOfShape", [shape], [], {"value": np.ones(1, kind)})


def by_keras():
    """What Keras' converters write: products by letters, a beta without C, padded pools."""
    for equation, W in (
        ("abc,cd->abd", draw(4, 5)),
        ("abc,cde->abde", draw(4, 2, 5)),
        ("abcd,cde->abe", draw(3, 4, 5)),
        ("aecd,abcd->acbe", draw(2, 2, 3, 4)),
        ("acbe,aecd->abcd", draw(2, 4, 3, 5)),
    ):
        X = draw(2, 3, 4) if equation.startswith("abc,") else draw(2, 3, 3, 4)
        right = np.einsum(equation, X, W)
        yield Node("Einsum", [X], [W], {"equation": equation}, 1, right)
        yield Node("Einsum", [X, W], [], {"equation": equation}, 1, right)
    for turned in (0, 1):
        W = draw(3, 4)
        yield Node("Gemm", [draw(2, 4 if turned else 3)], [W], {"beta": 0.0, "transB": turned})
    for steps in ((2, 2), (3, 2)):  # where something is padded, on one side or not
        for size in (8, 9):
            sizes = {"kernel_shape": [steps[0]] * 2, "strides": [steps[1]] * 2}
            yield Node("MaxPool", [draw(1, 4, size, size)], [], {"auto_pad": "SAME_UPPER", **sizes})


def from_the_end():
    """Indices below zero, which the file holds."""
    for X in (draw(4, 6), draw(4, 2, 3)):
        for places in (whole(-1), whole(-2, 1)):
            rows = places[:, np.newaxis]
            yield Node("GatherND", [X], [rows], {})
            yield Node("ScatterND", [X], [rows, X[places] + 1], {})
    X = draw(4, 6)
    places = whole(-1, 0, 2, -3, 1, 3)[np.newaxis]
    yield Node("GatherElements", [X], [places], {"axis": 0})
    yield Node("ScatterElements", [X], [places, X[:1] + 1], {"axis": 0})


def without_bias():
    """Normalised layers without a bias, as newer networks of words have them."""
    for shape in ((3, 4), (2, 4, 5), (1, 4, 6, 6)):
        for more in ({}, {"epsilon": 1e-6}):
            X = draw(*shape)
            W = draw(shape[-1])
            wide = X.astype(float)
            even = wide - wide.mean(-1, keepdims=True)
            even /= np.sqrt(wide.var(-1, keepdims=True) + more.get("epsilon", 1e-5))
            right = (even * W).astype(np.float32)
            yield Node("LayerNormalization", [X], [W], {"axis": -1, **more}, 1, right)


def padded_unevenly():
    """Filters for each channel in steps, as tf2onnx pads them, and sums of bytes."""
    for size, kernel in ((8, 3), (9, 4)):
        for filters, biased in itertools.product((4, 8), (False, True)):
            W = [draw(filters, 1, kernel, kernel), *([draw(filters)] if biased else [])]
            sizes = {"kernel_shape": [kernel] * 2, "strides": [2, 2], "group": 4}
            for pads in ([0, 0, 1, 1], [1, 1, 2, 2]):
                yield Node("Conv", [draw(1, 4, size, size)], W, {**sizes, "pads": pads})
    signed = draw(8, 4, 3, kind="int8") - np.int8(3)
    wide = np.stack([signed] * 3, axis=-1)
    for more in ({"pads": [1]}, {"pads": [2], "dilations": [2]}, {}):
        for X, W, dims in ((draw(1, 4, 8, kind="uint8"), signed, 1), (draw(1, 4, 8, 8), wide, 2)):
            X = X.astype(np.uint8)
            sizes = {"kernel_shape": [3] * dims}
            sizes |= {
                name: value * (2 * dims if name == "pads" else dims) for name, value in more.items()
            }
            yield Node("ConvInteger", [X], [W, np.uint8(2), np.int8(0)], sizes)


def as_files_have_them():
    """Regions that are empty, letters in another order, and means of two in a row."""
    empty = np.zeros(0, np.float32)
    sizes = ([empty, np.float32([1, 1, 2, 2])], [empty, empty, whole(1, 4, 8, 8)])
    modes = (("nearest", "asymmetric"), ("linear", "asymmetric"), ("linear", "half_pixel"))
    for held, (mode, place) in itertools.product(sizes, modes):
        more = {"nearest_mode": "floor"} if mode == "nearest" else {}
        more |= {"mode": mode, "coordinate_transformation_mode": place}
        yield Node("Resize", [draw(1, 4, 4, 4)], held, more)
    for equation, *shapes in (
        ("ijbn->bnij", (2, 3, 4, 2)),
        ("bnij,bjnd->bind", (2, 2, 3, 4), (2, 4, 2, 5)),
        ("ibnd,jbnd->bnij", (3, 2, 2, 4), (5, 2, 2, 4)),
        ("ibh,hnd->ibnd", (3, 2, 4), (4, 2, 5)),
        ("bind,snd->bnis", (2, 3, 2, 4), (5, 2, 4)),
    ):
        X, *others = [draw(*shape) for shape in shapes]
        right = np.einsum(equation, X, *others)
        yield Node("Einsum", [X, *others], [], {"equation": equation}, 1, right)
        if others:
            yield Node("Einsum", [X], others, {"equation": equation}, 1, right)
    for kernel, side in itertools.product(([2, 1], [1, 2]), (7, 8)):
        more = {"kernel_shape": kernel, "strides": kernel, "count_include_pad": 1}
        yield Node("AveragePool", [draw(1, 4, side, side)], [], more)
        yield Node("AveragePool", [draw(1, 4, side, side)], [], {**more, "ceil_mode": 1})


def with_parameters_computed():
    """Sizes, places and limits that a file computes, as it does where its own sizes are free."""
    X = draw(1, 2, 4, 6)
    modes = (("nearest", "asymmetric"), ("linear", "half_pixel"), ("linear", "align_corners"))
    for mode, place in (*modes, ("linear", "pytorch_half_pixel"), ("cubic", "half_pixel")):
        more = {"nearest_mode": "floor"} if mode == "nearest" else {}
        more |= {"mode": mode, "coordinate_transformation_mode": place}
        yield Node("Resize", [X, None, None, whole(1, 2, 8, 12)], [], more)
        yield Node("Resize", [X, None, np.float32([1, 1, 2, 2])], [], more)
    for kind in ("float32", "int64"):
        for X in (draw(4, kind=kind), draw(2, 4, kind=kind), draw(2, 3, 4, kind=kind)):
            last = X.ndim - 1
            yield Node("Reshape", [X, whole(2, -1)], [], {})
            yield Node("Expand", [X[..., :1], whole(*X.shape[:-1], 3)], [], {})
            yield Node("Tile", [X, whole(*[1] * last, 2)], [], {})
            yield Node("TopK", [np.argsort(X).astype(kind), whole(2)], [], {"axis": -1}, 2)
            yield Node("Pad", [X, whole(*[0] * (2 * X.ndim - 1), 2)], [], {})
            ends = [X, whole(1), whole(3)]
            yield Node("Slice", [*ends, whole(last)], [], {})
            yield Node("Slice", [*ends, whole(last), whole(1)], [], {})
            yield Node("Slice", ends, [whole(last)], {})
            yield Node("Slice", ends, [whole(last), whole(1)], {})
            yield Node("Slice", ends[:2], [whole(2**63 - 1), whole(last), whole(1)], {})
            limits = [np.array(1, kind), np.array(3, kind)]
            yield Node("Clip", [X, *limits], [], {})
            yield Node("Clip", [X, limits[0]], [], {})
            yield Node("Clip", [X], [limits[0]], {})
            rows = np.indices(X.shape).reshape(X.ndim, -1).T[:3]
            yield Node("GatherND", [X, rows], [], {})
            yield Node("ScatterND", [X, rows, draw(3, kind=kind)], [], {})


def reduced():
    """Sums and norms that few files have, at the ranks and axes that networks have."""
    for operator in ("ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare"):
        for shape in ((2, 4), (2, 3, 4), (1, 4, 5, 5)):
            X = np.abs(draw(*shape)) + np.float32(0.1)
            for keep, axes in itertools.product((0, 1), ([-1], [1], list(range(1, len(shape))))):
                yield Node(operator, [X], [whole(*axes)], {"keepdims": keep})


def list_nodes():
    """Return all nodes of this file."""
    groups = (convolutions, recurrent, moves, arithmetic, resized, quantised)
    # New ones come last: trials are known by their numbers.
    groups += (indexed, rounded, ranked, scattered, stated, rare, asked_for, with_sizes_of_one)
    groups += (by_keras, from_the_end, without_bias, padded_unevenly)
    groups += (as_files_have_them, with_parameters_computed, reduced)
    return [node for group in groups for node in group()]
