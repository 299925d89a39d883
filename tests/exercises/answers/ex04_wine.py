"""The answer to exercise 4, Wine: what is right, one way to it, and mistakes."""

import warnings

import numpy as np
from skl2onnx import to_onnx
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_wine
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

import sklearn_converter as script
from tests.exercises.draw import decided
from tests.exercises.ex04_wine import train

ORACLE = "scikit-learn"
TOLERANCE = 1e-5  # float32: scores near 10 are good to 1e-5, probabilities more so


def draw(random, N):
    """Return so many wines: between two that the pipeline has not seen, and far from all."""
    X, _ = load_wine(return_X_y=True)
    unseen = X[1::2]

    def wines(count):
        share = random.uniform(size=(count, 1))
        rows = share * unseen[random.integers(len(unseen), size=count)]
        rows += (1 - share) * unseen[random.integers(len(unseen), size=count)]
        far = random.uniform(0, 2 * X.max(axis=0), (count, 13))
        return np.where(random.uniform(size=(count, 1)) < 0.3, far, rows).astype(np.float32)

    return {"X": decided(train().predict_proba, wines, N)}


def special(random):
    """Return the wines that the pipeline has not seen."""
    X, _ = load_wine(return_X_y=True)
    return [{"X": X[1::2].astype(np.float32)}]


def expected(X):
    """Return scikit-learn's answers."""
    return {"label": train().predict(X), "probabilities": train().predict_proba(X)}


def solve(model):
    """Convert the pipeline anew: what is wrong with the starting file was a setting."""
    sample = np.zeros((1, 13), np.float32)  # its type and width become the input's
    with warnings.catch_warnings():  # skl2onnx reads what scikit-learn 1.9 calls outdated
        warnings.simplefilter("ignore", FutureWarning)
        return script.build_model(train(), sample)


def convert(pipeline, dtype=np.float32):
    """Return the pipeline as a model, by skl2onnx."""
    sample = np.zeros((1, 13), dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        model = to_onnx(pipeline, sample, target_opset=script.OPSET, options={"zipmap": False})
    model.ir_version = script.IR_VERSION
    return model


# Mistakes: each takes the starting model, and earns the words beside its name below.
def unchanged(model):
    return model


def float64_sample(model):
    return convert(train(), dtype=np.float64)


def scaler_left_out(model):
    return convert(train()[-1])


def scores_for_probabilities(model):
    X, y = load_wine(return_X_y=True)
    pipeline = make_pipeline(StandardScaler(), SVC()).fit(X[::2], y[::2])
    return convert(pipeline)


def all_wines(model):
    X, y = load_wine(return_X_y=True)
    classifier = CalibratedClassifierCV(SVC(), ensemble=False)
    return convert(make_pipeline(StandardScaler(), classifier).fit(X, y))


def one_wine(model):
    solved = solve(model)
    for info in [*solved.graph.input, *solved.graph.output]:
        info.type.tensor_type.shape.dim[0].dim_value = 1
    return solved


MISTAKES = {
    "probabilities as a list of dictionaries: switch the option zipmap off": unchanged,
    "double[?,13] X": float64_sample,
    "the scaler is missing: convert the pipeline, not its last step": scaler_left_out,
    "these are the scores of an SVC, which adds up to no probability": scores_for_probabilities,
    "this pipeline was fitted on all wines, also on those of the check": all_wines,
    "the size N is frozen": one_wine,
}
