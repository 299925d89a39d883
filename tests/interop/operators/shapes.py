"""What lies between the sizes of a tensor and a shape that is made of them, a small file for each.

    find_ways(model)     ["a shape for Reshape by Cast to int32"]
    make_ways()          {"a shape for Reshape by Cast to int32": (model, inputs)}

Engines follow sizes that are free through some operators, and through others they do not: where
TensorFlow computes a shape, it does so in int32.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper

from tests.interop.operators.uses import read_nodes, without_functions

INT32 = "Cast to int32"
SHAPED = {"Reshape": 1, "Expand": 1}  # and which of their inputs is the shape

THROUGH_INT32 = """narrow = Cast <to = 6> (sizes)
        few = Slice (narrow, zero, one)
        others = Cast <to = 6> (rest)
        both = Concat <axis = 0> (few, others)
        shape = Cast <to = 7> (both)"""

# {(what takes the shape, on the way): how the sizes of X (N, 4, 6) become it}
WAYS = {
    ("Reshape", "Concat"): "shape = Concat <axis = 0> (rows, rest)",
    ("Reshape", INT32): THROUGH_INT32,
    ("Reshape", "ReduceProd"): """last = Slice (sizes, one, three)
        product = ReduceProd <keepdims = 1> (last)
        shape = Concat <axis = 0> (rows, product)""",
    ("Reshape", "Mul"): """second = Slice (sizes, one, two)
        third = Slice (sizes, two, three)
        product = Mul (second, third)
        shape = Concat <axis = 0> (rows, product)""",
    ("Reshape", "Div"): """second = Slice (sizes, one, two)
        half = Div (second, two)
        shape = Concat <axis = 0> (rows, two, half, rest)""",
    ("Expand", "Concat"): "shape = Concat <axis = 0> (rows, four, six)",
    ("Expand", INT32): THROUGH_INT32,
    ("Expand", "Where"): """given = Concat <axis = 0> (rows, minus, minus)
        many = Shape (given)
        ones = ConstantOfShape <value = int64[1] {1}> (many)
        wanted = Mul (ones, minus)
        open = Equal (given, wanted)
        shape = Where (open, ones, given)""",
}
NUMBERS = {"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "six": 6, "minus": -1}


def name_way(operator, way):
    """Return how a way is called."""
    return f"a shape for {operator} by {way}"


# In a file ----------------------------------------------------------------------------------------
def find_ways(model):
    """Return what lies on the way to the shapes that a file computes of free sizes."""
    nodes = read_nodes(without_functions(model))
    makers = {wire: node for node, _use in nodes for wire in node.output if wire}
    found = set()
    for node, use in nodes:
        place = SHAPED.get(node.op_type)
        if place in use.computed:
            for way in list_operators(node.input[place], makers):
                found.add((node.op_type, way))
    return [name_way(*pair) for pair in WAYS if pair in found]


def list_operators(wire, makers):
    """Return the operators that a wire comes from, as far back as the sizes that it is made of."""
    waiting = [wire]
    seen = set()
    found = set()
    while waiting:
        node = makers.get(waiting.pop())
        if node is None or node.output[0] in seen:
            continue
        seen.add(node.output[0])
        found.add(INT32 if is_narrow(node) else node.op_type)
        if node.op_type != "Shape":
            waiting += node.input
    return found


def is_narrow(node):
    """Return whether a node makes whole numbers of 32 bits."""
    return node.op_type == "Cast" and helper.get_node_attr_value(node, "to") == TensorProto.INT32


# To be tried --------------------------------------------------------------------------------------
def make_way(operator, way):
    """Return a model whose shape is computed in a way, with the rows of what it is fed free."""
    rest = {"Reshape": [-1], "Expand": [4, 6]}[operator]
    held = [helper.make_tensor("rest", TensorProto.INT64, [len(rest)], rest)]
    for name, number in NUMBERS.items():
        held.append(helper.make_tensor(name, TensorProto.INT64, [1], [number]))
    rank = 3 if operator == "Expand" else 4 if way == "Div" else 2
    large = "X" if operator == "Reshape" else "largest"
    before = "" if operator == "Reshape" else "largest = ReduceMax <axes = [0], keepdims = 0> (X)"
    text = f"""
        <ir_version: 8, opset_import: ["" : 17]>
        way (float[N,4,6] X) => (float[{",".join("?" * rank)}] Y) {{
            sizes = Shape (X)
            rows = Slice (sizes, zero, one)
            {WAYS[operator, way]}
            {before}
            Z = {operator} ({large}, shape)
            Y = Relu (Z)
        }}"""
    model = onnx.parser.parse_model(text)
    asked = {name for node in model.graph.node for name in node.input}
    model.graph.initializer.extend(tensor for tensor in held if tensor.name in asked)
    onnx.checker.check_model(model, full_check=True)
    return model


def make_ways():
    """Return {name: (model, inputs)}."""
    X = np.random.default_rng(0).normal(size=(2, 4, 6)).astype(np.float32)
    return {name_way(*pair): (make_way(*pair), [X]) for pair in WAYS}
