"""The smallest cases answer otherwise in the engines that the page names, and rightly in others."""

import numpy as np
import onnx
import pytest

from tests import engines
from tests.engines import onnxruntime
from tests.interop.real import smallest
from tests.interop.real.judge import TOLERANCE, compare
from tests.kit import apart

CONV = smallest.conv_with_a_kernel_of_nine_in_a_row
NORM = smallest.batch_normalization_by_its_own_statistics


def run(name, path, inputs):
    return [np.asarray(output) for output in engines.find()[name].run(path, inputs)]


@pytest.mark.parametrize("case", [CONV, NORM])
def test_onnxruntime_gives_numpys_answer(case, tmp_path):
    model, inputs, right = case()
    onnx.save(model, tmp_path / "model.onnx")
    assert compare(onnxruntime.run(tmp_path / "model.onnx", inputs), right, 1e-5)[0] is None


@pytest.mark.parametrize(
    "engine, case, setting, is_right",
    [
        ("OpenCV", CONV, 9, False),
        ("OpenCV", CONV, 8, True),
        ("onnx.reference", NORM, 12, False),
        ("onnx.reference", NORM, 14, True),
    ],
)
def test_an_engine_answers_otherwise_there_and_only_there(
    engine, case, setting, is_right, tmp_path
):
    if engines.version_of(engines.find()[engine]) is None:
        pytest.skip(f"{engine} is not installed")
    model, inputs, right = case(setting)
    onnx.save(model, tmp_path / "model.onnx")
    outcome = apart.fresh(run, engine, tmp_path / "model.onnx", inputs, gigabytes=8)
    assert outcome.ended == apart.RETURNED, outcome
    assert (compare(outcome.value, right, TOLERANCE)[0] is None) == is_right
