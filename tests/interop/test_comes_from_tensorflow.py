"""How do I get my model out of TensorFlow?

Install it:  pip install tensorflow-cpu tf2onnx
Try it:      pytest tests/interop/test_comes_from_tensorflow.py
"""

import numpy as np
import onnx
import pytest

import neural_network
from tests.interop.common import PRECISIONS, check_export, need
from tests.interop.frameworks.tensorflow import NAME, export

tf = need(NAME, "tensorflow")
tf2onnx = need(NAME, "tf2onnx")


def build(weights, biases, dtype, hold=tf.Variable):
    """Return the network as a function of TensorFlow; hold turns an array into a weight."""
    layers = [
        (hold(W, dtype=dtype), hold(B, dtype=dtype)) for W, B in zip(weights, biases, strict=True)
    ]

    @tf.function
    def network(X):
        for W, B in layers[:-1]:
            X = tf.nn.relu(X @ W + B)
        W, B = layers[-1]
        return tf.nn.softmax(X @ W + B)

    return network


@pytest.mark.parametrize("hold", [tf.Variable, np.asarray])
@pytest.mark.parametrize("dtype, atol", PRECISIONS)
def test_the_file_is_the_network(dtype, atol, hold, digits, tmp_path, measured):
    network = build(digits.weights, digits.biases, dtype, hold)
    export(network, tmp_path / "model.onnx", dtype)
    weights = digits.weights + digits.biases
    check_export(tmp_path / "model.onnx", digits.X, digits.P, atol, weights)
    measured(dtype, f"{atol:.0e}")
    measured("verdict", "works")


def test_weights_in_eager_tensors_become_inputs_of_the_file(digits, tmp_path):
    network = build(digits.weights, digits.biases, "float32", tf.constant)
    export(network, tmp_path / "model.onnx", "float32")  # no complaint
    onnx.checker.check_model(tmp_path / "model.onnx", full_check=True)  # none here, either
    session = neural_network.load_model(tmp_path / "model.onnx")
    first, *weights = session.get_inputs()
    assert [value.shape for value in weights] == [[64, 32], [32], [32, 16], [16], [16, 10], [10]]
    with pytest.raises(ValueError, match=r"Required inputs \(.*\) are missing"):
        session.run(None, {first.name: digits.X.astype(np.float32)})
