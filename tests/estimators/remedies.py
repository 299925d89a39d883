"""What helps against a refusal: what the same run found one step beside the refused file.

Nothing is advised here that was not tried: a remedy is a neighbouring configuration, or a mend of
the fitted estimator, and comes with the verdict that its file has.
"""

import re
from fnmatch import fnmatchcase

import numpy as np

from tests.estimators.configurations import BASE
from tests.estimators.judge import AGREES, CRASHED, REFUSED, UNFIT

NOTHING = "nothing that was tried"
FRAME = "convert with the frame's values, `frame.to_numpy()`"
ROWS = "feed a row or more"
FLOAT32 = "convert with a float32 sample"
DEFAULT = "leave the option at its default"
CHECK = "only the full check objects, to a shape that is declared wrongly: onnxruntime runs the file"
INTERCEPT = "before converting, `model.intercept_ = np.zeros(1)`; or convert with a float32 sample"

INSTEAD = {"data frame": FRAME, "no rows": ROWS}


def give_intercept(model):
    """Write 0, which means the same as no intercept, in the form that the converter expects."""
    model.intercept_ = np.zeros(1)


MENDS = {"*(fit_intercept=False)": (INTERCEPT, give_intercept)}  # of the fitted estimator


def mend_of(name, key):
    """Return (what to do, function of the fitted estimator) for a configuration, or None."""
    for pattern, mend in MENDS.items():
        if fnmatchcase(f"{name}({key})", pattern):
            return mend
    return None


def neighbours(name, found, key, precision):
    """Yield (what to do, finding) of what was tried beside a refused file, the nearest first."""
    refused = found[key][precision]
    default = found["default"]
    if "otherwise" in refused:
        yield CHECK, {"verdict": refused["otherwise"]}
    if precision == "float64" and mend_of(name, key):
        yield INTERCEPT, {"verdict": AGREES}  # for each of them by a test
    if key in INSTEAD:
        yield INSTEAD[key], default[precision]
    if precision == "float64":
        yield FLOAT32, found[key]["float32"]
    if key in INSTEAD:
        yield f"{INSTEAD[key]}; and {FLOAT32}", default["float32"]
    if "=" in key:
        yield DEFAULT, default[precision]
        yield f"{DEFAULT}, and {FLOAT32}", default["float32"]
    for parameter, value in BASE.get(name, {}).items():
        option = f"{parameter}={value!r}"
        yield f"set `{option}`", found[option][precision]


def remedy(name, found, key, precision):
    """Return (what to do, the verdict that follows): the nearest step that agrees, or that runs."""
    runs = []
    for step, finding in neighbours(name, found, key, precision):
        if finding["verdict"] == AGREES:
            return step, AGREES
        if finding["verdict"] not in (REFUSED, CRASHED, UNFIT):
            runs.append((step, finding["verdict"]))
    return runs[0] if runs else (NOTHING, None)


def gist(words):
    """Return the words of a refusal without the names and numbers that differ from case to case."""
    text = re.sub(r"\[ONNXRuntimeError\] : \d+ : \w+ : ", "", words)
    text = re.sub(r"'[^']*'|\"[^\"]*\"|\([^)]*\)|\[[^\]]*\]|<[^>]*>|Sklearn\w+|\d+", "…", text)
    text = re.sub(r"(…\s*)+", "… ", text)
    return text.replace("|", " ")[:75].strip()
