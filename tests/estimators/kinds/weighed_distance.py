"""The weights of a distance are forgotten

`metric_params` says how much each column counts. Nothing in the graph multiplies by it.
"""

import numpy as np
from sklearn.neighbors import KNeighborsRegressor

from tests.estimators.cures import registered
from tests.estimators.kinds import Case, convert, run

COVERS = ["KNeighbors*(metric_params=*"]
SHOWS = ["Sub", "ReduceSumSquare", "Scan", "TopK"]
CURE = (
    "Call `register_converters()` before to_onnx: the columns are stretched by the weights, "
    "in the file and in the rows it holds."
)
REPORTED = []

X = np.array([[0.0, 3.0], [1.0, 0.0], [5.0, 1.0]], np.float32)
model = KNeighborsRegressor(1, metric_params={"w": [9.0, 0.01]}).fit(X, [1.0, 2.0, 3.0])
row = np.array([[0.1, 0.5]], np.float32)


def explains(step, rows):
    return hasattr(step, "n_neighbors") and "w" in (getattr(step, "metric_params", None) or {})


def before():
    file = convert(model, X)
    return Case(model.predict(row), run(file, row).ravel(), file)


def after():
    with registered():
        return before()
