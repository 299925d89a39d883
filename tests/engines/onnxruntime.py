"""ONNX Runtime, by Microsoft, in C++."""

import os

from tests.engines import make_feed

NAME = "ONNX Runtime"
PACKAGE = "onnxruntime"
WRITTEN_IN = "C++"
INSTALL = "pip install onnxruntime"


def load():
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read by the import
    import onnxruntime

    return onnxruntime


def open_session(model):
    """Return a session of a file, or of a model's bytes, on this processor."""
    onnxruntime = load()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    # Without providers it would run on whatever this build of the package likes best.
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def run(path, inputs):
    return open_session(path).run(None, make_feed(path, inputs))
