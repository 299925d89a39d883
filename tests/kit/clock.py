"""Time: let what is compared take turns, and describe the machine that the figures depend on."""

import os
import platform
import re
import time
import timeit
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.testing import assert_allclose

ROUNDS = 9
TURN = 0.02  # seconds for which a side is called again and again, at least once
PAUSE = 0.05  # the last side's threads spin before they sleep, and would take the next one's cores


def take_turns(sides, rounds=ROUNDS, clock=time.perf_counter):
    """Return {side: seconds of one call, a figure for each round}, for sides {name: function}.

    All sides have their turn in every round: what slows the machine for a while slows them all.
    """
    timers = {}
    calls = {}
    for side, function in sides.items():
        timers[side] = timeit.Timer(function, timer=clock)
        calls[side] = max(1, round(TURN / max(timers[side].timeit(1), 1e-9)))
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


def read_cpuinfo():
    """Return what Linux says of the processor; "" on other systems."""
    path = Path("/proc/cpuinfo")
    return path.read_text(encoding="utf-8") if path.exists() else ""


def has_vnni():
    """Return whether the processor has instructions for sums of products of bytes.

    Without them onnxruntime adds pairs in 16 bits, and stops at 32767.
    """
    return "vnni" in read_cpuinfo()


def describe_machine(packages=("onnxruntime", "onnx", "skl2onnx", "scikit-learn", "numpy")):
    """Return what the figures depend on, by name."""
    named = re.search(r"model name\s*: (.*)", read_cpuinfo())
    processor = named[1] if named else platform.processor() or platform.machine()
    usable = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count())
    return {
        "processor": processor,
        "cores": len(usable),
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        **{package: version(package) for package in packages},
    }
