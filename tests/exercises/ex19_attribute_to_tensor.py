"""From attribute to tensor: a layer whose setting is a number to compute with.

Networks of today have SiLU where older ones have ReLU, a product with a gate between 0 and 1:

    DenseSilu(X, W, B; slope) = Z * Sigmoid(slope * Z)      with Z = X @ W + B

Dense of the second lesson hands its attribute on to LeakyRelu, which has an attribute itself.
Sigmoid has none: slope has to become a tensor, which Mul can read. The starting file is such a
network with Dense. Its hidden layers shall have SiLU, with slope 1.0 in the first and 1.702 in
the second (there SiLU is nearly GELU); DenseSilu shall be the only function in the file.

And the last layer? Dense with alpha = 1 was plain. No slope makes DenseSilu plain, but one comes
near. It worked if numpy agrees. (onnxruntime inlines the function, finds product and gate in its
nodes, and runs them as one node of its own, QuickGelu.)
"""

from functools import cache

import numpy as np
from sklearn.linear_model import LogisticRegression

import neural_network as script

INPUTS = {"float[N,64] X": "images of 8 x 8 pixels, 0 to 1"}
OUTPUTS = {"float[N,10] P": "the probability of each digit"}
SLOPES = (1.0, 1.702)
HINTS = [
    "Inside a function @slope stands for what the call has stated, and only where a node takes an"
    " attribute. A Constant takes one: number = Constant <value_float: float = @slope> (). Without"
    " the text notation: helper.make_attribute_ref('value_float', AttributeProto.FLOAT,"
    " ref_attr_name='slope').",
    "Every call states its slope, as a float: helper.make_node(..., slope=1) makes an int of it,"
    " and value_float wants 1.0. A default in the function gets lost when somebody inlines.",
    "With slope 0 the gate is 1/2, whatever Z is: Y = Z / 2. Twice the weights and twice the bias"
    " make a plain layer of that, to the last bit. MatMul and Add in the graph make one, too.",
]


# The same by numpy
def silu(Z, slope):
    """Return Z times its gate."""
    return Z / (1 + np.exp(-slope * Z))


def look(X, weights, biases):
    """Return the last hidden layer (N, 64) for images X (N, 64)."""
    H = X
    for W, B, slope in zip(weights[:2], biases[:2], SLOPES, strict=True):
        H = silu(H @ W + B, slope)
    return H


@cache
def train():
    """Return weights and biases: hidden layers at random, and a fitted logistic regression."""
    X, _, y, _ = script.load_data()
    random = np.random.default_rng(0)
    weights = [random.normal(size=(64, 64)) / 4, random.normal(size=(64, 64)) / 4]
    biases = [random.normal(size=64) / 4, random.normal(size=64) / 4]
    classifier = LogisticRegression(tol=1e-2, max_iter=1000).fit(look(X, weights, biases), y)
    weights.append(classifier.coef_.T)  # (10, 64).T -> (64, 10)
    biases.append(classifier.intercept_)
    return weights, biases


def start():
    """Return the model that the reader begins with."""
    weights, biases = train()
    return script.build_model(weights, biases)
