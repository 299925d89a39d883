"""The exercises, found by the names of their files: exNN_title.py, and its answer in answers/.

exercise = find()[1]
model = exercise.answer.solve(exercise.start())
"""

import importlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Exercise:
    """An exercise: its name is that of both files, without the ending."""

    name: str

    @property
    def number(self):
        """Return the number in the name: ex01_title is 1."""
        return int(self.name.partition("_")[0].removeprefix("ex"))

    @property
    def headline(self):
        """Return the first line, "Title: sentence.", without an import, which takes seconds."""
        with open(FOLDER / f"{self.name}.py", encoding="utf-8") as file:
            return file.readline().strip().removeprefix('"""')

    @property
    def task(self):
        """Return the module of the task."""
        return importlib.import_module(f"tests.exercises.{self.name}")

    @property
    def answer(self):
        """Return the module of the answer."""
        return importlib.import_module(f"tests.exercises.answers.{self.name}")

    def start(self):
        """Return a copy of the starting file, which is made once: some take a conversion."""
        model = make_start(self)
        copy = type(model)()
        copy.CopyFrom(model)
        return copy

    def declare(self):
        """Return inputs and outputs as a graph without nodes."""
        import onnx  # half a second, which the list does without

        inputs = ", ".join(self.task.INPUTS)
        outputs = ", ".join(self.task.OUTPUTS)
        return onnx.parser.parse_graph(f"graph ({inputs}) => ({outputs}) {{ }}")


@cache
def make_start(exercise):
    """Return the starting file."""
    return exercise.task.start()


def find():
    """Return {number: exercise}."""
    exercises = [Exercise(path.stem) for path in sorted(FOLDER.glob("ex*_*.py"))]
    return {exercise.number: exercise for exercise in exercises}


def judge_file(number, file, seed):
    """Return whether a file is right, and the verdict: for a process of its own."""
    from tests.exercises import judge  # which imports onnxruntime

    return judge.judge(find()[number], file, seed)
