"""Calibration around a pipeline reads probabilities where it learned scores

Calibration learns from `decision_function` where a member has one. The converter asks for that by
an option of the member, which a pipeline does not hand to its last step. Mended on the main branch
in pull request 1247, merged in April 2026; skl2onnx 1.20.0 does not have it.
"""

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tests.estimators.cures import registered
from tests.estimators.kinds import Case, convert, run

COVERS = []  # the sweep of options does not try it
SHOWS = ["LinearClassifier", "Normalizer", "ArrayFeatureExtractor", "Mul"]
CURE = (
    "Call `register_converters()` before to_onnx: it asks the last step. Or calibrate inside: "
    "a pipeline around CalibratedClassifierCV."
)
REPORTED = [
    "https://github.com/onnx/sklearn-onnx/issues/1246",
    "https://github.com/onnx/sklearn-onnx/pull/1247",
]

X, y = make_classification(120, 5, n_informative=4, n_redundant=0, random_state=4)
X = X.astype(np.float32)
inner = make_pipeline(StandardScaler(), LogisticRegression())
model = CalibratedClassifierCV(inner, ensemble=False).fit(X, y)


def explains(step, rows):
    inner = getattr(step, "estimator", None)
    return isinstance(step, CalibratedClassifierCV) and hasattr(inner, "steps")


def before():
    file = convert(model, X, zipmap=False)
    return Case(model.predict_proba(X), run(file, X), file)


def after():
    with registered():
        return before()
