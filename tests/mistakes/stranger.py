"""Look into a model file that somebody else made, without running it.

Run it:  python -m tests.mistakes.stranger MODEL.onnx [OPERATOR ...]

The operators are those that the model should need; any other is named. Comparing numbers cannot
find a back door that opens for one row in all the world; reading the graph may. It finds what is
written in the open. It does not find a wrong weight, nor a back door that is made of weights.
"""

import sys
from collections import Counter

import onnx

from tests.kit.graphs import nodes_of as list_nodes

STANDARD = ["", "ai.onnx.ml"]  # the domains whose operators the standard defines
CHOOSING = ["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Where", "If"]
REPEATING = ["Loop", "Scan"]
SIGNS_OF_CODE = ["://", "/", "\\", "..", "import", "eval", "exec", ".so", ".dll", "<script"]
LONG_TEXT = 500  # characters: more is no name and no list of classes


def all_nodes(model):
    """Return the nodes of a model, those in branches, loops and functions included."""
    nodes = list_nodes(model.graph)
    for function in model.functions:
        nodes += list_nodes(function)
    return nodes


def all_graphs(model):
    """Return the graph of a model, and those in its branches and loops."""
    graphs = [model.graph]
    for node in all_nodes(model):
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                graphs.append(attribute.g)
    return graphs


def needless_operators(model, needed):
    """Yield the operators that the model should not need."""
    for operator in sorted({node.op_type for node in all_nodes(model)} - set(needed)):
        yield f"operator {operator} is not among those needed"


def choices(model):
    """Yield the nodes that choose by a constant, and those that repeat."""
    constants = {tensor.name for graph in all_graphs(model) for tensor in graph.initializer}
    for node in all_nodes(model):
        if node.op_type == "Constant":
            constants.update(node.output)
    for node in all_nodes(model):
        if node.op_type in CHOOSING and constants & set(node.input):
            yield f"{node.op_type} compares with a constant: {', '.join(node.input)}"
        if node.op_type in REPEATING:
            yield f"{node.op_type} repeats a graph, maybe for ever"


def unused_wires(model):
    """Yield what is computed or stored and then read by nobody."""
    read = {info.name for graph in all_graphs(model) for info in graph.output}
    for function in model.functions:
        read.update(function.output)
    for node in all_nodes(model):
        read.update(node.input)
    for node in all_nodes(model):
        for name in node.output:
            if name and name not in read:
                yield f"{node.op_type} writes {name}, and nobody reads it"
    for graph in all_graphs(model):
        for tensor in graph.initializer:
            if tensor.name not in read:
                yield f"nobody reads the initializer {tensor.name}"


def foreign_domains(model):
    """Yield the operators that the standard doesn't define, and whether the file brings them."""
    brought = {(function.domain, function.name) for function in model.functions}
    for domain, name in sorted({(node.domain, node.op_type) for node in all_nodes(model)}):
        if domain not in STANDARD:
            origin = "a function in the file" if (domain, name) in brought else "not in the file"
            yield f"{domain}.{name} is no operator of the standard: {origin}"


def wrong_calls(model):
    """Yield how calls of functions differ from the functions; nobody else compares them."""
    functions = {(function.domain, function.name): function for function in model.functions}
    for node in all_nodes(model):
        function = functions.get((node.domain, node.op_type))
        if function is None:
            continue
        optional = {attribute.name for attribute in function.attribute_proto}  # with a default
        stated = {attribute.name for attribute in node.attribute}
        for name in sorted(set(function.attribute) - stated):
            yield f"{node.op_type} lacks the attribute {name}"
        for name in sorted(stated - set(function.attribute) - optional):
            yield f"{node.op_type} has no attribute {name}"
        if len(node.input) != len(function.input) or "" in node.input:
            yield f"{node.op_type} takes the inputs {', '.join(function.input)}"
        if len(node.output) != len(function.output):
            yield f"{node.op_type} makes the outputs {', '.join(function.output)}"


def external_data(model):
    """Yield the tensors whose numbers are in another file, and where."""
    for graph in all_graphs(model):
        for tensor in graph.initializer:
            if tensor.external_data:
                where = [f"{entry.key} {entry.value}" for entry in tensor.external_data]
                yield f"{tensor.name} has its numbers in another file: {', '.join(where)}"


def strings(model):
    """Return every text of a model that no runtime needs to compute."""
    texts = [model.doc_string, model.graph.doc_string, model.producer_name, model.domain]
    texts += [entry.value for entry in model.metadata_props]
    for node in all_nodes(model):
        texts.append(node.doc_string)
        for attribute in node.attribute:
            texts += [text.decode("utf-8", "replace") for text in [attribute.s, *attribute.strings]]
    return texts


def suspicious_strings(model):
    """Yield texts that look like a path, an address or a program, or are very long."""
    for text in strings(model):
        if len(text) > LONG_TEXT or any(sign in text.lower() for sign in SIGNS_OF_CODE):
            yield f"a text that may be more than a name: {text[:40]!r}"


def inspect(model, needed=()):
    """Return what is to be explained about a model; an empty list is no proof of innocence."""
    findings = []
    for look in [choices, unused_wires, foreign_domains, wrong_calls, external_data]:
        findings += look(model)
    findings += suspicious_strings(model)
    if needed:
        findings += needless_operators(model, needed)
    return findings


def main(argv):
    """Print the operators of a file and what is to be explained."""
    path, *needed = argv
    model = onnx.load(path, load_external_data=False)  # reads no other file
    operators = Counter(node.op_type for node in all_nodes(model))
    print(", ".join(f"{count} {name}" for name, count in sorted(operators.items())))
    for finding in inspect(model, needed):
        print(finding)


if __name__ == "__main__":
    main(sys.argv[1:])
