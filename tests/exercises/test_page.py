"""The page of exercises: what page.py makes of them, and the transcript."""

import re
from types import SimpleNamespace

import onnx
import pytest

from tests.exercises import __main__ as runner
from tests.exercises import page, registry
from tests.kit import apart
from tests.kit.places import ROOT

PAGE = ROOT / "tests" / "exercises" / "README.md"
EXERCISES = registry.find()


def test_the_list_links_each_task_and_the_figure_counts_the_planted_mistakes(monkeypatch):
    answer = SimpleNamespace(MISTAKES={"one": None, "two": None})
    made_up = SimpleNamespace(name="ex07_odd", headline="Odd: a sentence.", answer=answer)
    monkeypatch.setattr(registry, "find", lambda: {7: made_up, 8: made_up})
    assert page.figure({}) == "2 exercises, whose check knows 4 wrong answers by sight.\n"
    assert page.tasks({}).splitlines()[0] == "7. [Odd](ex07_odd.py): a sentence."


def call(function, *arguments, **limits):
    """Call in this process what is meant for one of its own, as it is in test_exercises.py."""
    return apart.Outcome(apart.RETURNED, value=function(*arguments))


def test_the_transcript_is_what_the_terminal_shows(generated, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(apart, "fresh", call)
    start = EXERCISES[1].task.start
    answer = EXERCISES[1].answer
    onnx.save(start(), tmp_path / "ex1_start.onnx")  # the program would write it, but slowly
    onnx.save(answer.rename_only(start()), tmp_path / "renamed.onnx")
    onnx.save(answer.solve(start()), tmp_path / "mine.onnx")

    def run(arguments, expected):
        status = runner.main(arguments.split())
        printed = capsys.readouterr()
        assert (status, printed.err) == (expected, "")
        return printed.out

    monkeypatch.chdir(tmp_path)
    task = run("1", expected=0)
    wrong = run("1 renamed.onnx --seed 7", expected=1)
    right = run("1 mine.onnx --seed 7", expected=0)
    listed = run("", expected=0)
    transcript = (
        f"$ python -m tests.exercises 1\n{task}\n"
        f"$ python -m tests.exercises 1 renamed.onnx --seed 7\n{wrong}\n"
        f"$ python -m tests.exercises 1 mine.onnx --seed 7\n{right}"
    )
    generated(PAGE, "transcript", f"```\n{transcript}```\n")
    lines = listed.splitlines()
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
