"""One file in one engine: run it apart, compare its answer with onnxruntime's, say how it ended."""

import re
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tests import engines
from tests.interop.optimisers.tools import TOOLS
from tests.interop.real.files import FILES, cache
from tests.kit import apart
from tests.kit.places import ROOT

ENGINES = engines.find()
ORACLE = "ONNX Runtime"
# Where onnxruntime is wrong, by numpy: whose answer counts instead, which a third engine confirms.
ORACLES = {"French lemmas": "OpenVINO"}
SECONDS = 60  # of a processor's work
PATIENCE = 600  # seconds by the clock: a busy machine is no verdict on an engine
GIGABYTES = 8

AGREES = "agrees"
REFUSES = "refuses"
DIFFERS = "answers otherwise"
ENDS = "ends the process"
SLOW = "too slow"
MEMORY = "too much memory"
NOT_TRIED = "not tried"  # for want of a program that the engine calls
VERDICTS = [AGREES, REFUSES, DIFFERS, ENDS, SLOW, MEMORY]
# Words of ncnn and MNN about what they are fed: no node is refused.
UNFED = ("ncnn takes float32 alone", "KeyError: 'float", "KeyError: 'int", "KeyError: 'uint")

# float32 keeps 7 digits. Where hundreds of nodes lose some each, 3 remain of an output's largest
# number; what was rounded to 8 bits may fall to the other side of a step, which leaves one and a
# half. A mistake of a formula is far larger than either.
TOLERANCE = 1e-3
TOLERANCE_OF_8_BITS = 3e-2
TOLERANCE_OF_16_BITS = 1e-2  # a step of float16 is 5e-4 of a number; twenty of them
OF_8_BITS = {"smart turn", "ddddocr, quantised", "French lemmas"}
OF_16_BITS = {"Russian morphemes"}

# Of a file that was changed before onnxruntime answered it: see changes.py.
COARSE = "as near as fewer bits allow"
UNFIT = "writes what is refused"  # by onnxruntime
UNFIT_ENDS = "writes what ends onnxruntime"
OUTCOMES = [AGREES, COARSE, DIFFERS, UNFIT, UNFIT_ENDS, REFUSES, ENDS, SLOW, MEMORY]
GROUPS = {
    "optimisers": list(TOOLS),
    "opsets": ["to opset 18", "to the newest opset", "2 opsets down"],
    "fewer bits": ["float16", "dynamic int8", "static int8"],
}
# In parts of an output's largest number. A step of float16 is 5e-4 of a number, one of int8 4e-3 of
# a range: where tens of nodes add theirs, some twenty of them. Beyond, a user has another model.
ALLOWED = {"float16": 1e-2, "dynamic int8": 1e-1, "static int8": 1e-1}

# Before any import of an engine: one thread, so that files do not wait for each other's.
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "ORT_DISABLE_TELEMETRY": "1"}


# One file -----------------------------------------------------------------------------------------
def tolerance_of(name):
    """Return how far an answer may be off, in parts of an output's largest number."""
    if name in OF_16_BITS:
        return TOLERANCE_OF_16_BITS
    return TOLERANCE_OF_8_BITS if name in OF_8_BITS else TOLERANCE


def distance(output, right):
    """Return how far an output is off, in parts of its largest number; infinity if it is no such.

    Whole numbers, truth values and words are right or not.
    """
    output = np.asarray(output)
    if output.shape != right.shape or (output.dtype.kind == "f") != (right.dtype.kind == "f"):
        return np.inf
    if right.dtype.kind != "f":
        return 0.0 if np.array_equal(output, right) else np.inf
    finite = np.isfinite(right)
    if not np.array_equal(output[~finite], right[~finite], equal_nan=True):
        return np.inf
    off = np.abs(output[finite].astype(float) - right[finite]).max(initial=0.0)
    largest = np.abs(right[finite]).max(initial=0.0)
    return float(np.nan_to_num(off / largest if largest else off, nan=np.inf))


