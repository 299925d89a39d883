"""The smallest cases that show why engines answer real files otherwise, in the form of by_hand.py.

Each function returns (model, inputs, right answers); numpy computes what is right, in float64.
"""

import math

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from tests.networks import gru_step, lstm_step

ROOT_OF_TWO = 2**0.5


def build(nodes, inputs, constants, shapes, opset, element=TensorProto.FLOAT):
    """Return a model of {name: array} inputs and constants, and {name: shape} outputs, or y's."""
    shapes = shapes if isinstance(shapes, dict) else {"y": shapes}
    values = []
    for name, array in inputs.items():
        kind = helper.np_dtype_to_tensor_dtype(array.dtype)
        values.append(helper.make_tensor_value_info(name, kind, array.shape))
    tensors = [numpy_helper.from_array(array, name) for name, array in constants.items()]
    outputs = []
    for name, shape in shapes.items():
        outputs.append(helper.make_tensor_value_info(name, element, shape))
    graph = helper.make_graph(nodes, "smallest", values, outputs, tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=7)
    onnx.checker.check_model(model, full_check=True)
    return model


def conv_with_a_kernel_of_nine_in_a_row(taps=9):
    """Conv 11, four filters of 1 by 9: OpenCV 5 answers otherwise. taps=8 is right."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1, 1, 1, 21)).astype(np.float32)
    w = rng.normal(size=(4, 1, 1, taps)).astype(np.float32)
    node = helper.make_node("Conv", ["x", "w"], ["y"], kernel_shape=[1, taps])
    row = x.ravel().astype(float)
    exact = np.stack([np.correlate(row, line.ravel(), "valid") for line in w])[None, :, None]
    model = build([node], {"x": x}, {"w": w}, exact.shape, 11)
    return model, [x], [exact.astype(np.float32)]


def product_of_bytes(weight=127):
    """MatMulInteger 10, 255 * 127 twice: onnxruntime without VNNI stops at 32767. 63 is right."""
    a = np.full((1, 2), 255, np.uint8)
    b = np.full((2, 1), weight, np.int8)
    node = helper.make_node("MatMulInteger", ["a", "b"], ["y"])
    model = build([node], {"a": a}, {"b": b}, [1, 1], 10, TensorProto.INT32)
    return model, [a], [np.int32([[2 * 255 * weight]])]


def batch_normalization_by_its_own_statistics(opset=12):
    """BatchNormalization 9: onnx.reference takes the statistics of x. Of opset 14 it is right."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 3, 4)).astype(np.float32)
    scale, bias, mean = rng.normal(size=(3, 3)).astype(np.float32)
    variance = rng.uniform(1, 2, 3).astype(np.float32)
    names = ["x", "scale", "bias", "mean", "variance"]
    node = helper.make_node("BatchNormalization", names, ["y"], epsilon=1e-5)
    arrays = [array.astype(float).reshape(1, 3, 1) for array in (scale, bias, mean, variance)]
    exact = (x - arrays[2]) / np.sqrt(arrays[3] + 1e-5) * arrays[0] + arrays[1]
    constants = dict(zip(names[1:], [scale, bias, mean, variance], strict=True))
    model = build([node], {"x": x}, constants, exact.shape, opset)
    return model, [x], [exact.astype(np.float32)]


