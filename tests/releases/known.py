"""What made a change, as far as a search found it: issues, pull requests and change logs.

Searched in November 2026, for the tool, the operator and the symptom. What the search did not find
may be known all the same, in other words; what is not listed was not searched.
"""

GITHUB = "https://github.com/"
NOT_FOUND = "not found"
NOT_SEARCHED = "not searched"

# {(tool, what changed, the first release with it): owner/name/issues or pull/number, or NOT_FOUND}
REPORTS = {
    ("onnxruntime", "DFT", "1.25.1"): "microsoft/onnxruntime/pull/27028",
    ("onnxruntime", "ai.onnx.ml.TreeEnsembleClassifier", "1.26.0"): (
        "microsoft/onnxruntime/issues/28557"
    ),
    ("onnxruntime", "ai.onnx.ml.TreeEnsembleClassifier", "1.28.0"): (
        "microsoft/onnxruntime/issues/28557"
    ),
}


def fixed_by(tool, change):
    """Return the link to what made a change, or that none was found, or looked for."""
    report = REPORTS.get((tool, change.kind, change.after), NOT_SEARCHED)
    if report in (NOT_FOUND, NOT_SEARCHED):
        return report
    owner, name, _kind, number = report.split("/")
    return f"[{name} #{number}]({GITHUB}{owner}/{report.partition('/')[2]})"
