"""How do I get my model out of XGBoost?

Install it:  pip install xgboost-cpu onnxmltools
Try it:      pytest tests/interop/test_comes_from_xgboost.py
"""

import json

import numpy as np
import onnx
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_diabetes, load_iris
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import sklearn_converter
from tests.interop.common import check_export, need
from tests.interop.frameworks.xgboost import NAME, export

xgboost = need(NAME, "xgboost")
pandas = need(NAME, "pandas")
onnxmltools = need(NAME, "onnxmltools")
types = need(NAME, "onnxmltools.convert.common.data_types")
converter = need(NAME, "onnxmltools.convert.xgboost.operator_converters.XGBoost")
skl2onnx = need(NAME, "skl2onnx")
sklapi = need(NAME, "skl2onnx.sklapi")
shapes = need(NAME, "skl2onnx.common.shape_calculator")
FAST = {"n_estimators": 20, "n_jobs": 1}
# The leaves of 20 trees are added up, each rounded to float32: probabilities, and a disease's
# progression that reaches 346.
ATOL = 2e-6
ATOL_REGRESSION = 1e-3


def sample(seen, steps=1024):
    """Return 1,000 new rows, each feature within its range, measured to 1 / steps."""
    X = np.random.default_rng(0).uniform(seen.min(axis=0), seen.max(axis=0), (1000, seen.shape[1]))
    return (X * steps).round() / steps


def predict(path, X):
    """Return the last output of the file."""
    return sklearn_converter.load_model(path).run(None, {"X": X.astype(np.float32)})[-1]


def attributes(path):
    """Return {name: value} of the trees' operator."""
    node = onnx.load(path).graph.node[0]
    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


@pytest.mark.parametrize("base_score", [None, 0.3])
@pytest.mark.parametrize("classes", [2, 3])
def test_the_file_is_the_classifier(classes, base_score, tmp_path, measured):
    X, y = load_iris(return_X_y=True)
    y = np.minimum(y, classes - 1)
    classifier = xgboost.XGBClassifier(base_score=base_score, **FAST).fit(X, y)
    export(classifier, tmp_path / "model.onnx")
    rows = sample(X)
    check_export(tmp_path / "model.onnx", rows, classifier.predict_proba(rows), ATOL)
    session = sklearn_converter.load_model(tmp_path / "model.onnx")
    (label,) = session.run(["label"], {"X": rows.astype(np.float32)})
    assert_array_equal(label, classifier.predict(rows))
    measured("float32", f"{ATOL:.0e}")
    measured("verdict", "works")


@pytest.mark.parametrize("base_score", [None, 100])
@pytest.mark.parametrize("objective", ["reg:squarederror", "reg:absoluteerror", "count:poisson"])
def test_the_file_is_the_regressor(objective, base_score, tmp_path):
    X, y = load_diabetes(return_X_y=True)
    regressor = xgboost.XGBRegressor(objective=objective, base_score=base_score, **FAST).fit(X, y)
    export(regressor, tmp_path / "model.onnx")
    exact = regressor.predict(X)[:, np.newaxis]  # (N,) -> (N, 1), as the file has it
    check_export(tmp_path / "model.onnx", X, exact, ATOL_REGRESSION)


def test_missing_values_go_the_way_that_was_learnt(tmp_path):
    X, y = load_iris(return_X_y=True)
    X[np.random.default_rng(0).random(X.shape) < 0.2] = np.nan
    classifier = xgboost.XGBClassifier(**FAST).fit(X, y)
    export(classifier, tmp_path / "model.onnx")
    check_export(tmp_path / "model.onnx", X, classifier.predict_proba(X), ATOL)
    zero_is_missing = xgboost.XGBClassifier(missing=0, **FAST).fit(X, y)
    with pytest.raises(RuntimeError, match="where missing values are not nan but 0"):
        export(zero_is_missing, tmp_path / "model.onnx")


def test_categories_are_fed_as_their_codes(tmp_path):
    rng = np.random.default_rng(0)
    numbers = rng.uniform(size=1000)
    words = pandas.Categorical(rng.choice(["blue", "green", "red", "white"], 1000))
    y = np.isin(words, ["blue", "red"]) ^ (numbers > 0.5)
    frame = pandas.DataFrame({"f0": numbers, "f1": words})
    options = {"enable_categorical": True, **FAST}
    classifier = xgboost.XGBClassifier(**options).fit(frame, y)
    export(classifier, tmp_path / "model.onnx")
    assert b"BRANCH_EQ" in attributes(tmp_path / "model.onnx")["nodes_modes"]
    codes = np.column_stack([numbers, words.codes])  # the file knows no word
    check_export(tmp_path / "model.onnx", codes, classifier.predict_proba(frame), ATOL)
    named = xgboost.XGBClassifier(**options).fit(frame.set_axis(["size", "colour"], axis=1), y)
    with pytest.raises(RuntimeError, match=r"'\w+', feature names should follow pattern 'f%d'"):
        export(named, tmp_path / "model.onnx")


