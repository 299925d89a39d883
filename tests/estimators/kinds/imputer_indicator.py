"""The columns that say what was missing are dropped

The graph is a single Imputer: nothing in it writes the columns that `add_indicator=True` promises.
"""

import numpy as np
from sklearn.impute import SimpleImputer

from tests.estimators.kinds import Case, append, convert, run

COVERS = ["*Imputer(add_indicator=True)"]
SHOWS = ["Imputer"]
CURE = "Write the columns yourself, four nodes: IsNaN, Gather, Cast, Concat."
REPORTED = []

X = np.array([[1.0, 4.0], [np.nan, 5.0], [3.0, 6.0]], np.float32)
model = SimpleImputer(add_indicator=True).fit(X)


def explains(step, rows):
    return bool(getattr(step, "add_indicator", False))


def before():
    file = convert(model, X)
    return Case(model.transform(X), run(file, X), file)


def after():
    file = convert(model, X)
    append(
        file,
        """missing = IsNaN (X)
           where_some_were = Gather <axis = 1> (missing, columns)
           indicator = Cast <to = 1> (where_some_were)
           cured = Concat <axis = 1> (variable, indicator)""",
        columns=model.indicator_.features_,
    )
    return Case(model.transform(X), run(file, X), file)
