"""How do I get my model out of JAX?

Install it:  pip install jax jax2onnx
Try it:      pytest tests/interop/test_comes_from_jax.py
"""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import neural_network
from tests import networks
from tests.interop.common import PRECISIONS, check_export, need
from tests.interop.frameworks.jax import NAME, export

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


@pytest.mark.parametrize("dtype, atol", PRECISIONS)
def test_the_file_is_the_network(dtype, atol, digits, tmp_path, measured):
    network = build(digits.weights, digits.biases, dtype)
    export(network, tmp_path / "model.onnx", dtype)
    weights = digits.weights + digits.biases
    check_export(tmp_path / "model.onnx", digits.X, digits.P, atol, weights)
    measured(dtype, f"{atol:.0e}")
    measured("verdict", "works")


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


def build_convolution(weights, pool):
    """Return the convolution of networks.py as a function; pool halves images (N, 8, 8, 8)."""
    filters = weights["filters"]
    W = weights["W"]
    B = weights["B"]
    mean = weights["mean"][:, None, None]
    variance = weights["variance"][:, None, None]

    def network(X):
        C = jax.lax.conv(X, filters, window_strides=(1, 1), padding="SAME")
        Z = (C - mean) / jax.numpy.sqrt(variance + networks.EPSILON)
        H = jax.nn.relu(Z)
        M = pool(H)  # (N, 8, 4, 4)
        return jax.nn.softmax(M.reshape(-1, len(W)) @ W + B)

    return network


def pool_blocks(H):
    """Return the largest of each 2 x 2 numbers, each of which gets two axes of its own."""
    return H.reshape(-1, networks.FILTERS, 4, 2, 4, 2).max(axis=(3, 5))


def pool_windows(H):
    """Return the same, by the operation that JAX has for it."""
    sizes = (1, 1, 2, 2)
    return jax.lax.reduce_window(H, -np.inf, jax.lax.max, sizes, sizes, "VALID")


def test_a_convolution_and_the_one_built_by_hand(networks_cases, tmp_path, measured):
    case = networks_cases["convolution"]
    weights = networks.read_weights(case.path)
    network = build_convolution(weights, pool_blocks)
    export(network, tmp_path / "model.onnx", "float32", shape=(1, 8, 8))
    exact = case.formula(case.seen)
    for path in (case.path, tmp_path / "model.onnx"):
        atol = networks.TOLERANCES["convolution"]
        check_export(path, case.seen, exact, atol, [weights["filters"], weights["W"]])
    measured("convolution", "✓")


def test_a_window_over_all_four_axes_becomes_a_maxpool_that_does_not_run(networks_cases, tmp_path):
    case = networks_cases["convolution"]
    network = build_convolution(networks.read_weights(case.path), pool_windows)
    X = case.seen.astype(np.float32)
    assert_allclose(network(X), case.formula(X), rtol=0, atol=networks.TOLERANCES["convolution"])
    export(network, tmp_path / "model.onnx", "float32", shape=(1, 8, 8))  # no complaint
    with pytest.raises(Exception, match="Unsupported pooling size"):
        check_export(tmp_path / "model.onnx", case.seen, case.formula(case.seen))
