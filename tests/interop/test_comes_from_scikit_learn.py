"""How do I get my model out of scikit-learn?

Install it:  pip install scikit-learn skl2onnx
Try it:      pytest tests/interop/test_comes_from_scikit_learn.py
"""

import numpy as np
import pytest

import neural_network
from tests.interop.common import PRECISIONS, check_export, need
from tests.interop.frameworks.scikit_learn import NAME, export

skl2onnx = need(NAME, "skl2onnx")


@pytest.mark.parametrize("dtype, atol", PRECISIONS)
def test_the_file_is_the_network(dtype, atol, digits, tmp_path, measured):
    export(digits.classifier, tmp_path / "model.onnx", digits.X.astype(dtype))
    weights = digits.weights + digits.biases
    check_export(tmp_path / "model.onnx", digits.X, digits.P, atol, weights)
    measured(dtype, f"{atol:.0e}")
    measured("verdict", "works")


def test_with_zipmap_the_probabilities_are_a_list_of_dictionaries(digits, tmp_path):
    X = digits.X[:2].astype(np.float32)
    model = skl2onnx.to_onnx(digits.classifier, X)  # ZipMap is on by default
    session = neural_network.load_model(model.SerializeToString())
    P = session.run(None, {"X": X})[1]
    assert [type(row) for row in P] == [dict, dict]
