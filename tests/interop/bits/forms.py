"""The forms of a file with fewer bits: each makes one of a float32 model, or refuses.

form = FORMS["dynamic int8"]
model = form(model, feeds)      # feeds {input: array} calibrate the static ones
"""

import logging
import tempfile
from functools import partial
from pathlib import Path

import ml_dtypes
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper, version_converter
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_dynamic,
    quantize_static,
)
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
from onnxruntime.transformers.float16 import convert_float_to_float16
from onnxruntime.transformers.onnx_model import OnnxModel

from tests.exercises.answers.ex26_four_bits import BLOCK, pack, to_blocks

OPSET_OF_FOUR_BITS = 21
OPSET_OF_BFLOAT16 = 22
IR_OF_FOUR_BITS = 10


# Stored in fewer bits, computed as before ---------------------------------------------------------
def store(model, kind, feeds=None):
    """Store the matrices in another float type, with a Cast behind each."""
    for tensor in list(model.graph.initializer):
        if tensor.data_type != TensorProto.FLOAT or len(tensor.dims) < 2:
            continue
        name = tensor.name
        stored = numpy_helper.to_array(tensor).astype(kind)
        tensor.CopyFrom(numpy_helper.from_array(stored, f"{name}_stored"))
        cast = helper.make_node("Cast", [f"{name}_stored"], [name], to=TensorProto.FLOAT)
        model.graph.node.insert(0, cast)
    return model


def four_bits(model, feeds=None):
    """Store the matrices of MatMul in INT4, a step for each block, by DequantizeLinear."""
    model = version_converter.convert_version(model, OPSET_OF_FOUR_BITS)
    model.ir_version = IR_OF_FOUR_BITS
    for tensor in products_of(model):
        name = tensor.name
        q, steps = to_blocks(numpy_helper.to_array(tensor))
        step = numpy_helper.from_array(steps.astype(np.float32), f"{name}_step")
        stored = helper.make_tensor(f"{name}_q", TensorProto.INT4, q.shape, pack(q), raw=True)
        tensor.CopyFrom(stored)
        model.graph.initializer.append(step)
        node = helper.make_node(
            "DequantizeLinear", [stored.name, step.name], [name], axis=0, block_size=BLOCK
        )
        model.graph.node.insert(0, node)
    return model


def products_of(model):
    """Return the matrices of MatMul that can be cut into blocks; ValueError without any."""
    read = {node.input[1] for node in model.graph.node if node.op_type == "MatMul"}
    found = []
    for tensor in model.graph.initializer:
        if tensor.name in read and tensor.dims[0] % BLOCK == 0:
            found.append(tensor)
    if not found:
        raise ValueError("there is no MatMul with a matrix of blocks")
    return found


def four_bits_of_onnxruntime(model, feeds=None):
    """Let onnxruntime's tool make MatMulNBits of the products, in blocks as above."""
    products_of(model)
    logging.getLogger(MatMulNBitsQuantizer.__module__).setLevel(logging.WARNING)  # a line a node
    tool = MatMulNBitsQuantizer(model, block_size=BLOCK, is_symmetric=True, accuracy_level=1)
    tool.process()
    return tool.model.model


# Computed in fewer bits ---------------------------------------------------------------------------
def float16(model, feeds=None):
    """Compute in float16, by onnxruntime's tool; inputs and outputs stay as they are."""
    converted = convert_float_to_float16(model, keep_io_types=True)
    sorted_model = OnnxModel(converted)  # it appends its casts behind all nodes
    sorted_model.topological_sort()
    return sorted_model.model


def bfloat16(model, feeds=None):
    """Compute in bfloat16, between casts: in opset 22, the first whose Conv knows it."""
    model = version_converter.convert_version(model, OPSET_OF_BFLOAT16)
    model.ir_version = IR_OF_FOUR_BITS
    graph = model.graph
    for tensor in graph.initializer:
        if tensor.data_type == TensorProto.FLOAT:
            array = numpy_helper.to_array(tensor).astype(ml_dtypes.bfloat16)
            tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))
    del graph.value_info[:]  # it says float32
    names = {}  # {name outside: name of the same in bfloat16}
    for value in [*graph.input, *graph.output]:
        if value.type.tensor_type.elem_type == TensorProto.FLOAT:
            names[value.name] = f"{value.name}_bfloat16"
    for node in graph.node:
        for wires in (node.input, node.output):
            for i, wire in enumerate(wires):
                wires[i] = names.get(wire, wire)
    for value in graph.input:
        if value.name in names:
            cast = helper.make_node(
                "Cast", [value.name], [names[value.name]], to=TensorProto.BFLOAT16
            )
            graph.node.insert(0, cast)
    for value in graph.output:
        if value.name in names:
            cast = helper.make_node("Cast", [names[value.name]], [value.name], to=TensorProto.FLOAT)
            graph.node.append(cast)
    return model


class Reader(CalibrationDataReader):
    """Hands out feeds to calibrate with."""

    def __init__(self, feeds):
        self.feeds = list(feeds)

    def get_next(self):
        """Return the next feed, or None."""
        return self.feeds.pop(0) if self.feeds else None


def by_tool(tool, model, *arguments, **options):
    """Return the model as a tool changes it, which works with files."""
    logging.disable(logging.WARNING)  # the advice to optimise before, each time
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.onnx")
        result = Path(folder, "fewer.onnx")
        onnx.save(model, path)
        try:
            tool(path, result, *arguments, **options)
        finally:
            logging.disable(logging.NOTSET)
        return onnx.load(result)


def dynamic(model, feeds=None, **options):
    """Measure the ranges in each call, by onnxruntime's tool."""
    return by_tool(quantize_dynamic, model, **options)


def static(model, feeds, **options):
    """Measure the ranges before, of the feeds, by onnxruntime's tool."""
    return by_tool(quantize_static, model, Reader(feeds), **options)


SIGNED = {"activation_type": QuantType.QInt8, "weight_type": QuantType.QInt8}
UNSIGNED = {"activation_type": QuantType.QUInt8, "weight_type": QuantType.QUInt8}
MIXED = {"activation_type": QuantType.QUInt8, "weight_type": QuantType.QInt8}


def as_it_is(model, feeds=None):
    """Return the model in float32."""
    return model


FORMS = {
    "float32": as_it_is,
    "stored as float16": partial(store, kind=np.float16),
    "stored as bfloat16": partial(store, kind=ml_dtypes.bfloat16),
    "float16": float16,
    "bfloat16": bfloat16,
    "dynamic int8": dynamic,
    "dynamic int8, per channel": partial(dynamic, per_channel=True),
    "dynamic int8, 7 bits": partial(dynamic, reduce_range=True),
    "static U8S8": partial(static, **MIXED),
    "static U8S8, per channel": partial(static, per_channel=True, **MIXED),
    "static U8S8, per channel, 7 bits": partial(
        static, per_channel=True, reduce_range=True, **MIXED
    ),
    "static S8S8": partial(static, **SIGNED),
    "static U8U8": partial(static, **UNSIGNED),
    "static QOperator": partial(static, quant_format=QuantFormat.QOperator, **MIXED),
    "INT4, DequantizeLinear": four_bits,
    "INT4, MatMulNBits": four_bits_of_onnxruntime,
}
