"""Mistakes about versions: of the file format (IR), of the operators (opset), of packages."""

import importlib

import ml_dtypes
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper, version_converter

from tests.kit.graphs import inline
from tests.mistakes.catalogue import Result, mistake
from tests.mistakes.right import (
    RNG,
    network,
    network_model,
    plant,
    plant_model,
    replace,
    small,
)

OPSET_18 = helper.make_opsetid("", 18)


@mistake(
    "`make_model` stamps the newest IR version that onnx knows, and the runtime knows less",
    "`make_model(..., ir_version=8)`",
    common=True,
)
def newest_ir_version(mended, folder):
    right = plant_model()
    choice = {"ir_version": 8} if mended else {}
    return plant(helper.make_model(right.graph, opset_imports=[OPSET_18], **choice))


@mistake(
    "`make_model` states the newest opset that onnx knows, and the runtime knows less",
    'pin it: `make_opsetid("", 18)`, `target_opset=18`; of a file that is there: '
    "[exercise 6](../exercises/ex06_too_new.py)",
    shows="ONNX Runtime only *guarantees* support for models stamped with official released onnx "
    "opset versions",
    tell="the opset is not higher than `onnx.defs.onnx_opset_version()`",
    common=True,
)
def newest_opset(mended, folder):
    right = plant_model()
    choice = {"opset_imports": [OPSET_18]} if mended else {}
    return plant(helper.make_model(right.graph, ir_version=8, **choice))


@mistake(
    "a file from the future: its opset is one that this onnx does not know yet",
    "export again for an opset that the runtime knows",
    shows="ONNX Runtime only *guarantees* support for models stamped with official released onnx "
    "opset versions",
    tell="the opset is higher than `onnx.defs.onnx_opset_version()`",
)
def opset_from_the_future(mended, folder):
    model = plant_model()
    model.opset_import[0].version = 18 if mended else 99
    return plant(model)


@mistake(
    "function and model import different opsets, and an operator changed in between",
    "one list for both",
    shows="not compatible with the version imported by model",
)
def function_of_another_opset(mended, folder):
    model = network_model()
    model.functions[0].opset_import[0].version = 18 if mended else 12
    return network(model)


@mistake(
    "the number of the opset was changed by hand, and `Softmax` meant something else before 13",
    "`version_converter.convert_version(model, 13)`, which rewrites the nodes, too",
)
def opset_changed_by_hand(mended, folder):
    X = RNG.normal(size=(2, 3, 4)).astype(np.float32)
    exps = np.exp(X.astype(np.float64))
    expected = exps / exps.sum(axis=(1, 2), keepdims=True)  # before 13: all but the first dimension
    attempt = small(helper.make_node("Softmax", ["X"], ["Y"]), X, expected, opset=12)
    attempt.model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 2
    if mended:
        return attempt._replace(model=version_converter.convert_version(attempt.model, 13))
    attempt.model.opset_import[0].version = 13
    return attempt


@mistake(
    "the version converter does not go below 14 with an `Add`: that step was not written",
    "build or export for the older opset in the first place; or there is "
    "[no way down](../questions/versions.md#what-if-there-is-no-way-down)",
    shows="No Adapter From Version $14 for Add",
)
def opset_converted_too_far_down(mended, folder):
    if mended:
        right = plant_model()
        imports = [helper.make_opsetid("", 13)]
        return plant(helper.make_model(right.graph, opset_imports=imports, ir_version=8))
    return plant(version_converter.convert_version(plant_model(), 13))


@mistake(
    "the version converter leaves the model's functions out",
    "[inline](../questions/building.md#how-do-i-inline-the-functions-of-any-model) first, then "
    "convert",
    shows="tutorial:Dense(-1) is not a registered function/op",
    tell="the model had the function before it was converted: `model.functions`",
)
def functions_lost_by_the_version_converter(mended, folder):
    model = network_model()
    if mended:
        model = inline(model)
    return network(version_converter.convert_version(model, 21))


IMPLEMENTATION = "Could not find an implementation for Add(6) node with name ''"


@mistake(
    "the same domain is imported twice, in two versions",
    "one import a domain: read them by domain, never by position",
    shows=IMPLEMENTATION,
    tell="`model.opset_import` names one domain twice",
)
def domain_imported_twice(mended, folder):
    model = plant_model()
    if not mended:
        replace(model.opset_import, OPSET_18, helper.make_opsetid("", 6))
    return plant(model)


@mistake(
    "the file is of an opset below 7, and onnxruntime implements `Add` from 7 on",
    "`version_converter.convert_version(model, 18)`; below 7 it takes no named dimension: give it "
    "a number before, and its name afterwards",
    shows=IMPLEMENTATION,
    tell="`model.opset_import` names each domain once, the standard's with less than 7",
)
def opset_below_7(mended, folder):
    X = np.arange(6, dtype=np.float32).reshape(2, 3)
    attempt = small(helper.make_node("Add", ["X", "X"], ["Y"]), X, 2 * X, opset=6)
    if not mended:
        return attempt
    for info in [*attempt.model.graph.input, *attempt.model.graph.output]:
        info.type.tensor_type.shape.dim[0].dim_value = 1
    model = version_converter.convert_version(attempt.model, 18)
    for info in [*model.graph.input, *model.graph.output]:
        info.type.tensor_type.shape.dim[0].dim_param = "N"
    return attempt._replace(model=model)


# What onnx had once -------------------------------------------------------------------------------
@mistake(
    "code for an older onnx: `onnx.mapping` is gone",
    "`helper.tensor_dtype_to_np_dtype`, `helper.np_dtype_to_tensor_dtype`",
    shows="module 'onnx' has no attribute 'mapping'",
    by="Python",
)
def types_by_the_old_table(mended, folder):
    if mended:
        return Result(helper.tensor_dtype_to_np_dtype(TensorProto.FLOAT), np.dtype("float32"))
    return Result(onnx.mapping.TENSOR_TYPE_TO_NP_TYPE[TensorProto.FLOAT], np.dtype("float32"))


@mistake(
    "code for an older onnx: `helper.float32_to_bfloat16` and its like are gone",
    "`array.astype(ml_dtypes.bfloat16)`, then `numpy_helper.from_array`",
    shows="module 'onnx.helper' has no attribute 'float32_to_bfloat16'",
    by="Python",
)
def bfloat16_by_the_old_function(mended, folder):
    number = np.float32(1.5)
    bits = 0x3FC0  # the upper half of the float32
    if mended:
        tensor = numpy_helper.from_array(number.astype(ml_dtypes.bfloat16))
        return Result(int.from_bytes(tensor.raw_data, "little"), bits)
    return Result(helper.float32_to_bfloat16(number), bits)


@mistake(
    "the drawer `onnx.tools.net_drawer` is gone, as are `onnx.hub` and `onnx.optimizer`",
    "`onnx.printer.to_text(model)` writes the graph out, in place of the deprecated "
    "`helper.printable_graph`, too",
    by="Python",
)
def drawn_by_the_old_tool(mended, folder):
    model = plant_model()
    if mended:
        lines = onnx.printer.to_text(model).splitlines()
        return Result([line.strip() for line in lines if "MatMul" in line], ["XW = MatMul (X, W)"])
    drawer = importlib.import_module("onnx.tools.net_drawer")
    return Result(drawer.GetPydotGraph(model.graph), None)
