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


def run(path, inputs):
    onnxruntime = load()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    # Without providers it would run on whatever this build of the package likes best.
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return session.run(None, make_feed(path, inputs))
