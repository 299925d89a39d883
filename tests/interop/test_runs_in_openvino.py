"""What OpenVINO computes with where it is not told otherwise."""

import pytest

from tests.engines import openvino as engine
from tests.interop.common import need

need(engine.NAME, "openvino")


def test_without_the_hint_a_processor_that_knows_bfloat16_keeps_three_digits(answer):
    openvino = engine.load()
    if "BF16" not in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        pytest.skip("this processor does not know bfloat16")
    path, feed, exact = answer("classifier", 1000)
    P = openvino.compile_model(path, "CPU")(feed)[0]
    assert 1e-3 < abs(P - exact).max() < 0.1
