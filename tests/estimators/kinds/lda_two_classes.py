"""Linear discriminant analysis with two classes is too sure of itself

The probability of a score d is 1 / (1 + exp(-d)). The graph holds -d and d as two classes, and a
Softmax over them is 1 / (1 + exp(-2 d)). Labels are right.
"""

import numpy as np
from sklearn.datasets import load_iris
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from tests.estimators.kinds import Case, convert, run

COVERS = ["LinearDiscriminantAnalysis(two classes)"]
SHOWS = ["LinearClassifier"]
CURE = "Write LOGISTIC in place of SOFTMAX."
REPORTED = ["https://github.com/onnx/sklearn-onnx/issues/1116"]

X, y = load_iris(return_X_y=True)
X = X[50:, :2].astype(np.float32)
model = LinearDiscriminantAnalysis().fit(X, y[50:] - 1)


def explains(step, rows):
    return isinstance(step, LinearDiscriminantAnalysis) and len(step.classes_) == 2


def before():
    file = convert(model, X, zipmap=False)
    return Case(model.predict_proba(X), run(file, X), file)


def after():
    file = convert(model, X, zipmap=False)
    for node in file.graph.node:
        for attribute in node.attribute:
            if node.op_type == "LinearClassifier" and attribute.name == "post_transform":
                attribute.s = b"LOGISTIC"
    return Case(model.predict_proba(X), run(file, X), file)
