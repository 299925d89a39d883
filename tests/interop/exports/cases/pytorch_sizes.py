"""Sizes: free ones that the network fixes, and names that are not found."""

import torch
from torch import nn

from tests.interop.exports.cases.torch_case import FREE, Case


class RowByRow(Case):
    feeds = [(torch.ones(3, 4),)]
    options = {"dynamic_shapes": ({0: FREE},)}

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(4, 3)

        def forward(self, X):
            return torch.stack([self.layer(x) for x in X])

    def better(self, network):
        return network.layer


class RowByRowByAxes(RowByRow):
    options = {"input_names": ["X"]}
    mistaken = {"dynamic_axes": {"X": {0: "N"}}}
    mended = {"dynamic_shapes": ({0: FREE},)}


class RowByRowByDim(RowByRow):
    options = {"dynamic_shapes": ({0: torch.export.Dim("N")},)}


class ProgramBefore(RowByRow):
    """The export in two steps, the first of which is PyTorch's own."""

    options = {}
    shapes = ({0: torch.export.Dim("N")},)

    def mistake(self, path):
        program = torch.export.export(self.make(), self.example, dynamic_shapes=self.shapes)
        torch.onnx.export(program, (), path)

    def mend(self, path):
        network = self.make()
        better = self.better(network)
        program = torch.export.export(better, self.example, dynamic_shapes=self.shapes)
        torch.onnx.export(program, (), path)
        return self.expect(network)


class IfOnASize(Case):
    example = (torch.ones(3, 4),)
    feeds = [(torch.ones(1, 4),), (torch.ones(2, 4),)]
    options = {"dynamic_shapes": ({0: FREE},)}

    class Network(nn.Module):
        def forward(self, X):
            if X.shape[0] == 2:
                return 2 * X
            return X

    class Better(nn.Module):
        def forward(self, X):
            rows = torch.tensor(X.shape[0])
            return torch.where(rows == 2, 2 * X, X)


class OneRowAsExample(Case):
    example = (torch.ones(1, 4),)
    feeds = [(torch.ones(7, 4),)]
    options = {"dynamic_shapes": ({0: torch.export.Dim("N")},)}

    def build(self):
        return nn.Linear(4, 3)


class ShapesByNewNames(Case):
    feeds = [(torch.ones(7, 4),)]
    options = {"input_names": ["image"]}
    mistaken = {"dynamic_shapes": {"image": {0: FREE}}}
    mended = {"dynamic_shapes": ({0: FREE},)}

    def build(self):
        return nn.Linear(4, 3)


class PoolToOtherSizes(Case):
    example = (torch.arange(64.0).reshape(1, 1, 8, 8),)

    def build(self):
        return nn.AdaptiveAvgPool2d(3)
