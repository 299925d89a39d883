"""What made a change, as far as a search found it: issues, pull requests and change logs.

Searched in November 2026, for the tool, the operator and the symptom. What the search did not find
may be known all the same, in other words; what is not listed was not searched.
"""

GITHUB = "https://github.com/"
NOT_FOUND = "not found"
NOT_SEARCHED = "not searched"

# {(tool, what changed, the first release with it): owner/name/issues or pull/number, or NOT_FOUND}
FOREST = "ai.onnx.ml.TreeEnsembleClassifier"
SKLEARN = "skl2onnx/scikit-learn"
EMPTY_SETS = ["L1", "L2", "LogSum", "LogSumExp", "Max", "Min", "Prod", "Sum", "SumSquare"]
REPORTS = {
    ("onnxruntime", FOREST, "1.26.0"): "microsoft/onnxruntime/issues/28557",
    ("onnxruntime", FOREST, "1.28.0"): "microsoft/onnxruntime/issues/28557",
    ("onnxruntime", "estimator", "1.26.0"): "microsoft/onnxruntime/issues/28557",
    ("onnxruntime", "estimator", "1.28.0"): "microsoft/onnxruntime/issues/28557",
    ("onnxruntime", "Attention", "1.24.4"): NOT_FOUND,
    ("onnxruntime", "Attention", "1.25.1"): NOT_FOUND,
    ("onnxruntime", "Attention", "1.27.0"): "microsoft/onnxruntime/pull/28379",
    ("onnxruntime", "Attention", "1.28.0"): "microsoft/onnxruntime/pull/28958",
    ("onnxruntime", "Clip", "1.19.2"): "microsoft/onnxruntime/issues/21957",
    ("onnxruntime", "Clip", "1.20.1"): "microsoft/onnxruntime/issues/21957",
    ("onnxruntime", "DFT", "1.25.1"): NOT_FOUND,
    ("onnxruntime", "DFT", "1.27.0"): "microsoft/onnxruntime/pull/27028",
    ("onnxruntime", "ReverseSequence", "1.28.0"): "microsoft/onnxruntime/pull/28759",
    ("onnxruntime", "several operators", "1.17.3"): "microsoft/onnxruntime/pull/17805",
    **{
        ("onnxruntime", f"Reduce{name}", "1.17.3"): "microsoft/onnxruntime/pull/17805"
        for name in EMPTY_SETS
    },
    ("onnx.reference", "DFT", "1.21.0"): "onnx/onnx/pull/7574",
    ("onnx.reference", "Div", "1.21.0"): "onnx/onnx/pull/7585",
    ("onnx.reference", "Attention", "1.22.0"): "onnx/onnx/pull/7867",
    ("onnx.reference", "QLinearMatMul", "1.22.0"): "onnx/onnx/pull/7868",
    ("onnx.reference", "Attention", "1.23.2"): "onnx/onnx/pull/8068",
    (SKLEARN, "AdaBoostClassifier", "1.18.0/1.6.1"): "onnx/sklearn-onnx/issues/1117",
    ("OpenVINO", "AveragePool", "2025.4.1"): "openvinotoolkit/openvino/pull/30842",
    ("OpenVINO", "AveragePool", "2026.4.1"): "openvinotoolkit/openvino/pull/36714",
}


def fixed_by(tool, change):
    """Return the link to what made a change, or that none was found, or looked for."""
    report = REPORTS.get((tool, change.kind, change.after), NOT_SEARCHED)
    if report in (NOT_FOUND, NOT_SEARCHED):
        return report
    owner, name, _kind, number = report.split("/")
    return f"[{name} #{number}]({GITHUB}{owner}/{report.partition('/')[2]})"


def reports_on(tool, changes):
    """Return what was found of some changes as words, a link each, "" if nothing was."""
    found = []
    for each in changes:
        link = fixed_by(tool, each)
        if link not in (NOT_FOUND, NOT_SEARCHED):
            found.append(f"{each.kind}: {link}")
    return ", ".join(dict.fromkeys(found))
