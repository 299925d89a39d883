"""What does an optimiser make of my file?

Install it:  pip install onnxslim onnxsim onnxoptimizer onnxruntime
Try it:      pytest tests/interop/test_optimisers.py
"""

import os
import subprocess
import sys

import numpy as np
import onnx
import pytest

import neural_network
from tests.conftest import ROOT
from tests.interop import tables
from tests.interop.common import need
from tests.interop.optimise import TOOLS

NAME = "optimisers"
for module in ("onnxslim", "onnxsim", "onnxoptimizer"):
    need(NAME, module)
VARIES = "onnxruntime, all"  # suits its result to the processor


def describe(original, optimised):
    """Return how many nodes a model has now, whose operators they are, and its size in bytes."""
    before = [node.op_type for node in original.graph.node]
    after = [node.op_type for node in optimised.graph.node]
    words = ["unchanged" if before == after else f"{len(before)} → {len(after)} nodes"]
    if any(node.domain.startswith("com.microsoft") for node in optimised.graph.node):
        words.append("own operators")
    words.append(f"{original.ByteSize():,} → {optimised.ByteSize():,} bytes")
    return ", ".join(words)


def optimise(tool, path, target):
    """Return the status of a process that writes what a tool makes of a file."""
    command = [sys.executable, "-m", "tests.interop.optimise", tool, path, target]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}  # the tools warn of others' versions
    process = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=120)
    return process.returncode


def judge(tool, column, answer, target, optimise=optimise):
    """Return in a few words what a tool makes of a file: it may refuse it, crash, or spoil it."""
    path, _, _ = answer(column, 1)
    status = optimise(tool, path, target)
    if status < 0:
        return "**crashes**"
    if status > 0:
        return "refused"
    optimised = onnx.load(target)
    try:
        onnx.checker.check_model(optimised, full_check=True)
        session = neural_network.load_model(target)
    except Exception:  # onnx and onnxruntime raise classes of their own
        return "**invalid**"
    for rows in (1, 7, 1000):
        _, feed, exact = answer(column, rows)
        P = session.run(None, feed)[-1]
        if not np.allclose(P, exact, rtol=0, atol=tables.TOLERANCES[column]):
            return "**differs**"
    return "agrees" if tool == VARIES else describe(onnx.load(path), optimised)


@pytest.mark.parametrize("tool", TOOLS)
def test_what_it_makes_of_a_file_is_valid_and_agrees_or_is_noted(
    tool, column, answer, tmp_path, note
):
    note(f"{tool}: {column}", judge(tool, column, answer, tmp_path / "optimised.onnx"))


def forget_the_weights(tool, path, target):
    model = onnx.load(path)
    model.graph.initializer[0].raw_data = bytes(len(model.graph.initializer[0].raw_data))
    onnx.save(model, target)
    return 0


def misspell(tool, path, target):
    model = onnx.load(path)
    model.graph.node[0].op_type = "MatMull"
    onnx.save(model, target)
    return 0


def refuse(tool, path, target):
    return 1


def crash(tool, path, target):
    return -6


@pytest.mark.parametrize(
    "spoil, verdict",
    [
        (forget_the_weights, "**differs**"),
        (misspell, "**invalid**"),
        (refuse, "refused"),
        (crash, "**crashes**"),
    ],
)
def test_an_optimiser_that_spoils_a_file_would_be_noticed(spoil, verdict, answer, tmp_path):
    assert judge("any", "linear", answer, tmp_path / "spoilt.onnx", spoil) == verdict
