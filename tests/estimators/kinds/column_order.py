"""Columns that are fed in another order than at conversion

Several inputs, one a column of a frame, have names. Whoever pairs them with the columns by position
gets no complaint: each input takes a column of floats, whichever it is.
"""

import numpy as np
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tests.estimators.kinds import OPSET, Case, run

COVERS = []  # the sweep feeds by name
SHOWS = ["Concat"]
CURE = "Feed by name: `{name: frame[[name]].to_numpy() for name in frame}`."
REPORTED = []

X, y = load_iris(return_X_y=True)
X = X[:, 2:].astype(np.float32)
scaler = ColumnTransformer([("scale", StandardScaler(), [0, 1])])
model = make_pipeline(scaler, LogisticRegression()).fit(X, y)
columns = [("length", FloatTensorType([None, 1])), ("width", FloatTensorType([None, 1]))]
length = X[:, :1]
width = X[:, 1:]


def explains(step, rows):
    return False  # rows are fed by name


def convert():
    options = {"zipmap": False}
    return to_onnx(model, initial_types=columns, target_opset=OPSET, options=options)


def before():
    file = convert()
    answered = run(file, dict(zip(["length", "width"], [width, length], strict=True)), output=0)
    return Case(model.predict(X), answered, file)


def after():
    file = convert()
    answered = run(file, {"width": width, "length": length}, output=0)
    return Case(model.predict(X), answered, file)
