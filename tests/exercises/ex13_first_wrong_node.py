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
from onnx import TensorProto, helper, numpy_helper

import neural_network as script
from tests.exercises.first_wrong import expose, find_first_wrong

INPUTS = {"float[N,64] X": "images of 8 x 8 pixels, 0 to 1"}
OUTPUTS = {
    "float[N,10] P": "the probabilities, mended",
    "float[N,16] First": "what the first wrong node writes, once it is mended",
}
ORACLE = "numpy"
TOLERANCE = 1e-5  # float32 keeps 7 digits: numbers up to 10 are good to 1e-5
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


def feeds():
    """Return images that were not in the training."""
    _, X, _, _ = script.load_data()
    X = X.astype(np.float32)
    return [{"X": X}, {"X": X[:1]}]


def expected(X):
    """Return the probabilities and the product of the fourth layer by numpy alone."""
    wires = layers(X, *train())
    return {"P": wires[-1], "First": wires[9]}


def find(model):
    """Return what find_first_wrong says of the model."""
    names = [node.output[0] for node in expose(model).graph.node]
    X = feeds()[0]["X"]
    exact = dict(zip(names, layers(X.astype(np.float64), *train()), strict=True))
    rounded = dict(zip(names, layers(X, *train()), strict=True))
    return find_first_wrong(model, {"X": X}, exact, rounded)


def turn(model, name):
    """Transpose an initializer."""
    for tensor in model.graph.initializer:
        if tensor.name == name:
            turned = np.ascontiguousarray(numpy_helper.to_array(tensor).T)
            tensor.CopyFrom(numpy_helper.from_array(turned, name))


def add_first(model, wire):
    """Let the model answer a wire of 16 numbers a row, under the name First."""
    model.graph.node.append(helper.make_node("Identity", [wire], ["First"]))
    first = helper.make_tensor_value_info("First", TensorProto.FLOAT, ["N", 16])
    model.graph.output.append(first)


def solve(model):
    """Find the node, turn the weights that it reads, and hand in its wire."""
    model = script.inline(model)
    found = find(model)
    weights = found.node.input[1]
    turn(model, weights)
    add_first(model, found.wire)
    return model


# Mistakes: each takes the starting model, and earns the words beside its name below.
def hand_in(model, steps_later=0, mended=("W4",)):
    """Hand in the wire so many nodes after the right one."""
    model = script.inline(model)
    found = find(model)
    names = [node.output[0] for node in model.graph.node]
    for name in mended:
        turn(model, name)
    add_first(model, names[names.index(found.wire) + steps_later])
    return model


def not_mended(model):
    return hand_in(model, mended=())


def wire_before(model):
    return hand_in(model, steps_later=-1)


def the_sum(model):
    return hand_in(model, steps_later=1)


def after_relu(model):
    return hand_in(model, steps_later=2)


def all_turned(model):
    return hand_in(model, mended=("W2", "W3", "W4", "W5"))


def layer_after(model):
    return hand_in(model, mended=("W5",))


def all_wires_left(model):
    model = hand_in(model)
    wires = [info for info in expose(model).graph.output if info.name not in ("P", "First")]
    model.graph.output.extend(wires)
    return model


MISTAKES = {
    "the wire is the right one, but not mended: look at what its node reads": not_mended,
    "this is the last healthy wire; the next node is the first wrong one": wire_before,
    "this is the sum with the bias: what it reads was wrong already": the_sum,
    "this is what the layer answers: inside it, two wires were wrong before": after_relu,
    "the weights of healthy layers were turned, too: they were right": all_turned,
    "the weights of the next layer were turned, which only inherits the error": layer_after,
    "the other wires are outputs still: P and First are to be handed in": all_wires_left,
}
