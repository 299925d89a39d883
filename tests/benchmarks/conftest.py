"""How the benchmarks measure: each answer is checked; with --update, the sides take turns."""

import os
import platform
import re
import time
import timeit
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tests.benchmarks import report

ROUNDS = 9
TURN = 0.02  # seconds for which a side is called again and again, at least once
PAUSE = 0.05  # the last side's threads spin before they sleep, and would take the next one's cores


def take_turns(sides, rounds, clock=time.perf_counter):
    """Return {side: seconds of one call, a figure for each round}, for sides {name: function}.

    All sides have their turn in every round: what slows the machine for a while slows them all.
    """
    timers = {}
    calls = {}
    for side, function in sides.items():
        timers[side] = timeit.Timer(function, timer=clock)
        calls[side] = max(1, round(TURN / timers[side].timeit(1)))
    seconds = {side: [] for side in sides}
    for _ in range(rounds):
        for side, timer in timers.items():
            time.sleep(PAUSE)
            one_call = timer.timeit(calls[side]) / calls[side]
            seconds[side].append(float(f"{one_call:.4g}"))
    return seconds


def check_answers(sides, exact, atol, read=np.asarray):
    """Assert that all sides {name: function} give the exact answer, read from what they return."""
    for side, function in sides.items():
        assert_allclose(read(function()), exact, rtol=0, atol=atol, err_msg=side)


def describe_machine():
    """Return what the figures depend on, by name."""
    processor = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        named = re.search(r"model name\s*: (.*)", cpuinfo.read_text(encoding="utf-8"))
        processor = named[1] if named else processor
    usable = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count())
    packages = ["onnxruntime", "onnx", "skl2onnx", "scikit-learn", "numpy"]
    return {
        "processor": processor,
        "cores": len(usable),
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        **{package: version(package) for package in packages},
    }


@pytest.fixture(scope="module")
def questions(request):
    """Return {question: ...} to fill; --update writes it, once all of the file's tests passed."""
    measured = {}
    yield measured
    if not request.config.getoption("update") or request.session.testsfailed:
        return
    results = {"machine": describe_machine(), "questions": measured}
    forgotten = report.list_sides(report.read_results()) - report.list_sides(results)
    assert not forgotten, f"not measured: {forgotten}; run all, or take it out of results.json"
    report.write_results(results)


@pytest.fixture
def record(questions):
    """Return a function that notes a row of figures: {side: figures}."""

    def note(question, row, unit, sides):
        questions.setdefault(question, {"unit": unit, "rows": {}})["rows"][row] = sides

    return note


@pytest.fixture
def compare(request, record):
    """Return a function that checks the sides of a row, and times them.

    A side that this machine lacks is None; the page then shows that it is unknown.
    """
    update = request.config.getoption("update")

    def check(question, row, sides, exact, atol, read=np.asarray, rounds=ROUNDS):
        here = {side: function for side, function in sides.items() if function}
        check_answers(here, exact, atol, read)
        if update:
            unknown = {side: [] for side in sides}
            record(question, row, "seconds", unknown | take_turns(here, rounds))

    return check
