"""Quadratic discriminant analysis: one row of labels instead of a column

ArrayFeatureExtractor writes (1, N), whatever the shape of the indices, and nothing reshapes it:
`label[0]` is all labels, not the first.
"""

import numpy as np
from sklearn.datasets import load_iris
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis

from tests.estimators.kinds import Case, convert, run

COVERS = ["QuadraticDiscriminantAnalysis(*"]
SHOWS = ["ArgMax", "ArrayFeatureExtractor"]
CURE = "Flatten it: `label.ravel()`."
REPORTED = ["https://github.com/onnx/sklearn-onnx/issues/1168"]

X, y = load_iris(return_X_y=True)
X = X.astype(np.float32)
model = QuadraticDiscriminantAnalysis().fit(X, y)


def explains(step, rows):
    return isinstance(step, QuadraticDiscriminantAnalysis)


def before():
    file = convert(model, X, zipmap=False)
    return Case(model.predict(X), run(file, X, output=0), file)


def after():
    file = convert(model, X, zipmap=False)
    return Case(model.predict(X), run(file, X, output=0).ravel(), file)
