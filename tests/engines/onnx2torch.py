"""onnx2torch, in Python, last released in 2024: it makes a module of PyTorch of a file.

The two exact versions are built for each other and for the CPU alone: anything else may bring
gigabytes of CUDA packages.
"""

import onnx

from tests.engines import as_list

NAME = "onnx2torch"
PACKAGE = "onnx2torch"
WRITTEN_IN = "C++, Python"
INSTALL = "pip install torch==2.13.0 torchvision==0.28.0 onnx2torch"


def load():
    """Import it where torchvision, which it imports, was built for another torch, too.

    It wants torchvision for operators that find objects. Where that does not load, declarations of
    two of them do in its place; where it does, to declare them twice would fail.
    """
    import torch

    try:
        import onnx2torch
    except Exception as error:  # of whatever kind torchvision raises
        if "torchvision::nms does not exist" not in str(error):
            raise
        for name in ("nms", "qnms"):
            schema = "(Tensor boxes, Tensor scores, float threshold) -> Tensor"
            torch.library.define(f"torchvision::{name}", schema)
        import onnx2torch
    return torch, onnx2torch


def run(path, inputs):
    torch, onnx2torch = load()
    network = onnx2torch.convert(onnx.load(path))  # by a path it writes a copy beside the file
    network.eval()  # or BatchNormalization would use the statistics of these inputs
    tensors = [torch.from_numpy(array.copy()) for array in inputs]
    with torch.inference_mode():  # or numpy refuses an answer that PyTorch could still train on
        outputs = as_list(network(*tensors))
    return [output.numpy() for output in outputs]
