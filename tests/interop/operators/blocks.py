"""What nodes do together: the small graphs that networks are made of, as exporters write them.

    make_blocks()          {"a GELU by Erf": (model, inputs)}
    find_blocks(model)     ["a GELU by Erf"]: the blocks that a file holds

Engines put such graphs in the place of one operation, so that nodes that are right alone may be
wrong together. A block is found by its operators and by what hands on to what.
"""

import functools

import numpy as np
import onnx
from onnx import numpy_helper

OPSET = 17
BEYOND = "a product of bytes beyond 7 bits"  # of which the weights tell, too
SURE = "Softmax between bytes"  # which tract answers by the largest number, whatever it is fed
COMMUTE = {"Add", "Mul", "Max", "Min", "And", "Or", "Equal"}  # whose inputs may change places
FOLLOWED = 40_000  # steps of a search: a file that asks for more of them has no such block
SHAPES = {"lines": (2, 4, 8), "pictures": (1, 4, 8, 8)}

# {name: (what is fed, nodes)}; y is the answer, and capital letters stand for weights.
BLOCKS = {
    "a GELU by Erf": (
        "lines",
        """a = Div (x, root_of_2)
           b = Erf (a)
           c = Add (b, one)
           d = Mul (x, c)
           y = Mul (d, half)""",
    ),
    "a GELU by Erf, halved first": (
        "lines",
        """a = Mul (x, half)
           b = Div (x, root_of_2)
           c = Erf (b)
           d = Add (c, one)
           y = Mul (a, d)""",
    ),
    "a GELU by Erf, halved inside": (
        "lines",
        """a = Div (x, root_of_2)
           b = Erf (a)
           c = Add (b, one)
           d = Mul (half, c)
           y = Mul (x, d)""",
    ),
    "a GELU by Erf of a product": (
        "lines",
        """a = Mul (x, root_of_half)
           b = Erf (a)
           c = Add (one, b)
           d = Mul (half, x)
           y = Mul (d, c)""",
    ),
    "a GELU by Tanh": (
        "lines",
        """a = Pow (x, three)
           b = Mul (a, small)
           c = Add (x, b)
           d = Mul (c, root_of_2_by_pi)
           e = Tanh (d)
           f = Add (e, one)
           g = Mul (x, half)
           y = Mul (g, f)""",
    ),
    "a GELU by Tanh of products": (
        "lines",
        """a = Mul (x, x)
           b = Mul (a, x)
           c = Mul (b, small)
           d = Add (x, c)
           e = Mul (d, root_of_2_by_pi)
           f = Tanh (e)
           g = Add (f, one)
           h = Mul (g, half)
           y = Mul (x, h)""",
    ),
    "a GELU by Tanh, as JAX writes it": (
        "lines",
        """a = Mul (small, x)
           b = Mul (x, a)
           c = Mul (x, b)
           d = Add (x, c)
           e = Mul (root_of_2_by_pi, d)
           f = Tanh (e)
           g = Add (one, f)
           h = Mul (half, g)
           y = Mul (x, h)""",
    ),
    "a GELU by Erf between bytes": (
        "lines",
        """q = QuantizeLinear (x, step, zero_of_bytes)
           v = DequantizeLinear (q, step, zero_of_bytes)
           a = Div (v, root_of_2)
           b = Erf (a)
           c = Add (b, one)
           d = Mul (v, c)
           e = Mul (d, half)
           f = QuantizeLinear (e, step, zero_of_bytes)
           y = DequantizeLinear (f, step, zero_of_bytes)""",
    ),
    "a SiLU": (
        "lines",
        """a = Sigmoid (x)
           y = Mul (x, a)""",
    ),
    "a hard swish": (
        "pictures",
        """a = Add (x, three)
           b = Clip (a, zero, six)
           c = Mul (x, b)
           y = Div (c, six)""",
    ),
    "a Mish": (
        "pictures",
        """a = Softplus (x)
           b = Tanh (a)
           y = Mul (x, b)""",
    ),
    "a normalised layer": (
        "lines",
        """a = ReduceMean <axes = [-1]> (x)
           b = Sub (x, a)
           c = Pow (b, two)
           d = ReduceMean <axes = [-1]> (c)
           e = Add (d, little)
           f = Sqrt (e)
           g = Div (b, f)
           h = Mul (g, Row)
           y = Add (h, Row)""",
    ),
    "a root mean square": (
        "lines",
        """a = Pow (x, two)
           b = ReduceMean <axes = [-1]> (a)
           c = Add (b, little)
           d = Sqrt (c)
           e = Div (x, d)
           y = Mul (e, Row)""",
    ),
    "attention": (
        "lines",
        """q = MatMul (x, Square)
           k = Transpose <perm = [0, 2, 1]> (x)
           s = MatMul (q, k)
           t = Div (s, two)
           p = Softmax <axis = -1> (t)
           y = MatMul (p, x)""",
    ),
    "attention, scaled before": (
        "lines",
        """q = Mul (x, half)
           k = Transpose <perm = [0, 2, 1]> (x)
           s = MatMul (q, k)
           p = Softmax <axis = -1> (s)
           y = MatMul (p, x)""",
    ),
    "Conv, BatchNormalization, Relu": (
        "pictures",
        """a = Conv <pads = [1, 1, 1, 1]> (x, Filters)
           b = BatchNormalization (a, Four, Four, Four, Large)
           y = Relu (b)""",
    ),
    "Conv, GELU by Erf, BatchNormalization": (
        "lines",
        """v = Conv <pads = [1, 1]> (x, Filters1)
           a = Div (v, root_of_2)
           b = Erf (a)
           c = Add (b, one)
           d = Mul (v, c)
           e = Mul (d, half)
           y = BatchNormalization (e, Four, Four, Four, Large)""",
    ),
    "Conv, Relu, BatchNormalization": (
        "pictures",
        """a = Conv <pads = [1, 1, 1, 1]> (x, Filters)
           b = Relu (a)
           y = BatchNormalization (b, Four, Four, Four, Large)""",
    ),
    "Conv, Add, Relu": (
        "pictures",
        """a = Conv <pads = [1, 1, 1, 1]> (x, Filters)
           b = Add (a, x)
           y = Relu (b)""",
    ),
    "Conv, Sigmoid, Mul": (
        "pictures",
        """a = Conv <pads = [1, 1, 1, 1]> (x, Filters)
           b = Sigmoid (a)
           y = Mul (a, b)""",
    ),
    "Conv, Slice, Squeeze": (
        "lines",
        """a = Conv <pads = [1, 1]> (x, Filters1)
           b = Slice (a, starts, ends, axes)
           y = Squeeze (b, axes)""",
    ),
    "squeeze and excitation": (
        "pictures",
        """a = GlobalAveragePool (x)
           b = Conv (a, Filters_of_1)
           c = Relu (b)
           d = Conv (c, Filters_of_1)
           e = HardSigmoid (d)
           y = Mul (x, e)""",
    ),
    "a gated linear unit": (
        "lines",
        """a, b = Split <axis = -1> (x)
           c = Sigmoid (b)
           y = Mul (a, c)""",
    ),
    "a picture of four": (
        "pictures",
        """a = Reshape (x, to_six)
           b = Transpose <perm = [0, 1, 4, 2, 5, 3]> (a)
           y = Reshape (b, to_four)""",
    ),
    "a length of one": (
        "lines",
        """a = ReduceL2 <axes = [-1]> (x)
           b = Clip (a, little)
           c = Shape (x)
           d = Expand (b, c)
           y = Div (x, d)""",
    ),
    "places counted in whole numbers": (
        "lines",
        """a = Cast <to = 6> (x)
           b = Cast <to = 7> (a)
           c = CumSum (b, last_axis)
           y = Cast <to = 6> (c)""",
    ),
    "a product of bytes": (
        "lines",
        """b, s, o = DynamicQuantizeLinear (x)
           i = MatMulInteger (b, Bytes, o)
           f = Cast <to = 1> (i)
           t = Mul (s, little)
           y = Mul (f, t)""",
    ),
    BEYOND: (
        "lines",
        """b, s, o = DynamicQuantizeLinear (x)
           i = MatMulInteger (b, LargeBytes, o)
           f = Cast <to = 1> (i)
           t = Mul (s, little)
           y = Mul (f, t)""",
    ),
    "rows of bytes": (
        "lines",
        """n = Cast <to = 7> (x)
           p = Clip (n, first, last)
           b = Gather (Bytes, p)
           y = DequantizeLinear (b, little, zero_of_bytes)""",
    ),
    "Conv between bytes": (
        "pictures",
        """a = QuantizeLinear (x, step, zero_of_bytes)
           b = DequantizeLinear (a, step, zero_of_bytes)
           w = DequantizeLinear (FilterBytes, step, zero_of_bytes)
           c = Conv <pads = [1, 1, 1, 1]> (b, w)
           d = QuantizeLinear (c, step, zero_of_bytes)
           y = DequantizeLinear (d, step, zero_of_bytes)""",
    ),
    SURE: (
        "lines",
        """a = QuantizeLinear (x, step, zero_of_bytes)
           b = DequantizeLinear (a, step, zero_of_bytes)
           c = Softmax <axis = -1> (b)
           d = QuantizeLinear (c, step, zero_of_bytes)
           y = DequantizeLinear (d, step, zero_of_bytes)""",
    ),
    "Gemm between bytes": (
        "lines",
        """l = Reshape (x, to_lines)
           a = QuantizeLinear (l, step, zero_of_bytes)
           b = DequantizeLinear (a, step, zero_of_bytes)
           w = DequantizeLinear (Bytes, step, zero_of_bytes)
           c = Gemm (b, w)
           d = QuantizeLinear (c, step, zero_of_bytes)
           y = DequantizeLinear (d, step, zero_of_bytes)""",
    ),
}


