"""PyTorch."""

NAME = "PyTorch"
EXPORTER = "torch.onnx.export"
PACKAGES = "torch onnxscript"
WRONG = "`LSTM` and `GRU` of a free length with `batch_first=False`"
BUT = "`RNN` of a free length needs the older exporter, or `scan`"


def export(network, path, X):
    """Write the network; X (N, ...) is an example of its input."""
    import torch

    torch.onnx.export(
        network,
        (torch.tensor(X),),
        path,
        dynamic_shapes=({0: torch.export.Dim.DYNAMIC},),  # or the batch size is that of X for ever
        external_data=False,  # or the weights go to a second file
    )
