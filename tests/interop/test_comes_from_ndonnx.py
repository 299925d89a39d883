"""How do I get my formula out of ndonnx, an array library that writes down what it should compute?

Install it:  pip install ndonnx
Try it:      pytest tests/interop/test_comes_from_ndonnx.py
"""

import numpy as np
import onnx
import pytest
from numpy.testing import assert_allclose

import neural_network
from tests.interop.common import PRECISIONS, check_export, need
from tests.interop.frameworks.ndonnx import NAME, export, network

ndonnx = need(NAME, "ndonnx")


def cast(arrays, dtype):
    """Return the arrays in another precision."""
    return [array.astype(dtype) for array in arrays]


@pytest.mark.parametrize("dtype, atol", PRECISIONS)
def test_one_function_computes_in_numpy_and_writes_the_file(
    dtype, atol, digits, tmp_path, measured
):
    P = network(digits.X, digits.weights, digits.biases)
    assert_allclose(P, digits.P, rtol=0, atol=1e-14)
    weights = cast(digits.weights, dtype)
    biases = cast(digits.biases, dtype)
    export(weights, biases, tmp_path / "model.onnx", dtype)
    check_export(tmp_path / "model.onnx", digits.X, digits.P, atol)
    # The weights are constants among the nodes, bit by bit.
    nodes = onnx.load(tmp_path / "model.onnx").graph.node
    constants = [node.attribute[0].t for node in nodes if node.op_type == "Constant"]
    stored = {onnx.numpy_helper.to_array(tensor).tobytes() for tensor in constants}
    assert stored >= {array.tobytes() for array in weights + biases}
    measured(dtype, f"{atol:.0e}")
    measured("verdict", "works")


def test_weights_left_in_float64_make_the_rest_of_the_file_float64(digits, tmp_path):
    # As the standard wants it: float32 times float64 is float64.
    export(digits.weights, digits.biases, tmp_path / "model.onnx", "float32")  # no complaint
    session = neural_network.load_model(tmp_path / "model.onnx")
    assert session.get_inputs()[0].type == "tensor(float)"
    assert session.get_outputs()[0].type == "tensor(double)"


def test_a_product_of_matrices_is_an_if_and_tensordot_is_not():
    # A sum over no numbers at all is 0: for @, ndonnx writes that case down, too, in 30,000 bytes
    # and with an operator that not every engine has.
    X = ndonnx.argument(shape=("N", 64), dtype=ndonnx.float32)
    W = np.ones((64, 10), np.float32)
    written = {}
    for name, Y in [("@", X @ W), ("tensordot", ndonnx.tensordot(X, ndonnx.asarray(W), axes=1))]:
        written[name] = [node.op_type for node in ndonnx.build({"X": X}, {"Y": Y}).graph.node]
    assert "If" in written["@"]
    assert written["tensordot"] == ["Constant", "Einsum", "Identity"]


def test_a_decision_in_python_is_refused_for_there_are_no_numbers_yet():
    X = ndonnx.argument(shape=("N",), dtype=ndonnx.float32)
    with pytest.raises(ValueError, match="no propagated value available"):
        bool(ndonnx.max(X) > 0)
    assert bool(ndonnx.max(ndonnx.asarray(np.array([1.0]))) > 0)
