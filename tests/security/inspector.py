"""Look into a model file that somebody else made, without running it.

Run it:  python -m tests.security.inspector MODEL.onnx [OPERATOR ...]

The operators are those that the model should need; if some are named, each other is a finding. Ends
with status 0 if it found nothing to explain, 1 if something, 2 if the file cannot be read.

It reads what is written in the open. It does not find a wrong weight, nor a choice by arithmetic.
"""

import argparse
import math
import os
import re
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError, Message
from onnx import TensorProto, helper

from tests.kit.graphs import domain_of, identify, list_nodes, list_operators, list_subgraphs, show

EXAMPLES = 3  # of each kind of finding are shown
LONGEST = 60  # characters of a name or a text are shown


# 1. What a file holds -----------------------------------------------------------------------------
def items(value):
    """Return the items of a repeated field, or the value of another in a list."""
    return [value] if isinstance(value, Message | str | bytes) else value


def list_messages(message, without=""):
    """Return a message and those in it, at any depth, but for those of one field."""
    found = [message]
    for field, value in message.ListFields():
        if field.message_type is not None and field.name != without:
            for inner in items(value):
                found += list_messages(inner, without)
    return found


def list_texts(model):
    """Return {text: where it stands first}, of names, documentation, metadata and attributes."""
    texts = {}
    for message in list_messages(model, without="external_data"):  # which external_data() reports
        for field, value in message.ListFields():
            if field.type == field.TYPE_STRING or field.name in ["s", "strings", "string_data"]:
                for text in items(value):
                    if isinstance(text, bytes):
                        text = text.decode("utf-8", "backslashreplace")
                    texts.setdefault(text, f"{message.DESCRIPTOR.name}.{field.name}")
    return texts


def find_broken_text(model):
    """Return where a text stands that is not UTF-8, and the text; None if there is none.

    protobuf passes it on as bytes, without a word, and whoever joins names then fails.
    """
    for message in list_messages(model):
        for field, value in message.ListFields():
            if field.type == field.TYPE_STRING:
                for text in items(value):
                    if isinstance(text, bytes):
                        return f"{text[:LONGEST]!r} as {message.DESCRIPTOR.name}.{field.name}"
    return None


def list_holders(model):
    """Return what holds nodes: graphs, functions, training, and the subgraphs of all of them."""
    kinds = onnx.GraphProto | onnx.FunctionProto
    return [message for message in list_messages(model) if isinstance(message, kinds)]


