"""H2O: its newest release exports for money alone."""

NAME = "H2O"
EXPORTER = "onnxmltools.convert_h2o"
PACKAGES = "h2o"
INSTEAD = "[release 3.46.0.11](test_comes_from_h2o_before.py), the last to export"
