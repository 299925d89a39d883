"""The page of the language model: a renderer, on made-up results; and what is recorded."""

import re
from pathlib import Path

from tests.interop.language import files, measure, page

RIGHT = {form: ["runs", ""] for form in files.FORMS}
MADE_UP = {
    "engines": {
        "b": {"version": "1", "date": "2026-01-02", **RIGHT, "loop": ["refuses", "Words: a|b"]},
        "A": {"version": "2", "date": "2026-01-03", **RIGHT, "head": [measure.WRONG, "P is off"]},
    },
    "times": {
        "date": "2026-01-02",
        "machine": {"processor": "P", "system": "S", "onnxruntime": "1"},
        "seconds": {
            "16": {
                measure.WITHOUT: [0.004, 0.008, 0.002],
                measure.WITH: [0.002, 0.002, 0.002],
                measure.STANDARD: [0.001, 0.001, 0.001],
            }
        },
    },
}


def test_engines_are_sorted_and_each_verdict_has_its_sign():
    lines = page.engines(MADE_UP).splitlines()
    assert lines[0] == "| form | A | b |"
    assert "| head | **wrong** | ✓ |" in lines
    assert "| loop | ✓ | refused |" in lines


def test_words_are_those_of_what_does_not_run():
    assert page.words(MADE_UP).splitlines() == [
        "- A, **wrong**, head: `P is off`",
        "- b, refused, loop: `Words: a\\|b`",
    ]


def test_speeds_are_medians_and_the_ratio_is_that_of_the_rounds():
    assert "| 16 | 250 | 500 | 1,000 | 2.0 |" in page.times(MADE_UP).splitlines()


def test_the_figure_counts_engines():
    figure = page.figure(MADE_UP)
    assert figure.startswith(
        "Of 2 engines 1 run the head as Python computes it, 2 with its cache, 1"
    )
    assert f"; 1 of {2 * len(files.FORMS)} answers are wrong without a word, 0 of" in figure


def test_onnxruntime_is_recorded_to_run_every_form():
    recorded = page.read()["engines"][measure.HOME]
    assert {form: recorded[form] for form in files.FORMS} == RIGHT


def test_the_commands_of_the_page_are_those_of_the_program():
    text = Path(page.__file__).with_name("README.md").read_text(encoding="utf-8")
    commands = re.findall(
        r"^ +(python -m tests\.interop\.language\.measure \w+)", measure.__doc__, re.M
    )
    assert len(commands) == 2
    for command in commands:
        assert f"`{command}`" in text


def test_the_picture_has_a_line_for_each_side():
    text = Path(page.__file__).with_name("times.svg").read_text(encoding="utf-8")
    for side in (measure.WITHOUT, measure.WITH, measure.STANDARD):
        assert f'id="{side}"' in text
