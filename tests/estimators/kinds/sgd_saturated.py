"""Where two probabilities are equally large, the first class wins

scikit-learn takes the class of the largest score. The graph takes that of the largest *probability*
(ArgMax reads `probabilities`), and far from the boundary several are exactly the same number.
"""

import numpy as np
from sklearn.datasets import load_iris
from sklearn.linear_model import SGDClassifier

from tests.estimators.kinds import Case, convert, run

COVERS = ["SGDClassifier(loss='log_loss')", "SGDClassifier(loss='modified_huber')"]
SHOWS = ["Reciprocal", "Div", "ArgMax"]
CURE = "Convert once more with the option `raw_scores=True` and take the label from that file."
REPORTED = None

X, y = load_iris(return_X_y=True)
X = (10 * X).astype(np.float32)  # in millimetres
model = SGDClassifier(loss="log_loss", random_state=0).fit(X, y)


def before():
    file = convert(model, X, zipmap=False)
    return Case(model.predict(X), run(file, X, output=0), file)


def after():
    file = convert(model, X, zipmap=False, raw_scores=True)
    return Case(model.predict(X), run(file, X, output=0), file)
