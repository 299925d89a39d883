"""A model of counts answers their logarithms

With the losses poisson and gamma the trees add up to a logarithm, and `predict` takes its exp. The
graph ends with the trees: counts come out below 0.
"""

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

from tests.estimators.kinds import Case, append, convert, run

COVERS = [
    "HistGradientBoostingRegressor(loss='gamma')",
    "HistGradientBoostingRegressor(loss='poisson')",
]
SHOWS = ["TreeEnsembleRegressor"]
CURE = "Add what is missing: Exp."
REPORTED = []

X = np.linspace(0, 6, 60, dtype=np.float32)[:, None]
model = HistGradientBoostingRegressor(loss="poisson").fit(X, np.exp(np.sin(X)).ravel().round())


def explains(step, rows):
    return isinstance(step, HistGradientBoostingRegressor) and step.loss in ("poisson", "gamma")


def before():
    file = convert(model, X)
    return Case(model.predict(X), run(file, X).ravel(), file)


def after():
    file = convert(model, X)
    append(file, "cured = Exp (variable)")
    return Case(model.predict(X), run(file, X).ravel(), file)
