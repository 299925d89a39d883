"""What helps against a refusal: what the same run found one step beside the refused file.

Nothing is advised here that was not tried: a remedy is a neighbouring configuration, or a mend of
the fitted estimator, and comes with the verdict that its file has.
"""

import re

import numpy as np

from tests.estimators.configurations import BASE
from tests.estimators.verdicts import AGREES, CRASHED, REFUSED, UNFIT

NOTHING = "none of these steps"
FRAME = "convert with the frame's values, `frame.to_numpy()`"
ROWS = "feed a row or more"
FLOAT32 = "convert with a float32 sample"
DEFAULT = "leave the option at its default"
OTHER = "take an option that [the table](TABLE.md) shows to agree"
CHECK = "none: onnxruntime runs the file, and only the full check objects to a shape in it"
INTERCEPT = "before converting, `model.intercept_ = np.zeros(1)`; or convert with a float32 sample"

INSTEAD = {"data frame": FRAME, "no rows": ROWS}


def give_intercept(model):
    """Write 0, which means the same as no intercept, in the form that the converter expects."""
    model.intercept_ = np.zeros(1)


def mend_of(key):
    """Return a function that mends the fitted estimator with an option, or None."""
    return give_intercept if key == "fit_intercept=False" else None


def neighbours(name, found, key, precision):
    """Yield (what to do, finding) of what was tried beside a refused file, the nearest first."""
    refused = found[key][precision]
    default = found["default"]
    if "otherwise" in refused:
        yield CHECK, {"verdict": refused["otherwise"]}
    if "mended" in refused:
        yield INTERCEPT, {"verdict": refused["mended"]}
    if key in INSTEAD:
        yield INSTEAD[key], default[precision]
    if precision == "float64":
        yield FLOAT32, found[key]["float32"]
    if key in INSTEAD:
        yield f"{INSTEAD[key]}; and {FLOAT32}", default["float32"]
    if "=" in key:
        yield DEFAULT, default[precision]
        yield f"{DEFAULT}, and {FLOAT32}", default["float32"]
    before = f"{INSTEAD.get(key, DEFAULT)}, and " if key in INSTEAD or "=" in key else ""
    for parameter, value in BASE.get(name, {}).items():
        option = f"{parameter}={value!r}"
        yield f"{before}set `{option}`", found[option][precision]
    if name in BASE:
        return  # its other options were tried on top of these
    for option, result in found.items():
        beside = option.partition("=")[0] == key.partition("=")[0] or key == "default"
        if beside and "=" in option and result[precision]["verdict"] == AGREES:
            yield OTHER, result[precision]


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
    text = re.sub(r"'[^']*'|\"[^\"]*\"|\([^)]*\)|\[[^\]]*\]|<[^>]*>|Sklearn\w+|\d+", "…", words)
    text = re.sub(r"(…\s*)+", "… ", text)
    return text.replace("|", " ")[:75].strip()