def convert_pipeline(pipeline, X):
    """Return a session of a scikit-learn pipeline; the dtype of X, a sample, is the file's."""
    opsets = {"": 18, "ai.onnx.ml": 3}  # the newest that the converter of XGBoost writes
    options = {"zipmap": False}
    model = skl2onnx.to_onnx(pipeline, X, options=options, target_opset=opsets)
    return sklearn_converter.load_model(model.SerializeToString())


def test_in_a_pipeline_it_has_to_be_registered_and_the_scaler_must_not_round():
    X, y = load_iris(return_X_y=True)
    pipeline = make_pipeline(StandardScaler(), xgboost.XGBClassifier(**FAST)).fit(X, y)
    with pytest.raises(Exception, match=r"Unable to find a shape calculator .*XGBClassifier"):
        convert_pipeline(pipeline, X[:1])
    skl2onnx.update_registered_converter(
        xgboost.XGBClassifier,
        "XGBoostXGBClassifier",
        shapes.calculate_linear_classifier_output_shapes,
        converter.convert_xgboost,
        options={"nocl": [True, False], "zipmap": [True, False, "columns"]},
    )
    rows = sample(X, steps=20)  # thresholds are measurements, to 1 / 10 cm: some rows meet them
    session = convert_pipeline(pipeline, X[:1].astype(np.float32))
    P = sklearn_converter.predict(session, rows)
    assert abs(P - pipeline.predict_proba(rows)).max() > 0.3
    # The cure: scale in float64, round once, in training and in the file alike.
    classifier = xgboost.XGBClassifier(**FAST)
    mended = make_pipeline(StandardScaler(), sklapi.CastTransformer(dtype=np.float32), classifier)
    mended.fit(X, y)
    (P,) = convert_pipeline(mended, X[:1]).run(["probabilities"], {"X": rows})
    assert_allclose(P, mended.predict_proba(rows), rtol=0, atol=ATOL)


def test_a_random_forest_of_three_classes_gives_its_trees_to_the_wrong_classes(tmp_path):
    X, y = load_iris(return_X_y=True)
    forest = xgboost.XGBRFClassifier(**FAST).fit(X, y)
    export(forest, tmp_path / "model.onnx")
    P = predict(tmp_path / "model.onnx", X)
    assert abs(P - forest.predict_proba(X)).max() > 0.4
    assert (P.argmax(axis=1) != forest.predict(X)).sum() > 10
    # The converter deals the trees out in turn: 0, 1, 2, 0, 1, 2. XGBoost keeps them by class.
    model = json.loads(forest.get_booster().save_raw("json"))
    class_of_tree = model["learner"]["gradient_booster"]["model"]["tree_info"]
    assert class_of_tree == [0] * 20 + [1] * 20 + [2] * 20
    trees = attributes(tmp_path / "model.onnx")
    assert trees["class_ids"] == [tree % 3 for tree in trees["class_treeids"]]
    mended = onnx.load(tmp_path / "model.onnx")
    for attribute in mended.graph.node[0].attribute:
        if attribute.name == "class_ids":
            attribute.ints[:] = [class_of_tree[tree] for tree in trees["class_treeids"]]
    onnx.save(mended, tmp_path / "mended.onnx")
    check_export(tmp_path / "mended.onnx", X, forest.predict_proba(X), ATOL)


def test_a_regression_between_0_and_1_loses_its_sigmoid(tmp_path):
    X, y = load_diabetes(return_X_y=True)
    regressor = xgboost.XGBRegressor(objective="reg:logistic", **FAST).fit(X, y / y.max())
    export(regressor, tmp_path / "model.onnx")
    Y = predict(tmp_path / "model.onnx", X)
    assert 0 < regressor.predict(X).min() < regressor.predict(X).max() < 1
    assert Y.min() < -1


def test_two_targets_are_added_up(tmp_path):
    X, y = load_diabetes(return_X_y=True)
    regressor = xgboost.XGBRegressor(**FAST).fit(X, np.column_stack([y, -y]))
    export(regressor, tmp_path / "model.onnx")
    (value,) = sklearn_converter.load_model(tmp_path / "model.onnx").get_outputs()
    assert value.shape == ["N", 1]
    assert abs(predict(tmp_path / "model.onnx", X) - regressor.predict(X)).max() > 100


@pytest.mark.parametrize("booster", ["dart", "gblinear"])
def test_it_refuses_other_boosters(booster, tmp_path):
    X, y = load_iris(return_X_y=True)
    classifier = xgboost.XGBClassifier(booster=booster, **FAST).fit(X, y)
    with pytest.raises(KeyError, match="gbtree_model_param"):
        export(classifier, tmp_path / "model.onnx")


def test_it_refuses_float64(measured):
    X, y = load_iris(return_X_y=True)
    classifier = xgboost.XGBClassifier(**FAST).fit(X, y)
    initial_types = [("X", types.DoubleTensorType(["N", 4]))]
    with pytest.raises(RuntimeError, match="got an input X with a wrong type"):
        onnxmltools.convert_xgboost(classifier, initial_types=initial_types)
    measured("float64", "refused")
