"""Categories of gradient boosting are compared as numbers

A split by a set of categories is written as `x <= 0`: the threshold that such a node does not have.
"""

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

from tests.estimators.cures import registered
from tests.estimators.kinds import Case, convert, run

COVERS = []  # the sweep of options does not try it
SHOWS = ["TreeEnsembleRegressor", "nodes_values"]
CURE = (
    "Call `register_converters()` before to_onnx: each such split reads a column that says "
    "whether the category is in its set."
)
REPORTED = [
    "https://github.com/onnx/sklearn-onnx/issues/1051",
    "https://github.com/onnx/sklearn-onnx/issues/1101",
]

X = (np.arange(200) % 10).astype(np.float32)[:, None]
model = HistGradientBoostingRegressor(categorical_features=[0]).fit(X, X.ravel() % 3)


def explains(step, rows):
    return getattr(step, "is_categorical_", None) is not None and step.is_categorical_.any()


def before():
    file = convert(model, X)
    return Case(model.predict(X), run(file, X).ravel(), file)


def after():
    with registered():
        return before()
