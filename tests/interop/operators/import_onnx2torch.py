"""Import onnx2torch where torchvision, which it imports, was built for another torch, too.

It wants torchvision for operators that find objects. Where that does not load, two declarations do
in its place: without them importing onnx2torch fails, although nothing here needs them.
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
    import onnx2torch  # noqa: F401
