"""What the page says that was passed to skl2onnx: without it, other things happen."""

import numpy as np
import onnxruntime
import pytest
from skl2onnx import to_onnx
from skl2onnx.common.data_types import StringTensorType
from sklearn.ensemble import IsolationForest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from tests.estimators.kinds import OPSET, convert, convert_texts, run

X = np.array([[0.0], [1.0], [2.0], [3.0]], np.float32)
TEXTS = np.array(["red fox", "fox dog"], object)


def locale_of(file):
    """Return the locale that a file of texts asks for."""
    for node in file.graph.node:
        for attribute in node.attribute:
            if attribute.name == "locale":
                return attribute.s.decode()
    return None


def test_isolation_forest_needs_the_opsets():
    model = IsolationForest(n_estimators=3, random_state=0).fit(X)
    with pytest.raises(RuntimeError, match=r"ai\.onnx\.ml"):
        to_onnx(model, X)
    assert convert(model, X)


def test_a_classifier_answers_with_dictionaries_unless_zipmap_is_off():
    model = LogisticRegression().fit(X, [0, 0, 1, 1])
    assert isinstance(run(to_onnx(model, X, target_opset=OPSET), X)[0], dict)
    assert run(convert(model, X, zipmap=False), X).shape == (4, 2)


def test_a_file_of_texts_needs_the_locale_of_onnxruntime_unless_it_names_one():
    model = CountVectorizer().fit(TEXTS)
    types = [("X", StringTensorType([None]))]
    file = to_onnx(model, initial_types=types, target_opset=OPSET)
    assert locale_of(file) is None
    assert locale_of(convert_texts(model)) == "C"
    content = file.SerializeToString()
    try:
        onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    except Exception as error:
        assert "en_US" in str(error)
