"""A score that is a small difference of large numbers

A linear one-class machine around data without an offset learns a plane through the rows: their
scores are near 0 beside terms thousands of times as large, and float32 cannot tell their sign.
"""

import numpy as np
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression
from sklearn.svm import OneClassSVM

from tests.estimators.kinds import Case, convert, run

COVERS = ["OneClassSVM(*", "SGDOneClassSVM(*"]
SHOWS = ["SVMRegressor", "Sign"]
CURE = "Multiply `dual_coef_ @ support_vectors_` before: one plane, written as a regression."
REPORTED = [
    "https://github.com/onnx/sklearn-onnx/issues/300",
    "https://github.com/onnx/sklearn-onnx/issues/912",
]

X, _ = load_iris(return_X_y=True)
X = (X - X.mean(axis=0)).round(1)


model = OneClassSVM(kernel="linear").fit(X)
rows = X.astype(np.float32)


def explains(step, rows):
    return type(step).__name__ in ("OneClassSVM", "SGDOneClassSVM")


def before():
    file = convert(model, rows)
    return Case(model.predict(X), run(file, rows, output=0).ravel(), file)


def after():
    plane = LinearRegression()
    plane.coef_ = (model.dual_coef_ @ model.support_vectors_).ravel()
    plane.intercept_ = model.intercept_[0]
    file = convert(plane, rows)
    return Case(model.predict(X), np.where(run(file, rows).ravel() > 0, 1, -1), file)
