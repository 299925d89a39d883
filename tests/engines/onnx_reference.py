"""onnx.reference: the onnx package evaluates files itself, in numpy, written to be read.

It is right for what this repository's scripts write without functions, of opset 18, and no judge of
others: a BatchNormalization of opset 9 to 13, and an LSTM or GRU whose rows differ in length, are
answered otherwise, without a word; a LeakyRelu in a function, by whose attribute it is told, is
refused.
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
