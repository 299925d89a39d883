"""Blocks of nodes: what they compute, and in which files they are found."""

import math

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator

from tests import engines
from tests.interop.operators import blocks, page, together, whole
from tests.interop.operators.measure import ENGINES, ENVIRONMENT
from tests.interop.real import judge
from tests.kit import apart, clock

BLOCKS = blocks.make_blocks()
FILES = BLOCKS | together.make_together()
RIGHT = 3  # files of those that an engine runs, run once more
GELUS = [name for name in BLOCKS if name.startswith("a GELU") and "bytes" not in name]


def answer(name):
    model, (x,) = BLOCKS[name]
    return ReferenceEvaluator(model).run(None, {"x": x})[0], x.astype(float)


@pytest.mark.parametrize("name", GELUS)
def test_a_gelu_is_one(name):
    """Of the forms with Tanh, Hendrycks and Gimpel say that it is off by 5e-4 at most."""
    found, x = answer(name)
    exact = x * (1 + np.vectorize(math.erf)(x / 2**0.5)) / 2
    np.testing.assert_allclose(found, exact, atol=5e-4 if "Tanh" in name else 1e-6)


def test_what_is_normalised_is_so():
    found, x = answer("a normalised layer")
    row = blocks.make_constants()["Row"].astype(float)
    even = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5)
    np.testing.assert_allclose(found, even * row + row, rtol=1e-4, atol=1e-5)


def test_a_product_of_bytes_is_that_of_its_numbers():
    """The bytes of x are off by half a step, of which there are 255 from its least to its most."""
    found, x = answer(blocks.BEYOND)
    step = (max(x.max(), 0) - min(x.min(), 0)) / 255
    exact = x @ np.full((8, 8), 127.0) * 1e-5
    np.testing.assert_allclose(found, exact, atol=8 * 127 * 1e-5 * step)


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_is_found_in_a_larger_file_with_other_names(name):
    model = onnx.compose.add_prefix(BLOCKS[name][0], "of the file ")
    graph = model.graph
    graph.input[0].name = "fed"
    graph.node.insert(0, onnx.helper.make_node("Identity", ["fed"], ["of the file x"]))
    graph.node.append(onnx.helper.make_node("Identity", ["of the file y"], ["answer"]))
    for node in graph.node:
        if node.op_type in blocks.COMMUTE:
            node.input[:] = node.input[::-1]
    assert name in blocks.find_blocks(model)


def test_a_weight_that_a_block_has_twice_may_be_two_in_a_file():
    """A normalisation's mean is not its scale, though one array stands for both in the block."""
    name = "Conv, GELU by Erf, BatchNormalization"
    model = onnx.ModelProto()
    model.CopyFrom(BLOCKS[name][0])
    last = model.graph.node[-1]
    for number in (1, 2, 3):
        held = next(one for one in model.graph.initializer if one.name == last.input[number])
        other = model.graph.initializer.add()
        other.CopyFrom(held)
        other.name = last.input[number] = f"of its own {number}"
    assert name in blocks.find_blocks(model)


def other_operator(node):
    node.op_type = "Sub" if node.op_type != "Sub" else "Add"


def other_wire(node):
    node.input[0] = "x2"


@pytest.mark.parametrize("change", [other_operator, other_wire])
@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_is_not_found_where_a_node_or_a_wire_is_another(name, change):
    """Each node that reads another one is changed in turn."""
    original = BLOCKS[name][0]
    made = {wire for node in original.graph.node for wire in node.output}
    for number, node in enumerate(original.graph.node):
        if change is other_wire and node.input[0] not in made:
            continue
        model = onnx.ModelProto()
        model.CopyFrom(original)
        change(model.graph.node[number])
        assert name not in blocks.find_blocks(model)


def test_a_weight_that_is_fed_is_no_weight():
    model = onnx.ModelProto()
    model.CopyFrom(BLOCKS["Conv, Add, Relu"][0])
    del model.graph.initializer[:]
    assert "Conv, Add, Relu" not in blocks.find_blocks(model)


@pytest.mark.parametrize(("largest", "found"), [(64, False), (65, True)])
def test_bytes_beyond_7_bits_are_told_by_the_weights(largest, found):
    model = onnx.ModelProto()
    model.CopyFrom(BLOCKS[blocks.BEYOND][0])
    tensor = next(one for one in model.graph.initializer if one.name == "LargeBytes")
    tensor.CopyFrom(numpy_helper.from_array(np.full((8, 8), -largest, np.int8), "LargeBytes"))
    assert (blocks.BEYOND in blocks.find_blocks(model)) == found


def telling(engine):
    """Return the files at which an engine fails, as recorded, and some that it runs."""
    probed = {name: word for name, word in page.read_probes(engine).items() if name in FILES}
    failed = {name: word for name, word in probed.items() if word != "agrees"}
    ran = [name for name in probed if name not in failed]
    return {**failed, **dict.fromkeys(ran[:RIGHT], "agrees")}


def run_again(engine, names, folder):
    """Return {file: verdict} of an engine, in a process without another engine's libraries."""
    module = ENGINES[engine]
    module.load()
    found = {}
    for name in names:
        model, inputs = FILES[name]
        path = folder / "block.onnx"
        onnx.save(model, path)
        full = f"{page.PROBES}: {name}"
        right = whole.answer(path, inputs, full)
        tolerance = whole.tolerance_of(full)
        found[name] = judge.judge_apart(module.run, path, inputs, right, tolerance)["verdict"]
    return found


@pytest.mark.skipif(not apart.POSSIBLE, reason="only Linux copies a process")
@pytest.mark.parametrize("engine", ENGINES)
def test_blocks_end_as_they_are_recorded(engine, tmp_path):
    if engines.version_of(ENGINES[engine]) is None:
        pytest.skip(f"{engine} is not installed")
    expected = telling(engine)
    settings = {"seconds": 600, "gigabytes": judge.GIGABYTES, "environment": ENVIRONMENT}
    outcome = apart.fresh(run_again, engine, list(expected), tmp_path, **settings)
    assert outcome.ended == apart.RETURNED, outcome
    if engine == judge.ORACLE and clock.has_vnni():
        expected[blocks.BEYOND] = "agrees"  # recorded without: its sums of bytes end at 16 bits
    assert outcome.value == expected
