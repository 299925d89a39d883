"""What is left of ncnn's answers as it comes: float16 in its file and in its arithmetic."""

import pytest

from tests.engines import ncnn as engine
from tests.interop.common import need, need_program

need(engine.NAME, "ncnn")
need_program(engine.NAME, "pnnx")


@pytest.mark.parametrize("column", ["linear", "network", "classifier", "convolution"])
def test_by_default_three_digits_are_left(column, answer):
    path, feed, exact = answer(column, 7)
    outputs = engine.run(path, list(feed.values()), exactly=False)  # no complaint
    assert 3e-5 < abs(outputs[-1] - exact).max() < 0.05
