"""A case's node between others, as it stands in a network: what it is fed is computed.

Engines differ in what they make of a node that is the whole file: MNN hands out the answer of a
convolution over one dimension with another shape, tract no int64 that a Cast made.
"""

from dataclasses import replace

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from tests.interop.operators.uses import read_nodes

TRIED = "tried"  # the name of the node that the case is about
WHOLE = {TensorProto.INT32: np.int32, TensorProto.INT64: np.int64}
SMALL = {TensorProto.FLOAT16, TensorProto.INT8, TensorProto.UINT8}  # which some can't be fed


def before(graph, name, kind, array):
    """Return the node that computes a case's input, and what is fed to that node; or None.

    Twice the numbers are halved, one is added, a word is turned round: each is exact.
    """
    fed = f"{name} fed"
    array = np.asarray(array)
    if kind == TensorProto.FLOAT:
        half = numpy_helper.from_array(np.float32(0.5), f"{name} half")
        graph.initializer.append(half)
        return helper.make_node("Mul", [fed, half.name], [name]), kind, array * np.float32(2)
    if kind in WHOLE:
        one = numpy_helper.from_array(WHOLE[kind](1), f"{name} one")
        graph.initializer.append(one)
        return helper.make_node("Add", [fed, one.name], [name]), kind, array - array.dtype.type(1)
    if kind == TensorProto.BOOL:
        return helper.make_node("Not", [fed], [name]), kind, ~array
    if kind in SMALL:
        cast = helper.make_node("Cast", [fed], [name], to=kind)
        return cast, TensorProto.FLOAT, array.astype(np.float32)
    return None


def behind(graph, name, kind, array):
    """Return the node that goes on with a case's output, and what is right of that; or None."""
    given = f"{name} given"
    array = np.asarray(array)
    if kind == TensorProto.FLOAT:
        half = numpy_helper.from_array(np.float32(0.5), f"{name} half")
        graph.initializer.append(half)
        return helper.make_node("Mul", [name, half.name], [given]), kind, array / np.float32(2)
    if kind in {*WHOLE, *SMALL, TensorProto.BOOL}:
        cast = helper.make_node("Cast", [name], [given], to=TensorProto.FLOAT)
        return cast, TensorProto.FLOAT, array.astype(np.float32)
    return None


def between_others(case):
    """Return a case with a node before each input and one behind each output, or None."""
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    graph = model.graph
    tried = [*graph.node]
    tried[0].name = TRIED
    sides = []
    for values, arrays, make in (
        (graph.input, case.inputs, before),
        (graph.output, case.outputs, behind),
    ):
        nodes = []
        others = []
        for value, array in zip(values, arrays, strict=True):
            kind = value.type.tensor_type.elem_type
            made = make(graph, value.name, kind, array) if isinstance(array, np.ndarray) else None
            if made is None:
                return None
            added, other, numbers = made
            nodes.append(added)
            value.type.tensor_type.elem_type = other
            value.name = added.input[0] if make is before else added.output[0]
            others.append(np.asarray(numbers, helper.tensor_dtype_to_np_dtype(other)))
        sides.append((nodes, others))
    (first, inputs), (last, outputs) = sides
    del graph.node[:]
    graph.node.extend([*first, *tried, *last])
    try:
        onnx.checker.check_model(model, full_check=True)
    except Exception:  # an older opset has no Add of whole numbers, say
        return None
    return replace(case, model=model, inputs=inputs, outputs=outputs)


def use_of(model):
    """Return the use of the node that a trial is about: the one between others, or the first."""
    found = read_nodes(model)
    return next((use for node, use in found if node.name == TRIED), found[0][1])
