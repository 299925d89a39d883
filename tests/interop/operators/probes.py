"""What a file may have beside its nodes, one file for each: its format, functions, idioms.

features_of(model)      ["IR 10", "opset 18", "a function"]: the names of probes that fit it
make_probes()           {name: (model, inputs)}; a name that is no feature tries nodes together
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from tests.kit.graphs import domain_of

OLDEST_IR = 3
OPSETS = range(7, onnx.defs.onnx_opset_version() + 1)
DOMAIN = "probe"
X = np.float32([[1, -2, 3], [0, 4, -5]])


# Features -----------------------------------------------------------------------------------------
def features_of(model):
    """Return what a model has of what probes try, as their names."""
    opsets = [one.version for one in model.opset_import if domain_of(one) == ""]
    found = [f"IR {model.ir_version}", *(f"opset {version}" for version in opsets[:1])]
    if len(opsets) > 1:
        found.append("an opset stated twice")
    if model.functions:
        found.append("a function")
    for function in model.functions:
        found += ["a function with attributes"] if function.attribute else []
        found += ["a function with a default"] if function.attribute_proto else []
        for node in function.node:
            given = [item.ref_attr_name for item in node.attribute if item.ref_attr_name]
            if given and node.op_type == "LeakyRelu":
                found.append("a LeakyRelu with an attribute of a function")
    return list(dict.fromkeys(found))


# Probes -------------------------------------------------------------------------------------------
def make_model(nodes, inputs, outputs, tensors=(), ir=8, opset=17, **more):
    """Return a model with inputs and outputs as (name, type of numbers, sizes)."""
    sides = []
    for values in (inputs, outputs):
        sides.append([helper.make_tensor_value_info(*value) for value in values])
    graph = helper.make_graph(nodes, "probe", *sides, list(tensors))
    imports = [helper.make_opsetid("", opset)]
    return helper.make_model(graph, opset_imports=imports, ir_version=ir, **more)


def plain(ir=8, opset=17):
    """Return a network of two layers, whose weights are inputs, too, where the IR says so."""
    rng = np.random.default_rng(0)
    shapes = {"W": (3, 4), "b": (4,), "V": (4, 2), "c": (2,)}
    tensors = []
    inputs = [("X", TensorProto.FLOAT, ["N", 3])]
    for name, shape in shapes.items():
        tensors.append(numpy_helper.from_array(rng.normal(size=shape).astype(np.float32), name))
        if ir < 4:
            inputs.append((name, TensorProto.FLOAT, shape))
    nodes = [
        helper.make_node("Gemm", ["X", "W", "b"], ["H"]),
        helper.make_node("Relu", ["H"], ["R"]),
        helper.make_node("Gemm", ["R", "V", "c"], ["Y"]),
    ]
    return make_model(nodes, inputs, [("Y", TensorProto.FLOAT, ["N", 2])], tensors, ir, opset)


def with_function(operator, default=False, **attributes):
    """Return a model that calls a function of one operator, whose attributes are the call's."""
    inner = helper.make_node(operator, ["x"], ["y"])
    for name in attributes:
        reference = onnx.AttributeProto(name=name, ref_attr_name=name)
        reference.type = onnx.AttributeProto.FLOAT
        inner.attribute.append(reference)
    imports = [helper.make_opsetid("", 17)]
    protos = [helper.make_attribute(name, value) for name, value in attributes.items()]
    settings = {"attribute_protos": protos} if default else {"attributes": list(attributes)}
    function = helper.make_function(DOMAIN, "F", ["x"], ["y"], [inner], imports, **settings)
    stated = {} if default else attributes
    call = helper.make_node("F", ["X"], ["Y"], domain=DOMAIN, **stated)
    values = ("X", TensorProto.FLOAT, ["N", 3]), ("Y", TensorProto.FLOAT, ["N", 3])
    model = make_model([call], [values[0]], [values[1]], functions=[function])
    model.opset_import.append(helper.make_opsetid(DOMAIN, 1))
    return model


