"""The answer to exercise 13, The first wrong node: what is right, one way to it, and mistakes."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

import neural_network as script
from tests.exercises.draw import feed_images, feed_scans, scans
from tests.exercises.ex13_first_wrong_node import layers, train
from tests.exercises.first_wrong import expose, find_first_wrong

ORACLE = "numpy"
TOLERANCE = 1e-5  # float32 keeps 7 digits: numbers up to 10 are good to 1e-5
draw = feed_images
special = feed_scans


def expected(X):
    """Return the probabilities and the product of the fourth layer by numpy alone."""
    wires = layers(X, *train())
    return {"P": wires[-1], "First": wires[9]}


def find(model):
    """Return what find_first_wrong says of the model."""
    names = [node.output[0] for node in expose(model).graph.node]
    X = scans().astype(np.float32)
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
