"""The first wrong node: two programs part somewhere in a graph; find the node, and mend it.

The starting file is a network of six layers, whose probabilities are not numpy's. It calls
the operator Dense of the second lesson:

    XW = H @ W      Z = XW + B      H = ReLU(Z), in the last layer H = Z      P = Softmax(H)

No checker objects, and every shape fits. One node is wrong, and what comes after it is wrong
because of it. What each node should write, in the order of the inlined file, numpy says:
layers(X, *train()) of ex13_first_wrong_node.py. Compare wire by wire; a healthy one is off,
too, by a millionth of its largest number. Mend the cause; beside P, hand in the wire that was
the first wrong one, mended, and call it First. It worked if both are numpy's.
"""

from functools import cache
from itertools import pairwise

import numpy as np

import neural_network as script

INPUTS = {"float[N,64] X": "images of 8 x 8 pixels, 0 to 1"}
OUTPUTS = {
    "float[N,10] P": "the probabilities, mended",
    "float[N,16] First": "what the first wrong node writes, once it is mended",
}
SIZES = [64, 16, 16, 16, 16, 16, 10]
HINTS = [
    "onnx.inliner.inline_local_functions, or inline of neural_network.py, makes wires of what is"
    " inside a function. A wire is an output once it is declared; onnxruntime needs the name only:"
    " model.graph.output.append(onnx.ValueInfoProto(name=wire)).",
    "first_wrong.py, beside this file, does all of it: find_first_wrong(model, feed, exact), with"
    " exact a dictionary of the right arrays by the names of the wires, node.output[0].",
    "It names a product. Its left side is healthy, so it is the weights. They are square: whichever"
    " way round they are, they fit.",
    "helper.make_node('Identity', [wire], ['First']) gives a wire a second name. The checker wants"
    " the outputs that you hand in declared in full, and no others left.",
]


@cache
def train():
    """Return weights and biases, float64; random, since a network needs no wit to be mended."""
    random = np.random.default_rng(0)
    weights = []
    biases = []
    for inputs, outputs in pairwise(SIZES):
        weights.append(random.normal(size=(inputs, outputs)) * np.sqrt(2 / inputs))
        biases.append(random.normal(size=outputs) / 4)
    return weights, biases


def layers(X, weights, biases):
    """Return what each node of the inlined network writes, in order, computed as X is."""
    wires = []
    H = X
    for i, (W, B) in enumerate(zip(weights, biases, strict=True), start=1):
        XW = H @ W.astype(X.dtype)
        Z = XW + B.astype(X.dtype)
        H = Z if i == len(weights) else np.maximum(Z, 0)
        wires += [XW, Z, H]
    E = np.exp(H - H.max(axis=1, keepdims=True))  # without the maximum, exp overflows
    wires.append(E / E.sum(axis=1, keepdims=True))
    return wires


def start():
    """Return the model that the reader begins with."""
    weights, biases = train()
    stored = list(weights)
    stored[3] = stored[3].T
    return script.build_model(stored, biases)
