"""How do I run my ONNX file in Apache TVM?"""

import functools

import numpy as np
import onnx
import pytest

from tests.interop.common import need

NAME, WRITTEN_IN = "Apache TVM", "C++"
tvm = need(NAME, "tvm")
from_onnx = need(NAME, "tvm.relax.frontend.onnx").from_onnx


@functools.cache
def load(path):
    """Return the file as a function of X, compiled once for any number of rows."""
    executable = tvm.compile(from_onnx(onnx.load(path)), target="llvm")  # TVM brings its own LLVM
    return tvm.relax.VirtualMachine(executable, tvm.cpu())["main"]


def run(path, X):
    """Return the file's output for the rows X."""
    return load(path)(X).numpy()  # TVM reads numpy's memory, which must lie row by row


def test_it_gives_numpys_numbers(runs_as_numpy, portable, rows):
    runs_as_numpy(run, portable, rows)


def test_it_refuses_an_array_that_lies_column_by_column(runs, answer):
    path = runs["linear_regression"].folder / "linear_regression.onnx"
    X, _ = answer("linear_regression.onnx", 7)
    with pytest.raises(ValueError, match="expected to be compact array"):
        run(path, np.asfortranarray(X))


def test_it_refuses_the_operator_of_our_own(refused):
    words = "The following operators are not supported for frontend ONNX: Dense"
    refused(run, "neural_network.onnx", words)


def test_it_refuses_ai_onnx_ml(refused):
    words = "The following operators are not supported for frontend ONNX: "  # three, in any order
    refused(run, "sklearn_converter.onnx", words, "Scaler", "LinearClassifier", "Normalizer")
