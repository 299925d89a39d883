"""How did I get my model out of MXNet, when numpy was older?

Install it:  pip install mxnet numpy==1.23.5 onnx==1.18.0
Try it:      pytest tests/interop/test_comes_from_mxnet_before.py
"""

import sys

import numpy as np
import onnx
import pytest

import neural_network
from tests.interop.common import PRECISIONS, check_export, need
from tests.interop.frameworks.mxnet_before import NAME, export, save

mxnet = need(NAME, "mxnet", install="python -m tests.interop.alone")
mxnet_onnx = need(NAME, "mxnet.onnx")


class Softmax(mxnet.gluon.HybridBlock):
    """A layer without weights: MXNet has the function only."""

    def hybrid_forward(self, F, X):
        return F.softmax(X)


def build(weights, biases, dtype):
    """Return the network as a sequence of layers."""
    network = mxnet.gluon.nn.HybridSequential()
    for i, (W, B) in enumerate(zip(weights, biases, strict=True), 1):
        activation = "relu" if i < len(biases) else None
        inputs, outputs = W.shape
        layer = mxnet.gluon.nn.Dense(outputs, activation, in_units=inputs, dtype=dtype)
        layer.initialize()
        layer.weight.set_data(mxnet.nd.array(W.T, dtype=dtype))  # MXNet keeps (outputs, inputs)
        layer.bias.set_data(mxnet.nd.array(B, dtype=dtype))
        network.add(layer)
    network.add(Softmax())
    return network


@pytest.mark.parametrize("dtype, atol", PRECISIONS)
def test_the_file_is_the_network(dtype, atol, digits, tmp_path, measured):
    network = build(digits.weights, digits.biases, dtype)
    export(network, tmp_path / "model.onnx", digits.X[:2].astype(dtype))
    weights = digits.weights + digits.biases
    check_export(tmp_path / "model.onnx", digits.X, digits.P, atol, weights)
    measured(dtype, f"{atol:.0e}")
    measured("verdict", "works")


def test_a_number_of_rows_is_frozen(digits, tmp_path):
    network = build(digits.weights, digits.biases, "float32")
    X = digits.X.astype(np.float32)
    symbol, parameters = save(network, tmp_path, X[:2])
    path = str(tmp_path / "model.onnx")
    mxnet_onnx.export_model(symbol, parameters, [(2, 64)], np.float32, path)  # no complaint
    session = neural_network.load_model(path)
    assert session.get_inputs()[0].shape == [2, 64]
    with pytest.raises(Exception, match="Got: 7 Expected: 2"):
        session.run(None, {session.get_inputs()[0].name: X[:7]})


def test_a_newer_onnx_is_reported_as_missing(digits, tmp_path, monkeypatch):
    monkeypatch.delattr(onnx, "mapping", raising=False)  # onnx 1.19 has this module no more
    monkeypatch.setitem(sys.modules, "onnx.mapping", None)
    network = build(digits.weights, digits.biases, "float32")
    with pytest.raises(ImportError, match="Onnx and protobuf need to be installed"):
        export(network, tmp_path / "model.onnx", digits.X[:2].astype(np.float32))
