"""Exercises whose answer is an ONNX file, whoever wrote it, in whatever language.

python -m tests.exercises              the list, and what is solved in this folder
python -m tests.exercises 1            the task, its starting file, a hint; again: the next hint
python -m tests.exercises 1 mine.onnx  right, or what is wrong
"""

import argparse
import ast
import errno
import importlib
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
STATE = Path("exercises.json")  # in the current folder: hints shown, exercises solved
SECONDS = 60  # for a file to be judged in


def find_exercises():
    """Return the exercises as {number: path}: ex01_*.py is number 1."""
    exercises = {}
    for path in sorted(FOLDER.glob("ex*_*.py")):
        number = path.stem.split("_")[0].removeprefix("ex")
        exercises[int(number)] = path
    return exercises


def headline(path):
    """Return the first line of an exercise, "Title: sentence.", without importing it."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    return ast.get_docstring(module).splitlines()[0]


def read_state():
    """Return what is remembered in this folder: {"hints": {number: count}, "solved": {...}}."""
    if not STATE.exists():
        return {"hints": {}, "solved": {}}
    try:
        state = json.loads(STATE.read_text(encoding="utf-8"))
        return {"hints": dict(state["hints"]), "solved": dict(state["solved"])}
    except (ValueError, KeyError, TypeError) as error:
        cause = "not what was written there; delete it to begin anew"
        raise OSError(errno.EINVAL, cause, str(STATE)) from error


def write_state(state):
    STATE.write_text(json.dumps(state, indent=1) + "\n", encoding="utf-8")


def print_list(exercises):
    """Print a line for each exercise, marked if it is solved in this folder."""
    solved = read_state()["solved"]
    for number, path in exercises.items():
        mark = "solved" if str(number) in solved else ""
        print(f"{mark:6} {number:3}  {headline(path)}")


def print_task(number, path):
    """Print the task, and one hint more than the last time; write the starting file."""
    import onnx

    exercise = importlib.import_module(f"tests.exercises.{path.stem}")
    print(f"{number}. {exercise.__doc__}")
    for side, tensors in [("in", exercise.INPUTS), ("out", exercise.OUTPUTS)]:
        for tensor, meaning in tensors.items():
            print(f"{side:6} {tensor:22} {meaning}")

    start = Path(f"ex{number}_start.onnx")
    if not start.exists():
        onnx.save(exercise.start(), start)
    print(f"start  {start}: it runs, and is not the answer yet")

    state = read_state()
    shown = min(state["hints"].get(str(number), 0) + 1, len(exercise.HINTS))
    state["hints"][str(number)] = shown
    write_state(state)
    for i, hint in enumerate(exercise.HINTS[:shown], start=1):
        print(textwrap.fill(f"hint {i} {hint}", 80, subsequent_indent=7 * " "))
    if shown < len(exercise.HINTS):
        print("       the same command again shows the next hint")
    else:
        print(f"       there are no more; the solution is solve() in tests/exercises/{path.name}")


def judge_elsewhere(name, file, seconds=SECONDS):
    """Return whether the file is right, and the verdict; a process of its own finds that out."""
    command = [sys.executable, "-X", "utf8", "-m", "tests.exercises.judge", name, file.resolve()]
    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # each takes memory
    try:
        process = subprocess.run(
            command,
            cwd=FOLDER.parent.parent,
            env={**os.environ, **one_thread},
            capture_output=True,
            encoding="utf-8",
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        return False, f"wrong  it took more than {seconds} seconds, and was stopped"
    verdict = process.stdout.strip()
    if not verdict:  # a crash; or an error of Python, whose last line says which
        cause = process.stderr.strip().rpartition("\n")[2]
        verdict = f"wrong  it ended the process that ran it: status {process.returncode} {cause}"
        return False, verdict.rstrip()
    return process.returncode == 0, verdict


def check_file(number, path, file):
    """Print the verdict on a file, remember a right one, and return the status: 0 if it is."""
    right, verdict = judge_elsewhere(path.stem, file)
    print(verdict)
    if not right:
        print(f"       hints: python -m tests.exercises {number}")
        return 1
    print(f"       one way to write it is solve() in tests/exercises/{path.name}")
    state = read_state()
    state["solved"][str(number)] = file.name
    write_state(state)
    return 0


def main(argv=None):
    """Do what the arguments ask for; the status is 1 for a wrong file, 2 for a wrong command."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.exercises",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("number", type=int, nargs="?")
    parser.add_argument("file", type=Path, nargs="?")
    arguments = parser.parse_args(argv)
    number = arguments.number
    file = arguments.file
    exercises = find_exercises()

    if number is not None and number not in exercises:
        parser.exit(2, f"error: no exercise {number}; expected 1 to {max(exercises)}\n")
    if file and not file.is_file():
        parser.exit(2, f"error: {file}: no such file; expected an ONNX file\n")
    try:
        if file:
            return check_file(number, exercises[number], file)
        if number:
            print_task(number, exercises[number])
        else:
            print_list(exercises)
    except OSError as error:
        parser.exit(2, f"error: {error.filename}: {error.strerror}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