def lstm_over_a_free_number_of_steps(steps="T"):
    """LSTM 14 whose states are fed: MNN answers otherwise. steps=8, in the file, is right."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(8, 1, 3)).astype(np.float32)
    h, c = rng.normal(size=(2, 1, 1, 4)).astype(np.float32)
    w = rng.normal(size=(1, 16, 3)).astype(np.float32)
    r = rng.normal(size=(1, 16, 4)).astype(np.float32)
    names = ["x", "w", "r", "", "", "h", "c"]
    node = helper.make_node("LSTM", names, ["y", "y_h", "y_c"], hidden_size=4)
    model = build([node], {"x": x, "h": h, "c": c}, {"w": w, "r": r}, [steps, 1, 1, 4], 14)
    free = model.graph.input[0].type.tensor_type.shape.dim[0]
    free.CopyFrom(model.graph.output[0].type.tensor_type.shape.dim[0])
    # ONNX has the gates in the order input, output, forget, cell; PyTorch has another.
    order = np.r_[0:4, 8:12, 12:16, 4:8]
    state = h[0].astype(float)
    memory = c[0].astype(float)
    states = []
    for row in x.astype(float):
        state, memory = lstm_step(row, state, memory, w[0, order], r[0, order], np.zeros(16))
        states.append(state[np.newaxis])
    return model, [x, h, c], [np.float32(states)]


def lstm_both_ways_of_what_is_computed(batch="N"):
    """LSTM 14, bidirectional, behind a Neg, of free steps and rows: IREE answers otherwise.

    batch=2, in the file, is right.
    """
    rng = np.random.default_rng(0)
    x = rng.normal(size=(6, 2, 3)).astype(np.float32)
    w = rng.normal(size=(2, 16, 3)).astype(np.float32)
    r = rng.normal(size=(2, 16, 4)).astype(np.float32)
    nodes = [
        helper.make_node("Neg", ["x"], ["n"]),
        helper.make_node("LSTM", ["n", "w", "r"], ["y"], hidden_size=4, direction="bidirectional"),
    ]
    model = build(nodes, {"x": x}, {"w": w, "r": r}, ["T", 2, batch, 4], 14)
    sizes = model.graph.output[0].type.tensor_type.shape.dim
    for axis, size in ((0, sizes[0]), (1, sizes[2])):
        model.graph.input[0].type.tensor_type.shape.dim[axis].CopyFrom(size)
    order = np.r_[0:4, 8:12, 12:16, 4:8]
    exact = np.zeros((6, 2, 2, 4))
    for way, steps in enumerate((range(6), reversed(range(6)))):
        state = np.zeros((2, 4))
        memory = np.zeros((2, 4))
        for step in steps:
            row = -x[step].astype(float)
            weights = w[way, order], r[way, order], np.zeros(16)
            state, memory = lstm_step(row, state, memory, *weights)
            exact[step, way] = state
    return model, [x], [exact.astype(np.float32)]


def bytes_that_are_fed(held=False):
    """DequantizeLinear 13 of uint8 that is fed: MNN answers otherwise. held=True is right."""
    rng = np.random.default_rng(0)
    b = rng.integers(0, 256, (2, 3)).astype(np.uint8)
    x = rng.normal(size=(2, 3)).astype(np.float32)
    scale = np.float32(0.5)
    zero = np.uint8(120)
    nodes = [
        helper.make_node("DequantizeLinear", ["b", "scale", "zero"], ["d"]),
        helper.make_node("Add", ["d", "x"], ["y"]),
    ]
    exact = (b.astype(float) - 120) * 0.5 + x
    fed = {"x": x} if held else {"b": b, "x": x}
    constants = {"scale": scale, "zero": zero, **({"b": b} if held else {})}
    model = build(nodes, fed, constants, exact.shape, 13)
    return model, list(fed.values()), [exact.astype(np.float32)]


def softmax_between_bytes(last="QuantizeLinear"):
    """Softmax 13 of what DequantizeLinear makes, and QuantizeLinear of it: tract answers 1.

    last="Identity", in place of QuantizeLinear and DequantizeLinear, is right.
    """
    x = np.float32([[0, 1, 2, 3], [3, 0, 0, 1]])
    held = {"step": np.float32(0.5), "small": np.float32(1 / 255), "zero": np.uint8(0)}
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "step", "zero"], ["a"]),
        helper.make_node("DequantizeLinear", ["a", "step", "zero"], ["b"]),
        helper.make_node("Softmax", ["b"], ["c"], axis=-1),
    ]
    powers = np.exp(x.astype(float))
    exact = powers / powers.sum(axis=1, keepdims=True)
    if last == "Identity":
        nodes.append(helper.make_node("Identity", ["c"], ["y"]))
        held.pop("small")
    else:
        nodes.append(helper.make_node("QuantizeLinear", ["c", "small", "zero"], ["d"]))
        nodes.append(helper.make_node("DequantizeLinear", ["d", "small", "zero"], ["y"]))
        exact = np.round(exact * 255) / 255
    model = build(nodes, {"x": x}, held, exact.shape, 13)
    return model, [x], [exact.astype(np.float32)]


def one_number_in_front(place="in front"):
    """Add 14 of a number of shape (1, 1, 1, 1) in front of a Conv: MNN answers otherwise.

    place="behind" is right.
    """
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1, 4, 8, 8)).astype(np.float32)
    w = rng.normal(size=(4, 4, 1, 1)).astype(np.float32)
    one = np.ones((1, 1, 1, 1), np.float32)
    names = ["one", "c"] if place == "in front" else ["c", "one"]
    nodes = [helper.make_node("Conv", ["x", "w"], ["c"]), helper.make_node("Add", names, ["y"])]
    exact = np.einsum("oc,nchw->nohw", w[:, :, 0, 0].astype(float), x) + 1
    model = build(nodes, {"x": x}, {"w": w, "one": one}, exact.shape, 14)
    return model, [x], [exact.astype(np.float32)]


def gru_that_hands_on_its_state():
    """GRU 14, one step: ncnn hands on a state of the shape (1, 4) instead of (1, 1, 4)."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1, 1, 3)).astype(np.float32)
    h = rng.normal(size=(1, 1, 4)).astype(np.float32)
    w = rng.normal(size=(1, 12, 3)).astype(np.float32)
    r = rng.normal(size=(1, 12, 4)).astype(np.float32)
    b = np.zeros((1, 24), np.float32)  # which pnnx wants
    names = ["x", "w", "r", "b", "", "h"]
    gru = helper.make_node("GRU", names, ["wide", "h2"], hidden_size=4, linear_before_reset=1)
    squeeze = helper.make_node("Squeeze", ["wide", "axes"], ["y"])
    constants = {"w": w, "r": r, "b": b, "axes": np.array([1])}
    shapes = {"y": [1, 1, 4], "h2": [1, 1, 4]}
    model = build([gru, squeeze], {"x": x, "h": h}, constants, shapes, 14)
    order = np.r_[4:8, 0:4, 8:12]  # ONNX has the update gate first, PyTorch the reset gate
    nothing = np.zeros(12)
    state = gru_step(x[0].astype(float), h[0], w[0, order], r[0, order], nothing, nothing)
    return model, [x, h], [np.float32(state[np.newaxis])] * 2


