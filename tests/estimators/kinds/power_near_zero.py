"""A power that is almost 0 flattens a column

For a power p the formula is ((x + 1)**p - 1) / p. Data that logarithms would straighten give a p
around 1e-8: in float32 Pow then rounds to 1 or to its neighbour, and rows fall together.
"""

import numpy as np
from sklearn.preprocessing import PowerTransformer, StandardScaler

from tests.estimators.kinds import Case, convert, run

COVERS = []  # the sweep's data have powers around 1
SHOWS = ["Pow", "Div"]
CURE = "Look at `lambdas_`; where one is near 0, take the logarithm yourself, and scale."
REPORTED = []

X = np.array([[7 / 3], [1.0], [2.0], [4.0]], np.float32)
model = PowerTransformer().fit(X)


def explains(step, rows):
    return isinstance(step, PowerTransformer) and abs(step.lambdas_).min() < 1e-3


def before():
    file = convert(model, X)
    return Case(model.transform(X), run(file, X), file)


def after():
    rows = np.log1p(X)
    file = convert(StandardScaler().fit(rows), rows)
    return Case(model.transform(X), run(file, rows), file)
