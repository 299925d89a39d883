"""The page says what the recorded run found; what goes wrong without a word still does, and mends.

Runs no sweep: see test_estimators.py for that.
"""

import re
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.estimators import record
from tests.estimators.compare import BOUND
from tests.estimators.configurations import classes
from tests.estimators.kinds import kinds, nodes
from tests.estimators.page import PARTS, kind_of, silent
from tests.estimators.picture import picture

# The kinds use what earlier releases do not have; a later one may have mended them.
MEASURED = record.load()["versions"]["scikit-learn"]
pytest.importorskip("sklearn", minversion=MEASURED)

PAGE = Path(__file__).with_name("README.md")
PICTURE = Path(__file__).with_name("verdicts.svg")


@pytest.fixture
def results():
    """Return what the last recorded run found."""
    return record.load()


def same_versions(results):
    """Return whether the results were measured with the packages that are installed here."""
    packages = ["scikit-learn", "skl2onnx", "onnxruntime"]
    return all(results["versions"][package] == version(package) for package in packages)


def without_fractions(line):
    """Return a node without the weights that it reads: their digits vary with scipy's release."""
    return re.sub(r"-?\d+\.?\d*(e-?\d+)?(?=[,)])", "number", line)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", kinds())
def test_kind(name, results, request):
    """The example is wrong without a word, the cure mends it, and the graph shown is the graph."""
    kind = kinds()[name]
    before = kind.before()
    after = kind.after()
    assert after.error() <= BOUND
    graph = nodes(before.file, kind.SHOWS)[:6]
    assert graph
    if request.config.getoption("update"):
        measured = {"before": min(before.error(), 1e9), "after": after.error(), "graph": graph}
        for moment in ("before", "after"):
            measured[moment] = float(f"{measured[moment]:.1g}")
        old = results.get("kinds", {})
        kept = {known: old[known] for known in kinds() if known in old}
        results["kinds"] = {**kept, name: measured}
        record.save(results)
    elif same_versions(results):  # another release may have mended it, which is good news
        assert before.error() > 10 * BOUND
        recorded = results["kinds"][name]["graph"]
        assert [without_fractions(line) for line in graph] == [
            without_fractions(line) for line in recorded
        ]


def test_every_silent_verdict_belongs_to_a_kind(results):
    unexplained = []
    for name, key, verdict in silent(results):
        if kind_of(name, key) is None:
            unexplained.append(f"{name}({key}): {verdict}")
    assert not unexplained


@pytest.mark.parametrize("name", PARTS)
def test_part(name, results, generated):
    generated(PAGE, name, PARTS[name](results))


def test_picture(results, request):
    if request.config.getoption("update"):
        PICTURE.write_text(picture(results), encoding="utf-8")
    assert PICTURE.read_text(encoding="utf-8") == picture(results)


def test_every_estimator_is_on_the_page(results):
    """Scikit-learn's own list, where it is the release that was measured."""
    if results["versions"]["scikit-learn"] == version("scikit-learn"):
        assert set(results["estimators"]) == set(classes())
