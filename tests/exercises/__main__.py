"""Exercises whose answer is an ONNX file: what wrote it does not matter.

python -m tests.exercises              the list, and what is solved in this folder
python -m tests.exercises 1            the task, its starting file, a hint; again: the next hint
python -m tests.exercises 1 mine.onnx  right, or what is wrong
"""

import argparse
import errno
import json
import os
import random
import sys
import textwrap
from pathlib import Path

from tests.exercises import registry
from tests.kit import apart

STATE = Path("exercises.json")  # in the current folder: hints shown, exercises solved
SECONDS = 60  # for a file to be judged in
GIGABYTES = 2  # an honest file of these exercises takes a few megabytes


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
    for number, exercise in exercises.items():
        mark = "solved" if str(number) in solved else ""
        print(f"{mark:6} {number:3}  {exercise.headline}")


def print_task(exercise):
    """Print the task, and one hint more than the last time; write the starting file."""
    import onnx

    task = exercise.task
    print(f"{exercise.number}. {task.__doc__}")
    for side, tensors in [("in", task.INPUTS), ("out", task.OUTPUTS)]:
        for tensor, meaning in tensors.items():
            print(f"{side:6} {tensor:22} {meaning}")

    start = Path(f"ex{exercise.number}_start.onnx")
    if not start.exists():
        onnx.save(exercise.start(), start)
    print(f"start  {start}: it runs, and is not the answer yet")

    state = read_state()
    shown = min(state["hints"].get(str(exercise.number), 0) + 1, len(task.HINTS))
    state["hints"][str(exercise.number)] = shown
    write_state(state)
    for i, hint in enumerate(task.HINTS[:shown], start=1):
        print(textwrap.fill(f"hint {i} {hint}", 80, subsequent_indent=7 * " "))
    if shown < len(task.HINTS):
        print("       the same command again shows the next hint")
    else:
        print(f"       there are no more; one answer is solve() in {answer_file(exercise)}")


def answer_file(exercise):
    """Return where the answer stands, from the repository's folder."""
    return f"tests/exercises/answers/{exercise.name}.py"


def judge_elsewhere(exercise, file, seed, seconds=SECONDS):
    """Return whether the file is right, and the verdict; a process of its own finds that out."""
    outcome = apart.fresh(
        registry.judge_file,
        exercise.number,
        file.resolve(),
        seed,
        seconds=seconds,
        gigabytes=GIGABYTES,
        environment={"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},  # each takes memory
    )
    if outcome.ended == apart.RETURNED:
        return outcome.value
    if outcome.ended == apart.LATE:
        return False, f"wrong  it took more than {seconds} seconds, and was stopped"
    cause = f"{outcome.error} {outcome.words}".strip().rpartition("\n")[2]
    return False, f"wrong  it ended the process that ran it: {outcome.ended} {cause}".rstrip()


def remember(exercise, file):
    """Note that the exercise is solved; what can't be noted changes no verdict."""
    try:
        state = read_state()
        state["solved"][str(exercise.number)] = file.name
        write_state(state)
    except OSError as error:
        print(f"       not noted in {error.filename}: {error.strerror}")


def check_file(exercise, file, seed):
    """Print the verdict on a file, remember a right one, and return the status: 0 if it is."""
    right, verdict = judge_elsewhere(exercise, file, seed)
    print(verdict)
    print(f"       --seed {seed} draws the same rows again")
    if not right:
        print(f"       hints: python -m tests.exercises {exercise.number}")
        return 1
    print(f"       one way to write it is solve() in {answer_file(exercise)}")
    remember(exercise, file)
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
    parser.add_argument("--seed", type=int, help="draw the rows of that check again")
    arguments = parser.parse_args(argv)
    number = arguments.number
    file = arguments.file
    seed = arguments.seed
    exercises = registry.find()

    if number is not None and number not in exercises:
        parser.exit(2, f"error: no exercise {number}; expected 1 to {max(exercises)}\n")
    if file and not file.is_file():
        parser.exit(2, f"error: {file}: no such file; expected an ONNX file\n")
    if seed is None:
        seed = random.randrange(10**6)
    elif seed < 0:
        parser.exit(2, f"error: --seed {seed}; expected 0 or more\n")
    status = 0
    try:
        if file:
            status = check_file(exercises[number], file, seed)
        elif number:
            print_task(exercises[number])
        else:
            print_list(exercises)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough, as head has
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())  # or Python complains when it flushes at the end
    except OSError as error:
        parser.exit(2, f"error: {error.filename}: {error.strerror}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
