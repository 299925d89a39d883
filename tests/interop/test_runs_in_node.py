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
import onnx
import pytest
from numpy.testing import assert_array_equal
from onnx import TensorProto, helper

from tests.interop.common import missing, need_program

NAME = "Node.js"
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
    check(run, NAME, column)


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


# Types that JavaScript does not have --------------------------------------------------------------
NUMBERS = SCRIPT.with_name("numbers_in_node.mjs")
TYPES = {"int64": TensorProto.INT64, "float16": TensorProto.FLOAT16}
FOUND = {  # how what comes back begins, or what the error says
    "int64": {
        "numbers": "BigInt64Array 1,2",
        "BigInts": "BigInt64Array 1,2",
        "BigInt64Array": "BigInt64Array 1,4611686018427387904",
        "numbers beyond 2^53": "BigInt64Array 9007199254740992",  # one less, without a word
        "a fraction": "RangeError: The number 1.5 cannot be converted to a BigInt",
        "BigInt64Array of numbers": "TypeError: Cannot convert 1 to a BigInt",
        "Int32Array": "TypeError: A int64 tensor's data must be type of function BigInt64Array",
    },
    "float16": {
        "numbers": "Float16Array 1.5,2",
        "Float16Array": "Float16Array 1.5,2",
        "Uint16Array of bits": "Float16Array 1.5,2",
        "Uint16Array of numbers": "Float16Array 5.960464477539063e-8,1.19",  # without a word
        "Float32Array": "TypeError: A float16 tensor's data must be type of function Float16Array",
    },
}


def write_identity(path, number):
    """Write a file that gives back what it is fed, of a type."""
    X = helper.make_tensor_value_info("X", number, ["N"])
    Y = helper.make_tensor_value_info("Y", number, ["N"])
    graph = helper.make_graph([helper.make_node("Identity", ["X"], ["Y"])], "same", [X], [Y])
    imports = [helper.make_opsetid("", 18)]
    onnx.save(helper.make_model(graph, opset_imports=imports, ir_version=8), path)


def test_int64_and_float16_want_numbers_or_arrays_of_their_own(tmp_path):
    paths = []
    for name, number in TYPES.items():
        paths.append(tmp_path / f"{name}.onnx")
        write_identity(paths[-1], number)
    process = subprocess.run(
        [node, NUMBERS, *paths], capture_output=True, encoding="utf-8", check=True, timeout=60
    )
    found = json.loads(process.stdout)
    assert found.keys() == FOUND.keys()
    for name, expected in FOUND.items():
        assert found[name].keys() == expected.keys()
        for way, words in expected.items():
            assert found[name][way].startswith(words), (name, way, found[name][way])
