"""How do I get my model out of LibSVM?

Install it:  pip install libsvm-official onnxmltools
Try it:      pytest tests/interop/test_comes_from_libsvm.py
"""

import importlib

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_iris
from sklearn.svm import SVC

import sklearn_converter
from tests.interop.common import need
from tests.interop.frameworks.libsvm import NAME

svmutil = need(NAME, "libsvm.svmutil")
main = need(NAME, "onnxmltools.convert.main")
skl2onnx = need(NAME, "skl2onnx")


@pytest.fixture(scope="module")
def iris():
    """Return 150 flowers and their species."""
    return load_iris(return_X_y=True)


@pytest.fixture(scope="module")
def classifier(iris):
    """Return a support vector machine for Iris: a Gaussian kernel, gamma 0.25, C 1."""
    X, y = iris
    return svmutil.svm_train(y.tolist(), X.tolist(), "-t 2 -g 0.25 -c 1 -q")


def test_the_converter_does_not_start(classifier, measured):
    # It looks for a module that the package of today keeps inside another one.
    with pytest.raises(RuntimeError, match="libsvm is not installed"):
        main.convert_libsvm(classifier, "model")
    # What it would call imports a function that onnxmltools does not have any more.
    with pytest.raises(ImportError, match="cannot import name 'cast_list'"):
        importlib.import_module("onnxmltools.convert.libsvm")
    measured("verdict", "broken")


def test_scikit_learn_trains_the_same_model_and_that_one_converts(iris, classifier):
    X, y = iris
    labels, _, values = svmutil.svm_predict(y.tolist(), X.tolist(), classifier, "-q")
    # Values of pairs of classes, as LibSVM gives them, for lack of probabilities.
    same = SVC(kernel="rbf", gamma=0.25, C=1, decision_function_shape="ovo").fit(X, y)
    assert_allclose(same.decision_function(X), values, rtol=0, atol=1e-12)
    options = {"zipmap": False}
    model = skl2onnx.to_onnx(same, X[:1].astype(np.float32), options=options)
    session = sklearn_converter.load_model(model.SerializeToString())
    label, scores = session.run(None, {"X": X.astype(np.float32)})
    assert_array_equal(label, labels)
    # Up to 3 in float32, summed over dozens of support vectors.
    assert_allclose(scores, values, rtol=0, atol=1e-5)
