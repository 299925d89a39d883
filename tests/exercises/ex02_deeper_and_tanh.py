"""Deeper, and Tanh: one call makes a layer more, and another operator another network.

The starting file holds the weights of a network with three hidden layers, W1 to W4 and B1
to B4, but its graph leaves out the third layer, and its hidden layers use ReLU. Put the
layer in, and let the hidden layers use Tanh, as scikit-learn did in training:

    H1 = Tanh(X @ W1 + B1)      H2 = Tanh(H1 @ W2 + B2)      H3 = Tanh(H2 @ W3 + B3)
    H4 = H3 @ W4 + B4           P  = Softmax(H4)

See what changes for a layer, and what for an operator. It worked if P is scikit-learn's
predict_proba.
"""

from functools import cache

from sklearn.neural_network import MLPClassifier

import neural_network as script

INPUTS = {"float[N,64] X": "images of 8 x 8 pixels, 0 to 1"}
OUTPUTS = {"float[N,10] P": "the probability of each digit"}
HINTS = [
    "A layer is one call of Dense: it reads the layer before, W3 and B3. alpha = 0 makes it a"
    " hidden layer. The call after it has to read what it writes.",
    "Dense is in model.functions. A second function, say DenseTanh, may stand beside it: MatMul,"
    " Add, Tanh, and no attribute.",
    "A call of another function is the same node with another op_type. Tanh takes no alpha:"
    " `del node.attribute[:]`. The last layer stays a Dense.",
]


@cache
def train():
    """Return the fitted classifier."""
    X, _, y, _ = script.load_data()
    network = MLPClassifier((32, 16, 16), "tanh", learning_rate_init=0.01, tol=1e-3, random_state=0)
    return network.fit(X, y)


def start():
    """Return the model that the reader begins with."""
    network = train()
    model = script.build_model(network.coefs_, network.intercepts_)
    third = model.graph.node[2]
    last = model.graph.node[3]
    last.input[0] = "H2"
    model.graph.node.remove(third)
    return model
