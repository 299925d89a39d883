"""What do optimisers make of our files, and are they faster?

Install them:  pip install onnxslim onnxsim onnxoptimizer onnxruntime
Try it:        pytest tests/interop/optimisers/test_our_files.py
"""

import os
import shutil
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.testing import assert_allclose

import neural_network
from tests.interop.common import OPTIMISERS, need
from tests.interop.files import TOLERANCES
from tests.interop.optimisers import page
from tests.interop.optimisers.judge import RESULTS, operators
from tests.interop.optimisers.tools import TOOLS
from tests.kit import record
from tests.kit.clock import ROUNDS, describe_machine, take_turns
from tests.kit.places import ROOT

for _function, package in TOOLS.values():
    need(OPTIMISERS, package)


# What becomes of a file --------------------------------------------------------------------------
def describe(original, optimised):
    """Return how many nodes a model has now, whose operators they are, and its size in bytes."""
    before = operators(original.graph)
    after = operators(optimised.graph)
    words = ["unchanged" if before == after else f"{len(before)} → {len(after)} nodes"]
    if any(domain.startswith("com.microsoft") for domain, _operator in after):
        words.append("own operators")
    words.append(f"{original.ByteSize():,} → {optimised.ByteSize():,} bytes")
    return ", ".join(words)


def optimise(tool, path, target):
    """Return the status of a process that writes what a tool makes of a file."""
    command = [sys.executable, "-m", "tests.interop.optimisers.tools", tool, path, target]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}  # the tools warn of others' versions
    process = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=120)
    return process.returncode


@pytest.fixture(scope="module")
def optimised(answer, tmp_path_factory):
    """Return a function: a tool and a column to the status of the process, and the new file."""
    done = {}

    def write(tool, column):
        if (tool, column) not in done:
            path, _, _ = answer(column, 1)
            target = tmp_path_factory.mktemp("optimised") / "optimised.onnx"
            done[tool, column] = (optimise(tool, path, target), target)
        return done[tool, column]

    return write


def judge(tool, column, answer, status, target):
    """Return in a few words what a tool makes of a file: it may refuse it, crash, or spoil it."""
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
        path, feed, exact = answer(column, rows)
        P = session.run(None, feed)[-1]
        if not np.allclose(P, exact, rtol=0, atol=TOLERANCES[column]):
            return "**differs**"
    return "agrees" if tool == page.VARIES else describe(onnx.load(path), optimised)


@pytest.mark.parametrize("tool", TOOLS)
def test_what_it_makes_of_a_file_is_valid_and_agrees_or_is_noted(
    tool, column, answer, optimised, note
):
    status, target = optimised(tool, column)
    _function, package = TOOLS[tool]
    keys = (RESULTS, "our files", tool)
    note(*keys, package, value=record.versions([package])[package], compare=False)
    note(*keys, column, value=judge(tool, column, answer, status, target))
    note(*keys, "run on", value=record.today(), compare=False)


# Speed -------------------------------------------------------------------------------------------
@pytest.fixture
def sides(column, answer, optimised, tmp_path):
    """Return {side: path} of the files to be timed: the original, a copy of it, each result."""
    path, _, _ = answer(column, 1)
    copy = tmp_path / "copy.onnx"
    shutil.copy(path, copy)
    files = {"original": path, page.COPY: copy}
    for tool in TOOLS:
        status, target = optimised(tool, column)
        word = judge(tool, column, answer, status, target)
        if word != "refused" and not word.startswith("**"):
            files[tool] = target
    return files


def call(path, feed):
    """Return a function that runs a file as most people do: with onnxruntime's own settings."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])

    def run():
        return session.run(None, feed)

    return run


def measure(sides, feed):
    """Return {side: seconds of a call, a figure for each round}.

    Each round opens the files anew and begins with another one: two sessions of the same file may
    differ by half, for as long as they live, and who comes first may be slower.
    """
    seconds = {side: [] for side in sides}
    order = list(sides)
    for _ in range(ROUNDS):
        runs = {side: call(sides[side], feed) for side in order}
        for side, figures in take_turns(runs, rounds=1).items():
            seconds[side].extend(figures)
        order = [*order[1:], order[0]]
    return seconds


@pytest.mark.parametrize("rows", [1, 1000])
def test_speed(rows, column, answer, sides, request, note):
    """The answers are asserted; the times are not, but only noted, in turns, by --update."""
    _, feed, exact = answer(column, rows)
    for side, path in sides.items():
        assert_allclose(
            call(path, feed)()[-1], exact, rtol=0, atol=TOLERANCES[column], err_msg=side
        )
    if request.config.getoption("update"):
        about = describe_machine()
        machine = {key: about[key] for key in ("processor", "cores", "onnxruntime")}
        note(RESULTS, "speed", "machine", value=machine)
        note(RESULTS, "speed", "run on", value=record.today())
        note(RESULTS, "speed", "seconds", str(rows), column, value=measure(sides, feed))


# The harness -------------------------------------------------------------------------------------
def forget_the_weights(path, target):
    model = onnx.load(path)
    model.graph.initializer[0].raw_data = bytes(len(model.graph.initializer[0].raw_data))
    onnx.save(model, target)
    return 0


def misspell(path, target):
    model = onnx.load(path)
    model.graph.node[0].op_type = "MatMull"
    onnx.save(model, target)
    return 0


def refuse(path, target):
    return 1


def crash(path, target):
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
    path, _, _ = answer("linear", 1)
    target = tmp_path / "spoilt.onnx"
    assert judge("any", "linear", answer, spoil(path, target), target) == verdict
