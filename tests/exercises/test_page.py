"""The page of exercises: its list, its transcript and its figure, against the exercises."""

import re
from concurrent.futures import ThreadPoolExecutor

import onnx
import pytest

from tests.exercises import __main__ as runner
from tests.exercises import registry
from tests.kit.places import ROOT

PAGE = ROOT / "tests" / "exercises" / "README.md"
EXERCISES = registry.find()


def test_the_figure_counts_the_exercises_and_the_mistakes(generated):
    mistakes = sum(len(exercise.answer.MISTAKES) for exercise in EXERCISES.values())
    text = f"{len(EXERCISES)} exercises, whose check knows {mistakes} wrong answers by sight.\n"
    generated(PAGE, "figure", text)


def test_the_list_has_each_exercise_with_its_sentence(generated):
    lines = []
    for number, exercise in EXERCISES.items():
        title, _, sentence = exercise.headline.partition(": ")
        lines.append(f"{number}. [{title}]({exercise.name}.py): {sentence}\n")
    generated(PAGE, "list", "".join(lines))


def test_the_transcript_is_what_the_terminal_shows(generated, terminal, tmp_path):
    start = EXERCISES[1].task.start
    answer = EXERCISES[1].answer
    onnx.save(start(), tmp_path / "ex1_start.onnx")  # the program would write it, but slowly
    onnx.save(answer.rename_only(start()), tmp_path / "renamed.onnx")
    onnx.save(answer.solve(start()), tmp_path / "mine.onnx")

    def run(arguments):
        command = ["-m", "tests.exercises", *arguments.split()]
        return terminal(tmp_path, *command, PYTHONPATH=str(ROOT))

    task = run("1")
    with ThreadPoolExecutor() as pool:  # two seconds each
        wrong, right = pool.map(run, ["1 renamed.onnx --seed 7", "1 mine.onnx --seed 7"])
    listed = run("")
    finished = [task, wrong, right, listed]
    assert [process.returncode for process in finished] == [0, 1, 0, 0]
    assert "".join(process.stderr for process in finished) == ""

    transcript = (
        f"$ python -m tests.exercises 1\n{task.stdout}\n"
        f"$ python -m tests.exercises 1 renamed.onnx --seed 7\n{wrong.stdout}\n"
        f"$ python -m tests.exercises 1 mine.onnx --seed 7\n{right.stdout}"
    )
    generated(PAGE, "transcript", f"```\n{transcript}```\n")
    lines = listed.stdout.splitlines()
    assert lines[0] == f"solved   1  {EXERCISES[1].headline}"
    assert len(lines) == len(EXERCISES)


def test_the_commands_of_the_page_are_those_of_the_program():
    commands = [line for line in runner.__doc__.splitlines() if line.startswith("python -m ")]
    usage = [re.split("  +", line)[0] for line in commands]
    shown = re.findall(
        r"^(python -m tests\.exercises.*?)  +", PAGE.read_text("utf-8"), re.MULTILINE
    )
    assert shown == usage


@pytest.mark.parametrize("name", ["INPUTS", "OUTPUTS", "ORACLE", "TOLERANCE", "HINTS", "MISTAKES"])
def test_the_page_names_what_every_exercise_holds(name):
    assert f"`{name}`" in PAGE.read_text(encoding="utf-8")
    for exercise in EXERCISES.values():
        assert hasattr(exercise.task, name) or hasattr(exercise.answer, name)