def branches(condition):
    """Return an If of two branches that read what stands outside, by a condition of some kind."""
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 3])]
    then = helper.make_graph([helper.make_node("Add", ["R", "R"], ["y"])], "then", [], outputs)
    other = helper.make_graph([helper.make_node("Neg", ["R"], ["y"])], "else", [], outputs)
    nodes = [helper.make_node("Relu", ["X"], ["R"])]
    tensors = []
    inputs = [("X", TensorProto.FLOAT, ["N", 3])]
    if condition == "constant":
        tensors.append(numpy_helper.from_array(np.array(True), "c"))
    elif condition == "fed":
        inputs.append(("c", TensorProto.BOOL, []))
    else:
        tensors.append(numpy_helper.from_array(np.float32(0), "zero"))
        nodes.append(helper.make_node("ReduceMax", ["X"], ["most"], keepdims=0))
        nodes.append(helper.make_node("Greater", ["most", "zero"], ["c"]))
    nodes.append(helper.make_node("If", ["c"], ["Y"], then_branch=then, else_branch=other))
    return make_model(nodes, inputs, [("Y", TensorProto.FLOAT, ["N", 3])], tensors)


def loop(counted):
    """Return a Loop that carries a state and hands out each, as often as is constant or fed."""
    kinds = [("i", TensorProto.INT64, []), ("go", TensorProto.BOOL, [])]
    inputs = [helper.make_tensor_value_info(*kind) for kind in kinds]
    state = ("state", TensorProto.FLOAT, [2, 3])
    inputs.append(helper.make_tensor_value_info(*state))
    outputs = [helper.make_tensor_value_info("on", TensorProto.BOOL, [])]
    for name in ("next", "each"):
        outputs.append(helper.make_tensor_value_info(name, *state[1:]))
    nodes = [
        helper.make_node("Identity", ["go"], ["on"]),
        helper.make_node("Add", ["state", "X"], ["next"]),
        helper.make_node("Identity", ["next"], ["each"]),
    ]
    body = helper.make_graph(nodes, "body", inputs, outputs)
    fed = [("X", TensorProto.FLOAT, [2, 3])]
    tensors = [numpy_helper.from_array(np.array(True), "yes")]
    if counted == "fed":
        fed.append(("times", TensorProto.INT64, []))
    else:
        tensors.append(numpy_helper.from_array(np.array(3), "times"))
    node = helper.make_node("Loop", ["times", "yes", "X"], ["last", "all"], body=body)
    answers = [("last", TensorProto.FLOAT, [2, 3]), ("all", TensorProto.FLOAT, [None, 2, 3])]
    return make_model([node], fed, answers, tensors)


def make_probes():
    """Return {name: (model, inputs)}."""
    probes = {}
    for ir in range(OLDEST_IR, onnx.IR_VERSION + 1):
        probes[f"IR {ir}"] = plain(ir, 7 if ir < 8 else 17), [X]
    for opset in OPSETS:
        ir = max(8, helper.find_min_ir_version_for([helper.make_opsetid("", opset)]))
        probes[f"opset {opset}"] = plain(ir, opset), [X]
    twice = plain()
    twice.opset_import.append(helper.make_opsetid("", 17))
    probes["an opset stated twice"] = twice, [X]
    probes["a function"] = with_function("Relu"), [X]
    probes["a function with attributes"] = with_function("Elu", alpha=0.5), [X]
    probes["a function with a default"] = with_function("Elu", True, alpha=0.5), [X]
    leaky = "a LeakyRelu with an attribute of a function"
    probes[leaky] = with_function("LeakyRelu", alpha=0.5), [X]
    for kind in ("constant", "computed", "fed"):
        given = [X, np.array(True)] if kind == "fed" else [X]
        probes[f"If, {kind}"] = branches(kind), given
    probes["Loop, constant"] = loop("constant"), [X]
    probes["Loop, fed"] = loop("fed"), [X, np.array(3)]
    return probes
