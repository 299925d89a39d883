"""How do I run my ONNX file in ONNX Runtime?

Install it:  pip install onnxruntime
Try it:      pytest tests/interop/test_runs_in_onnxruntime.py
Rows go in:  as a dictionary of numpy arrays, by the names of the file's inputs
"""

import numpy as np
import onnxruntime
from numpy.testing import assert_allclose

from tests.interop.tables import TOLERANCES

NAME = "ONNX Runtime"
ENGINE = "ONNX Runtime"
WRITTEN_IN = "C++"
REFUSALS = {}


def run(path, feed):
    """Return the file's last output for a feed {name of an input: array}."""
    # Without providers it would run on whatever this build of the package likes best.
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(None, feed)[-1]


def test_a_file_gives_numpys_numbers(check, column):
    check(run, column, REFUSALS)


def test_a_series_may_be_continued_from_the_state_that_the_first_call_returns(answer):
    path, feed, exact = answer("recurrence", 7)
    first = {"X": feed["X"][:3], "state": feed["state"]}
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    state, Y_first = session.run(None, first)
    _, Y_rest = session.run(None, {"X": feed["X"][3:], "state": state})
    Y = np.concatenate([Y_first, Y_rest])
    assert_allclose(Y, exact, rtol=0, atol=TOLERANCES["recurrence"])
