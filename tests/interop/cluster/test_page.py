"""What the page says of Spark, against the figures of the last run."""

import re
import statistics
import tomllib

import pytest

from tests.conftest import ROOT
from tests.interop.cluster import report

FOLDER = report.FOLDER


def read_page():
    return report.PAGE.read_text(encoding="utf-8")


def read_table(name):
    """Return the cells of a generated table, without its head."""
    text = read_page().split(f"<!-- {name}: ")[1].split("<!-- end of ")[0]
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]
    return lines[2:]


@pytest.mark.parametrize("name", report.PARTS)
def test_the_page_shows_the_figures_of_the_last_run(name, generated):
    generated(report.PAGE, name, report.PARTS[name](report.read_results()))


def test_the_page_has_no_part_that_nothing_writes():
    parts = re.findall(r"<!-- (.*): written by pytest --update -->", read_page())
    assert sorted(parts) == sorted(report.PARTS)
