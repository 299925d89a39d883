"""Rows are divided by their largest number, not by their largest size

scikit-learn divides by the largest absolute value. Normalizer with `norm=MAX` divides by the
largest value: a row whose largest entry is negative comes out with other numbers altogether.
"""

import numpy as np
from skl2onnx.algebra.onnx_ops import OnnxAbs, OnnxDiv, OnnxEqual, OnnxReduceMax, OnnxWhere
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer, StandardScaler

from tests.estimators.kinds import Case, convert, convert_by, run

COVERS = ["Normalizer(norm='max')"]
SHOWS = ["Normalizer"]
CURE = "Give skl2onnx a converter of your own: Abs, ReduceMax, Div, and Where for rows of zeros."
REPORTED = ["https://github.com/onnx/sklearn-onnx/issues/793"]

X = np.array([[1.0, -4.0], [3.0, 2.0], [0.0, 0.0]], np.float32)
model = make_pipeline(Normalizer(norm="max"), StandardScaler()).fit(X)


def explains(step, rows):
    return isinstance(step, Normalizer) and step.norm == "max"


def before():
    file = convert(model, X)
    return Case(model.transform(X), run(file, X), file)


def divide_by_largest(scope, operator, container):
    rows = operator.inputs[0]
    columns = np.array([1], np.int64)
    largest = OnnxReduceMax(OnnxAbs(rows, op_version=18), columns, op_version=18)
    divided = OnnxDiv(rows, largest, op_version=18)
    zeros = OnnxEqual(largest, np.array(0, np.float32), op_version=18)
    cured = OnnxWhere(zeros, rows, divided, op_version=18, output_names=operator.outputs)
    cured.add_to(scope, container)


def after():
    file = convert_by(divide_by_largest, Normalizer, model, X)
    return Case(model.transform(X), run(file, X), file)
