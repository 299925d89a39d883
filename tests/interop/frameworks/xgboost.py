"""XGBoost."""

import onnx

NAME = "XGBoost"
EXPORTER = "onnxmltools.convert_xgboost"
PACKAGES = "xgboost-cpu onnxmltools"
WRONG = "a random forest of three classes, `reg:logistic`, two targets"


def export(model, path):
    """Write the model, as the operator TreeEnsembleClassifier or TreeEnsembleRegressor."""
    import onnxmltools
    from onnxmltools.convert.common.data_types import FloatTensorType

    X = FloatTensorType(["N", model.n_features_in_])  # there is no float64
    onnx.save(onnxmltools.convert_xgboost(model, initial_types=[("X", X)]), path)
