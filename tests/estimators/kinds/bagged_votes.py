"""Bagging of members without probabilities: a label a member, not a label a row

Where members have no `predict_proba`, scikit-learn lets them vote. The graph adds the votes up
along the rows instead of the members: three members give three labels, for any number of rows.
"""

import numpy as np
from sklearn.datasets import load_iris
from sklearn.ensemble import BaggingClassifier
from sklearn.svm import LinearSVC

from tests.estimators.cures import registered
from tests.estimators.kinds import Case, convert, run

COVERS = []  # the sweep of options bags trees
SHOWS = ["Concat", "Equal", "ReduceSum", "ArgMax"]
CURE = "Call `register_converters()` before to_onnx: members vote."
REPORTED = []
RELATED = [
    "https://github.com/onnx/sklearn-onnx/issues/365",
]

X, y = load_iris(return_X_y=True)
X = X.astype(np.float32)
model = BaggingClassifier(LinearSVC(), n_estimators=3, random_state=0).fit(X, y)


def explains(step, rows):
    if not isinstance(step, BaggingClassifier):
        return False
    return not hasattr(step.estimators_[0], "predict_proba")


def before():
    file = convert(model, X, zipmap=False)
    return Case(model.predict(X), run(file, X, output=0), file)


def after():
    with registered():
        return before()
