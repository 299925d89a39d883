"""A file whose state is an input and an output, in ONNX Runtime."""

import numpy as np
import onnxruntime
from numpy.testing import assert_allclose

from tests.interop.files import TOLERANCES


def test_a_series_may_be_continued_from_the_state_that_the_first_call_returns(answer):
    path, feed, exact = answer("recurrence", 7)
    first = {"X": feed["X"][:3], "state": feed["state"]}
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    state, Y_first = session.run(None, first)
    _, Y_rest = session.run(None, {"X": feed["X"][3:], "state": state})
    Y = np.concatenate([Y_first, Y_rest])
    assert_allclose(Y, exact, rtol=0, atol=TOLERANCES["recurrence"])
