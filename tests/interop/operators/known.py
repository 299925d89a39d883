"""Where somebody has reported that an engine answers differently, as far as a search found it.

Searched: issues and pull requests on GitHub, for the engine, the operator and the symptom, in
November 2026. A report counts if it describes this very difference, not some other fault of the
operator. What the search did not find may have been reported all the same, in other words.
"""

GITHUB = "https://github.com/"
NOT_FOUND = "not found"

# {(operator, engine): reports as owner/name/issues or pull/number, or NOT_FOUND}
REPORTS = {
    ("Attention", "OpenVINO"): NOT_FOUND,
    ("Attention", "OpenCV"): NOT_FOUND,
    ("Attention", "tract"): NOT_FOUND,
    ("Attention", "ONNX Runtime"): NOT_FOUND,
    ("Attention", "tinygrad"): "onnx/onnx/pull/8068",
    ("AveragePool", "OpenCV"): "opencv/opencv/pull/29931",
    ("BatchNormalization", "Apache TVM"): NOT_FOUND,
    ("BitShift", "OpenVINO"): "openvinotoolkit/openvino/pull/25960",
    ("BitShift", "tract"): NOT_FOUND,
    ("BitShift", "Apache TVM"): NOT_FOUND,
    ("Cast", "OpenVINO"): "openvinotoolkit/openvino/issues/37968",
    ("Cast", "IREE"): "iree-org/iree/issues/24180",
    ("CastLike", "OpenVINO"): "openvinotoolkit/openvino/issues/37968",
    ("CastLike", "IREE"): "iree-org/iree/issues/24180",
    ("Celu", "tract"): NOT_FOUND,
    ("ConvInteger", "tinygrad"): NOT_FOUND,
    ("ConvTranspose", "OpenCV"): "opencv/opencv/pull/29931",
    ("ConvTranspose", "Apache TVM"): "apache/tvm/pull/19450",
    ("ConvTranspose", "PyTorch"): NOT_FOUND,
    ("CumSum", "PyTorch"): NOT_FOUND,
    ("Det", "IREE"): "iree-org/iree/issues/24397",
    ("DFT", "OpenVINO"): "onnx/onnx/issues/5920",
    ("DFT", "OpenCV"): NOT_FOUND,
    ("Dropout", "OpenCV"): NOT_FOUND,
    ("Expand", "Apache TVM"): NOT_FOUND,
    ("Gelu", "OpenCV"): NOT_FOUND,
    ("GridSample", "OpenCV"): NOT_FOUND,
    ("GRU", "OpenVINO"): "openvinotoolkit/openvino/issues/37820",
    ("GRU", "tract"): NOT_FOUND,
    ("GRU", "OpenCV"): NOT_FOUND,
    ("IsInf", "Apache TVM"): NOT_FOUND,
    ("IsInf", "PyTorch"): NOT_FOUND,
    ("LayerNormalization", "Apache TVM"): NOT_FOUND,
    ("LSTM", "OpenVINO"): NOT_FOUND,  # its peepholes; for its layout, see GRU
    ("LSTM", "tract"): NOT_FOUND,
    ("LSTM", "OpenCV"): NOT_FOUND,
    ("MaxPool", "OpenVINO"): "openvinotoolkit/openvino/issues/18731",
    ("MaxPool", "OpenCV"): NOT_FOUND,
    ("Mod", "OpenCV"): NOT_FOUND,
    ("Mod", "Apache TVM"): NOT_FOUND,
    ("NonMaxSuppression", "OpenVINO"): "onnx/onnx/issues/7615",
    ("NonMaxSuppression", "Apache TVM"): NOT_FOUND,
    ("NonZero", "PyTorch"): NOT_FOUND,
    ("OneHot", "OpenCV"): NOT_FOUND,
    ("PRelu", "OpenCV"): "opencv/opencv/pull/29931",
    ("ReduceMax", "OpenVINO"): "openvinotoolkit/openvino/pull/20736",
    ("ReduceMax", "OpenCV"): NOT_FOUND,
    ("ReduceMax", "tract"): NOT_FOUND,
    ("ReduceMin", "tract"): NOT_FOUND,
    ("Resize", "ONNX Runtime"): "microsoft/onnxruntime/issues/17564",
    ("Resize", "OpenVINO"): NOT_FOUND,
    ("Resize", "OpenCV"): "opencv/opencv/pull/29323",
    ("Resize", "Apache TVM"): "apache/tvm/issues/19570",
    ("RNN", "OpenVINO"): "openvinotoolkit/openvino/issues/37820",
    ("RNN", "tract"): NOT_FOUND,
    ("RoiAlign", "OpenVINO"): "microsoft/onnxruntime/issues/6146",
    ("RoiAlign", "Apache TVM"): "apache/tvm/pull/7440",
    ("SpaceToDepth", "OpenVINO"): NOT_FOUND,
    ("SpaceToDepth", "OpenCV"): NOT_FOUND,
    ("SpaceToDepth", "tract"): NOT_FOUND,
    ("SpaceToDepth", "Apache TVM"): NOT_FOUND,
    ("SpaceToDepth", "IREE"): NOT_FOUND,
    ("SpaceToDepth", "Plain C"): NOT_FOUND,
    ("Tile", "OpenVINO"): NOT_FOUND,
    ("TopK", "OpenVINO"): "openvinotoolkit/openvino/pull/33199",
    ("TopK", "PyTorch"): "pytorch/pytorch/issues/88227",
}


def known(operator, engine):
    """Return what the page says: a link, that a search found nothing, or that nobody searched."""
    report = REPORTS.get((operator, engine), "not searched")
    if "/" not in report:
        return report
    _owner, name, _kind, number = report.split("/")
    return f"[{name}#{number}]({GITHUB}{report})"
