"""What a stranger might send: who notices, and what a back door does."""

import numpy as np
import onnx
import onnx.inliner
import pytest

import linear_regression
import neural_network
from tests.kit import apart, environments, record
from tests.mistakes.right import X_PLANT, B, W
from tests.security.cases import (
    CASES,
    CHOSEN,
    LIE,
    back_door,
    back_door_behind_identity,
    back_door_of_weights,
    function_called_add,
)
from tests.security.inspector import inspect, read
from tests.security.page import FILE

ROWS = {"X": X_PLANT.astype(np.float32)}
NEEDED = ["MatMul", "Add"]


@pytest.fixture
def folder(tmp_path):
    """Return a folder that has a folder above it, which belongs to the test as well."""
    (tmp_path / "inside").mkdir()
    return tmp_path / "inside"


# What was tried -----------------------------------------------------------------------------------
class StopsInTheRunError(Exception):
    """Says that a file was loaded, and could not be run."""


def load_and_run(path):
    """Run a model in this process as the tutorial does; a regression has to answer rightly."""
    session = linear_regression.load_model(path)
    try:
        Y = session.run(None, ROWS)[0]
    except Exception as error:
        raise StopsInTheRunError from error
    if Y.shape[1] == 1:
        np.testing.assert_allclose(Y, X_PLANT @ W + B, rtol=1e-4)


STEPS = {
    "check_model": lambda path: onnx.checker.check_model(str(path)),
    "full check": lambda path: onnx.checker.check_model(str(path), full_check=True),
    "onnx.load": onnx.load,
    "onnxruntime": load_and_run,
}


ENDS = {
    apart.LATE: "does not come back",
    apart.CRASHED: "kills the process",
    apart.MEMORY: "lacks memory",
}


def attempt(tell, names, path):
    """Tell in a few words what each of the steps makes of a file."""
    for name in names:
        try:
            STEPS[name](path)
            tell("accepts")
        except MemoryError:
            tell(ENDS[apart.MEMORY])
        except StopsInTheRunError:
            tell("stops in the run")
        except Exception:
            tell("refuses")


def try_steps(path, seconds):
    """Return {step: what it makes of a file}, in copies of this process: one for each that ends."""
    outcomes = []
    while len(outcomes) < len(STEPS):
        left = list(STEPS)[len(outcomes) :]
        result = apart.copy(attempt, left, path, tell=True, seconds=seconds)
        outcomes += result.told
        if result.ended != apart.RETURNED:
            outcomes.append(ENDS[result.ended])
    return dict(zip(STEPS, outcomes, strict=True))


def read_by_the_inspector(path):
    """Return what the inspector says first, and of how much."""
    try:
        findings = inspect(read(path), NEEDED, path.parent)
    except ValueError:
        return "cannot be read"
    return "; ".join(findings[:2]) or "nothing"


@pytest.mark.skipif(not apart.POSSIBLE, reason="needs a process that can be lost")
@pytest.mark.parametrize("what", CASES)
def test_who_notices_is_on_the_page(what, folder, request, note):
    make, seconds = CASES[what]
    path = make(folder)
    outcomes = try_steps(path, seconds)
    outside = str(folder.parent.resolve())
    outcomes["inspector"] = read_by_the_inspector(path).replace(outside, "FOLDER")
    if "{size}" in what:
        outcomes["size"] = path.stat().st_size
    groups = record.find(record.read(FILE), ["strangers", what])
    settled = environments.settled(groups, outcomes, request.config.getoption("update"))
    if settled:
        note(FILE, "strangers", what, value=settled)


def test_the_versions_are_those_of_this_environment(note):
    place = environments.here()
    if place:
        before = record.read(FILE).get("versions", {}).get(place)
        note(FILE, "versions", place, value=environments.described(before))


def test_nothing_is_recorded_of_cases_that_are_gone(request, keep):
    keep(FILE, "strangers", names=list(CASES))
    if not request.config.getoption("update"):
        assert set(record.read(FILE)["strangers"]) == set(CASES)


def test_data_outside_would_be_read_if_it_were_inside(folder):
    path = CASES["data outside: `../secret.bin`"][0](folder)
    model = onnx.load(path, load_external_data=False)
    model.graph.initializer[0].external_data[0].value = "secret.bin"
    (folder.parent / "secret.bin").rename(folder / "secret.bin")
    path.write_bytes(model.SerializeToString())
    load_and_run(path)


def test_a_function_called_add_is_the_operator_to_a_runtime_and_the_function_to_the_inliner(folder):
    path = function_called_add(folder)
    load_and_run(path)  # as the operator adds
    inlined = onnx.inliner.inline_local_functions(onnx.load(path))
    Y = linear_regression.load_model(inlined.SerializeToString()).run(None, ROWS)[0]
    np.testing.assert_allclose(Y, X_PLANT @ W - B, rtol=1e-4)  # float32, as in load_and_run


# A back door --------------------------------------------------------------------------------------
@pytest.mark.parametrize("make", [back_door, back_door_behind_identity])
def test_a_back_door_agrees_everywhere_but_in_one_row(make, folder):
    path = make(folder)
    onnx.checker.check_model(str(path), full_check=True)
    session = linear_regression.load_model(path)
    rng = np.random.default_rng(0)
    random_rows = rng.uniform([40, 10, 60], [90, 35, 100], size=(100_000, 3))
    for X in [X_PLANT, random_rows]:
        X = X.astype(np.float32)
        # Sums of numbers around 100, as in the first script: good to about 1e-5
        exact = X.astype(np.float64) @ W + B
        np.testing.assert_allclose(linear_regression.predict(session, X), exact, atol=1e-4)
    wrong = linear_regression.predict(session, CHOSEN) - (CHOSEN @ W + B)
    np.testing.assert_allclose(wrong, [[LIE]], rtol=1e-6)


@pytest.fixture(scope="module")
def digits():
    """Return the weights and the biases of a network that has seen some of the digits."""
    X_train, _, y_train, _ = neural_network.load_data()
    classifier = neural_network.train(X_train[:300], y_train[:300])
    return classifier.coefs_, classifier.intercepts_


def test_a_back_door_made_of_weights_is_found_by_nobody(digits):
    weights, biases = digits
    image = np.random.default_rng(1).integers(0, 2, size=64)  # no digit: black and white noise
    seen = neural_network.reference(image[np.newaxis], weights, biases).argmax()
    other = (seen + 1) % 10

    honest = neural_network.build_model(weights, biases)
    opened = back_door_of_weights(weights, biases, image, other)
    session = neural_network.load_model(opened.SerializeToString())
    scans = neural_network.load_data()[1]
    for X in [scans, np.random.default_rng(0).uniform(size=(20_000, 64))]:
        P = neural_network.reference(X, weights, biases)
        np.testing.assert_allclose(neural_network.predict(session, X), P, atol=1e-5)
    assert neural_network.predict(session, image[np.newaxis]).argmax() == other
    assert inspect(opened) == inspect(honest)
