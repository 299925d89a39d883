"""How do I get my model out of scikit-learn?"""

import numpy as np
import onnxruntime
import pytest

from tests.interop.common import check_export, need

NAME, EXPORTER = "scikit-learn", "skl2onnx.to_onnx"
skl2onnx = need(NAME, "skl2onnx")


def export(classifier, path, X):
    """Write the classifier; X (N, 64) is an example of its input, in the wanted precision."""
    model = skl2onnx.to_onnx(classifier, X[:1], target_opset=18, options={"zipmap": False})
    path.write_bytes(model.SerializeToString())


@pytest.mark.parametrize("dtype, atol", [("float32", 2e-6), ("float64", 1e-14)])
def test_the_file_is_the_network(dtype, atol, digits, tmp_path, note):
    export(digits.classifier, tmp_path / "model.onnx", digits.X.astype(dtype))
    weights = digits.weights + digits.biases
    note(dtype, check_export(tmp_path / "model.onnx", digits.X, digits.P, atol, weights))


def test_with_zipmap_the_probabilities_are_a_list_of_dictionaries(digits, tmp_path):
    X = digits.X[:2].astype(np.float32)
    model = skl2onnx.to_onnx(digits.classifier, X)  # ZipMap is on by default
    session = onnxruntime.InferenceSession(model.SerializeToString())
    P = session.run(None, {"X": X})[1]
    assert [type(row) for row in P] == [dict, dict]
