"""What a file makes of a row's neighbours, of no row, of odd numbers and of rounding; what is slow.

All of it in ONNX Runtime, in a process of its own; each probe ends in a note: (what, cure, page).
"""

import contextlib
import json
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from tests import engines
from tests.check.feed import list_inputs, sizes_of
from tests.check.trial import BASE, DIGITS, compare, far, is_floating
from tests.engines.onnxruntime import open_session
from tests.kit.graphs import inline, list_nodes, list_subgraphs

ROWS = 4
CALLS = 10
SLOWEST = 3
LOUD = 1000.0
QUANTISED = "DynamicQuantizeLinear"
PRECISION = "tests/questions/precision.md"
NEIGHBOURS = f"{PRECISION}#why-does-a-rows-answer-change-with-the-rows-beside-it"
TOLERANCE = f"{PRECISION}#which-tolerance-and-why"
EXERCISE = "tests/exercises/ex12_free_batch.py"
SLOW_NODE = "tests/questions/running.md#how-do-i-find-the-slow-node-and-keep-the-optimised-model"


def open_runner(path):
    """Return a function that runs a file on a list of inputs."""
    session = open_session(path)
    names = [value.name for value in session.get_inputs()]

    def run(inputs):
        return session.run(None, dict(zip(names, inputs, strict=True)))

    return run


# Rows and their neighbours ------------------------------------------------------------------------
def counts_rows(model):
    """Return whether each input and each output begins with a free size."""
    values = [*list_inputs(model), *model.graph.output]
    for value in values:
        if value.type.WhichOneof("value") != "tensor_type":
            return False
        sizes = sizes_of(value)
        if not sizes or not isinstance(sizes[0], str):
            return False
    return bool(values)


