"""Of two neighbours that are equally far the other one is taken

0.1 is as far from 0.3 as 0.5 is, on paper. Which of the two comes first in TopK is decided by the
last digit, and float32 has another one. Numbers measured in tenths have many such ties.
"""

import numpy as np
from sklearn.neighbors import KNeighborsRegressor

from tests.estimators.kinds import Case, convert, run

COVERS = ["KNeighbors*(*", "LocalOutlierFactor(*", "NearestNeighbors(*", "KNNImputer(*"]
SHOWS = ["TopK"]
CURE = "Choose as many neighbours as are equally far; or measure finer."
DRIFTS = True
REPORTED = ["https://github.com/onnx/sklearn-onnx/issues/206"]

X = np.array([[0.1], [0.5]])
row = np.array([[0.3]])


def explains(step, rows):
    return hasattr(step, "n_neighbors")


def before():
    model = KNeighborsRegressor(1).fit(X, [0.0, 1.0])
    file = convert(model, X.astype(np.float32))
    return Case(model.predict(row), run(file, row.astype(np.float32)).ravel(), file)


def after():
    model = KNeighborsRegressor(2).fit(X, [0.0, 1.0])
    file = convert(model, X.astype(np.float32))
    return Case(model.predict(row), run(file, row.astype(np.float32)).ravel(), file)
