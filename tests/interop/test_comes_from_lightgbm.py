"""How do I get my model out of LightGBM?

Install it:  pip install lightgbm onnxmltools
Try it:      pytest tests/interop/test_comes_from_lightgbm.py
"""

import re

import numpy as np
import onnx
import pytest
from numpy.testing import assert_array_equal

import sklearn_converter
from tests.interop.common import check_export, need
from tests.interop.frameworks.lightgbm import NAME, export

# Its library leaves OpenMP to the system.
lightgbm = need(NAME, "lightgbm", install="apt-get install libgomp1, then bash .ci/interop")
onnxmltools = need(NAME, "onnxmltools")
types = need(NAME, "onnxmltools.convert.common.data_types")


@pytest.fixture(scope="module")
def classifier():
    """Return 20 rounds of trees for Iris, the same ones every time."""
    X, _, y, _ = sklearn_converter.load_data()
    options = {"deterministic": True, "force_row_wise": True, "n_jobs": 1, "verbose": -1}
    return lightgbm.LGBMClassifier(n_estimators=20, **options).fit(X, y)


def sample(steps):
    """Return 1,000 flowers, measured to 1 / steps cm, in float64."""
    seen = sklearn_converter.load_data()[0]
    X = np.random.default_rng(0).uniform(seen.min(axis=0), seen.max(axis=0), (1000, 4))
    return (X * steps).round() / steps


def test_the_file_is_the_classifier(classifier, tmp_path, measured):
    export(classifier, tmp_path / "model.onnx")
    X = sample(steps=1024)  # float32 holds each of these numbers exactly
    atol = 2e-6  # the leaves of 20 trees are added up, each rounded to float32
    check_export(tmp_path / "model.onnx", X, classifier.predict_proba(X), atol)
    measured("float32", f"{atol:.0e}")
    measured("verdict", "works")
    session = sklearn_converter.load_model(tmp_path / "model.onnx")
    assert session.get_outputs()[0].shape == ["N"]
    (label,) = session.run(["label"], {"X": X.astype(np.float32)})
    assert_array_equal(label, classifier.predict(X))


def test_thresholds_and_leaves_are_in_the_file_rounded_to_float32(classifier, tmp_path):
    export(classifier, tmp_path / "model.onnx")
    node = onnx.load(tmp_path / "model.onnx").graph.node[0]
    trees = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    inner = np.array(trees["nodes_modes"]) != b"LEAF"
    stored = {"threshold": trees["nodes_values"], "leaf_value": trees["class_weights"]}
    stored["threshold"] = np.array(stored["threshold"])[inner]
    text = classifier.booster_.model_to_string()
    for kind, numbers in stored.items():
        lines = re.findall(rf"^{kind}=(.*)$", text, re.MULTILINE)  # a line for each tree
        exact = np.array(" ".join(lines).split(), float)
        assert_array_equal(np.sort(numbers), np.sort(exact.astype(np.float32)))


def test_where_rows_meet_thresholds_the_file_gives_the_answer_for_float64(classifier, tmp_path):
    # Thresholds lie halfway between measurements: at 5.05, say, where the next float32 is larger.
    # The file rounds row and threshold alike, and the row keeps its side; LightGBM, fed float32,
    # compares the rounded row with the exact threshold, and the row changes sides.
    export(classifier, tmp_path / "model.onnx")
    X = sample(steps=20)
    P = sklearn_converter.predict(sklearn_converter.load_model(tmp_path / "model.onnx"), X)
    assert abs(P - classifier.predict_proba(X)).max() < 2e-6
    assert abs(P - classifier.predict_proba(X.astype(np.float32))).max() > 0.1


def test_it_refuses_float64(classifier, measured):
    X = types.DoubleTensorType(["N", 4])
    with pytest.raises(RuntimeError, match="got an input X with a wrong type"):
        onnxmltools.convert_lightgbm(classifier, initial_types=[("X", X)])
    measured("float64", "refused")
