"""How do I run my ONNX file in PyTorch?

Install it:  pip install torch==2.13.0 torchvision==0.28.0 onnx2torch
Try it:      pytest tests/interop/test_runs_in_pytorch.py
Rows go in:  as a tensor for each input, in the order of the file's inputs

The two exact versions are built for each other and for the CPU alone: anything else may bring
gigabytes of CUDA packages.
"""

from tests.interop.common import need

NAME = "PyTorch"
ENGINE = "PyTorch"
WRITTEN_IN = "C++, Python"
REFUSALS = {
    "recurrence": "is not implemented (OperationDescription(domain='', operation_type='RNN'",
    "user-defined operator": "is not implemented (OperationDescription(domain='tutorial'",
    "ai.onnx.ml": "is not implemented (OperationDescription(domain='ai.onnx.ml'",
}
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


def run(path, feed):
    """Return the file's output for a feed {name of an input: array}."""
    network = onnx2torch.convert(path)
    network.eval()  # it comes ready to train: BatchNormalization would use this feed's statistics
    tensors = [torch.from_numpy(array) for array in feed.values()]
    with torch.inference_mode():  # or numpy refuses an answer that PyTorch could still train on
        return network(*tensors).numpy()


def test_a_file_gives_numpys_numbers_or_is_refused(check, column):
    check(run, column, REFUSALS)


def test_without_eval_a_convolution_answers_by_the_statistics_of_the_feed(answer):
    path, feed, exact = answer("convolution", 7)
    network = onnx2torch.convert(path)
    P = network(torch.from_numpy(feed["X"])).detach().numpy()  # no complaint
    assert abs(P - exact).max() > 0.1
