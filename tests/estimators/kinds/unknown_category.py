"""A word that was never seen becomes -1

scikit-learn's default is to refuse such a row. LabelEncoder, which looks the words up, has a
default of its own for what it does not find, -1, and the file answers.
"""

import numpy as np
from sklearn.preprocessing import OrdinalEncoder

from tests.estimators.kinds import Case, convert, run

COVERS = ["OrdinalEncoder(unseen category)", "OneHotEncoder(unseen category)"]
SHOWS = ["LabelEncoder"]
CURE = 'Decide it: `handle_unknown="use_encoded_value", unknown_value=-1`, and both say the same.'
REPORTED = []

X = np.array([["ash"], ["birch"]], object)
row = np.array([["cedar"]], object)


def explains(step, rows):
    return False  # scikit-learn refuses such rows itself


def before():
    model = OrdinalEncoder().fit(X)
    file = convert(model, X)
    try:
        expected = model.transform(row)
    except ValueError:  # Found unknown categories ['cedar'] in column 0 during transform
        expected = None
    return Case(expected, run(file, row), file)


def after():
    model = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1).fit(X)
    file = convert(model, X)
    return Case(model.transform(row), run(file, row), file)
