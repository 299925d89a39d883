"""How do I run my ONNX file in tinygrad?"""

import os

import pytest

from tests.interop.common import need

NAME, WRITTEN_IN = "tinygrad", "Python"
os.environ.update(  # before the import, which looks for a device
    DEV="PYTHON",  # slow, but it needs nothing; without this line, clang or a graphics card
    CACHELEVEL="0",  # or it keeps what it compiles in a database under HOME
    PARALLEL="0",  # or it compiles in processes of its own, which last as long as this one
)
OnnxRunner = need(NAME, "tinygrad.nn.onnx").OnnxRunner


def run(path, X):
    """Return the file's output for the rows X."""
    outputs = OnnxRunner(path)({"X": X})  # keep the runner for batches of one size only
    return list(outputs.values())[-1].numpy()


def test_it_gives_numpys_numbers(runs_as_numpy, portable, rows):
    runs_as_numpy(run, portable, rows)


def test_a_runner_takes_only_as_many_rows_as_at_its_first_call(runs, answer):
    runner = OnnxRunner(runs["linear_regression"].folder / "linear_regression.onnx")
    X, _ = answer("linear_regression.onnx", 7)
    runner({"X": X})
    with pytest.raises(RuntimeError, match="Expected 7, received 1"):
        runner({"X": X[:1]})


def test_it_refuses_the_operator_of_our_own(refused):
    refused(run, "neural_network.onnx", "'tutorial' is not a valid Domain")


def test_it_refuses_ai_onnx_ml(refused):
    refused(run, "sklearn_converter.onnx", "op='Scaler' is not supported")
