"""What README.md and tests/benchmarks say about costs, against the figures of the last run."""

import json
import tomllib

import pytest

from tests.benchmarks import report
from tests.conftest import ROOT

RESULTS = json.loads(report.RESULTS.read_text(encoding="utf-8"))


def test_the_page_of_all_tables_holds_the_measured_figures():
    assert report.PAGE.read_text(encoding="utf-8") == report.page(RESULTS)


def test_the_picture_shows_the_measured_figures():
    expected = report.picture(report.Results(RESULTS))
    assert report.PICTURE.read_text(encoding="utf-8") == expected


def test_the_readme_holds_the_measured_figures():
    text = report.README.read_text(encoding="utf-8")
    begin, end = text.index(report.BEGIN) + len(report.BEGIN), text.index(report.END)
    assert text[begin:end] == report.summary(RESULTS)


def test_every_ratio_in_the_readme_is_in_the_page_of_all_tables_or_follows_from_it():
    """Six ratios, computed here once more from the medians alone."""
    medians = {key: median for key, (median, _, _) in RESULTS["measured"].items()}
    pairs = [
        ("call/linear_regression/numpy", "call/linear_regression/onnxruntime"),
        ("rows/network/1/scikit-learn", "rows/network/1/onnxruntime"),
        ("rows/forest/100000/scikit-learn", "rows/forest/100000/onnxruntime"),
        ("operator/100/flat/run", "operator/100/function/run"),
        ("machine/numpy", "machine/onnxruntime"),
        ("deploy/pipeline/scikit-learn/start", "deploy/pipeline/onnxruntime/start"),
    ]
    lines = [line for line in report.summary(RESULTS).splitlines() if line.startswith("| ")]
    shown = [float(line.split("|")[3].split()[0].replace(",", "")) for line in lines[1:]]
    assert shown == pytest.approx([medians[a] / medians[b] for a, b in pairs], rel=0.05)


def test_pip_and_uv_install_the_same_benchmarks():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    requirements = (ROOT / "tests" / "benchmarks" / "requirements.txt").read_text(encoding="utf-8")
    lines = [line for line in requirements.splitlines() if not line.startswith(("#", "-r "))]
    assert lines == project["dependency-groups"]["benchmarks"]
