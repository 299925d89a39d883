"""Fixtures for what runs in other runtimes, and for what comes from other frameworks."""

import os
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import linear_regression
import neural_network
import sklearn_converter
from tests.interop import tables
from tests.interop.common import MEASURED, required
from tests.interop.tables import FILES, TOLERANCES

sys.modules["openvino_telemetry"] = None  # OpenVINO's, which reports usage; it does without
sys.modules["triton"] = None  # PyTorch's, for GPUs; it ends a process that has loaded TensorFlow
os.environ["KERAS_HOME"] = os.devnull  # importing TensorFlow imports Keras, which writes ~/.keras

ROWS = (1, 7, 1000)


def pytest_configure(config):
    required()  # a misspelt name should not pass for one that is not required


def pytest_collection_modifyitems(items):
    """Let the packages that are compared here warn, and write the page after all measurements."""
    own = [item for item in items if item.path.is_relative_to(tables.FOLDER)]
    for item in own:
        # The tutorial's own warnings are errors; these packages warn of each other's next versions.
        item.add_marker(pytest.mark.filterwarnings("ignore"))
    for name in ("test_tables.py", "test_page.py"):
        for item in own:
            if item.path.name == name:
                items.remove(item)
                items.append(item)


@pytest.fixture(scope="session")
def digits():
    """Return the trained classifier, its weights and biases in float64, 450 images, numpy's P."""
    X_train, X, y_train, _ = neural_network.load_data()
    classifier = neural_network.train(X_train, y_train)
    weights = classifier.coefs_
    biases = classifier.intercepts_
    P = neural_network.reference(X, weights, biases)
    return SimpleNamespace(classifier=classifier, weights=weights, biases=biases, X=X, P=P)


@pytest.fixture(scope="session")
def cases(runs, digits):
    """Return a case for each column of the table: its file, rows that it has seen, the formula."""
    X_plant, Y_plant = linear_regression.load_data()
    W, B = linear_regression.train(X_plant, Y_plant)
    X_iris, _, y_iris, _ = sklearn_converter.load_data()
    pipeline = sklearn_converter.train(X_iris, y_iris)

    def regress(X):
        return linear_regression.reference(X, W, B)

    def read(X):
        return neural_network.reference(X, digits.weights, digits.biases)

    def classify(X):
        return sklearn_converter.reference(X, pipeline)

    formulas = {
        "linear_regression": (X_plant, regress),
        "neural_network": (digits.X, read),
        "sklearn_converter": (X_iris, classify),
    }
    cases = {}
    for column, file in FILES.items():
        script = file.split(".")[0]
        seen, formula = formulas[script]
        path = runs[script].folder / file
        cases[column] = SimpleNamespace(path=path, seen=seen, formula=formula)
    return cases


@pytest.fixture(scope="session")
def answer(cases):
    """Return a function: a column and a number of rows to the path, the feed, numpy's answer."""

    def compute(column, rows):
        case = cases[column]
        rng = np.random.default_rng(rows)  # new rows, each feature within the range of the old ones
        low = case.seen.min(axis=0)
        high = case.seen.max(axis=0)
        X = rng.uniform(low, high, (rows, *case.seen.shape[1:])).astype(np.float32)
        return case.path, {"X": X}, case.formula(X.astype(float))

    return compute


@pytest.fixture
def note(request):
    """Return a function that notes what a column of the tables shows for this file."""
    row = MEASURED.setdefault(request.path.name, {})

    def keep(column, word):
        row[column] = word

    return keep


@pytest.fixture(params=FILES)
def column(request):
    """Return each column of the table of runtimes in turn."""
    return request.param


@pytest.fixture
def check(answer, note):
    """Return a function that asserts that run(path, feed) gives numpy's numbers for a column.

    Where refusals {column: words of the message} name the column, the file must be refused.
    """

    def check_agreement(run, column):
        for rows in ROWS:
            path, feed, exact = answer(column, rows)
            P = run(path, feed)
            assert np.shape(P) == exact.shape
            assert_allclose(P, exact, rtol=0, atol=TOLERANCES[column], err_msg=f"{rows} rows")
            assert_array_equal(np.argmax(P, axis=1), exact.argmax(axis=1))
        note(column, "agrees")

    def check_refusal(run, column, words):
        path, feed, _ = answer(column, 7)
        try:
            run(path, feed)
        except Exception as error:
            assert words in str(error), error
            note(column, "refused")
        else:
            pytest.fail(f"{path.name} is accepted now: good news, which this file lacks")

    def check_either(run, column, refusals):
        if column in refusals:
            check_refusal(run, column, refusals[column])
        else:
            check_agreement(run, column)

    return check_either
