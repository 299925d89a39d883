"""Rows beyond the trained range are not clipped

The graph is one Scaler: `clip=True` leaves no trace in it.
"""

import numpy as np
from skl2onnx.algebra.onnx_ops import OnnxClip, OnnxDiv
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, StandardScaler

from tests.estimators.kinds import Case, convert, convert_by, run

COVERS = ["MaxAbsScaler(clip=True)"]
SHOWS = ["Scaler"]
CURE = "Give skl2onnx a converter of your own: Div, Clip. Here it serves inside a pipeline."
REPORTED = []

model = make_pipeline(MaxAbsScaler(clip=True), StandardScaler()).fit([[-2.0], [1.0]])
rows = np.array([[1.0], [4.0]], np.float32)


def explains(step, rows):
    return isinstance(step, MaxAbsScaler) and getattr(step, "clip", False)


def before():
    file = convert(model, rows)
    return Case(model.transform(rows), run(file, rows), file)


def divide_and_clip(scope, operator, container):
    scale = operator.raw_operator.scale_.astype(np.float32)
    divided = OnnxDiv(operator.inputs[0], scale, op_version=18)
    lowest = np.array(-1, np.float32)
    highest = np.array(1, np.float32)
    clipped = OnnxClip(divided, lowest, highest, op_version=18, output_names=operator.outputs)
    clipped.add_to(scope, container)


def after():
    file = convert_by(divide_and_clip, MaxAbsScaler, model, rows)
    return Case(model.transform(rows), run(file, rows), file)
