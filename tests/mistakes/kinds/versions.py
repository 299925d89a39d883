"""Mistakes about versions: of the file format (IR), of the operators (opset), of packages."""

import numpy as np
from onnx import helper, version_converter

from tests.kit.graphs import inline
from tests.mistakes.catalogue import mistake
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
    'pin it: `make_opsetid("", 18)`, `target_opset=18`',
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
    "a file from the future: its opset is one that nobody knows yet",
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
    "the version converter goes down only where somebody wrote the step, and none for `Add` below "
    "14",
    "build or export for the older opset in the first place",
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
    "inline first (`tests/kit/graphs.py`), then convert",
    shows="tutorial:Dense(-1) is not a registered function/op",
    tell="the model had the function before it was converted: `model.functions`",
)
def functions_lost_by_the_version_converter(mended, folder):
    model = network_model()
    if mended:
        model = inline(model)
    return network(version_converter.convert_version(model, 21))


@mistake(
    "the same domain is imported twice, in two versions",
    "one import a domain: read them by domain, never by position",
    shows="",
)
def domain_imported_twice(mended, folder):
    model = plant_model()
    if not mended:
        replace(model.opset_import, OPSET_18, helper.make_opsetid("", 6))
    return plant(model)
