"""The smallest cases answer otherwise in the engines that the page names, and rightly in others."""

import numpy as np
import onnx
import pytest

from tests import engines
from tests.engines import make_feed, onnxruntime
from tests.interop.bits import forms
from tests.interop.real import smallest
from tests.interop.real.judge import ALLOWED, TOLERANCE, compare
from tests.kit import apart, clock

CONV = smallest.conv_with_a_kernel_of_nine_in_a_row
NORM = smallest.batch_normalization_by_its_own_statistics
LSTM = smallest.lstm_over_a_free_number_of_steps
GRU = smallest.gru_that_hands_on_its_state
GELU = smallest.gelu_alone
BEHIND = smallest.normalization_behind_conv_and_gelu
CASES = {CONV: [9, 8], NORM: [12, 14], LSTM: ["T", 8], GRU: [None], GELU: ["Erf", "Tanh"]}
CASES[BEHIND] = ["Conv", "Identity"]
BOTH = smallest.lstm_both_ways_of_what_is_computed
FRONT = smallest.one_number_in_front
BYTES = smallest.bytes_that_are_fed
SOFTMAX = smallest.softmax_between_bytes
CASES |= {SOFTMAX: ["QuantizeLinear", "Identity"]}
CASES |= {BOTH: ["N", 2], FRONT: ["in front", "behind"], BYTES: [False, True]}
FILTERS = smallest.filters_of_unlike_size
SQUARES = smallest.function_of_squares
PRODUCT = smallest.logarithm_of_a_product
DECIDES = smallest.sigmoid_that_decides
RELU = smallest.relu_that_branches_read
CASES |= {FILTERS: [50, 0.1], SQUARES: ["Sqrt", "Log"], PRODUCT: ["MatMul", "Conv"]}
CASES |= {DECIDES: [500, 1], RELU: ["If", "Neg"]}
FINER = 1e-5  # of the largest number: float32 keeps 7 digits of it


def run(name, path, inputs):
    return [np.asarray(output) for output in engines.find()[name].run(path, inputs)]


def make(case, setting):
    return case() if setting is None else case(setting)


def ask(engine, case, setting, folder):
    """Return the outcome of an engine's run of a case, in a process of its own."""
    if engines.version_of(engines.find()[engine]) is None:
        pytest.skip(f"{engine} is not installed")
    model, inputs, right = make(case, setting)
    onnx.save(model, folder / "model.onnx")
    return apart.fresh(run, engine, folder / "model.onnx", inputs, gigabytes=8), right


@pytest.mark.parametrize("case", CASES)
def test_onnxruntime_gives_numpys_answer(case, tmp_path):
    for setting in CASES[case]:
        model, inputs, right = make(case, setting)
        onnx.save(model, tmp_path / "model.onnx")
        assert compare(onnxruntime.run(tmp_path / "model.onnx", inputs), right, FINER)[0] is None


@pytest.mark.parametrize(
    "engine, case, setting, is_right",
    [
        ("OpenCV", CONV, 9, False),
        ("OpenCV", CONV, 8, True),
        ("OpenCV", BEHIND, "Conv", False),
        ("OpenCV", BEHIND, "Identity", True),
        ("onnx.reference", NORM, 12, False),
        ("onnx.reference", NORM, 14, True),
        ("MNN", LSTM, "T", False),
        ("MNN", LSTM, 8, True),
        ("MNN", FRONT, "in front", False),
        ("MNN", FRONT, "behind", True),
        ("tract", SOFTMAX, "QuantizeLinear", False),
        ("tract", SOFTMAX, "Identity", True),
        ("MNN", BYTES, False, False),
        ("MNN", BYTES, True, True),
        ("IREE", BOTH, "N", False),
        ("IREE", BOTH, 2, True),
        ("ncnn", GRU, None, False),
    ],
)
def test_an_engine_answers_otherwise_there_and_only_there(
    engine, case, setting, is_right, tmp_path
):
    outcome, right = ask(engine, case, setting, tmp_path)
    assert outcome.ended == apart.RETURNED, outcome
    assert (compare(outcome.value, right, TOLERANCE)[0] is None) == is_right


def test_mnn_answers_pixel_by_pixel(tmp_path):
    """At first come the channels of the first pixel, and not its row."""
    outcome, (right,) = ask("MNN", FRONT, "in front", tmp_path)
    np.testing.assert_allclose(outcome.value[0].ravel()[:4], right[0, :, 0, 0], atol=1e-5)


@pytest.mark.skipif(
    clock.has_vnni() or not clock.read_cpuinfo(), reason="this processor may be exact for bytes"
)
def test_onnxruntime_saturates_a_product_of_bytes(tmp_path):
    for weight in (127, 63):
        model, inputs, ((exact,),) = smallest.product_of_bytes(weight)
        onnx.save(model, tmp_path / "model.onnx")
        ((answer,),) = onnxruntime.run(tmp_path / "model.onnx", inputs)
        assert (answer == exact) == (weight == 63)


