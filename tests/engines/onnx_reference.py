"""onnx.reference: the onnx package evaluates files itself, in numpy, to check others by.

It is right for what this repository's scripts write, of opset 18; of older files a
BatchNormalization of opset 9 to 13 is answered otherwise, without a word.
"""

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
