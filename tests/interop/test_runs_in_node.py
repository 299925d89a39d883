"""How do I run my ONNX file in Node?"""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from tests.interop.common import missing, need_program

NAME, WRITTEN_IN = "Node.js", "C++, as WebAssembly"
SCRIPT = Path(__file__).parent / "run_in_node.mjs"  # how it is done; this file only checks it
PACKAGE = SCRIPT.parent / "node_modules" / "onnxruntime-web"
node = need_program(NAME, "node")
if not PACKAGE.is_dir():
    missing(NAME, f"there is no {PACKAGE}")


def run(path, X):
    """Return the file's last output for the rows X."""
    return run_all(path, X)[-1]


def run_all(path, X):
    """Return all outputs of the file for the rows X."""
    process = subprocess.run(
        [node, SCRIPT, path],
        input=json.dumps(X.tolist()),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    if process.returncode:
        raise RuntimeError(process.stderr)
    return [np.reshape(output["numbers"], output["shape"]) for output in json.loads(process.stdout)]


def test_it_gives_numpys_numbers(runs_as_numpy, portable, rows):
    runs_as_numpy(run, portable, rows)


def test_it_runs_the_operator_of_our_own(runs_as_numpy):
    runs_as_numpy(run, "neural_network.onnx")


def test_it_runs_ai_onnx_ml(runs_as_numpy):
    runs_as_numpy(run, "sklearn_converter.onnx")


def test_the_labels_are_answered_too(runs, answer):
    X, exact = answer("sklearn_converter.onnx", 7)
    label, _ = run_all(runs["sklearn_converter"].folder / "sklearn_converter.onnx", X)
    assert_array_equal(label, exact.argmax(axis=1))


def test_an_error_is_one_message(runs, answer):
    X, _ = answer("neural_network.onnx", 1)
    with pytest.raises(RuntimeError, match="Got: 64 Expected: 3") as caught:
        run(runs["linear_regression"].folder / "linear_regression.onnx", X)
    assert len(str(caught.value)) < 500
