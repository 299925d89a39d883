"""What the engines that are installed make of a file, and the first node at which two of them part.

Each engine runs in a process of its own, with limits of time and memory.
"""

import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
from onnx import helper

from tests import engines
from tests.engines.onnxruntime import open_session
from tests.exercises.first_wrong import describe as describe_node
from tests.exercises.first_wrong import distance, expose
from tests.interop.operators.foresee import CRASHES, DIFFERS, REFUSES, RUNS, UNKNOWN
from tests.kit import apart
from tests.kit.graphs import domain_of, list_nodes
from tests.security.inspector import RANDOM

SECONDS = 60
GIGABYTES = 16  # some engines reserve much more than they use
DIGITS = (
    1e-3  # of the largest number: engines round in unlike orders, whole networks a digit or two
)
NO_ANSWER = "no answer within"
ABSENT = "not installed"
SAME_ENGINE = 1e-4  # two files in one engine: no more than what an optimiser reorders
BASE = ["ONNX Runtime", "onnx.reference"]  # whose answers the others are compared with, if none
# is given: the first of them that has one
DRAWING = {*RANDOM, "Bernoulli", "Multinomial"}


class Ran(NamedTuple):
    """How an engine fared: a verdict, its own words, its outputs, how far off, how long it took."""

    verdict: str
    words: str = ""
    outputs: list | None = None
    off: float | None = None  # of the largest number of that output; infinite for another shape
    seconds: float | None = None


# Running ------------------------------------------------------------------------------------------
def run(name, path, inputs):
    """Return the outputs of a file in an engine."""
    return engines.find()[name].run(path, inputs)


def try_rows(path, attempts):
    """Return the first of several lists of inputs that ONNX Runtime runs, and its answer.

    If it runs none: None, None and what it last said. A file that it does not load raises.
    """
    session = open_session(path)
    names = [value.name for value in session.get_inputs()]
    words = ""
    for inputs in attempts:
        try:
            return inputs, session.run(None, dict(zip(names, inputs, strict=True))), ""
        except Exception as error:
            words = str(error)
    return None, None, words


def describe_end(outcome, seconds):
    """Return how an engine fared that gave no answer."""
    words = " ".join(f"{outcome.error}: {outcome.words}".split())
    if outcome.ended == apart.RAISED:
        return Ran(REFUSES, words)
    if outcome.ended == apart.LATE:
        return Ran(CRASHES, f"{NO_ANSWER} {seconds} s")
    return Ran(CRASHES, f"{outcome.ended}: {words}")


def ask(name, path, inputs, seconds):
    """Return how an engine fares with a file; whether its answer is right is not yet asked."""
    start = time.monotonic()
    outcome = apart.fresh(run, name, str(path), inputs, seconds=seconds, gigabytes=GIGABYTES)
    took = round(time.monotonic() - start, 1)
    if outcome.ended == apart.RETURNED:
        return Ran(RUNS, outputs=list(outcome.value), seconds=took)
    return describe_end(outcome, seconds)._replace(seconds=took)


def run_all(path, inputs, progress, seconds, known):
    """Return {engine: how it fared}, None for those that are not installed.

    known has the engines of which it is known already, or None in their place.
    """
    found = {}
    for name, engine in engines.find().items():
        if engines.version_of(engine) is None:
            found[name] = None
            continue
        progress(f"runs it in {name}")
        found[name] = known.get(name) or ask(name, path, inputs, seconds)
    if any(each and each.verdict == RUNS for each in found.values()):
        for name, each in found.items():
            if each and each.words.startswith(NO_ANSWER):
                found[name] = each._replace(verdict=UNKNOWN)  # slow, as others show, not endless
    return found


# Comparing ----------------------------------------------------------------------------------------
def far(given, right):
    """Return how far an output is off, as a share of its largest number."""
    if isinstance(right, list | dict) or isinstance(given, list | dict):
        return far_of_parts(given, right)
    if right is None or given is None:
        return 0.0 if given is right else np.inf
    given = np.asarray(given)
    right = np.asarray(right)
    if right.dtype.kind in "OUS":
        same = given.astype(str).tolist() == right.astype(str).tolist()
        return 0.0 if same else np.inf
    if given.shape in [(), (1,)] and right.shape in [(), (1,)]:
        given = given.reshape(right.shape)
    if right.dtype.kind == "b" or given.dtype.kind == "b":  # some engines have numbers for both
        given = given.astype(np.int8)
        right = right.astype(np.int8)
    if right.dtype.kind not in "fiu":
        right = right.astype(np.float32)  # of bfloat16 and its like numpy knows the name alone
    off = distance(given.astype(right.dtype), right)
    finite = np.abs(right[np.isfinite(right)].astype(np.float64))
    return off / max(finite.max(initial=0.0), 1e-30) if off else 0.0


