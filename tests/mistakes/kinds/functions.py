"""Mistakes about functions, the operators that a model brings along.

The full check compares none of these calls with its function, and of inputs too many only
onnxruntime complains. What else is wrong about a call comes out where the function's own nodes
stumble over it, or not at all.
"""

import numpy as np
from onnx import helper, inliner, parser

import neural_network
from tests.mistakes.catalogue import Attempt, mistake
from tests.mistakes.right import network, network_model, replace

EYE = [np.eye(2)]
NONE = [np.zeros(2)]
ROW = np.array([[1.0, -3.0]])
RIGHT = 1 / (1 + np.exp(-4.0))  # the softmax of 1 and -3


def smallest():
    """Return the attempt of a network of one layer that changes nothing; RIGHT for the first."""
    model = neural_network.build_model(EYE, NONE)
    return Attempt(model, {"X": ROW.astype(np.float32)}, np.array([[RIGHT, 1 - RIGHT]]))


@mistake(
    "the model calls a function that it does not contain",
    "`make_model(..., functions=[...])`",
    shows="tutorial:Dense(-1) is not a registered function/op",
    tell="the domain is yours, and `model.functions` is empty",
    common=True,
)
def function_left_out(mended, folder):
    model = network_model()
    if not mended:
        model.ClearField("functions")
    return network(model)


@mistake(
    "the model does not import its own domain",
    '`make_opsetid("tutorial", 1)` among the opset imports',
    shows="No opset import for domain 'tutorial'",
    common=True,
)
def own_domain_not_imported(mended, folder):
    model = network_model()
    standard, own = model.opset_import
    if mended:
        replace(model.opset_import, standard, own)
    else:
        replace(model.opset_import, standard)
    return network(model)


@mistake(
    "the calling node has no domain, so that the standard one is searched",
    '`make_node(..., domain="tutorial")`',
    shows="No Op registered for Dense with domain_version of 18",
)
def call_without_domain(mended, folder):
    model = network_model()
    model.graph.node[0].domain = "tutorial" if mended else ""
    return network(model)


@mistake(
    "inlining forgot the default of a function's attribute",
    "state the attribute in every call",
)
def default_lost_by_the_inliner(mended, folder):
    model = network_model()
    dense = model.functions[0]
    dense.ClearField("attribute")
    dense.attribute_proto.append(helper.make_attribute("alpha", 0.0))
    if not mended:
        for node in model.graph.node[:2]:  # they rely on the default
            node.ClearField("attribute")
    return network(inliner.inline_local_functions(model))


@mistake(
    "a call misspells an attribute: `Alpha`; the inner operator falls back to its own default",
    "compare each call with `function.attribute`, as "
    "[the inspector](../security/README.md#a-back-door) does",
)
def attribute_misspelt(mended, folder):
    attempt = smallest()
    attempt.model.graph.node[0].attribute[0].name = "alpha" if mended else "Alpha"
    return attempt


@mistake(
    "a call leaves an attribute out; the inner operator falls back to its own default",
    "the same comparison",
)
def attribute_left_out(mended, folder):
    attempt = smallest()
    if not mended:
        del attempt.model.graph.node[0].attribute[:]
    return attempt


@mistake(
    "a call states a whole number where the function's node takes a fraction",
    "`alpha=1.0`, not `alpha=1`",
    shows="Mismatched attribute type in ' : alpha'. Expected: 'FLOAT', actual: 'INT'",
)
def attribute_of_another_type(mended, folder):
    attempt = smallest()
    value = 1.0 if mended else 1
    replace(attempt.model.graph.node[0].attribute, helper.make_attribute("alpha", value))
    return attempt


@mistake(
    "a call has an input too few; inside, a node finds an empty name",
    "compare `len(node.input)` with `len(function.input)`",
    shows="Node ()'s input 1 is marked single but has an empty string in the graph",
)
def input_left_out(mended, folder):
    attempt = smallest()
    if not mended:
        del attempt.model.graph.node[0].input[2]
    return attempt


@mistake(
    "a call has an input too many",
    "the same comparison",
    shows="Number of actual parameters cannot exceed number of formal parameters",
)
def input_too_many(mended, folder):
    attempt = smallest()
    if not mended:
        attempt.model.graph.node[0].input.append("B1")
    return attempt


@mistake(
    "weights and bias are swapped in a call; broadcasting makes something of it",
    "name wires after the formula, and compare with it",
)
def inputs_swapped(mended, folder):
    attempt = smallest()
    weights, bias = ["W1", "B1"] if mended else ["B1", "W1"]
    attempt.model.graph.node[0].input[1:] = [weights, bias]
    return attempt


@mistake(
    "a node of a function stands before the one whose output it needs",
    "list the nodes in the order of execution",
    shows="Nodes in a function must be topologically sorted, however input 'XW' of node",
)
def function_in_the_wrong_order(mended, folder):
    attempt = smallest()
    dense = attempt.model.functions[0]
    matmul, add, leaky_relu = dense.node
    if mended:
        replace(dense.node, matmul, add, leaky_relu)
    else:
        replace(dense.node, add, matmul, leaky_relu)
    return attempt


SUM = """
<domain: "DOMAIN", opset_import: ["" : 18]>
Sum (A, C) => (S)
{
   hundred = Constant <value_float = 100.0> ()
   plain = Add (A, C)
   S = Add (plain, hundred)
}
"""


@mistake(
    "a function has an operator's name and domain: onnxruntime calls the operator, the inliner the "
    "function",
    "a domain and a name of its own",
)
def function_named_like_an_operator(mended, folder):
    domain = "tutorial" if mended else ""
    text = SUM.replace("DOMAIN", domain)
    node = helper.make_node("Sum", ["X", "X"], ["Y"], domain=domain)
    X_info, Y_info = [helper.make_tensor_value_info(name, 1, ["N", 2]) for name in "XY"]
    model = helper.make_model(
        helper.make_graph([node], "sum", [X_info], [Y_info]),
        functions=[parser.parse_function(text)],
        opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid("tutorial", 1)],
        ir_version=8,
    )
    return Attempt(model, {"X": ROW.astype(np.float32)}, 2 * ROW + 100)


SHIFT = """
<domain: "tutorial", opset_import: ["" : 18]>
Shift <by>(X) => (Y)
{
   amount = Constant <value_float: float = @by> ()
   Y = Add (X, amount)
}
"""


@mistake(
    "the call lacks the attribute that the function's `Constant` takes over; or inlining lost its "
    "default",
    "state it in the call",
    shows="One and only one of the attributes 'value', 'value_*' or 'sparse_value' must be "
    "specified for a Constant node",
)
def constant_without_its_value(mended, folder):
    stated = {"by": 2.0} if mended else {}
    node = helper.make_node("Shift", ["X"], ["Y"], domain="tutorial", **stated)
    X_info, Y_info = [helper.make_tensor_value_info(name, 1, ["N", 2]) for name in "XY"]
    model = helper.make_model(
        helper.make_graph([node], "shift", [X_info], [Y_info]),
        functions=[parser.parse_function(SHIFT)],
        opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid("tutorial", 1)],
        ir_version=8,
    )
    return Attempt(model, {"X": ROW.astype(np.float32)}, ROW + 2)
