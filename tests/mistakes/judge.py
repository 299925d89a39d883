"""Who is the first to notice a mistake? Walks a model's life, as a careful user would, and tells.

convert     the file is made: by a converter, by onnx, or by a few lines of Python
check       onnx.checker.check_model(path)
full check  the same with full_check=True, which also infers types and shapes
load        onnxruntime.InferenceSession(path)
run         session.run(...)
log         onnxruntime prints a warning, and goes on; or Python does while the file is made
nobody      only a comparison with numpy or scikit-learn shows that the answer is wrong
right       the answer is right
dies        the process ends: a bug of that version, which Python cannot catch
"""

import re
import warnings
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
import onnxruntime

import linear_regression  # before onnxruntime: it switches its usage reports off
from tests.kit import apart
from tests.mistakes.catalogue import Result

AIMED_AT_PROGRAMMERS = [DeprecationWarning, PendingDeprecationWarning, FutureWarning]
TOLERANCE = {"rtol": 1e-4, "atol": 1e-5}  # float32 keeps 7 digits, a few are lost on the way
LONGEST = 100  # characters of a message that the page shows if the mistake doesn't choose a part


class Verdict(NamedTuple):
    """Who noticed, the type of the error, its message or how the answer differs, and by how much.

    anyway says how far a model gets that the checker refuses: the stage, or "right".
    """

    noticed: str
    error: str = ""
    message: str = ""
    off: float = 0.0
    anyway: str = ""


def clean(message, folder):
    """Return a message on one line, without places that differ from computer to computer."""
    message = message.replace(f"{folder}{'/' if '/' in str(folder) else chr(92)}", "")
    message = message.replace(str(folder), ".")
    message = re.sub(r"\x1b\[[0-9;]*m", "", message)  # colours
    message = " ".join(message.split())
    message = re.sub(r"^\[ONNXRuntimeError\] : \d+ : \w+ : ", "", message)
    message = re.sub(r"^Load model from \S+ failed:", "", message)
    message = re.sub(r"\S+\.(cc|h):\d+ .*(was false\.|\)) (?=[A-Z])", "", message)  # C++
    message = re.sub(r"\S+\.h:\d+: \w+: Assertion `\w+` failed: ", "", message)
    return message


def describe(answer, expected):
    """Return in a few words how an answer differs from what is expected, and by how much."""
    if not isinstance(answer, np.ndarray):
        return f"a {type(answer).__name__}", 0.0
    if answer.shape != expected.shape:
        return f"shape {answer.shape}, not {expected.shape}", 0.0
    if answer.dtype.kind == "f":
        off = float(np.abs(answer - expected).max())
        if np.isfinite(off):
            return f"off by up to {float(f'{off:.2g}'):g}", off
        unlike = int((~np.isclose(answer, expected, **TOLERANCE)).sum())
    else:
        unlike = int((answer != expected).sum())
    return f"{unlike} of {answer.size} answers differ", float(unlike)


def agrees(answer, expected):
    """Return whether an answer is right."""
    if not isinstance(answer, np.ndarray):
        return not isinstance(expected, np.ndarray) and answer == expected
    if answer.shape != np.shape(expected):
        return False
    if answer.dtype.kind != "f":
        return bool((answer == expected).all())
    return np.allclose(answer, expected, **TOLERANCE, equal_nan=True)


def compare(answer, expected):
    """Return the verdict on an answer that nobody objected to."""
    if agrees(answer, expected):
        return Verdict("right")
    message, off = describe(answer, expected)
    return Verdict("nobody", "", message, off)


def attempt_to(stage, folder, step):
    """Return what a step returns and None, or None and the verdict on what it raised."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python shows a user's warnings, and goes on
            return step(), None
    except Exception as error:
        return None, Verdict(stage, type(error).__name__, clean(str(error), folder))


def make(mistake, mended, folder):
    """Return the attempt, the verdict if none came of it, and the verdict on Python's warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            attempt = mistake.make(mended, folder)
        except Exception as error:
            return None, Verdict("convert", type(error).__name__, clean(str(error), folder)), None
    for warning in caught:
        if warning.category not in AIMED_AT_PROGRAMMERS:
            words = clean(str(warning.message), folder)
            return attempt, None, Verdict("log", warning.category.__name__, words)
    return attempt, None, None


def load(path, disabled):
    """Return a session as the scripts make it, or one without some of the optimisers."""
    if not disabled:
        return linear_regression.load_model(path)
    provider = "CPUExecutionProvider"
    return onnxruntime.InferenceSession(path, providers=[provider], disabled_optimizers=disabled)


def execute(path, attempt, folder, read_log, announce):
    """Return the verdict of onnxruntime and of the comparison."""
    read_log()  # what was printed before does not count
    announce("load")
    session, verdict = attempt_to("load", folder, lambda: load(path, attempt.disabled))
    if verdict:
        return verdict
    announce("run")
    output = attempt.output or session.get_outputs()[-1].name
    outputs, verdict = attempt_to("run", folder, lambda: session.run([output], attempt.feed))
    if verdict:
        return verdict
    warning = re.search(r"\[W:onnxruntime:\S*, [^]]*\] (.*)", read_log())
    if warning:
        return Verdict("log", "", clean(warning[1], folder))
    return compare(outputs[0], attempt.expected)


def walk(path, attempt, folder, read_log, announce=lambda stage: None):
    """Return the verdict on a file; each stage is announced before it begins."""
    for stage, full in [("check", False), ("full check", True)]:
        announce(stage)
        check = partial(onnx.checker.check_model, str(path), full_check=full)
        _, verdict = attempt_to(stage, folder, check)
        if verdict:
            anyway = execute(path, attempt, folder, read_log, announce)
            return verdict._replace(anyway=anyway.noticed)
    return execute(path, attempt, folder, read_log, announce)


def walk_apart(path, attempt, folder, read_log):
    """Return the verdict of a copy of the process, so that a crash takes only the copy with it."""
    outcome = apart.copy(lambda tell: walk(path, attempt, folder, read_log, tell), tell=True)
    if outcome.ended == apart.RETURNED:
        return outcome.value
    how = outcome.error if outcome.ended == apart.CRASHED else outcome.ended
    return Verdict("dies", how, outcome.told[-1])  # the stage in which it happened


def judge(mistake, mended, folder, read_log):
    """Return the verdict on a mistake, or on its mend; read_log returns what was printed lately."""
    attempt, verdict, warned = make(mistake, mended, folder)
    if verdict:
        return verdict
    if isinstance(attempt, Result):
        return warned or compare(attempt.answer, attempt.expected)

    path = attempt.model
    if not isinstance(path, Path):
        path = folder / "model.onnx"
        content = attempt.model
        if isinstance(content, onnx.ModelProto):
            content = content.SerializeToString()
        path.write_bytes(content)
    if mistake.dangerous and not mended and apart.POSSIBLE:
        verdict = walk_apart(path, attempt, folder, read_log)
    else:
        verdict = walk(path, attempt, folder, read_log)
    return warned if warned and verdict.noticed in ["nobody", "right"] else verdict
