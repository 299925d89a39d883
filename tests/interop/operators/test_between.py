"""A case's node between others: the file is right, and what is tried is the node in the middle."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

from tests.interop.operators import between, conditions
from tests.interop.operators import cases as official
from tests.interop.operators.uses import NO_STRIDES, SEVERAL_FILTERS, read_model

rng = np.random.default_rng(0)
FLOATS = rng.normal(size=(2, 3)).astype(np.float32)
CASES = {
    "float32": ("Neg", [FLOATS], [-FLOATS], {}),
    "float16": ("Neg", [FLOATS.astype(np.float16)], [-FLOATS.astype(np.float16)], {}),
    "int64": ("Add", [np.int64([1, 2]), np.int64([3, 4])], [np.int64([4, 6])], {}),
    "bool": (
        "And",
        [np.array([True, True]), np.array([True, False])],
        [np.array([1, 0], bool)],
        {},
    ),
    "uint8": ("Identity", [np.uint8([0, 255])], [np.uint8([0, 255])], {}),
    "to another": ("Cast", [FLOATS], [FLOATS.astype(np.int64)], {"to": TensorProto.INT64}),
}


def make_case(operator, inputs, right, **attributes):
    sides = []
    for mark, arrays in (("X", inputs), ("Y", right)):
        values = []
        for i, array in enumerate(arrays):
            kind = helper.np_dtype_to_tensor_dtype(array.dtype)
            values.append(helper.make_tensor_value_info(f"{mark}{i}", kind, array.shape))
        sides.append(values)
    names = [[value.name for value in side] for side in sides]
    node = helper.make_node(operator, *names, **attributes)
    graph = helper.make_graph([node], "graph", *sides)
    imports = [helper.make_opsetid("", 18)]
    model = helper.make_model(graph, opset_imports=imports, ir_version=8)
    return official.Case(operator, operator, model, inputs, right, False)


@pytest.mark.parametrize("name", CASES)
def test_a_node_between_others_is_fed_the_same_and_its_answer_goes_on(name):
    operator, inputs, right, attributes = CASES[name]
    case = make_case(operator, inputs, right, **attributes)
    other = between.between_others(case)
    names = [value.name for value in other.model.graph.input]
    session = ReferenceEvaluator(other.model)
    answers = session.run(None, dict(zip(names, other.inputs, strict=True)))
    assert official.difference(other, answers) is None
    assert [array.dtype for array in answers] == [array.dtype for array in other.outputs]
    used = between.use_of(other.model)
    assert used.operator == operator
    assert used.computed == set(range(len(inputs)))
    assert used.kept == {0}
    assert len(case.model.graph.node) == 1  # which is left as it is


def test_what_is_no_array_has_nothing_before_it():
    case = make_case("Neg", [FLOATS], [-FLOATS])
    case.outputs = [[-FLOATS]]
    assert between.between_others(case) is None


def of_node(operator, shapes, **attributes):
    """Return the words of a node whose inputs have these shapes, the first of them fed."""
    values = []
    for i, shape in enumerate(shapes):
        values.append(helper.make_tensor_value_info(f"X{i}", TensorProto.FLOAT, shape))
    answer = helper.make_empty_tensor_value_info("Y")
    node = helper.make_node(operator, [value.name for value in values], ["Y"], **attributes)
    graph = helper.make_graph([node], "graph", values, [answer])
    imports = [helper.make_opsetid("", 11)]
    (use,) = read_model(helper.make_model(graph, opset_imports=imports))
    return use.attributes, conditions.literals(use)


def test_a_pool_tells_whether_its_strides_are_stated():
    """MNN ends the process where they are not, though 1 is what the standard then means."""
    pool = {"kernel_shape": [3, 3]}
    assert NO_STRIDES in of_node("MaxPool", [[1, 2, 8, 8]], **pool)[0]
    assert NO_STRIDES not in of_node("MaxPool", [[1, 2, 8, 8]], **pool, strides=[1, 1])[0]
    assert NO_STRIDES not in of_node("Conv", [[1, 2, 8, 8], [2, 2, 3, 3]])[0]


@pytest.mark.parametrize(("filters", "several"), [(4, False), (8, True)])
def test_a_group_of_one_channel_tells_whether_it_has_several_filters(filters, several):
    words = of_node("Conv", [[1, 4, 8], [filters, 1, 3]], group=4)[0]
    assert "group of one channel" in words
    assert (SEVERAL_FILTERS in words) == several


def test_axes_that_are_no_input_yet_and_not_stated_are_a_word():
    assert conditions.NO_AXES in of_node("Squeeze", [[1, 4, 1]])[1]
    assert conditions.NO_AXES not in of_node("Squeeze", [[1, 4, 1]], axes=[0])[1]
    assert conditions.NO_AXES not in of_node("Relu", [[1, 4, 1]])[1]


def test_onnx_checks_what_is_between_others():
    operator, inputs, right, attributes = CASES["to another"]
    other = between.between_others(make_case(operator, inputs, right, **attributes))
    onnx.checker.check_model(other.model, full_check=True)
    assert [node.op_type for node in other.model.graph.node] == ["Mul", "Cast", "Cast"]
