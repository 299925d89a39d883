"""A missing category gets a number

NaN was among the categories: scikit-learn answers NaN, or what `encoded_missing_value` says.
LabelEncoder looks NaN up like any other number and writes its place.
"""

import numpy as np
from sklearn.preprocessing import OrdinalEncoder

from tests.estimators.cures import registered
from tests.estimators.kinds import Case, convert, run

COVERS = []  # the sweep of options does not try it
SHOWS = ["LabelEncoder"]
CURE = "Call `register_converters()` before to_onnx: IsNaN and Where put NaN back."
REPORTED = []
RELATED = [
    "https://github.com/onnx/sklearn-onnx/pull/1132",
]

X = np.array([[1.0], [2.0], [np.nan]], np.float32)
model = OrdinalEncoder().fit(X)


def explains(step, rows):
    if not isinstance(step, OrdinalEncoder):
        return False
    return any(category != category for column in step.categories_ for category in column)


def before():
    file = convert(model, X)
    return Case(model.transform(X), run(file, X), file)


def after():
    with registered():
        return before()
