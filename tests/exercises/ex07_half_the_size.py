"""Half the size: store the weights in fewer bits, and compute as before.

The starting file is the network of the second lesson, inlined: 2720 weights of 4 bytes.
Store W1, W2 and W3 as float16, rounded to the nearest, and let the graph turn them back
into float32 before it computes:

    W = Cast(W_stored)

Biases, input and output stay float32. It worked if numpy, with weights rounded alike, gives
the same probabilities, and the file has at most 7/10 of the bytes.

These weights are small. What float16 makes of those beyond 65504, the page shows.
"""

import neural_network as script
from tests.networks import train_digits as train

INPUTS = {"float[N,64] X": "images of 8 x 8 pixels, 0 to 1"}
OUTPUTS = {"float[N,10] P": "the probability of each digit"}
HINTS = [
    "model.graph.initializer holds the weights. onnx.numpy_helper.to_array and from_array turn"
    " them into arrays and back.",
    "An initializer W1_stored in float16, a node Cast that reads it and writes the wire W1: the"
    " nodes that read W1 need not know.",
    "Nodes run in their order: each Cast has to stand before the node that reads its output.",
]


def start():
    """Return the model that the reader begins with."""
    network = train()
    model = script.build_model(network.coefs_, network.intercepts_)
    return script.inline(model)
