"""At which node an engine refuses a file, ends the process, or goes wrong.

    by_words(model, words)                                the node that an engine's own words name
    by_halves(run, model, inputs, tolerance, verdict)     the first node with which it gives that

By halves, the graph is cut off after ever other nodes. The branch of an If that runs stands in the
place of the If before, so that its nodes are seen, too.
"""

import re
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import helper

from tests.engines import input_names
from tests.exercises.first_wrong import Tracer, attributes_of, list_captured
from tests.interop.real.judge import DIFFERS, judge_apart
from tests.kit import apart
from tests.kit.graphs import list_nodes, list_subgraphs


# What a file computes -----------------------------------------------------------------------------
def take_branches(model, feed):
    """Return the model as this feed runs it, and {wire: value}: a branch in place of each If."""
    flat = onnx.ModelProto()
    flat.CopyFrom(model)
    values = dict(feed)
    for run in Tracer(model).run(feed):
        for wire in filter(None, run.node.output):
            values[wire] = run.values[wire]
    while any(node.op_type == "If" for node in flat.graph.node):
        nodes = list(flat.graph.node)
        del flat.graph.node[:]
        for node in nodes:
            if node.op_type != "If":
                flat.graph.node.append(node)
                continue
            chosen = "then_branch" if values[node.input[0]].item() else "else_branch"
            graph = attributes_of(node)[chosen]
            flat.graph.initializer.extend(graph.initializer)
            flat.graph.node.extend(graph.node)
            for inner, outer in zip(graph.output, node.output, strict=True):
                flat.graph.node.append(helper.make_node("Identity", [inner.name], [outer]))
    return flat, values


def depends_on_inputs(graph):
    """Return the wires that the inputs change."""
    changing = set(input_names(onnx.ModelProto(graph=graph)))
    for node in graph.node:
        read = set(node.input)
        for subgraph in list_subgraphs(node):
            read |= list_captured(subgraph)
        if read & changing:
            changing.update(filter(None, node.output))
    return changing


def cut(model, number, values):
    """Return the first so many nodes as a model, or None if its inputs change none of its wires.

    Its outputs are the wires that the rest reads.
    """
    first = list(model.graph.node[:number])
    rest = model.graph.node[number:]
    read_later = {value.name for value in model.graph.output}
    for node in rest:
        read_later.update(node.input)
        for subgraph in list_subgraphs(node):
            read_later |= list_captured(subgraph)
    changing = depends_on_inputs(model.graph)
    written = {wire for node in first for wire in node.output}
    ends = sorted(written & read_later & changing)
    ends = [wire for wire in ends if isinstance(values.get(wire), np.ndarray)]
    if not ends:
        return None
    part = onnx.ModelProto()
    part.CopyFrom(model)
    del part.graph.node[number:]
    del part.graph.output[:]
    del part.graph.value_info[:]
    for wire in ends:
        kind = helper.np_dtype_to_tensor_dtype(values[wire].dtype)
        shape = [None] * values[wire].ndim
        part.graph.output.append(helper.make_tensor_value_info(wire, kind, shape))
    read = set()
    for node in first:
        read.update(node.input)
        for subgraph in list_subgraphs(node):
            read |= list_captured(subgraph)
    for field in (part.graph.input, part.graph.initializer):
        kept = [item for item in field if item.name in read]
        del field[:]
        field.extend(kept)
    return part


# The node -----------------------------------------------------------------------------------------
def describe(node, model):
    """Return a node's operator, its version in this file, and its name or its first output."""
    imports = {opset.domain: opset.version for opset in model.opset_import}
    opset = imports.get(node.domain, imports.get("ai.onnx", 0))
    try:
        version = onnx.defs.get_schema(node.op_type, opset, node.domain).since_version
    except onnx.defs.SchemaError:  # of another domain than the standard's
        version = opset
    return [node.op_type, version, node.name or node.output[0]]


def by_words(model, words):
    """Return the node that words name, by its name or, if they name one only, its operator."""
    nodes = list_nodes(model)
    for node in nodes:
        for name in [node.name, *node.output]:
            is_word = name.isalpha()  # as an input that is called "input"
            if (
                not is_word
                and len(name) > 3
                and re.search(rf"(?<![\w/.]){re.escape(name)}(?![\w/])", words)
            ):
                readers = [other for other in nodes if set(node.output) & set(other.input)]
                return readers[0] if node.op_type == "Constant" and readers else node
    kinds = {node.op_type for node in nodes if node.op_type != "Constant"}
    named = [kind for kind in kinds if re.search(rf"(?<![A-Za-z]){kind}(?![A-Za-z])", words)]
    if len(named) == 1:
        return next(node for node in nodes if node.op_type == named[0])
    return None


def in_shape(run, right):
    """Return run with its outputs in the right shapes: MNN appends a 1 to those of inner wires."""

    def run_in_shape(path, inputs):
        outputs = [np.asarray(output) for output in run(path, inputs)]
        for number, (output, exact) in enumerate(zip(outputs, right, strict=True)):
            if output.size == exact.size:
                outputs[number] = output.reshape(exact.shape)
        return outputs

    return run_in_shape


def by_halves(run, model, inputs, tolerance, verdict=DIFFERS):
    """Return the first node with which an engine gives a verdict, None if it gives it with none."""
    feed = dict(zip(input_names(model), inputs, strict=True))
    # Apart: once onnxruntime has run here, OpenCV finds other numbers in memory that nobody wrote.
    outcome = apart.copy(take_branches, model, feed, seconds=600, gigabytes=16)
    if outcome.ended != apart.RETURNED:
        raise RuntimeError(f"the wires were not computed: {outcome.error} {outcome.words}")
    flat, values = outcome.value

    def is_good(number):
        part = cut(flat, number, values)
        if part is None:
            return True
        needed = [feed[name] for name in input_names(part)]
        right = [values[value.name] for value in part.graph.output]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "part.onnx")
            onnx.save(part, path)
            shaped = in_shape(run, right)
            found = judge_apart(shaped, path, needed, right, tolerance, seconds=120)
        return found["verdict"] != verdict

    good = 0
    bad = len(flat.graph.node)
    if is_good(bad):
        return None
    while bad - good > 1:
        middle = (good + bad) // 2
        if is_good(middle):
            good = middle
        else:
            bad = middle
    return flat.graph.node[bad - 1]
