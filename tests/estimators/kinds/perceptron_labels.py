"""Perceptrons of several labels answer two columns a label

Where a row may have several labels, `predict_proba` is a column a label. The file puts the
probabilities that a label is absent in front of them, and is twice as wide.
"""

import numpy as np
from sklearn.neural_network import MLPClassifier

from tests.estimators.cures import registered
from tests.estimators.kinds import Case, convert, run

COVERS = []  # the sweep of options has one label a row
SHOWS = ["Sub", "Concat"]
CURE = "Call `register_converters()` before to_onnx: the columns of the absent labels are left out."
REPORTED = []
RELATED = [
    "https://github.com/onnx/sklearn-onnx/issues/353",
    "https://github.com/onnx/sklearn-onnx/pull/315",
]

X = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0], [3.0, 1.0]], np.float32)
labels = np.array([[0, 1], [0, 0], [1, 1], [1, 0]])
model = MLPClassifier((4,), tol=9, random_state=0).fit(X, labels)


def explains(step, rows):
    several = getattr(step, "n_outputs_", 1) > 1
    return isinstance(step, MLPClassifier) and several and step.out_activation_ == "logistic"


def before():
    file = convert(model, X, zipmap=False)
    return Case(model.predict_proba(X), run(file, X), file)


def after():
    with registered():
        return before()