def gelu(form, before, after):
    """Return the nodes of a GELU, written with Erf or with Tanh, and their constants."""
    constants = {"one": np.float32(1), "half": np.float32(0.5)}
    if form == "Erf":
        constants["root"] = np.float32(ROOT_OF_TWO)
        rows = [
            ("Div", [before, "root"], "inner"),
            ("Erf", ["inner"], "bent"),
            ("Add", ["bent", "one"], "gate"),
            ("Mul", [before, "gate"], "twice"),
            ("Mul", ["twice", "half"], after),
        ]
    else:
        constants |= {"k": np.float32(0.044715), "root": np.float32((2 / np.pi) ** 0.5)}
        rows = [
            ("Mul", [before, before], "square"),
            ("Mul", ["square", before], "cube"),
            ("Mul", ["cube", "k"], "little"),
            ("Add", [before, "little"], "sum"),
            ("Mul", ["sum", "root"], "inner"),
            ("Tanh", ["inner"], "bent"),
            ("Add", ["bent", "one"], "gate"),
            ("Mul", ["gate", "half"], "part"),
            ("Mul", [before, "part"], after),
        ]
    return [helper.make_node(kind, names, [wire]) for kind, names, wire in rows], constants


def exact_gelu(x):
    """Return x times the share of the normal distribution below it."""
    return x * (1 + np.vectorize(math.erf)(x / ROOT_OF_TWO)) / 2


def gelu_by_tanh(x):
    """Return its usual approximation."""
    return x * (1 + np.tanh((2 / np.pi) ** 0.5 * (x + 0.044715 * x**3))) / 2


