"""What a file may have beside its nodes, one file for each: its format, functions, free sizes.

The blocks of blocks.py, which its nodes may form, are among them.

features_of(model)      ["IR 10", "opset 18", "a function"]: the names of probes that fit it
make_probes()           {name: (model, inputs)}; a name that is no feature tries nodes together
"""

import math

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from tests.engines import input_names
from tests.engines.plain_c import fix_sizes
from tests.interop.operators.blocks import find_blocks, make_blocks
from tests.interop.operators.shapes import WAYS, find_ways, make_ways, name_way
from tests.interop.operators.together import find_together, make_together
from tests.interop.operators.uses import without_functions
from tests.kit.graphs import domain_of, list_subgraphs, nodes_of

OLDEST_IR = 3
OPSET_OF_IR = {3: 8, 4: 9, 5: 10, 6: 11, 7: 14}  # the newest that came with it
OPSETS = range(7, onnx.defs.onnx_opset_version() + 1)
DOMAIN = "probe"
X = np.float32([[1, -2, 3], [0, 4, -5]])
SEQUENCE = np.random.default_rng(1).normal(size=(6, 2, 3)).astype(np.float32)
GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
ONE_NODE = "one node"  # how the name of a probe begins that is a trial of its node
GROWING = {"ConvTranspose", "Resize", "Upsample"}
NO_NAME = "an input with a free size that has no name"
MINUS_ONE = "an input with a size of -1"
QUESTIONS = "an input with two free sizes called ?"  # as Paddle calls them, be they equal or not
UNUSED = "an import of a domain that no node uses"
TWO_RANKS = "an If whose answer is of one rank or another"  # as a script squeezes an axis
EMPTY = "a constant without numbers"
LEFT_OUT = "a Clip whose upper limit is an empty name"  # as PyTorch's older exporter writes it
UNSIZED = "a normalised layer whose last size the inference of shapes does not find"
HEAVY = "20 million numbers of its own"
LIMIT = 20_000_000
KNOWN_DOMAINS = {  # which ONNX Runtime's tools import, whatever a file uses
    *("", "ai.onnx.ml", "ai.onnx.training", "ai.onnx.preview.training", "com.microsoft"),
    *("com.microsoft.nchwc", "com.microsoft.experimental", "org.pytorch.aten"),
}
MADE = {  # who made a weight of a Conv, as Paddle and PyTorch's older exporter write it
    "Constant": "a filter by a Constant",
    "Identity": "a filter behind an Identity",
}
# Of the sizes that a file leaves open:
OPEN = "an answer whose sizes follow from its numbers"
INNER = "a size inside that follows from its numbers"
DOUBLED = "pictures of free sizes, halved, doubled and joined"
OF_FILES = (OPEN, INNER)
# Of exporters' files recorded, to see what became of those that have it:
RECORDED = (*OF_FILES, DOUBLED, *(name_way(*way) for way in WAYS))
ROWS, LONG = 1, 960  # free sizes, when that is found out: of the first axis, and of the others
BETWEEN = "whole numbers between its nodes"  # of which nothing is said: a rounding decides


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
    domains = {domain_of(node) for node in nodes_of(model.graph)}
    domains.update(KNOWN_DOMAINS, (function.domain for function in model.functions))
    if any(domain_of(opset) not in domains for opset in model.opset_import):
        found.append(UNUSED)
    found += features_of_inputs(model)
    found += find_open(model)
    makers = {wire: node.op_type for node in model.graph.node for wire in node.output}
    weights = [node.input[1:] for node in model.graph.node if node.op_type == "Conv"]
    kinds = {makers.get(name) for names in weights for name in names}  # of a filter or a bias
    found += [feature for maker, feature in MADE.items() if maker in kinds]
    found += [DOUBLED] if doubles_pictures(model) else []
    found += find_ways(model)
    found += [TWO_RANKS] if has_two_ranks(model) else []
    found += [EMPTY] if any(map(is_empty, list_tensors(model))) else []
    clips = [node for node in nodes_of(model.graph) if node.op_type == "Clip"]
    found += [LEFT_OUT] if any([*node.input[2:]] == [""] for node in clips) else []
    found += [UNSIZED] if has_unsized(model) else []
    numbers = sum(math.prod(tensor.dims) for tensor in list_tensors(model))
    found += [HEAVY] if numbers >= LIMIT else []
    held = {tensor.name for tensor in model.graph.initializer}
    quantised = [node for node in model.graph.node if node.op_type == "QuantizeLinear"]
    if any(node.input[0] not in held for node in quantised):
        found.append(BETWEEN)
    flat = without_functions(model)
    found += find_together(flat)
    found += find_blocks(flat)
    return list(dict.fromkeys(found))


