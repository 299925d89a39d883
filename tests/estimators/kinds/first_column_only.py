"""Of a data frame's columns only the first is read

A data frame as the sample makes one input a column. Most converters refuse that, or join the
columns; this one subtracts the means from the first input, and no node reads the others.
"""

import numpy as np
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.datasets import load_iris
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis

from tests.estimators.kinds import OPSET, Case, convert, run

COVERS = ["QuadraticDiscriminantAnalysis(data frame)", "PowerTransformer(data frame)"]
SHOWS = ["Sub", "MatMul"]
CURE = "Convert with the frame's values, `frame.to_numpy()`: one input for all columns."
REPORTED = []

X, y = load_iris(return_X_y=True)
X = X[:, :2].astype(np.float32)
model = QuadraticDiscriminantAnalysis().fit(X, y)


def explains(step, rows):
    return hasattr(rows, "iloc") and type(step).__name__ in (
        "QuadraticDiscriminantAnalysis",
        "PowerTransformer",
    )


def before():
    # What to_onnx makes of a frame with two columns.
    columns = [("length", FloatTensorType([None, 1])), ("width", FloatTensorType([None, 1]))]
    options = {"zipmap": False}
    file = to_onnx(model, initial_types=columns, target_opset=OPSET, options=options)
    answered = run(file, {"length": X[:, :1], "width": X[:, 1:]})
    return Case(model.predict_proba(X), answered, file)


def after():
    file = convert(model, X, zipmap=False)
    return Case(model.predict_proba(X), run(file, X), file)
