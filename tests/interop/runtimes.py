"""Where a file runs: in each engine of tests/engines, and onnxruntime in two more places."""

import json
from pathlib import Path

import numpy as np

from tests import engines
from tests.kit import apart

FOLDER = Path(__file__).parent
ENGINES = engines.find()
HOME = "ONNX Runtime"
JAVASCRIPT = {"Chromium": "test_runs_in_chromium.py", "Node.js": "test_runs_in_node.py"}
PLACES = sorted([*ENGINES, *JAVASCRIPT], key=str.lower)


def engine_of(place):
    """Return the name of the engine that runs in a place."""
    return HOME if place in JAVASCRIPT else place


def file_of(place):
    """Return the file, seen from this folder, that shows how a file is run in a place."""
    if place in JAVASCRIPT:
        return JAVASCRIPT[place]
    return f"../engines/{Path(ENGINES[place].__file__).name}"


def language_of(place):
    """Return what the engine of a place is written in."""
    return "C++, as WebAssembly" if place in JAVASCRIPT else ENGINES[place].WRITTEN_IN


def version_in(place):
    """Return the package that runs in a place, and its version."""
    if place in JAVASCRIPT:
        package = FOLDER / "node_modules" / "onnxruntime-web" / "package.json"
        return f"onnxruntime-web {json.loads(package.read_text(encoding='utf-8'))['version']}"
    return f"{ENGINES[place].PACKAGE} {engines.version_of(ENGINES[place])}"


def answer_all(tell, name, tasks, every=False):
    """Hand over, for each task (path, inputs), the last output of an engine, or what it says.

    With every, all outputs as a list. For a process of its own: some engines can't live beside
    others, and some end a process.
    """
    engine = ENGINES[name]
    engine.load()
    for path, inputs in tasks:
        try:
            outputs = [np.asarray(output) for output in engine.run(path, inputs)]
            tell(("answer", outputs if every else outputs[-1]))
        except Exception as error:
            tell(("error", f"{type(error).__name__}: {error}"))


def ask(name, tasks, every=False, seconds=1200):
    """Return [(kind, value)] for tasks: kind is answer, error, or crash; the rest is asked anew."""
    answers = []
    while len(answers) < len(tasks):
        outcome = apart.fresh(
            answer_all,
            name,
            tasks[len(answers) :],
            every,
            tell=True,
            seconds=seconds,
            gigabytes=32,
            environment={"PYTHONWARNINGS": "ignore"},
        )
        answers += outcome.told
        if outcome.ended != apart.RETURNED:
            answers.append(("crash", f"{outcome.ended} {outcome.error}".strip()))
    return answers