def test_mnn_computes_a_gelu_by_its_approximation(tmp_path):
    """Which is two ten-thousandths off; the real file has it again and again."""
    outcome, right = ask("MNN", GELU, "Erf", tmp_path)
    (x,) = smallest.gelu_alone("Erf")[1]
    assert compare(outcome.value, right, FINER)[0] is not None
    assert compare(outcome.value, [np.float32(smallest.gelu_by_tanh(x))], FINER)[0] is None


def test_opencv_ends_at_a_gelu_with_tanh_and_not_at_one_with_erf(tmp_path):
    assert ask("OpenCV", GELU, "Tanh", tmp_path)[0].ended == apart.CRASHED
    outcome, right = ask("OpenCV", GELU, "Erf", tmp_path)
    assert compare(outcome.value, right, FINER)[0] is None


@pytest.mark.skipif(
    clock.has_vnni() or not clock.read_cpuinfo(), reason="this processor may be exact for bytes"
)
def test_onnxruntime_saturates_a_convolution_of_bytes(tmp_path):
    for weight in (127, 63):
        model, inputs, right = smallest.filter_of_bytes(weight)
        onnx.save(model, tmp_path / "model.onnx")
        answer = onnxruntime.run(tmp_path / "model.onnx", inputs)
        assert (answer[0] == right[0]).all() == (weight == 63)


@pytest.mark.parametrize("engine", ["ONNX Runtime", "IREE", "Plain C"])
def test_what_float32_cannot_tell_from_half_a_step_goes_either_way(engine, tmp_path):
    (row,) = smallest.between_two_steps()[1][0]
    assert np.rint(row[0] + row[1] + row[2]) == 0
    assert np.rint(row[2] + row[1] + row[0]) == 1
    for rest, allowed in ((2e-8, {0, 1}), (1e-3, {1})):
        outcome, ((exact,),) = ask(engine, smallest.between_two_steps, rest, tmp_path)
        assert exact == 1
        assert outcome.value[0].item() in allowed


# What 8 bits spoil --------------------------------------------------------------------------------
def quantised(form, case, setting, folder, **options):
    """Return how far off a case is once a form with fewer bits is made of it."""
    model, inputs, right = case(**setting)
    onnx.save(model, folder / "model.onnx")
    feed = make_feed(folder / "model.onnx", inputs)
    if form == "static":
        options = {**forms.SIGNED, **options}
        changed = forms.static(model, [feed], **options)
    else:
        changed = forms.dynamic(model, **options)
    onnx.save(changed, folder / "changed.onnx")
    answer = onnxruntime.run(folder / "changed.onnx", inputs)
    return compare(answer, right, ALLOWED["static int8"])[1]


SEVEN = {"reduce_range": True}  # no processor stops at 32767 then
EACH = {"per_channel": True, **SEVEN}
KEEP = {"extra_options": {"QDQKeepRemovableActivations": True}}
WITHOUT = {"op_types_to_quantize": ["MatMul"]}


@pytest.mark.parametrize(
    "form, case, setting, options, is_right",
    [
        ("dynamic", FILTERS, {}, SEVEN, False),
        ("dynamic", FILTERS, {}, EACH, False),  # which it does not have for Conv
        ("dynamic", FILTERS, {"largest": 0.1}, SEVEN, True),
        ("static", FILTERS, {}, SEVEN, False),
        ("static", FILTERS, {}, EACH, True),
        ("static", FILTERS, {"held": "Constant"}, EACH, False),
        ("static", FILTERS, {"largest": 0.1}, SEVEN, True),
        ("static", SQUARES, {"kind": "Sqrt"}, {}, False),
        ("static", SQUARES, {"kind": "Sqrt"}, WITHOUT, True),
        ("static", SQUARES, {"kind": "Sqrt", "loud": 0.2}, {}, True),
        ("static", SQUARES, {"kind": "Log", "opset": 12}, {}, False),
        ("static", SQUARES, {"kind": "Log"}, {}, False),
        ("static", SQUARES, {"kind": "Log"}, WITHOUT, True),
        ("static", SQUARES, {"kind": "Log", "loud": 0.2}, {}, True),
        ("dynamic", PRODUCT, {"kind": "MatMul"}, {}, False),
        ("dynamic", PRODUCT, {"kind": "Conv"}, {}, False),
        ("dynamic", PRODUCT, {"kind": "MatMul", "quiet": 0.5}, {}, True),
        ("dynamic", PRODUCT, {"kind": "Conv", "quiet": 0.5}, {}, True),
        ("static", DECIDES, {}, {}, False),
        ("static", DECIDES, {"steepness": 1}, {}, True),
        ("static", RELU, {}, {}, False),
        ("static", RELU, {}, KEEP, True),
        ("static", RELU, {"reader": "Neg"}, {}, True),
    ],
)
def test_8_bits_spoil_a_case_there_and_only_there(form, case, setting, options, is_right, tmp_path):
    off = quantised(form, case, setting, tmp_path, **options)
    assert (off <= ALLOWED[f"{form} int8"]) == is_right, off


def test_the_sigmoid_that_decides_is_moved_by_a_hundredth_of_noise_as_well():
    right = smallest.sigmoid_that_decides()[2][0]
    moved = smallest.sigmoid_that_decides(second=0.9985 * 1.01)[2][0]
    assert abs(moved - right) > 0.1 * right
