"""Isotonic calibration takes the nearest step instead of the line between two

scikit-learn interpolates between the scores it has learned. The graph looks for the nearest of them
(Sub, Abs, ArgMin) and answers with its value (ArrayFeatureExtractor).
"""

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from tests.estimators.kinds import Case, convert, run

COVERS = ["CalibratedClassifierCV(method='isotonic')"]
SHOWS = ["Sub", "Abs", "ArgMin", "ArrayFeatureExtractor"]
CURE = 'Calibrate with `method="sigmoid"`.'
REPORTED = "https://github.com/onnx/sklearn-onnx/issues/1151"

X, y = load_iris(return_X_y=True)
X = X[50:, :2].astype(np.float32)
y = y[50:] - 1


def before():
    model = CalibratedClassifierCV(LogisticRegression(), method="isotonic", ensemble=False)
    model.fit(X, y)
    file = convert(model, X, zipmap=False)
    return Case(model.predict_proba(X), run(file, X), file)


def after():
    model = CalibratedClassifierCV(LogisticRegression(), method="sigmoid", ensemble=False)
    model.fit(X, y)
    file = convert(model, X, zipmap=False)
    return Case(model.predict_proba(X), run(file, X), file)
