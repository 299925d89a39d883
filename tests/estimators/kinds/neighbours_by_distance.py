"""Neighbours that should count by distance all count the same

The graph turns distances into weights as if they were negative: it multiplies them by -1, raises
what is below 1e-6 to 1e-6, which is now everything, and takes the reciprocal: a million each.
"""

import numpy as np
from onnx import numpy_helper
from sklearn.neighbors import KNeighborsClassifier

from tests.estimators.kinds import Case, convert, run

COVERS = ["KNeighbors*(weights='distance')"]
SHOWS = ["TopK", "Mul", "Max", "Reciprocal"]
CURE = "Make the factor that the distances are multiplied by +1; or fit with uniform weights."
REPORTED = ["https://github.com/onnx/sklearn-onnx/issues/611"]

X = np.array([[0.0], [1.0], [5.0]], np.float32)
model = KNeighborsClassifier(3, weights="distance").fit(X, [0, 1, 1])
rows = np.array([[0.1], [4.0]], np.float32)


def explains(step, rows):
    return type(step).__name__.startswith("KNeighbors") and step.weights == "distance"


def before():
    file = convert(model, X, zipmap=False)
    return Case(model.predict_proba(rows), run(file, rows), file)


def after():
    file = convert(model, X, zipmap=False)
    for tensor in file.graph.initializer:
        if tensor.name == "wei_Mulcst":
            tensor.CopyFrom(numpy_helper.from_array(np.ones(1, np.float32), tensor.name))
    return Case(model.predict_proba(rows), run(file, rows), file)