def compare(answer, right, tolerance):
    """Return what is wrong with the first output that is wrong, or None; how far the worst is off.

    The first is not the worst: a state may be off by more than the answer before it.
    """
    if len(answer) != len(right):
        return f"{len(answer)} outputs instead of {len(right)}", np.inf
    words = None
    worst = 0.0
    for number, (output, exact) in enumerate(zip(answer, right, strict=True)):
        output = np.asarray(output)
        off = distance(output, exact)
        worst = max(worst, off)
        if words is not None or off <= tolerance:
            continue
        if output.shape != exact.shape:
            words = f"output {number} has the shape {output.shape} instead of {exact.shape}"
        elif off == np.inf:
            words = f"output {number} ({output.dtype}) holds other values"
        else:
            words = f"output {number} is off by {off:.0e} of its largest number"
    return words, worst


def words_of(error):
    """Return what an exception says, on one line, without folders and places in source code."""
    words = " ".join(f"{type(error).__name__}: {error}".split())
    for folder in (str(cache()), str(ROOT), tempfile.gettempdir(), sys.prefix):
        words = words.replace(folder, "...")
    words = words.split(" Stack backtrace:")[0]
    return re.sub(r"Exception from \S+:\d+:\s*", "", words)[:5000]


def peak():
    """Return the most memory that this process has held, in megabytes."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return round(int(line.split()[1]) / 1024)


def took_too_long():
    """Return whether a program that this process called used up its time."""
    import resource

    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime > SECONDS - 1


def judge(run, path, inputs, right, tolerance):
    """Return the verdict on an engine's answer, what there is to say, seconds and megabytes."""
    start = time.perf_counter()
    try:
        answer = run(path, inputs)
    except FileNotFoundError as error:
        return {"verdict": NOT_TRIED, "why": f"there is no {Path(error.filename).name}"}
    except MemoryError:
        return {"verdict": MEMORY}
    except Exception as error:
        if took_too_long():
            return {"verdict": SLOW}
        return {"verdict": REFUSES, "why": words_of(error)}
    found = {"seconds": time.perf_counter() - start, "megabytes": peak()}
    sentence, found["off"] = compare(answer, right, tolerance)
    if sentence is None:
        return {"verdict": AGREES, **found}
    return {"verdict": DIFFERS, "why": sentence, **found}


def judge_apart(run, path, inputs, right, tolerance, seconds=PATIENCE):
    """Return the verdict on a file; crashes, and what takes too long, are verdicts, too."""
    outcome = apart.copy(
        judge,
        run,
        path,
        inputs,
        right,
        tolerance,
        seconds=seconds,
        work=SECONDS,
        gigabytes=GIGABYTES,
        quiet=True,
        fill=True,  # memory that nobody wrote is filled: who reads it answers wrongly each time
    )
    if outcome.ended == apart.RETURNED:
        return outcome.value
    if outcome.ended == apart.LATE:
        return {"verdict": SLOW}
    if outcome.ended == apart.MEMORY:
        return {"verdict": MEMORY}
    return {"verdict": ENDS, "why": outcome.error}


# Inputs and right answers -------------------------------------------------------------------------
def answer(engine, path, inputs):
    """Return an engine's outputs as arrays."""
    return [np.asarray(output) for output in ENGINES[engine].run(path, inputs)]


def prepare(names, oracles):
    """Return {file: (path, inputs, the right answer, tolerance)}; onnxruntime's by default."""
    work = {}
    for name in names:
        path = FILES[name].where()
        inputs = FILES[name].make(path)
        if name in oracles:
            outcome = apart.fresh(answer, oracles[name], path, inputs, environment=ENVIRONMENT)
            right = outcome.value
        else:
            right = answer(ORACLE, path, inputs)
        work[name] = (path, inputs, right, tolerance_of(name))
    return work


def prepare_apart(names, oracles=ORACLES):
    """Return the same, from a process of its own: engines do not agree with each other."""
    outcome = apart.fresh(
        prepare, names, oracles, seconds=PATIENCE, gigabytes=16, environment=ENVIRONMENT
    )
    if outcome.ended != apart.RETURNED:
        raise RuntimeError(f"onnxruntime {outcome.ended}: {outcome.error} {outcome.words}")
    return outcome.value
