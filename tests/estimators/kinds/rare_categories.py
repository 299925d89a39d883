"""Rare categories are put together by another column's list

With `max_categories` or `min_frequency` each column has a list of its own that says which are rare.
The converter takes the list of the *input*, and an array is one input: the first column's.
"""

import numpy as np
from sklearn.preprocessing import OrdinalEncoder

from tests.estimators.cures import registered
from tests.estimators.kinds import Case, convert, run

COVERS = ["OrdinalEncoder(max_categories=*", "OrdinalEncoder(min_frequency=*"]
SHOWS = ["LabelEncoder"]
CURE = "Call `register_converters()` before to_onnx: each column has its own list."
REPORTED = [
    "https://github.com/onnx/sklearn-onnx/issues/1215",
    "https://github.com/onnx/sklearn-onnx/pull/1195",
]

X = np.array([["a", "x"], ["a", "x"], ["a", "y"], ["b", "y"], ["b", "y"], ["c", "z"]], object)
model = OrdinalEncoder(max_categories=2).fit(X)


def explains(step, rows):
    return isinstance(step, OrdinalEncoder) and getattr(step, "_infrequent_enabled", False)


def before():
    file = convert(model, X)
    return Case(model.transform(X), run(file, X), file)


def after():
    with registered():
        return before()
