"""The answer to exercise 2, Deeper, and Tanh: what is right, one way to it, and mistakes."""

import onnx
from onnx import helper

import neural_network as script
from tests.exercises.draw import feed_images, feed_scans
from tests.exercises.ex02_deeper_and_tanh import train

ORACLE = "scikit-learn"
TOLERANCE = 1e-5  # float32: logits near 10 are good to 1e-5, probabilities more so
draw = feed_images
special = feed_scans

DENSE_TANH = """
<
  domain: "tutorial",
  opset_import: ["" : 18]
>
DenseTanh (X, W, B) => (Y)
{
   XW = MatMul (X, W)
   Z = Add (XW, B)
   Y = Tanh (Z)
}
"""


def expected(X):
    """Return scikit-learn's probabilities."""
    return {"P": train().predict_proba(X)}


def add_layer(model):
    """Call Dense once more, between the second layer and the last one."""
    third = helper.make_node("Dense", ["H2", "W3", "B3"], ["H3"], domain=script.DOMAIN, alpha=0.0)
    model.graph.node.insert(2, third)
    last = model.graph.node[3]
    last.input[0] = "H3"


def use_tanh(model, layers):
    """Make these calls of Dense calls of DenseTanh."""
    function = onnx.parser.parse_function(DENSE_TANH)
    model.functions.append(function)
    for node in layers:
        node.op_type = "DenseTanh"
        del node.attribute[:]


def solve(model):
    """Add the layer, then change the operator of the hidden ones."""
    add_layer(model)
    hidden = model.graph.node[:3]
    use_tanh(model, hidden)
    return model


# Mistakes: each takes the starting model, and earns the words beside its name below.
def tanh_only(model):
    use_tanh(model, model.graph.node[:2])
    return model


def layer_only(model):
    add_layer(model)
    return model


def tanh_everywhere(model):
    add_layer(model)
    use_tanh(model, model.graph.node[:4])
    return model


def tanh_after_relu(model):
    add_layer(model)
    for node in list(model.graph.node[:3]):
        wire = node.output[0]
        node.output[0] = f"{wire}_relu"
        position = list(model.graph.node).index(node) + 1
        model.graph.node.insert(position, helper.make_node("Tanh", [f"{wire}_relu"], [wire]))
    return model


def function_left_out(model):
    solve(model)
    del model.functions[1]
    return model


MISTAKES = {
    "the third layer is missing: W3 and B3 are in the file, but no node reads them": tanh_only,
    "the hidden layers use ReLU: alpha = 0 of Dense is not Tanh": layer_only,
    "the last layer has a Tanh, too: its logits have to stay as they are": tanh_everywhere,
    "Tanh comes after ReLU, and never sees a negative number: it replaces ReLU": tanh_after_relu,
    "the file calls DenseTanh and does not bring it along: model.functions": function_left_out,
}
