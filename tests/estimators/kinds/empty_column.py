"""A column without any value stays, with NaN in it

SimpleImputer drops a column in which it has seen no value. The graph keeps it and fills in NaN.
"""

import numpy as np
from sklearn.impute import SimpleImputer

from tests.estimators.cures import registered
from tests.estimators.kinds import Case, convert, run

COVERS = []  # the sweep of options does not try it
SHOWS = ["Imputer", "imputed_value_floats"]
CURE = "Call `register_converters()` before to_onnx: Gather takes the columns that are kept."
REPORTED = []

X = np.array([[1.0, np.nan, 4.0], [np.nan, np.nan, 6.0]], np.float32)
model = SimpleImputer().fit(X)


def explains(step, rows):
    return (
        isinstance(step, SimpleImputer)
        and step.statistics_.dtype.kind == "f"
        and (bool(np.isnan(step.statistics_).any()))
    )


def before():
    file = convert(model, X)
    return Case(model.transform(X), run(file, X), file)


def after():
    with registered():
        return before()
