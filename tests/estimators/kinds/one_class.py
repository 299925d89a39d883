"""Of one class alone 1 is answered

A classifier may have learned one class, when a filter left no other. onnxruntime takes a single
class for one of two, and answers 1 where its score is above one half, whatever the class is called;
a class that is a word ends the process. Pull request 1008 mended single trees of numbers alone.
"""

import numpy as np
from sklearn.base import is_classifier
from sklearn.ensemble import RandomForestClassifier

from tests.estimators.cures import registered
from tests.estimators.kinds import Case, convert, run

COVERS = []  # the sweep of options has two classes or more
SHOWS = ["TreeEnsembleClassifier", "classlabels_int64s"]
CURE = "Call `register_converters()` before to_onnx: the one answer is written as it is."
REPORTED = [
    "https://github.com/onnx/sklearn-onnx/issues/1007",
    "https://github.com/onnx/onnxmltools/issues/415",
]

X = np.array([[0.0], [1.0], [5.0], [6.0]], np.float32)
model = RandomForestClassifier(n_estimators=3, random_state=0).fit(X, [7, 7, 7, 7])


def explains(step, rows):
    return is_classifier(step) and len(getattr(step, "classes_", [])) == 1


def before():
    file = convert(model, X, zipmap=False)
    return Case(model.predict(X), run(file, X, output=0), file)


def after():
    with registered():
        return before()
