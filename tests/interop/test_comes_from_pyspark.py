"""How do I get my model out of PySpark?

Install it:  pip install pyspark onnxmltools pandas
Try it:      pytest tests/interop/test_comes_from_pyspark.py

Spark needs Java, 17 or newer: on Debian, apt-get install openjdk-17-jre-headless.
"""

import sys

import numpy as np
import onnx
import pytest
import scipy.special
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_iris

import sklearn_converter
from tests.interop.common import need, need_program
from tests.interop.frameworks.pyspark import NAME, export, mend

need(NAME, "pyspark")
need(NAME, "pandas")  # the converter reads trees with it
need_program(NAME, "java", install="apt-get install openjdk-17-jre-headless")
sql = need(NAME, "pyspark.sql")
linalg = need(NAME, "pyspark.ml.linalg")
ml = need(NAME, "pyspark.ml.classification")
onnxmltools = need(NAME, "onnxmltools")
types = need(NAME, "onnxmltools.convert.common.data_types")
ATOL = 2e-6  # Spark computes in float64, the file in float32, with scores up to 20 or so


@pytest.fixture(scope="module")
def spark():
    """Return a Spark of one process, which serves no page and listens to this machine only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("PYTHONWARNINGS", "ignore")  # of the processes that Spark starts
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        builder = sql.SparkSession.builder.master("local[1]").config("spark.ui.enabled", False)
        session = builder.config("spark.sql.shuffle.partitions", 1).getOrCreate()
        session.sparkContext.setLogLevel("OFF")
        yield session
        session.stop()


@pytest.fixture(scope="module")
def iris():
    """Return 150 flowers and their species; float32 holds each number exactly."""
    X, y = load_iris(return_X_y=True)
    return X.astype(np.float32).astype(float), y


@pytest.fixture(scope="module")
def regression(spark, iris):
    """Return Spark's logistic regression for the three species."""
    estimator = ml.LogisticRegression(regParam=0.01)
    return estimator.fit(make_frame(spark, *iris))


def make_frame(spark, X, y):
    """Return a data frame of Spark's with X (N, 4) and y (N,)."""
    rows = zip(X, y, strict=True)
    table = [(linalg.Vectors.dense(features), float(label)) for features, label in rows]
    return spark.createDataFrame(table, ["features", "label"])


def ask_spark(spark, model, X):
    """Return the labels (N,) and probabilities (N, classes) that Spark itself gives."""
    rows = model.transform(make_frame(spark, X, np.zeros(len(X)))).collect()
    labels = np.array([row.prediction for row in rows])
    return labels, np.array([row.probability.toArray() for row in rows])


def predict(model, X):
    """Return the file's labels (N,) and probabilities (N, classes)."""
    onnx.checker.check_model(model, full_check=True)
    session = sklearn_converter.load_model(model.SerializeToString())
    assert session.get_inputs()[0].shape == ["N", 4]
    return session.run(["prediction", "probability"], {"features": X.astype(np.float32)})


def test_three_classes_end_in_the_wrong_function_and_no_label_shows_it(
    spark, iris, regression, tmp_path, measured
):
    X, _ = iris
    labels, P = ask_spark(spark, regression, X)
    scores = X @ regression.coefficientMatrix.toArray().T + regression.interceptVector.toArray()
    assert_allclose(P, scipy.special.softmax(scores, axis=1), rtol=0, atol=1e-12)

    export(spark, regression, tmp_path / "model.onnx")
    model = onnx.load(tmp_path / "model.onnx")
    classifier, normalizer = model.graph.node
    label, wrong = predict(model, X)
    assert abs(wrong - P).max() > 0.4
    assert_array_equal(label, labels)  # the largest score wins in either function
    # Which function is it? A sigmoid for each class, then divided by their sum.
    sigmoids = scipy.special.expit(scores)
    assert_allclose(wrong, sigmoids / sigmoids.sum(axis=1, keepdims=True), rtol=0, atol=ATOL)
    assert onnx.helper.get_node_attr_value(classifier, "post_transform") == b"LOGISTIC"
    assert onnx.helper.get_node_attr_value(normalizer, "norm") == b"L1"
    measured("float32", "> 0.4")
    measured("verdict", "answers wrongly")

    mend(model)
    label, right = predict(model, X)
    assert_allclose(right, P, rtol=0, atol=ATOL)
    assert_allclose(right, scipy.special.softmax(scores, axis=1), rtol=0, atol=ATOL)
    assert_array_equal(label, labels)
    measured("mended", f"{ATOL:.0e}")


def test_two_classes_are_right_and_stay_so_if_mended(spark, iris, tmp_path):
    X, y = iris
    model = ml.LogisticRegression(regParam=0.01).fit(make_frame(spark, X, y == 2))
    export(spark, model, tmp_path / "model.onnx")
    exported = onnx.load(tmp_path / "model.onnx")
    mend(exported)
    assert exported == onnx.load(tmp_path / "model.onnx")
    label, P = predict(exported, X)
    labels, exact = ask_spark(spark, model, X)
    assert_allclose(P, exact, rtol=0, atol=ATOL)
    assert_array_equal(label, labels)


def test_another_threshold_is_lost(spark, iris, tmp_path):
    X, y = iris
    estimator = ml.LogisticRegression(regParam=0.01, threshold=0.2)
    model = estimator.fit(make_frame(spark, X, y == 2))
    export(spark, model, tmp_path / "model.onnx")
    label, _ = predict(onnx.load(tmp_path / "model.onnx"), X)
    labels, P = ask_spark(spark, model, X)
    assert_array_equal(labels, P[:, 1] > 0.2)
    assert_array_equal(label, P[:, 1] > 0.5)
    assert (label != labels).any()


def test_trees_and_networks_are_right(spark, iris, tmp_path):
    X, y = iris
    frame = make_frame(spark, X, y)
    forest = ml.RandomForestClassifier(numTrees=5, seed=0)
    network = ml.MultilayerPerceptronClassifier(layers=[4, 5, 3], seed=0, maxIter=20)
    # The network is sure of itself: its scores reach 100, of which float32 keeps 1e-5.
    for estimator, atol in [(forest, ATOL), (network, 1e-4)]:
        model = estimator.fit(frame)
        export(spark, model, tmp_path / "model.onnx")
        label, P = predict(onnx.load(tmp_path / "model.onnx"), X)
        labels, exact = ask_spark(spark, model, X)
        assert_allclose(P, exact, rtol=0, atol=atol)
        assert_array_equal(label, labels)


def test_a_multinomial_regression_of_two_classes_is_refused(spark, iris, tmp_path):
    X, y = iris
    estimator = ml.LogisticRegression(family="multinomial", maxIter=5)
    model = estimator.fit(make_frame(spark, X, y == 2))
    with pytest.raises(Exception, match="Multinomial models contain a matrix of coefficients"):
        export(spark, model, tmp_path / "model.onnx")


def test_it_refuses_float64(spark, regression, measured):
    X = types.DoubleTensorType(["N", 4])
    with pytest.raises(RuntimeError, match="got an input features with a wrong type"):
        onnxmltools.convert_sparkml(regression, "m", [("features", X)], spark_session=spark)
    measured("float64", "refused")
