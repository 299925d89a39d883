"""Where two probabilities are equally large, the first class wins

scikit-learn takes the class of the largest score. The graph takes that of the largest *probability*
(ArgMax reads `probabilities`), and far from the boundary several are exactly the same number.
"""

import numpy as np
from skl2onnx import to_onnx
from sklearn.datasets import load_iris
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tests.estimators.kinds import OPSET, Case, run

COVERS = ["SGDClassifier(loss='log_loss')", "SGDClassifier(loss='modified_huber')"]
SHOWS = ["Reciprocal", "Div", "ArgMax"]
CURE = (
    "Convert once more with the option `raw_scores=True` and take the label from that file. Inside "
    "a pipeline the option belongs to the classifier: `options={id(model[-1]): ...}`."
)
REPORTED = []
RELATED = ["https://github.com/microsoft/hummingbird/issues/702"]  # of another converter

X, y = load_iris(return_X_y=True)
X = X.astype(np.float32)
classifier = SGDClassifier(loss="log_loss", alpha=1e-6, random_state=0)
model = make_pipeline(StandardScaler(), classifier).fit(X, y)


def explains(step, rows):
    return isinstance(step, SGDClassifier) and hasattr(step, "predict_proba")


def convert(**options):
    options = {id(model[-1]): {"zipmap": False, **options}}
    return to_onnx(model, X, target_opset=OPSET, options=options)


def before():
    file = convert()
    return Case(model.predict(X), run(file, X, output=0), file)


def after():
    file = convert(raw_scores=True)
    return Case(model.predict(X), run(file, X, output=0), file)
