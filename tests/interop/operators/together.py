"""What goes wrong between nodes that are right alone, and more than their operators tells.

find_together(model)    [NUMBER_FIRST]: the names of those that a file has
make_together()         {name: (model, inputs)}: the smallest file that shows each
"""

import itertools
import math

import numpy as np
import onnx
from onnx import helper, numpy_helper

from tests.interop.operators.uses import has_free_size, inputs_of
from tests.kit.apart import GIGABYTES

NUMBER_FIRST = "one number, of full rank, in front of what a Conv made"
STEPPED = "a Conv of one by one in steps behind another, of a free batch"
NO_SIZES = "a ConstantOfShape without sizes"
COLUMNS = "a Conv whose columns take over 4 GB, the gaps of its filter filled"
MOST = GIGABYTES * 2**30  # bytes, as all engines have here
RECTIFIED = "an answer that is a Conv's of one dimension behind a Relu"
PRODUCTS = "convolutions of over ten billion products"
SPREAD = "a ConvTranspose whose columns hold over ten million numbers"
VARIED = "sixty products whose sizes differ, or more"
DIFFERENT = 60  # its file has three times as many; each is compiled by itself, in half a second
NUMBERS = 10_000_000  # which onnx.reference adds one by one, in Python
MANY = 10_000_000_000  # its file has six times as many, a second for each of which is too slow

# What makes an array that MNN keeps pixel by pixel, the channels of each side by side, and what
# leaves it so. With one number in front, its answer comes in that order, and not in the file's.
PACKED = {"Conv", "ConvTranspose", "BatchNormalization", "InstanceNormalization", "LRN"}
LEAVE_PACKED = {
    *("Cast", "Clip", "Dropout", "Erf", "Expand", "HardSwish", "Identity", "MaxPool", "Neg"),
    *("Pad", "Relu", "Reshape", "Resize", "Sigmoid", "Slice", "Squeeze", "Tanh", "Tile"),
    *("Transpose", "Unsqueeze"),
}
OF_TWO = {"Add", "Sub", "Mul", "Div", "Max", "Min", "Pow", "Less", "Greater", "Equal"}
LEAVE_PACKED |= {*OF_TWO, "Concat"}
OF_PRODUCTS = ("Conv", "ConvTranspose", "Gemm", "MatMul")
SIZE_BY_SIZE = {"Add", "Mul", "Relu", "Clip", "Sigmoid", "Identity"}  # tract steps before these


# In a file ----------------------------------------------------------------------------------------
class Wires:
    """Who makes the wires of a graph, who reads them, what the file holds, and the sizes."""

    def __init__(self, model):
        graph = model.graph
        self.makers = {wire: node for node in graph.node for wire in node.output if wire}
        self.readers = {}
        for node in graph.node:
            for wire in node.input:
                self.readers.setdefault(wire, []).append(node)
        self.sizes = {tensor.name: [*tensor.dims] for tensor in graph.initializer}
        for node in graph.node:
            if node.op_type == "Constant" and node.attribute[0].HasField("t"):
                self.sizes[node.output[0]] = [*node.attribute[0].t.dims]
        self.held = set(self.sizes)
        for value in [*graph.input, *graph.value_info, *graph.output]:
            if value.type.tensor_type.HasField("shape"):
                dims = value.type.tensor_type.shape.dim
                self.sizes.setdefault(value.name, [dim.dim_value for dim in dims])

    def computed(self, node):
        """Return the wires that a node reads and the file does not hold."""
        return [wire for wire in node.input if wire and wire not in self.held]


