"""Core ML, Apple's format: the converter does not start."""

NAME = "Core ML"
EXPORTER = "onnxmltools.convert_coreml"
PACKAGES = "coremltools onnxmltools"
INSTEAD = "the model that the Core ML file was made from"