def tile(array, rows):
    """Return so many rows, no two alike where numbers are floating."""
    repeats = -(-rows // len(array))
    tiled = np.concatenate([array] * repeats)[:rows]
    if array.dtype.kind == "f":
        scale = np.linspace(1, 1.5, rows).reshape(-1, *[1] * (array.ndim - 1))
        tiled = (tiled * scale).astype(array.dtype)
    return tiled


def pick(arrays, row):
    """Return a row of each array, as a batch of one."""
    return [array[row : row + 1] for array in arrays]


def try_neighbours(model, run, inputs):
    """Return a note on whether a row's answer depends on the rows beside it."""
    sizes = {value.name: sizes_of(value) for value in list_inputs(model)}
    frozen = [name for name, found in sizes.items() if found[:1] == [1] and len(found) > 1]
    if frozen and not any(found and isinstance(found[0], str) for found in sizes.values()):
        what = f"one row a call: the first size of {', '.join(frozen)} is 1"
        return [(what, "a size of its own name frees it, if the nodes agree", EXERCISE)]
    if not counts_rows(model) or any(len(array) == 0 for array in inputs):
        return []
    many = [tile(array, ROWS) for array in inputs]
    loud = [array.copy() for array in many]
    for array in loud:
        if array.dtype.kind == "f":
            array[-1] *= LOUD
    alone = run(pick(many, 0))
    notes = []
    for words, batch in {"beside others": many, "beside a row of large numbers": loud}.items():
        outputs = run(batch)
        if any(len(output) != ROWS for output in outputs):
            return []  # the first size counts something else than rows
        off, differs = compare(pick(outputs, 0), alone)
        if differs:
            cure = "keep apart what may not meet, or compute row by row"
            if any(node.op_type == QUANTISED for node in list_nodes(model)):
                cure = "quantise statically: here one scale is drawn from all rows of a call"
            how = f"{off:.1e} of the largest number" if np.isfinite(off) else "in its labels"
            notes.append((f"a row's answer changes {words}: {how}", cure, NEIGHBOURS))
    return notes[:1]


# Nothing, and numbers that are none ---------------------------------------------------------------
def tell_answer(run, inputs):
    """Return in words what comes of inputs."""
    try:
        outputs = run(inputs)
    except Exception as error:
        return f"is refused ({' '.join(str(error).split())[:120]})"
    floating = [np.asarray(output, np.float64) for output in outputs if is_floating(output)]
    if any(np.isnan(output).any() for output in floating):
        return "is answered with NaN"
    if any(np.isinf(output).any() for output in floating):
        return "is answered with an infinite number"
    return "is answered as if nothing were odd"


def try_nothing(model, run, inputs):
    """Return a note on what comes of no row, if the number of rows is free."""
    if not counts_rows(model):
        return []
    words = tell_answer(run, [array[:0] for array in inputs])
    if "as if nothing" in words:
        return []
    cure = "feed a row or more, and answer nothing with nothing"
    return [(f"no row at all {words}", cure, "tests/estimators/README.md")]


def try_odd_numbers(model, run, inputs):
    """Return a note on what comes of NaN, infinity and the largest float."""
    found = []
    odd = {"NaN": np.nan, "infinity": np.inf, "the largest float": None}
    for word, number in odd.items():
        fed = [array.copy() for array in inputs]
        spoilt = False
        for array in fed:
            if array.dtype.kind == "f" and array.size:
                array.flat[0] = np.finfo(array.dtype).max if number is None else number
                spoilt = True
        if spoilt:
            found.append(f"{word} {tell_answer(run, fed)}")
    cure = "look at the rows before they are fed: numpy.isfinite"
    return [(f"as the first number, {'; '.join(found)}", cure, TOLERANCE)] if found else []


# Digits -------------------------------------------------------------------------------------------
def widen_tensor(tensor):
    """Make a tensor of float32 one of float64."""
    if tensor.data_type == TensorProto.FLOAT:
        wide = numpy_helper.to_array(tensor).astype(np.float64)
        tensor.CopyFrom(numpy_helper.from_array(wide, tensor.name))


def widen_graph(graph):
    """Make what a graph computes in float32 float64, its subgraphs included."""
    del graph.value_info[:]
    for value in [*graph.input, *graph.output]:
        if value.type.tensor_type.elem_type == TensorProto.FLOAT:
            value.type.tensor_type.elem_type = TensorProto.DOUBLE
    for tensor in graph.initializer:
        widen_tensor(tensor)
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                widen_tensor(attribute.t)
            if attribute.name == "value_float":
                number = np.float64(attribute.f)
                attribute.CopyFrom(
                    helper.make_attribute("value", numpy_helper.from_array(np.array(number)))
                )
            if attribute.name in ["to", "dtype"] and attribute.i == TensorProto.FLOAT:
                attribute.i = TensorProto.DOUBLE
        for inner in list_subgraphs(node):
            widen_graph(inner)


def widen(model):
    """Return the same graph in float64."""
    wide = onnx.ModelProto()
    wide.CopyFrom(model)
    widen_graph(wide.graph)
    return wide


def count_digits(model, run, inputs):
    """Return a note on how many digits the answer keeps, where onnx.reference can say it."""
    if not any(array.dtype == np.float32 for array in inputs):
        return []
    exact = []
    for array in inputs:
        exact.append(array.astype(np.float64) if array.dtype == np.float32 else array)
    with tempfile.TemporaryDirectory() as folder:
        wide = Path(folder, "wide.onnx")
        onnx.save(widen(inline(model)), wide)
        right = engines.find()[BASE[1]].run(wide, exact)
    given = run(inputs)
    pairs = [pair for pair in zip(given, right, strict=True) if is_floating(pair[0])]
    off = max((far(np.asarray(mine, np.float64), theirs) for mine, theirs in pairs), default=0.0)
    if not pairs:
        return []
    if np.isinf(off):
        return [("in float64 the same graph has another shape, or no number", "", TOLERANCE)]
    digits = 7 if off == 0 else min(7, int(-np.log10(off)))
    what = f"of float32's 7 digits {digits} are kept: {off:.0e} of the largest number from float64"
    cure = "" if off <= DIGITS else "look for the node with first_wrong, and compute it in float64"
    return [(what, cure, TOLERANCE)]


# Time ---------------------------------------------------------------------------------------------
def find_slow_nodes(path, inputs):
    """Return a note on the nodes that take the most of the time, by ONNX Runtime's own profile."""
    onnxruntime = engines.find()[BASE[0]].load()
    with tempfile.TemporaryDirectory() as folder:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        options.enable_profiling = True
        options.profile_file_prefix = str(Path(folder, "profile"))
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        names = [value.name for value in session.get_inputs()]
        for _ in range(CALLS):
            session.run(None, dict(zip(names, inputs, strict=True)))
        events = json.loads(Path(session.end_profiling()).read_text(encoding="utf-8"))
    times = Counter()
    for event in events:
        if event["name"].endswith("_kernel_time"):
            times[event["args"]["op_name"], event["name"].removesuffix("_kernel_time")] += event[
                "dur"
            ]
    total = sum(times.values())
    if not total:
        return []
    slow = [f"{time / total:.0%} {op} {name}" for (op, name), time in times.most_common(SLOWEST)]
    return [(f"of the time in nodes, {'; '.join(slow)}", "", SLOW_NODE)]


# All of them --------------------------------------------------------------------------------------
DIGITS_KEPT = "float64"
TIME = "the time of each node"
LOOKS = {
    "a row's neighbours": try_neighbours,
    "no row": try_nothing,
    "NaN, infinity and the largest float": try_odd_numbers,
    DIGITS_KEPT: count_digits,  # it asks onnx.reference, too
}


def probe(tell, path, inputs, words):
    """Hand over (the word of a look, its note) for each; one that cannot be had has no note."""
    model = onnx.load(path)
    run = open_runner(path)
    for word in words:
        tell((word, None))
        with contextlib.suppress(Exception):
            if word == TIME:
                notes = find_slow_nodes(path, inputs)
            else:
                notes = LOOKS[word](model, run, inputs)
            for note in notes:
                tell((word, note))
