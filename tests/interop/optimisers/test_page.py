"""What the page says of optimisers: a renderer, on made-up results; and what is recorded."""

import pytest

from tests.interop.optimisers import page
from tests.interop.optimisers.judge import NOTHING, spread_out
from tests.interop.optimisers.tools import TOOLS

SIDES = {
    "original": [4, 4, 4, 8],
    page.COPY: [4, 3, 5, 8],
    "onnxsim": [2, 2, 2, 4],  # half the time of a file in each round
    "onnxslim": [8, 8, 8, 16],
}
RESULTS = {
    "official cases": {
        NOTHING: {"onnx": "1.2.3", "files": 4, "forms with constants": 1, "unchanged": 3},
        "onnxsim": {
            "onnxsim": "7.0",
            "run on": "2026-01-02",
            "files": 3,
            "agrees": 1,
            "unchanged": 0,
            "differs": {"off by 1": {"beside": ["b|c"]}},
            "crashes": {"SIGSEGV": {"": ["a"]}},
        },
    },
    "speed": {"seconds": {"1": {"linear": SIDES}}},
}


@pytest.mark.parametrize("tool", [NOTHING, *TOOLS])
def test_every_optimiser_is_recorded(tool):
    command = f"python -m tests.interop.optimisers.judge {tool!r} records it"
    assert tool in page.read()["official cases"], command
    if tool != NOTHING:
        assert tool in page.read()["our files"], "pytest tests/interop/optimisers --update"


@pytest.mark.parametrize("tool", TOOLS)
def test_the_counts_add_up_and_each_verdict_is_a_known_one(tool):
    found = page.read()["official cases"][tool]
    assert page.count(found, *page.VERDICTS) == found["files"]
    assert {result["verdict"] for result in spread_out(found).values()} <= set(page.VERDICTS)


@pytest.mark.parametrize("tool", TOOLS)
def test_an_optimiser_was_given_what_is_right_without_one(tool):
    cases = page.read()["official cases"]
    assert cases[tool]["files"] == cases[NOTHING]["unchanged"]
    assert not spread_out(cases[tool]).keys() & spread_out(cases[NOTHING]).keys()


def test_the_tables_say_what_is_recorded():
    row = "| onnxsim | 7.0 | 3 | 1 | 1 | 0 | 0 | 0 | 0 | 1 | 0 | 2026-01-02 |"
    assert row in page.counts(RESULTS)
    assert "| onnxsim | differs | off by 1 | beside | `b\\|c` |" in page.wrong(RESULTS)
    assert "The cases of onnx 1.2.3: 3 make 4 files, as 1 of" in page.left_out(RESULTS)
    sentence = page.figure(RESULTS)
    assert "given 3 small files each: 1 of the results answer differently, and 1 are" in sentence


def test_the_comparison_with_the_study_is_of_the_same_optimiser_and_in_percent():
    found = {"onnxoptimizer": "7.0", "files": 1000, "agrees": 946, "unchanged": 0}
    found["refused"] = {"no": {"": ["a"] * 50}}
    found["differs"] = {"off": {"": ["b"] * 4}}
    sentence = page.study({"official cases": {"ONNX Optimizer": found}})
    assert "invalid file for 5.0 % of our 1,000 files (9.2 % of" in sentence
    assert "and 0.4 % answer differently (30 % of" in sentence


def test_a_copy_is_timed_beside_each_file():
    for columns in page.read()["speed"]["seconds"].values():
        for sides in columns.values():
            assert {"original", page.COPY} < sides.keys()
            assert len({len(rounds) for rounds in sides.values()}) == 1


def test_a_ratio_is_the_time_after_by_the_time_before():
    lines = page.speed(RESULTS, "1").splitlines()
    rows = {line.split(" | ")[0].strip("| "): line for line in lines}
    assert "| 0.50 (0.50 to 0.50) |" in rows["onnxsim"]
    assert "| 2.0 (2.0 to 2.0) |" in rows["onnxslim"]
    assert "| 1.0 (0.94 to 1.1) |" in rows[page.COPY]  # 0.75, 1, 1 and 1.25
    assert "ONNX Optimizer" not in rows


def test_faster_is_below_1_in_the_middle_half_and_a_copy_is_counted_apart():
    sentence = page.faster_or_slower(RESULTS)
    assert "of the optimised files 1 of 2 are faster and 1 slower" in sentence
    assert "of the copied files 0 of 1 are faster and 0 slower" in sentence
