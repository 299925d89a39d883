"""Numbers that float32 cannot hold

Seconds since 1970 have ten digits, float32 keeps seven: the file sees steps of 128 seconds. Nothing
in the graph is wrong; its input is `float`.
"""

import numpy as np
from sklearn.linear_model import LinearRegression

from tests.estimators.kinds import Case, convert, run

COVERS = ["*(large numbers)"]
SHOWS = ["LinearRegressor", "MatMul", "Add"]
CURE = "Subtract a start before training, so that the numbers are small; or convert with float64."
DRIFTS = True
REPORTED = ["https://github.com/microsoft/onnxruntime/issues/1720"]
RELATED = ["https://github.com/microsoft/onnxruntime/issues/4883"]  # a scaler's last digits

seconds = 1_700_000_000 + 100 * np.arange(20.0).reshape(-1, 1)
y = np.sin(np.arange(20))


def explains(step, rows):
    values = np.asarray(rows)
    return values.dtype.kind in "fiu" and np.nanmax(abs(values), initial=0) > 1e6


def before():
    model = LinearRegression().fit(seconds, y)
    rows = seconds.astype(np.float32)
    file = convert(model, rows)
    return Case(model.predict(seconds), run(file, rows).ravel(), file)


def after():
    rows = seconds - seconds[0]
    model = LinearRegression().fit(rows, y)
    rows = rows.astype(np.float32)
    file = convert(model, rows)
    return Case(model.predict(rows), run(file, rows).ravel(), file)
