"""Where it is known that an engine answers differently, as far as a search found it.

Searched in November 2026: issues and pull requests on GitHub, for the engine, the operator and the
symptom; and of some engines their own list of tests that they skip or expect to fail. A report
counts if it describes this very difference, not some other fault of the operator. What the search
did not find may be known all the same, in other words.
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
    ("ConvTranspose", "onnx2torch"): NOT_FOUND,
    ("ConvTranspose", "MNN"): NOT_FOUND,
    ("CumSum", "onnx2torch"): NOT_FOUND,
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
    ("IsInf", "onnx2torch"): NOT_FOUND,
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
    ("NonZero", "onnx2torch"): NOT_FOUND,
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
    ("TopK", "onnx2torch"): "pytorch/pytorch/issues/88227",
    ("Unique", "MNN"): NOT_FOUND,
}


# The engines' own lists: {engine: where it is}
SEARCHED = {
    "ONNX Runtime": f"{GITHUB}microsoft/onnxruntime/blob/main/onnxruntime/test/testdata/"
    "onnx_backend_test_series_filters.jsonc",
    "OpenVINO": f"{GITHUB}openvinotoolkit/openvino/blob/master/src/frontends/onnx/tests/"
    "tests_python/test_backend.py",
    "OpenCV": f"{GITHUB}opencv/opencv/tree/5.x/modules/dnn/test",
    "IREE": f"{GITHUB}iree-org/iree/blob/main/tests/external/iree-test-suites/onnx_ops/"
    "onnx_ops_cpu_llvm_sync.json",
    "tinygrad": f"{GITHUB}tinygrad/tinygrad/blob/master/test/external/"
    "external_test_onnx_backend.py",
}

# {(operator, engine): a case that is answered differently and stands in the engine's own list}
LISTS = {
    ("Attention", "ONNX Runtime", NEWER): (
        "test_attention_4d_with_past_and_present_qk_matmul_bias_4d_mask_causal"
    ),
    ("Attention", "OpenCV", NEWER): "test_attention_4d_softcap_neginf_mask",
    ("AveragePool", "OpenCV"): "test_averagepool_2d_same_lower",
    ("ConvInteger", "tinygrad"): "test_convinteger_with_padding",
    ("ConvTranspose", "OpenCV"): "test_convtranspose_autopad_same",
    ("DFT", "OpenCV", NEWER): "test_dft_axis",
    ("DFT", "OpenVINO", NEWER): "test_dft_axis",
    ("GRU", "OpenVINO"): "test_gru_batchwise",
    ("LSTM", "OpenVINO"): "test_lstm_with_peepholes",
    ("MaxPool", "OpenCV"): "test_maxpool_with_argmax_2d_precomputed_strides",
    ("MaxPool", "OpenVINO", NEWER): "test_maxpool_2d_ceil_output_size_reduce_by_one",
    ("PRelu", "OpenCV"): "test_prelu_example",
    ("ReduceMax", "OpenVINO"): "test_reduce_max_empty_set",
    ("Resize", "ONNX Runtime"): "test_resize_downsample_scales_linear_align_corners",
    ("Resize", "OpenVINO"): "test_resize_downsample_scales_linear_antialias",
    ("RNN", "OpenVINO"): "test_simple_rnn_batchwise",
    ("RoiAlign", "OpenVINO"): "test_roialign_mode_max",
    ("Tile", "OpenVINO"): "test_tile",
}


def known(operator, engine, newer=False):
    """Return where a difference is known, or how far a search has found nothing."""
    key = (operator, engine, NEWER) if newer else (operator, engine)
    report = REPORTS.get(key, REPORTS.get((operator, engine), "not searched"))
    places = []
    if "/" in report:
        _owner, name, _kind, number = report.split("/")
        places.append(f"[{name}#{number}]({GITHUB}{report})")
    if key in LISTS:
        places.append(f"in its [own list]({SEARCHED[engine]}): `{LISTS[key]}`")
    if report == NOT_FOUND and engine not in SEARCHED:
        report = "no report found"
    return ", ".join(places) or report
