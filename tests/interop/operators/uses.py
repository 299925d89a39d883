"""How a file uses each operator: in which version, with which types, ranks and attributes."""

import functools
from dataclasses import dataclass, field

import numpy as np
import onnx
from onnx import helper, numpy_helper

from tests.kit.graphs import inline, nodes_of

NAMES = {"": "", "ai.onnx": ""}  # the two ways to write the domain of the standard's own operators
UNKNOWN = "unknown"  # the type of what lies behind an operator that nobody knows
AXES = {"axis", "batch_axis", "time_axis", "seq_axis"}  # attributes that may count from the end
FEW = 64  # numbers: more of them are data
WHOLE = (onnx.TensorProto.INT64, onnx.TensorProto.INT32)
INSIDE = "inside a branch or a body"
ONE_CHANNEL = "group of one channel"
SEVERAL_FILTERS = "several filters for a channel"  # of a group of one channel
FROM_THE_END = "indices<0"  # of one of these, where the file holds them
INDEXED = ("GatherElements", "GatherND", "ScatterElements", "ScatterND")
BACKWARDS = "steps<0"  # of a Slice, where the file holds them
SOME = "some"  # a size that follows from the file, but that the inference does not find
NO_STRIDES = "strides not stated"  # which are 1 then, but MNN's pools end the process
MISSING = ""  # in place of an optional input that is not given
ONE_AXIS = "axis is the last"  # of what once went over all axes from one on: then over this alone
FROM_ONE_AXIS_ON = {"Softmax", "LogSoftmax", "Hardmax"}
OF_ONE_AXIS = 13  # the version from which these go over one axis, whichever it is


@dataclass(frozen=True)
class Use:
    """What matters of a node: equal uses are asked about once."""

    operator: str
    version: int | None  # the opset in which the operator became what it is here; None: no such one
    inputs: tuple  # "float32[2,3]", or with the names of free sizes, "float32" of unknown rank
    outputs: tuple
    attributes: frozenset  # "mode=linear", "axis<0", "dilations", "pads uneven": what is no default
    constants: frozenset = field(default=frozenset())  # numbers of the inputs that the file holds
    computed: frozenset = field(default=frozenset())  # and of those that other nodes compute
    kept: frozenset = field(default=frozenset())  # and of the outputs that are not the file's


# Types --------------------------------------------------------------------------------------------
def name_of_element(number):
    """Return the name of a type of numbers: numpy's or, where that has none, onnx's."""
    if number not in onnx.TensorProto.DataType.values() or number == onnx.TensorProto.UNDEFINED:
        return UNKNOWN
    word = onnx.TensorProto.DataType.Name(number).lower()
    return {"float": "float32", "double": "float64"}.get(word, word)


def name_type(value):
    """Return a type as a word: float32[2,N], float32 of unknown rank, sequence(int64[2])."""
    kind = value.WhichOneof("value")
    if kind == "sequence_type":
        return f"sequence({name_type(value.sequence_type.elem_type)})"
    if kind == "optional_type":
        return f"optional({name_type(value.optional_type.elem_type)})"
    if kind == "map_type":
        key = name_of_element(value.map_type.key_type)
        return f"map({key},{name_type(value.map_type.value_type)})"
    if kind is None:
        return UNKNOWN
    tensor = getattr(value, kind)
    word = name_of_element(tensor.elem_type)
    if kind == "sparse_tensor_type":
        word = f"sparse_{word}"
    if not tensor.HasField("shape"):
        return word
    sizes = []
    for dim in tensor.shape.dim:
        name = dim.dim_param.replace(",", ";") or "?"
        sizes.append(str(dim.dim_value) if dim.HasField("dim_value") else name)
    return f"{word}[{','.join(sizes)}]"


@functools.cache  # the evidence of all engines asks a million times of a thousand words
def split_type(word):
    """Return the kind and the rank of a type's word, None for an unknown rank."""
    kind, bracket, sizes = word.rstrip(")").partition("[")
    if not bracket:
        return kind, None
    sizes = sizes.rstrip("]")
    return kind, len(sizes.split(",")) if sizes else 0


# What a model uses --------------------------------------------------------------------------------
def name_operator(node):
    """Return an operator's name, with its domain where that is not the standard's own."""
    return NAMES.get(node.domain, f"{node.domain}.") + node.op_type


def find_schema(node, versions):
    """Return what onnx knows of a node's operator at the model's opset, or None."""
    domain = NAMES.get(node.domain, node.domain)
    try:
        return onnx.defs.get_schema(node.op_type, versions[domain], domain)
    except (KeyError, onnx.defs.SchemaError):
        return None


def describe_value(name, value):
    """Return an attribute as a word: its value where that is one of a few, or what is odd of it."""
    if isinstance(value, bytes):
        return f"{name}={value.decode('utf-8', 'replace')}"
    if name == "to":
        return f"to={name_of_element(value)}"
    if isinstance(value, int) and name in AXES and value < 0:
        return f"{name}<0"
    if isinstance(value, list) and value and isinstance(value[0], int):
        half = len(value) // 2
        if name == "axes" and min(value) < 0:
            return "axes<0"
        if name in ("dilations", "strides") and set(value) == {1}:
            return ""
        if name == "pads":
            uneven = " uneven" if value[:half] != value[half:] else ""
            return f"pads{uneven}" if any(value) else ""
    if isinstance(value, onnx.TensorProto):
        return f"{name}={name_of_element(value.data_type)}"
    return name


