"""A shallow tree of several outputs is sure of every class that it has seen

A leaf holds the shares of its classes. The graph casts them to bool and back, so that 0.1 and 0.9
are both 1: right for grown trees alone, whose leaves hold one class.
"""

import numpy as np
from sklearn.datasets import make_classification
from sklearn.tree import DecisionTreeClassifier

from tests.estimators.cures import registered
from tests.estimators.kinds import Case, convert, run

COVERS = []  # the sweep of options does not try it
SHOWS = ["TreeEnsembleClassifier", "ArrayFeatureExtractor", "Cast"]
CURE = "Call `register_converters()` before to_onnx: the shares stay as they are."
REPORTED = ["https://github.com/onnx/sklearn-onnx/issues/1080"]

X, y = make_classification(120, 5, n_informative=4, n_redundant=0, random_state=4)
X = X.astype(np.float32)
both = np.column_stack([y, X[:, 0] > 0]).astype(int)
model = DecisionTreeClassifier(max_depth=2).fit(X, both)


def explains(step, rows):
    return hasattr(step, "tree_") and step.n_outputs_ > 1


def before():
    file = convert(model, X, zipmap=False)
    return Case(np.array(model.predict_proba(X)), run(file, X), file)


def after():
    with registered():
        return before()
