"""What the page says of exports: every case is recorded, and stands in one table."""

from tests.interop.exports import page
from tests.interop.exports.catalogue import CASES
from tests.kit.page import anchors


def test_every_case_is_recorded_and_stands_in_one_table():
    results = page.read()
    assert set(results["cases"]) == set(CASES), "pytest tests/interop/exports --update records it"
    shown = [name for group in page.GROUPS for name in page.names_of(results, group)]
    assert sorted(shown) == sorted(CASES)


def test_the_page_has_the_anchors_of_all_cases():
    results = page.read()
    text = (page.FOLDER / "README.md").read_text(encoding="utf-8")
    for name in CASES:
        assert page.anchor_of(results, name) in anchors(text)


def test_a_message_is_cut_and_nothing_is_said_in_a_word():
    assert page.message({}) == "nothing"
    assert page.message({"words": "a | b"}) == "`a \\| b`"
    assert page.message({"words": 200 * "a"}) == f"`{page.LONGEST * 'a'}...`"


def test_a_report_is_a_link_or_a_dash():
    assert page.link_to("a/b#1") == "[a/b#1](https://github.com/a/b/issues/1)"
    assert page.link_to("") == "-"


def test_the_sentence_counts_the_groups():
    verdicts = ["refused", "stopped", "differs", "another file", "agrees"]
    cases = {name: {"verdict": word} for name, word in zip(CASES, verdicts, strict=False)}
    sentence = page.figure({"cases": cases})
    assert sentence.startswith("Of 5 exports that fail, or did, 1 are refused today, 1 write")
    assert "and 2 one that answers, or is made, otherwise; 1 come out right" in sentence
