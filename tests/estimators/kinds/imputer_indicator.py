"""The columns that say what was missing are dropped

The graph is a single Imputer: nothing in it writes the columns that `add_indicator=True` promises.
"""

import numpy as np
from sklearn.impute import SimpleImputer

from tests.estimators.kinds import Case, append, convert, run

COVERS = ["*Imputer(add_indicator=True)"]
SHOWS = ["Imputer"]
CURE = "Write the columns yourself, three nodes: IsNaN, Cast, Concat."
REPORTED = None

X = np.array([[1.0], [np.nan], [3.0]], np.float32)
model = SimpleImputer(add_indicator=True).fit(X)


def before():
    file = convert(model, X)
    return Case(model.transform(X), run(file, X), file)


def after():
    file = convert(model, X)
    append(
        file,
        """missing = IsNaN (X)
           indicator = Cast <to = 1> (missing)
           cured = Concat <axis = 1> (variable, indicator)""",
    )
    return Case(model.transform(X), run(file, X), file)