def make_constants():
    """Return {name: array} of what the blocks read."""
    rng = np.random.default_rng(0)
    numbers = {
        "zero": 0,
        "one": 1,
        "two": 2,
        "three": 3,
        "six": 6,
        "half": 0.5,
        "little": 1e-5,
        "step": 0.05,
        "small": 0.044715,
        "root_of_2": 2**0.5,
        "root_of_half": 0.5**0.5,
        "root_of_2_by_pi": (2 / np.pi) ** 0.5,
    }
    constants = {name: np.array(number, np.float32) for name, number in numbers.items()}
    shapes = {
        "Row": (8,),
        "Square": (8, 8),
        "Four": (4,),
        "Filters": (4, 4, 3, 3),
        "Filters1": (4, 4, 3),
        "Filters_of_1": (4, 4, 1, 1),
    }
    for name, shape in shapes.items():
        constants[name] = rng.normal(size=shape).astype(np.float32)
    constants["Large"] = np.abs(constants["Four"]) + np.float32(1)
    constants["Bytes"] = rng.integers(-60, 60, (8, 8)).astype(np.int8)
    constants["FilterBytes"] = rng.integers(-60, 60, (4, 4, 3, 3)).astype(np.int8)
    constants["LargeBytes"] = np.full((8, 8), 127, np.int8)
    constants["zero_of_bytes"] = np.array(0, np.int8)
    sizes = {
        "starts": [0],
        "ends": [1],
        "axes": [2],
        "to_six": [0, 1, 2, 2, 8, 8],
        "to_four": [0, 1, 16, 16],
        "to_lines": [-1, 8],
        "last_axis": 2,
        "first": 0,
        "last": 7,
    }
    return constants | {name: np.array(numbers, np.int64) for name, numbers in sizes.items()}


