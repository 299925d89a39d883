"""Keras, with TensorFlow below."""

import numpy as np

NAME = "Keras"
EXPORTER = 'model.export(format="onnx")'
PACKAGES = "keras tensorflow-cpu tf2onnx"


def export(network, path):
    """Write the network."""
    network(np.zeros((1, *network.input_shape[1:])))  # Keras exports no model that was never called
    network.export(path, format="onnx")
