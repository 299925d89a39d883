"""scikit-learn."""

NAME = "scikit-learn"
EXPORTER = "skl2onnx.to_onnx"
PACKAGES = "scikit-learn skl2onnx"
WRONG = "what the page of [estimators](../estimators/README.md) lists"


def export(classifier, path, X):
    """Write the classifier; X (N, 64) is an example of its input, in the wanted precision."""
    import skl2onnx

    model = skl2onnx.to_onnx(classifier, X[:1], target_opset=18, options={"zipmap": False})
    path.write_bytes(model.SerializeToString())