def features_of_inputs(model):
    """Return what is odd of the sizes of what a model is fed."""
    fed = set(input_names(model))
    found = []
    for value in model.graph.input:
        if value.name not in fed or not value.type.HasField("tensor_type"):
            continue
        for dim in value.type.tensor_type.shape.dim:
            if dim.dim_value < 0:
                found.append(MINUS_ONE)
            elif not dim.HasField("dim_value") and not dim.dim_param:
                found.append(NO_NAME)
        names = [dim.dim_param for dim in value.type.tensor_type.shape.dim]
        found += [QUESTIONS] if names.count("?") > 1 else []
    return found


def has_unsized(model):
    """Return whether no last size is inferred for what a LayerNormalization is fed.

    Of sizes that the file computes none is, unless the inference is told to follow their numbers.
    """
    fed = [node.input[0] for node in model.graph.node if node.op_type == "LayerNormalization"]
    if not fed:
        return False
    try:
        typed = onnx.shape_inference.infer_shapes(model)
    except Exception:  # of a model that contradicts itself, say
        return False
    last = {}
    for value in [*typed.graph.input, *typed.graph.value_info, *typed.graph.output]:
        sizes = value.type.tensor_type.shape.dim
        last[value.name] = sizes[-1].dim_value if sizes else 0
    return not all(last.get(name) for name in fed)


def list_tensors(model):
    """Return the arrays that a model holds, those of its nodes included."""
    tensors = list(model.graph.initializer)
    for node in nodes_of(model.graph):
        tensors += [attribute.t for attribute in node.attribute if attribute.HasField("t")]
    return tensors


def is_empty(tensor):
    """Return whether an array has no numbers, and no field that would hold them either."""
    return 0 in tensor.dims and not tensor.HasField("raw_data")


def doubles_pictures(model):
    """Return whether pictures of free sizes are made smaller and larger, and joined, by a model."""
    free = False
    for value in model.graph.input:
        dims = value.type.tensor_type.shape.dim
        free |= len(dims) == 4 and all(dim.dim_value < 1 for dim in dims[2:])
    nodes = without_functions(model).graph.node
    steps = [helper.get_node_attr_value(node, "strides") for node in nodes if has_strides(node)]
    operators = {node.op_type for node in nodes}
    halved = any(max(step) > 1 for step in steps)
    return bool(free and halved and operators & GROWING and "Concat" in operators)


def has_two_ranks(model):
    """Return whether the branches of some If hand out arrays of unlike ranks."""
    try:
        typed = onnx.shape_inference.infer_shapes(without_functions(model), data_prop=True)
    except Exception:  # of a model that contradicts itself, say
        return False
    for node in nodes_of(typed.graph):
        if node.op_type == "If":
            branches = [graph.output for graph in list_subgraphs(node)]
            for values in zip(*branches, strict=True):
                ranks = set(map(rank_of, values))
                if None not in ranks and len(ranks) > 1:
                    return True
    return False


def rank_of(value):
    """Return the rank of a value of a graph, None where it is not known."""
    kind = value.type.tensor_type
    return len(kind.shape.dim) if kind.HasField("shape") else None


