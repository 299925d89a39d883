"""sklearn_converter.py against scikit-learn, and numpy in float64."""

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator
from skl2onnx.sklapi import CastTransformer
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LinearRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

import sklearn_converter as script
from tests.kit.numbers import assert_within, dense_bound, gamma, softmax, softmax_bound

ROWS = [0, 1, 7, 1000]


@pytest.fixture(scope="module")
def iris():
    """Return the fitted pipeline and the test part."""
    X_train, X_test, y_train, y_test = script.load_data()
    return script.train(X_train, y_train), X_test, y_test


@pytest.fixture(scope="module")
def path(runs):
    """Return the file that the script wrote."""
    return runs["sklearn_converter"].folder / "sklearn_converter.onnx"


@pytest.fixture(scope="module")
def portable_path(path):
    """Return the file that keeps to core operators."""
    return path.with_name("sklearn_converter.portable.onnx")


@pytest.fixture(scope="module")
def rows():
    """Return the training part, its classes, and all 150 rows."""
    X_train, X_test, y_train, _ = script.load_data()
    return X_train, y_train, np.vstack([X_train, X_test])


@pytest.fixture(scope="module")
def drift(rows):
    """Return the table of drift as {(pipeline, fed to each side): (difference, changed)}."""
    return {row[:3]: row[3:] for row in script.measure_drift(*rows)}


@pytest.fixture
def short(monkeypatch, drift):
    """Let main take the drift as it was measured once."""
    table = [[*key, *value] for key, value in drift.items()]
    monkeypatch.setattr(script, "measure_drift", lambda *rows: table)


def label_of(path, X):
    """Return the labels that the file itself gives, (N,)."""
    return script.load_model(path).run(["label"], {"X": X.astype(np.float32)})[0]


def exact_and_bound(X, pipeline):
    """Return the probabilities in float64 and their float32 error bound.

    mean, 1 / scale, weights and bias are rounded to float32 once; the difference and the product of
    the scaler round once each, and the quotient that the converter turned into a factor once. (The
    portable file divides by scale: a rounding less.)
    """
    scaler, classifier = pipeline[0], pipeline[1]
    Z = (X - scaler.mean_) / scaler.scale_
    error = gamma(1) * np.abs(scaler.mean_) / scaler.scale_ + gamma(5) * np.abs(Z)
    W, B = classifier.coef_.T, classifier.intercept_
    logits = Z @ W + B
    # The Normalizer after the softmax sums the classes and divides once more.
    return softmax(logits), softmax_bound(logits, dense_bound(Z, W, B, error, 1), W.shape[1] + 1)


@pytest.mark.parametrize("rows", ROWS)
def test_onnxruntime_stays_within_the_error_bound_of_numpy(rows, iris, path):
    rng = np.random.default_rng(rows)
    X = rng.uniform(0, 8, size=(rows, 4)).astype(np.float32).astype(float)
    P = script.predict(script.load_model(path), X)
    assert_within(P, *exact_and_bound(X, iris[0]))
    label = label_of(path, X)
    assert label.shape == (rows,)
    np.testing.assert_array_equal(label, P.argmax(axis=1))


@pytest.mark.parametrize("rows", ROWS)
def test_the_portable_file_stays_within_the_error_bound_and_names_the_same_labels(
    rows, iris, path, portable_path
):
    X = np.random.default_rng(rows).uniform(0, 8, size=(rows, 4)).astype(np.float32).astype(float)
    P = script.predict(script.load_model(portable_path), X)
    assert_within(P, *exact_and_bound(X, iris[0]))
    np.testing.assert_array_equal(P.argmax(axis=1), label_of(path, X))


def test_the_portable_file_holds_core_operators_and_the_weights_of_the_pipeline(
    iris, portable_path
):
    model = onnx.load(portable_path)
    assert [(opset.domain, opset.version) for opset in model.opset_import] == [("", 18)]
    kinds = [node.op_type for node in model.graph.node]
    assert kinds == ["Sub", "Div", "MatMul", "Add", "Softmax"]  # the formula, word by word
    assert [value.name for value in model.graph.output] == ["probabilities"]
    scaler, classifier = iris[0][0], iris[0][1]
    expected = [scaler.mean_, scaler.scale_, classifier.coef_.T, classifier.intercept_[np.newaxis]]
    stored = [onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer]
    for array, weights in zip(stored, expected, strict=True):
        np.testing.assert_array_equal(array, weights.astype(np.float32))


def test_a_portable_file_that_answers_otherwise_ends_with_status_1(short, disagrees):
    honest = script.build_model

    def dishonest(classifier, X, portable=False):
        model = honest(classifier, X, portable)
        if portable:
            model.graph.initializer[-1].float_data[0] += 0.001
        return model

    disagrees(script, "build_model", dishonest, "compared", "portable file, numpy")


