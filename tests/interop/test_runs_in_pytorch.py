"""How do I run my ONNX file in PyTorch?"""

from tests.interop.common import need

NAME, WRITTEN_IN = "PyTorch", "C++, Python"
torch = need(NAME, "torch")
try:
    import onnx2torch
except Exception as error:  # of any other kind: need meets it again, and reports it
    # onnx2torch imports torchvision, for detection operators that no file here has. Beside another
    # build of torch than its own, torchvision's code does not load, and it misses two operators.
    # Declarations will do in their place; where the code loads, though, declaring twice would fail.
    if "torchvision::nms does not exist" in str(error):
        for operator in ("nms", "qnms"):
            schema = "(Tensor boxes, Tensor scores, float threshold) -> Tensor"
            torch.library.define(f"torchvision::{operator}", schema)
onnx2torch = need(NAME, "onnx2torch")


def run(path, X):
    """Return the file's output for the rows X."""
    network = onnx2torch.convert(path)
    with torch.inference_mode():  # or numpy may refuse the answer: PyTorch is ready to train it
        return network(torch.from_numpy(X)).numpy()


def test_it_gives_numpys_numbers(runs_as_numpy, portable, rows):
    runs_as_numpy(run, portable, rows)


def test_it_refuses_the_operator_of_our_own(refused):
    words = "Converter is not implemented (OperationDescription(domain='tutorial'"
    refused(run, "neural_network.onnx", words)


def test_it_refuses_ai_onnx_ml(refused):
    words = "Converter is not implemented (OperationDescription(domain='ai.onnx.ml'"
    refused(run, "sklearn_converter.onnx", words)
