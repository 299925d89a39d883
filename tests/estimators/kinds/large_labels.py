"""Classes that int32 cannot hold come out as other numbers

Estimators around others write their classes as int32 and cast what they picked to int64: of the
class 10,000,000,000 the last 32 bits are left, which is another number.
"""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from tests.estimators.cures import registered
from tests.estimators.kinds import Case, convert, run

COVERS = []  # the sweep of options has small classes
SHOWS = ["ArgMax", "ArrayFeatureExtractor", "Cast"]
CURE = "Call `register_converters()` before to_onnx: classes are int64 from the beginning."
REPORTED = []

X = np.array([[0.0], [1.0], [5.0], [6.0]], np.float32)
model = OneVsRestClassifier(LogisticRegression()).fit(X, [7, 7, 10**10, 10**10])


def explains(step, rows):
    classes = np.asarray(getattr(step, "classes_", []))
    return classes.dtype.kind in "iu" and abs(classes).max(initial=0) >= 2**31


def before():
    file = convert(model, X, zipmap=False)
    large = run(file, X, output=0) == 10**10
    return Case(model.predict(X) == 10**10, large, file)


def after():
    with registered():
        return before()