def has_strides(node):
    return any(attribute.name == "strides" for attribute in node.attribute)


def find_open(model):
    """Return OPEN or INNER where sizes stay open when those of the inputs are fixed, or nothing."""
    fed = set(input_names(model))
    sizes = {}
    inputs = []
    for value in model.graph.input:
        shape = []
        for axis, dim in enumerate(value.type.tensor_type.shape.dim):
            free = not dim.HasField("dim_value") or dim.dim_value < 0
            name = dim.dim_param or (value.name, axis)
            size = sizes.setdefault(name, LONG if axis else ROWS) if free else dim.dim_value
            shape.append(size)
        if value.name in fed:
            inputs.append(np.broadcast_to(np.float32(0), shape))
    fixed = onnx.ModelProto()
    fixed.CopyFrom(model)
    try:
        fix_sizes(fixed, inputs)
    except ValueError:
        return [OPEN]
    try:
        inner = onnx.shape_inference.infer_shapes(fixed, data_prop=True).graph.value_info
    except Exception:  # of a model that contradicts itself, say
        return []
    tensors = [value.type.tensor_type for value in inner if value.type.HasField("tensor_type")]
    known = [has_sizes(tensor) for tensor in tensors]
    return [] if all(known) else [INNER]


def has_sizes(tensor):
    return tensor.HasField("shape") and all(dim.HasField("dim_value") for dim in tensor.shape.dim)


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
    nodes = [  # no Gemm, which some know of some opsets alone
        helper.make_node("MatMul", ["X", "W"], ["P"]),
        helper.make_node("Add", ["P", "b"], ["H"]),
        helper.make_node("Relu", ["H"], ["R"]),
        helper.make_node("MatMul", ["R", "V"], ["Q"]),
        helper.make_node("Add", ["Q", "c"], ["Y"]),
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
    """Return an If of two branches that read what stands outside, by a condition of some kind.

    The condition is one truth value; of which rank, the standard leaves open.
    """
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
        kept = int(condition == "of two axes")
        nodes.append(helper.make_node("ReduceMax", ["X"], ["most"], keepdims=kept))
        nodes.append(helper.make_node("Greater", ["most", "zero"], ["c"]))
    nodes.append(helper.make_node("If", ["c"], ["Y"], then_branch=then, else_branch=other))
    return make_model(nodes, inputs, [("Y", TensorProto.FLOAT, ["N", 3])], tensors)


def inside(operator, weights, **attributes):
    """Return an If whose branches hold one operator, fed from outside, and none."""
    outputs = [helper.make_empty_tensor_value_info("y")]
    held = [numpy_helper.from_array(array, f"W{i}") for i, array in enumerate(weights)]
    names = ["R", *(tensor.name for tensor in held)]
    wires = ["", "y"] if operator in ("LSTM", "GRU") else ["y"]
    node = helper.make_node(operator, names, wires, **attributes)
    then = helper.make_graph([node], "then", [], outputs, held)
    held = [numpy_helper.from_array(array, f"V{i}") for i, array in enumerate(weights)]
    names = ["R", *(tensor.name for tensor in held)]
    other = helper.make_node(operator, names, wires, **attributes)
    otherwise = helper.make_graph([other], "else", [], outputs, held)
    nodes = [
        helper.make_node("Relu", ["X"], ["R"]),
        helper.make_node("If", ["c"], ["Y"], then_branch=then, else_branch=otherwise),
    ]
    inputs = [("X", TensorProto.FLOAT, ["N", 3, 4]), ("c", TensorProto.BOOL, [])]
    return make_model(nodes, inputs, [answer_of(operator)])


def answer_of(operator):
    """Return what a model of one operator hands out: three free sizes."""
    kind = TensorProto.INT64 if operator == "Cast" else TensorProto.FLOAT
    return "Y", kind, [None] * 3


def squeezes():
    """Return an If that squeezes the last axis where it is one long, and the largest number."""
    outputs = [helper.make_empty_tensor_value_info("y")]
    last = numpy_helper.from_array(np.int64([2]), "value")
    then_nodes = [
        helper.make_node("Constant", [], ["last"], value=last),
        helper.make_node("Squeeze", ["X", "last"], ["y"]),
    ]
    then = helper.make_graph(then_nodes, "then", [], outputs)
    as_it_is = helper.make_graph([helper.make_node("Identity", ["X"], ["y"])], "else", [], outputs)
    held = []
    for name, number in (("place", 2), ("one", 1)):
        held.append(numpy_helper.from_array(np.int64(number), name))
    nodes = [
        helper.make_node("Shape", ["X"], ["sizes"]),
        helper.make_node("Gather", ["sizes", "place"], ["length"]),
        helper.make_node("Equal", ["length", "one"], ["c"]),
        helper.make_node("If", ["c"], ["S"], then_branch=then, else_branch=as_it_is),
        helper.make_node("ReduceMax", ["S"], ["Y"], keepdims=0),
    ]
    fed = [("X", TensorProto.FLOAT, ["N", 3, "L"])]
    return make_model(nodes, fed, [("Y", TensorProto.FLOAT, [])], held)


def of_unknown_rank(operator, weights, **attributes):
    """Return a model of one operator behind a Squeeze that states no axes: its rank is open."""
    held = [numpy_helper.from_array(array, f"W{i}") for i, array in enumerate(weights)]
    names = ["R", *(tensor.name for tensor in held)]
    nodes = [
        helper.make_node("Squeeze", ["X"], ["R"]),
        helper.make_node(operator, names, ["Y"], **attributes),
    ]
    inputs = [("X", TensorProto.FLOAT, [1, "N", 3, 4])]
    return make_model(nodes, inputs, [answer_of(operator)], held)


def with_one_operator():
    """Return {name: (model, inputs)} of operators in a branch, and of unknown rank."""
    rng = np.random.default_rng(0)
    ones = np.ones(3, np.float32)
    recurrent = [rng.normal(size=(1, 8, 4)), rng.normal(size=(1, 8, 2))]
    gated = [rng.normal(size=(1, 6, 4)), rng.normal(size=(1, 6, 2))]
    operators = {
        "Conv": ([rng.normal(size=(2, 3, 3))], {"kernel_shape": [3]}),
        "MatMul": ([rng.normal(size=(4, 2))], {}),
        "Add": ([rng.normal(size=4)], {}),
        "Mul": ([rng.normal(size=4)], {}),
        "BatchNormalization": ([ones] * 4, {}),
        "Relu": ([], {}),
        "Sigmoid": ([], {}),
        "Softmax": ([], {"axis": -1}),
        "Transpose": ([], {"perm": [0, 2, 1]}),
        "ReduceMean": ([], {"axes": [1], "keepdims": 1}),
        "Cast": ([], {"to": TensorProto.INT64}),
    }
    in_branches = {"LSTM": (recurrent, {"hidden_size": 2}), "GRU": (gated, {"hidden_size": 2})}
    X3 = rng.normal(size=(5, 3, 4)).astype(np.float32)
    probes = {}
    for name, (weights, attributes) in {**operators, **in_branches}.items():
        held = [np.asarray(array, np.float32) for array in weights]
        probes[f"If, {name}"] = inside(name, held, **attributes), [X3, np.array(True)]
        if name in operators:
            model = of_unknown_rank(name, held, **attributes)
            probes[f"unknown rank, {name}"] = model, [X3[np.newaxis]]
    return probes


def recurrent_weights(operator, ways=1):
    """Return W and R of a layer of four cells for rows of three, as the file holds them."""
    rng = np.random.default_rng(0)
    held = []
    for name, width in (("W", 3), ("R", 4)):
        array = rng.normal(size=(ways, 4 * GATES[operator], width)).astype(np.float32)
        held.append(numpy_helper.from_array(array, name))
    return held


def states_of(operator):
    return ["h", "c"] if operator == "LSTM" else ["h"]


def with_fed_state(operator):
    """Return a recurrent layer over free steps, whose states are fed, and its inputs."""
    rng = np.random.default_rng(0)
    states = states_of(operator)
    answers = ["Y", *(f"{name}2" for name in states)]
    node = helper.make_node(operator, ["X", "W", "R", "", "", *states], answers, hidden_size=4)
    fed = [("X", TensorProto.FLOAT, ["T", 1, 3])]
    fed += [(name, TensorProto.FLOAT, [1, 1, 4]) for name in states]
    handed_out = [("Y", TensorProto.FLOAT, ["T", 1, 1, 4])]
    handed_out += [(name, TensorProto.FLOAT, [1, 1, 4]) for name in answers[1:]]
    inputs = [rng.normal(size=(8, 1, 3)).astype(np.float32)]
    inputs += [rng.normal(size=(1, 1, 4)).astype(np.float32) for _ in states]
    return make_model([node], fed, handed_out, recurrent_weights(operator)), inputs


def of_a_free_batch(operator, direction, with_state, stated=(), last=False):
    """Return a recurrent layer of free steps and rows, which another node computes.

    Its state is zeros for as many rows as there are, as PyTorch writes it, or is not given. last:
    it has a bias and names for its last states, too, whether or not anybody reads them. As Keras'
    converters write it, its activations are stated.
    """
    ways = 2 if direction == "bidirectional" else 1
    held = recurrent_weights(operator, ways)
    given = ["R0", "W", "R"]
    nodes = [helper.make_node("Relu", ["X"], ["R0"])]
    if last:
        bias = np.random.default_rng(2).normal(size=(ways, 8 * GATES[operator]))
        held.append(numpy_helper.from_array(bias.astype(np.float32), "B"))
    if with_state:
        given += ["B" if last else "", "", *["zeros"] * len(states_of(operator))]
        for name, numbers in (("second", [1]), ("ways", [ways]), ("cells", [4])):
            held.append(numpy_helper.from_array(np.int64(numbers), name))
        nodes += [
            helper.make_node("Shape", ["R0"], ["sizes"]),
            helper.make_node("Gather", ["sizes", "second"], ["rows"]),
            helper.make_node("Concat", ["ways", "rows", "cells"], ["shape"], axis=0),
            helper.make_node("ConstantOfShape", ["shape"], ["zeros"]),
        ]
    sizes = {"hidden_size": 4, "direction": direction}
    if stated:
        sizes["activations"] = [*stated] * ways
    named = [f"last {name}" for name in states_of(operator)] if last else []
    nodes.append(helper.make_node(operator, given, ["S", *named], **sizes))
    nodes.append(helper.make_node("Neg", ["S"], ["Y"]))
    fed = ("X", TensorProto.FLOAT, ["T", "N", 3])
    return make_model(nodes, [fed], [("Y", TensorProto.FLOAT, ["T", ways, "N", 4])], held)


def resized(mode, given="H,W", answered="A,B"):
    """Return a Resize to twice the height and width that pictures have, by a mode.

    As PyTorch writes its interpolation: nearest_mode is stated, whatever the mode.
    """
    model = onnx.parser.parse_model(f'''
        <ir_version: 8, opset_import: ["" : 14]>
        resized (float[N,3,{given}] X) => (float[N,3,{answered}] Y)
        <int64[1] zero = {{0}}, int64[1] two = {{2}}, int64[1] four = {{4}}> {{
            R = Relu (X)
            all = Shape (R)
            kept = Slice (all, zero, two)
            sides = Slice (all, two, four)
            twice = Mul (sides, two)
            sizes = Concat <axis = 0> (kept, twice)
            Y = Resize <mode = "{mode}", nearest_mode = "floor",
                coordinate_transformation_mode = "pytorch_half_pixel"> (R, , , sizes)
        }}''')
    return model, [np.random.default_rng(0).normal(size=(2, 3, 4, 4)).astype(np.float32)]


def loop(counted):
    """Return a Loop that carries a state and hands out each: how often is constant or fed.

    Or it goes on while the state is small.
    """
    kinds = [("i", TensorProto.INT64, []), ("go", TensorProto.BOOL, [])]
    inputs = [helper.make_tensor_value_info(*kind) for kind in kinds]
    state = ("state", TensorProto.FLOAT, [2, 3])
    inputs.append(helper.make_tensor_value_info(*state))
    outputs = [helper.make_tensor_value_info("on", TensorProto.BOOL, [])]
    for name in ("next", "each"):
        outputs.append(helper.make_tensor_value_info(name, *state[1:]))
    nodes = [
        helper.make_node("Add", ["state", "X"], ["next"]),
        helper.make_node("Identity", ["next"], ["each"]),
    ]
    held = []
    if counted == "while":
        held.append(numpy_helper.from_array(np.float32(20), "most"))
        nodes.append(helper.make_node("ReduceMax", ["next"], ["largest"], keepdims=0))
        nodes.append(helper.make_node("Less", ["largest", "most"], ["on"]))
    else:
        nodes.append(helper.make_node("Identity", ["go"], ["on"]))
    body = helper.make_graph(nodes, "body", inputs, outputs, held)
    fed = [("X", TensorProto.FLOAT, [2, 3])]
    tensors = [numpy_helper.from_array(np.array(True), "yes")]
    if counted == "fed":
        fed.append(("times", TensorProto.INT64, []))
    elif counted == "constant":
        tensors.append(numpy_helper.from_array(np.array(3), "times"))
    given = ["", "start", "X"] if counted == "while" else ["times", "yes", "X"]
    nodes = [helper.make_node("Loop", given, ["last", "all"], body=body)]
    if counted == "while":
        tensors.append(numpy_helper.from_array(np.float32(20), "limit"))
        nodes.insert(0, helper.make_node("ReduceMax", ["X"], ["most at first"], keepdims=0))
        nodes.insert(1, helper.make_node("Less", ["most at first", "limit"], ["start"]))
    answers = [("last", TensorProto.FLOAT, [2, 3]), ("all", TensorProto.FLOAT, [None, 2, 3])]
    return make_model(nodes, fed, answers, tensors)


def halved_and_doubled(times=3):
    """Return a network that halves pictures of free sizes, doubles them, and joins both ways."""
    rng = np.random.default_rng(0)
    held = [numpy_helper.from_array(np.float32([1, 1, 2, 2]), "twice")]

    def convolve(given, made, channels, step):
        filters = rng.normal(size=(3, channels, 3, 3)).astype(np.float32) / 3
        held.append(numpy_helper.from_array(filters, f"W_{made}"))
        sizes = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "strides": [step, step]}
        return helper.make_node("Conv", [given, f"W_{made}"], [made], **sizes)

    nodes = []
    as_exporters_do = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    for i in range(times):
        nodes.append(convolve(f"small{i}", f"small{i + 1}", 3, 2))
    nodes.append(helper.make_node("Relu", [f"small{times}"], [f"large{times}"]))
    for i in reversed(range(times)):
        given = [f"large{i + 1}", "", "twice"]
        nodes.append(helper.make_node("Resize", given, [f"doubled{i}"], **as_exporters_do))
        joined = helper.make_node("Concat", [f"doubled{i}", f"small{i}"], [f"both{i}"], axis=1)
        nodes += [joined, convolve(f"both{i}", f"large{i}", 6, 1)]
    fed = ("small0", TensorProto.FLOAT, [1, 3, "H", "W"])
    answer = ("large0", TensorProto.FLOAT, [1, 3, None, None])
    model = make_model(nodes, [fed], [answer], held)
    return model, [rng.normal(size=(1, 3, 16, 16)).astype(np.float32)]


