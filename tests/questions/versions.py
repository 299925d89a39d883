"""Measure which versions of the format a runtime reads, and keep the answers in versions.json.

    python -m tests.questions.versions            the onnxruntime that is installed here
    python -m tests.questions.versions --others   and each runtime of tests/interop that is, too

The page's tables are made from versions.json, by pytest --update. For another onnxruntime:

    pip install --no-deps --target older onnxruntime==1.24.4
    PYTHONPATH=older python -m tests.questions.versions
"""

import argparse
import importlib
import json
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier

import linear_regression
import sklearn_converter

FILE = Path(__file__).with_name("versions.json")
INTEROP = Path(__file__).parent.parent / "interop"

# Cast changes with almost every opset, so a runtime that does not follow the standard refuses it.
LAYER = """
<ir_version: 8, opset_import: ["": 18]>
layer (float[N,3] X) => (float[N,2] Y)
<float[3,2] W = {1, 0, 0, 1, 1, 1}, float[2] B = {0.5, -4}>
{
   XW = MatMul (X, W)
   Z = Add (XW, B)
   R = Relu (Z)
   Y = Cast <to: int = 1> (R)
}
"""
ROWS = np.array([[1, 2, 3], [0, 1, 1]], np.float32)
ANSWER = [[4.5, 1], [1.5, 0]]  # by hand: 1 + 3 + 0.5, 2 + 3 - 4; 0 + 1 + 0.5, and 2 - 4 made 0

# The newest IR version and opset that the installed onnx knows: what it stamps by default.
NEWEST_OPSET = onnx.defs.onnx_opset_version()
NEWEST_IR = int(onnx.IR_VERSION)


def answers(run, opset, ir_version):
    """Return whether a runtime gives the answer for the layer, stamped with these versions."""
    model = onnx.parser.parse_model(LAYER)
    model.opset_import[0].version = opset
    model.ir_version = ir_version
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder, "layer.onnx")
        onnx.save(model, path)
        try:
            Y = run(path, ROWS)
        except Exception:  # each runtime has exceptions of its own
            return False
    return np.array_equal(Y, ANSWER)


def measure(run):
    """Return what a runtime reads; run(path, X) returns its answer for a file and rows."""
    opsets = [v for v in range(1, NEWEST_OPSET + 1) if answers(run, v, ir_version=8)]
    ir_versions = [v for v in range(3, NEWEST_IR + 1) if answers(run, 18, ir_version=v)]
    return {
        "opsets": describe(opsets),
        "IR versions": describe(ir_versions),
        "newest of both": "yes" if answers(run, NEWEST_OPSET, NEWEST_IR) else "no",
    }


def describe(numbers):
    """Return numbers as text: "7 to 28", or, with gaps, each range."""
    ranges = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ", ".join(f"{first} to {last}" for first, last in ranges)


def parse(text):
    """Return the set of numbers that describe has described."""
    numbers = set()
    for part in text.split(", "):
        first, last = part.split(" to ")
        numbers |= set(range(int(first), int(last) + 1))
    return numbers


def measure_forest():
    """Return how many of the labels of a forest with two classes onnxruntime gets wrong."""
    X, y = load_breast_cancer(return_X_y=True)
    X = X.astype(np.float32)
    forest = RandomForestClassifier(n_estimators=21, random_state=0).fit(X[::2], y[::2])
    model = sklearn_converter.build_model(forest, X)
    session = linear_regression.load_model(model.SerializeToString())
    label = session.run(["label"], {"X": X[1::2]})[0]
    return int((label != forest.predict(X[1::2])).sum())


def run_onnxruntime(path, X):
    """Return the answer of the installed onnxruntime."""
    return linear_regression.predict(linear_regression.load_model(path), X)


def measure_onnxruntime():
    """Return what the installed onnxruntime reads, and how many labels of a forest are wrong."""
    onnxruntime.set_default_logger_severity(4)  # it warns of every opset below 7
    try:
        return measure(run_onnxruntime) | {"wrong labels": measure_forest()}
    finally:
        onnxruntime.set_default_logger_severity(2)


def measure_others():
    """Return {name: what it reads} of the runtimes of tests/interop that are installed."""
    measured = {}
    for path in sorted(INTEROP.glob("test_runs_in_*.py")):
        if path.stem == "test_runs_in_onnxruntime":
            continue  # it has a row for each release
        try:
            module = importlib.import_module(f"tests.interop.{path.stem}")
        except pytest.skip.Exception:  # how these files say that their runtime is missing
            continue
        measured[module.NAME] = measure(module.run)
    return measured


def read():
    """Return what versions.json holds; a new beginning if there is none, or one of another onnx."""
    if FILE.exists():
        measured = json.loads(FILE.read_text(encoding="utf-8"))
        if measured["onnx"] == onnx.__version__:
            return measured
    return {
        "onnx": onnx.__version__,
        "opset": NEWEST_OPSET,
        "IR version": NEWEST_IR,
        "runtimes": {},
    }


def make_table(measured):
    """Return the page's table of the versions that each runtime reads."""
    newest = f"opset {measured['opset']}, IR {measured['IR version']}"
    lines = [f"| runtime | opsets | IR versions | {newest} |", "|---|---|---|---|"]
    for name, row in sorted(measured["runtimes"].items()):
        cells = [name, row["opsets"], row["IR versions"], row["newest of both"]]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def make_table_of_releases(measured):
    """Return the page's table of the labels that each release of onnxruntime gets wrong."""
    lines = ["| release | wrong labels |", "|---|---:|"]
    for name, row in sorted(measured["runtimes"].items()):
        if "wrong labels" in row:
            lines.append(f"| {name} | {row['wrong labels']} |")
    return "\n".join(lines) + "\n"


def main():
    """Measure, and add what was found to versions.json."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--others", action="store_true")
    arguments = parser.parse_args()
    measured = read()
    runtimes = measured["runtimes"]
    runtimes[f"onnxruntime {onnxruntime.__version__}"] = measure_onnxruntime()
    if arguments.others:
        runtimes.update(measure_others())
    FILE.write_text(json.dumps(measured, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
