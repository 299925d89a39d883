"""Isotonic calibration takes the nearest step instead of the line between two

scikit-learn interpolates between the scores it has learned. The graph looks for the nearest of them
(Sub, Abs, ArgMin) and answers with its value (ArrayFeatureExtractor).
"""

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from tests.estimators.kinds import Case, convert, rewrite, run

COVERS = ["CalibratedClassifierCV(method='isotonic')"]
SHOWS = ["Sub", "Abs", "ArgMin", "ArrayFeatureExtractor"]
CURE = "Write the line between two steps instead: Sub, Div, Clip, MatMul, Add."
REPORTED = ["https://github.com/onnx/sklearn-onnx/issues/1151"]

X, y = load_iris(return_X_y=True)
X = X[50:, :2].astype(np.float32)
y = y[50:] - 1


model = CalibratedClassifierCV(LogisticRegression(), method="isotonic", ensemble=False)
model.fit(X, y)


def explains(step, rows):
    return isinstance(step, CalibratedClassifierCV) and step.method == "isotonic"


def before():
    file = convert(model, X, zipmap=False)
    return Case(model.predict_proba(X), run(file, X), file)


def after():
    file = convert(model, X, zipmap=False)
    learned = model.calibrated_classifiers_[0].calibrators[0]
    x = learned.X_thresholds_.astype(np.float32)
    y = learned.y_thresholds_.astype(np.float32)
    rewrite(
        file,
        ["distance", "absolute_distance", "nearest_x_index", "nearest_y"],
        """zero = Constant <value_float = 0.0> ()
           one = Constant <value_float = 1.0> ()
           beyond = Sub (reshaped_df, start)
           share = Div (beyond, width)
           climbed = Clip (share, zero, one)
           above = MatMul (climbed, rise)
           nearest_y = Add (above, first)""",
        start=x[:-1],
        width=np.diff(x),
        rise=np.diff(y)[:, None],
        first=y[:1],
    )
    return Case(model.predict_proba(X), run(file, X), file)
