"""Measure what a Loop costs and who runs one, and keep the answers in measured_loops.json.

    python -m tests.exercises.measure_loops            the costs
    python -m tests.exercises.measure_loops --others   and who runs it, of tests/interop's runtimes

The page's tables are made from that, by pytest --update. Times are ratios, since they belong to a
computer: measure on one that does nothing else.
"""

import argparse
import importlib
import json
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

from tests.exercises.answers import ex17_if_and_loop as lynx
from tests.exercises.ex17_if_and_loop import FORMULA
from tests.exercises.measure_bits import fastest, make_session

FILE = Path(__file__).with_name("measured_loops.json")
INTEROP = Path(__file__).parent.parent / "interop"
YEARS = 100
HISTORY = np.array([2.5, 2.8, 3.1], np.float32)

# Exercise 17 without its If
GATHER = """
   before_end = Constant <value = int64 {-2}> ()
   before = Gather (history, before_end)
"""


def unroll(years):
    """Return a forecast of so many years without a Loop: the same nodes again for each."""
    lines = ["one_row = Constant <value = int64[1] {1}> ()"]
    names = []
    last = "last"
    before = "before"
    for i in range(years):
        lines.append(f"from_last_{i} = Mul ({last}, weight_of_last)")
        lines.append(f"from_before_{i} = Mul ({before}, weight_of_before)")
        lines.append(f"sum_{i} = Add (from_last_{i}, from_before_{i})")
        lines.append(f"year_{i} = Add (sum_{i}, constant)")
        lines.append(f"row_{i} = Reshape (year_{i}, one_row)")
        names.append(f"row_{i}")
        before = last
        last = f"year_{i}"
    lines.append(f"forecast = Concat <axis = 0> ({', '.join(names)})")
    return "\n".join([*lines, "}"])


# 1. Costs -----------------------------------------------------------------------------------------
def measure_costs():
    """Return {form: bytes and time of a forecast}, the time as a multiple of the unrolled one's."""
    models = {
        "unrolled": lynx.solve(None, GATHER, unroll(YEARS)),
        "Loop": lynx.solve(None, GATHER),
        "Loop, and an If before it": lynx.solve(None),
        "Scan": lynx.solve(None, GATHER, lynx.SCAN),
    }
    feed = {"history": np.array([2.5, 2.8], np.float32), "steps": np.array(YEARS)}
    exact = lynx.expected(feed["history"].astype(np.float64), YEARS)["forecast"]
    calls = {}
    for name, model in models.items():
        session = make_session(model)
        forecast = session.run(None, feed)[0]
        assert np.allclose(forecast, exact, rtol=0, atol=lynx.TOLERANCE), name
        calls[name] = partial(session.run, None, feed)
    best = fastest(calls)
    costs = {}
    for name, model in models.items():
        costs[name] = {"bytes": model.ByteSize(), "time": best[name] / best["unrolled"]}
    return costs


def make_table_of_costs(costs):
    """Return the page's table of what each form costs."""
    lines = ["| form | bytes | time |", "|---|---:|---:|"]
    for name, row in costs.items():
        lines.append(f"| {name} | {row['bytes']} | {row['time']:.1f} |")
    return "\n".join(lines) + "\n"


# 2. Who runs them ---------------------------------------------------------------------------------
def make_portable(operator):
    """Return a forecast with that operator, and the exact answer to HISTORY.

    The runtimes are fed one array, called X; steps is a constant in the file.
    """
    if operator == "If":
        years = 1
        decide = lynx.DECIDE
        repeat = "unused = Identity (steps)" + FORMULA.replace("(mean,", "(before,")
    else:
        years = 7
        decide = GATHER
        repeat = lynx.SCAN if operator == "Scan" else lynx.REPEAT
    model = onnx.parser.parse_model((lynx.HEAD + decide + repeat).replace("history", "X"))
    del model.graph.input[1]
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.array(years), "steps"))
    exact = lynx.expected(HISTORY.astype(np.float64), years)["forecast"]
    return model, exact


def try_runtime(name, operator):
    """Return the runtime of that file in tests/interop, and what it makes of the operator.

    The import ends this process if the runtime is not installed.
    """
    module = importlib.import_module(f"tests.interop.{name}")
    model, exact = make_portable(operator)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder, "model.onnx")
        onnx.save(model, path)
        try:
            forecast = np.asarray(module.run(path, HISTORY)).ravel()
        except Exception:  # each runtime has exceptions of its own
            return module.NAME, "refuses"
    if forecast.shape == exact.shape and np.allclose(forecast, exact, rtol=0, atol=1e-4):
        return module.NAME, "runs"
    return module.NAME, "answers wrongly"


def measure_runtimes():
    """Return {runtime: {operator: word}}; a process for each, as some crash."""
    runtimes = {}
    for path in sorted(INTEROP.glob("test_runs_in_*.py")):
        for operator in ["If", "Loop", "Scan"]:
            command = [sys.executable, "-m", "tests.exercises.measure_loops", path.stem, operator]
            process = subprocess.run(command, capture_output=True, encoding="utf-8")
            if process.returncode == 0:
                name, word = json.loads(process.stdout.splitlines()[-1])
                runtimes.setdefault(name, {})[operator] = word
            else:
                print(path.stem, operator, process.returncode, process.stderr[-200:])
    return runtimes


def make_table_of_runtimes(runtimes):
    """Return the page's table of who runs what."""
    lines = ["| runtime | If | Loop | Scan |", "|---|---|---|---|"]
    for name, words in sorted(runtimes.items()):
        cells = [words.get(operator, "crashes") for operator in ["If", "Loop", "Scan"]]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main():
    """Measure, and write what was found to measured_loops.json."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--others", action="store_true")
    parser.add_argument("runtime", nargs="?", help="print what this runtime does, and stop")
    parser.add_argument("operator", nargs="?")
    arguments = parser.parse_args()
    if arguments.runtime:
        print(json.dumps(try_runtime(arguments.runtime, arguments.operator)))
        return
    measured = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    measured["onnxruntime"] = onnxruntime.__version__
    measured["costs"] = measure_costs()
    if arguments.others:
        measured["runtimes"] = measure_runtimes()
    FILE.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
