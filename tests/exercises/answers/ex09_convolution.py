"""The answer to exercise 9, Convolution: what is right, one way to it, and mistakes."""

from collections import Counter

import numpy as np
import onnx
from onnx import helper, numpy_helper

from tests import networks
from tests.exercises.draw import images, scans
from tests.exercises.ex09_convolution import EPSILON, look, train
from tests.exercises.structure import flatten
from tests.kit.graphs import nodes_of

ORACLE = "numpy"
TOLERANCE = 1e-5  # float32: logits near 10 are good to 1e-5, probabilities more so


def draw(random, N):
    """Return so many images, unseen scans among them."""
    return {"X": images(random, N).reshape(-1, 1, 8, 8)}


def special(random):
    """Return all scans that were not in the training."""
    return [{"X": scans().reshape(-1, 1, 8, 8).astype(np.float32)}]


def expected(X):
    """Return the probabilities by numpy alone."""
    weights = train()
    logits = look(X, weights) @ weights["W"] + weights["B"]
    return {"P": networks.softmax(logits)}


# What the network is made of, once it is folded, as several exporters write it.
OPERATORS = {
    "Conv": 1,
    "MatMul": 1,
    "Gemm": 1,
    "Add": 2,  # a bias may be a node
    "MaxPool": 1,
    "AveragePool": 1,  # the numbers tell
    "Softmax": 1,
}
HARMLESS = {  # compute nothing, or what ReLU, Flatten and Softmax do
    *("Relu", "Max", "Clip", "LeakyRelu", "LogSoftmax", "Exp"),
    *("Constant", "Identity", "Cast", "Shape", "Gather", "Slice", "Concat"),
    *("Flatten", "Reshape", "Transpose", "Squeeze", "Unsqueeze"),
}


def complain(model):
    """Return that the normalisation is still there, by whatever name; or None."""
    nodes = [node for node in flatten(model).node if node.op_type not in HARMLESS]
    if any(node.op_type == "BatchNormalization" for node in nodes_of(model.graph)):
        return "BatchNormalization is still a node: fold it into the convolution"
    for node in nodes:
        if node.op_type == "BatchNormalization":
            return "BatchNormalization is in a function still: fold it into the convolution"
    counts = Counter(node.op_type for node in nodes)
    for operator, count in counts.items():
        if count > OPERATORS.get(operator, 0):
            times = f"{count} times " if operator in OPERATORS else ""
            return f"{operator} is {times}in the graph: the folded network does without"
    return None