def find_together(model):
    """Return what a model has, as the names of the files that try it."""
    try:
        typed = onnx.shape_inference.infer_shapes(model, data_prop=True)
    except Exception:  # of a model that contradicts itself, say
        typed = model
    wires = Wires(typed)
    nodes = typed.graph.node
    packed = list_packed(typed.graph, wires)
    found = [NUMBER_FIRST] if any(has_number_first(node, wires, packed) for node in nodes) else []
    if any(map(has_free_size, inputs_of(typed))):
        found += [STEPPED] if any(is_stepped(node, wires) for node in nodes) else []
    filled = [node for node in nodes if node.op_type == "ConstantOfShape"]
    if any(wires.sizes.get(node.input[0]) == [0] for node in filled):
        found.append(NO_SIZES)
    made = [wires.makers.get(value.name) for value in typed.graph.output]
    if any(node is not None and is_rectified(node, wires) for node in made):
        found.append(RECTIFIED)
    convolutions = [node for node in nodes if node.op_type == "Conv"]
    if any(bytes_of_columns(node, wires) > MOST for node in convolutions):
        found.append(COLUMNS)
    if sum(products_of(node, wires) for node in convolutions) > MANY:
        found.append(PRODUCTS)
    if len({sizes_of(node, wires) for node in nodes if node.op_type in OF_PRODUCTS}) >= DIFFERENT:
        found.append(VARIED)
    spread = [node for node in nodes if node.op_type == "ConvTranspose"]
    if any(numbers_of_columns(node, wires) > NUMBERS for node in spread):
        found.append(SPREAD)
    return found


def has_number_first(node, wires, packed):
    """Return whether a node of two has one number before what is packed, of the same rank."""
    if node.op_type not in OF_TWO or len(node.input) != 2 or node.input[0] not in wires.held:
        return False
    number, other = (wires.sizes.get(wire) for wire in node.input)
    if not number or other is None or len(number) != len(other) or set(number) != {1}:
        return False
    return node.input[1] in packed


def list_packed(graph, wires):
    """Return the wires that are kept pixel by pixel: all that their makers read are."""
    packed = set()
    for node in graph.node:
        given = set(wires.computed(node))
        leaves = node.op_type in LEAVE_PACKED
        if node.op_type in PACKED or (leaves and given and given <= packed):
            packed.update(node.output)
    return packed


def is_one_by_one(node, wires, stepped):
    """Return whether a node is a Conv of one by one, that goes in steps or does not."""
    if node.op_type != "Conv" or set(wires.sizes.get(node.input[1], [0])[2:]) != {1}:
        return False
    steps = set(settings_of(node).get("strides", [1]))
    return 1 not in steps if stepped else steps == {1}


def settings_of(node):
    """Return {name: value} of a node's attributes."""
    return {item.name: helper.get_attribute_value(item) for item in node.attribute}


def is_stepped(node, wires):
    """Return whether steps can be taken before what a Conv of one by one goes over was made.

    So it is where nobody else reads that, back to another Conv of one by one.
    """
    if not is_one_by_one(node, wires, stepped=True):
        return False
    waiting = [node.input[0]]
    while waiting:
        wire = waiting.pop()
        maker = wires.makers.get(wire)
        alone = all(
            is_one_by_one(reader, wires, stepped=True) or reader.op_type in SIZE_BY_SIZE
            for reader in wires.readers[wire]
        )
        if maker is None or not alone:
            continue
        if is_one_by_one(maker, wires, stepped=False):
            return True
        if maker.op_type in SIZE_BY_SIZE:
            waiting += wires.computed(maker)
    return False


def is_rectified(node, wires):
    """Return whether a node is a Relu of what a Conv over one dimension made."""
    maker = wires.makers.get(node.input[0]) if node.op_type == "Relu" else None
    return maker is not None and maker.op_type == "Conv" and len(filter_of(maker, wires)) == 3


def filter_of(node, wires):
    """Return the sizes of a Conv's filters, [] where they are not known."""
    return wires.sizes.get(node.input[1], [])


def bytes_of_columns(node, wires):
    """Return how much memory a Conv's columns take in float32: a filter's width for each answer.

    Those of all groups are made at once. 0 where a size is not known: nothing is said of it.
    """
    filters = filter_of(node, wires)
    answer = wires.sizes.get(node.output[0], [])
    if len(filters) < 3 or len(answer) < 3:
        return 0
    _out, channels, *widths = filters
    settings = settings_of(node)
    gaps = settings.get("dilations", [1] * len(widths))
    filled = [gap * (width - 1) + 1 for gap, width in zip(gaps, widths, strict=False)]
    rows = channels * settings.get("group", 1) * np.prod(filled, dtype=float)
    return int(rows * np.prod(answer[2:], dtype=float) * 4)


