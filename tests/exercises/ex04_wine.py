"""Wine: convert a pipeline of your own, as most of the files that you will meet were made.

The pipeline tells three kinds of wine apart by 13 measurements. It is a StandardScaler and
a support vector classifier whose scores a CalibratedClassifierCV turns into probabilities;
train() of this exercise's file fits it on every other wine:

    from tests.exercises.ex04_wine import train

The starting file is a conversion with the settings that skl2onnx has by default. It worked
if labels and probabilities are scikit-learn's own on the other half of the wines.
"""

import warnings
from functools import cache

import numpy as np
from skl2onnx import to_onnx
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_wine
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

import sklearn_converter as script

INPUTS = {"float[N,13] X": "measurements, one row a wine; 0 to twice the largest of all"}
OUTPUTS = {
    "int64[N] label": "the kind of wine: 0, 1 or 2",
    "float[N,3] probabilities": "the probability of each kind",
}
HINTS = [
    "Compare the starting file's outputs with what is asked for: the probabilities are no tensor,"
    " but a list of dictionaries. skl2onnx has an option against that.",
    "options={'zipmap': False}, and a sample in float32: its type becomes the input's.",
    "build_model of sklearn_converter.py does both.",
]


@cache
def train():
    """Return the pipeline, fitted on every other wine."""
    X, y = load_wine(return_X_y=True)  # (178, 13) and (178,)
    classifier = CalibratedClassifierCV(SVC(), ensemble=False)
    return make_pipeline(StandardScaler(), classifier).fit(X[::2], y[::2])


def start():
    """Return the model that the reader begins with."""
    sample = np.zeros((1, 13), np.float32)
    with warnings.catch_warnings():  # skl2onnx reads what scikit-learn 1.9 calls outdated
        warnings.simplefilter("ignore", FutureWarning)
        model = to_onnx(train(), sample, target_opset=script.OPSET)
    model.ir_version = script.IR_VERSION
    return model
