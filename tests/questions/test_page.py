"""questions.md: every block of Python runs, and its assertions hold."""

import re

from tests.conftest import ROOT

PAGE = ROOT / "tests" / "questions" / "README.md"
TEXT = PAGE.read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def anchor(heading):
    """Return the name by which a link on GitHub reaches a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_every_block_runs_in_the_order_of_the_page(terminal, tmp_path):
    blank = re.sub(r"[^\n]+", "", TEXT)  # so that a failure names the line of the page
    lines = blank.split("\n")
    for match in re.finditer(r"^```python\n(.*?)^```$", TEXT, flags=re.MULTILINE | re.DOTALL):
        start = TEXT.count("\n", 0, match.start(1))
        code = match[1].splitlines()
        lines[start : start + len(code)] = code
    program = tmp_path / "questions.py"
    program.write_text("\n".join(lines), encoding="utf-8")
    finished = terminal(tmp_path, program, PYTHONPATH=str(ROOT))
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "", "")


def test_the_readme_lists_the_questions_in_the_order_of_the_page():
    asked = re.findall(r"^## (.+)$", TEXT, flags=re.MULTILINE)
    listed = re.findall(r"\[([^]]+)\]\(tests/questions\.md#([^)]+)\)", README)
    assert listed == [(heading, anchor(heading)) for heading in asked]


def test_every_block_of_the_page_is_python():
    fences = re.findall(r"^```(.*)$", TEXT, flags=re.MULTILINE)
    assert set(fences[::2]) == {"python"} and set(fences[1::2]) == {""}


def test_every_link_of_the_page_into_the_repository_leads_somewhere():
    for target in re.findall(r"\]\((?!https://)([^)]+)\)", TEXT):
        file, _, section = target.partition("#")
        found = (PAGE.parent / file).read_text(encoding="utf-8")
        headings = re.findall(r"^## (.+)$", found, flags=re.MULTILINE)
        assert not section or section in map(anchor, headings), target
