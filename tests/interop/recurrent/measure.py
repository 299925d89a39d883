"""Which engines run LSTM and GRU, in which form; results.json keeps it.

python -m tests.interop.recurrent.measure [NAME ...]    of those that are installed
"""

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx

from tests import engines
from tests.interop.recurrent.cases import CASES, SIZES, TOLERANCE, build, expected, make_feed
from tests.interop.runtimes import ask
from tests.kit import record

FILE = Path(__file__).with_name("results.json")


def describe(kind, value, right):
    """Return "agrees", or what an engine's answer is instead."""
    if kind == "crash":
        return f"ends the process: {value}"
    if kind == "error":
        return "refused: " + " ".join(value.split())[:90]
    for name, output, exact in zip(["Y", "last h", "last c"], value, right, strict=False):
        if output.shape != exact.shape:
            return f"differs: the shape of {name} is {output.shape} in place of {exact.shape}"
        off = abs(output - exact).max()
        if not off <= TOLERANCE:
            return f"differs: {name} is off by {off:.2g}"
    return "agrees"


def judge(name):
    """Return {case: words} of an engine: "agrees", if it does for each of the sizes."""
    tasks = []
    keys = []
    with tempfile.TemporaryDirectory() as folder:
        for i, (title, case) in enumerate(CASES.items()):
            path = Path(folder, f"case_{i}.onnx")
            onnx.save(build(case), path)
            for T, N in SIZES:
                feed = make_feed(case, T, N)
                inputs = [np.ascontiguousarray(array) for array in feed.values()]
                tasks.append((path, inputs))
                keys.append((title, (T, N), expected(case, feed)))
        answers = ask(name, tasks, every=True)
    found = {}
    for (title, (T, N), right), (kind, value) in zip(keys, answers, strict=True):
        words = describe(kind, value, right)
        if words != "agrees" and title not in found:
            size = "" if words.startswith("refused") else f" (T {T}, N {N})"
            found[title] = words + size
    return {title: found.get(title, "agrees") for title in CASES}


def main(arguments):
    """Measure the engines, and save what was found."""
    known = engines.find()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="*", help="of an engine")
    names = parser.parse_args(arguments).name
    unknown = set(names) - set(known)
    if unknown:
        parser.error(f"no engine {', '.join(sorted(unknown))}; expected some of {', '.join(known)}")
    for name in names or known:
        version = engines.version_of(known[name])
        if version is None:
            print(f"{name} is not installed")
            continue
        entry = {"version": version, "date": record.today(), "cases": judge(name)}
        results = record.read(FILE)
        results.setdefault("engines", {})[name] = entry
        record.write(FILE, results)
        print(name, entry["cases"], flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
