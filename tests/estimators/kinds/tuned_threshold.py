"""A tuned threshold is forgotten

`best_threshold_` is nowhere in the graph: the label passes from the inner classifier to the output
by Identity, so that it is still the class above one half.
"""

import numpy as np
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import TunedThresholdClassifierCV

from tests.estimators.kinds import Case, convert, run

COVERS = ["TunedThresholdClassifierCV(*"]
SHOWS = ["LinearClassifier", "Identity"]
CURE = "Ship the threshold beside the file and compare the probability with it."
REPORTED = None

X, y = load_iris(return_X_y=True)
X = X[:, :2].astype(np.float32)
y = (y == 2).astype(int)
model = TunedThresholdClassifierCV(LogisticRegression(), scoring="f1").fit(X, y)


def before():
    file = convert(model, X, zipmap=False)
    return Case(model.predict(X), run(file, X, output=0), file)


def after():
    file = convert(model, X, zipmap=False)
    label = run(file, X)[:, 1] >= model.best_threshold_
    return Case(model.predict(X), label, file)
