"""What made a change, as far as a search found it: issues, pull requests and change logs.

Searched in November 2026, for the tool, the operator and the symptom. What the search did not find
may be known all the same, in other words; what is not listed was not searched.
"""

GITHUB = "https://github.com/"
NOT_FOUND = "not found"
NOT_SEARCHED = "not searched"

# {(tool, what changed, the first release with it): owner/name/issues or pull/number, or NOT_FOUND}
FOREST = "ai.onnx.ml.TreeEnsembleClassifier"
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
    ("onnxruntime", "DFT", "1.25.1"): NOT_FOUND,
    ("onnxruntime", "DFT", "1.27.0"): "microsoft/onnxruntime/pull/27028",
    ("onnxruntime", "ReverseSequence", "1.28.0"): "microsoft/onnxruntime/pull/28759",
    ("onnxruntime", "several operators", "1.17.3"): "microsoft/onnxruntime/pull/17805",
    **{
        ("onnxruntime", f"Reduce{name}", "1.17.3"): "microsoft/onnxruntime/pull/17805"
        for name in EMPTY_SETS
    },
}


def fixed_by(tool, change):
    """Return the link to what made a change, or that none was found, or looked for."""
    report = REPORTS.get((tool, change.kind, change.after), NOT_SEARCHED)
    if report in (NOT_FOUND, NOT_SEARCHED):
        return report
    owner, name, _kind, number = report.split("/")
    return f"[{name} #{number}]({GITHUB}{owner}/{report.partition('/')[2]})"