def test_labels_that_disagree_end_with_status_1(short, disagrees):
    honest = script.build_model

    def dishonest(classifier, X, portable=False):
        model = honest(classifier, X, portable)
        for node in model.graph.node:
            for attribute in node.attribute:
                if attribute.name == "classlabels_ints":
                    attribute.ints[:] = [2, 1, 0]
        return model

    disagrees(script, "build_model", dishonest, "compared", "labels: onnxruntime, scikit-learn")


def test_a_scikit_learn_that_disagrees_ends_with_status_1(short, disagrees):
    honest = script.train

    def dishonest(X, y):
        pipeline = honest(X, y)
        answer = pipeline.predict_proba
        pipeline.predict_proba = lambda rows: answer(rows) * 1.001
        return pipeline

    disagrees(script, "train", dishonest, "compared", "scikit-learn, numpy")


def test_the_reference_evaluator_stays_within_the_error_bound_too(iris, path):
    pipeline, X, _ = iris
    X = X.astype(np.float32)
    label, P = ReferenceEvaluator(onnx.load(path)).run(None, {"X": X})
    assert_within(P, *exact_and_bound(X.astype(float), pipeline))
    np.testing.assert_array_equal(label, pipeline.predict(X))


def test_labels_and_probabilities_are_scikit_learns(iris, path):
    pipeline, X, _ = iris
    X = X.astype(np.float32).astype(float)
    P = script.predict(script.load_model(path), X)
    np.testing.assert_array_equal(label_of(path, X), pipeline.predict(X))
    assert_within(P, pipeline.predict_proba(X), exact_and_bound(X, pipeline)[1])


def test_the_numpy_reference_is_the_pipeline(iris):
    pipeline, X, _ = iris
    P = script.reference(X, pipeline)
    np.testing.assert_allclose(P, pipeline.predict_proba(X), rtol=0, atol=1e-13)  # float64's 1e-16


def test_the_pipeline_knows_unseen_flowers(iris):
    pipeline, X, y = iris
    assert pipeline.score(X, y) >= 0.9  # three times better than guessing


def test_the_test_part_is_held_out_and_has_as_much_of_each_species():
    X_train, X_test, y_train, y_test = script.load_data()
    assert X_train.shape == (112, 4) and X_test.shape == (38, 4)
    assert np.bincount(y_test).min() >= 12 and np.bincount(y_train).min() >= 37
    everything = np.vstack([X_train, X_test])
    np.testing.assert_array_equal(np.sort(everything, axis=0), np.sort(load_iris().data, axis=0))


def test_probabilities_are_an_array_not_a_list_of_dictionaries(path):
    outputs = script.load_model(path).get_outputs()
    assert [(value.name, value.type) for value in outputs] == [
        ("label", "tensor(int64)"),
        ("probabilities", "tensor(float)"),
    ]
    assert "ZipMap" not in {node.op_type for node in onnx.load(path).graph.node}


def test_the_flower_that_is_shown_is_the_first_unseen_one(runs, iris):
    pipeline, X, _ = iris
    P = pipeline.predict_proba(X[:1])[0]
    species = load_iris().target_names[P.argmax()]
    expected = f"predicted  a {species}, with probability {P.max():.3f}\n"
    assert expected in runs["sklearn_converter"].process.stdout


def test_class_names_in_the_file_are_those_of_the_data(path):
    metadata = script.load_model(path).get_modelmeta().custom_metadata_map
    assert metadata["classes"].split(",") == list(load_iris().target_names)


def test_feature_names_in_the_file_are_those_of_the_data_in_order(path):
    metadata = script.load_model(path).get_modelmeta().custom_metadata_map
    names = [name.removesuffix(" (cm)").replace(" ", "_") for name in load_iris().feature_names]
    assert metadata["features"].split(",") == names


# Drift --------------------------------------------------------------------------------------------
# 20 trees vote, and each sum of their votes rounds: gamma(20) = 1.2e-6. A tree that takes another
# branch changes a probability by up to 1 / 20: ten thousand times more.
AGREES = [("forest", "float64", "float32"), ("scaler, cast, forest", "float64", "float64")]


def test_a_forest_agrees_only_if_the_file_rounds_where_scikit_learn_does(drift):
    assert len(drift) == 7
    for row, (difference, changed) in drift.items():
        if row in AGREES:
            assert difference <= gamma(20) and changed == 0
        else:
            assert difference >= 0.005


def test_a_tree_of_scikit_learn_rounds_the_row_before_it_compares(rows):
    """The cause, without ONNX: rows that float32 holds alike get the same answer, scaler or not."""
    X_train, y_train, X = rows
    forest = RandomForestClassifier(n_estimators=20, random_state=2).fit(X_train, y_train)
    rounded = X.astype(np.float32).astype(float)
    assert (rounded != X).any()
    np.testing.assert_array_equal(forest.predict_proba(rounded), forest.predict_proba(X))
    scaled = make_pipeline(StandardScaler(), forest).fit(X_train, y_train)
    assert abs(scaled.predict_proba(rounded) - scaled.predict_proba(X)).max() >= 0.005


