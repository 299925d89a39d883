"""PySpark: of three classes the file answers otherwise, until it is mended."""

import onnx

NAME = "PySpark"
EXPORTER = "onnxmltools.convert_sparkml"
PACKAGES = "pyspark onnxmltools"
INSTEAD = "the file, mended by `mend` (three classes; with two, it is right)"


def export(spark, model, path):
    """Write the model."""
    import onnxmltools
    from onnxmltools.convert.common.data_types import FloatTensorType

    X = FloatTensorType(["N", 4])
    exported = onnxmltools.convert_sparkml(model, "m", [("features", X)], spark_session=spark)
    onnx.save(exported, path)


def mend(model):
    """Let a logistic regression of three classes or more end in softmax, as Spark's does."""
    for node in model.graph.node:
        attributes = {attribute.name: attribute for attribute in node.attribute}
        # Of two classes the scores are z and -z: there, LOGISTIC is right and softmax wrong.
        if node.op_type == "LinearClassifier" and len(attributes["classlabels_ints"].ints) > 2:
            attributes["post_transform"].s = b"SOFTMAX"
