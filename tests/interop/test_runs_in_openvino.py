"""How do I run my ONNX file in OpenVINO?

Install it:  pip install openvino
Try it:      pytest tests/interop/test_runs_in_openvino.py
Rows go in:  as a dictionary of numpy arrays, by the names of the file's inputs
"""

import pytest

from tests.interop.common import need

NAME = "OpenVINO"
ENGINE = "OpenVINO"
WRITTEN_IN = "C++"
REFUSALS = {
    "user-defined operator": "No conversion rule found for operations: tutorial.Dense",
    "ai.onnx.ml": "No conversion rule found for operations: ai.onnx.ml.LinearClassifier",
}
openvino = need(NAME, "openvino")


def run(path, feed):
    """Return the file's last output for a feed {name of an input: array}."""
    # Without the hint it computes in bfloat16, which keeps 3 digits, wherever the processor can.
    model = openvino.compile_model(path, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    outputs = model(feed)
    return outputs[len(outputs) - 1]  # by position: OpenVINO may rename outputs


def test_a_file_gives_numpys_numbers_or_is_refused(check, column):
    check(run, column, REFUSALS)


def test_without_the_hint_a_processor_that_knows_bfloat16_keeps_three_digits(answer):
    if "BF16" not in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        pytest.skip("this processor does not know bfloat16")
    path, feed, exact = answer("classifier", 1000)
    P = openvino.compile_model(path, "CPU")(feed)[0]
    assert 1e-3 < abs(P - exact).max() < 0.1
