"""Look into a model file that somebody else made, without running it.

Run it:  python -m tests.security.inspector MODEL.onnx [OPERATOR ...]

The operators are those that the model should need; if some are named, each other is a finding. Ends
with status 0 if it found nothing to explain, 1 if something, 2 if the file cannot be read. What is
found in sound files, too, such as a choice by a size or a mask, is "worth a look", with status 0.

It reads what is written in the open. It does not find a wrong weight, nor a choice by arithmetic.
"""

import argparse
import contextlib
import math
import os
import re
import sys
from collections import ChainMap, Counter
from functools import cache
from pathlib import Path

import numpy as np
import onnx
from google.protobuf.message import DecodeError, Message
from google.protobuf.unknown_fields import UnknownFieldSet
from onnx import TensorProto, helper, numpy_helper

from tests.kit.graphs import (
    domain_of,
    identify,
    list_nodes,
    list_operators,
    list_subgraphs,
    nodes_of,
    show,
)

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
LOOK = "worth a look"  # a third item of a finding: sound files do so, too, and the status stays 0
CONSTANT, SIZES, MASK, VALUES = range(4)  # what a wire depends on, the least first
WORDS = {SIZES: "sizes", MASK: "a mask or a setting", VALUES: "values"}
ORDERING = ["Greater", "GreaterOrEqual", "Less", "LessOrEqual"]
COMPARING = ["Equal", *ORDERING, "IsInf", "IsNaN"]
CHOOSING = ["Where", "If", "Compress", "NonZero"]
REPEATING = ["Loop", "Scan"]
RANDOM = ["RandomNormal", "RandomUniform", "RandomNormalLike", "RandomUniformLike"]
LAYOUT = ["Cast", "Expand", "Identity", "Reshape", "Squeeze", "Unsqueeze"]  # the numbers stay
WHOLE = [TensorProto.INT32, TensorProto.INT64]
NUMBERS = [*WHOLE, TensorProto.FLOAT]
FEW = 2**16  # steps of a Loop, numbers of a constant that is read
DEEP = 100  # nodes in a row that only lay out


class Around:
    """What stands around a node: what writes and reads a wire, what is constant, the inputs."""

    def __init__(self, holder, outer=None):
        self.inputs = {}  # of the whole model
        self.makers = outer.makers.new_child() if outer else ChainMap()
        self.tensors = outer.tensors.new_child() if outer else ChainMap()
        self.readers = {}
        self.written = {item if isinstance(item, str) else item.name for item in holder.output}
        if isinstance(holder, onnx.GraphProto):
            self.inputs = {} if outer else {info.name: info for info in holder.input}
            self.tensors.update((tensor.name, tensor) for tensor in holder.initializer)
        for node in holder.node:
            self.makers.update(dict.fromkeys(node.output, node))
            if node.op_type == "Constant" and node.output and node.attribute:
                stated = node.attribute[0]
                self.tensors[node.output[0]] = stated.t
                if stated.name == "value_int":
                    self.tensors[node.output[0]] = numpy_helper.from_array(np.int64(stated.i))
                if stated.name == "value_float":
                    self.tensors[node.output[0]] = numpy_helper.from_array(np.float32(stated.f))
            read = set(node.input).union(*map(read_in, list_subgraphs(node)))
            for name in read:
                self.readers.setdefault(name, []).append(node)

    def maker(self, name, kind):
        """Return the inputs of the node of that kind that writes a wire, filled up to two."""
        node = self.makers.get(name)
        return [*node.input, "", ""] if node is not None and node.op_type == kind else ["", ""]

    def numbers(self, name):
        """Return the numbers of a small constant as a flat array, of other wires an empty one."""
        tensor = self.tensors.get(name, TensorProto())
        is_here = tensor.data_location != TensorProto.EXTERNAL
        if is_here and tensor.data_type in NUMBERS and math.prod(tensor.dims) <= FEW:
            with contextlib.suppress(ValueError, TypeError):  # of fewer numbers than it says
                return numpy_helper.to_array(tensor).ravel()
        return np.zeros(0)

    def origin(self, name):
        """Return the wire that has the same numbers before they were laid out anew."""
        for _ in range(DEEP):
            node = self.makers.get(name)
            if node is None or node.op_type not in LAYOUT or not node.input:
                break
            name = node.input[0]
        return name

    def is_whole(self, name):
        """Return whether a wire is laid out from an input, and of whole numbers, there or since."""
        info = self.inputs.get(self.origin(name))
        kinds = [info.type.tensor_type.elem_type] if info else []
        for _ in range(DEEP if info else 0):
            node = self.makers.get(name)
            if node is None:
                break
            kinds += [each.i for each in node.attribute if each.name == "to"]
            name = node.input[0]
        return any(kind in WHOLE for kind in kinds)