def gelu_alone(form):
    """GELU: written with Erf 13, MNN computes the approximation; with Tanh 13, OpenCV 5 ends."""
    x = np.linspace(-2.5, 2.5, 400, dtype=np.float32).reshape(1, 1, 400)
    nodes, constants = gelu(form, "x", "y")
    exact = exact_gelu if form == "Erf" else gelu_by_tanh
    model = build(nodes, {"x": x}, constants, x.shape, 15)
    return model, [x], [exact(x.astype(float)).astype(np.float32)]


def normalization_behind_conv_and_gelu(first="Conv"):
    """BatchNormalization 15 behind a GELU behind a Conv: OpenCV 5. first="Identity" is right."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1, 4, 8)).astype(np.float32)
    w = rng.normal(size=(4, 4, 1)).astype(np.float32)
    scale, bias, mean = rng.normal(size=(3, 4)).astype(np.float32)
    variance = rng.uniform(1, 2, 4).astype(np.float32)
    names = ["scale", "bias", "mean", "variance"]
    nodes, constants = gelu("Erf", "c", "g")
    nodes.insert(0, helper.make_node(first, ["x", "w"][: 1 + (first == "Conv")], ["c"]))
    nodes.append(helper.make_node("BatchNormalization", ["g", *names], ["y"], epsilon=1e-5))
    constants |= dict(zip(names, [scale, bias, mean, variance], strict=True))
    product = x.astype(float)
    if first == "Conv":
        constants["w"] = w
        product = np.einsum("oi,nil->nol", w[:, :, 0].astype(float), product)
    columns = [array.astype(float).reshape(1, 4, 1) for array in (scale, bias, mean, variance)]
    even = (exact_gelu(product) - columns[2]) / np.sqrt(columns[3] + 1e-5)
    model = build(nodes, {"x": x}, constants, x.shape, 15)
    return model, [x], [(even * columns[0] + columns[1]).astype(np.float32)]


def between_two_steps(rest=2e-8):
    """QuantizeLinear 13 of 0.5 and twice the rest: float32 sums it to 0 or to 1. 1e-3 is 1."""
    x = np.float32([[0.5, rest, rest]])
    held = {"w": np.ones((3, 1), np.float32), "step": np.float32(1), "zero": np.uint8(0)}
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["sum"]),
        helper.make_node("QuantizeLinear", ["sum", "step", "zero"], ["y"]),
    ]
    exact = np.rint(x.astype(float).sum(axis=1, keepdims=True))
    model = build(nodes, {"x": x}, held, exact.shape, 13, TensorProto.UINT8)
    return model, [x], [exact.astype(np.uint8)]


# What 8 bits spoil --------------------------------------------------------------------------------
def filters_of_unlike_size(largest=50, held="initializer"):
    """Conv 11, a filter of -50, one of 0.1 and 0.15: one step makes 0 of these. 0.1 is right.

    So is a step for each filter, but for weights that are held by a Constant.
    """
    rng = np.random.default_rng(0)
    x = rng.uniform(0.5, 1, (1, 2, 1, 4)).astype(np.float32)
    w = np.float32([[-largest, -largest], [0.1, 0.15]]).reshape(2, 2, 1, 1)
    nodes = [helper.make_node("Conv", ["x", "w"], ["c"]), helper.make_node("Relu", ["c"], ["y"])]
    constants = {"w": w}
    if held == "Constant":
        value = numpy_helper.from_array(constants.pop("w"))
        nodes.insert(0, helper.make_node("Constant", [], ["w"], value=value))
    sums = np.einsum("oi,nihw->nohw", w[:, :, 0, 0].astype(float), x)
    model = build(nodes, {"x": x}, constants, sums.shape, 13)
    return model, [x], [np.maximum(sums, 0).astype(np.float32)]


def function_of_squares(kind="Sqrt", loud=6.3, opset=13):
    """Sqrt or Log of 0.01 beside 40, both in steps of 0.16. Beside 0.04 it is right."""
    x = np.float32([[0.1, 0.03, loud]])
    nodes = [
        helper.make_node("Mul", ["x", "x"], ["square"]),
        helper.make_node(kind, ["square"], ["f"]),
        helper.make_node("MatMul", ["f", "quiet"], ["y"]),
    ]
    exact = {"Sqrt": np.sqrt, "Log": np.log}[kind](x[:, :2].astype(float) ** 2)
    held = {"quiet": np.eye(3, 2, dtype=np.float32)}
    model = build(nodes, {"x": x}, held, exact.shape, opset)
    return model, [x], [exact.astype(np.float32)]


def logarithm_of_a_product(kind="MatMul", quiet=1e-3):
    """Log 13 of the square of 0.001, which MatMul or Conv hands on beside 1. 0.5 is right."""
    shape = (1, 2) if kind == "MatMul" else (1, 2, 1, 1)
    x = np.float32([quiet, 1]).reshape(shape)
    same = np.eye(2, dtype=np.float32).reshape((2, 2, *shape[2:]))
    nodes = [
        helper.make_node(kind, ["x", "same"], ["p"]),
        helper.make_node("Mul", ["p", "p"], ["square"]),
        helper.make_node("Add", ["square", "little"], ["power"]),
        helper.make_node("Log", ["power"], ["y"]),
    ]
    exact = np.log(x.astype(float) ** 2 + 1e-10)
    constants = {"same": same, "little": np.float32(1e-10)}
    model = build(nodes, {"x": x}, constants, exact.shape, 13)
    return model, [x], [exact.astype(np.float32)]


def sigmoid_that_decides(steepness=500, second=0.9985):
    """Sigmoid 6 of 500 times a difference of 0.0015, less than a step of 1/255. 1 is right."""
    x = np.float32([[1, second]])
    w = np.float32([[steepness], [-steepness]])
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["s"]),
        helper.make_node("Sigmoid", ["s"], ["y"]),
    ]
    exact = 1 / (1 + np.exp(-(x.astype(float) @ w)))
    model = build(nodes, {"x": x}, {"w": w}, exact.shape, 12)
    return model, [x], [exact.astype(np.float32)]


def relu_that_branches_read(reader="If"):
    """Relu 14 behind Conv 11, read by an If 13: what is negative stays. reader="Neg" is right."""
    x = np.float32([-2, -1, 0, 1]).reshape(1, 1, 1, 4)
    nodes = [helper.make_node("Conv", ["x", "w"], ["c"]), helper.make_node("Relu", ["c"], ["r"])]
    fed = {"x": x}
    if reader == "If":
        fed["flag"] = np.array(True)
        branches = {}
        for name in ("then_branch", "else_branch"):
            output = helper.make_tensor_value_info(name, TensorProto.FLOAT, x.shape)
            neg = helper.make_node("Neg", ["r"], [name])
            branches[name] = helper.make_graph([neg], name, [], [output])
        nodes.append(helper.make_node("If", ["flag"], ["y"], **branches))
    else:
        nodes.append(helper.make_node("Neg", ["r"], ["y"]))
    model = build(nodes, fed, {"w": np.ones((1, 1, 1, 1), np.float32)}, x.shape, 14)
    return model, list(fed.values()), [-np.maximum(x, 0)]


def filter_of_bytes(weight=127):
    """QLinearConv 10, 255 * 127 twice: onnxruntime without VNNI stops at 32767. 63 is right."""
    x = np.full((1, 2, 1, 1), 255, np.uint8)
    w = np.full((1, 2, 1, 1), weight, np.int8)
    one = np.float32(1)
    held = {"one": one, "zero": np.uint8(0), "w": w, "zero of w": np.int8(0)}
    held["step"] = np.float32(300)
    names = ["x", "one", "zero", "w", "one", "zero of w", "step", "zero"]
    node = helper.make_node("QLinearConv", names, ["y"])
    exact = np.rint(x.astype(float).sum() * weight / 300).reshape(1, 1, 1, 1)
    model = build([node], {"x": x}, held, exact.shape, 10, TensorProto.UINT8)
    return model, [x], [exact.astype(np.uint8)]
