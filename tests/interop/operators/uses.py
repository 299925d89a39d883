"""How a file uses each operator, and which of the official cases use it in the same way.

The same way: the same version of the operator, and inputs and outputs of the same types and, where
there are such cases, of the same ranks; and each attribute that the case states is stated by the
node, and the other way round by one of these cases. Sizes and numbers are not compared.
"""

from dataclasses import dataclass, field

import onnx
from onnx import helper

NAMES = {"": "", "ai.onnx": ""}  # the two ways to write the domain of the standard's own operators
UNKNOWN = "unknown"  # the type of what lies behind an operator that nobody knows
GRAPHS = {"body", "then_branch", "else_branch"}  # attributes of Loop, Scan, SequenceMap and If
OTHER_RANKS = "other ranks"
MISSING = ""  # in place of an optional input that is not given


@dataclass(frozen=True)
class Use:
    """What matters of a node: equal uses are asked about once."""

    operator: str
    version: int | None  # the opset in which the operator became what it is here; None: no such one
    inputs: tuple  # "float32[2,3]", or with the names of free sizes, "float32" of unknown rank
    outputs: tuple
    attributes: frozenset  # names; with the value where that is a word: "mode=linear"
    constant: bool = field(default=True)  # whether all inputs but the first stand in the file


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


def split_type(word):
    """Return the kind and the rank of a type's word, None for an unknown rank."""
    kind, bracket, sizes = word.rstrip(")").partition("[")
    if not bracket:
        return kind, None
    sizes = sizes.rstrip("]")
    return kind, len(sizes.split(",")) if sizes else 0


def same_type(one, other, by_rank):
    """Return whether two types are of one kind and, if asked and as far as known, of one rank."""
    kind, rank = split_type(one)
    other_kind, other_rank = split_type(other)
    if kind != other_kind or kind == UNKNOWN:
        return False
    return not by_rank or rank == other_rank or None in (rank, other_rank)


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


def describe_attributes(node, schema):
    """Return the names of the attributes that are not as by default; of words the words, too."""
    found = set()
    for attribute in node.attribute:
        value = helper.get_attribute_value(attribute)
        known = schema.attributes.get(attribute.name) if schema else None
        default = known.default_value if known else onnx.AttributeProto()
        if default.type and value == helper.get_attribute_value(default):
            continue
        if isinstance(value, bytes) and node.op_type != "Constant":
            found.add(f"{attribute.name}={value.decode('utf-8', 'replace')}")
        else:
            found.add(attribute.name)
    return frozenset(found)


def strip(words):
    """Return words without those at the end that are missing."""
    words = list(words)
    while words and words[-1] == MISSING:
        words.pop()
    return tuple(words)


def describe_node(node, types, constants, versions):
    """Return how a node uses its operator."""
    schema = find_schema(node, versions)
    inputs = strip(types.get(name, UNKNOWN) if name else MISSING for name in node.input)
    outputs = strip(types.get(name, UNKNOWN) if name else MISSING for name in node.output)
    return Use(
        name_operator(node),
        schema.since_version if schema else None,
        inputs,
        outputs,
        describe_attributes(node, schema),
        all(name in constants for name in node.input[1:] if name),
    )


def read_graph(graph, types, constants, versions):
    """Return (node, use) of a graph's nodes and of the graphs inside them, which see its names."""
    types = dict(types)
    constants = set(constants)
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
    found = []
    for node in graph.node:
        if node.op_type == "Constant" and node.domain in NAMES:
            constants.update(node.output)
        found.append((node, describe_node(node, types, constants, versions)))
        for attribute in node.attribute:
            inner = [attribute.g] if attribute.HasField("g") else attribute.graphs
            for body in inner:
                found += read_graph(body, types, constants, versions)
    return found


def read_nodes(model):
    """Return (node, use) of all nodes of a model's graph, those in inner graphs included.

    A call of a function is a use of an operator that nobody knows.
    """
    versions = {}
    for opset in model.opset_import:
        versions[NAMES.get(opset.domain, opset.domain)] = opset.version
    try:
        graph = onnx.shape_inference.infer_shapes(model).graph
    except Exception:  # of a model that contradicts itself, say
        graph = model.graph
    return read_graph(graph, {}, set(), versions)


def read_model(model):
    """Return the uses of all nodes of a model."""
    return [use for _node, use in read_nodes(model)]


# Which cases are like it --------------------------------------------------------------------------
def cut_variadic(words, formal):
    """Return types up to the first of those that may be any number, as of Concat's inputs."""
    if formal and formal[-1].option == onnx.defs.OpSchema.FormalParameterOption.Variadic:
        return words[: len(formal)]
    return words


def find_formal(use):
    """Return the formal inputs and outputs of a use's operator."""
    domain, _, name = use.operator.rpartition(".")
    schema = onnx.defs.get_schema(name, use.version, domain)
    return schema.inputs, schema.outputs


def all_same(words, others, by_rank):
    """Return whether types agree one by one; what is missing here is missing there."""
    if len(words) != len(others):
        return False
    for one, other in zip(words, others, strict=True):
        if MISSING in (one, other):
            if one != other:
                return False
        elif not same_type(one, other, by_rank):
            return False
    return True


def is_like(case, use, formal, by_rank):
    """Return whether a case uses its operator as a file does; formal: its inputs and outputs."""
    if (case.operator, case.version) != (use.operator, use.version):
        return False
    if not case.attributes <= use.attributes:
        return False
    inputs, outputs = formal
    if not all_same(cut_variadic(case.inputs, inputs), cut_variadic(use.inputs, inputs), by_rank):
        return False
    wanted = []
    given = []
    for i, word in enumerate(cut_variadic(use.outputs, outputs)):
        if word != MISSING:  # a file need not ask for every output
            wanted.append(word)
            given.append(case.outputs[i] if i < len(case.outputs) else MISSING)
    return all_same(wanted, given, by_rank)


def find_like(use, cases):
    """Return the names of the cases like a use, of {name: Use}, and why there are none.

    Those of its ranks, or else, with OTHER_RANKS for a reason, those of its types.
    """
    named = {name: case for name, case in cases.items() if case.operator == use.operator}
    if not named:
        return [], "no case has this operator"
    versions = {case.version for case in named.values()}
    if use.version not in versions:
        others = ", ".join(str(version) for version in sorted(versions))
        return [], f"the cases have it as of opset {others}, the file as of {use.version}"
    if use.attributes & GRAPHS:
        return [], "the cases have other graphs inside"
    formal = find_formal(use)
    why = ""
    for by_rank in (True, False):
        like = [name for name, case in named.items() if is_like(case, use, formal, by_rank)]
        covered = frozenset().union(*(named[name].attributes for name in like))
        if like and use.attributes <= covered:
            return like, "" if by_rank else OTHER_RANKS
        if like:
            why = f"no case has the attribute {', '.join(sorted(use.attributes - covered))}"
    if why:
        return [], why
    inputs, outputs = map(name_kinds, (use.inputs, use.outputs))
    return [], f"no case has these inputs and outputs: {inputs} -> {outputs}"


def name_kinds(words):
    """Return the kinds of some types, without their sizes."""
    return ", ".join(split_type(word)[0] if word else "not given" for word in words) or "none"
