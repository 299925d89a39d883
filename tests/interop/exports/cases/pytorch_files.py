"""The file: its weights, its names, its opset, and what stands beside it."""

import shutil
import sys
import tempfile
from pathlib import Path

import onnx
import torch
from torch import nn

from tests.interop.exports.cases.torch_case import Case


class LinearCase(Case):
    def build(self):
        return nn.Linear(4, 3)


class WeightsBeside(Case):
    example = (torch.ones(2, 400),)
    mended = {"external_data": False}

    def build(self):
        return nn.Linear(400, 300)

    def mistake(self, path):
        with tempfile.TemporaryDirectory() as folder:
            written = Path(folder, "model.onnx")
            checks = super().mistake(written)
            shutil.copy(written, path)  # and not model.onnx.data
        return checks


class TiedWeights(Case):
    example = (torch.tensor([[1, 2]]),)
    options = {"external_data": False}
    mistaken = {"dynamo": False}

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(1000, 64)
            self.head = nn.Linear(64, 1000, bias=False)
            self.head.weight = self.embedding.weight

        def forward(self, tokens):
            return self.head(self.embedding(tokens))

    def look(self, path):
        tensors = onnx.load(path).graph.initializer
        copies = [tensor for tensor in tensors if sorted(tensor.dims) == [64, 1000]]
        return f"the matrix stands in the file {len(copies)} times"


class UnusedInput(Case):
    example = (torch.ones(2, 4), torch.ones(2, 4))
    options = {"input_names": ["x", "mask"]}
    mistaken = {"dynamo": False}

    class Network(nn.Module):
        def forward(self, x, mask):
            return 2 * x

    def expect(self, network):
        ((inputs, outputs),) = super().expect(network)
        return [(dict(zip(["x", "mask"], inputs, strict=True)), outputs)]


class InputIsOutput(Case):
    options = {"input_names": ["x"], "output_names": ["y"]}

    def build(self):
        return nn.Identity()

    def look(self, path):
        graph = onnx.load(path).graph
        return f"input {graph.input[0].name}, output {graph.output[0].name}"


class OlderOpset(LinearCase):
    mistaken = {"opset_version": 11}
    mended = {"opset_version": 11, "dynamo": False}

    def look(self, path):
        return f"opset {onnx.load(path).opset_import[0].version}"


class NotInstalled:
    """Finds nothing where onnxscript would be."""

    def find_spec(self, name, path=None, target=None):
        if name == "onnxscript":
            raise ModuleNotFoundError(f"No module named {name!r}")


class NoOnnxscript(LinearCase):
    def mistake(self, path):
        loaded = {}
        for name in list(sys.modules):
            if name.startswith(("onnxscript", "torch.onnx._internal.exporter")):
                loaded[name] = sys.modules.pop(name)
        sys.meta_path.insert(0, NotInstalled())
        try:
            return super().mistake(path)
        finally:
            del sys.meta_path[0]
            sys.modules.update(loaded)
