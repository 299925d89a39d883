"""LibSVM: the converter does not start."""

NAME = "LibSVM"
EXPORTER = "onnxmltools.convert.libsvm"
PACKAGES = "libsvm-official onnxmltools"
INSTEAD = "scikit-learn's `SVC`, which is LibSVM"
