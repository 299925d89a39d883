"""How did I get my model out of H2O, when it still let me?

Install it:  pip install h2o==3.46.0.11 onnxmltools
Try it:      pytest tests/interop/test_comes_from_h2o_before.py

H2O needs Java: on Debian, apt-get install openjdk-17-jre-headless.
"""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_diabetes, load_iris

import sklearn_converter
from tests.interop.common import check_export, missing, need, need_program
from tests.interop.frameworks.h2o_before import NAME, export

h2o = need(NAME, "h2o")
if h2o.__version__ != "3.46.0.11":
    missing(NAME, f"this is {h2o.__version__}", install="python -m tests.interop.alone")
estimators = need(NAME, "h2o.estimators")
onnxmltools = need(NAME, "onnxmltools")
types = need(NAME, "onnxmltools.convert.common.data_types")
need_program(NAME, "java", install="apt-get install openjdk-17-jre-headless")
FEATURES = ["a", "b", "c", "d"]
ATOL = 2e-6  # the leaves of 20 trees are added up, each rounded to float32


@pytest.fixture(scope="module", autouse=True)
def cluster():
    """Start H2O, for this machine only, and stop it."""
    # A port of its own: at 54321, the usual one, somebody's H2O may be at work.
    h2o.init(port=54399, nthreads=1, max_mem_size="1G", bind_to_localhost=True, verbose=False)
    h2o.no_progress()
    yield
    h2o.cluster().shutdown()


def predict(model, frame):
    """Return H2O's own answers, column by column, as text."""
    answers = model.predict(frame).as_data_frame(use_pandas=False, header=False)
    return list(zip(*answers, strict=True))


def train(X, y):
    """Return 20 rounds of trees for X (N, 4), and its own labels (N,) and probabilities."""
    rows = [[*features, f"species {label}"] for features, label in zip(X, y, strict=True)]
    frame = h2o.H2OFrame(rows, column_names=[*FEATURES, "y"])
    model = estimators.H2OGradientBoostingEstimator(ntrees=20, seed=1)
    model.train(x=FEATURES, y="y", training_frame=frame)
    labels, *P = predict(model, frame)
    return model, np.array(labels), np.array(P, dtype=float).T


def read_labels(path, X):
    """Return the labels that the file gives."""
    session = sklearn_converter.load_model(path)
    return session.run(["label"], {"X": X.astype(np.float32)})[0]


def test_the_file_is_the_classifier(tmp_path, measured):
    X, y = load_iris(return_X_y=True)
    model, labels, P = train(X, y)
    export(model, tmp_path / "model.onnx")
    check_export(tmp_path / "model.onnx", X, P, ATOL)
    assert_array_equal(read_labels(tmp_path / "model.onnx", X), labels)
    measured("float32", f"{ATOL:.0e}")
    measured("verdict", "works")


def test_of_two_classes_h2o_gives_the_label_by_a_threshold_of_its_own(tmp_path):
    X, y = load_iris(return_X_y=True)
    model, labels, P = train(X, np.maximum(y, 1))
    export(model, tmp_path / "model.onnx")
    check_export(tmp_path / "model.onnx", X, P, ATOL)
    own = model.find_threshold_by_max_metric("f1")
    assert_array_equal(labels == "species 2", P[:, 1] >= own)
    assert_array_equal(read_labels(tmp_path / "model.onnx", X) == "species 2", P[:, 1] > 0.5)


def make_frame(X, y):
    """Return rows of numbers (N, D) and their targets (N,) as H2O holds them."""
    names = [*map(str, range(X.shape[1])), "y"]
    return h2o.H2OFrame(np.column_stack([X, y]).tolist(), column_names=names)


def test_a_regression_rounds_its_rows_first_and_some_jump_over_a_threshold(tmp_path):
    X, y = load_diabetes(return_X_y=True)
    model = estimators.H2OGradientBoostingEstimator(ntrees=20, seed=1)
    model.train(y="y", training_frame=make_frame(X, y))
    export(model, tmp_path / "model.onnx", X.shape[1])
    session = sklearn_converter.load_model(tmp_path / "model.onnx")
    X32 = X.astype(np.float32)
    Y = session.run(None, {"X": X32})[0][:, 0]
    [own] = np.array(predict(model, make_frame(X, y)), dtype=float)
    [of_rounded] = np.array(predict(model, make_frame(X32, y)), dtype=float)
    # 20 leaves are added up in float32, each sum smaller than 300.
    atol = 20 * 300 * np.finfo(np.float32).eps / 2
    assert_allclose(Y, of_rounded, rtol=0, atol=atol)
    assert np.abs(Y - own).max() > 1


def test_a_logarithmic_link_is_refused(tmp_path):
    X, y = load_diabetes(return_X_y=True)
    model = estimators.H2OGradientBoostingEstimator(ntrees=2, seed=1, distribution="poisson")
    model.train(y="y", training_frame=make_frame(X, y))
    with pytest.raises(ValueError, match="Link function log not supported"):
        export(model, tmp_path / "model.onnx", X.shape[1])


def test_missing_values_are_refused(tmp_path):
    X, y = load_iris(return_X_y=True)
    X[np.random.default_rng(0).random(X.shape) < 0.2] = np.nan
    model, _, _ = train(X, y)
    with pytest.raises(KeyError, match="splitValue"):
        export(model, tmp_path / "model.onnx")
