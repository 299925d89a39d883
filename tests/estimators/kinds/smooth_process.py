"""A Gaussian process subtracts large numbers that are almost alike

Weights of a smooth process alternate in sign and have many digits; their sum is small. float32
keeps seven digits of each.
"""

import numpy as np
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF

from tests.estimators.kinds import Case, convert, run

COVERS = []  # the sweep of options does not try it
SHOWS = ["MatMul", "Add"]
CURE = "Convert with float64."
DRIFTS = True
REPORTED = []
RELATED = [
    "https://github.com/onnx/sklearn-onnx/issues/969",
]

X = np.linspace(0, 10, 60)[:, None]
model = GaussianProcessRegressor(RBF(1.0), optimizer=None).fit(X, (X * np.sin(X)).ravel())
between = X + 0.05


def explains(step, rows):
    return type(step).__name__.startswith("GaussianProcess")


def before():
    rows = between.astype(np.float32)
    file = convert(model, rows)
    return Case(model.predict(between), run(file, rows).ravel(), file)


def after():
    file = convert(model, between)
    return Case(model.predict(between), run(file, between).ravel(), file)