def products_of(node, wires):
    """Return how many products a Conv computes, of one row where rows are free; 0 if not known."""
    filters = filter_of(node, wires)
    batch, *answer = wires.sizes.get(node.output[0], [0])
    return max(1, batch) * math.prod(answer) * math.prod(filters[1:]) if filters else 0


def sizes_of(node, wires):
    """Return what a program for a node depends on: its operator, its sizes and its attributes."""
    sizes = [wires.sizes.get(wire) for wire in (*node.input, *node.output)]
    return node.op_type, str(sizes), str(sorted(settings_of(node).items()))


def numbers_of_columns(node, wires):
    """Return how many numbers a ConvTranspose adds up, of one row where rows are free, or 0."""
    filters = filter_of(node, wires)
    batch, *places = wires.sizes.get(node.input[0], [0])
    channels = settings_of(node).get("group", 1) * math.prod(filters[1:])
    return max(1, batch) * math.prod(places[1:]) * channels if filters else 0


# To be tried --------------------------------------------------------------------------------------
def stack(times, filters, pads):
    """Return the nodes of convolutions one behind the other, X to Y."""
    wires = ["X", *(f"c{i}" for i in range(1, times)), "Y"]
    lines = []
    for given, made in itertools.pairwise(wires):
        lines.append(f"{made} = Conv <pads = {pads}> ({given}, {filters})")
    return "  ".join(lines)


FILES = {  # {name: (sizes of X, nodes)}; what they read and nobody makes, the file holds
    NUMBER_FIRST: ("1, 4, 8, 8", "c = Conv (X, Filters)  Y = Add (one, c)"),
    STEPPED: (
        "N, 4, 8, 8",
        "c = Conv (X, Points)  r = Relu (c)  Y = Conv <strides = [2, 2]> (r, Points)",
    ),
    NO_SIZES: ("N, 4", "two = ConstantOfShape <value = float[1] {2.0}> (none)  Y = Add (X, two)"),
    COLUMNS: (
        "1, 128, 7500, 1",
        "Y = Conv <dilations = [4096, 1], pads = [4096, 0, 4096, 0]> (X, Wide)",
    ),
    RECTIFIED: ("1, 4, 8", "c = Conv (X, Taps)  Y = Relu (c)"),
    PRODUCTS: ("1, 128, 128, 128", stack(25, "Deep", [1, 1, 1, 1])),
    VARIED: ("1, 4, 8, 8", stack(3 * DIFFERENT, "Blur", [1, 1, 2, 1])),
    SPREAD: ("1, 64, 64, 64", "Y = ConvTranspose (X, Broad)"),
}


def make_together():
    """Return {name: (model, inputs)}."""
    rng = np.random.default_rng(0)
    arrays = {"one": np.ones((1, 1, 1, 1), np.float32), "none": np.zeros(0, np.int64)}
    shapes = {"Filters": (4, 4, 3, 3), "Points": (4, 4, 1, 1), "Wide": (2, 128, 3, 1)}
    for name, shape in shapes.items():
        arrays[name] = rng.normal(size=shape).astype(np.float32)
    others = np.random.default_rng(1)
    deep = others.normal(size=(128, 128, 3, 3)) / math.sqrt(128 * 3 * 3)  # no number grows
    arrays["Taps"] = np.random.default_rng(2).normal(size=(4, 4, 3)).astype(np.float32)
    arrays["Deep"] = deep.astype(np.float32)
    arrays["Blur"] = np.full((4, 4, 3, 3), 1 / 36, np.float32)
    arrays["Broad"] = others.normal(size=(64, 64, 8, 8)).astype(np.float32)
    found = {}
    for name, (sizes, nodes) in FILES.items():
        text = f'<ir_version: 8, opset_import: ["" : 17]> g (float[{sizes}] X) => (Y) {{ {nodes} }}'
        model = onnx.parser.parse_model(text)
        asked = {wire for node in model.graph.node for wire in node.input}
        for wire in sorted(asked & set(arrays)):
            model.graph.initializer.append(numpy_helper.from_array(arrays[wire], wire))
        typed = onnx.shape_inference.infer_shapes(model, strict_mode=True)
        onnx.checker.check_model(typed, full_check=True)
        shape = [2 if size == "N" else int(size) for size in sizes.split(", ")]
        found[name] = typed, [rng.normal(size=shape).astype(np.float32)]
    return found
