"""How do I run my ONNX file in tinygrad?

Install it:  pip install tinygrad
Try it:      pytest tests/interop/test_runs_in_tinygrad.py
Rows go in:  as a dictionary of numpy arrays, by the names of the file's inputs
"""

import os

import pytest

from tests.interop.common import need

NAME = "tinygrad"
ENGINE = "tinygrad"
WRITTEN_IN = "Python"
REFUSALS = {
    "recurrence": "op='RNN' is not supported",
    "user-defined operator": "'tutorial' is not a valid Domain",
    "ai.onnx.ml": "op='Scaler' is not supported",
}
# Before the import, which looks for a device:
os.environ["DEV"] = "PYTHON"  # slow, but it needs nothing; without this, clang or a graphics card
os.environ["CACHELEVEL"] = "0"  # or it keeps what it compiles in a database under HOME
os.environ["PARALLEL"] = "0"  # or it compiles in processes that last as long as this one
OnnxRunner = need(NAME, "tinygrad.nn.onnx").OnnxRunner


def run(path, feed):
    """Return the file's last output for a feed {name of an input: array}."""
    runner = OnnxRunner(path)  # keep it for feeds of one size only
    outputs = runner(feed)
    return list(outputs.values())[-1].numpy()


def test_a_file_gives_numpys_numbers_or_is_refused(check, column):
    # Python itself multiplies and adds here: a thousand images would take a minute and more.
    numbers = (1, 3) if column in ("convolution", "attention") else (1, 7, 1000)
    check(run, column, REFUSALS, numbers=numbers)


def test_a_runner_takes_only_as_many_rows_as_at_its_first_call(answer):
    path, feed, _ = answer("linear", 7)
    runner = OnnxRunner(path)
    runner(feed)
    with pytest.raises(RuntimeError, match="Expected 7, received 1"):
        runner({"X": feed["X"][:1]})
