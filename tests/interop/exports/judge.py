"""Run the cases: what mistake and mend write, and what onnxruntime makes of it.

    python -m tests.interop.exports.judge                  what each case does today
    python -m tests.interop.exports.judge IfOnAValue       one, with all that is said

Nothing is recorded here; `pytest tests/interop/exports --update` does.
"""

import importlib
import logging
import sys
import tempfile
import traceback
from pathlib import Path

import numpy as np
import onnxruntime

from tests.interop.exports.catalogue import CASES
from tests.kit import apart

REFUSED = "refused"  # the exporter raises
NOT_LOADED = "not loaded"  # onnxruntime does not take the file
STOPPED = "stopped"  # it does, and not what the network was fed
DIFFERS = "differs"  # it answers something else than the network
ANOTHER = "another file"  # right answers, from a file that is not what was asked for
AGREES = "agrees"

TOLERANCE = 1e-5  # float32, relative to numbers above 1: a few roundings each
ENVIRONMENT = {
    "KERAS_BACKEND": "tensorflow",  # the import fixes the backend, and so the exporter
    "PYTHONWARNINGS": "default",  # what is said is what we are after; the suite makes errors of it
    "TF_CPP_MIN_LOG_LEVEL": "2",
}
SECONDS = 900  # for the cases of a module, on a busy machine
EXPECTED = ("DeprecationWarning", "FutureWarning")  # of what comes next, not of what was written


class Said(logging.Handler):
    """Keeps what is logged or warned of while an exporter runs."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.lines = []

    def emit(self, record):
        """Keep a message."""
        message = record.getMessage()
        if record.exc_info:
            message += "".join(traceback.format_exception(*record.exc_info))
        if record.name == "py.warnings":  # its second line is the code that warned
            message = message.splitlines()[0]
        self.lines += [line.strip() for line in message.splitlines() if line.strip()]


def compare(path, checks):
    """Return what onnxruntime makes of a file: a verdict, what it says, how far it is off."""
    try:
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    except Exception as error:  # the only class that onnxruntime's errors have in common
        return NOT_LOADED, str(error), None
    largest = 0.0
    for inputs, expected in checks:
        names = [value.name for value in session.get_inputs()]
        feed = inputs if isinstance(inputs, dict) else dict(zip(names, inputs, strict=False))
        try:
            outputs = session.run(None, feed)
        except Exception as error:
            return STOPPED, str(error), None
        for output, right in zip(outputs, expected, strict=True):
            if output.shape != right.shape:
                return DIFFERS, f"the shape is {output.shape} in place of {right.shape}", None
            off = abs(output - right) / np.maximum(1, abs(right))
            largest = float(np.maximum(largest, off.max(initial=0)))  # max() would lose a NaN
    verdict = AGREES if largest <= TOLERANCE else DIFFERS
    return verdict, "", largest


def attempt(export, path, says):
    """Return what comes of one export: verdict, the line that has the words, how far it is off."""
    said = Said()
    logging.captureWarnings(True)
    watched = [logging.getLogger(), logging.getLogger("tf2onnx"), logging.getLogger("torch")]
    for logger in watched:
        logger.addHandler(said)
    try:
        checks = export(path)
    except Exception as error:
        lines = [*f"{type(error).__name__}: {error}".splitlines(), *said.lines]
        return {"verdict": REFUSED, "words": find(lines, says, error)}
    finally:
        for logger in watched:
            logger.removeHandler(said)
    verdict, words, off = compare(path, checks)
    lines = [*words.splitlines(), *said.lines]
    if not says:
        lines = [line for line in lines if not any(word in line for word in EXPECTED)]
    return {"verdict": verdict, "words": find(lines, says), "off": off, "said": lines}


def find(lines, says, error=None):
    """Return the line with the words that a reader would search for, or what was said instead."""
    if says:
        for line in lines:
            if says in line:
                return line[line.index(says) :]
    return " / ".join(lines) if error else ""


def judge(tell, module, names):
    """Hand over what comes of the cases of a module: (name, mistake, mend)."""
    cases = importlib.import_module(f"tests.interop.exports.cases.{module}")
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            case = getattr(cases, name)
            says = CASES[name].says
            mistaken = Path(folder, "mistaken.onnx")
            mended = Path(folder, "mended.onnx")
            mistake = attempt(case().mistake, mistaken, says)
            mend = attempt(case().mend, mended, says)
            if hasattr(case, "look") and mistaken.exists():
                looks = case().look(mistaken)
                if mistake["verdict"] == AGREES and looks != case().look(mended):
                    mistake.update(verdict=ANOTHER, looks=looks)
            tell((name, mistake, mend))


def read_report(folder):
    """Return the steps in the exporter's report on a case: for a process of its own."""
    cases = importlib.import_module("tests.interop.exports.cases.pytorch_operators")
    return cases.read_report(folder)


def run(module, names):
    """Return {name: (mistake, mend)} of some cases of a module, in a process of their own."""
    outcome = apart.fresh(
        judge, module, names, tell=True, seconds=SECONDS, gigabytes=16, environment=ENVIRONMENT
    )
    assert outcome.ended == apart.RETURNED, (module, outcome)
    return {name: (mistake, mend) for name, mistake, mend in outcome.told}


def main(arguments):
    """Print what comes of the cases; of those that are named, all that was said."""
    unknown = set(arguments) - set(CASES)
    if unknown:
        print(f"error: no case {', '.join(sorted(unknown))}; expected some of {', '.join(CASES)}")
        return 2
    modules = {}
    for name in arguments or CASES:
        modules.setdefault(CASES[name].module, []).append(name)
    from tests.interop.exports import judge  # not __main__, where no other process finds it

    for module, names in modules.items():
        for name, (mistake, mend) in judge.run(module, names).items():
            print(f"{name}: {mistake['verdict']}; mended: {mend['verdict']} {mend.get('off', '')}")
            if arguments:
                print(f"    {mistake}\n    {mend}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
