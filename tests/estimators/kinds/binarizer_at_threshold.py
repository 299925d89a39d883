"""What equals the threshold becomes 1 in a float64 file

scikit-learn asks whether x > threshold. A float64 file asks whether x is Less than it and answers 0
then, 1 otherwise: at the threshold itself, mostly 0, they differ.
"""

import numpy as np
from sklearn.preprocessing import Binarizer

from tests.estimators.kinds import Case, convert, run

COVERS = ["Binarizer(*"]
SHOWS = ["Less", "Where"]
CURE = "Convert with a float32 sample: ai.onnx.ml's Binarizer compares as scikit-learn does."
REPORTED = []

X = np.array([[-1.0], [0.0], [1.0]])
model = Binarizer(threshold=0.0).fit(X)


def explains(step, rows):
    return isinstance(step, Binarizer)


def before():
    file = convert(model, X)
    return Case(model.transform(X), run(file, X), file)


def after():
    rows = X.astype(np.float32)
    file = convert(model, rows)
    return Case(model.transform(X), run(file, rows), file)
