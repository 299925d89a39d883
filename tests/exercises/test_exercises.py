"""The solutions of the README's exercises: each runs, and its own assertions hold."""

import importlib
import re

import pytest

from tests.conftest import ROOT

SOLUTIONS = sorted((ROOT / "tests" / "exercises").glob("ex*.py"))


@pytest.fixture(params=SOLUTIONS, ids=lambda path: path.stem)
def solution(request):
    """Return the path of each solution in turn."""
    return request.param


def test_there_are_eight_solutions_numbered_in_the_order_of_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    linked = re.findall(r"\]\(tests/exercises/(\w+\.py)\)", readme)
    assert linked == [path.name for path in SOLUTIONS]
    assert [name[:4] for name in linked] == [f"ex{number}_" for number in range(1, 9)]


def test_a_solution_fits_on_a_page(solution):
    assert len(solution.read_text(encoding="utf-8").splitlines()) <= 40


def test_importing_a_solution_prints_nothing_and_defines_a_main(solution, capsys):
    module = importlib.import_module(f"tests.exercises.{solution.stem}")
    assert callable(module.main) and module.__doc__
    assert capsys.readouterr().out == ""


def test_a_solution_holds_what_it_asserts_and_leaves_no_file(
    solution, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    importlib.import_module(f"tests.exercises.{solution.stem}").main()
    assert 2 <= len(capsys.readouterr().out.splitlines()) <= 6
    assert not list(tmp_path.iterdir())


def test_the_command_of_the_readme_runs_a_solution(terminal):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    module = re.search(r"`python -m (tests\.exercises\.\w+)`", readme)[1]
    finished = terminal(ROOT, "-B", "-m", module)
    assert (finished.returncode, finished.stderr) == (0, "")
