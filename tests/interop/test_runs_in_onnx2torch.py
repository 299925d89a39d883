"""What a module of PyTorch answers that onnx2torch has made of a file, without eval()."""

from tests.engines import onnx2torch as engine
from tests.interop.common import need

need(engine.NAME, "torch")
torch, onnx2torch = engine.load()


def test_without_eval_a_convolution_answers_by_the_statistics_of_the_feed(answer):
    path, feed, exact = answer("convolution", 7)
    network = onnx2torch.convert(path)
    P = network(torch.from_numpy(feed["X"])).detach().numpy()  # no complaint
    assert abs(P - exact).max() > 0.1