def with_filters_of(maker):
    """Return a Conv whose filters a node hands it, and its input."""
    rng = np.random.default_rng(0)
    held = numpy_helper.from_array(rng.normal(size=(2, 3, 3, 3)).astype(np.float32), "held")
    given = {"value": held} if maker == "Constant" else {}
    nodes = [
        helper.make_node(maker, [] if given else ["held"], ["W"], **given),
        helper.make_node("Conv", ["X", "W"], ["Y"], kernel_shape=[3, 3]),
    ]
    fed = ("X", TensorProto.FLOAT, ["N", 3, 8, 8])
    answer = ("Y", TensorProto.FLOAT, ["N", 2, 6, 6])
    model = make_model(nodes, [fed], [answer], [] if given else [held])
    return model, [rng.normal(size=(2, 3, 8, 8)).astype(np.float32)]


def without_upper_limit():
    """Return a Clip from a limit on, and its input."""
    held = [numpy_helper.from_array(np.float32(3), "low")]
    clip = helper.make_node("Clip", ["X", "low", ""], ["Y"])
    return make_model([clip], *of_rows(3), held), [X]


def of_rows(columns):
    """Return an input and an output of any number of rows."""
    return [[(name, TensorProto.FLOAT, ["N", columns])] for name in "XY"]


