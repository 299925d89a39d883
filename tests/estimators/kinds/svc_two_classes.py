"""A support vector machine with two classes: the higher "probability" is the other class's

The two columns are the score and its negative, in this order, so that the *first* class gets the
score of the second one. `label` is right; the largest column is never the label.
"""

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_iris
from sklearn.svm import SVC

from tests.estimators.kinds import Case, convert, run

COVERS = ["SVC(two classes)", "NuSVC(two classes)"]
SHOWS = ["SVMClassifier", "Cast"]
CURE = "Use `label` and ignore the scores; or calibrate the classifier."
REPORTED = ["https://github.com/onnx/sklearn-onnx/issues/990"]

X, y = load_iris(return_X_y=True)
X = X[50:].astype(np.float32)
y = y[50:] - 1


def explains(step, rows):
    return type(step).__name__ in ("SVC", "NuSVC") and len(step.classes_) == 2


def before():
    model = SVC().fit(X, y)
    file = convert(model, X, zipmap=False)
    return Case(model.predict(X), run(file, X).argmax(axis=1), file)


def after():
    model = CalibratedClassifierCV(SVC(), ensemble=False).fit(X, y)
    file = convert(model, X, zipmap=False)
    return Case(model.predict_proba(X), run(file, X), file)
