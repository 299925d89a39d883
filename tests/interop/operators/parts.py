"""Each node of some files alone, with what computes its sizes and what the file holds.

    for part in parts_of(model, inputs): ...     Part(node, use, model, inputs, right)

What follows from the file alone stands in the part as numbers, whoever computes it. What it is fed,
and what is right, is what ONNX Runtime computes in the file; what is right of products of bytes,
onnx.reference computes. Small whole numbers that other nodes compute (a shape for Reshape, the ends
of a Slice) are computed in the part, too.
"""

from typing import NamedTuple

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from tests.engines import input_names
from tests.exercises.first_wrong import list_captured
from tests.interop.operators.foresee import is_folded
from tests.interop.operators.uses import (
    INSIDE,
    read_nodes,
    split_type,
    with_free_sizes,
    without_functions,
)
from tests.kit.graphs import domain_of, list_subgraphs, nodes_of

FEW = 64  # numbers: what is larger is data and not sizes
QUESTION = "?"  # what Paddle calls free sizes, be they equal or not
MOST = 2_000_000  # numbers of a part: a larger one takes some engines minutes
# Of these ONNX Runtime stops at 16 bits on processors without VNNI; onnx.reference does not.
OF_BYTES = ("MatMulInteger", "ConvInteger")


class Part(NamedTuple):
    """A node of a file, how it is used there, and the small model that it is tried in."""

    node: onnx.NodeProto
    use: object
    model: onnx.ModelProto
    inputs: list
    right: list


def all_values(model, inputs):
    """Return {wire: value} of a model's graph, by ONNX Runtime without its optimisations."""
    import onnxruntime

    open_one = onnx.ModelProto()
    open_one.CopyFrom(model)
    del open_one.graph.output[:]
    wires = [name for node in model.graph.node for name in node.output if name]
    open_one.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in wires)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    data = open_one.SerializeToString()
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    feed = dict(zip(input_names(model), inputs, strict=True))
    return {**feed, **dict(zip(wires, session.run(None, feed), strict=True))}


def read_by(node):
    """Return the wires that a node reads, those that its graphs take from outside included."""
    names = [name for name in node.input if name]
    for graph in list_subgraphs(node):
        names += sorted(list_captured(graph))
    return list(dict.fromkeys(names))


def are_sizes(value):
    """Return whether a value is a few whole numbers, or none."""
    return isinstance(value, np.ndarray) and value.dtype.kind in "iub" and value.size <= FEW


def cut_out(model, node, values, folded, types):
    """Return a model of one node of a model's graph, and the names of what it is fed, in order.

    folded: the wires that follow from the file alone; types: those of wires, where inference has
    found them.
    """
    held = {tensor.name: tensor for tensor in model.graph.initializer}
    makers = {name: other for other in model.graph.node for name in other.output if name}
    kept = [node]
    fed = set()
    tensors = {}
    waiting = read_by(node)
    while waiting:
        name = waiting.pop()
        if name in held:
            tensors[name] = held[name]
        elif name in folded and isinstance(values.get(name), np.ndarray):
            tensors[name] = numpy_helper.from_array(values[name], name)
        elif name in makers and are_sizes(values.get(name)):
            if makers[name] not in kept:
                kept.append(makers[name])
                waiting += read_by(makers[name])
        else:
            fed.add(name)
    part = onnx.ModelProto(ir_version=model.ir_version)
    part.graph.name = "part"
    part.graph.node.extend(other for other in model.graph.node if other in kept)
    domains = {domain_of(other) for other in nodes_of(part.graph)}
    part.opset_import.extend(one for one in model.opset_import if domain_of(one) in domains)
    part.graph.initializer.extend(tensors.values())
    names = [name for name in values if name in fed]
    written = [name for name in node.output if name]
    for side, wires in ((part.graph.input, names), (part.graph.output, written)):
        for name in wires:
            side.append(describe_wire(name, values[name], types))
    return part, names


def describe_wire(name, value, types):
    """Return what a part says of a wire; where inference knows no rank, it has free sizes.

    Free sizes get names, since engines refuse an input whose free size has none: that is a matter
    of the file's own inputs. Sizes that are equal in the file's answer get the same.
    """
    found = onnx.ValueInfoProto(name=name)
    kind = types.get(name, onnx.TypeProto())
    declared = len(kind.tensor_type.shape.dim) if kind.tensor_type.HasField("shape") else None
    if kind.HasField("sequence_type") or declared == np.ndim(value):  # a file may declare another
        found.type.CopyFrom(kind)
    else:
        number = helper.np_dtype_to_tensor_dtype(value.dtype)
        found.CopyFrom(helper.make_tensor_value_info(name, number, [None] * value.ndim))
    if found.type.HasField("tensor_type"):
        for dim, size in zip(found.type.tensor_type.shape.dim, value.shape, strict=True):
            by_inference = dim.dim_param.startswith("unk__")
            nameless = dim.dim_param in ("", QUESTION) or by_inference
            if nameless and not dim.HasField("dim_value"):
                dim.dim_param = f"size{size}"
    return found


def with_types(model):
    """Return a model with the types of its wires, as far as they are found."""
    try:
        return onnx.shape_inference.infer_shapes(model, data_prop=True)
    except Exception:  # of a model that contradicts itself, say
        return model


def computes_sizes(use):
    """Return whether a node makes sizes of sizes: handed out alone, some engines call them none."""
    if use.operator in ("Shape", "Size"):
        return True
    given = [word for i, word in enumerate(use.inputs) if word and i not in use.constants]
    kinds = [split_type(word) for word in (*given, *use.outputs) if word]
    return all(kind in ("int32", "int64", "bool") and rank in (0, 1) for kind, rank in kinds)


def parts_of(model, inputs):
    """Yield the parts of a model; what is folded, or inside a branch or a body, is none."""
    model = with_types(with_free_sizes(without_functions(model)))
    graph = model.graph
    values = all_values(model, inputs)
    types = {value.name: value.type for value in (*graph.input, *graph.value_info, *graph.output)}
    found = [(node, use) for node, use in read_nodes(model) if INSIDE not in use.attributes]
    folded = set()
    for node, use in found:
        folded.update(node.input[i] for i in use.constants)
    for node, use in found:
        if is_folded(use) or node.op_type == "Constant" or computes_sizes(use):
            continue
        part, names = cut_out(model, node, values, folded, types)
        inputs = [values[name] for name in names]
        right = [values[name] for name in node.output if name]
        if node.op_type in OF_BYTES:
            right = ReferenceEvaluator(part).run(None, dict(zip(names, inputs, strict=True)))
        if sum(np.size(value) for value in [*inputs, *right]) <= MOST and names:
            yield Part(node, use, part, inputs, right)