def make_block(name):
    """Return the model of a block, whose batch is free."""
    kind, nodes = BLOCKS[name]
    _batch, *sizes = SHAPES[kind]
    fed = f"float[N, {', '.join(map(str, sizes))}] x"
    graph = onnx.parser.parse_graph(f"block ({fed}) => (y) {{ {nodes} }}")
    made = {wire for node in graph.node for wire in node.output}
    read = {wire for node in graph.node for wire in node.input}
    for wire, array in make_constants().items():
        if wire in read - made:
            graph.initializer.append(numpy_helper.from_array(array, wire))
    imports = [onnx.helper.make_opsetid("", OPSET)]
    model = onnx.helper.make_model(graph, opset_imports=imports, ir_version=8)
    typed = onnx.shape_inference.infer_shapes(model, strict_mode=True)
    onnx.checker.check_model(typed, full_check=True)
    return typed


def make_blocks():
    """Return {name: (model, inputs)}."""
    rng = np.random.default_rng(1)
    blocks = {}
    for name, (kind, _nodes) in BLOCKS.items():
        blocks[name] = make_block(name), [rng.normal(size=SHAPES[kind]).astype(np.float32)]
    return blocks


# In a file ----------------------------------------------------------------------------------------
@functools.cache
def nodes_of_blocks():
    """Return {name: (nodes, wires that the file holds)} of all blocks."""
    found = {}
    for name in BLOCKS:
        graph = make_block(name).graph
        found[name] = [*graph.node], {tensor.name for tensor in graph.initializer}
    return found


