"""How do I run my ONNX file in Node.js?

Install it:  npm install onnxruntime-web
Try it:      pytest tests/interop/test_runs_in_node.py
Rows go in:  as the numbers of a tensor in one long row and its shape, by the names of the inputs

How it is done is in run_in_node.mjs; this file only checks it. To have the package where it is
looked for: npm install --prefix tests/interop
"""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from tests.interop.common import missing, need_program

NAME = "Node.js"
ENGINE = "ONNX Runtime"
WRITTEN_IN = "C++, as WebAssembly"
REFUSALS = {}
SCRIPT = Path(__file__).parent / "run_in_node.mjs"
PACKAGE = SCRIPT.parent / "node_modules" / "onnxruntime-web"
node = need_program(NAME, "node")
if not PACKAGE.is_dir():
    missing(NAME, f"there is no {PACKAGE}")


def run(path, feed):
    """Return the file's last output for a feed {name of an input: array}."""
    return run_all(path, feed)[-1]


def run_all(path, feed):
    """Return all outputs of the file for a feed {name of an input: array}."""
    rows = {name: array.tolist() for name, array in feed.items()}
    process = subprocess.run(
        [node, SCRIPT, path],
        input=json.dumps(rows),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    if process.returncode:
        raise RuntimeError(process.stderr)
    return [np.reshape(output["numbers"], output["shape"]) for output in json.loads(process.stdout)]


def test_a_file_gives_numpys_numbers(check, column):
    check(run, column, REFUSALS)


def test_the_labels_are_answered_too(answer):
    path, feed, exact = answer("ai.onnx.ml", 7)
    label, _ = run_all(path, feed)
    assert_array_equal(label, exact.argmax(axis=1))


def test_an_error_is_one_message(answer):
    path, _, _ = answer("linear", 1)
    _, feed, _ = answer("network", 1)
    with pytest.raises(RuntimeError, match="Got: 64 Expected: 3") as caught:
        run(path, feed)
    assert len(str(caught.value)) < 500
