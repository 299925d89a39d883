"""What the benchmarks share: one way to measure, and the report at the end of the run."""

import os
from collections import defaultdict
from importlib.metadata import version

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tests.benchmarks import report

MEASURED = defaultdict(list)  # "question/row/side": every time that was taken, in seconds
PASSES = 3  # through all benchmarks, so that one noisy minute does not decide a ratio
PACKAGES = ("onnxruntime", "onnx", "skl2onnx", "scikit-learn", "numpy")


def pytest_configure(config):
    config.option.benchmark_quiet = True  # the tables of ratios say it shorter


@pytest.fixture
def record():
    """Return a function that notes a number which needs no stopwatch, such as a file's size."""

    def note(key, value):
        MEASURED[key] = [value]

    return note


@pytest.fixture(scope="session", params=range(PASSES))
def lap(request):
    """Return the number of the pass: pytest runs all tests of one before it begins the next."""
    return request.param


@pytest.fixture
def measure(benchmark, lap):
    """Return a function that checks an answer, and then times how long it takes to get it."""

    def run(key, function, exact, atol, read=lambda answer: answer, rounds=None):
        assert_allclose(read(function()), exact, rtol=0, atol=atol, err_msg=key)
        if rounds:
            benchmark.pedantic(function, rounds=rounds)
        else:
            benchmark(function)
        if benchmark.stats:  # None after --benchmark-disable
            MEASURED[key] += benchmark.stats.stats.data

    return run


def tidy(x):
    """Return whole numbers as they are, others with the digits that mean something."""
    return int(x) if x == int(x) else float(f"{x:.5g}")


def describe_machine():
    """Return what the figures depend on, by name."""
    from pytest_benchmark.plugin import pytest_benchmark_generate_machine_info

    info = pytest_benchmark_generate_machine_info()
    return {
        "processor": info["cpu"].get("brand_raw", info["machine"]),
        "cores": len(os.sched_getaffinity(0)) if info["system"] == "Linux" else os.cpu_count(),
        "system": f"{info['system']} {info['machine']}",
        "Python": info["python_version"],
        **{package: version(package) for package in PACKAGES},
    }


def pytest_terminal_summary(terminalreporter, exitstatus, config):
    if not MEASURED:
        return
    figures = {key: np.percentile(times, [50, 25, 75]) for key, times in MEASURED.items()}
    measured = {key: [tidy(x) for x in figure] for key, figure in figures.items()}
    results = {"machine": describe_machine(), "measured": measured}
    if config.getoption("update") and exitstatus == 0:
        report.update(results)
    try:
        terminalreporter.write(f"\n{report.page(results)}\n")
    except KeyError as error:
        terminalreporter.write(f"\nno tables: {error} was not measured\n")