# 2. Choices ---------------------------------------------------------------------------------------
CONSTANT, SIZES, VALUES = range(3)  # what a wire depends on, the least first
COMPARING = ["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "IsInf", "IsNaN"]
CHOOSING = ["Where", "If", "Compress", "NonZero"]
REPEATING = ["Loop", "Scan"]
RANDOM = ["RandomNormal", "RandomUniform", "RandomNormalLike", "RandomUniformLike"]


def describe_choice(node, wires):
    """Return how a node chooses, if it does, and by which inputs; wires is {name: dependence}."""
    depends = [wires.get(name, VALUES) for name in node.input]
    by = "values" if VALUES in depends else "sizes"
    names = ", ".join(node.input)
    types = [attribute.i for attribute in node.attribute if attribute.name == "to"]
    if node.op_type in COMPARING and any(depends):
        with_constant = " with a constant" if CONSTANT in depends else ""
        return [(f"{node.op_type} compares {by}{with_constant}", names)]
    if node.op_type == "Cast" and types == [TensorProto.BOOL] and any(depends):
        return [(f"Cast compares {by} with 0", names)]
    if node.op_type in CHOOSING and any(depends[:1]):
        return [(f"{node.op_type} chooses by {by}", names)]
    if node.op_type in REPEATING:
        return [(f"{node.op_type} repeats a graph, maybe for ever", ", ".join(node.output))]
    return []


def follow(node, wires):
    """Return the choices of a node and its subgraphs, and enter into wires what it writes."""
    findings = describe_choice(node, wires)
    dependence = max([wires.get(name, VALUES) for name in node.input if name], default=CONSTANT)
    for graph in list_subgraphs(node):
        inner = {**wires, **{info.name: dependence for info in graph.input}}
        findings += follow_all(graph, inner)
        written = [inner.get(info.name, VALUES) for info in graph.output]
        dependence = max([dependence, *written])
    if node.op_type in ["Shape", "Size"]:
        dependence = min(dependence, SIZES)
    if node.op_type in RANDOM:
        dependence = VALUES
    wires.update(dict.fromkeys(node.output, dependence))
    return findings


def follow_all(holder, wires):
    """Return the choices of a graph or a function, whose inputs are among the wires."""
    if isinstance(holder, onnx.GraphProto):
        wires.update(dict.fromkeys(stored_names(holder), CONSTANT))
    findings = []
    for node in holder.node:
        findings += follow(node, wires)
    return findings


def stored_names(graph):
    """Return the names of the numbers that a graph brings along."""
    sparse = [tensor.values.name for tensor in graph.sparse_initializer]
    return [tensor.name for tensor in graph.initializer] + sparse


def choices(model):
    """Return where values or sizes become a choice, also behind an Identity, Cast or Reshape."""
    findings = follow_all(model.graph, {})
    for function in model.functions:
        findings += follow_all(function, {})
    for training in model.training_info:
        findings += follow_all(training.initialization, {})
        findings += follow_all(training.algorithm, {})
    return findings


# 3. What nobody reads -----------------------------------------------------------------------------
def read_in(holder):
    """Return the names that are read in a graph or a function, its subgraphs included."""
    names = set()
    for output in holder.output:
        names.add(output if isinstance(output, str) else output.name)
    for node in holder.node:
        names.update(node.input)
        for graph in list_subgraphs(node):
            names |= read_in(graph)
    return names


def unread(model):
    """Return what is computed, stored or defined, and then used by nobody."""
    findings = []
    training = set()
    for info in model.training_info:
        training |= read_in(info.initialization) | read_in(info.algorithm)
    for holder in list_holders(model):
        read = read_in(holder) | training
        for node in holder.node:
            if any(node.output) and not read & set(node.output):
                findings.append(
                    (f"nobody reads what {node.op_type} writes", ", ".join(node.output))
                )
        if isinstance(holder, onnx.GraphProto):
            for name in stored_names(holder):
                if name not in read:
                    findings.append(("nobody reads the initializer", name))
    called = {identify(node) for holder in list_holders(model) for node in holder.node}
    for function in model.functions:
        if identify(function) not in called:
            findings.append(("nobody calls the function", show(identify(function))))
    if model.training_info:
        findings.append(("instructions for training", f"{len(model.training_info)} of them"))
    return findings


# 4. Operators and functions -----------------------------------------------------------------------
@cache
def list_standard():
    """Return {(domain, name)} of the operators that onnx knows, of any version."""
    schemas = onnx.defs.get_all_schemas_with_history()
    return {(domain_of(schema), schema.name) for schema in schemas}


def foreign_operators(model):
    """Return the operators that onnx does not know, and whether the file brings them."""
    standard = list_standard()
    brought = {identify(function) for function in model.functions}
    findings = []
    for node in list_nodes(model):
        identity = identify(node)
        where = ", ".join(node.output)
        if identity in brought:
            findings.append((f"{show(identity)} is a function that the file brings", where))
        elif identity[:2] not in standard:
            findings.append((f"{show(identity)} is no operator of the standard", where))
    return findings


def disguised_functions(model):
    """Return the functions that are named like an operator."""
    operators = list_operators() if model.functions else set()
    findings = []
    for function in model.functions:
        if identify(function)[:2] in operators:
            what = "a function is named like an operator, and it is open which is meant"
            findings.append((what, show(identify(function))))
    return findings


def wrong_calls(model):
    """Return how calls of functions differ from the functions; the full check does not say."""
    functions = {identify(function): function for function in model.functions}
    findings = []
    for node in list_nodes(model):
        function = functions.get(identify(node))
        if function is None:
            continue
        optional = {attribute.name for attribute in function.attribute_proto}  # with a default
        stated = {attribute.name for attribute in node.attribute}
        for name in sorted(set(function.attribute) - stated):
            findings.append((f"{node.op_type} lacks the attribute", name))
        for name in sorted(stated - set(function.attribute) - optional):
            findings.append((f"{node.op_type} has no attribute", name))
        if len(node.input) != len(function.input) or "" in node.input:
            findings.append((f"{node.op_type} takes other inputs", ", ".join(function.input)))
        if len(node.output) > len(function.output):
            findings.append((f"{node.op_type} makes other outputs", ", ".join(function.output)))
    return findings


# 5. Numbers ---------------------------------------------------------------------------------------
REASONABLE = 2**28  # bytes


def external_data(model):
    """Return the tensors whose numbers are in another file, and where."""
    findings = []
    for message in list_messages(model):
        if not isinstance(message, TensorProto):
            continue
        if message.external_data or message.data_location == TensorProto.EXTERNAL:
            entries = {entry.key: entry.value for entry in message.external_data}
            place = entries.pop("location", "none is named")
            rest = [f"{key} {value}" for key, value in entries.items()]
            what = f"numbers in another file, {place}"
            findings.append((what, ", ".join([message.name or "a constant", *rest])))
    return findings


def dense_size(tensor):
    """Return how many bytes a sparse tensor takes when it is written out, as runtimes do."""
    if tensor.values.data_type not in helper.get_all_tensor_dtypes():
        return 0
    dtype = helper.tensor_dtype_to_np_dtype(tensor.values.data_type)
    return max(0, math.prod(tensor.dims)) * dtype.itemsize


def large_sparse_tensors(model):
    """Return the sparse tensors of a file that takes too much memory when they are written out."""
    tensors = []
    for message in list_messages(model):
        if isinstance(message, onnx.SparseTensorProto):
            tensors.append(message)
    if sum(map(dense_size, tensors)) <= REASONABLE:
        return []
    findings = []
    for tensor in sorted(tensors, key=dense_size, reverse=True):
        name = tensor.values.name or "a constant"
        what = "sparse numbers that become large when they are loaded"
        findings.append((what, f"{name}, {dense_size(tensor):,} bytes"))
    return findings


# 6. Texts -----------------------------------------------------------------------------------------
SIGNS = {
    "an address": r"[a-z][a-z0-9+.-]*://|\bwww\.|^\\\\\w",
    "a path": r"(^|[\s\"'/\\])\.\.([/\\]|$)"
    r"|^(/(bin|dev|etc|home|opt|proc|root|tmp|usr|var)/|~/|[a-z]:\\)",
    "a program": r"\w\.(so(\.\d+)*|dll|dylib|exe|bat|cmd|ps1|sh)(?=$|[\s\"':;,)])"
    r"|<script|__import__|\bos\.system\b|\bsubprocess\.|powershell|/bin/(ba|z)?sh\b",
    "characters that a terminal obeys": r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
    r"|[\u202a-\u202e\u2066-\u2069]",
    "more than a name": r"[\w+/=-]{501}",
}


def suspicious_texts(model):
    """Return the texts that hold an address, a path, a program, or what a terminal obeys."""
    findings = []
    for text, place in list_texts(model).items():
        for sign, pattern in SIGNS.items():
            found = re.search(pattern, text, re.IGNORECASE)
            if found:
                start = max(0, found.start() - LONGEST // 3)
                part = text[start : start + LONGEST]
                findings.append((f"a text with {sign}", f"{place} {part!r}"))
    return findings


# 7. The report ------------------------------------------------------------------------------------
LOOKS = [
    choices,
    unread,
    foreign_operators,
    disguised_functions,
    wrong_calls,
    external_data,
    large_sparse_tensors,
    suspicious_texts,
]


def needless_operators(model, needed):
    """Return the operators that the model should not need."""
    operators = sorted({node.op_type for node in list_nodes(model)} - set(needed))
    return [("an operator that is not among those needed", operator) for operator in operators]


def escape(text):
    """Return a text in ASCII, in which a terminal finds nothing to obey."""
    return text.encode("unicode_escape").decode("ascii")


def inspect(model, needed=()):
    """Return what is to be explained about a model; an empty list is no proof of innocence."""
    findings = [finding for look in LOOKS for finding in look(model)]
    if needed:
        findings += needless_operators(model, needed)
    examples = {}
    for what, example in findings:
        shown = example if len(example) <= 2 * LONGEST else f"{example[: 2 * LONGEST]}..."
        examples.setdefault(what, []).append(shown)
    lines = []
    for what, shown in examples.items():
        more = f", and {len(shown) - EXAMPLES} more" if len(shown) > EXAMPLES else ""
        lines.append(escape(f"{what}: {'; '.join(shown[:EXAMPLES])}{more}"))
    return lines


def read(path):
    """Return the model of a file, without reading any other; ValueError if it holds none."""
    model = onnx.ModelProto()
    try:
        model.ParseFromString(Path(path).read_bytes())
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from error
    except DecodeError as error:
        raise ValueError(f"{path}: expected an ONNX model, found no protobuf") from error
    if not model.HasField("graph"):
        raise ValueError(f"{path}: expected an ONNX model, found no graph")
    broken = find_broken_text(model)
    if broken:
        raise ValueError(f"{path}: expected text in UTF-8, found {broken}")
    return model


def main(argv=None):
    """Print the operators of a file and what is to be explained; return the status."""
    parser = argparse.ArgumentParser(description="Look into a model file without running it.")
    parser.add_argument("model", help="the file to read; it is not run")
    parser.add_argument("needed", nargs="*", metavar="operator", help="what the model should need")
    arguments = parser.parse_args(argv)
    try:
        model = read(arguments.model)
    except ValueError as error:
        print(f"error: {escape(str(error))}", file=sys.stderr)
        return 2
    operators = Counter(node.op_type for node in list_nodes(model))
    counts = ", ".join(f"{count} {name}" for name, count in sorted(operators.items()))
    findings = inspect(model, arguments.needed)
    try:
        print("\n".join([escape(counts), *findings]), flush=True)
    except BrokenPipeError:  # who reads has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
