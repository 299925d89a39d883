"""CatBoost."""

import onnx

NAME = "CatBoost"
EXPORTER = 'model.save_model(path, format="onnx")'
PACKAGES = "catboost"
WRONG = "`boost_from_average` of two classes, `MultiClassOneVsAll`, `Poisson`"


def export(model, path):
    """Write the model, as the operator TreeEnsembleClassifier or TreeEnsembleRegressor."""
    model.save_model(path, format="onnx")
    exported = onnx.load(path)
    if exported.graph.node[-1].op_type == "ZipMap":  # or probabilities come back as dictionaries
        zipmap = exported.graph.node.pop()
        shape = ["N", len(model.classes_)]
        value = onnx.helper.make_tensor_value_info(zipmap.input[0], onnx.TensorProto.FLOAT, shape)
        exported.graph.output[-1].CopyFrom(value)
    else:  # it declares (N,), and onnxruntime, which gives (N, 1), warns at every call
        exported.graph.output[0].type.tensor_type.shape.dim.add().dim_value = 1
    onnx.save(exported, path)
