"""The files that all engines of this folder run, and how far an answer may be from numpy's.

The tolerance is the one that the script which wrote the file asserts for onnxruntime.
"""

import linear_regression
import neural_network
import sklearn_converter
from tests import networks

KINDS = {
    "convolution": "convolution.onnx",
    "recurrence": "recurrence.onnx",
    "attention": "attention.onnx",
}
PORTABLE = {
    "linear": "linear_regression.onnx",
    "network": "neural_network.portable.onnx",
    "classifier": "sklearn_converter.portable.onnx",
}
SPECIAL = {
    "user-defined operator": "neural_network.onnx",
    "ai.onnx.ml": "sklearn_converter.onnx",
}
FILES = PORTABLE | KINDS | SPECIAL  # the columns of the tables
TOLERANCES = {
    "linear": linear_regression.TOLERANCE,
    "network": neural_network.TOLERANCE,
    "classifier": sklearn_converter.TOLERANCE,
    **networks.TOLERANCES,
    "user-defined operator": neural_network.TOLERANCE,
    "ai.onnx.ml": sklearn_converter.TOLERANCE,
}
ROWS = (1, 7, 1000)  # how many are fed, unless it is said otherwise
