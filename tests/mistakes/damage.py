"""Damage every file that the scripts write, in every place, and count what comes of it.

    truncated  the file ends after byte 0, 1, 2, ...      flipped  all bits of one byte are turned

Each damaged model is loaded and run in a child process. It is refused, or it answers as before, or
it answers otherwise; or it takes the child with it, by a crash or by not coming back.

Run it:  python -m tests.mistakes.damage      writes damage.json, in about a minute
Then:    pytest tests/mistakes --update       writes the page
"""

import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from threading import Timer

ROOT = Path(__file__).parents[2]
RESULTS = Path(__file__).with_name("damage.json")
SCRIPTS = ["linear_regression", "neural_network", "sklearn_converter"]
WIDTHS = {"linear": 3, "neural": 64, "sklearn": 4}  # features, by the beginning of a file's name
KINDS = ["truncated", "flipped"]
OUTCOMES = ["refused", "same answer", "different answer", "crash", "hang"]
EVERY = 2000  # a larger file is damaged in a sample of so many places
PATIENCE = 20  # seconds for one model; milliseconds are usual


# The child ----------------------------------------------------------------------------------------
def answer(content, X):
    """Return the bytes of everything that a model answers to the rows X."""
    import onnxruntime

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    return [array.tobytes() for array in session.run(None, {"X": X})]


def obey(path, width):
    """Read places to damage, a line each, and print what comes of it."""
    import numpy as np
    import onnxruntime

    told = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # onnxruntime prints some complaints to standard output
    onnxruntime.set_default_logger_severity(4)
    X = np.random.default_rng(0).uniform(0, 8, size=(20, int(width))).astype(np.float32)
    content = Path(path).read_bytes()
    whole = answer(content, X)
    print("ready", file=told, flush=True)
    for line in sys.stdin:
        kind, place = line.split()
        damaged = damage(content, kind, int(place))
        try:
            outcome = "same answer" if answer(damaged, X) == whole else "different answer"
        except Exception:
            outcome = "refused"
        print(outcome, file=told, flush=True)


def damage(content, kind, place):
    """Return the bytes of a file with the damage."""
    if kind == "truncated":
        return content[:place]
    flipped = bytearray(content)
    flipped[place] ^= 255
    return bytes(flipped)


# The parent ---------------------------------------------------------------------------------------
def start(path):
    """Return a child process that waits for places to damage."""
    width = WIDTHS[path.name.split("_")[0]]
    command = [sys.executable, __file__, str(path), str(width)]
    child = subprocess.Popen(
        command,
        encoding="utf-8",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "ORT_DISABLE_TELEMETRY": "1"},
    )
    assert child.stdout.readline() == "ready\n"
    return child


def choose_places(size, every=EVERY):
    """Return the places to damage in a file: all, or a sample that is the same each time."""
    if size <= every:
        return list(range(size))
    return sorted(random.Random(0).sample(range(size), every))


def count(path, places):
    """Return {kind: {outcome: how often}} for the places of one file."""
    counts = {kind: Counter() for kind in KINDS}
    child = start(path)
    for kind in KINDS:
        for place in places:
            print(kind, place, file=child.stdin, flush=True)
            hung = Timer(PATIENCE, child.kill)
            hung.start()
            outcome = child.stdout.readline().strip()
            if not outcome:  # the child is gone: of itself, or because patience was
                outcome = "crash" if hung.is_alive() else "hang"
                end(child)
                child = start(path)
            hung.cancel()
            assert outcome in OUTCOMES, outcome
            counts[kind][outcome] += 1
    end(child)
    return {kind: dict(sorted(counts[kind].items())) for kind in KINDS}


def end(child):
    """Close a child's pipes, upon which it ends."""
    child.stdin.close()
    child.stdout.close()
    child.wait()


def table(results):
    """Return the lines of the page's table."""
    lines = [f"| file | damage | {' | '.join(OUTCOMES)} |", "|---|---|" + "---:|" * len(OUTCOMES)]
    for name, counts in results.items():
        for kind in KINDS:
            cells = [f"{counts[kind].get(outcome, 0):,}" for outcome in OUTCOMES]
            lines.append(f"| `{name}` | {kind} | {' | '.join(cells)} |")
    return lines


def total(results, outcome=None):
    """Return how many damaged models there were, or how many with that outcome."""
    numbers = 0
    for counts in results.values():
        for kind in KINDS:
            for each, number in counts[kind].items():
                if outcome in [None, each]:
                    numbers += number
    return numbers


def main():
    """Damage the files of all three scripts, print the table and write damage.json."""
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for script in SCRIPTS:
            command = [sys.executable, str(ROOT / f"{script}.py")]
            subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        for path in sorted(Path(folder).iterdir()):
            results[path.name] = count(path, choose_places(path.stat().st_size))
            print("\n".join(table({path.name: results[path.name]})[2:]), flush=True)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:]:
        obey(*sys.argv[1:])
    else:
        main()
