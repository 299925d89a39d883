"""How do I get my model out of PaddlePaddle?

Install it:  pip install paddlepaddle paddle2onnx==2.1.0 onnx==1.17.0
Try it:      pytest tests/interop/test_comes_from_paddlepaddle.py

paddle2onnx 2.1.0 wants onnx 1.17 or older: beside a newer one, pip installs 2.0.1 without a word.
"""

import os
import sys

import onnx
import pytest

from tests.interop.common import PRECISIONS, check_export, need
from tests.interop.frameworks.paddlepaddle import NAME, export

# Before paddle2onnx, or exporting installs three packages: it sets a variable of the environment
# that says so, and this module reads the variable once, when it is imported.
polygraphy = need(NAME, "polygraphy.config")
paddle = need(NAME, "paddle")
need(NAME, "paddle2onnx")


def build(weights, biases, dtype):
    """Return the network as a sequence of layers."""
    layers = []
    for W, B in zip(weights, biases, strict=True):
        linear = paddle.nn.Linear(*W.shape).to(dtype=dtype)
        linear.weight.set_value(W.astype(dtype))
        linear.bias.set_value(B.astype(dtype))
        layers += [linear, paddle.nn.ReLU()]
    return paddle.nn.Sequential(*layers[:-1], paddle.nn.Softmax(axis=1))


@pytest.mark.parametrize("dtype, atol", PRECISIONS)
def test_the_file_is_the_network(dtype, atol, digits, tmp_path, measured):
    network = build(digits.weights, digits.biases, dtype)
    export(network, tmp_path / "model.onnx", dtype)
    check_export(tmp_path / "model.onnx", digits.X, digits.P, atol)
    # The weights are constants among the nodes, bit by bit.
    nodes = onnx.load(tmp_path / "model.onnx").graph.node
    constants = [node.attribute[0].t for node in nodes if node.op_type == "Constant"]
    stored = {onnx.numpy_helper.to_array(tensor).tobytes() for tensor in constants}
    assert stored >= {W.astype(dtype).tobytes() for W in digits.weights + digits.biases}
    measured(dtype, f"{atol:.0e}")
    measured("verdict", "works")


def test_it_runs_pip_and_without_a_network_the_file_is_right_all_the_same(
    digits, tmp_path, monkeypatch, capfd
):
    monkeypatch.setattr(polygraphy, "AUTOINSTALL_DEPS", True)  # as where nobody imports it first
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")  # what pip sees without a network
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    monkeypatch.setenv("PYTHONWARNINGS", "ignore")  # pip's own
    network = build(digits.weights, digits.biases, "float32")
    export(network, tmp_path / "model.onnx", "float32")
    said = capfd.readouterr().out
    assert f"{sys.executable} -m pip install onnx_graphsurgeon>=0.3.27 --extra-index-url=" in said
    assert "No matching distribution found for onnx_graphsurgeon" in said
    check_export(tmp_path / "model.onnx", digits.X, digits.P)


def test_an_error_ends_the_whole_program(digits, tmp_path, capfd):
    network = build(digits.weights, digits.biases, "float32")
    with pytest.raises(SystemExit):  # which `except Exception` would not catch
        # The switch for what runs pip: the exporter still takes it, and passes it on under a name
        # that is gone.
        export(network, tmp_path / "model.onnx", "float32", enable_optimization=False)
    words = "export() got an unexpected keyword argument 'enable_polygraphy'"
    assert words in capfd.readouterr().out
