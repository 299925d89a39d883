"""Where somebody has reported that an engine answers differently, as far as a search found it.

What a search did not find may have been reported all the same: in other words, or elsewhere.
"""

GITHUB = "https://github.com/"
NOT_FOUND = "not found"

# {(operator, engine): reports as owner/name/issues or pull/number, or NOT_FOUND}
REPORTS = {
    ("Attention", "OpenVINO"): NOT_FOUND,
    ("Attention", "OpenCV"): NOT_FOUND,
    ("Attention", "tract"): NOT_FOUND,
    ("Cast", "OpenVINO"): "openvinotoolkit/openvino/issues/37968",
    ("CastLike", "OpenVINO"): "openvinotoolkit/openvino/issues/37968",
    ("BitShift", "OpenVINO"): "openvinotoolkit/openvino/pull/25960",
    ("Celu", "tract"): NOT_FOUND,
    ("ConvTranspose", "OpenCV"): "opencv/opencv/pull/29931",
    ("CumSum", "PyTorch"): NOT_FOUND,
    ("AveragePool", "OpenCV"): "opencv/opencv/pull/29931",
    ("DFT", "OpenVINO"): "onnx/onnx/issues/5920",
    ("Dropout", "OpenCV"): NOT_FOUND,
    ("Gelu", "OpenCV"): NOT_FOUND,
    ("GRU", "OpenVINO"): "openvinotoolkit/openvino/issues/37820",
    ("GRU", "tract"): NOT_FOUND,
    ("LSTM", "OpenVINO"): NOT_FOUND,  # its peepholes; for its layout, see GRU
    ("LSTM", "tract"): NOT_FOUND,
    ("MaxPool", "OpenVINO"): "openvinotoolkit/openvino/issues/18731",
    ("Mod", "OpenCV"): NOT_FOUND,
    ("NonMaxSuppression", "OpenVINO"): "onnx/onnx/issues/7615",
    ("OneHot", "OpenCV"): NOT_FOUND,
    ("PRelu", "OpenCV"): "opencv/opencv/pull/29931",
    ("ReduceMax", "OpenVINO"): "openvinotoolkit/openvino/pull/20736",
    ("Resize", "ONNX Runtime"): "microsoft/onnxruntime/issues/17564",
    ("Resize", "OpenVINO"): NOT_FOUND,
    ("RNN", "OpenVINO"): "openvinotoolkit/openvino/issues/37820",
    ("RoiAlign", "OpenVINO"): "microsoft/onnxruntime/issues/6146",
    ("SpaceToDepth", "OpenVINO"): NOT_FOUND,
    ("SpaceToDepth", "OpenCV"): NOT_FOUND,
    ("Tile", "OpenVINO"): NOT_FOUND,
    ("TopK", "OpenVINO"): "openvinotoolkit/openvino/pull/33199",
}


def known(operator, engine):
    """Return what the page says: a link, that a search found nothing, or that nobody searched."""
    report = REPORTS.get((operator, engine), "not searched")
    if "/" not in report:
        return report
    _owner, name, _kind, number = report.split("/")
    return f"[{name}#{number}]({GITHUB}{report})"
