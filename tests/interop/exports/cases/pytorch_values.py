"""Control flow, and values that become what they were at the export."""

import torch
from torch import nn
from torch._higher_order_ops.while_loop import while_loop  # a prototype: no public name yet

from tests.interop.exports.cases.torch_case import FREE, Case, expect


class IfOnAValue(Case):
    feeds = [(-2 * torch.ones(2, 4),)]  # of -1 both ways make -2

    class Network(nn.Module):
        def forward(self, x):
            if x.sum() > 0:
                return 2 * x
            return x - 1

    class Better(nn.Module):
        def forward(self, x):
            return torch.cond(x.sum() > 0, self.double, self.less, (x,))

        def double(self, x):
            return 2 * x

        def less(self, x):
            return x - 1


class IfOnAValueTraced(IfOnAValue):
    mistaken = {"dynamo": False}


class LoopByItem(Case):
    example = (torch.ones(3), torch.tensor(3))
    feeds = [(torch.ones(3), torch.tensor(5)), (torch.ones(3), torch.tensor(0))]

    class Network(nn.Module):
        def forward(self, x, times):
            for _ in range(times.item()):
                x = 2 * x
            return x

    class Better(nn.Module):
        def forward(self, x, times):
            def goes_on(step, y):
                return step < times

            def double(step, y):
                return step + 1, 2 * y

            _, y = while_loop(goes_on, double, (torch.zeros((), dtype=torch.int64), x))
            return y


class IfNothingIsLeft(Case):
    example = (torch.tensor([1.0, -1.0, 2.0]),)
    feeds = [(torch.tensor([3.0, 1.0, 5.0, -1.0]),)]
    options = {"dynamic_shapes": ({0: FREE},)}

    class Network(nn.Module):
        def forward(self, x):
            positive = x[x > 0]
            if positive.numel() == 0:
                return x.new_zeros(())
            return positive.sum() / positive.numel()

    class Better(nn.Module):
        def forward(self, x):
            is_positive = x > 0
            return torch.where(is_positive, x, 0).sum() / is_positive.sum().clamp(min=1)


class SliceByItem(Case):
    example = (torch.arange(6.0), torch.tensor(3))
    feeds = [(torch.arange(8.0), torch.tensor(5))]
    options = {"dynamic_shapes": ({0: FREE}, None)}

    class Network(nn.Module):
        def forward(self, x, length):
            return x[: length.item()]


class NumberAsArgument(Case):
    example = (torch.ones(2, 4), 3.0)

    class Network(nn.Module):
        def forward(self, x, factor):
            return factor * x

    def expect(self, network):
        inputs, outputs = expect(network, (torch.ones(2, 4), torch.tensor(5.0)))
        return [(inputs, outputs)]

    def mend(self, path):
        network = self.make()
        torch.onnx.export(network, (torch.ones(2, 4), torch.tensor(3.0)), path)
        return self.expect(network)


class CountsItsCalls(Case):
    feeds = [Case.example, Case.example]

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("calls", torch.zeros(()))

        def forward(self, x):
            self.calls += 1
            return self.calls * x

    class Counted(nn.Module):
        def forward(self, x, calls):
            return (calls + 1) * x, calls + 1

    def mistake(self, path):
        torch.onnx.export(self.make(), self.example, path)
        return self.expect(self.make())

    def mend(self, path):
        torch.onnx.export(self.Counted(), (*self.example, torch.zeros(())), path)
        checks = []
        for call, (inputs, outputs) in enumerate(self.expect(self.make())):
            before = torch.tensor(float(call)).numpy()
            checks.append(([*inputs, before], [*outputs, before + 1]))
        return checks


class ViewFilledInPlace(Case):
    mistaken = {"dynamo": False}

    class Network(nn.Module):
        def forward(self, x):
            y = x + 1
            y.view(-1, 2)[:, 0].fill_(9.0)
            return y


class SameTensorTwice(Case):
    example = (Case.example[0], Case.example[0])
    feeds = [(torch.ones(2, 4), torch.zeros(2, 4))]

    class Network(nn.Module):
        def forward(self, x, y):
            return x - 2 * y

    def mend(self, path):
        self.example = (torch.rand(2, 4), torch.rand(2, 4))
        return super().mend(path)
