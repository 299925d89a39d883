"""How do I run my ONNX file in OpenVINO?"""

import pytest

from tests.interop.common import need

NAME, WRITTEN_IN = "OpenVINO", "C++"
openvino = need(NAME, "openvino")


def run(path, X):
    """Return the file's output for the rows X."""
    # Without the hint it computes in bfloat16, which keeps 3 digits, wherever the processor can.
    model = openvino.compile_model(path, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return model(X)[0]  # outputs by position: OpenVINO may rename them


def test_it_gives_numpys_numbers(runs_as_numpy, portable, rows):
    runs_as_numpy(run, portable, rows)


def test_without_the_hint_a_processor_that_knows_bfloat16_keeps_three_digits(runs, answer):
    if "BF16" not in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        pytest.skip("this processor does not know bfloat16")
    X, exact = answer("sklearn_converter.portable.onnx", 1000)
    path = runs["sklearn_converter"].folder / "sklearn_converter.portable.onnx"
    P = openvino.compile_model(path, "CPU")(X)[0]
    assert 1e-3 < abs(P - exact).max() < 0.1


def test_it_refuses_the_operator_of_our_own(refused):
    words = "No conversion rule found for operations: tutorial.Dense"
    refused(run, "neural_network.onnx", words)


def test_it_refuses_ai_onnx_ml(refused):
    words = "No conversion rule found for operations: ai.onnx.ml.LinearClassifier"
    refused(run, "sklearn_converter.onnx", words)
