"""Fixtures for what runs in other runtimes, and for what comes from other frameworks."""

import os
import sys
from types import SimpleNamespace

import numpy as np
import pytest

import linear_regression
import neural_network
import sklearn_converter
from tests.interop.common import MEASURED, check_answer, required
from tests.interop.tables import COLUMNS

sys.modules["openvino_telemetry"] = None  # OpenVINO's, which reports usage; it does without
sys.modules["triton"] = None  # PyTorch's, for GPUs; it ends a process that has loaded TensorFlow
os.environ["KERAS_HOME"] = os.devnull  # importing TensorFlow imports Keras, which writes ~/.keras

PORTABLE = list(COLUMNS)[:3]


def pytest_configure(config):
    required()  # a misspelt name should not pass for one that is not required
    # The tutorial's own warnings are errors; these packages warn of each other's next versions.
    config.addinivalue_line("filterwarnings", "ignore")


@pytest.fixture(scope="session")
def digits():
    """Return the trained classifier, its weights and biases in float64, 450 images, numpy's P."""
    X_train, X, y_train, _ = neural_network.load_data()
    classifier = neural_network.train(X_train, y_train)
    weights, biases = classifier.coefs_, classifier.intercepts_
    P = neural_network.reference(X, weights, biases)
    return SimpleNamespace(classifier=classifier, weights=weights, biases=biases, X=X, P=P)


@pytest.fixture(scope="session")
def answer(digits):
    """Return a function: a file's name and a number of rows to X in float32, and numpy's P."""
    plant = linear_regression.load_data()
    W, B = linear_regression.train(*plant)
    X_iris, _, y_iris, _ = sklearn_converter.load_data()
    pipeline = sklearn_converter.train(X_iris, y_iris)
    formulas = {
        "linear": (plant[0], lambda X: linear_regression.reference(X, W, B)),
        "neural": (digits.X, lambda X: neural_network.reference(X, digits.weights, digits.biases)),
        "sklearn": (X_iris, lambda X: sklearn_converter.reference(X, pipeline)),
    }

    def compute(file, rows):
        seen, formula = formulas[file.split("_")[0]]
        rng = np.random.default_rng(rows)  # new rows, each feature within the range of the old ones
        X = rng.uniform(seen.min(axis=0), seen.max(axis=0), (rows, seen.shape[1]))
        X = X.astype(np.float32)
        return X, formula(X.astype(float))

    return compute


@pytest.fixture
def note(request):
    """Return a function that notes what a column of the tables shows: largest error, or a word."""
    row = MEASURED.setdefault(request.path.name, {})

    def keep(column, value):
        row[column] = max(row.get(column, 0), value) if isinstance(value, float) else value

    return keep


@pytest.fixture
def runs_as_numpy(runs, answer, note):
    """Return a function that asserts that run(path, X) gives numpy's numbers for a file."""

    def check(run, file, rows=7):
        X, exact = answer(file, rows)
        path = runs[file.split(".")[0]].folder / file
        note(COLUMNS[file], check_answer(run(path, X), exact))

    return check


@pytest.fixture
def refused(runs, answer, note):
    """Return a function that asserts that run(path, X) refuses a file in the expected words."""

    def check(run, file, *words):
        X, _ = answer(file, 7)
        path = runs[file.split(".")[0]].folder / file
        try:
            run(path, X)
        except Exception as error:
            assert all(word in str(error) for word in words), error
            note(COLUMNS[file], "refused")
        else:
            pytest.fail(f"{file} is accepted now: good news, which this file and its table lack")

    return check


@pytest.fixture(params=PORTABLE)
def portable(request):
    """Return the name of each file that should run everywhere."""
    return request.param


@pytest.fixture(params=[1, 7, 1000])
def rows(request):
    """Return each number of rows."""
    return request.param
