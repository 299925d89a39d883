"""Fixtures for what runs in other runtimes, and for what comes from other frameworks."""

import os
import sys
from types import SimpleNamespace

import numpy as np
import onnx
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import linear_regression
import neural_network
import sklearn_converter
from tests import networks
from tests.interop import frameworks
from tests.interop.common import required
from tests.interop.files import FILES, KINDS, PORTABLE, ROWS, SPECIAL, TOLERANCES
from tests.interop.page import FOLDER, RESULTS
from tests.interop.runtimes import version_in
from tests.kit import record

sys.modules["openvino_telemetry"] = None  # OpenVINO's, which reports usage; it does without
sys.modules["triton"] = None  # PyTorch's, for GPUs; it ends a process that has loaded TensorFlow
os.environ["KERAS_HOME"] = os.devnull  # importing TensorFlow imports Keras, which writes ~/.keras


def pytest_configure(config):
    required()  # a misspelt name should not pass for one that is not required


def pytest_collection_modifyitems(items):
    """Let the packages that are compared here warn of each other's next versions."""
    for item in items:
        if item.path.is_relative_to(FOLDER):
            item.add_marker(pytest.mark.filterwarnings("ignore"))


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
def scripts_cases(runs, digits):
    """Return a case for each file that the scripts write: path, rows that it has seen, formula."""
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
    for column, file in {**PORTABLE, **SPECIAL}.items():
        script = file.split(".")[0]
        seen, formula = formulas[script]
        path = runs[script].folder / file
        cases[column] = SimpleNamespace(path=path, seen=seen, formula=formula, state=None)
    return cases


@pytest.fixture(scope="session")
def networks_cases(tmp_path_factory):
    """Return a case for each other kind of network: path, rows that it has seen, formula, state."""
    folder = tmp_path_factory.mktemp("networks")
    X, _, y, _ = neural_network.load_data()
    images = X.reshape(-1, 1, 8, 8)
    series = networks.mackey_glass(2000).reshape(-1, 1, 1)
    state = np.random.default_rng(0).uniform(-1, 1, (1, 1, networks.NEURONS)).astype(np.float32)
    filters = networks.train_convolution(images, y)
    neurons = networks.train_recurrence(series)
    memory = networks.train_attention(X, y)
    onnx.save(networks.build_convolution(filters), folder / "convolution.onnx")
    onnx.save(networks.build_recurrence(neurons), folder / "recurrence.onnx")
    onnx.save(networks.build_attention(memory), folder / "attention.onnx")

    def see(X):
        return networks.reference_convolution(X, filters)

    def predict(X):
        return networks.reference_recurrence(X, state.astype(float), neurons)[0]

    def attend(X):
        return networks.reference_attention(X, memory)

    cases = {
        "convolution": SimpleNamespace(seen=images, formula=see, state=None),
        "recurrence": SimpleNamespace(seen=series, formula=predict, state=state),
        "attention": SimpleNamespace(seen=X, formula=attend, state=None),
    }
    for column, case in cases.items():
        case.path = folder / KINDS[column]
    return cases


@pytest.fixture(scope="session")
def answer(scripts_cases, networks_cases):
    """Return a function: a column and a number of rows to the path, the feed, numpy's answer."""
    cases = scripts_cases | networks_cases

    def compute(column, rows):
        case = cases[column]
        rng = np.random.default_rng(rows)  # new rows, each feature within the range of the old ones
        low = case.seen.min(axis=0)
        high = case.seen.max(axis=0)
        X = rng.uniform(low, high, (rows, *case.seen.shape[1:])).astype(np.float32)
        feed = {"X": X}
        if case.state is not None:
            feed["state"] = case.state
        return case.path, feed, case.formula(X.astype(float))

    return compute


@pytest.fixture
def measured(request, note):
    """Return a function that notes what a column of the table of frameworks shows for this file."""
    name = request.module.NAME
    packages = frameworks.find()[name].PACKAGES.split()

    def keep(column, word):
        versions = ", ".join(f"{key} {value}" for key, value in record.versions(packages).items())
        note(RESULTS, "frameworks", name, column, value=word)
        note(RESULTS, "frameworks", name, "version", value=versions)
        note(RESULTS, "frameworks", name, "run on", value=record.today(), compare=False)

    return keep


@pytest.fixture(params=FILES)
def column(request):
    """Return each column of the table of runtimes in turn."""
    return request.param


@pytest.fixture
def check(answer, note):
    """Return a function that asserts that run(path, feed) in a place gives a column's numbers.

    Where refusals {column: words of the message} name the column, the file must be refused; where
    differences {column: number} do, the answer must be wrong, without a word, by more than that.
    """

    def keep(place, column, word):
        note(RESULTS, "runtimes", place, column, value=word)
        note(RESULTS, "runtimes", place, "version", value=version_in(place))
        note(RESULTS, "runtimes", place, "run on", value=record.today(), compare=False)

    def check_agreement(run, place, column, numbers):
        for rows in numbers:
            path, feed, exact = answer(column, rows)
            P = run(path, feed)
            assert np.shape(P) == exact.shape
            assert_allclose(P, exact, rtol=0, atol=TOLERANCES[column], err_msg=f"{rows} rows")
            assert_array_equal(np.argmax(P, axis=1), exact.argmax(axis=1))
        keep(place, column, "agrees")

    def check_refusal(run, place, column, words):
        path, feed, _ = answer(column, 7)
        try:
            run(path, feed)
        except Exception as error:
            assert words in str(error), error
            keep(place, column, "refused")
        else:
            pytest.fail(f"{path.name} is accepted now: good news, which this file lacks")

    def check_difference(run, place, column, least):
        path, feed, exact = answer(column, 7)
        difference = abs(run(path, feed) - exact).max()
        assert difference > least, f"{path.name} is {difference:.1e} off now: is that good news?"
        keep(place, column, "differs")

    def check_any(run, place, column, refusals=(), differences=(), numbers=ROWS):
        if column in refusals:
            check_refusal(run, place, column, refusals[column])
        elif column in differences:
            check_difference(run, place, column, differences[column])
        else:
            check_agreement(run, place, column, numbers)

    return check_any
