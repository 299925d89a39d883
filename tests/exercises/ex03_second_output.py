"""A second output: the last hidden layer beside the probabilities, as embeddings are made.

The starting file is the network of the second lesson. Let it answer H2 as well, what it
sees in an image, in 16 numbers:

    H1 = ReLU(X @ W1 + B1)      H2 = ReLU(H1 @ W2 + B2)
    H3 = H2 @ W3 + B3           P  = Softmax(H3)

P stays the first output: whoever takes the first one goes on getting it. No node is needed.
It worked if numpy computes the same layer.
"""

import neural_network as script
from tests.networks import train_digits as train

INPUTS = {"float[N,64] X": "images of 8 x 8 pixels, 0 to 1"}
OUTPUTS = {
    "float[N,10] P": "the probability of each digit",
    "float[N,16] H2": "the second hidden layer",
}
HINTS = [
    "H2 is a wire already: print the nodes, and you see who writes it.",
    "An output is a wire that is declared: name, type and shape, as in"
    " onnx.helper.make_tensor_value_info. model.graph.output is a list.",
]


def start():
    """Return the model that the reader begins with."""
    network = train()
    return script.build_model(network.coefs_, network.intercepts_)