def finish(model):
    """Append the nodes that are missing, and let P be the output."""
    nodes = [
        helper.make_node("MaxPool", ["H"], ["M"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Flatten", ["M"], ["F"]),
        helper.make_node("Gemm", ["F", "W", "B"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["P"], axis=1),
    ]
    model.graph.node.extend(nodes)
    P = helper.make_tensor_value_info("P", onnx.TensorProto.FLOAT, ["N", 10])
    model.graph.output[0].CopyFrom(P)


def read_weights(model):
    """Return the initializers as arrays in float64, by name."""
    weights = {}
    for tensor in model.graph.initializer:
        weights[tensor.name] = numpy_helper.to_array(tensor).astype(np.float64)
    return weights


def replace_convolution(model, K, K_bias):
    """Give the convolution these weights, and take the normalisation out."""
    kept = [tensor for tensor in model.graph.initializer if tensor.name in ("W", "B")]
    kept.append(numpy_helper.from_array(K.astype(np.float32), "K"))
    kept.append(numpy_helper.from_array(K_bias.astype(np.float32), "K_bias"))
    model.graph.ClearField("initializer")
    model.graph.initializer.extend(kept)
    normalisation = model.graph.node[1]
    model.graph.node.remove(normalisation)
    relu = model.graph.node[1]
    relu.input[0] = "C"


def solve(model):
    """Finish the graph, then fold the normalisation into the convolution."""
    finish(model)
    weights = read_weights(model)
    factor = weights["scale"] / np.sqrt(weights["variance"] + EPSILON)  # (8,)
    K = weights["K"] * factor.reshape(8, 1, 1, 1)
    K_bias = (weights["K_bias"] - weights["mean"]) * factor + weights["shift"]
    replace_convolution(model, K, K_bias)
    return model


# Mistakes: each takes the starting model, and earns the words beside its name below.
def not_folded(model):
    finish(model)
    return model


def written_out(model):
    finish(model)
    weights = read_weights(model)
    factor = weights["scale"] / np.sqrt(weights["variance"] + EPSILON)
    moved = weights["shift"] - factor * weights["mean"]
    for name, array in (("factor", factor), ("moved", moved)):
        tensor = numpy_helper.from_array(array.reshape(1, 8, 1, 1).astype(np.float32), name)
        model.graph.initializer.append(tensor)
    model.graph.node[1].CopyFrom(helper.make_node("Mul", ["C", "factor"], ["scaled"]))
    model.graph.node.insert(2, helper.make_node("Add", ["scaled", "moved"], ["Z"]))
    return model


def normalisation_left_out(model):
    finish(model)
    weights = read_weights(model)
    replace_convolution(model, weights["K"], weights["K_bias"])
    return model


def bias_not_multiplied(model):
    finish(model)
    weights = read_weights(model)
    factor = weights["scale"] / np.sqrt(weights["variance"] + EPSILON)
    K = weights["K"] * factor.reshape(8, 1, 1, 1)
    K_bias = weights["K_bias"] - weights["mean"] * factor + weights["shift"]
    replace_convolution(model, K, K_bias)
    return model


def no_square_root(model):
    finish(model)
    weights = read_weights(model)
    factor = weights["scale"] / (weights["variance"] + EPSILON)
    K = weights["K"] * factor.reshape(8, 1, 1, 1)
    K_bias = (weights["K_bias"] - weights["mean"]) * factor + weights["shift"]
    replace_convolution(model, K, K_bias)
    return model


def default_epsilon(model):
    finish(model)
    weights = read_weights(model)
    factor = weights["scale"] / np.sqrt(weights["variance"] + 1e-5)
    K = weights["K"] * factor.reshape(8, 1, 1, 1)
    K_bias = (weights["K_bias"] - weights["mean"]) * factor + weights["shift"]
    replace_convolution(model, K, K_bias)
    return model


def mirrored(model):
    solve(model)
    K = read_weights(model)["K"]
    for tensor in model.graph.initializer:
        if tensor.name == "K":
            turned = K[:, :, ::-1, ::-1].astype(np.float32)
            tensor.CopyFrom(numpy_helper.from_array(turned, "K"))
    return model


def colours_last(model):
    solve(model)
    model.graph.node[3].input[0] = "M_last"
    transpose = helper.make_node("Transpose", ["M"], ["M_last"], perm=[0, 2, 3, 1])
    model.graph.node.insert(3, transpose)
    return model


def windows_overlap(model):
    solve(model)
    pool = model.graph.node[2]
    del pool.attribute[1]
    return model


def padded_on_one_side(model):
    solve(model)
    convolution = model.graph.node[0]
    convolution.attribute[0].CopyFrom(helper.make_attribute("pads", [2, 2, 0, 0]))
    return model


def not_padded(model):
    solve(model)
    convolution = model.graph.node[0]
    del convolution.attribute[:]
    return model


def average_in_place_of_the_largest(model):
    solve(model)
    pool = model.graph.node[2]
    pool.op_type = "AveragePool"
    return model


MISTAKES = {
    "BatchNormalization is still a node": not_folded,
    "Mul is in the graph: the folded network does without": written_out,
    "the normalisation is gone, and nothing took its place": normalisation_left_out,
    "K_bias was not multiplied by the factor: C is normalised with its bias": bias_not_multiplied,
    "the square root is missing: the factor is scale / sqrt(variance + epsilon)": no_square_root,
    "epsilon is not that of the node: it says 0.001, whatever the default is": default_epsilon,
    "the filters are mirrored: Conv does not turn them, as scipy's convolve does": mirrored,
    "the 128 numbers are in another order: filters first, then rows and columns": colours_last,
    "pads begin with the top and the left, then the bottom and the right: all are 1": (
        padded_on_one_side
    ),
    "without pads an image of 8 x 8 shrinks to 6 x 6, and 72 numbers are left": not_padded,
    "AveragePool takes the mean of four; MaxPool keeps the largest": (
        average_in_place_of_the_largest
    ),
    "392 numbers and not 128: MaxPool moves by 1 unless strides say 2": windows_overlap,
}

# From these test_wrong_files.py makes more.
FORBIDDEN = {"BatchNormalization": not_folded}
