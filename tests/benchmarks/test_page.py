"""The page of costs, and its picture, against the figures of the last run."""

import math
import re
import statistics
import tomllib
from xml.etree import ElementTree

import pytest

from tests.benchmarks import page
from tests.kit.places import ROOT

FOLDER = page.RESULTS.parent
SVG = "{http://www.w3.org/2000/svg}"


def read_page():
    return (FOLDER / "README.md").read_text(encoding="utf-8")


def read_table(name):
    """Return the cells of a generated table: {first cell of a line: {head: cell}}."""
    text = read_page().split(f"<!-- {name}: ")[1].split("<!-- end of ")[0]
    lines = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    head, _, *rows = [[cell.strip() for cell in line] for line in lines]
    return {row[0]: dict(zip(head, row, strict=True)) for row in rows}


def number(cell):
    """Return the first number of a cell; with its unit, in seconds or bytes."""
    units = {"s": 1, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9, "B": 1, "kB": 1e3, "MB": 1e6}
    first, *rest = cell.replace(",", "").split()
    return float(first) * units.get(rest[0] if rest else "", 1)


def median_ratio(sides, above, below):
    """Return the median of a round's ratios, computed here once more."""
    return statistics.median(a / b for a, b in zip(sides[above], sides[below], strict=True))


def test_every_cell_is_what_was_measured():
    for question, content in page.read()["questions"].items():
        table = read_table(question)
        assert list(table) == list(content["rows"])
        for row, sides in content["rows"].items():
            first, *others = [side for side, figures in sides.items() if figures] or [None]
            expected = {first: statistics.median(sides[first])} if first else {}
            for side in others:
                expected[f"{side} ÷ {first}"] = median_ratio(sides, side, first)
            cells = list(table[row].items())[1:]
            shown = {head: number(cell) for head, cell in cells if cell != page.UNKNOWN}
            # Of two digits, the second is rounded: by at most 0.05 in 1.
            assert shown == pytest.approx(expected, rel=0.05), f"{question}, {row}"


def test_the_ratios_that_people_ask_for_are_in_the_tables():
    asked = read_table("asked")
    assert len(asked) == len(page.ASKED)
    for what, question, row, above, below in page.ASKED:
        head = f"{above} ÷ {below}"
        assert asked[what] == {
            "what is timed": what,
            "ratio": head,
            "median (middle half)": read_table(question)[row][head],
        }


def test_the_sentence_quotes_the_tables():
    sentence = page.figure(page.read())
    ratio = "scikit-learn ÷ onnxruntime"
    forest = read_table(page.FOREST)
    for cell in [read_table("network")["1 row"][ratio], forest["1 row"][ratio]]:
        assert f" {cell.split()[0]} times" in sentence
    turn = re.search(
        r"at (.* rows?) scikit-learn is the faster one, at (.* rows?) not yet", sentence
    )
    assert number(forest[turn[2]][ratio]) >= 1 >= number(forest[turn[1]][ratio])


def results_of(*figures):
    """Return results of a question with a row for each ratio of two sides."""
    rows = {f"{10**i} rows": {"a": [ratio], "b": [1.0]} for i, ratio in enumerate(figures)}
    return {"questions": {"question": {"unit": "seconds", "rows": rows}}}


@pytest.mark.parametrize(
    "figures, turn",
    [
        ([3.0, 1.1, 0.9], ("10 rows", "100 rows")),
        ([3.0, 1.1], ("10 rows", None)),
        ([0.9, 0.8], (None, "1 rows")),
    ],
)
def test_the_turning_point_lies_between_two_numbers_of_rows(figures, turn):
    assert page.turning_point(results_of(*figures), "question", "a", "b") == turn


def test_the_picture_shows_the_ratios_of_the_tables():
    """Each panel maps the logarithm of a ratio onto a height: one straight line fits all points."""
    groups = ElementTree.parse(FOLDER / "rows.svg").iter(f"{SVG}g")
    lines = {group.get("id"): group for group in groups}
    questions = page.read()["questions"]
    for rival in ["scikit-learn", "numpy", "C", "PyTorch"]:
        heights = []
        logs = []
        for model in page.MODELS:
            rows = [sides for sides in questions[model]["rows"].values() if sides.get(rival)]
            assert (f"{rival}, {model}" in lines) == bool(rows)
            if rows:
                path = lines[f"{rival}, {model}"].find(f"{SVG}path").get("d")
                heights += [float(y) for y in re.findall(r"[ML] [\d.]+ ([\d.]+)", path)]
                logs += [math.log10(median_ratio(sides, rival, "onnxruntime")) for sides in rows]
        if logs:
            slope, offset = statistics.linear_regression(logs, heights)
            assert slope < 0  # y points downwards
            fitted = [slope * x + offset for x in logs]
            assert heights == pytest.approx(fitted, abs=0.1)  # of a point, 1/72 of an inch


@pytest.mark.parametrize(
    "x, shown",
    [(0.0126, "0.013"), (0.997, "1.0"), (1.26, "1.3"), (12.6, "13"), (1260, "1,300")],
)
def test_two_digits_are_shown(x, shown):
    assert page.digits(x) == shown


def test_a_spread_is_the_median_and_the_quartiles():
    assert page.spread([5, 1, 3, 2, 4]) == "3.0 (2.0 to 4.0)"


@pytest.mark.parametrize("group, folder", [("benchmarks", "."), ("forests", "forests")])
def test_pip_and_uv_install_the_same_benchmarks(group, folder):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    requirements = (FOLDER / folder / "requirements.txt").read_text(encoding="utf-8")
    lines = [line for line in requirements.splitlines() if not line.startswith(("#", "-r "))]
    assert [line.split(" #")[0] for line in lines] == project["dependency-groups"][group]
