"""Every page: its parts are what the records say, its links lead somewhere, it is short enough."""

import os
import re
from functools import cache
from pathlib import Path

import pytest

from tests.kit import page

MAKERS = page.find_makers()
FILES = [(maker, file) for maker in MAKERS for file in maker.PAGES]


def name_of(value):
    """Return a word for pytest's name of a test."""
    return value if isinstance(value, str) else value.__name__.removeprefix("tests.")


@pytest.fixture(scope="module")
def results_of():
    """Return a function that reads what a folder has recorded, once for all its pages."""
    return cache(lambda maker: maker.read())


@pytest.mark.parametrize("maker, file", FILES, ids=name_of)
def test_a_page_is_what_the_records_make_of_it(maker, file, results_of, request):
    if request.config.getoption("update"):
        pytest.skip("--update writes the pages when the session ends")
    if page.lacks(maker, file):
        pytest.skip(f"{page.lacks(maker, file)} is not installed")
    path = page.folder_of(maker) / file
    shown = path.read_text(encoding="utf-8")
    assert page.render(maker, file, results_of(maker)) == shown, "pytest --update writes it"


@pytest.mark.parametrize("maker, file", FILES, ids=name_of)
def test_a_page_has_no_part_that_nothing_writes(maker, file):
    assert page.unwritten(maker, file) == []


@pytest.mark.parametrize("path", page.find_pages(), ids=lambda path: path.parent.name)
def test_every_link_into_the_repository_leads_somewhere(path):
    assert page.dead_links(path) == []


@pytest.mark.parametrize("path", page.find_pages(), ids=lambda path: path.parent.name)
def test_every_page_leads_to_the_one_to_search(path):
    address = Path(os.path.relpath(page.SEARCH, path.parent)).as_posix()
    assert f"]({address})" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", page.find_pages(), ids=lambda path: path.parent.name)
def test_a_page_lists_its_contents_and_says_who_answers_what_it_does_not(path):
    text = path.read_text(encoding="utf-8")
    if path.name != "README.md" or path.parent == page.ROOT or not page.names_of(text):
        return
    assert page.CONTENTS in page.names_of(text)
    refusal = r"(?:\b[Nn]ot\s+here:|\bdoes\s+not\s+(?:answer|say|look))[\s\S]*?\]\(\S+\.(?:md|py)"
    assert re.search(refusal, text), "expected `Not here: ...`, and a link to who answers it"


@pytest.mark.parametrize("path", page.find_pages(), ids=lambda path: path.parent.name)
def test_a_page_is_short_enough_to_be_read(path):
    if path.name == "TABLE.md":
        return
    assert len(path.read_text(encoding="utf-8").splitlines()) <= page.LONGEST
