"""H2O in the last release that exports."""

import onnx

NAME = "H2O 3.46.0.11"
EXPORTER = "onnxmltools.convert_h2o"
PACKAGES = "h2o onnxmltools"
BEFORE = "H2O"
ALONE = "h2o==3.46.0.11 onnxmltools==1.16.0"
BUT = "missing values and logarithmic links are refused; of two classes, it is the label for 0.5"


def export(model, path, width=4):
    """Write the trees for rows of so many features, through H2O's own format."""
    import onnxmltools
    from onnxmltools.convert.common.data_types import FloatTensorType

    mojo = model.download_mojo(str(path.with_suffix(".zip")))
    X = FloatTensorType(["N", width])  # there is no float64
    onnx.save(onnxmltools.convert_h2o(mojo, initial_types=[("X", X)]), path)
