"""pytest --update: measure, save, write the pages up to the top README, and then change nothing.

On a small repository of its own, with this kit and this conftest: a folder `mini` measures the
square of 3, has an example that a test runs, and a page whose figure the top README quotes.
"""

import shutil

import pytest

from tests.kit import record
from tests.kit.places import TESTS

FIGURE = """<!-- figure: written by pytest --update -->
{}
<!-- end of figure -->
"""
EXAMPLE = """<!-- example: written by pytest --update -->
{}
<!-- end of example -->
"""
PAGE = """from pathlib import Path

from tests.kit import record

RESULTS = Path(__file__).with_name("results.json")


def read():
    return record.read(RESULTS)


def figure(results):
    return f"The square is {results['squares']['3']}, the kind is {results['kinds']['odd']}.\\n"


PAGES = {"README.md": {"figure": figure}}
BY_TESTS = {"README.md": ["example"]}
"""
TEST = """from tests.mini import page


def test_square(note, keep):
    note(page.RESULTS, "squares", "3", value=3 * 3)
    keep(page.RESULTS, "squares", names=["3"])


def test_kind(note):
    note(page.RESULTS, "kinds", "odd", value="number")


def test_example(generated):
    generated(page.RESULTS.with_name("README.md"), "example", "run\\n")
"""
TOP = """from tests.kit.page import split
from tests.kit.places import TESTS


def read():
    text = (TESTS / "mini" / "README.md").read_text(encoding="utf-8")
    return split(text, "figure")[1]


PAGES = {"../README.md": {"figure": str}}
"""
SEARCH = "[search](tests/lookup/index.html)\n"
REST = """<!-- contents: written by pytest --update -->
- [Search everything: an operator, an estimator, a message](../lookup/index.html)
<!-- end of contents -->
Not here: how the page is made ([page.py](page.py)).
"""
WRONG = {"squares": {"3": 8, "4": 16}, "kinds": {"odd": "letter"}}
RIGHT = {"squares": {"3": 9}, "kinds": {"odd": "number"}}


@pytest.fixture
def repository(tmp_path):
    """Return the folder of a small repository whose records and pages are all wrong."""
    tests = tmp_path / "tests"
    shutil.copytree(TESTS / "kit", tests / "kit", ignore=shutil.ignore_patterns("test_*"))
    for name in ("__init__.py", "conftest.py", "test_pages.py"):
        shutil.copy(TESTS / name, tests / name)
    (tests / "page.py").write_text(TOP, encoding="utf-8")
    mini = tests / "mini"
    mini.mkdir()
    (mini / "__init__.py").touch()
    (mini / "page.py").write_text(PAGE, encoding="utf-8")
    (mini / "test_mini.py").write_text(TEST, encoding="utf-8")
    wrong = FIGURE.format("wrong") + EXAMPLE.format("wrong") + REST
    (mini / "README.md").write_text(wrong, encoding="utf-8")
    (tmp_path / "README.md").write_text(FIGURE.format("older") + SEARCH, encoding="utf-8")
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "CONTRIBUTING.md").write_text(SEARCH.replace("(", "(../"), "utf-8")
    (tests / "lookup").mkdir()
    (tests / "lookup" / "index.html").touch()
    record.write(mini / "results.json", WRONG)
    return tmp_path


def pages_of(repository):
    """Return the text of both pages."""
    paths = [repository / "README.md", repository / "tests" / "mini" / "README.md"]
    return [path.read_text(encoding="utf-8") for path in paths]


def test_one_update_heals_a_result_a_kind_and_the_pages(repository, terminal):
    spoilt = terminal(repository, "-m", "pytest", "-q")
    for name in ("test_square", "test_kind", "test_example", "test_a_page_is_what"):
        assert f"::{name}" in spoilt.stdout, name  # each notices
    assert "5 failed" in spoilt.stdout

    updated = terminal(repository, "-m", "pytest", "-q", "tests/mini", "--update")
    assert updated.returncode == 0, updated.stdout
    assert "mini: squares, 3: was 8, is 9" in updated.stdout
    figure = FIGURE.format("The square is 9, the kind is number.")
    assert pages_of(repository) == [figure + SEARCH, figure + EXAMPLE.format("run") + REST]
    assert record.read(repository / "tests" / "mini" / "results.json") == RIGHT
    assert terminal(repository, "-m", "pytest", "-q").returncode == 0

    again = terminal(repository, "-m", "pytest", "-q", "--update")
    assert again.returncode == 0
    assert "written" not in again.stdout
    assert "was" not in again.stdout


def test_what_a_failing_file_measured_is_not_saved(repository, terminal):
    test = repository / "tests" / "mini" / "test_mini.py"
    failing = test.read_text(encoding="utf-8") + "\n\ndef test_no():\n    raise ValueError\n"
    test.write_text(failing, encoding="utf-8")
    updated = terminal(repository, "-m", "pytest", "-q", "tests/mini", "--update")
    assert updated.returncode == 1
    assert "test_mini.py failed: what it measured was not saved" in updated.stdout
    assert record.read(repository / "tests" / "mini" / "results.json") == WRONG


def test_a_page_that_cannot_be_made_fails_the_update(repository, terminal):
    record.write(repository / "tests" / "mini" / "results.json", {"kinds": {}})
    updated = terminal(repository, "-m", "pytest", "-q", "tests/mini", "-k", "kind", "--update")
    assert updated.returncode == 1
    assert "tests.mini.page makes no page: KeyError: 'squares'" in updated.stdout