def of_a_size_not_found():
    """Return a normalised layer of what is reshaped to sizes that are computed, and its input."""
    held = [numpy_helper.from_array(np.float32([1, 2, 3, 4]), "four")]
    nodes = [
        helper.make_node("Shape", ["X"], ["sizes"]),
        helper.make_node("Reshape", ["X", "sizes"], ["again"]),
        helper.make_node("LayerNormalization", ["again", "four", "four"], ["Y"]),
    ]
    return make_model(nodes, *of_rows(4), held), [np.arange(12, dtype=np.float32).reshape(3, 4)]


def with_many_numbers():
    """Return a model of ten convolutions with over twenty million weights, and its inputs."""
    rng = np.random.default_rng(0)
    shape = (480, 480, 3, 3)
    scale = math.sqrt(math.prod(shape[1:]))  # so that what comes out is as large as what goes in
    nodes = []
    held = []
    for i in range(10):
        nodes.append(helper.make_node("Conv", [f"X{i}", f"W{i}"], [f"X{i + 1}"], pads=[1] * 4))
        W = (rng.normal(size=shape) / scale).astype(np.float32)
        held.append(numpy_helper.from_array(W, f"W{i}"))
    size = [1, 480, 4, 4]
    sides = [[(name, TensorProto.FLOAT, size)] for name in ("X0", "X10")]
    return make_model(nodes, *sides, held), [rng.normal(size=size).astype(np.float32)]


