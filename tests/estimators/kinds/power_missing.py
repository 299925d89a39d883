"""A missing value comes out as an ordinary number

scikit-learn passes NaN through. The graph computes both branches of the formula, replaces NaN in
each by 0 (Imputer) and adds them up: what was missing looks measured.
"""

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PowerTransformer

from tests.estimators.kinds import Case, convert, run

COVERS = ["PowerTransformer(*"]
SHOWS = ["Imputer", "imputed_value_floats"]
CURE = "Fill in what is missing first, in training and in the file alike."
REPORTED = []

X = np.array([[np.nan], [1.0], [3.0], [4.0]], np.float32)


def explains(step, rows):
    return isinstance(step, PowerTransformer) and np.isnan(rows).any()


def before():
    model = PowerTransformer().fit(X)
    file = convert(model, X)
    return Case(model.transform(X), run(file, X), file)


def after():
    model = make_pipeline(SimpleImputer(), PowerTransformer()).fit(X)
    file = convert(model, X)
    return Case(model.transform(X), run(file, X), file)
