"""Who is the first to notice a mistake? Walks a model's life, as a careful user would, and tells.

    convert     the file is made: by a converter, by onnx, or by a few lines of Python
    check       onnx.checker.check_model(path)
    full check  the same with full_check=True, which also infers types and shapes
    load        onnxruntime.InferenceSession(path)
    run         session.run(...)
    log         onnxruntime prints a warning, and goes on
    nobody      only a comparison with numpy or scikit-learn shows that the answer is wrong
    right       the answer is right
    dies        the process ends: a bug of that version, which Python cannot catch

A mistake is one function in one of the modules of kinds/. It takes `mended`, and returns the
attempt as people make it or, mended, as they should.
"""

import importlib
import pkgutil
import re
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx

from linear_regression import load_model  # onnxruntime, with its usage reports switched off
from tests.mistakes import kinds
from tests.mistakes.child import POSSIBLE, watch

LONGEST = 100  # characters of a message that the page shows if the mistake doesn't choose a part


class Attempt(NamedTuple):
    """A model as a user hands it on, a call of it, and what numpy or scikit-learn answers."""

    model: onnx.ModelProto | bytes | Path
    feed: dict
    expected: np.ndarray
    output: str | None = None  # None is the last one


class Result(NamedTuple):
    """What came of a step in which no model runs, and what should have come of it."""

    answer: object
    expected: object


class Mistake(NamedTuple):
    """A row of the page."""

    make: Callable  # make(mended, folder) -> Attempt or Result, or raises if nothing comes of it
    topic: str  # the module that it stands in
    happened: str
    mend: str
    shows: str  # the part of the message, or of what one sees, that a reader will look for
    tell: str  # what tells it from other mistakes with the same message
    by: str  # who raises while the file is made
    common: bool  # among the first that people meet
    dangerous: bool  # with some version the process dies of it


class Verdict(NamedTuple):
    """Who noticed, the type of the error, its message or how the answer differs, and by how much.

    anyway says how far a model gets that the checker refuses: the stage, or "right".
    """

    noticed: str
    error: str = ""
    message: str = ""
    off: float = 0.0
    anyway: str = ""


MISTAKES = []  # in the order of the page, once collect() was called


def mistake(happened, mend, shows="", tell="", by="onnx", common=False, dangerous=False):
    """Enter the decorated function into the page."""

    def enter(make):
        topic = make.__module__.rpartition(".")[2]
        row = Mistake(make, topic, happened, mend, shows, tell, by, common, dangerous)
        MISTAKES.append(row)
        return make

    return enter


def collect():
    """Import every module of kinds/, and return the mistakes in them."""
    for module in pkgutil.iter_modules(kinds.__path__):
        importlib.import_module(f"{kinds.__name__}.{module.name}")
    return MISTAKES


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
    unlike = int((answer != expected).sum())  # NaN is unlike anything
    return f"{unlike} of {answer.size} answers differ", float(unlike)


def agrees(answer, expected):
    """Return whether an answer is right; float32 keeps 7 digits, a few are lost on the way."""
    if not isinstance(answer, np.ndarray):
        return not isinstance(expected, np.ndarray) and answer == expected
    if answer.shape != np.shape(expected):
        return False
    if answer.dtype.kind != "f":
        return bool((answer == expected).all())
    return np.allclose(answer, expected, rtol=1e-4, atol=1e-5, equal_nan=True)


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


def execute(path, attempt, folder, read_log, announce):
    """Return the verdict of onnxruntime and of the comparison."""
    read_log()  # what was printed before does not count
    announce("load")
    session, verdict = attempt_to("load", folder, lambda: load_model(path))
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
    """Return the verdict of a child process, so that a crash takes only the child with it."""
    told, signal = watch(lambda tell: tell(walk(path, attempt, folder, read_log, announce=tell)))
    if signal:
        return Verdict("dies", signal, told[-1])  # the stage in which it happened
    return told[-1]


def judge(mistake, mended, folder, read_log):
    """Return the verdict on a mistake, or on its mend; read_log returns what was printed lately."""
    attempt, verdict = attempt_to("convert", folder, lambda: mistake.make(mended, folder))
    if verdict:
        return verdict
    if isinstance(attempt, Result):
        return compare(attempt.answer, attempt.expected)

    path = attempt.model
    if not isinstance(path, Path):
        path = folder / "model.onnx"
        content = attempt.model
        if isinstance(content, onnx.ModelProto):
            content = content.SerializeToString()
        path.write_bytes(content)
    if mistake.dangerous and not mended and POSSIBLE:
        return walk_apart(path, attempt, folder, read_log)
    return walk(path, attempt, folder, read_log)