def describe_inputs(graph):
    """Return {input: MASK or VALUES}: truth values, or one whole number, beside other inputs."""
    stored = set(stored_names(graph))
    wires = {}
    for info in graph.input:
        if info.name not in stored:
            tensor = info.type.tensor_type
            is_one = tensor.HasField("shape") and not tensor.shape.dim
            is_one = is_one and tensor.elem_type in WHOLE
            wires[info.name] = MASK if tensor.elem_type == TensorProto.BOOL or is_one else VALUES
    if VALUES not in wires.values():  # a mask stands beside what it masks
        wires = dict.fromkeys(wires, VALUES)
    return wires


def is_free(around, name, rank):
    """Return whether a wire is laid out from an input of so many dimensions that are all free."""
    info = around.inputs.get(around.origin(name))
    dims = list(info.type.tensor_type.shape.dim) if info else []
    return len(dims) == rank and not any(dim.dim_value for dim in dims)


def masks(node, wires, around):
    """Return whether a comparison of values makes a mask, as exporters write it.

    Of lengths, one for each row, with a Range of sizes; of whole numbers that may be below 0; of
    padding, 0 in rows of any length; of each number with all whole ones, which is one-hot; of a
    divisor with 0.
    """
    if node.op_type not in ["Equal", *ORDERING] or len(node.input) != 2:
        return False
    for one, other in [node.input, list(reversed(node.input))]:
        if node.op_type in ORDERING and not around.is_whole(one):
            continue
        if node.op_type in ORDERING:
            if is_free(around, one, 1) and wires.get(other, VALUES) == SIZES:
                return True
            if node.op_type == "Less" and one == node.input[0] and not around.numbers(other).any():
                return len(around.numbers(other)) == 1
            continue
        numbers = around.numbers(other)
        spread = any(around.maker(one, "Expand") + around.maker(one, "Unsqueeze"))
        if spread and len(numbers) > 2 and np.array_equal(numbers, np.arange(len(numbers))):
            return True
        if np.array_equal(numbers, [0]) and (is_free(around, one, 2) or guards(node, one, around)):
            return True
    return False


def is_one(around, names):
    """Return for each wire whether it is a constant of one number."""
    return [len(around.numbers(name)) == 1 for name in names]


def guards(node, divisor, around):
    """Return whether all that read a comparison with 0 put a 0 where a divisor is 0."""
    readers = around.readers.get(node.output[0], [])
    for reader in readers:
        if reader.op_type != "Where" or len(reader.input) != 3:
            return False
        divides = around.maker(reader.input[2], "Div")[1] == divisor
        if not divides or not np.array_equal(around.numbers(reader.input[1]), [0]):
            return False
    return bool(readers) and node.output[0] not in around.written


def ends(node, wires, around):
    """Return whether a Loop ends: after few steps, as many as a size, or when a counter is there.

    The counter goes up by a constant, and what it is compared with stays. Loops in it are too many.
    """
    (body,) = list_subgraphs(node) or [onnx.GraphProto()]
    if any(inner.op_type in ["Loop", "Scan"] for inner in nodes_of(body)):
        return False
    if node.op_type == "Scan":
        return True
    count = node.input[0] if node.input else ""
    numbers = around.numbers(count)
    if count and (numbers.max(initial=0) <= FEW if len(numbers) else wires.get(count) == SIZES):
        return True
    inner = Around(body, around)
    written = [info.name for info in body.output]
    read = [info.name for info in body.input][1:]  # what is written in one step is read in the next
    next_of = dict(zip(read, written, strict=False))
    counter, end = map(inner.origin, inner.maker(written[0] if written else "", "Less")[:2])
    before, step = inner.maker(counter, "Add")[:2]
    steps = inner.numbers(step)
    goes_up = len(steps) == 1 and steps[0] > 0 and next_of.get(before) == counter
    return goes_up and inner.origin(next_of.get(end, end)) == end


