"""The answer to exercise 18, Eight bits: what is right, one way to it, and mistakes."""

import logging
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    quantize_dynamic,
    quantize_static,
)

import neural_network as script
from tests.exercises.draw import feed_scans, mixtures
from tests.exercises.ex18_eight_bits import train
from tests.exercises.structure import constants_of, flatten, operators_in, reads_of

ORACLE = "numpy in float64"
# The logits range over about 15, in 255 steps: half of one is 0.03, and a probability moves by up
# to a quarter of what two logits and the layer before are off. Wrong ranges move some by 0.15.
TOLERANCE = 0.08
special = feed_scans


def draw(random, N):
    """Return so many images that lie between scans: beyond these no calibration reaches."""
    return {"X": mixtures(random, N).astype(np.float32)}


def expected(X):
    """Return the probabilities by numpy alone."""
    weights, biases = train()
    return {"P": script.reference(X, weights, biases)}


PRODUCTS = {"MatMul", "Gemm", "Conv", "Einsum"}
WIDER = {TensorProto.INT16, TensorProto.UINT16, TensorProto.FLOAT16, TensorProto.BFLOAT16}
INTEGER = {"QLinearMatMul", "QLinearConv", "MatMulInteger", "ConvInteger"}
# Neither adds up nor hides anything; the tool writes the first four beside the products.
OTHERS = {
    *("QuantizeLinear", "DequantizeLinear", "Add", "Softmax"),
    *("LeakyRelu", "Relu", "Clip", "Max", "Identity", "Constant", "Cast", "Mul", "Transpose"),
    *("Flatten", "Reshape"),
}


def complain(model):
    """Return what is not in eight bits as the task says, or None."""
    graph = flatten(model)
    operators = operators_in(graph)
    if "DynamicQuantizeLinear" in operators:
        return "each call measures its ranges anew (DynamicQuantizeLinear): calibrate before"
    read = set().union(*map(reads_of, graph.node))
    for name, tensor in constants_of(graph):
        if name in read and len(tensor.dims) > 1 and tensor.data_type == TensorProto.FLOAT:
            return f"{name} is still float32: nothing has changed"
        if name in read and tensor.data_type in WIDER:
            return f"{name} has more than eight bits"
    if not operators & {"QuantizeLinear", "QLinearMatMul"}:
        return "the weights are in eight bits, and what flows between the layers is not"
    for operator in sorted(operators):
        if operator.startswith("com.microsoft."):
            name = operator.removeprefix("com.microsoft.")
            return f"{name} is onnxruntime's own operator, which no other runtime knows"
        if operator not in PRODUCTS | INTEGER | OTHERS:
            return f"{operator} is in the graph: this network does without"
    return find_unrounded(graph)


def find_unrounded(graph):
    """Return which product reads what is not rounded, or None."""
    rounded = {}
    for node in graph.node:
        if node.op_type in ("DequantizeLinear", *INTEGER):
            rounded.update(dict.fromkeys(node.output, True))
        elif node.op_type in ("Identity", "Transpose", "Reshape", "Flatten"):
            rounded[node.output[0]] = rounded.get(node.input[0], False)
        elif node.op_type in PRODUCTS:
            for name in node.input[:2]:
                if not rounded.get(name, False):
                    return f"{name}, which {node.op_type} reads, is not rounded to eight bits"
    return None


class Reader(CalibrationDataReader):
    """Hands out rows to calibrate with, a hundred at a time."""

    def __init__(self, X):
        self.parts = [X[i : i + 100].astype(np.float32) for i in range(0, len(X), 100)]

    def get_next(self):
        """Return the next feed, or None."""
        return {"X": self.parts.pop(0)} if self.parts else None


def quantise(model, tool, *arguments, **options):
    """Return the model as one of onnxruntime's tools changes it; they work with files."""
    logging.disable(logging.WARNING)  # the advice to optimise before, each time
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.onnx")
        result = Path(folder, "quantised.onnx")
        onnx.save(model, path)
        try:
            tool(path, result, *arguments, **options)
        finally:
            logging.disable(logging.NOTSET)
        return onnx.load(result)


def calibrate(model, X, **options):
    """Return the model in eight bits, with the ranges that the rows X take."""
    return quantise(script.inline(model), quantize_static, Reader(X), **options)


def solve(model):
    """Inline the function, and calibrate with the images of the training."""
    X, _, _, _ = script.load_data()
    return calibrate(model, X)


# Mistakes: each takes the starting model, and earns the words beside its name below.
def functions_left(model):
    return quantise(model, quantize_dynamic)


def dynamic(model):
    return quantise(script.inline(model), quantize_dynamic)


def weights_only(model):
    model = script.inline(model)
    for tensor in list(model.graph.initializer):
        if len(tensor.dims) == 2:
            W = numpy_helper.to_array(tensor)
            scale = abs(W).max() / 127
            stored = np.round(W / scale).astype(np.int8)
            name = tensor.name
            tensor.CopyFrom(numpy_helper.from_array(stored, f"{name}_stored"))
            model.graph.initializer.append(numpy_helper.from_array(scale, f"{name}_scale"))
            inputs = [f"{name}_stored", f"{name}_scale"]
            model.graph.node.insert(0, helper.make_node("DequantizeLinear", inputs, [name]))
    return model


def input_only(model):
    model = weights_only(model)
    arrays = {"X_scale": np.float32(1 / 255), "X_zero": np.uint8(0)}
    for name, array in arrays.items():
        model.graph.initializer.append(numpy_helper.from_array(np.array(array), name))
    for node in model.graph.node:
        if node.input[0] == "X":
            node.input[0] = "X_rounded"
    nodes = [
        helper.make_node("QuantizeLinear", ["X", "X_scale", "X_zero"], ["X_bytes"]),
        helper.make_node("DequantizeLinear", ["X_bytes", "X_scale", "X_zero"], ["X_rounded"]),
        *model.graph.node,
    ]
    model.graph.ClearField("node")
    model.graph.node.extend(nodes)
    return model


def operators_of_onnxruntime(model):
    X, _, _, _ = script.load_data()
    return calibrate(model, X, quant_format=QuantFormat.QOperator)


def raw_pixels(model):
    X, _, _, _ = script.load_data()
    return calibrate(model, 16 * X)


def scaled_twice(model):
    X, _, _, _ = script.load_data()
    return calibrate(model, X / 16)


def noise(model):
    random = np.random.default_rng(0)
    return calibrate(model, random.uniform(size=(1000, 64)))


def one_image(model):
    X, _, _, _ = script.load_data()
    return calibrate(model, X[:1])


MISTAKES = {
    "the tool looks into no function: inline the file before": functions_left,
    "each call measures its ranges anew": dynamic,
    "what flows between the layers is not": weights_only,
    "which MatMul reads, is not rounded to eight bits": input_only,
    "is onnxruntime's own operator": operators_of_onnxruntime,
    "calibrated with pixels from 0 to 16: the file will meet 0 to 1": raw_pixels,
    "calibrated with images that were scaled twice: all that is brighter is cut off": scaled_twice,
    "the ranges are too narrow for some digits: calibrated with noise, or few images": noise,
    "calibrated with one image: others go beyond its range, and are cut off": one_image,
}

# From these test_wrong_files.py makes more.
FORBIDDEN = {"DynamicQuantizeLinear": dynamic}
PLAIN = script.inline
