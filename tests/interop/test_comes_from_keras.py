"""How do I get my model out of Keras?

Install it:  pip install keras tensorflow-cpu tf2onnx
Try it:      pytest tests/interop/test_comes_from_keras.py
"""

import os

import pytest

from tests import networks
from tests.interop.common import PRECISIONS, check_export, need
from tests.interop.frameworks.keras import NAME, export

os.environ["KERAS_BACKEND"] = "tensorflow"  # the import fixes the backend, and so the exporter
keras = need(NAME, "keras")
need(NAME, "tf2onnx")  # Keras does without until it exports


def build(weights, biases, dtype):
    """Return the network as a sequence of layers."""
    network = keras.Sequential([keras.Input((64,), dtype=dtype)])
    for i, B in enumerate(biases, 1):
        activation = "relu" if i < len(biases) else "softmax"
        network.add(keras.layers.Dense(len(B), activation, dtype=dtype))
    network.set_weights([array for layer in zip(weights, biases, strict=True) for array in layer])
    return network


@pytest.mark.parametrize("dtype, atol", PRECISIONS)
def test_the_file_is_the_network(dtype, atol, digits, tmp_path, measured):
    network = build(digits.weights, digits.biases, dtype)
    export(network, tmp_path / "model.onnx")
    weights = digits.weights + digits.biases
    check_export(tmp_path / "model.onnx", digits.X, digits.P, atol, weights)
    measured(dtype, f"{atol:.0e}")
    measured("verdict", "works")


def test_a_model_just_loaded_must_be_called_once(digits, tmp_path):
    build(digits.weights, digits.biases, "float32").save(tmp_path / "model.keras")
    network = keras.models.load_model(tmp_path / "model.keras")
    with pytest.raises(ValueError, match="never called"):
        network.export(tmp_path / "model.onnx", format="onnx")
    export(network, tmp_path / "model.onnx")
    check_export(tmp_path / "model.onnx", digits.X, digits.P)


def test_without_format_a_folder_of_another_format_gets_the_name(digits, tmp_path):
    network = build(digits.weights, digits.biases, "float32")
    network.export(tmp_path / "model.onnx")  # no complaint
    assert (tmp_path / "model.onnx" / "saved_model.pb").exists()


def build_convolution(weights):
    """Return the convolution of networks.py as a sequence of layers; colours come last here."""
    layers = keras.layers
    network = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(networks.FILTERS, 3, padding="same", use_bias=False),
            layers.BatchNormalization(epsilon=networks.EPSILON),
            layers.ReLU(),
            layers.MaxPooling2D(2),
            layers.Permute((3, 1, 2)),  # or the features are flattened in another order
            layers.Flatten(),
            layers.Dense(10, "softmax"),
        ]
    )
    filters = weights["filters"].transpose(2, 3, 1, 0)  # (rows, columns, colours, filters)
    arrays = [weights[name] for name in ("scale", "shift", "mean", "variance", "W", "B")]
    # In the order of trainable weights first, which is not that of the layers, but for one layer.
    network.layers[0].set_weights([filters])
    network.layers[1].set_weights(arrays[:4])
    network.layers[-1].set_weights(arrays[4:])
    return network


def test_a_convolution_and_the_one_built_by_hand(networks_cases, tmp_path, measured):
    case = networks_cases["convolution"]
    weights = networks.read_weights(case.path)
    export(build_convolution(weights), tmp_path / "model.onnx")
    exact = case.formula(case.seen)
    atol = networks.TOLERANCES["convolution"]
    check_export(case.path, case.seen, exact, atol)
    X = case.seen.transpose(0, 2, 3, 1)
    check_export(tmp_path / "model.onnx", X, exact, atol, [weights["W"], weights["B"]])
    measured("convolution", "✓")