def carried(node, body, wires, inner):
    """Return {input of a body: dependence} of what stays what it was before the Loop, or counts."""
    stays = {}
    rows = zip(node.input[2:], body.input[2:], body.output[1:], strict=False)
    for start, info, output in rows:
        before, step = inner.maker(inner.origin(output.name), "Add")[:2]
        counts = before == info.name and step in inner.tensors
        if inner.origin(output.name) == info.name or counts:
            stays[info.name] = wires.get(start, VALUES)
    return stays


def describe_choice(node, wires, around):
    """Return how a node chooses, if it does, and by which inputs; wires is {name: dependence}."""
    depends = [wires.get(name, VALUES) for name in node.input]
    most = max(depends, default=CONSTANT)
    names = ", ".join(node.input)
    types = [attribute.i for attribute in node.attribute if attribute.name == "to"]
    level = [] if most == VALUES else [LOOK]
    if node.op_type in COMPARING and most:
        with_constant = " with a constant" if CONSTANT in depends else ""
        level = [LOOK] if masks(node, wires, around) else level
        if most == MASK and CONSTANT in depends and not any(is_one(around, node.input)):
            level = []  # a pattern is compared, which may be one row's
        return [(f"{node.op_type} compares {WORDS[most]}{with_constant}", names, *level)]
    if node.op_type == "Cast" and types == [TensorProto.BOOL] and most:
        return [(f"Cast compares {WORDS[most]} with 0", names, *level)]
    if node.op_type in CHOOSING and any(depends[:1]):
        level = [] if depends[0] == VALUES else [LOOK]
        return [(f"{node.op_type} chooses by {WORDS[depends[0]]}", names, *level)]
    if node.op_type in REPEATING and ends(node, wires, around):
        return [(f"{node.op_type} repeats a graph", ", ".join(node.output), LOOK)]
    if node.op_type in REPEATING:
        return [(f"{node.op_type} repeats a graph, maybe for ever", ", ".join(node.output))]
    return []


def follow(node, wires, around):
    """Return the choices of a node and its subgraphs, and enter into wires what it writes."""
    findings = describe_choice(node, wires, around)
    dependence = max([wires.get(name, VALUES) for name in node.input if name], default=CONSTANT)
    for graph in list_subgraphs(node):
        within = Around(graph, around)
        inner = {**wires, **{info.name: dependence for info in graph.input}}
        if node.op_type == "Loop":
            inner |= carried(node, graph, wires, within)
        findings += follow_all(graph, inner, within)
        written = [inner.get(info.name, VALUES) for info in graph.output]
        dependence = max([dependence, *written])
    if node.op_type in ["Shape", "Size"]:
        dependence = min(dependence, SIZES)
    if node.op_type in RANDOM:
        dependence = VALUES
    if dependence == VALUES and masks(node, wires, around):
        dependence = MASK
    wires.update(dict.fromkeys(node.output, dependence))
    return findings


def follow_all(holder, wires, around):
    """Return the choices of a graph or a function, whose inputs are among the wires."""
    if isinstance(holder, onnx.GraphProto):
        wires.update(dict.fromkeys(stored_names(holder), CONSTANT))
    findings = []
    for node in holder.node:
        findings += follow(node, wires, around)
    return findings


def stored_names(graph):
    """Return the names of the numbers that a graph brings along."""
    sparse = [tensor.values.name for tensor in graph.sparse_initializer]
    return [tensor.name for tensor in graph.initializer] + sparse


