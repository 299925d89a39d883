"""Records: a changed verdict is a changed line, and only what passed is saved."""

import json
from pathlib import Path

import pytest

from tests.kit import record

RESULTS = {
    "versions": {"onnx": "1.23.2"},
    "cases": {f"case {i}": {"verdict": "refused", "why": "x" * 40} for i in range(5)},
}


def test_what_is_written_is_read_back(tmp_path):
    record.write(tmp_path / "results.json", RESULTS)
    assert record.read(tmp_path / "results.json") == RESULTS
    assert record.read(tmp_path / "missing.json") == {}


def test_a_changed_verdict_is_one_changed_line():
    before = record.dumps(RESULTS).splitlines()
    changed = json.loads(json.dumps(RESULTS))
    changed["cases"]["case 3"]["verdict"] = "agrees"
    after = record.dumps(changed).splitlines()
    assert len(before) == len(after) == 10  # two braces, versions, cases and its brace, five cases
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1


def test_a_failed_write_costs_no_earlier_record(tmp_path):
    path = tmp_path / "results.json"
    record.write(path, RESULTS)
    with pytest.raises(TypeError):
        record.write(path, {"a": object()})
    assert record.read(path) == RESULTS


def test_news_names_what_is_new_gone_or_different():
    before = {"a": {"b": 1, "c": 2}, "d": 3}
    after = {"a": {"b": 1, "c": 4, "e": 5}}
    assert record.news(before, after) == [
        "a, c: was 2, is 4",
        "a, e: was None, is 5",
        "d: was 3, is None",
    ]
    assert record.news(after, after) == []
    assert len(record.news({}, {"a": list(range(1000))})[0]) < 100


def test_only_what_passed_is_saved_and_the_rest_is_kept(tmp_path):
    path = tmp_path / "results.json"
    record.write(path, {"a": {"x": 1, "gone": 1}, "b": 1})
    notes = record.Notes()
    notes.note(Path("test_good.py"), path, ("a", "x"), (2, 3))
    notes.note(Path("test_bad.py"), path, ("b",), 2)
    notes.keep(Path("test_good.py"), path, ("a",), ["x"])
    notes.failed.add(Path("test_bad.py"))
    news = notes.save()
    assert record.read(path) == {"a": {"x": [2, 3]}, "b": 1}
    assert news == [
        f"{tmp_path.name}: a, x: was 1, is [2, 3]",
        f"{tmp_path.name}: a, gone: was 1, is None",
    ]
    assert notes.save() == []


def test_versions_are_those_of_what_is_installed():
    assert record.versions(["no-such-package"]) == {"no-such-package": "not installed"}
    assert record.versions(["numpy"])["numpy"].count(".") == 2