def describe_equation(equation):
    """Return what an equation of Einsum asks for, as words: of its letters, not which they are."""
    given, arrow, made = equation.replace(" ", "").partition("->")
    terms = given.split(",")
    letters = list(dict.fromkeys(letter for letter in given if letter.isalpha()))
    if not arrow:  # then in alphabetical order, those that stand there once
        made = "".join(sorted(letter for letter in letters if given.count(letter) == 1))
    found = {"..."} if "." in given else set()
    for letter in letters:
        terms_with = sum(letter in term for term in terms)
        if any(term.count(letter) > 1 for term in terms):
            found.add("a diagonal")
        elif letter in made and terms_with > 1:
            found.add("a letter of both that stays")
        elif letter not in made:
            found.add("a letter of both summed" if terms_with > 1 else "a letter of one summed")
    in_order = [letter for letter in letters if letter in made]
    if in_order != [letter for letter in made if letter.isalpha()]:
        found.add("letters in another order")
    return {f"equation: {word}" for word in found}


def describe_attributes(node, schema, inputs):
    """Return the attributes that are not as by default, each as a word."""
    found = set()
    for attribute in node.attribute:
        value = helper.get_attribute_value(attribute)
        known = schema.attributes.get(attribute.name) if schema else None
        default = known.default_value if known else onnx.AttributeProto()
        if default.type and value == helper.get_attribute_value(default):
            continue
        if isinstance(value, bytes) and node.op_type == "Constant":
            value = None
        if node.op_type == "Einsum" and isinstance(value, bytes):
            found |= describe_equation(value.decode("utf-8", "replace"))
            continue
        found.add(describe_value(attribute.name, value))
        if attribute.name == "kernel_shape" and sorted(value)[:-1] == [1] * (len(value) - 1):
            found.add(f"{max(value)} in a row")
        if attribute.name == "group" and inputs[:1] and f",{value}," in f"{inputs[0]},":
            found.add(ONE_CHANNEL)
            if len(inputs) > 1 and not inputs[1].partition("[")[2].startswith(f"{value},"):
                found.add(SEVERAL_FILTERS)
    if node.op_type in FROM_ONE_AXIS_ON and schema and schema.since_version < OF_ONE_AXIS:
        axis = next((one.i for one in node.attribute if one.name == "axis"), 1)
        rank = split_type(inputs[0])[1] if inputs else None
        if rank is not None and axis in (-1, rank - 1):
            found.add(ONE_AXIS)
    pools = schema and node.op_type.endswith("Pool") and "strides" in schema.attributes
    if pools and not any(attribute.name == "strides" for attribute in node.attribute):
        found.add(NO_STRIDES)
    return frozenset(found - {""})


def strip(words):
    """Return words without those at the end that are missing."""
    words = list(words)
    while words and words[-1] == MISSING:
        words.pop()
    return tuple(words)


def describe_node(node, types, constants, versions, outer, numbers):
    """Return how a node uses its operator."""
    schema = find_schema(node, versions)
    inputs = strip(types.get(name, UNKNOWN) if name else MISSING for name in node.input)
    outputs = strip(types.get(name, UNKNOWN) if name else MISSING for name in node.output)
    fed, handed_out = outer
    attributes = describe_attributes(node, schema, inputs)
    steps = numbers.get(node.input[4]) if len(node.input) > 4 else None
    if node.op_type == "Slice" and steps is not None and steps.size and steps.min() < 0:
        attributes |= {BACKWARDS}
    places = numbers.get(node.input[1]) if len(node.input) > 1 else None
    if node.op_type in INDEXED and places is not None and places.size and places.min() < 0:
        attributes |= {FROM_THE_END}
    return Use(
        name_operator(node),
        schema.since_version if schema else None,
        inputs,
        outputs,
        attributes if handed_out is not None else attributes | {INSIDE},
        frozenset(i for i, name in enumerate(node.input) if name and name in constants),
        frozenset(i for i, name in enumerate(node.input) if name and name not in constants | fed),
        frozenset(
            i
            for i, name in enumerate(node.output)
            if name not in (handed_out or ()) and types.get(name) != MISSING
        ),
    )


def is_constant(node, types, constants):
    """Return whether a node's outputs follow from the file alone, so that engines compute them."""
    if node.op_type in ("Shape", "Size"):
        return not is_free(types.get(node.input[0], UNKNOWN))
    if node.op_type.startswith("Random") or find_graphs(node):
        return False
    return all(name in constants for name in node.input if name)


def find_graphs(node):
    """Return the graphs that a node holds."""
    graphs = []
    for attribute in node.attribute:
        graphs += [attribute.g] if attribute.HasField("g") else attribute.graphs
    return graphs


