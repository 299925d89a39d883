"""More bits move rows over a threshold

scikit-learn's trees round every row to float32 before they compare. A float64 file does not: 5.1 is
above the threshold that float32 rounds it down to. The formula is right, and single rows jump, here
and wherever an answer has steps: at the edges of bins, at a quantile that many rows share.
"""

import numpy as np
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier

from tests.estimators.kinds import Case, convert, run

COVERS = [
    "*Tree*(*",
    "*Forest*(*",
    "Bagging*(*",
    "GradientBoosting*(*",
    "AdaBoost*(*",
    "HistGradientBoosting*(*",
    "KBinsDiscretizer(*",
    "QuantileTransformer(*",
    "Stacking*(*",
]
SHOWS = ["TreeEnsembleClassifier", "Cast"]
CURE = "Convert trees with a float32 sample, and round the rows to float32 in front of them."
DRIFTS = True
REPORTED = [
    "https://onnx.ai/sklearn-onnx/auto_tutorial/plot_ebegin_float_double.html",
    "https://github.com/microsoft/onnxruntime/issues/4130",
]

X, y = load_iris(return_X_y=True)
model = RandomForestClassifier(n_estimators=10, random_state=0).fit(X, y)


def explains(step, rows):
    has_steps = ("Tree", "Forest", "Bagging", "Boost", "Bins", "Quantile", "Stacking")
    return any(name in type(step).__name__ for name in has_steps)


def before():
    file = convert(model, X, zipmap=False)
    return Case(model.predict_proba(X), run(file, X), file)


def after():
    rows = X.astype(np.float32)
    file = convert(model, rows, zipmap=False)
    return Case(model.predict_proba(X), run(file, rows), file)
