"""What the page says of Spark, against the figures of the last run."""

import re
import statistics
import tomllib

import pytest

from tests.interop.cluster import page
from tests.kit.places import ROOT

FOLDER = page.FOLDER


def read_page():
    return (FOLDER / "README.md").read_text(encoding="utf-8")


def read_table(name):
    """Return the cells of a generated table, without its head."""
    text = read_page().split(f"<!-- {name}: ")[1].split("<!-- end of ")[0]
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]
    return lines[2:]


def read_number(text):
    """Return the number that a cell begins with, without its commas."""
    return float(re.match(r"[\d,.]+", text)[0].replace(",", ""))


def test_the_table_of_speed_is_what_the_rounds_say():
    """Computed once more from the seconds of each round, by statistics alone."""
    speed = page.read()["speed"]
    rows = read_table("speed")
    assert len(rows) == 4
    for way, *cells in rows:
        for cores, (rate, ratio) in {"1": cells[:2], "2": cells[2:]}.items():
            seconds = speed["seconds"][cores]
            middle = statistics.median(seconds[way])
            assert read_number(rate) == pytest.approx(speed["rows"] / middle, rel=0.05)
            pairs = zip(seconds[way], seconds["onnxruntime, one process"], strict=True)
            middle = statistics.median(a / b for a, b in pairs)
            assert read_number(ratio) == pytest.approx(middle, rel=0.05)


def test_the_hundred_machines_are_computed_from_what_was_measured():
    """By hand: a hundred times one machine, and the link divided by what a machine reads."""
    speed = page.read()["speed"]
    machine = read_number(read_table("speed")[2][3])  # onnxruntime in Spark, two cores
    computed = read_table("hundred")
    assert read_number(computed[0][1]) == pytest.approx(100 * machine, rel=0.06)
    bytes_read = 100 * machine * speed["bytes"] / speed["rows"]
    assert read_number(computed[2][1]) == pytest.approx(bytes_read, rel=0.1)
    machines = read_number(computed[2][2].removeprefix("enough for "))
    assert machines == pytest.approx(100 * 1.25e9 / bytes_read, rel=0.1)
    alone = read_number(read_table("speed")[0][3])
    assert read_number(computed[1][1]) == pytest.approx(1e9 / alone, rel=0.06)


def test_pip_and_uv_install_the_same_packages():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = (FOLDER / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pinned = [line for line in lines if "==" in line]
    assert project["dependency-groups"]["cluster"] == pinned


def test_the_script_requires_it_in_an_environment_of_its_own():
    script = (ROOT / ".ci" / "interop").read_text(encoding="utf-8")
    install = "pip install -r tests/interop/cluster/requirements.txt"
    assert f".venv-cluster/bin/{install}\n" in script
    assert f"\n{install}\n" in read_page()
    command = "INTEROP_REQUIRED=cluster .venv-cluster/bin/pytest tests/interop/cluster "
    assert f"\n{command}" in script