def choices(model):
    """Return where values or sizes become a choice, also behind an Identity, Cast or Reshape."""
    findings = follow_all(model.graph, describe_inputs(model.graph), Around(model.graph))
    holders = [*model.functions]
    for training in model.training_info:
        holders += [training.initialization, training.algorithm]
    for holder in holders:
        findings += follow_all(holder, {}, Around(holder))
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
                    # Exporters leave some behind.
                    findings.append(("nobody reads the initializer", name, LOOK))
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
    """Return the operators that onnx does not know, and who does: the file, or onnxruntime."""
    standard = list_standard()
    brought = {identify(function) for function in model.functions}
    findings = []
    for node in list_nodes(model):
        identity = identify(node)
        where = ", ".join(node.output)
        if identity in brought:
            findings.append((f"{show(identity)} is a function that the file brings", where))
        elif identity[:2] not in standard:
            known = [LOOK] if identity[:2] in list_operators() else []
            what = "an operator of onnxruntime's own" if known else "no operator of the standard"
            findings.append((f"{show(identity)} is {what}", where, *known))
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


def leads_out(place):
    """Return whether the name of a file leads out of the folder, whatever the system."""
    parts = re.split(r"[/\\]", place)
    return ".." in parts or parts[0] == "" or ":" in parts[0]


def trouble_with(tensor, entries, folder):
    """Return what is odd about the file that holds a tensor's numbers; it is not read."""
    place = entries.get("location", "")
    offset, length = (int(entries.get(key) or 0) for key in ["offset", "length"])
    if leads_out(place):
        return ", outside of the folder"
    if offset < 0 or length < 0:
        return ", before its beginning"
    if folder is None:
        return ""
    path = Path(folder, place)
    if not path.resolve().is_relative_to(Path(folder).resolve()):
        return ", a link that leads out of the folder"
    if not path.is_file():
        return ", which is not there"
    if path.stat().st_nlink > 1:  # a hard link: the numbers of a file elsewhere
        return ", a file that has a second name elsewhere"
    if path.stat().st_size < offset + (length or dense_size(tensor)):
        return ", which is too short"
    return ""


def external_data(model, folder=None):
    """Return the tensors whose numbers are in another file, and where; the file is not read.

    If the model lies in a folder, a plain file beside it is no more than worth a look.
    """
    findings = []
    for message in list_messages(model):
        if not isinstance(message, TensorProto):
            continue
        if message.external_data or message.data_location == TensorProto.EXTERNAL:
            entries = {entry.key: entry.value for entry in message.external_data}
            place = entries.pop("location", "none is named")
            rest = [f"{key} {value}" for key, value in entries.items()]
            try:
                trouble = trouble_with(message, {"location": place, **entries}, folder)
            except (ValueError, OSError, RuntimeError):  # a name that is none, links in a circle
                trouble = ", which cannot be looked for"
            what = f"numbers in another file, {place}{trouble}"
            level = [] if trouble or folder is None else [LOOK]
            findings.append((what, ", ".join([message.name or "a constant", *rest]), *level))
    return findings


def dense_size(tensor):
    """Return how many bytes a tensor takes; a sparse one when it is written out, as runtimes do."""
    values = tensor.values if isinstance(tensor, onnx.SparseTensorProto) else tensor
    if values.data_type not in helper.get_all_tensor_dtypes():
        return 0
    dtype = helper.tensor_dtype_to_np_dtype(values.data_type)
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
# An exporter's note on where in the source code a node was made, and on whose it is.
TRACE = r"[^\n]{1,300}\.py\(\d+\): \w"
WEB = r"\bhttps?://"  # in metadata: the exporter's page, the licence