def test_a_forest_does_not_drift_in_float64_on_numbers_that_float32_can_hold(rows):
    X_train, y_train, X = rows
    forest = make_pipeline(RandomForestClassifier(n_estimators=20, random_state=2))
    forest.fit(X_train, y_train)
    rounded = X.astype(np.float32).astype(float)
    session = script.load_model(script.build_model(forest, rounded).SerializeToString())
    P = session.run(["probabilities"], {"X": rounded})[0]
    assert abs(P - forest.predict_proba(X)).max() <= gamma(20)


def test_the_mended_file_takes_float64_rows_and_refuses_those_of_predict(rows):
    X_train, y_train, X = rows
    cast = CastTransformer(dtype=np.float32)
    forest = RandomForestClassifier(n_estimators=20, random_state=2)
    mended = make_pipeline(StandardScaler(), cast, forest).fit(X_train, y_train)
    session = script.load_model(script.build_model(mended, X).SerializeToString())
    assert session.get_inputs()[0].type == "tensor(double)"
    with pytest.raises(
        Exception, match=r"Actual: \(tensor\(float\)\) , expected: \(tensor\(double"
    ):
        script.predict(session, X)


@pytest.mark.parametrize("row", range(7))
def test_a_drift_that_is_not_as_explained_ends_with_status_1(row, drift, short, disagrees):
    def dishonest(*arguments):
        table = [[*key, *value] for key, value in drift.items()]
        table[row][3] = 0.01 if table[row][3] < 1e-3 else 1e-7
        return table

    disagrees(script, "measure_drift", dishonest, "verdict", "drifts elsewhere")


def test_a_conversion_for_float64_rows_is_good_to_float64(iris):
    pipeline, X, _ = iris
    session = script.load_model(script.build_model(pipeline, X).SerializeToString())
    P = session.run(["probabilities"], {"X": X})[0]
    assert P.dtype == np.float64
    np.testing.assert_allclose(P, pipeline.predict_proba(X), rtol=0, atol=1e-13)  # float64's 1e-16


# What readers put in place of the pipeline --------------------------------------------------------
@pytest.mark.parametrize(
    "estimator",
    [LinearRegression(), KMeans(3, n_init=10, random_state=0), LinearSVC(dual=False), SVC()],
    ids=lambda estimator: type(estimator).__name__,
)
def test_what_has_no_probabilities_is_refused_by_name(estimator, rows):
    """skl2onnx would convert it, and call its scores probabilities, or know no zipmap there."""
    X_train, y_train, X = rows
    pipeline = make_pipeline(StandardScaler(), estimator).fit(X_train, y_train)
    with pytest.raises(
        AssertionError, match=f"(?s)expected probabilities, not .*{type(estimator).__name__}"
    ):
        script.build_model(pipeline, X.astype(np.float32))


def test_a_voting_ensemble_agrees(rows):
    X_train, y_train, X = rows
    voters = [("bayes", GaussianNB()), ("tree", DecisionTreeClassifier(random_state=0))]
    ensemble = VotingClassifier(voters, voting="soft", flatten_transform=False).fit(
        X_train, y_train
    )
    X32 = X.astype(np.float32)
    session = script.load_model(script.build_model(ensemble, X32).SerializeToString())
    expected = ensemble.predict_proba(X32.astype(float))
    np.testing.assert_allclose(script.predict(session, X32), expected, rtol=0, atol=1e-5)


def test_a_forest_of_two_classes_is_right(rows):
    """onnxruntime 1.26 and 1.27 answer below 0 and above 1: the lower bound leaves them out."""
    X_train, y_train, X = rows
    forest = RandomForestClassifier(n_estimators=20, random_state=2).fit(X_train, y_train == 1)
    X32 = X.astype(np.float32)
    session = script.load_model(script.build_model(forest, X32).SerializeToString())
    label, P = session.run(["label", "probabilities"], {"X": X32})
    assert abs(P - forest.predict_proba(X32)).max() <= gamma(20)
    np.testing.assert_array_equal(label, forest.predict(X32))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # protobuf 6 announces what 7 refuses
def test_gradient_boosting_by_histogram_converts_missing_values_included(rows):
    """With protobuf 7, skl2onnx stops with `Expected an int, got a boolean`: hence the pin."""
    X_train, y_train, X = rows
    X = X.copy()
    X[::3, 1] = np.nan
    booster = HistGradientBoostingClassifier(max_iter=5, random_state=0).fit(X_train, y_train)
    X32 = X.astype(np.float32)
    session = script.load_model(script.build_model(booster, X32).SerializeToString())
    P = session.run(["probabilities"], {"X": X32})[0]
    # Scores within 10, sums of 5 trees' leaves, are good to 1e-6 each; Softmax makes that less.
    np.testing.assert_allclose(P, booster.predict_proba(X32), rtol=0, atol=1e-5)
