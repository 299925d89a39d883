"""A first column of whole numbers cuts the others off

A frame makes one input a column, and they are joined in front of the scaler: all are cast to the
type of the first. If that holds whole numbers, 0.9 becomes 0.
"""

import numpy as np
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType
from sklearn.preprocessing import StandardScaler

from tests.estimators.cures import registered
from tests.estimators.kinds import OPSET, Case, run

COVERS = []  # the sweep of options does not try it
SHOWS = ["Cast", "Concat"]
CURE = (
    "Call `register_converters()` before to_onnx: columns of whole numbers and of floats are "
    "joined as floats. Or make all of them floats."
)
REPORTED = []

ages = np.array([[20], [30], [50]], np.int64)
sizes = np.array([[0.1], [0.9], [1.7]], np.float32)
X = np.concatenate([ages, sizes], axis=1)
model = StandardScaler().fit(X)
columns = [("age", Int64TensorType([None, 1])), ("size", FloatTensorType([None, 1]))]


def explains(step, rows):
    kinds = {getattr(dtype, "kind", "O") for dtype in getattr(rows, "dtypes", [])}
    return "f" in kinds and len(kinds & set("iub")) > 0


def before():
    file = to_onnx(model, initial_types=columns, target_opset=OPSET)
    return Case(model.transform(X), run(file, {"age": ages, "size": sizes}), file)


def after():
    with registered():
        return before()
