"""The page of exercises: its list, its transcript and its figure, against the exercises."""

import importlib
import re
from concurrent.futures import ThreadPoolExecutor

import onnx
import pytest

from tests.exercises import __main__ as runner
from tests.kit.places import ROOT

PAGE = ROOT / "tests" / "exercises" / "README.md"
EXERCISES = runner.find_exercises()


def load(path):
    """Return an exercise as a module."""
    return importlib.import_module(f"tests.exercises.{path.stem}")


def test_the_figure_counts_the_exercises_and_the_mistakes(generated):
    mistakes = sum(len(load(path).MISTAKES) for path in EXERCISES.values())
    text = f"{len(EXERCISES)} exercises, whose check knows {mistakes} wrong answers by sight.\n"
    generated(PAGE, "figure", text)


def test_the_list_has_each_exercise_with_its_sentence(generated):
    lines = []
    for number, path in EXERCISES.items():
        title, _, sentence = runner.headline(path).partition(": ")
        lines.append(f"{number}. [{title}]({path.name}): {sentence}\n")
    generated(PAGE, "list", "".join(lines))


def test_the_transcript_is_what_the_terminal_shows(generated, terminal, tmp_path):
    first = load(EXERCISES[1])
    onnx.save(first.start(), tmp_path / "ex1_start.onnx")  # the program would write it, but slowly
    onnx.save(first.rename_only(first.start()), tmp_path / "renamed.onnx")
    onnx.save(first.solve(first.start()), tmp_path / "mine.onnx")

    def run(arguments):
        command = ["-m", "tests.exercises", *arguments.split()]
        return terminal(tmp_path, *command, PYTHONPATH=str(ROOT))

    task = run("1")
    with ThreadPoolExecutor() as pool:  # two seconds each
        wrong, right = pool.map(run, ["1 renamed.onnx", "1 mine.onnx"])
    listed = run("")
    finished = [task, wrong, right, listed]
    assert [process.returncode for process in finished] == [0, 1, 0, 0]
    assert "".join(process.stderr for process in finished) == ""

    transcript = (
        f"$ python -m tests.exercises 1\n{task.stdout}\n"
        f"$ python -m tests.exercises 1 renamed.onnx\n{wrong.stdout}\n"
        f"$ python -m tests.exercises 1 mine.onnx\n{right.stdout}"
    )
    generated(PAGE, "transcript", f"```\n{transcript}```\n")
    lines = listed.stdout.splitlines()
    assert lines[0] == f"solved   1  {runner.headline(EXERCISES[1])}"
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
    assert all(hasattr(load(path), name) for path in EXERCISES.values())


def test_every_link_of_the_page_leads_somewhere():
    targets = re.findall(r"\]\((?!https://)([^)]+)\)", PAGE.read_text(encoding="utf-8"))
    assert targets and all((PAGE.parent / target).exists() for target in targets)
