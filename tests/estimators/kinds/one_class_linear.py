"""A score that is a small difference of large numbers

A linear one-class machine around data without an offset learns a plane through almost everything:
its scores are near 0 beside terms thousands of times as large, and float32 cannot tell their sign.
"""

import numpy as np
from sklearn.datasets import load_iris
from sklearn.svm import OneClassSVM

from tests.estimators.kinds import Case, convert, run

COVERS = ["OneClassSVM(*", "SGDOneClassSVM(*"]
SHOWS = ["SVMRegressor", "Sign"]
CURE = "Use the kernel rbf; and compare scores with a margin, not their sign."
REPORTED = None

X, _ = load_iris(return_X_y=True)
X = (X - X.mean(axis=0)).round(1)


def before():
    model = OneClassSVM(kernel="linear").fit(X)
    rows = X.astype(np.float32)
    file = convert(model, rows)
    return Case(model.predict(X), run(file, rows, output=0).ravel(), file)


def after():
    model = OneClassSVM(kernel="rbf").fit(X)
    rows = X.astype(np.float32)
    file = convert(model, rows)
    return Case(model.decision_function(X), run(file, rows).ravel(), file)
