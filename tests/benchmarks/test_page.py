"""The page of costs, and its picture, against the figures of the last run."""

import math
import re
import statistics
import tomllib
from xml.etree import ElementTree

import pytest

from tests.benchmarks import report
from tests.kit.places import ROOT

FOLDER = report.PAGE.parent
SVG = "{http://www.w3.org/2000/svg}"


def read_page():
    return report.PAGE.read_text(encoding="utf-8")


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


def test_generated_parts(generated):
    for name, text in report.parts(report.read_results()).items():
        generated(report.PAGE, name, text)


def test_the_page_has_no_part_that_nothing_writes():
    parts = re.findall(r"<!-- (.*): written by pytest --update -->", read_page())
    assert sorted(parts) == sorted(report.parts(report.read_results()))


def median_ratio(sides, above, below):
    """Return the median of a round's ratios, computed here once more."""
    return statistics.median(a / b for a, b in zip(sides[above], sides[below], strict=True))


def test_every_cell_is_what_was_measured():
    for question, content in report.read_results()["questions"].items():
        table = read_table(question)
        assert list(table) == list(content["rows"])
        for row, sides in content["rows"].items():
            first, *others = [side for side, figures in sides.items() if figures] or [None]
            expected = {first: statistics.median(sides[first])} if first else {}
            for side in others:
                expected[f"{side} ÷ {first}"] = median_ratio(sides, side, first)
            cells = list(table[row].items())[1:]
            shown = {head: number(cell) for head, cell in cells if cell != report.UNKNOWN}
            # Of two digits, the second is rounded: by at most 0.05 in 1.
            assert shown == pytest.approx(expected, rel=0.05), f"{question}, {row}"


def test_the_ratios_that_people_ask_for_are_in_the_tables():
    asked = read_table("asked")
    assert len(asked) == len(report.ASKED)
    for what, question, row, above, below in report.ASKED:
        head = f"{above} ÷ {below}"
        assert asked[what] == {
            "what is timed": what,
            "ratio": head,
            "median (middle half)": read_table(question)[row][head],
        }


def test_the_sentence_quotes_the_tables():
    sentence = report.figure(report.read_results())
    ratio = "scikit-learn ÷ onnxruntime"
    cells = [read_table("network")["1 row"][ratio], read_table("forest")["100,000 rows"][ratio]]
    quoted = [word for word in sentence.split() if re.fullmatch(r"[\d.]+", word)]
    assert quoted == [cell.split()[0] for cell in cells]


def test_the_picture_shows_the_ratios_of_the_tables():
    """Each panel maps the logarithm of a ratio onto a height: one straight line fits all points."""
    groups = ElementTree.parse(FOLDER / "rows.svg").iter(f"{SVG}g")
    lines = {group.get("id"): group for group in groups}
    questions = report.read_results()["questions"]
    for rival in ["scikit-learn", "numpy", "C", "PyTorch"]:
        heights = []
        logs = []
        for model in ["linear regression", "pipeline", "network", "forest"]:
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
    assert report.digits(x) == shown


def test_a_spread_is_the_median_and_the_quartiles():
    assert report.spread([5, 1, 3, 2, 4]) == "3.0 (2.0 to 4.0)"


def test_pip_and_uv_install_the_same_benchmarks():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    requirements = (FOLDER / "requirements.txt").read_text(encoding="utf-8")
    lines = [line for line in requirements.splitlines() if not line.startswith(("#", "-r "))]
    assert lines == project["dependency-groups"]["benchmarks"]