def find_blocks(model):
    """Return the names of the blocks that a model's graph holds."""
    graph = model.graph
    held = {tensor.name for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant":
            held.update(node.output)
    makers = {wire: node for node in graph.node for wire in node.output if wire}
    found = []
    for name, (nodes, weights) in nodes_of_blocks().items():
        if any(fits(nodes, weights, node, makers, held) for node in graph.node):
            found.append(name)
    if BEYOND in found and not has_large_bytes(graph):
        found.remove(BEYOND)
    return found


def has_large_bytes(graph):
    """Return whether weights of int8 go beyond 64, or lie in another file."""
    for tensor in graph.initializer:
        if tensor.data_type != onnx.TensorProto.INT8:
            continue
        outside = tensor.data_location == onnx.TensorProto.EXTERNAL
        if outside or np.abs(numpy_helper.to_array(tensor).astype(int)).max(initial=0) > 64:
            return True
    return False


def fits(nodes, weights, last, makers, held):
    """Return whether a block ends in a node of a graph."""
    of_block = {wire: node for node in nodes for wire in node.output}
    steps = [0]

    def follow(waiting, known):
        """Match pairs of wires, the block's and the file's, one after the other."""
        steps[0] += 1
        if steps[0] > FOLLOWED:
            return False
        if not waiting:
            return True
        (wanted, given), *others = waiting
        if wanted in weights:  # which the block may hold once, and the file for each place
            return given in held and follow(others, known)
        if wanted in known:
            return known[wanted] == given and follow(others, known)
        known = {**known, wanted: given}
        if wanted not in of_block:
            return follow(others, known)
        node, other = of_block[wanted], makers.get(given)
        if other is None or other.op_type != node.op_type:
            return False
        for names in orders(node, other):
            if follow([*zip(node.input, names, strict=False), *others], known):
                return True
        return False

    final = nodes[-1]
    if last.op_type != final.op_type or len(last.input) < len(final.input):
        return False
    return follow([(final.output[0], last.output[0])], {})


def orders(node, other):
    """Return the inputs of a file's node in the orders in which a block's may stand."""
    names = [*other.input]
    if len(names) < len(node.input):
        return []
    if node.op_type in COMMUTE and len(names) == 2:
        return [names, names[::-1]]
    return [names]
