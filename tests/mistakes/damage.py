"""Damage every file that the scripts write, in every place, and count what comes of it.

    truncated  the file ends after byte 0, 1, 2, ...      flipped  all bits of one byte are turned

Each damaged model is loaded and run in a child process. It is refused, or it answers as before, or
it answers otherwise; or it takes the child with it, by a crash or by not coming back.

Run it:  python tests/damage.py            prints the table, in less than a minute
         python tests/damage.py --update   and writes it into README.md
"""

import random
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from threading import Timer

ROOT = Path(__file__).parents[2]
PAGE = Path(__file__).with_name("README.md")
SCRIPTS = ["linear_regression", "neural_network", "sklearn_converter"]
EVERY = 2000  # a larger file is damaged in a sample of so many places
PATIENCE = 20  # seconds for one model; milliseconds are usual
OUTCOMES = ["refused", "same answer", "different answer", "crash", "hang"]

CHILD = """if True:
    import os, sys
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import numpy as np, onnxruntime
    path, width = sys.argv[1], int(sys.argv[2])
    results = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # onnxruntime prints some complaints to standard output
    onnxruntime.set_default_logger_severity(4)
    X = np.random.default_rng(0).uniform(0, 8, size=(20, width)).astype(np.float32)

    def answer(content):
        session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
        return [array.tobytes() for array in session.run(None, {"X": X})]

    content = open(path, "rb").read()
    whole = answer(content)
    print("ready", file=results, flush=True)
    for line in sys.stdin:
        kind, place = line.split()
        place = int(place)
        damaged = bytearray(content[:place] if kind == "truncated" else content)
        if kind == "flipped":
            damaged[place] ^= 255
        try:
            outcome = "same answer" if answer(bytes(damaged)) == whole else "different answer"
        except Exception:
            outcome = "refused"
        print(outcome, file=results, flush=True)"""


def start(path, width):
    """Return a child process that waits for places to damage."""
    command = [sys.executable, "-c", CHILD, str(path), str(width)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    child = subprocess.Popen(command, text=True, **pipes)
    assert child.stdout.readline() == "ready\n"
    return child


def damage(path, width):
    """Return {(kind, outcome): count} for one file."""
    size, counts, child = path.stat().st_size, Counter(), start(path, width)
    places = range(size) if size <= EVERY else sorted(random.Random(0).sample(range(size), EVERY))
    for kind in ("truncated", "flipped"):
        for place in places:
            print(kind, place, file=child.stdin, flush=True)
            hung = Timer(PATIENCE, child.kill)
            hung.start()
            outcome = child.stdout.readline().strip()
            if not outcome:  # the child is gone: of itself, or because patience was
                outcome = "crash" if hung.is_alive() else "hang"
                child = start(path, width)
            hung.cancel()
            assert outcome in OUTCOMES, outcome
            counts[kind, outcome] += 1
    child.stdin.close()
    child.wait()
    return counts


def main():
    """Print the table, and write it into README.md if asked to."""
    lines = [f"| file | damage | {' | '.join(OUTCOMES)} |", "|---|---|" + "---:|" * len(OUTCOMES)]
    total = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for script in SCRIPTS:
            command = [sys.executable, str(ROOT / f"{script}.py")]
            subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        for path in sorted(Path(folder).iterdir()):
            width = {"linear": 3, "neural": 64, "sklearn": 4}[path.name.split("_")[0]]
            counts = damage(path, width)
            for kind in ("truncated", "flipped"):
                cells = [f"{counts[kind, outcome]:,}" for outcome in OUTCOMES]
                lines.append(f"| `{path.name}` | {kind} | {' | '.join(cells)} |")
                print(lines[-1], flush=True)
            for (_, outcome), count in counts.items():
                total[outcome] += count
    section = f"""## Damaged files

[`damage.py`](damage.py) damages each file that the scripts write, at every byte, or at a sample of
{EVERY:,} in a larger file: {sum(total.values()):,} models, each loaded and run in a child process.

{{TABLE}}

A protobuf has no checksum, so {total["different answer"]:,} of them load, run and answer something
else: keep a checksum beside the file, and compare it before you load.
""".replace("{TABLE}", "\n".join(lines))
    print(section)
    if sys.argv[1:] == ["--update"]:
        page = PAGE.read_text(encoding="utf-8").partition("## Damaged files")[0]
        PAGE.write_text(page + section, encoding="utf-8")


if __name__ == "__main__":
    main()
