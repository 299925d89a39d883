"""What goes wrong without a word still does, and its cure mends it; so does what lies beyond."""

import inspect
import re
from importlib.metadata import version

import pytest

from tests.estimators import page
from tests.estimators.compare import BOUND
from tests.estimators.kinds import SEARCHED, kinds, nodes

# The kinds use what earlier releases do not have; a later one may have mended them.
pytest.importorskip("sklearn", minversion=page.read()["versions"]["scikit-learn"])
pytestmark = pytest.mark.filterwarnings("ignore")


def same_versions():
    """Return whether the results were measured with the packages that are installed here."""
    recorded = page.read()["versions"]
    packages = ["scikit-learn", "skl2onnx", "onnxruntime"]
    return all(recorded[package] == version(package) for package in packages)


def without_fractions(line):
    """Return a node without the weights that it reads: their digits vary with scipy's release."""
    return re.sub(r"-?\d+\.?\d*(e-?\d+)?(?=[,)])", "number", line)


@pytest.fixture
def describe(note):
    """Return a function that compares a kind's words with the record, or records them."""

    def check(name, kind, measured):
        title, _, reason = inspect.getdoc(kind).partition("\n\n")
        words = {
            "title": title,
            "reason": " ".join(reason.split()),
            "cure": kind.CURE,
            "covers": kind.COVERS,
            "reported": kind.REPORTED,
            "related": getattr(kind, "RELATED", []),
            "searched": SEARCHED,
        }
        for key, value in words.items():
            note(page.FILE, "kinds", name, key, value=value)
        for key, value in measured.items():
            note(page.FILE, "kinds", name, key, value=value, compare=False)

    return check


@pytest.mark.parametrize("name", kinds())
def test_kind(name, describe, request):
    """The example is wrong without a word, the cure mends it, and the graph shown is the graph."""
    kind = kinds()[name]
    before = kind.before()
    after = kind.after().error()
    assert after <= BOUND
    graph = nodes(before.file, kind.SHOWS)[:6]
    assert graph
    error = min(before.error(), page.ANOTHER_SHAPE)
    measured = {"before": float(f"{error:.1g}"), "after": float(f"{after:.1g}"), "graph": graph}
    describe(name, kind, measured)
    update = request.config.getoption("update")
    if not update and same_versions():  # another release may have mended it, which is good news
        assert error > 10 * BOUND
        shown = [without_fractions(line) for line in page.read()["kinds"][name]["graph"]]
        assert [without_fractions(line) for line in graph] == shown


def test_what_two_kinds_say_of_all_rows():
    """The largest score is the other class's in each row; of four rows three have one answer."""
    case = kinds()["svc_two_classes"].before()
    assert (case.expected != case.answered).all()
    flat = kinds()["power_near_zero"].before()
    assert len(set(flat.answered.ravel())) == 2
    assert len(set(flat.expected.ravel())) == 4


def test_no_kind_is_gone(keep, request):
    keep(page.FILE, "kinds", names=kinds())
    assert request.config.getoption("update") or set(page.read()["kinds"]) <= set(kinds())
