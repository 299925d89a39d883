"""Every engine that is installed takes inputs, and gives outputs, in the order of the graph."""

import sys

import numpy as np
import onnx
import pytest
from numpy.testing import assert_allclose
from onnx import TensorProto, helper, numpy_helper

from tests import engines
from tests.engines import ncnn
from tests.kit import apart

ENGINES = engines.find()

# The names are in another order than the graph's, and one input is no float32.
MODEL = """
<ir_version: 8, opset_import: ["": 18]>
order (float[N, 2] second, float[N, 2] first) => (float[N, 2] z, float[N, 2] a)
<float[2] three = {3, 4}>
{
    z = Sub (second, first)
    a = Mul (second, three)
}
"""
SECOND = np.float32([[1, 2], [3, 5], [8, 13]])
FIRST = np.float32([[2, 2], [0, 1], [1, 0]])


def find_loaded():
    """Return which modules are imported once all engines are found."""
    engines.find()
    return sorted(sys.modules)


def run(name, path, inputs):
    return engines.find()[name].run(path, inputs)


def run_twice(name, path, first, second):
    """Return the first answer, once the engine has given the second."""
    module = engines.find()[name]
    answer = module.run(path, first)
    module.run(path, second)
    return answer


def run_read_only(name, path, inputs):
    """Return the outputs for arrays that must not be written to, as those of a protobuf are."""
    for array in inputs:
        array.setflags(write=False)
    return run(name, path, inputs)


def test_to_find_the_engines_imports_none_of_them():
    loaded = apart.fresh(find_loaded).value
    heavy = {"onnxruntime", "onnx.reference", "openvino", "cv2", "tract", "tvm", "torch", "iree"}
    heavy |= {"tinygrad", "emx_onnx_cgen", "MNN", "ncnn", "onnx2torch"}
    assert "tests.engines.ncnn" in loaded
    assert not heavy & set(loaded)


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_says_what_it_is(name):
    module = ENGINES[name]
    assert module.__doc__.startswith(module.NAME)
    assert module.PACKAGE in module.INSTALL.lower().replace("==", " ").split("pip install ")[1]


@pytest.mark.parametrize("name", ENGINES)
def test_inputs_and_outputs_go_by_the_order_of_the_graph(name, tmp_path):
    if engines.version_of(ENGINES[name]) is None:
        pytest.skip(f"{ENGINES[name].PACKAGE} is not installed")
    path = tmp_path / "two words.onnx"  # a path with a space, too
    onnx.save(onnx.parser.parse_model(MODEL), path)
    outcome = apart.fresh(run, name, path, [SECOND, FIRST], gigabytes=16)
    assert outcome.ended == apart.RETURNED, outcome
    z, a = outcome.value
    assert_allclose(z, SECOND - FIRST, atol=1e-5)
    assert_allclose(a, SECOND * [3, 4], atol=1e-5)


@pytest.mark.parametrize("name", ENGINES)
def test_an_answer_is_no_memory_of_the_engine(name, tmp_path):
    """MNN hands out its own memory, which its next answer overwrites."""
    if engines.version_of(ENGINES[name]) is None:
        pytest.skip(f"{ENGINES[name].PACKAGE} is not installed")
    W = np.eye(64, dtype=np.float32).reshape(64, 64, 1, 1)
    text = "(float[1, 64, 24, 24] X) => (float[1, 64, 24, 24] Y) { Y = Conv (X, W) }"
    model = onnx.parser.parse_model(f'<ir_version: 8, opset_import: ["" : 17]> g {text}')
    model.graph.initializer.append(numpy_helper.from_array(W, "W"))
    onnx.save(model, tmp_path / "model.onnx")
    X = np.random.default_rng(0).normal(size=(1, 64, 24, 24)).astype(np.float32)
    outcome = apart.fresh(run_twice, name, tmp_path / "model.onnx", [X], [-X], gigabytes=16)
    assert outcome.ended == apart.RETURNED, outcome
    assert_allclose(outcome.value[0], X, atol=1e-5)


@pytest.mark.parametrize("name", ENGINES)
def test_what_must_not_be_written_to_is_fed(name, tmp_path):
    if engines.version_of(ENGINES[name]) is None:
        pytest.skip(f"{ENGINES[name].PACKAGE} is not installed")
    path = tmp_path / "model.onnx"
    onnx.save(onnx.parser.parse_model(MODEL), path)
    outcome = apart.fresh(run_read_only, name, path, [SECOND, FIRST], gigabytes=16)
    assert outcome.ended == apart.RETURNED, outcome
    assert_allclose(outcome.value[0], SECOND - FIRST, atol=1e-5)


@pytest.mark.parametrize("name", sorted({*ENGINES} - {"ncnn"}))  # of which pnnx makes no file
def test_one_number_without_axes_is_fed_as_it_is(name, tmp_path):
    """numpy.ascontiguousarray would give it an axis, and Apache TVM refuses that."""
    if engines.version_of(ENGINES[name]) is None:
        pytest.skip(f"{ENGINES[name].PACKAGE} is not installed")
    path = tmp_path / "number.onnx"
    text = MODEL.replace("float[N, 2] first", "float first")
    onnx.save(onnx.parser.parse_model(text), path)
    outcome = apart.fresh(run, name, path, [SECOND, np.array(2, np.float32)], gigabytes=16)
    assert outcome.ended == apart.RETURNED, outcome
    assert_allclose(outcome.value[0], SECOND - 2, atol=1e-5)


def test_where_pnnx_is_missing_the_system_says_so(monkeypatch):
    """Which is no verdict on ncnn."""
    monkeypatch.setattr(ncnn, "find_spec", lambda _name: None)
    assert ncnn.find_pnnx() == "pnnx"


def test_weights_among_the_inputs_are_not_fed():
    """As in files of IR 3, which had no other way."""
    model = onnx.parser.parse_model(MODEL)
    three = onnx.helper.make_tensor_value_info("three", onnx.TensorProto.FLOAT, [2])
    model.graph.input.insert(0, three)
    assert engines.input_names(model) == ["second", "first"]


def test_plain_c_knows_large_weights_and_the_sizes_of_outputs(tmp_path):
    """By itself it puts weights of more than 100 KiB into a second file, which nobody loads."""
    if engines.version_of(ENGINES["Plain C"]) is None:
        pytest.skip("emx-onnx-cgen is not installed")
    W = np.random.default_rng(0).normal(size=(200, 200)).astype(np.float32)
    X = np.ones((2, 200), np.float32)
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 200])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["another name", 200])
    node = helper.make_node("MatMul", ["x", "W"], ["y"])
    graph = helper.make_graph([node], "large", [x], [y], [numpy_helper.from_array(W, "W")])
    path = tmp_path / "large.onnx"
    imports = [helper.make_opsetid("", 18)]
    onnx.save(helper.make_model(graph, opset_imports=imports, ir_version=8), path)
    outcome = apart.fresh(run, "Plain C", path, [X], gigabytes=16)
    assert outcome.ended == apart.RETURNED, outcome
    assert_allclose(outcome.value[0], X @ W.astype(float), atol=1e-4)
