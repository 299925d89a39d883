"""What the page says of optimisers, against the recorded results, counted once more."""

import json
import re

import pytest

from tests.interop.optimise import TOOLS
from tests.interop.optimisers import report
from tests.interop.optimisers.record import NOTHING, RECORDED, results_file

RAW = {}  # {optimiser: {case: how it ended}}, as written
for tool in RECORDED:
    RAW[tool] = json.loads(results_file(tool).read_text(encoding="utf-8"))["cases"]


def page():
    return report.PAGE.read_text(encoding="utf-8")


def rows_of(name):
    """Return the rows of a table of the page, as lists of cells."""
    part = page().split(f"<!-- {name}: ")[1].split(f"<!-- end of {name} -->")[0]
    lines = re.findall(r"^\| (.*) \|$", part, flags=re.MULTILINE)
    return [re.split(r" ?(?<!\\)\| ", line) for line in lines[2:]]


def ended(tool, verdict):
    """Return the cases that ended so, of those that are right without an optimiser."""
    names = set()
    for name, result in RAW[tool].items():
        if result["verdict"] == verdict and RAW[NOTHING][name]["verdict"] == "unchanged":
            names.add(name)
    return names


@pytest.mark.parametrize("name", report.PARTS)
def test_the_page_shows_the_recorded_results(name, generated):
    generated(report.PAGE, name, report.PARTS[name]())


@pytest.mark.parametrize("tool", TOOLS)
def test_every_optimiser_was_given_every_case_and_each_verdict_is_a_known_one(tool):
    assert RAW[tool].keys() == RAW[NOTHING].keys()
    assert {result["verdict"] for result in RAW[tool].values()} <= set(report.VERDICTS)


@pytest.mark.parametrize("tool", TOOLS)
def test_the_counts_are_those_of_the_verdicts_and_add_up(tool):
    (row,) = [row for row in rows_of("counts") if row[0] == tool]
    numbers = [int(cell) if cell else 0 for cell in row[2:]]
    expected = [len(ended(tool, verdict)) for verdict in report.VERDICTS]
    if tool == report.VARIES:
        expected[-2:] = [sum(expected[-2:]), 0]
    assert numbers[1:] == expected
    assert numbers[0] == sum(expected)


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("verdict", report.LISTED)
def test_each_file_that_did_not_survive_is_named(tool, verdict):
    named = []
    for row in rows_of("wrong"):
        if row[:2] == [tool, verdict]:
            named.extend(re.findall(r"`([^`]+)`", row[4]))
    assert sorted(named) == sorted(ended(tool, verdict))


def test_the_sentence_counts_what_the_table_counts():
    differing = sum(len(ended(tool, "differs")) for tool in TOOLS)
    broken = 0
    for verdict in ("crashes", "hangs", "invalid"):
        broken += sum(len(ended(tool, verdict)) for tool in TOOLS)
    (sentence,) = re.findall(r"^\d+ optimisers rewrote .*$", page(), flags=re.MULTILINE)
    assert f": {differing} of the results answer differently, and {broken} are " in sentence


def test_the_comparison_with_the_study_is_of_the_same_optimiser_and_in_percent():
    tool = "ONNX Optimizer"
    files = len(ended(NOTHING, "unchanged"))
    broken = 0
    for verdict in ("refused", "crashes", "hangs", "invalid"):
        broken += len(ended(tool, verdict))
    shares = re.findall(r"([\d.]+) % ", report.study())
    assert float(shares[0]) == pytest.approx(100 * broken / files, abs=0.051)
    assert float(shares[2]) == pytest.approx(100 * len(ended(tool, "differs")) / files, abs=0.051)
    assert shares[1::2] == ["9.2", "30"]


def test_what_is_left_out_is_named():
    (part,) = re.findall(r"<!-- left out: .*?<!-- end of left out -->", page(), flags=re.DOTALL)
    names = set(re.findall(r"`([^`]+)`", part))
    assert names == RAW[NOTHING].keys() - ended(NOTHING, "unchanged")


def test_a_copy_is_timed_beside_each_file():
    for columns in report.read_speed()["seconds"].values():
        for sides in columns.values():
            assert {"original", report.COPY} < sides.keys()
            assert len({len(rounds) for rounds in sides.values()}) == 1


@pytest.fixture
def two_seconds_for_four(monkeypatch):
    """Let one optimiser halve the time of a file in each round, and a copy take what it may."""
    sides = {
        "original": [4, 4, 4, 8],
        report.COPY: [4, 3, 5, 8],
        "onnxsim": [2, 2, 2, 4],
        "onnxslim": [8, 8, 8, 16],
    }
    measured = {"machine": "a machine", "seconds": {"1": {"linear": sides}}}
    monkeypatch.setattr(report, "read_speed", measured.copy)


def test_a_ratio_is_the_time_after_by_the_time_before(two_seconds_for_four):
    rows = {line.split(" | ")[0].strip("| "): line for line in report.speed("1").splitlines()}
    assert "| 0.50 (0.50 to 0.50) |" in rows["onnxsim"]
    assert "| 2.0 (2.0 to 2.0) |" in rows["onnxslim"]
    assert "| 1.0 (0.94 to 1.1) |" in rows[report.COPY]  # 0.75, 1, 1 and 1.25
    assert "(" not in rows["ONNX Optimizer"]


def test_faster_is_below_1_in_the_middle_half_and_a_copy_is_counted_apart(two_seconds_for_four):
    sentence = report.faster_or_slower()
    assert "of the optimised files 1 of 2 are faster and 1 slower" in sentence
    assert "of the copied files 0 of 1 are faster and 0 slower" in sentence
