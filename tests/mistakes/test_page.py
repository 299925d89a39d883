"""The page: its generated parts are what is recorded, examples run, links lead somewhere."""

import re

import pytest

from tests.kit.places import ROOT
from tests.mistakes import page

PAGE = ROOT / "tests" / "mistakes" / "README.md"


@pytest.mark.parametrize("part", page.PARTS)
def test_the_page_shows_what_is_recorded(part, generated):
    generated(PAGE, part, page.PARTS[part]())


def test_the_examples_of_the_page_run(terminal, tmp_path):
    blocks = re.findall(
        r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    assert blocks
    program = tmp_path / "examples.py"
    program.write_text("\n".join(blocks), encoding="utf-8")
    finished = terminal(tmp_path, program, PYTHONPATH=str(ROOT))
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "", "")


def test_every_link_of_the_page_into_the_repository_leads_somewhere():
    links = re.findall(r"\]\((?!https://)([^)#]+)\)", PAGE.read_text(encoding="utf-8"))
    assert links
    for target in links:
        assert (PAGE.parent / target).exists(), target


def test_every_message_fits_into_a_cell_and_every_cell_is_filled():
    for row in page.collect():
        cells = page.line(row).strip().strip("|").split(" | ")
        assert len(cells) == 5 and all(cell.strip() for cell in cells), row.make.__name__
