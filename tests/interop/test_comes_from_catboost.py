"""How do I get my model out of CatBoost?

Install it:  pip install catboost
Try it:      pytest tests/interop/test_comes_from_catboost.py
"""

import numpy as np
import onnx
import onnx.reference
import pytest
import scipy.special
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_diabetes, load_iris

import sklearn_converter
from tests.interop.common import check_export, need
from tests.interop.frameworks.catboost import NAME, export

catboost = need(NAME, "catboost")
FAST = {"iterations": 20, "thread_count": 1, "verbose": False, "allow_writing_files": False}
# The leaves of 20 trees are added up, each rounded to float32: probabilities, and a disease's
# progression that reaches 346.
ATOL = 2e-6
ATOL_REGRESSION = 1e-3


def sample(seen):
    """Return 1,000 new rows, each feature within its range; float32 holds each number exactly."""
    X = np.random.default_rng(0).uniform(seen.min(axis=0), seen.max(axis=0), (1000, seen.shape[1]))
    return (X * 1024).round() / 1024


def predict(path, X):
    """Return the last output of the file."""
    session = sklearn_converter.load_model(path)
    return session.run(None, {"features": X.astype(np.float32)})[-1]


@pytest.mark.parametrize("classes", [2, 3])
def test_the_file_is_the_classifier(classes, tmp_path, measured):
    X, y = load_iris(return_X_y=True)
    y = np.minimum(y, classes - 1)
    classifier = catboost.CatBoostClassifier(**FAST).fit(X, y)
    export(classifier, tmp_path / "model.onnx")
    rows = sample(X)
    check_export(tmp_path / "model.onnx", rows, classifier.predict_proba(rows), ATOL)
    session = sklearn_converter.load_model(tmp_path / "model.onnx")
    (label,) = session.run(["label"], {"features": rows.astype(np.float32)})
    assert_array_equal(label, classifier.predict(rows).ravel())
    measured("float32", f"{ATOL:.0e}")
    measured("verdict", "works")


@pytest.mark.parametrize("average", [True, False])
@pytest.mark.parametrize("loss", ["RMSE", "MAE", "Quantile:alpha=0.9"])
def test_the_file_is_the_regressor(loss, average, tmp_path):
    X, y = load_diabetes(return_X_y=True)
    options = {"loss_function": loss, "boost_from_average": average, **FAST}
    regressor = catboost.CatBoostRegressor(**options).fit(X, y)
    _scale, bias = regressor.get_scale_and_bias()  # what other libraries call a base score
    assert (bias != 0) == average
    export(regressor, tmp_path / "model.onnx")
    exact = regressor.predict(X)[:, np.newaxis]  # (N,) -> (N, 1), as the file has it
    check_export(tmp_path / "model.onnx", X, exact, ATOL_REGRESSION)


@pytest.mark.parametrize("nan_mode", ["Min", "Max"])
def test_missing_values_count_as_the_smallest_or_the_largest(nan_mode, tmp_path):
    X, y = load_iris(return_X_y=True)
    X[np.random.default_rng(0).random(X.shape) < 0.2] = np.nan
    classifier = catboost.CatBoostClassifier(nan_mode=nan_mode, **FAST).fit(X, y)
    export(classifier, tmp_path / "model.onnx")
    check_export(tmp_path / "model.onnx", X, classifier.predict_proba(X), ATOL)


def test_it_refuses_categories_even_those_that_become_one_hot(tmp_path):
    X = [["red"], ["green"], ["blue"]] * 10
    classifier = catboost.CatBoostClassifier(cat_features=[0], one_hot_max_size=5, **FAST)
    classifier.fit(X, [0, 1, 1] * 10)
    with pytest.raises(catboost.CatBoostError, match="not support categorical features"):
        export(classifier, tmp_path / "model.onnx")


@pytest.mark.parametrize("policy", ["Depthwise", "Lossguide"])
def test_it_refuses_trees_that_are_not_symmetric(policy, tmp_path):
    X, y = load_iris(return_X_y=True)
    classifier = catboost.CatBoostClassifier(grow_policy=policy, **FAST).fit(X, y)
    with pytest.raises(catboost.CatBoostError, match="non symmetric trees only in cbm, Json, or"):
        export(classifier, tmp_path / "model.onnx")


def move_base_values(path):
    """Add what the trees' operator adds to every row to the leaves of its first tree instead."""
    model = onnx.load(path)
    trees = model.graph.node[0]
    found = {attribute.name: attribute for attribute in trees.attribute}
    base_values = found["base_values"].floats
    leaves = zip(found["class_treeids"].ints, found["class_ids"].ints, strict=True)
    for leaf, (tree, label) in enumerate(leaves):
        if tree == 0:
            found["class_weights"].floats[leaf] += base_values[label]
    trees.attribute.remove(found["base_values"])
    onnx.save(model, path)


def test_onnxruntime_misreads_two_classes_that_start_from_the_average(tmp_path):
    X, y = load_iris(return_X_y=True)
    classifier = catboost.CatBoostClassifier(boost_from_average=True, **FAST)
    exact = classifier.fit(X, np.minimum(y, 1)).predict_proba(X)
    export(classifier, tmp_path / "model.onnx")
    assert abs(predict(tmp_path / "model.onnx", X) - exact).max() > 0.9
    # The file is right: ONNX's own evaluator, which follows the standard, answers what CatBoost
    # does. onnxruntime adds the bias of class 1 to the score of class 0, and mixes them up.
    standard = onnx.reference.ReferenceEvaluator(str(tmp_path / "model.onnx"))
    P = standard.run(None, {"features": X.astype(np.float32)})[-1]
    assert_allclose(P, exact, rtol=0, atol=ATOL)
    move_base_values(tmp_path / "model.onnx")
    check_export(tmp_path / "model.onnx", X, exact, ATOL)


def test_classes_against_all_others_come_as_if_they_excluded_each_other(tmp_path):
    X, y = load_iris(return_X_y=True)
    classifier = catboost.CatBoostClassifier(loss_function="MultiClassOneVsAll", **FAST).fit(X, y)
    export(classifier, tmp_path / "model.onnx")
    P = predict(tmp_path / "model.onnx", X)
    scores = classifier.predict(X, prediction_type="RawFormulaVal")
    assert_allclose(classifier.predict_proba(X), 1 / (1 + np.exp(-scores)), rtol=0, atol=ATOL)
    assert_allclose(P, scipy.special.softmax(scores, axis=1), rtol=0, atol=ATOL)
    assert abs(P - classifier.predict_proba(X)).max() > 0.1


def test_counts_come_as_their_logarithms(tmp_path):
    X, y = load_diabetes(return_X_y=True)
    regressor = catboost.CatBoostRegressor(loss_function="Poisson", **FAST).fit(X, y)
    export(regressor, tmp_path / "model.onnx")
    Y = predict(tmp_path / "model.onnx", X).ravel()
    assert_allclose(np.exp(Y), regressor.predict(X), rtol=1e-5)
    assert Y.max() < 6 < 100 < regressor.predict(X).max()
