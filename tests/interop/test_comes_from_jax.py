"""How do I get my model out of JAX?

Install it:  pip install jax jax2onnx
Try it:      pytest tests/interop/test_comes_from_jax.py
"""

import numpy as np
import pytest

import neural_network
from tests.interop.common import PRECISIONS, check_export, need

NAME = "JAX"
EXPORTER = "jax2onnx.to_onnx"
PACKAGES = "jax jax2onnx"
jax = need(NAME, "jax")
jax2onnx = need(NAME, "jax2onnx")


def build(weights, biases, dtype):
    """Return the network as a function."""
    with jax.enable_x64(dtype == "float64"):  # every array of JAX is float32 otherwise
        layers = [
            (jax.numpy.array(W, dtype), jax.numpy.array(B, dtype))
            for W, B in zip(weights, biases, strict=True)
        ]

    def network(X):
        for W, B in layers[:-1]:
            X = jax.nn.relu(X @ W + B)
        W, B = layers[-1]
        return jax.nn.softmax(X @ W + B)

    return network


def export(network, path, dtype):
    """Write the network."""
    jax2onnx.to_onnx(
        network,
        [("N", 64)],  # a name, or the batch size is frozen
        enable_double_precision=dtype == "float64",
        return_mode="file",  # the default returns the model, and ignores the path
        output_path=path,
    )


@pytest.mark.parametrize("dtype, atol", PRECISIONS)
def test_the_file_is_the_network(dtype, atol, digits, tmp_path, note):
    network = build(digits.weights, digits.biases, dtype)
    export(network, tmp_path / "model.onnx", dtype)
    weights = digits.weights + digits.biases
    check_export(tmp_path / "model.onnx", digits.X, digits.P, atol, weights)
    note(dtype, f"{atol:.0e}")
    note("verdict", "works")


def test_a_number_of_rows_is_frozen(digits, tmp_path):
    network = build(digits.weights, digits.biases, "float32")
    path = tmp_path / "model.onnx"
    jax2onnx.to_onnx(network, [(2, 64)], return_mode="file", output_path=path)  # no complaint
    session = neural_network.load_model(path)
    assert session.get_inputs()[0].shape == [2, 64]
    with pytest.raises(Exception, match="Got: 7 Expected: 2"):
        session.run(None, {session.get_inputs()[0].name: digits.X[:7].astype(np.float32)})


def test_double_precision_does_not_bring_lost_digits_back(digits, tmp_path):
    network = build(digits.weights, digits.biases, "float32")
    export(network, tmp_path / "model.onnx", "float64")
    rounded = [W.astype(np.float32).astype(float) for W in digits.weights]
    error = check_export(tmp_path / "model.onnx", digits.X, digits.P, weights=rounded)
    assert error > 1e-8