def make_probes():
    """Return {name: (model, inputs)}."""
    probes = {DOUBLED: halved_and_doubled()}
    probes |= {feature: with_filters_of(maker) for maker, feature in MADE.items()}
    for ir in range(OLDEST_IR, onnx.IR_VERSION + 1):
        probes[f"IR {ir}"] = plain(ir, OPSET_OF_IR.get(ir, 17)), [X]
    for opset in OPSETS:
        ir = max(8, helper.find_min_ir_version_for([helper.make_opsetid("", opset)]))
        probes[f"opset {opset}"] = plain(ir, opset), [X]
    twice = plain()
    twice.opset_import.append(helper.make_opsetid("", 17))
    probes["an opset stated twice"] = twice, [X]
    nameless = plain()
    nameless.graph.input[0].type.tensor_type.shape.dim[0].Clear()
    probes[NO_NAME] = nameless, [X]
    negative = plain()
    negative.graph.input[0].type.tensor_type.shape.dim[0].dim_value = -1
    probes[MINUS_ONE] = negative, [X]
    X3 = np.stack([X] * 4)  # (4, 2, 3)
    relu = helper.make_node("Relu", ["X"], ["Y"])
    sides = [[(name, TensorProto.FLOAT, ["?", "?", 3])] for name in "XY"]
    probes[QUESTIONS] = make_model([relu], *sides), [X3]
    held = [
        helper.make_tensor("none", TensorProto.FLOAT, [0], []),
        numpy_helper.from_array(np.float32([1, 1, 2, 2]), "twice"),
    ]
    larger = helper.make_node("Resize", ["X", "none", "twice"], ["Y"], mode="nearest")
    fed = ("X", TensorProto.FLOAT, ["N", 3, 4, 4])
    answer = ("Y", TensorProto.FLOAT, ["N", 3, 8, 8])
    picture = np.arange(48, dtype=np.float32).reshape(1, 3, 4, 4)
    probes[EMPTY] = make_model([larger], [fed], [answer], held, opset=11), [picture]
    probes[HEAVY] = with_many_numbers()
    probes[LEFT_OUT] = without_upper_limit()
    probes[UNSIZED] = of_a_size_not_found()
    unused = plain()
    unused.opset_import.append(helper.make_opsetid("some.vendor", 1))
    probes[UNUSED] = unused, [X]
    probes["a function"] = with_function("Relu"), [X]
    probes["a function with attributes"] = with_function("Elu", alpha=0.5), [X]
    probes["a function with a default"] = with_function("Elu", True, alpha=0.5), [X]
    leaky = "a LeakyRelu with an attribute of a function"
    probes[leaky] = with_function("LeakyRelu", alpha=0.5), [X]
    for kind in ("constant", "computed", "fed"):
        given = [X, np.array(True)] if kind == "fed" else [X]
        probes[f"If, {kind}"] = branches(kind), given
    probes[f"{ONE_NODE}, If of two axes"] = branches("of two axes"), [X]
    probes[TWO_RANKS] = squeezes(), [X[..., np.newaxis]]
    probes["Loop, constant"] = loop("constant"), [X]
    probes["Loop, fed"] = loop("fed"), [X, np.array(3)]
    probes["Loop, while"] = loop("while"), [X]
    for mode in ("nearest", "linear", "cubic"):
        probes[f"{ONE_NODE}, Resize to sizes that are computed, {mode}"] = resized(mode)
        words = f"Resize of a free batch to sizes that are computed, {mode}"
        probes[f"{ONE_NODE}, {words}"] = resized(mode, "4,4", "8,8")
    for operator in GATES:
        probes[f"{ONE_NODE}, {operator} with a fed state"] = with_fed_state(operator)
        for direction in ("forward", "reverse", "bidirectional"):
            for state in (True, False):
                model = of_a_free_batch(operator, direction, state)
                words = f"{direction} {operator} of a free batch{', with its state' * state}"
                probes[f"{ONE_NODE}, {words}"] = model, [SEQUENCE]
        for direction in ("forward", "bidirectional"):
            model = of_a_free_batch(operator, direction, True, last=True)
            words = f"{direction} {operator} of a free batch, with its states"
            probes[f"{ONE_NODE}, {words}"] = model, [SEQUENCE]
    for operator, stated in (("LSTM", ["Sigmoid", "Tanh", "Tanh"]), ("GRU", ["Sigmoid", "Tanh"])):
        for direction in ("forward", "bidirectional"):
            for state in (True, False):
                model = of_a_free_batch(operator, direction, state, stated)
                words = f"{direction} {operator} of a free batch{', with its state' * state}"
                probes[f"{ONE_NODE}, {words}, activations stated"] = model, [SEQUENCE]
    return probes | with_one_operator() | make_blocks() | make_ways() | make_together()
