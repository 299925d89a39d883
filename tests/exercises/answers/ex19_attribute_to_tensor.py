"""The answer to exercise 19, From attribute to tensor: what is right, one way, mistakes."""

import onnx
from onnx import helper, numpy_helper

import neural_network as script
from tests import networks
from tests.exercises.draw import feed_images, feed_scans
from tests.exercises.ex19_attribute_to_tensor import SLOPES, look, train
from tests.exercises.structure import carried, needed, outputs_of

ORACLE = "numpy"
TOLERANCE = 1e-5  # float32: logits near 10 are good to 1e-5, probabilities more so
draw = feed_images
special = feed_scans

DENSE_SILU = """
<
  domain: "tutorial",
  opset_import: ["" : 18]
>
DenseSilu <slope>(X, W, B) => (Y)
{
   XW = MatMul (X, W)
   Z = Add (XW, B)
   number = Constant <value_float: float = @slope> ()
   scaled = Mul (Z, number)
   gate = Sigmoid (scaled)
   Y = Mul (Z, gate)
}
"""


def expected(X):
    """Return the probabilities by numpy alone."""
    weights, biases = train()
    logits = look(X, weights, biases) @ weights[2] + biases[2]
    return {"P": networks.softmax(logits)}


def complain(model):
    """Return what is wrong with the functions of the file, or None."""
    names = [function.name for function in model.functions]
    if names != ["DenseSilu"]:
        return f"the functions are {', '.join(names) or 'missing'}; expected DenseSilu alone"
    function = model.functions[0]
    if function.attribute_proto:
        return "the function has a default, which inlining forgets: each call has to state slope"
    called = [node for node in needed(model.graph) if node.op_type == function.name]
    if len(called) < 2:
        return f"the output needs {len(called)} calls of DenseSilu; expected one a hidden layer"
    inputs = {info.name for info in model.graph.input}

    def calls(node):
        return node.op_type == function.name

    if carried(model.graph, inputs, calls) & set(outputs_of(model.graph)):
        return "a way leads from X to P around DenseSilu: the hidden layers have to call it"
    return None


def replace_function(model, text):
    """Bring this function along in place of Dense, and call it for the hidden layers."""
    model.functions[0].CopyFrom(onnx.parser.parse_function(text))
    for node, slope in zip(model.graph.node[:2], SLOPES, strict=True):
        node.op_type = "DenseSilu"
        node.attribute[0].CopyFrom(helper.make_attribute("slope", slope))


def end_plain(model, slope=0.0, doubled=("W3", "B3")):
    """Let the last layer be DenseSilu, too, and double what stands before its gate of 1/2."""
    last = model.graph.node[2]
    last.op_type = "DenseSilu"
    last.attribute[0].CopyFrom(helper.make_attribute("slope", slope))
    for tensor in model.graph.initializer:
        if tensor.name in doubled:
            array = 2 * numpy_helper.to_array(tensor)
            tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))


def end_with_nodes(model):
    """Write the last layer as two nodes of the standard."""
    last = model.graph.node[2]
    product = helper.make_node("MatMul", ["H2", "W3"], ["XW"])
    last.CopyFrom(helper.make_node("Add", ["XW", "B3"], ["H3"]))
    model.graph.node.insert(2, product)


def solve(model, text=DENSE_SILU):
    """Call DenseSilu three times; the last layer gets slope 0 and twice the weights."""
    replace_function(model, text)
    end_plain(model)
    return model


# Mistakes: each takes the starting model, and earns the words beside its name below.
def attribute_as_wire(model):
    text = DENSE_SILU.replace("number = Constant <value_float: float = @slope> ()", "")
    return solve(model, text.replace("(Z, number)", "(Z, slope)"))


def number_as_tensor(model):
    return solve(model, DENSE_SILU.replace("value_float: float", "value: tensor"))


def slope_not_stated(model):
    solve(model)
    del model.graph.node[0].attribute[:]
    return model


def slope_as_int(model):
    solve(model)
    model.graph.node[0].attribute[0].CopyFrom(helper.make_attribute("slope", 1))
    return model


def slope_by_default(model):
    solve(model, DENSE_SILU.replace("<slope>", "<slope: float = 1.0>"))
    del model.graph.node[0].attribute[:]
    return model


def same_slope_for_all(model):
    replace_function(model, DENSE_SILU.replace("value_float: float = @slope", "value_float = 1.0"))
    end_with_nodes(model)
    return model


def gate_only(model):
    replace_function(model, DENSE_SILU.replace("Mul (Z, gate)", "Identity (gate)"))
    end_with_nodes(model)
    return model


def slope_outside(model):
    replace_function(model, DENSE_SILU.replace("Mul (Z, gate)", "Mul (scaled, gate)"))
    end_with_nodes(model)
    return model


def half_logits(model):
    replace_function(model, DENSE_SILU)
    end_plain(model, doubled=())
    return model


def bias_not_doubled(model):
    replace_function(model, DENSE_SILU)
    end_plain(model, doubled=("W3",))
    return model


def last_layer_with_slope(model):
    replace_function(model, DENSE_SILU)
    end_plain(model, slope=1.0, doubled=())
    return model


def inlined(model):
    return script.inline(solve(model))


def dense_left_in(model):
    model.functions.append(onnx.parser.parse_function(DENSE_SILU))
    for node, slope in zip(model.graph.node[:2], SLOPES, strict=True):
        node.op_type = "DenseSilu"
        node.attribute[0].CopyFrom(helper.make_attribute("slope", slope))
    return model


MISTAKES = {
    "an attribute is no wire: a Constant makes a tensor of it": attribute_as_wire,
    "value takes a tensor: a number goes into value_float": number_as_tensor,
    "a call does not state its slope": slope_not_stated,
    "slope = 1 is an int: value_float wants 1.0": slope_as_int,
    "the function has a default, which inlining forgets": slope_by_default,
    "both layers have the slope 1.0: the Constant has to refer to the attribute": (
        same_slope_for_all
    ),
    "this is the gate alone: Z has to go through it": gate_only,
    "slope is multiplied in twice: Z itself goes through the gate": slope_outside,
    "slope 0 leaves half of Z: double the weights and the bias of the last layer": half_logits,
    "the weights of the last layer are doubled, and its bias is not": bias_not_doubled,
    "the last layer has a gate, too: its logits have to stay as they are": last_layer_with_slope,
    "the functions are missing; expected DenseSilu alone": inlined,
    "the functions are Dense, DenseSilu; expected DenseSilu alone": dense_left_in,
}

# From these test_wrong_files.py makes more.
PLAIN = inlined
