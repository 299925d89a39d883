"""Mistakes in a graph that is written by hand."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

import linear_regression
from tests.mistakes.catalogue import Attempt, Result, mistake
from tests.mistakes.right import (
    RNG,
    WEIGHTS,
    X_PLANT,
    B,
    W,
    network,
    network_model,
    plant,
    plant_model,
    replace,
    small,
    small_model,
)

SORTED = "Nodes in a graph must be topologically sorted, however input '{}' of node"


@mistake(
    "the output is declared with a dimension too few",
    '`["N", 1]`, not `["N"]`',
    shows="Inferred shape and existing shape differ in rank: (2) vs (1)",
    tell="the node is one that you wrote",
    common=True,
)
def wrong_output_rank(mended, folder):
    model = plant_model()
    if not mended:
        del model.graph.output[0].type.tensor_type.shape.dim[1]
    return plant(model)


@mistake(
    "an initializer was made from whole numbers",
    "`np.asarray(B, np.float32)`",
    shows="B has inconsistent type tensor(int64)",
)
def wrong_element_type(mended, folder):
    model = plant_model()
    bias = np.array([-40])
    if mended:
        bias = np.asarray(bias, np.float32)
    tensor_W, _ = model.graph.initializer
    replace(model.graph.initializer, tensor_W, numpy_helper.from_array(bias, "B"))
    attempt = plant(model)
    return attempt._replace(expected=X_PLANT @ W - 40)


@mistake(
    "the output is declared as float64",
    "`TensorProto.FLOAT`",
    shows="Inferred elem type differs from existing elem type: (1) vs (11)",
    tell="the node is one that you wrote",
)
def wrong_output_type(mended, folder):
    model = plant_model()
    elem_type = TensorProto.FLOAT if mended else TensorProto.DOUBLE
    model.graph.output[0].type.tensor_type.elem_type = elem_type
    return plant(model)


@mistake(
    "an initializer is (1, 3) instead of (3, 1)",
    "compare with the shapes in the formula",
    shows="Incompatible dimensions for matrix multiplication",
)
def initializer_of_a_wrong_shape(mended, folder):
    model = plant_model()
    tensor_W, tensor_B = model.graph.initializer
    if not mended:
        tensor_W = numpy_helper.from_array(np.float32(W.T), "W")
    replace(model.graph.initializer, tensor_W, tensor_B)
    return plant(model)


@mistake(
    "the initializer has another name than the node expects",
    "one name, used twice",
    shows=SORTED.format("W"),
    tell="an initializer is there that no node reads",
)
def initializer_with_a_wrong_name(mended, folder):
    model = plant_model()
    model.graph.initializer[0].name = "W" if mended else "weights"
    return plant(model)


@mistake(
    "the initializer was not handed to `make_graph`",
    "`make_graph(..., initializer=[...])`",
    shows=SORTED.format("W"),
    tell="every initializer that is there is read",
)
def initializer_missing(mended, folder):
    model = plant_model()
    tensor_W, tensor_B = model.graph.initializer
    if mended:
        replace(model.graph.initializer, tensor_W, tensor_B)
    else:
        replace(model.graph.initializer, tensor_B)
    return plant(model)


@mistake(
    "a node stands before the one whose output it needs",
    "list the nodes in the order of execution",
    shows=SORTED.format("XW"),
    tell="a node further down writes the name, and needs nothing from above",
)
def nodes_in_the_wrong_order(mended, folder):
    model = plant_model()
    matmul, add = model.graph.node
    if mended:
        replace(model.graph.node, matmul, add)
    else:
        replace(model.graph.node, add, matmul)
    return plant(model)


@mistake(
    "the graph has a cycle",
    "another name; where a cycle is meant, a `Loop` or `Scan` operator",
    shows=SORTED.format("Y"),
    tell="a node further down writes the name, and needs what the first one makes",
)
def a_cycle(mended, folder):
    model = plant_model()
    model.graph.node[0].input[0] = "X" if mended else "Y"
    return plant(model)


@mistake(
    "two nodes write the same name",
    "a name of its own for every output",
    shows="Graph must be in single static assignment (SSA) form",
)
def two_nodes_write_the_same_name(mended, folder):
    model = plant_model()
    wire = "XW" if mended else "Y"
    model.graph.node[0].output[0] = wire
    model.graph.node[1].input[0] = wire
    return plant(model)


@mistake(
    "the bias was forgotten",
    "compare with the formula",
)
def bias_forgotten(mended, folder):
    bias = B if mended else np.zeros(1)
    return plant(linear_regression.build_model(W, bias))


@mistake(
    "a square weight matrix is transposed, as PyTorch and `coef_` store it: every shape fits",
    "`W.T`",
)
def square_weights_transposed(mended, folder):
    stored = WEIGHTS[0].T
    if mended:
        stored = stored.T
    return network(network_model([stored, *WEIGHTS[1:]]))


@mistake(
    "the softmax runs over the rows instead of the classes",
    "`axis=1`, or `axis=-1`; `P.sum(axis=1)` must be 1",
)
def softmax_over_the_wrong_axis(mended, folder):
    model = network_model()
    model.graph.node[-1].attribute[0].i = 1 if mended else 0
    return network(model)


@mistake(
    "without `perm`, `Transpose` turns all dimensions around; here all are equal, so that it shows "
    "nowhere",
    "`perm=[0, 2, 1]`; test with sizes that differ",
)
def transpose_without_perm(mended, folder):
    X = RNG.normal(size=(4, 4, 4)).astype(np.float32)
    node = helper.make_node("Transpose", ["X"], ["Y"])
    if mended:
        node.attribute.append(helper.make_attribute("perm", [0, 2, 1]))
    return small(node, X, X.transpose(0, 2, 1))


@mistake(
    "a shape was written down for the one row that was tried",
    "0 takes over a dimension, -1 is what remains: `[0, 6]` or `[-1, 6]`",
    shows="The input tensor cannot be reshaped to the requested shape. Input shape:{7,6}, "
    "requested shape:{1,6}",
)
def reshape_to_one_row(mended, folder):
    X = np.arange(42, dtype=np.float32).reshape(7, 6)
    node = helper.make_node("Reshape", ["X", "shape"], ["Y"])
    return small(node, X, X, shape=np.array([0 if mended else 1, 6]))


@mistake(
    "`{1, -1}` swallows any number of rows: five go in, one comes out",
    "`[0, -1]`: 0 takes over the number of rows",
)
def reshape_that_swallows_rows(mended, folder):
    X = np.arange(30, dtype=np.float32).reshape(5, 6)
    nodes = [
        helper.make_node("Reshape", ["X", "shape"], ["Z"]),
        helper.make_node("ReduceSum", ["Z", "axes"], ["Y"], keepdims=1),
    ]
    constants = {"shape": np.array([0 if mended else 1, -1]), "axes": np.array([1])}
    inputs = {"X": (np.float32, ["N", 6])}
    outputs = {"Y": (np.float32, ["N", 1])}
    model = small_model(nodes, inputs, outputs, constants)
    return Attempt(model, {"X": X}, X.sum(axis=1, keepdims=True))


@mistake(
    "the notes about the wires inside (`value_info`) are of an older graph; the answer is right",
    "`del model.graph.value_info[:]`: they are optional",
    shows="Expected shape from model of {1,6} does not match actual shape of {7,6}",
)
def stale_notes(mended, folder):
    X = np.arange(42, dtype=np.float32).reshape(7, 6)
    nodes = [helper.make_node("Relu", ["X"], ["Z"]), helper.make_node("Neg", ["Z"], ["Y"])]
    note = helper.make_tensor_value_info("Z", TensorProto.FLOAT, [1, 6])
    sizes = (np.float32, ["N", 6])
    model = small_model(nodes, {"X": sizes}, {"Y": sizes}, {}, notes=[note])
    if mended:
        del model.graph.value_info[:]
    return Attempt(model, {"X": X}, -np.maximum(X, 0))


@mistake(
    "the operator has no attribute of that name",
    "a factor is a second input of `Mul`; the operator's page lists its attributes",
)
def attribute_that_does_not_exist(mended, folder):
    X = np.arange(6, dtype=np.float32).reshape(2, 3)
    if mended:
        node = helper.make_node("Mul", ["X", "slope"], ["Y"])
        return small(node, X, 2 * X, slope=np.array(2, np.float32))
    node = helper.make_node("Mul", ["X", "X"], ["Y"], slope=2.0)
    return small(node, X, 2 * X)


@mistake(
    "a `Constant` takes a tensor, and was given a number",
    "`value_float=2.0`, or `value=numpy_helper.from_array(...)`",
    shows="Mismatched attribute type in ' : value'. Expected: 'TENSOR', actual: 'FLOAT'",
)
def attribute_of_a_wrong_type(mended, folder):
    X = np.arange(6, dtype=np.float32).reshape(2, 3)
    constant = helper.make_node("Constant", [], ["two"])
    name = "value_float" if mended else "value"
    constant.attribute.append(helper.make_attribute(name, 2.0))
    nodes = [constant, helper.make_node("Mul", ["X", "two"], ["Y"])]
    sizes = (np.float32, ["N", 3])
    return Attempt(small_model(nodes, {"X": sizes}, {"Y": sizes}, {}), {"X": X}, 2 * X)


@mistake(
    "since opset 13 the axes of `Squeeze`, `Unsqueeze` and `ReduceSum` are an input; code from "
    "before states an attribute",
    "an initializer of int64, given as the second input",
)
def axes_as_an_attribute(mended, folder):
    X = np.arange(6, dtype=np.float32).reshape(2, 1, 3)
    if mended:
        node = helper.make_node("Squeeze", ["X", "axes"], ["Y"])
        return small(node, X, X[:, 0], axes=np.array([1]))
    return small(helper.make_node("Squeeze", ["X"], ["Y"], axes=[1]), X, X[:, 0])


@mistake(
    "`Div` of whole numbers cuts the fraction off, Python's `//` rounds down: -7 / 2 is -3 or -4",
    "divide in float, then `Floor`, then `Cast` back",
)
def whole_numbers_divided(mended, folder):
    X = np.array([[-7], [7], [-8]])
    expected = X // 2
    nodes = [helper.make_node("Div", ["X", "two"], ["Y"])]
    if mended:
        nodes = [
            helper.make_node("Cast", ["X"], ["X_float"], to=TensorProto.DOUBLE),
            helper.make_node("Cast", ["two"], ["two_float"], to=TensorProto.DOUBLE),
            helper.make_node("Div", ["X_float", "two_float"], ["half"]),
            helper.make_node("Floor", ["half"], ["down"]),
            helper.make_node("Cast", ["down"], ["Y"], to=TensorProto.INT64),
        ]
    sizes = (np.int64, ["N", 1])
    model = small_model(nodes, {"X": sizes}, {"Y": sizes}, {"two": np.array([2])})
    return Attempt(model, {"X": X}, expected)


@mistake(
    "`Resize` places pixels by their centres unless told otherwise; frameworks have three ways",
    '`coordinate_transformation_mode="align_corners"`, as the framework did',
)
def resize_by_another_rule(mended, folder):
    X = np.arange(4, dtype=np.float32).reshape(1, 1, 1, 4)
    corners = np.interp(np.linspace(0, 3, 7), np.arange(4), np.arange(4)).reshape(1, 1, 1, 7)
    node = helper.make_node("Resize", ["X", "", "", "sizes"], ["Y"], mode="linear")
    if mended:
        rule = helper.make_attribute("coordinate_transformation_mode", "align_corners")
        node.attribute.append(rule)
    return small(node, X, corners, sizes=np.array([1, 1, 1, 7]))


@mistake(
    "the file is valid; onnxruntime's `DivMulFusion` makes `B / A` of `1 / A * B`, and loses where "
    "B comes from if another optimiser takes that node away, as one does a `Cast` to the same type",
    '`InferenceSession(..., disabled_optimizers=["DivMulFusion"])`; or leave the node out',
    shows="Node input 'mid' is not a graph input, initializer, or output of a previous node",
)
def refused_by_an_optimiser(mended, folder):
    X = np.array([[1, 2], [4, 8]], np.float32)
    nodes = [
        helper.make_node("Cast", ["X"], ["mid"], to=TensorProto.FLOAT),
        helper.make_node("Div", ["one", "A"], ["share"]),
        helper.make_node("Mul", ["share", "mid"], ["Y"]),
    ]
    sizes = (np.float32, ["N", 2])
    constants = {"one": np.array(1, np.float32)}
    inputs = {"X": sizes, "A": sizes}
    model = small_model(nodes, inputs, {"Y": sizes}, constants)
    disabled = ("DivMulFusion",) if mended else ()
    return Attempt(model, {"X": X, "A": X + 1}, X / (X + 1), disabled=disabled)


@mistake(
    "a model was compared by its bytes; the order and the spelling of fields are free",
    "compare answers",
    shows="two files of one model that are not equal",
    surprise=True,
)
def compared_by_its_bytes(mended, folder):
    model = plant_model()
    same = plant_model()
    tensor_W, tensor_B = same.graph.initializer
    replace(same.graph.initializer, tensor_B, tensor_W)
    if not mended:
        return Result(model.SerializeToString() == same.SerializeToString(), True)
    answers = []
    for each in [model, same]:
        session = linear_regression.load_model(each.SerializeToString())
        answers.append(linear_regression.predict(session, X_PLANT))
    return Result(*answers)
