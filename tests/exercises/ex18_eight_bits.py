"""Eight bits: store and compute in whole numbers, whose ranges a calibration has found.

A float32 becomes a byte by a scale and a zero point: x is about (byte - zero_point) * scale. For
weights the range is known; for what flows between the layers somebody has to look at typical
rows before: that is calibration. onnxruntime brings the tool:

    from onnxruntime.quantization import CalibrationDataReader, quantize_static

The starting file is a network of two layers that calls the function Dense. Quantise it with the
training images, load_data() of neural_network.py: QuantizeLinear and DequantizeLinear round what
flows, and all weights are int8. It worked if the probabilities are near those of numpy. The
page says what that costs, why nothing gets faster here, and how the other way, dynamic int8,
lets one row change another's answer.
"""

from functools import cache

import numpy as np
from sklearn.linear_model import LogisticRegression

import neural_network as script

INPUTS = {"float[N,64] X": "images of 8 x 8 pixels, 0 to 1: scans, and mixtures of two"}
OUTPUTS = {"float[N,10] P": "the probability of each digit"}
HINTS = [
    "If nothing has changed: the tool replaces operators that it knows, looks into no function,"
    " and says nothing. inline of neural_network.py leaves none.",
    "quantize_static(path, path_of_the_result, reader): reader is of a class of yours, derived"
    " from CalibrationDataReader, whose get_next() returns a feed such as {'X': rows}, and None"
    " when there are no more.",
    "The rows have to be such as the file will meet: many, and prepared in the same way. Their"
    " least and greatest numbers become the ranges; what lies beyond is cut off.",
]


@cache
def train():
    """Return weights and biases: a hidden layer at random, and a fitted logistic regression."""
    X, _, y, _ = script.load_data()
    random = np.random.default_rng(0)
    W = random.normal(size=(64, 64)) / 4
    B = random.normal(size=64) / 4
    H = np.maximum(X @ W + B, 0)
    classifier = LogisticRegression(C=0.1, tol=1e-2, max_iter=1000).fit(H, y)
    return [W, classifier.coef_.T], [B, classifier.intercept_]  # (10, 64).T -> (64, 10)


def start():
    """Return the model that the reader begins with."""
    weights, biases = train()
    return script.build_model(weights, biases)