def far_of_parts(given, right):
    """Return how far a sequence or a map is off."""
    if type(given) is not type(right) or len(given) != len(right):
        return np.inf
    if isinstance(right, dict):
        if given.keys() != right.keys():
            return np.inf
        given = list(given.values())
        right = list(right.values())
    return max(map(far, given, right), default=0.0)


def tolerance(right, digits=DIGITS):
    """Return how far an output may be off: labels and other whole numbers not at all."""
    return digits if is_floating(right) else 0.0


def is_floating(value):
    """Return whether an output holds floating numbers."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return any(is_floating(each) for each in value)
    return np.asarray(value).dtype.kind not in "biuOUS"


def compare(outputs, right, digits=DIGITS):
    """Return how far outputs are off, and whether that is too far; right may lack some (None)."""
    if len(outputs) != len(right):
        return np.inf, True
    worst = 0.0
    differs = False
    for given, exact in zip(outputs, right, strict=True):
        if exact is None:
            continue
        off = far(given, exact)
        worst = max(worst, off)
        differs = differs or off > tolerance(exact, digits)
    return worst, differs


def draws(model):
    """Return whether a model draws random numbers, so that no two answers are alike."""
    return any(node.op_type in DRAWING and not domain_of(node) for node in list_nodes(model))


def judge(ran, right, source):
    """Return {engine: how it fared} with the answers compared with those that are right."""
    judged = {}
    for name, each in ran.items():
        if each is not None and each.outputs is not None and right is not None:
            off, differs = compare(each.outputs, right)
            each = each._replace(off=off)
            if differs:
                how = f"off by {off:.1e} of the largest number"
                if np.isinf(off):
                    how = "another shape, other words, or no number where there is one"
                each = each._replace(verdict=DIFFERS, words=f"{how}, compared with {source}")
        judged[name] = each
    return judged


def choose_base(ran):
    """Return the engine whose answers the others are compared with, or None."""
    answered = [name for name, each in ran.items() if each and each.verdict == RUNS]
    for name in [*BASE, *answered]:
        if name in answered:
            return name
    return None


# Where two engines part ---------------------------------------------------------------------------
class Parting(NamedTuple):
    """The first node at which two engines part, what it read, and what each made of it."""

    node: onnx.NodeProto
    wire: str
    opset: int
    inputs: dict
    outputs: dict  # {engine: the array}
    off: float

    def __str__(self):
        """Return the node on a line."""
        return describe_node(self.node)


def type_outputs(exposed, wires):
    """Give each wire that is shown the type that it has: other engines do not infer it."""
    del exposed.graph.output[:]
    for name, array in wires.items():
        kind = helper.np_dtype_to_tensor_dtype(array.dtype)
        exposed.graph.output.append(helper.make_tensor_value_info(name, kind, [None] * array.ndim))


def read_all_wires(path, inputs, name, folder):
    """Return the file with every wire an output, saved, and what those are in two engines."""
    model = onnx.load(path)
    exposed = expose(model)
    shown = Path(folder, "shown.onnx")
    onnx.save(exposed, shown)
    names = [info.name for info in exposed.graph.output]
    found = run(BASE[0], shown, inputs)
    wires = {}
    for wire, value in zip(names, found, strict=True):
        if isinstance(value, np.ndarray) and value.dtype.kind in "fiub":
            wires[wire] = value
    type_outputs(exposed, wires)
    onnx.save(exposed, shown)
    others = dict(zip(wires, run(name, shown, inputs), strict=True))
    return exposed, wires, others


def part(path, inputs, name):
    """Return where an engine parts from ONNX Runtime, or None: for a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        model, ours, theirs = read_all_wires(path, inputs, name, folder)
    known = {**dict(zip(engines.input_names(model), inputs, strict=True)), **ours}
    for tensor in model.graph.initializer:
        known[tensor.name] = onnx.numpy_helper.to_array(tensor)
    opsets = {domain_of(each): each.version for each in model.opset_import}
    for node in model.graph.node:
        for wire in node.output:
            if wire in ours and far(theirs[wire], ours[wire]) > tolerance(ours[wire]):
                inputs = {each: known[each] for each in node.input if each in known}
                outputs = {BASE[0]: ours[wire], name: theirs[wire]}
                off = far(theirs[wire], ours[wire])
                opset = opsets[domain_of(node)]
                return Parting(node, wire, opset, inputs, outputs, off)
    return None


def find_parting(path, inputs, name):
    """Return the Parting of an engine from ONNX Runtime, None where it can't be found."""
    outcome = apart.fresh(part, str(path), inputs, name, seconds=SECONDS, gigabytes=GIGABYTES)
    return outcome.value if outcome.ended == apart.RETURNED else None
