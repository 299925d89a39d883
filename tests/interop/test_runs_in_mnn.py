"""What MNN answers otherwise, and what its tools do beside their work.

Leave the command mnnconvert, and `import MNN.tools`, alone: they run the first pip on the path, to
install a client that reports to MNN's maker what is converted. It asks for an older protobuf.
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.testing import assert_allclose
from onnx import TensorProto, helper, numpy_helper

from tests.engines import mnn as engine
from tests.interop.common import missing
from tests.kit import apart

CLIENT = "aliyun-log-python-sdk"
if importlib.util.find_spec("MNN") is None:
    missing(engine.NAME, "there is no package MNN")


def run_alone(function, *arguments):
    """Return what a function returns in a new process; beside TensorFlow, MNN would end it."""
    outcome = apart.fresh(function, *arguments, environment={"PYTHONWARNINGS": "ignore"})
    assert outcome.ended == apart.RETURNED, outcome
    return outcome.value


def convert_and_listen(path, folder):
    """Return what the converter prints on a file that it refuses."""
    printed = folder / "printed.txt"
    file = os.open(printed, os.O_WRONLY | os.O_CREAT)
    os.dup2(file, 1)
    os.dup2(file, 2)
    with pytest.raises(RuntimeError, match="the converter wrote nothing"):
        engine.convert(path, folder / "model.mnn")
    return printed.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "column, operator",
    [("user-defined operator", "Dense"), ("ai.onnx.ml", "LinearClassifier")],
)
def test_what_it_refuses_it_names_in_what_it_prints(column, operator, answer, tmp_path):
    path, _, _ = answer(column, 1)
    printed = run_alone(convert_and_listen, path, tmp_path)
    assert f"These Op Not Support: ONNX::{operator}" in printed


def test_the_axes_of_reduce_l2_are_forgotten_without_a_word(tmp_path):
    # Until opset 17 they are an attribute of ReduceL2, since then an input: MNN looks for the
    # attribute, and takes the length of all rows together.
    X = helper.make_tensor_value_info("X", TensorProto.FLOAT, ["N", 2])
    Y = helper.make_tensor_value_info("Y", TensorProto.FLOAT, ["N", 1])
    axes = numpy_helper.from_array(np.array([1]), "axes")
    node = helper.make_node("ReduceL2", ["X", "axes"], ["Y"], keepdims=1)
    graph = helper.make_graph([node], "lengths", [X], [Y], [axes])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, tmp_path / "lengths.onnx")
    rows = np.array([[3, 4], [5, 12]], np.float32)  # of length 5 and 13
    (lengths,) = run_alone(engine.run, tmp_path / "lengths.onnx", [rows])
    assert_allclose(lengths, [[np.sqrt(5**2 + 13**2)]], rtol=1e-6)


def answer_both_ways(path, X):
    """Return the answer as it comes, and that without large tiles."""
    return [engine.run(path, [X], exactly=exactly)[0] for exactly in (False, True)]


def test_by_default_three_digits_are_left_of_a_convolution(tmp_path):
    rng = np.random.default_rng(0)
    W = rng.normal(size=(64, 64, 3, 3)).astype(np.float32)
    lost = []
    for side in (12, 24, 40):  # of 16 and 20 none are lost
        X = rng.normal(size=(1, 64, side, side)).astype(np.float32)
        text = f"float[1, 64, {side}, {side}] X) => (float[1, 64, {side}, {side}] Y"
        model = onnx.parser.parse_model(
            f'<ir_version: 8, opset_import: ["" : 17]> g ({text}) '
            "{ Y = Conv <pads = [1, 1, 1, 1]> (X, W) }"
        )
        model.graph.initializer.append(numpy_helper.from_array(W, "W"))
        onnx.save(model, tmp_path / "convolution.onnx")
        padded = np.pad(X[0].astype(np.float64), ((0, 0), (1, 1), (1, 1)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
        exact = np.einsum("chwij,ocij->ohw", windows, W.astype(np.float64))
        answers = run_alone(answer_both_ways, tmp_path / "convolution.onnx", X)
        off = [abs(answer[0] - exact).max() / abs(exact).max() for answer in answers]
        assert off[1] < 5e-6  # 576 products in float32: 1e-6 of the largest was measured
        lost.append(off[0])
    # No complaint. On which sides it takes large tiles depends on the processor.
    assert 1e-4 < max(lost) < 0.01


@pytest.fixture
def told(tmp_path):
    """Return a function that runs Python where pip only writes down what it is told."""
    program = tmp_path / "bin" / "pip"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho $* >> {tmp_path / 'told.txt'}\nexit 1\n", encoding="utf-8")
    program.chmod(0o755)

    def run_python(*words):
        process = subprocess.run(
            [sys.executable, *words],
            env={"PATH": str(program.parent), "HOME": str(tmp_path)},  # no other pip on the path
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        )
        assert process.returncode == 0, process.stderr
        written = tmp_path / "told.txt"
        return set(written.read_text(encoding="utf-8").splitlines()) if written.exists() else set()

    return run_python


@pytest.mark.skipif(os.name == "nt", reason="the program that stands in for pip is of a shell")
def test_importing_the_tools_runs_the_first_pip_and_importing_mnn_does_not(told):
    if importlib.util.find_spec("aliyun") is not None:
        pytest.skip(f"{CLIENT} is there, and the import would report")
    assert told("-c", "import MNN, _tools") == set()
    assert told("-c", "import MNN.tools.mnnconvert") == {f"install -U {CLIENT}"}


def test_what_mnnconvert_would_report_stands_in_its_source():
    """Read, not run: what is sent cannot be taken back."""
    folder = Path(importlib.util.find_spec("MNN").origin).parent / "tools"
    command = (folder / "mnnconvert.py").read_text(encoding="utf-8")
    client = (folder / "utils" / "log.py").read_text(encoding="utf-8")
    assert 'mnn_logger.put_log(log_dict, "convert")' in command
    for word in ("machine_id", "LogClient", "urlopen", "put_logs"):
        assert word in client
