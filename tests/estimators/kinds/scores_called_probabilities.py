"""Scores are called probabilities

These classifiers have no `predict_proba`. The file has an output `probabilities` nevertheless,
which holds `decision_function`: below 0, above 1, adding up to anything (`post_transform=NONE`).
"""

import numpy as np
from sklearn.base import is_classifier
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_iris
from sklearn.svm import LinearSVC

from tests.estimators.kinds import Case, convert, run

COVERS = [
    "LinearSVC(*",
    "NuSVC(*",
    "PassiveAggressiveClassifier(*",
    "Perceptron(*",
    "RidgeClassifier*(*",
    "SGDClassifier(*",
    "SVC(*",
]
SHOWS = ["LinearClassifier"]
CURE = "Calibrate the classifier: then there are probabilities, in scikit-learn and in the file."
REPORTED = ["https://github.com/onnx/sklearn-onnx/issues/990"]

X, y = load_iris(return_X_y=True)
X = X.astype(np.float32)


def explains(step, rows):
    two = type(step).__name__ in ("SVC", "NuSVC") and len(step.classes_) == 2  # another kind
    holds = hasattr(step, "estimator") or hasattr(step, "estimators")  # another kind, too
    return is_classifier(step) and not hasattr(step, "predict_proba") and not (two or holds)


def before():
    model = LinearSVC().fit(X, y)
    file = convert(model, X)
    P = run(file, X)
    return Case(np.ones(len(X)), P.sum(axis=1), file)  # probabilities add up to 1


def after():
    model = CalibratedClassifierCV(LinearSVC(), ensemble=False).fit(X, y)
    file = convert(model, X, zipmap=False)
    return Case(model.predict_proba(X), run(file, X), file)
