"""The page: its examples run, and its parts are made of a record by hand."""

import re
import tomllib

import pytest

from tests.kit.places import ROOT, TESTS
from tests.security import page

README = TESTS / "security" / "README.md"
COUNTS = {
    "a.onnx": {
        "truncated": {"refused": 1998, "same answer": 2},
        "flipped": {"different answer": 1, "refused": 9},
    }
}


def test_the_examples_of_the_page_run(terminal, tmp_path):
    text = README.read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert blocks
    program = tmp_path / "examples.py"
    program.write_text("\n".join(blocks), encoding="utf-8")
    finished = terminal(tmp_path, program, PYTHONPATH=str(ROOT))
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "", "")


def test_damaged_files_are_counted():
    assert page.total(COUNTS) == 2010
    assert page.total(COUNTS, "refused") == 2007
    recorded = {"damage": {"date": "2026-01-02", "onnxruntime": "1.2", "counts": COUNTS}}
    lines = page.damaged(recorded).splitlines()
    assert lines[0].startswith("2,010 damaged models") and "onnxruntime 1.2" in lines[0]
    assert lines[1] == "on 2026-01-02:"
    assert lines[5] == "| `a.onnx` | truncated | 1,998 | 2 | 0 | 0 | 0 |"
    assert lines[6] == "| `a.onnx` | flipped | 9 | 0 | 1 | 0 | 0 |"


def test_a_case_that_is_older_than_its_column_shows_both(monkeypatch):
    now = dict.fromkeys([*page.STEPS, "inspector"], "accepts")
    before = {**now, "onnxruntime": "refuses"}
    monkeypatch.setattr(page, "CASES", {"a file of {size} bytes": None})
    groups = {"pinned mixed": {**now, "size": 7}, "oldest": before}
    versions = {"onnx": "1", "onnxruntime": "2"}
    recorded = {
        "versions": {"pinned": versions, "oldest": versions},
        "strangers": {"a file of {size} bytes": groups},
    }
    row = (
        "| a file of 7 bytes | accepts | accepts | accepts | accepts (oldest: refuses) | accepts |"
    )
    assert page.strangers(recorded).splitlines()[-1] == row


def test_a_case_without_a_record_says_which_command_makes_one():
    with pytest.raises(LookupError, match="pytest tests/security --update records it"):
        page.strangers({"versions": {}, "strangers": {}})


def test_what_scanners_find_stands_in_their_columns(monkeypatch):
    monkeypatch.setattr(page, "CASES", {"seen by one": None, "seen by none": None})
    accepted = dict.fromkeys([*page.STEPS, "inspector"], "accepts")
    groups = {"pinned": accepted}
    one = {"files": 3, "suspected": {"a": ["warns", "..."], "b": ["notes", "..."]}}
    scanned = {
        "cases": {"first": {"seen by one": ["warns", "high: ..."]}, "second": {}},
        "versions": {"first": "1", "second": "2"},
        "date": "2026-01-02",
        "sound": {"files": {"first": one}},
        "network": {"first": ["host"], "second": []},
        "together": ["no"],
    }
    strangers = {
        "seen by one": groups,
        "seen by none": {"pinned": accepted | {"full check": "refuses"}},
    }
    lines = page.scanners({"strangers": strangers, "scanned": scanned}).splitlines()
    assert lines[0] == "Run on 2026-01-02: first 1, second 2."
    assert lines[4:6] == ["| seen by one |  |  | warns |  |", "| seen by none | refuses |  |  |  |"]
    assert "None of these notices: no case is missed by all." in lines
    assert "| files, 3 | warns 1, notes 1 | not run |" in lines
    assert "Unless it is told not to, first asks for host." in lines
    assert "Asked for no other computer: second." in lines
    strangers["seen by none"] = groups
    shown = page.scanners({"strangers": strangers, "scanned": scanned})
    assert "None of these notices: seen by none." in shown


def test_pip_and_uv_install_the_same_scanners():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    requirements = page.SCANNED.with_name("requirements.txt").read_text(encoding="utf-8")
    lines = [line for line in requirements.splitlines() if not line.startswith(("#", "-r "))]
    assert lines == project["dependency-groups"]["scanners"]
