"""The pairs: every two values are together somewhere, the page counts them, a few are run anew."""

import itertools

import pytest

from tests.estimators import page, pairs
from tests.estimators.verdicts import AGREES, MISNAMED, REFUSED, UNFIT, WRONG

pytestmark = pytest.mark.filterwarnings("ignore")


def test_every_two_values_are_together_somewhere():
    tried = pairs.combinations()
    for (i, first), (j, second) in itertools.combinations(enumerate(pairs.FACTORS), 2):
        held = {(row[i], row[j]) for row in tried}
        assert held == set(itertools.product(first, second))


def test_the_combinations_are_few():
    product = len(list(itertools.product(*pairs.FACTORS)))
    assert len(pairs.combinations()) < product / 100


def test_a_run_goes_on_where_the_last_one_ended():
    begun = [tuple(name.split("; ")) for name in pairs.read()]
    tried = pairs.combinations(begun)
    assert tried[: len(begun)] == begun
    for (i, first), (j, second) in itertools.combinations(enumerate(pairs.FACTORS), 2):
        assert {(row[i], row[j]) for row in tried} == set(itertools.product(first, second))


# What the graphs of these say by hand: see the kinds.
KNOWN = {
    "alone; scores; three; whole numbers; no option": (MISNAMED, AGREES),
    "OneVsRestClassifier; scores of a kernel; words; around 1,000; no option": (WRONG, AGREES),
    "alone; probabilities; two; whole numbers; raw_scores": (MISNAMED, MISNAMED),
    "MultiOutputClassifier; probabilities; two; no rows; no option": (AGREES, None),
    "BaggingClassifier; scores; three; booleans; no option": (MISNAMED, AGREES),
}


@pytest.mark.parametrize("name", KNOWN)
def test_a_sample_is_what_the_record_says(name):
    found = pairs.judge_apart(tuple(name.split("; ")))
    assert (found["verdict"], found.get("cured")) == KNOWN[name]
    recorded = pairs.read()[name]
    assert (recorded["verdict"], recorded.get("cured")) == KNOWN[name]


@pytest.mark.parametrize(
    "name",
    [
        "alone; a tree; three; floats; decision_path",
        "alone; probabilities; words; floats; raw_scores",
        "alone; probabilities; words; floats; columns",
        "alone; probabilities; two; floats; nocl",
        "alone; a tree; two; no rows; no option",
    ],
)
def test_what_an_option_promises_is_what_is_compared(name):
    assert pairs.judge_apart(tuple(name.split("; ")))["verdict"] == AGREES


def test_raw_scores_of_two_classes_are_two_columns():
    found = pairs.judge_apart(("alone", "probabilities", "two", "floats", "raw_scores"))
    assert found["words"] == "scores holds decision_function, first negative"


def test_the_page_counts_what_ran():
    found = {
        "a; m; two; x; o": {"verdict": AGREES, "plain": "the same labels"},
        "b; m; two; x; o": {"verdict": WRONG, "plain": "other labels", "cured": AGREES},
        "b; n; two; x; o": {"verdict": UNFIT},
        "b; n; two; y; o": {"verdict": REFUSED, "plain": REFUSED, "cured": REFUSED},
    }
    text = page.pairs_run({"pairs": found, "all pairs": 99})
    began = "4 combinations ran, which hold 22 of the 99 pairs that there are; scikit-learn itself"
    assert text.startswith(began)
    assert "| agrees | 1 | 2 | 1 | 0 | 0 |" in text
    assert "| wrong | 1 | 0 | 0 | 1 | 0 |" in text
    assert "| refused | 1 | 1 | 0 | 0 | 1 |" in text
    assert "| b | 2 | 1 | m | 0 |" in page.pairs_silent({"pairs": found})
    cured = {"x": [WRONG, AGREES], "y": [WRONG, WRONG]}
    assert "| wrong | 2 | 1 | wrong (1) |" in page.cured({"cured": cured})