def is_free(word):
    """Return whether a type's word has a size that the file leaves open, or no rank."""
    _kind, bracket, sizes = word.rstrip(")").partition("[")
    if not bracket:
        return True
    return any(is_open(size) for size in sizes.rstrip("]").split(","))


def is_open(size):
    """Return whether a size, as a word, is one that only the inputs tell."""
    return bool(size) and not size.isdigit() and size != SOME


def read_graph(graph, types, constants, versions, numbers, inside=False):
    """Return (node, use) of a graph's nodes and of the graphs inside them, which see its names."""
    types = dict(types)
    constants = set(constants)
    numbers = {**numbers, **whole_numbers(graph)}
    for tensor in graph.initializer:
        types[tensor.name] = name_type(
            helper.make_tensor_type_proto(tensor.data_type, list(tensor.dims))
        )
        constants.add(tensor.name)
    for tensor in graph.sparse_initializer:
        types[tensor.values.name] = name_type(
            helper.make_tensor_type_proto(tensor.values.data_type, list(tensor.dims))
        )
        constants.add(tensor.values.name)
    for value in [*graph.input, *graph.output, *graph.value_info]:
        types.setdefault(value.name, name_type(value.type))
    read = {value.name for value in graph.output}
    for node in nodes_of(graph):
        read.update(node.input)
    for node in graph.node:
        if node.op_type == "Dropout":  # whose mask exporters name, and nobody reads
            types.update((name, MISSING) for name in node.output[1:] if name not in read)
    found = []
    fed = set() if inside else {value.name for value in graph.input}
    outer = fed, None if inside else {value.name for value in graph.output}
    for node in graph.node:
        if is_constant(node, types, constants):
            constants.update(node.output)
        found.append((node, describe_node(node, types, constants, versions, outer, numbers)))
        for body in find_graphs(node):
            found += read_graph(body, types, constants, versions, numbers, True)
    return found


def whole_numbers(graph):
    """Return {name: array} of the few whole numbers that a graph holds, be they a node's or not."""
    tensors = list(graph.initializer)
    for node in graph.node:
        if node.op_type == "Constant" and node.attribute and node.attribute[0].name == "value":
            held = onnx.TensorProto()
            held.CopyFrom(node.attribute[0].t)
            held.name = node.output[0]
            tensors.append(held)
    found = {}
    for tensor in tensors:
        outside = tensor.data_location == onnx.TensorProto.EXTERNAL
        few = np.prod(tensor.dims, dtype=int) <= FEW
        if few and not outside and tensor.data_type in WHOLE:
            found[tensor.name] = numpy_helper.to_array(tensor)
    return found


def inputs_of(model):
    """Return what a model is fed: weights that are inputs, too, are none."""
    held = {tensor.name for tensor in model.graph.initializer}
    return [value for value in model.graph.input if value.name not in held]


def has_free_size(value):
    """Return whether an input has a size that the file leaves open, or is no array."""
    kind = value.type.tensor_type
    if not value.type.HasField("tensor_type") or not kind.HasField("shape"):
        return True
    return not all(dim.HasField("dim_value") for dim in kind.shape.dim)


def name_sizes(graph):
    """Call the sizes that the inference does not find SOME: all of what is fed is of one size."""
    for value in [*graph.value_info, *graph.output]:
        for dim in value.type.tensor_type.shape.dim:
            if not dim.HasField("dim_value"):
                dim.dim_param = SOME
    for node in graph.node:
        for body in find_graphs(node):
            name_sizes(body)


def without_functions(model):
    """Return a model with the nodes of its functions in their place, or itself."""
    try:
        return inline(model)
    except ValueError:  # of a call that leads nowhere, say
        return model


def with_free_sizes(model):
    """Return a model, a copy where some size is -1, as Paddle writes a free one: no size there."""
    graph = model.graph
    wrong = []
    for value in [*graph.input, *graph.output, *graph.value_info]:
        wrong += [dim for dim in value.type.tensor_type.shape.dim if dim.dim_value < 0]
    if not wrong:
        return model
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    graph = copy.graph
    for value in [*graph.input, *graph.output, *graph.value_info]:
        for dim in value.type.tensor_type.shape.dim:
            if dim.dim_value < 0:
                dim.Clear()
    return copy


def read_nodes(model):
    """Return (node, use) of all nodes of a model's graph, those in inner graphs included.

    A call of a function is a use of an operator that nobody knows.
    """
    model = with_free_sizes(model)
    versions = {}
    for opset in model.opset_import:
        versions[NAMES.get(opset.domain, opset.domain)] = opset.version
    try:
        graph = onnx.shape_inference.infer_shapes(model, data_prop=True).graph
    except Exception:  # of a model that contradicts itself, say
        graph = model.graph
    if not any(map(has_free_size, inputs_of(model))):
        name_sizes(graph)
    return read_graph(graph, {}, set(), versions, {})


def read_model(model):
    """Return the uses of all nodes of a model."""
    return [use for _node, use in read_nodes(model)]
