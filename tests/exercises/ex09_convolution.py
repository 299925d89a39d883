"""Convolution: a network that looks at neighbouring pixels, and then one node less of it.

Eight small filters slide over the image; what they see is normalised, cut off below 0, and
of four neighbours the largest is kept. A logistic regression on these 128 numbers, fitted
by scikit-learn, tells the digits apart:

    C = Conv(X, K) + K_bias                       (N, 1, 8, 8) -> (N, 8, 8, 8)   padded by 1
    Z = scale * (C - mean) / sqrt(variance + 0.001) + shift                       BatchNormalization
    M = MaxPool(ReLU(Z))                          (N, 8, 8, 8) -> (N, 8, 4, 4)   2 x 2, 2 apart
    P = Softmax(Flatten(M) @ W + B)               (N, 128) @ (128, 10) -> (N, 10)

The starting file has all weights, and a graph that ends after ReLU. Finish it. Then fold the
normalisation into the convolution, as everybody does before deploying: the mean and the
variance are known, so Z is a convolution with other filters and another bias. It worked if
numpy's sliding windows agree and no BatchNormalization is left.
"""

from functools import cache

import numpy as np
import onnx
from onnx import numpy_helper
from sklearn.linear_model import LogisticRegression

import neural_network as script
from tests import networks

INPUTS = {"float[N,1,8,8] X": "images, pixels 0 to 1; the 1 is the number of colours"}
OUTPUTS = {"float[N,10] P": "the probability of each digit"}
EPSILON = 1e-3  # against a division by 0; ONNX has 1e-5 by default, Keras 1e-3
HINTS = [
    "Four nodes are missing: MaxPool with kernel_shape=[2, 2] and strides=[2, 2], Flatten, Gemm (a"
    " matrix product and a sum in one: A, B, C), Softmax. Let P be the only output.",
    "Z is factor * C + (shift - factor * mean) with factor = scale / sqrt(variance + epsilon), a"
    " number for each of the eight filters.",
    "A factor in front of a convolution may be multiplied into its filters:"
    " K * factor.reshape(8, 1, 1, 1). Do not forget that K_bias gets it, too.",
]

START = """
<
  ir_version: 8,
  opset_import: ["" : 18]
>
digits (float[N,1,8,8] X) => (float[N,8,8,8] H)
{
   C = Conv <pads = [1, 1, 1, 1]> (X, K, K_bias)
   Z = BatchNormalization <epsilon = 0.001> (C, scale, shift, mean, variance)
   H = Relu (Z)
}
"""


# The same by numpy
def convolve(X, weights):
    """Return C (N, 8, 8, 8): at each pixel each filter's product with the 3 x 3 pixels around."""
    return networks.convolve(X, weights["K"]) + weights["K_bias"].reshape(8, 1, 1)


def look(X, weights):
    """Return the features (N, 128) of images X (N, 1, 8, 8)."""
    C = convolve(X, weights)
    Z = networks.standardise(C, weights["mean"], weights["variance"], EPSILON)
    scale = weights["scale"].reshape(8, 1, 1)
    shift = weights["shift"].reshape(8, 1, 1)
    return networks.pool(scale * Z + shift)


@cache
def train():
    """Return the weights by name, float64: random filters, and a fitted logistic regression."""
    X, _, y, _ = script.load_data()
    X = X.reshape(-1, 1, 8, 8)
    random = np.random.default_rng(0)
    weights = {
        "K": random.normal(size=(8, 1, 3, 3)),
        "K_bias": random.normal(size=8),
        "scale": random.uniform(0.5, 1.5, 8),
        "shift": random.normal(size=8) / 4,
    }
    C = convolve(X, weights)
    weights["mean"] = C.mean(axis=(0, 2, 3))  # (N, 8, 8, 8) -> (8,): one for each filter
    weights["variance"] = C.var(axis=(0, 2, 3))
    classifier = LogisticRegression(solver="saga", tol=1e-2, random_state=0)
    classifier.fit(look(X, weights), y)
    weights["W"] = classifier.coef_.T  # (10, 128).T -> (128, 10)
    weights["B"] = classifier.intercept_
    return weights


def start():
    """Return the model that the reader begins with."""
    model = onnx.parser.parse_model(START)
    for name, array in train().items():
        tensor = numpy_helper.from_array(array.astype(np.float32), name)
        model.graph.initializer.append(tensor)
    return model
