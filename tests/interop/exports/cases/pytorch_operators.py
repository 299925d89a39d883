"""What the exporter does not know, or knows wrongly."""

import onnx
import torch
from onnxscript import opset18
from torch import nn

from tests.interop.exports.cases.torch_case import FREE, Case


class OperatorUnknown(Case):
    example = (torch.rand(3, 4), torch.rand(5, 4))
    feeds = [(torch.rand(1, 4), torch.rand(7, 4))]
    options = {"dynamic_shapes": ({0: FREE}, {0: FREE})}

    class Network(nn.Module):
        def forward(self, X, Y):
            return torch.cdist(X, Y)

    class Better(nn.Module):
        def forward(self, X, Y):
            return torch.linalg.vector_norm(X[:, None] - Y[None], dim=2)


class RunningProduct(Case):
    example = (torch.rand(3, 4) + 0.5,)

    class Network(nn.Module):
        def forward(self, x):
            return torch.cumprod(x, dim=1)

    class Better(nn.Module):
        def forward(self, x):  # for numbers above 0
            return torch.exp(torch.cumsum(torch.log(x), dim=1))


class Median(Case):
    example = (torch.rand(3, 5),)

    class Network(nn.Module):
        def forward(self, x):
            return torch.median(x, dim=1).values

    class Better(nn.Module):
        def forward(self, x):
            middle = (x.shape[1] - 1) // 2
            return torch.sort(x, dim=1).values[:, middle]


@torch.library.custom_op("tutorial::cube", mutates_args=())
def cube(x: torch.Tensor) -> torch.Tensor:
    return torch.from_numpy(x.numpy() ** 3)


@cube.register_fake
def shape_of_cube(x):
    return torch.empty_like(x)


def cube_in_onnx(x):
    return opset18.Mul(x, opset18.Mul(x, x))


class CustomOperator(Case):
    mended = {"custom_translation_table": {torch.ops.tutorial.cube.default: cube_in_onnx}}

    class Network(nn.Module):
        def forward(self, x):
            return cube(x)


class ComplexOperator(Case):
    example = (torch.rand(2, 4),)

    class Network(nn.Module):
        def forward(self, x):
            return torch.exp(torch.complex(x, 2 * x)).real

    class Better(nn.Module):
        def forward(self, x):
            return torch.exp(x) * torch.cos(2 * x)


class ComplexRotation(Case):
    example = (torch.rand(2, 8),)

    class Network(nn.Module):
        def forward(self, x):
            pairs = torch.view_as_complex(x.reshape(2, 4, 2))
            rotation = torch.polar(torch.ones(4), torch.arange(4.0))
            return torch.view_as_real(pairs * rotation).reshape(2, 8)


class Spectrum(Case):
    example = (torch.rand(2, 8),)

    class Network(nn.Module):
        def forward(self, x):
            return torch.fft.rfft(x).abs()


class MeanByIndex(Case):
    example = (torch.tensor([1.0, 2.0, 6.0]), torch.tensor([0, 1, 1]))

    class Network(nn.Module):
        def forward(self, x, groups):
            nothing = torch.zeros(3)
            return nothing.scatter_reduce(0, groups, x, "mean", include_self=False)

    class Better(nn.Module):
        def forward(self, x, groups):
            nothing = torch.zeros(3)
            total = nothing.scatter_add(0, groups, x)
            count = nothing.scatter_add(0, groups, torch.ones_like(x))
            return total / count.clamp(min=1)


class EncoderTraced(Case):
    example = (torch.rand(2, 4, 8),)
    mistaken = {"dynamo": False}

    def build(self):
        return nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)

    def mistake(self, path):
        with torch.no_grad():  # or the layer takes another way, which is exported
            return super().mistake(path)


class ScriptedModule(Case):
    def build(self):
        return nn.Linear(4, 3)

    def mistake(self, path):
        torch.onnx.export(torch.jit.script(self.make()), self.example, path)


class QuantisedModule(Case):
    def build(self):
        return nn.Sequential(nn.Linear(4, 3))

    def mistake(self, path):
        network = torch.ao.quantization.quantize_dynamic(self.make(), {nn.Linear})
        torch.onnx.export(network, self.example, path)

    def mend(self, path):
        from onnxruntime.quantization import quantize_dynamic

        checks = super().mend(path)
        quantize_dynamic(path, path.with_name("eight_bits.onnx"))
        model = onnx.load(path.with_name("eight_bits.onnx"))
        assert "MatMulInteger" in [node.op_type for node in model.graph.node]
        return checks  # of the file in float32; how far eight bits are off is another page's matter


class BFloat16(Case):
    example = (torch.ones(2, 4, dtype=torch.bfloat16),)

    def build(self):
        return nn.Linear(4, 3).bfloat16()

    def expect(self, network):
        network = network.float()
        self.example = (torch.ones(2, 4),)
        return super().expect(network)

    def better(self, network):
        self.example = (torch.ones(2, 4),)
        return network.float()


def read_report(folder):
    """Return the steps in the exporter's report on the first case, as its first block has them."""
    case = OperatorUnknown()
    try:
        torch.onnx.export(
            case.make(), case.example, folder / "model.onnx", report=True, artifacts_dir=folder
        )
    except torch.onnx.OnnxExporterError:
        (report,) = folder.glob("*.md")
        _, steps, _ = report.read_text(encoding="utf-8").split("```", 2)
        return steps.strip().splitlines()
    raise AssertionError("it is exported now: good news, which this file lacks")
