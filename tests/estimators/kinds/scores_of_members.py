"""A member's scores are taken for probabilities

An SVC without `probability=True`, or a LinearSVC, has scores only. Estimators that hold others read
a member's second output whatever it is: subtract it from 1, add it up, compare it with one half.
"""

import numpy as np
from sklearn.datasets import make_classification
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import SVC

from tests.estimators.cures import mend, registered
from tests.estimators.kinds import Case, convert, run
from tests.estimators.steps import parts

COVERS = []  # the sweep of options does not try it
SHOWS = ["SVMClassifier", "Slice", "Sub", "ArgMax"]
CURE = (
    "Call `register_converters()` before to_onnx: each member is asked for what scikit-learn "
    "asks it for."
)
REPORTED = []

X, y = make_classification(120, 5, n_informative=4, n_redundant=0, random_state=4)
X = X.astype(np.float32)
model = OneVsRestClassifier(SVC()).fit(X, y)
HOLDERS = (
    "OneVsRest",
    "OneVsOne",
    "AdaBoost",
    "Stacking",
    "Voting",
    "Calibrated",
    "Tuned",
    "Bagging",
)


def explains(step, rows):
    members = [part for part in parts(step) if part is not step and hasattr(part, "classes_")]
    scores = any(not hasattr(member, "predict_proba") for member in members)
    return type(step).__name__.startswith(HOLDERS) and scores


def before():
    file = convert(model, X, zipmap=False)
    return Case(model.predict(X), run(file, X, output=0), file)


def after():
    with registered():
        file = mend(convert(model, X, zipmap=False), model)
    return Case(model.predict(X), run(file, X, output=0), file)
