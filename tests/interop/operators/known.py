"""Where somebody has reported that an engine answers differently, as far as a search found it.

Searched: issues and pull requests on GitHub, for the engine, the operator and the symptom, in
November 2026. A report counts if it describes this very difference, not some other fault of the
operator. What the search did not find may have been reported all the same, in other words.
"""

GITHUB = "https://github.com/"
NOT_FOUND = "not found"
NEWER = "newer"

# {(operator, engine): reports as owner/name/issues or pull/number, or NOT_FOUND}
# Where the newer cases differ by something else, there is one more, with NEWER behind the engine.
REPORTS = {
    ("ArgMax", "MNN"): NOT_FOUND,
    ("ArgMin", "MNN"): NOT_FOUND,
    ("Attention", "OpenVINO"): NOT_FOUND,
    ("Attention", "OpenCV"): NOT_FOUND,
    ("Attention", "tract"): NOT_FOUND,
    ("Attention", "ONNX Runtime"): NOT_FOUND,
    ("Attention", "tinygrad"): "onnx/onnx/pull/8068",
    ("Attention", "Plain C"): "onnx/onnx/pull/8068",
    ("AveragePool", "OpenCV"): "opencv/opencv/pull/29931",
    ("AveragePool", "MNN"): "onnx/onnx/issues/4958",
    ("AveragePool", "ncnn"): "onnx/onnx/issues/4958",
    ("BatchNormalization", "Apache TVM"): NOT_FOUND,
    ("BitShift", "OpenVINO"): "openvinotoolkit/openvino/pull/25960",
    ("BitShift", "tract"): NOT_FOUND,
    ("BitShift", "Apache TVM"): NOT_FOUND,
    ("BitShift", "Plain C"): NOT_FOUND,
    ("BitShift", "MNN"): NOT_FOUND,
    ("Cast", "OpenVINO"): "openvinotoolkit/openvino/issues/37968",
    ("Cast", "IREE"): "iree-org/iree/issues/24180",
    ("CastLike", "OpenVINO"): "openvinotoolkit/openvino/issues/37968",
    ("CastLike", "IREE"): "iree-org/iree/issues/24180",
    ("Celu", "tract"): NOT_FOUND,
    ("ConvInteger", "tinygrad"): NOT_FOUND,
    ("ConvTranspose", "OpenCV"): "opencv/opencv/pull/29931",
    ("ConvTranspose", "Apache TVM"): "apache/tvm/pull/19450",
    ("ConvTranspose", "PyTorch"): NOT_FOUND,
    ("ConvTranspose", "MNN"): NOT_FOUND,
    ("CumSum", "PyTorch"): NOT_FOUND,
    ("DequantizeLinear", "MNN"): NOT_FOUND,
    ("Det", "IREE"): "iree-org/iree/issues/24397",
    ("Det", "MNN"): NOT_FOUND,
    ("DFT", "OpenVINO"): "onnx/onnx/issues/5920",
    ("DFT", "OpenCV"): NOT_FOUND,
    ("Dropout", "OpenCV"): NOT_FOUND,
    ("DynamicQuantizeLinear", "MNN"): NOT_FOUND,
    ("Expand", "Apache TVM"): NOT_FOUND,
    ("Gather", "ncnn"): NOT_FOUND,
    ("GatherElements", "MNN"): NOT_FOUND,
    ("Gelu", "OpenCV"): NOT_FOUND,
    ("Gelu", "MNN"): NOT_FOUND,
    ("GridSample", "OpenCV"): NOT_FOUND,
    ("GridSample", "MNN"): NOT_FOUND,
    ("GRU", "OpenVINO"): "openvinotoolkit/openvino/issues/37820",
    ("GRU", "tract"): NOT_FOUND,
    ("GRU", "OpenCV"): NOT_FOUND,
    ("GRU", "MNN"): NOT_FOUND,
    ("IsInf", "Apache TVM"): NOT_FOUND,
    ("IsInf", "PyTorch"): NOT_FOUND,
    ("LayerNormalization", "Apache TVM"): NOT_FOUND,
    ("Less", "MNN"): NOT_FOUND,
    ("LpNormalization", "MNN"): "onnx/onnx/pull/7618",
    ("LpPool", "MNN"): NOT_FOUND,
    ("LSTM", "OpenVINO"): NOT_FOUND,  # its peepholes; for its layout, see GRU
    ("LSTM", "tract"): NOT_FOUND,
    ("LSTM", "OpenCV"): NOT_FOUND,
    ("LSTM", "MNN"): NOT_FOUND,
    ("Max", "ncnn"): NOT_FOUND,
    ("MaxPool", "OpenVINO"): "openvinotoolkit/openvino/issues/18731",
    ("MaxPool", "OpenCV"): NOT_FOUND,  # its storage_order
    ("MaxPool", "OpenCV", NEWER): "onnx/onnx/issues/5711",  # its ceil_mode
    ("MaxPool", "MNN"): NOT_FOUND,  # its dilations
    ("MaxPool", "MNN", NEWER): "onnx/onnx/issues/5711",  # its ceil_mode
    ("MaxPool", "ncnn"): "onnx/onnx/issues/5711",
    ("Min", "ncnn"): NOT_FOUND,
    ("Mod", "OpenCV"): NOT_FOUND,
    ("Mod", "Apache TVM"): NOT_FOUND,
    ("Mod", "MNN"): NOT_FOUND,
    ("NegativeLogLikelihoodLoss", "MNN"): NOT_FOUND,
    ("NonMaxSuppression", "OpenVINO"): "onnx/onnx/issues/7615",
    ("NonMaxSuppression", "Apache TVM"): NOT_FOUND,
    ("NonZero", "PyTorch"): NOT_FOUND,
    ("OneHot", "OpenCV"): NOT_FOUND,
    ("Pow", "ncnn"): "Tencent/ncnn/issues/4215",
    ("PRelu", "OpenCV"): "opencv/opencv/pull/29931",
    ("PRelu", "ncnn"): "Tencent/ncnn/issues/6056",
    ("QuantizeLinear", "MNN"): NOT_FOUND,
    ("ReduceL1", "MNN"): NOT_FOUND,
    ("ReduceL1", "ncnn"): NOT_FOUND,
    ("ReduceL2", "MNN"): NOT_FOUND,
    ("ReduceL2", "ncnn"): NOT_FOUND,
    ("ReduceLogSum", "MNN"): NOT_FOUND,
    ("ReduceLogSumExp", "MNN"): NOT_FOUND,
    ("ReduceMax", "OpenVINO"): "openvinotoolkit/openvino/pull/20736",
    ("ReduceMax", "OpenCV"): NOT_FOUND,
    ("ReduceMax", "tract"): NOT_FOUND,
    ("ReduceMax", "ncnn"): NOT_FOUND,
    ("ReduceMean", "MNN"): NOT_FOUND,
    ("ReduceMean", "ncnn"): NOT_FOUND,
    ("ReduceMin", "tract"): NOT_FOUND,
    ("ReduceMin", "ncnn"): NOT_FOUND,
    ("ReduceSum", "MNN"): NOT_FOUND,
    ("ReduceSum", "ncnn"): NOT_FOUND,
    ("ReduceSumSquare", "MNN"): NOT_FOUND,
    ("Resize", "ONNX Runtime"): "microsoft/onnxruntime/issues/17564",
    ("Resize", "OpenVINO"): NOT_FOUND,
    ("Resize", "OpenCV"): "opencv/opencv/pull/29323",
    ("Resize", "Apache TVM"): "apache/tvm/issues/19570",
    ("Resize", "MNN"): NOT_FOUND,
    ("Resize", "ncnn"): NOT_FOUND,
    ("RMSNormalization", "ncnn"): NOT_FOUND,
    ("RNN", "OpenVINO"): "openvinotoolkit/openvino/issues/37820",
    ("RNN", "tract"): NOT_FOUND,
    ("RNN", "MNN"): NOT_FOUND,
    ("RoiAlign", "OpenVINO"): "microsoft/onnxruntime/issues/6146",
    ("RoiAlign", "Apache TVM"): "apache/tvm/pull/7440",
    ("RoiAlign", "MNN"): "onnx/onnx/issues/4764",
    ("Round", "MNN"): NOT_FOUND,
    ("ScatterElements", "MNN"): NOT_FOUND,
    ("ScatterND", "MNN"): NOT_FOUND,
    ("Shrink", "MNN"): NOT_FOUND,
    ("Shrink", "ncnn"): "Tencent/ncnn/pull/6329",
    ("SoftmaxCrossEntropyLoss", "MNN"): NOT_FOUND,
    ("SpaceToDepth", "OpenVINO"): NOT_FOUND,
    ("SpaceToDepth", "OpenCV"): NOT_FOUND,
    ("SpaceToDepth", "tract"): NOT_FOUND,
    ("SpaceToDepth", "Apache TVM"): NOT_FOUND,
    ("SpaceToDepth", "IREE"): NOT_FOUND,
    ("SpaceToDepth", "Plain C"): NOT_FOUND,
    ("SpaceToDepth", "MNN"): NOT_FOUND,
    ("SpaceToDepth", "ncnn"): "onnx/onnx/issues/3739",  # what PyTorch calls pixel_unshuffle
    ("Split", "MNN"): NOT_FOUND,
    ("Split", "ncnn"): NOT_FOUND,  # its uneven parts; for its crash, Tencent/ncnn/issues/6094
    ("Tile", "OpenVINO"): NOT_FOUND,
    ("TopK", "OpenVINO"): "openvinotoolkit/openvino/pull/33199",
    ("TopK", "PyTorch"): "pytorch/pytorch/issues/88227",
    ("Unique", "MNN"): NOT_FOUND,
}


def known(operator, engine, newer=False):
    """Return what the page says: a link, that a search found nothing, or that nobody searched."""
    report = REPORTS.get((operator, engine), "not searched")
    if newer:
        report = REPORTS.get((operator, engine, NEWER), report)
    if "/" not in report:
        return report
    _owner, name, _kind, number = report.split("/")
    return f"[{name}#{number}]({GITHUB}{report})"
