"""The harness of fewer bits: forms are what they are called, and a wrong answer is seen."""

import numpy as np
import onnx
import pytest
from numpy.testing import assert_allclose
from onnx import TensorProto, numpy_helper
from onnx.reference import ReferenceEvaluator

pytest.importorskip("onnx_ir")  # which onnxruntime's tool of four bits imports

from tests.interop.bits import forms, measure, networks
from tests.interop.bits.memory import open_session

TEXT = """
<ir_version: 8, opset_import: ["" : 18]>
tiny (float[N,32] X) => (float[N,4] Y) { Y = MatMul (X, W) }
"""
KINDS = {  # what the file of a form holds besides float32
    "float32": set(),
    "stored as float16": {TensorProto.FLOAT16},
    "stored as bfloat16": {TensorProto.BFLOAT16},
    "float16": {TensorProto.FLOAT16},
    "bfloat16": {TensorProto.BFLOAT16},
    "dynamic int8": {TensorProto.INT8},
    "static U8S8": {TensorProto.INT8, TensorProto.UINT8},
    "static S8S8": {TensorProto.INT8},
    "static U8U8": {TensorProto.UINT8},
    "INT4, DequantizeLinear": {TensorProto.INT4},
    "INT4, MatMulNBits": {TensorProto.UINT8},
}


@pytest.fixture
def tiny():
    """Return a matrix as a network, whose numpy is right."""
    random = np.random.default_rng(0)
    W = random.normal(size=(32, 4)).astype(np.float32)
    X = random.normal(size=(50, 32)).astype(np.float32)
    model = onnx.parser.parse_model(TEXT)
    model.graph.initializer.append(numpy_helper.from_array(W, "W"))
    return networks.network(model, [{"X": X}], {"X": X}, X.astype(float) @ W, True)


@pytest.mark.parametrize("form", KINDS)
def test_a_form_holds_numbers_of_its_kind_and_is_near(form, tiny):
    model = measure.make(tiny, form)
    onnx.checker.check_model(model)
    large = [tensor for tensor in model.graph.initializer if np.prod(tensor.dims) > 1]
    small = [tensor for tensor in model.graph.initializer if np.prod(tensor.dims) == 1]
    found = {tensor.data_type for tensor in large + small} - {TensorProto.FLOAT}
    assert found == KINDS[form]
    row = measure.judge_form(tiny, form)
    unit = abs(tiny.exact).max()
    assert row["off"] < {True: 0.2, False: 0.03}["INT4" in form] * unit  # half a step of 7, of 127
    assert row.get("by", "onnxruntime") == (
        "onnx.reference" if form == "bfloat16" else "onnxruntime"
    )


def test_a_row_says_how_far_it_is_off_and_which_labels_changed(tiny):
    exact = tiny.exact.copy()
    exact[7] = exact[7, [1, 2, 3, 0]]
    off = abs(exact - tiny.exact).max()
    row = measure.judge_form(tiny._replace(exact=exact), "float32")
    assert row["changed"] == 1 and row["off, one row"] < 1e-5
    assert_allclose(row["off"], off, rtol=0.06)  # two digits
    other = measure.judge_form(tiny._replace(exact_first=tiny.exact_first + 1, unit=2), "float32")
    assert other["changed"] == 0 and other["off, one row"] == 0.5


def test_matmulnbits_is_restated_as_onnxruntime_computes_it(tiny):
    model = measure.make(tiny, "INT4, MatMulNBits")
    (right,) = open_session(model).run(None, tiny.feed)
    (said,) = ReferenceEvaluator(measure.without_own_operators(model)).run(None, tiny.feed)
    assert_allclose(said, right, rtol=0, atol=1e-5)
    assert abs(right - tiny.exact).max() > 0.01  # it was rounded


def test_what_the_file_says_is_what_it_says(tiny):
    models = {form: measure.make(tiny, form) for form in ("float32", "static U8S8")}
    said = measure.what_the_file_says(models, tiny.feed)
    assert_allclose(said["float32"], tiny.exact, rtol=0, atol=1e-5)
    assert 0.001 < abs(said["static U8S8"] - tiny.exact).max() < 0.5


def test_an_answer_is_told_from_a_wrong_one():
    said = np.zeros((7, 10))
    assert measure.describe("answer", said + 0.9 * measure.FAR, said) == "agrees"
    assert measure.describe("answer", said + 1.1 * measure.FAR, said) == "differs: 0.011"
    assert measure.describe("answer", said + 0.011, said, 0.02) == "agrees"
    assert measure.describe("answer", said * np.nan, said) == "differs: nan"
    assert measure.describe("answer", said[0], said) == "differs: the shape is (10,)"
    assert measure.describe("answer", said, None) == "runs"
    assert measure.describe("error", "no\n  way", said) == "refused: no way"
    assert measure.describe("crash", "SIGSEGV", said) == "ends the process: SIGSEGV"
    assert (measure.FAR, measure.FARTHER) == (0.01, {"bfloat16": 0.02})


def test_a_name_that_is_not_known_gets_a_line_and_status_2(capsys):
    for what in ("figures", "real", "engines"):
        with pytest.raises(SystemExit) as ended:
            measure.main([what, "nothing of that name"])
        assert ended.value.code == 2
        assert "there is no nothing of that name; expected some of" in capsys.readouterr().err


def test_the_forms_are_those_of_the_page():
    assert set(KINDS) <= set(forms.FORMS)