def suspicious_texts(model):
    """Return the texts that hold an address, a path, a program, or what a terminal obeys."""
    findings = []
    for text, place in list_texts(model).items():
        for sign, pattern in SIGNS.items():
            found = re.search(pattern, text, re.IGNORECASE)
            if found:
                start = max(0, found.start() - LONGEST // 3)
                part = text[start : start + LONGEST]
                is_trace = sign == "a path" and re.match(TRACE, text)
                is_home = place == "StringStringEntryProto.value" and re.search(WEB, text)
                is_sound = is_trace or (sign == "an address" and is_home)
                level = [LOOK] if is_sound else []
                findings.append((f"a text with {sign}", f"{place} {part!r}", *level))
    return findings


# 7. Bytes -----------------------------------------------------------------------------------------
SIGNATURES = {  # of what is no number: as much of each as chance does not write
    "a program for Linux": rb"\x7fELF[\x01\x02][\x01\x02]\x01",
    "a program for Windows": rb"This program cannot be run in DOS mode",
    "a pickle that calls a function": rb"\x80[\x02-\x05][\s\S]{0,32}?"
    rb"(c[\w.]{2,40}\n\w{2,40}\n|\x8c[\x02-\x40][\w.]{2,40}\x94?\x8c[\x02-\x40][\w.]{2,40}\x94?\x93)",
    "an archive": rb"PK\x03\x04[\x0a-\x3f]\0[\s\S]\0[\0-\x63]\0",
}


def hidden_bytes(model):
    """Return the fields that hold a program, a pickle or an archive where numbers should be."""
    findings = []
    for message in list_messages(model):
        for field, value in message.ListFields():
            if field.type == field.TYPE_BYTES:
                for content in items(value):
                    name = getattr(message, "name", "")
                    for what, pattern in SIGNATURES.items():
                        if re.search(pattern, content):
                            place = f"{message.DESCRIPTOR.name}.{field.name} {name}"
                            findings.append((f"bytes that are {what}", place.strip()))
    return findings


def unknown_fields(model):
    """Return the fields that the installed onnx has no name for: a newer ONNX's, or nobody's."""
    findings = []
    for message in list_messages(model):
        for field in UnknownFieldSet(message):
            place = f"{message.DESCRIPTOR.name}, number {field.field_number}"
            findings.append(("a field that onnx does not know", place))
    return findings


# 8. The report ------------------------------------------------------------------------------------
LOOKS = [
    choices,
    unread,
    foreign_operators,
    disguised_functions,
    wrong_calls,
    external_data,
    large_sparse_tensors,
    suspicious_texts,
    hidden_bytes,
    unknown_fields,
]


def needless_operators(model, needed):
    """Return the operators that the model should not need."""
    operators = sorted({node.op_type for node in list_nodes(model)} - set(needed))
    return [("an operator that is not among those needed", operator) for operator in operators]


def escape(text):
    """Return a text in ASCII, in which a terminal finds nothing to obey."""
    return text.encode("unicode_escape").decode("ascii")


def list_lines(findings):
    """Return findings as lines, those of one kind on one."""
    examples = {}
    for what, example, *_level in findings:
        shown = example if len(example) <= 2 * LONGEST else f"{example[: 2 * LONGEST]}..."
        examples.setdefault(what, []).append(shown)
    lines = []
    for what, shown in examples.items():
        more = f", and {len(shown) - EXAMPLES} more" if len(shown) > EXAMPLES else ""
        lines.append(escape(f"{what}: {'; '.join(shown[:EXAMPLES])}{more}"))
    return lines


def inspect_all(model, needed=(), folder=None):
    """Return what is to be explained about a model, and what is worth a look, as lines.

    The folder is the one that the model lies in, if it does.
    """
    findings = []
    for look in LOOKS:
        findings += look(model, folder) if look is external_data else look(model)
    if needed:
        findings += needless_operators(model, needed)
    alarms = [finding for finding in findings if LOOK not in finding[2:]]
    notes = [finding for finding in findings if LOOK in finding[2:]]
    return list_lines(alarms), list_lines(notes)


def inspect(model, needed=(), folder=None):
    """Return what is to be explained about a model; an empty list is no proof of innocence."""
    return inspect_all(model, needed, folder)[0]


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
    """Print the operators of a file and what is to be explained or looked at; return the status."""
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
    folder = Path(arguments.model).parent
    findings, notes = inspect_all(model, arguments.needed, folder)
    notes = [f"{LOOK}: {note}" for note in notes]
    try:
        print("\n".join([escape(counts), *findings, *notes]), flush=True)
    except BrokenPipeError:  # who reads has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
