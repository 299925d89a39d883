"""A tuned threshold is forgotten

`best_threshold_` is nowhere in the graph: the label passes from the inner classifier to the output
by Identity, so that it is still the class above one half.
"""

import numpy as np
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import TunedThresholdClassifierCV

from tests.estimators.kinds import Case, convert, rewrite, run

COVERS = ["TunedThresholdClassifierCV(*"]
SHOWS = ["LinearClassifier", "Identity"]
CURE = "Write the label anew, from the second probability: Gather, GreaterOrEqual, Where."
REPORTED = []
RELATED = ["https://github.com/onnx/sklearn-onnx/issues/1225"]  # that there was no converter

X, y = load_iris(return_X_y=True)
X = X[:, :2].astype(np.float32)
y = (y == 2).astype(int)
model = TunedThresholdClassifierCV(LogisticRegression(), scoring="f1").fit(X, y)


def explains(step, rows):
    return type(step).__name__ in ("TunedThresholdClassifierCV", "FixedThresholdClassifier")


def before():
    file = convert(model, X, zipmap=False)
    return Case(model.predict(X), run(file, X, output=0), file)


def after():
    file = convert(model, X, zipmap=False)
    rewrite(
        file,
        ["label"],
        """second = Constant <value_int = 1> ()
           score = Gather <axis = 1> (proba_tuned, second)
           above = GreaterOrEqual (score, threshold)
           label = Where (above, class1, class0)""",
        threshold=np.array(model.best_threshold_, np.float32),
        class0=model.classes_[0],
        class1=model.classes_[1],
    )
    return Case(model.predict(X), run(file, X, output=0), file)
