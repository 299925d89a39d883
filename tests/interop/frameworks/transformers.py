"""Hugging Face Transformers."""

NAME = "Transformers"
EXPORTER = "OnnxExporter"
PACKAGES = "transformers torch onnxscript"


def export(network, path, X):
    """Write the network; X (N, 64) is an example of its input, of two rows at least."""
    import onnx_ir
    import torch
    from transformers.exporters import exporter_onnx

    # Without dynamic_shapes the batch size is that of X for ever.
    config = exporter_onnx.OnnxConfig(dynamic_shapes={"X": {0: torch.export.Dim.DYNAMIC}})
    exported = exporter_onnx.OnnxExporter().export(network, {"X": torch.tensor(X)}, config)
    onnx_ir.save(exported.program, path)  # save_pretrained would write the weights to a second file
