"""How do I get my model out of PyTorch?

Install it:  pip install torch==2.13.0 onnxscript
Try it:      pytest tests/interop/test_comes_from_pytorch.py
"""

import numpy as np
import pytest

import neural_network
from tests.interop.common import PRECISIONS, check_export, need

NAME = "PyTorch"
EXPORTER = "torch.onnx.export"
PACKAGES = "torch onnxscript"
torch = need(NAME, "torch")
need(NAME, "onnxscript")  # the exporter does without until it is called


def build(weights, biases, dtype):
    """Return the network as a module, for weights W (inputs, outputs) and biases B (outputs,)."""
    layers = []
    for W, B in zip(weights, biases, strict=True):
        linear = torch.nn.Linear(*W.shape, dtype=dtype)
        linear.weight.data = torch.tensor(W.T, dtype=dtype)  # PyTorch keeps (outputs, inputs)
        linear.bias.data = torch.tensor(B, dtype=dtype)
        layers += [linear, torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1], torch.nn.Softmax(dim=1))


def export(network, path, X):
    """Write the network; X (N, 64) is an example of its input."""
    torch.onnx.export(
        network,
        (torch.tensor(X),),
        path,
        dynamic_shapes=({0: torch.export.Dim.DYNAMIC},),  # or the batch size is that of X for ever
        external_data=False,  # or the weights go to a second file
    )


@pytest.mark.parametrize("dtype, atol", PRECISIONS)
def test_the_file_is_the_network(dtype, atol, digits, tmp_path, note):
    network = build(digits.weights, digits.biases, getattr(torch, dtype))
    export(network, tmp_path / "model.onnx", digits.X[:2].astype(dtype))
    weights = digits.weights + digits.biases
    check_export(tmp_path / "model.onnx", digits.X, digits.P, atol, weights)
    note(dtype, f"{atol:.0e}")
    note("verdict", "works")


def test_without_dynamic_shapes_the_batch_size_is_frozen(digits, tmp_path):
    network = build(digits.weights, digits.biases, torch.float32)
    X = digits.X.astype(np.float32)
    torch.onnx.export(network, (torch.tensor(X[:2]),), tmp_path / "model.onnx")  # no complaint
    session = neural_network.load_model(tmp_path / "model.onnx")
    assert session.get_inputs()[0].shape == [2, 64]
    with pytest.raises(Exception, match="Got: 7 Expected: 2"):
        session.run(None, {session.get_inputs()[0].name: X[:7]})
