"""What is given fewer bits: three networks and a forest, with rows, and answers in float64."""

from typing import NamedTuple

import numpy as np
import onnx
from skl2onnx import to_onnx
from sklearn.ensemble import RandomForestClassifier

import neural_network as script
from tests import networks

ROWS = 1000
CALIBRATION = 300  # rows of the training
WIDTH = 1024


class Network(NamedTuple):
    """A file in float32, what it was trained on, what it is fed, and the answers of numpy."""

    model: onnx.ModelProto
    seen: list  # feeds to calibrate with
    feed: dict
    exact: np.ndarray  # of the last output
    first: dict  # the feed of a single row,
    exact_first: np.ndarray  # and what is right for it
    labels: bool  # whether the largest of a row is what counts
    unit: float = 1.0  # in which distances are told


def network(model, seen, feed, exact, labels):
    """Return a network of which the first row of X is fed alone, too."""
    first = {**feed, "X": feed["X"][:1]}
    return Network(model, seen, feed, exact, first, exact[:1], labels)


def split(X, name="X", **others):
    """Return the rows as feeds of a hundred."""
    return [{name: X[i : i + 100], **others} for i in range(0, len(X), 100)]


def rows_between(X, seed=0):
    """Return ROWS mixtures of the images X: pixels that a calibration has met."""
    random = np.random.default_rng(seed)
    share = random.uniform(size=(ROWS, 1))
    first = X[random.integers(len(X), size=ROWS)]
    second = X[random.integers(len(X), size=ROWS)]
    return (share * first + (1 - share) * second).astype(np.float32)


def digits():
    X_train, X, _, _ = script.load_data()
    fitted = networks.train_digits()
    model = script.inline(script.build_model(fitted.coefs_, fitted.intercepts_))
    fed = rows_between(X)
    exact = script.reference(fed.astype(float), fitted.coefs_, fitted.intercepts_)
    seen = split(X_train[:CALIBRATION].astype(np.float32))
    return network(model, seen, {"X": fed}, exact, True)


def convolution():
    X_train, X, y_train, _ = script.load_data()
    weights = networks.train_convolution(X_train.reshape(-1, 1, 8, 8), y_train)
    fed = rows_between(X).reshape(-1, 1, 8, 8)
    exact = networks.reference_convolution(fed.astype(float), weights)
    seen = split(X_train[:CALIBRATION].reshape(-1, 1, 8, 8).astype(np.float32))
    return network(networks.build_convolution(weights), seen, {"X": fed}, exact, True)


def recurrence():
    series = networks.mackey_glass(2 * ROWS).reshape(-1, 1, 1)
    weights = networks.train_recurrence(series[:ROWS])
    fed = series[ROWS:].astype(np.float32)
    state = np.zeros((1, 1, networks.NEURONS), np.float32)
    exact, _ = networks.reference_recurrence(fed.astype(float), state.astype(float), weights)
    seen = split(series[:CALIBRATION].astype(np.float32), state=state)
    model = networks.build_recurrence(weights)
    return network(model, seen, {"X": fed, "state": state}, exact, False)


def forest():
    X_train, X, y_train, _ = script.load_data()
    fitted = RandomForestClassifier(50, random_state=0).fit(X_train.astype(np.float32), y_train)
    fed = rows_between(X)
    options = {"zipmap": False}
    model = to_onnx(fitted, X_train[:1].astype(np.float32), target_opset=18, options=options)
    seen = split(X_train[:CALIBRATION].astype(np.float32))
    return network(model, seen, {"X": fed}, fitted.predict_proba(fed), True)


def wide():
    """Three layers of 1024 random weights, for what a file takes in memory."""
    random = np.random.default_rng(0)
    weights = [random.normal(size=(WIDTH, WIDTH)) / WIDTH**0.5 for _ in range(3)]
    biases = [random.normal(size=WIDTH) for _ in range(3)]
    model = script.inline(script.build_model(weights, biases))
    X = random.normal(size=(CALIBRATION, WIDTH)).astype(np.float32)
    exact = script.reference(X.astype(float), weights, biases)
    return network(model, split(X), {"X": X}, exact, True)


NETWORKS = {
    "digits": digits,
    "convolution": convolution,
    "recurrence": recurrence,
    "forest": forest,
}
