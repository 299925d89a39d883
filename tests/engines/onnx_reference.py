"""onnx.reference: the onnx package evaluates files itself, in numpy, to check others by."""

from tests.engines import make_feed

NAME = "onnx.reference"
PACKAGE = "onnx"
WRITTEN_IN = "Python"
INSTALL = "pip install onnx"


def load():
    from onnx.reference import ReferenceEvaluator

    return ReferenceEvaluator


def run(path, inputs):
    ReferenceEvaluator = load()
    evaluator = ReferenceEvaluator(str(path))  # it refuses a Path
    return evaluator.run(None, make_feed(path, inputs))
