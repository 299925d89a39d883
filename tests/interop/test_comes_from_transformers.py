"""How do I get my model out of Hugging Face Transformers?

Install it:  pip install torch==2.13.0 transformers onnxscript
Try it:      pytest tests/interop/test_comes_from_transformers.py
"""

import sys

import numpy as np
import pytest

import neural_network
from tests.interop.common import PRECISIONS, check_export, need
from tests.interop.frameworks.transformers import NAME, export

torch = need(NAME, "torch")
onnx_ir = need(NAME, "onnx_ir")
with pytest.MonkeyPatch.context() as patch:
    # Transformers imports torchvision wherever there is one, and fails if that was built for
    # another PyTorch. Nothing here needs it.
    patch.setitem(sys.modules, "torchvision", None)
    exporter = need(NAME, "transformers.exporters.exporter_onnx")
transformers = need(NAME, "transformers")


class DigitsConfig(transformers.PreTrainedConfig):
    """The sizes of the network."""

    widths: tuple[int, ...] = (64, 32, 16, 10)


class Digits(transformers.PreTrainedModel):
    """The network, written like any model of the library."""

    config_class = DigitsConfig

    def __init__(self, config):
        super().__init__(config)
        pairs = zip(config.widths[:-1], config.widths[1:], strict=True)
        self.layers = torch.nn.ModuleList(torch.nn.Linear(*pair) for pair in pairs)
        self.post_init()

    def forward(self, X):
        for layer in self.layers[:-1]:
            X = torch.relu(layer(X))
        return {"P": torch.softmax(self.layers[-1](X), dim=1)}


def build(weights, biases, dtype):
    """Return the network as a model of Transformers, without a download."""
    network = Digits(DigitsConfig())
    for linear, W, B in zip(network.layers, weights, biases, strict=True):
        linear.weight.data = torch.tensor(W.T, dtype=dtype)  # PyTorch keeps (outputs, inputs)
        linear.bias.data = torch.tensor(B, dtype=dtype)
    return network


@pytest.mark.parametrize("dtype, atol", PRECISIONS)
def test_the_file_is_the_network(dtype, atol, digits, tmp_path, measured):
    network = build(digits.weights, digits.biases, getattr(torch, dtype))
    export(network, tmp_path / "model.onnx", digits.X[:2].astype(dtype))
    weights = digits.weights + digits.biases
    check_export(tmp_path / "model.onnx", digits.X, digits.P, atol, weights)
    measured(dtype, f"{atol:.0e}")
    measured("verdict", "works")


@pytest.mark.parametrize("dynamic, rows", [(False, 2), (True, 1)])
def test_the_batch_size_is_frozen_by_default_and_by_an_example_of_one_row(
    dynamic, rows, digits, tmp_path
):
    network = build(digits.weights, digits.biases, torch.float32)
    X = digits.X.astype(np.float32)
    config = exporter.OnnxConfig(dynamic=dynamic)
    exported = exporter.OnnxExporter().export(network, {"X": torch.tensor(X[:rows])}, config)
    onnx_ir.save(exported.program, tmp_path / "model.onnx")  # no error until here
    session = neural_network.load_model(tmp_path / "model.onnx")
    with pytest.raises(Exception, match=f"Got: 7 Expected: {rows}"):
        session.run(None, {"X": X[:7]})


def test_save_pretrained_writes_the_weights_to_a_second_file(digits, tmp_path):
    network = build(digits.weights, digits.biases, torch.float32)
    X = torch.tensor(digits.X[:2].astype(np.float32))
    exported = exporter.OnnxExporter().export(network, {"X": X}, exporter.OnnxConfig())
    exported.save_pretrained(tmp_path)
    (tmp_path / "model.onnx.data").unlink()  # as it is for whoever takes model.onnx along
    with pytest.raises(Exception, match="External data path does not exist"):
        neural_network.load_model(tmp_path / "model.onnx")
