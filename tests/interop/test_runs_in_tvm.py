"""How do I run my ONNX file in Apache TVM?

Install it:  pip install apache-tvm
Try it:      pytest tests/interop/test_runs_in_tvm.py
Rows go in:  as numpy arrays that lie row by row, in the order of the file's inputs
"""

import functools

import numpy as np
import onnx
import pytest

from tests.interop.common import need

NAME = "Apache TVM"
ENGINE = "Apache TVM"
WRITTEN_IN = "C++"
REFUSALS = {
    "recurrence": "operators are not supported for frontend ONNX: RNN",
    "user-defined operator": "operators are not supported for frontend ONNX: Dense",
    "ai.onnx.ml": "operators are not supported for frontend ONNX: ",  # three, in any order
}
tvm = need(NAME, "tvm")
from_onnx = need(NAME, "tvm.relax.frontend.onnx").from_onnx


@functools.cache
def load(path):
    """Return the file as a function of its inputs, compiled once for any number of rows."""
    executable = tvm.compile(from_onnx(onnx.load(path)), target="llvm")  # TVM brings its own LLVM
    return tvm.relax.VirtualMachine(executable, tvm.cpu())["main"]


def run(path, feed):
    """Return the file's output for a feed {name of an input: array}."""
    function = load(path)
    return function(*feed.values()).numpy()


def test_a_file_gives_numpys_numbers_or_is_refused(check, column):
    check(run, column, REFUSALS)


def test_it_refuses_an_array_that_lies_column_by_column(answer):
    path, feed, _ = answer("linear", 7)
    with pytest.raises(ValueError, match="expected to be compact array"):
        run(path, {"X": np.asfortranarray(feed["X"])})
