"""LightGBM."""

import onnx

NAME = "LightGBM"
EXPORTER = "onnxmltools.convert_lightgbm"
PACKAGES = "lightgbm onnxmltools"


def export(classifier, path):
    """Write the classifier, as the operator TreeEnsembleClassifier of ai.onnx.ml."""
    import onnxmltools
    from onnxmltools.convert.common.data_types import FloatTensorType

    X = FloatTensorType(["N", 4])  # there is no float64
    # Without zipmap=False the probabilities come back as a list of dictionaries.
    model = onnxmltools.convert_lightgbm(classifier, initial_types=[("X", X)], zipmap=False)
    # It declares one label, whatever the number of rows: onnxruntime warns at every call.
    model.graph.output[0].type.tensor_type.shape.dim[0].dim_param = "N"
    onnx.save(model, path)
