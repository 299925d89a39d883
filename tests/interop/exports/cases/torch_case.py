"""A case of PyTorch: a network as people write it, how they export it, and the mend of one of them.

What onnxruntime answers, of the mistaken file as of the mended one, is compared with the network as
it was written. A case of another framework has mistake(path) and mend(path), too: each writes the
file, and returns what is to be compared, [(inputs, outputs), ...].
"""

import torch


class Case:
    """What most cases have in common; a case says what is different."""

    example = (torch.arange(8.0).reshape(2, 4),)
    options = {}  # of the export, in mistake and mend
    mistaken = {}  # of the mistake alone
    mended = {}  # of the mend alone
    feeds = ()  # what is fed beside the example

    Network = None  # as people write it
    Better = None  # as it comes out right; None: the options are to blame

    def build(self):
        """Return the network as it is written."""
        return self.Network()

    def better(self, network):
        """Return the network that the mend exports."""
        return self.Better() if self.Better else network

    def mistake(self, path):
        """Export as people do."""
        network = self.make()
        torch.onnx.export(network, self.example, path, **self.options, **self.mistaken)
        return self.expect(network)

    def mend(self, path):
        """Export what is equal, and comes out right."""
        network = self.make()
        better = self.better(network).eval()
        torch.onnx.export(better, self.example, path, **self.options, **self.mended)
        return self.expect(network)

    def make(self):
        """Return the network with the same weights each time."""
        torch.manual_seed(0)
        return self.build().eval()

    def expect(self, network):
        """Return what the network itself answers: [(inputs, outputs), ...]."""
        return [expect(network, feed) for feed in (self.example, *self.feeds)]


def expect(network, inputs):
    """Return inputs and a network's outputs as lists of numpy arrays."""
    with torch.no_grad():
        outputs = network(*inputs)
    if isinstance(outputs, torch.Tensor):
        outputs = [outputs]
    fed = [each for each in inputs if isinstance(each, torch.Tensor)]  # a number is no input
    return [each.numpy() for each in fed], [each.float().numpy() for each in outputs]


FREE = torch.export.Dim.DYNAMIC
