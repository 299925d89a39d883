"""The pairs: every two values are together somewhere, the page counts them, a few are run anew."""

import itertools

import pytest

from tests.estimators import page, pairs
from tests.estimators.verdicts import AGREES, MISNAMED, REFUSED, UNFIT, WRONG

pytestmark = pytest.mark.filterwarnings("ignore")
FACTORS = [list(pairs.HOLDERS), list(pairs.MEMBERS), list(pairs.CLASSES), pairs.DATA]


def test_every_two_values_are_together_somewhere():
    tried = pairs.combinations()
    for (i, first), (j, second) in itertools.combinations(enumerate(FACTORS), 2):
        held = {(row[i], row[j]) for row in tried}
        assert held == set(itertools.product(first, second))


def test_the_combinations_are_few():
    product = len(list(itertools.product(*FACTORS)))
    assert len(pairs.combinations()) < product / 30


def test_each_combination_has_run():
    missing = {pairs.name_of(row) for row in pairs.combinations()} ^ set(pairs.read())
    assert not missing, "python -m tests.estimators.pairs"


# What the graphs of these say by hand: see the kinds.
KNOWN = {
    "alone; scores; three; whole numbers": (MISNAMED, AGREES),
    "OneVsRestClassifier; scores of a kernel; words; around 1,000": (WRONG, AGREES),
    "BaggingClassifier; scores; three; booleans": (MISNAMED, AGREES),
}


@pytest.mark.parametrize("name", KNOWN)
def test_a_sample_is_what_the_record_says(name):
    found = pairs.judge_apart(tuple(name.split("; ")))
    assert (found["verdict"], found["cured"]) == KNOWN[name]
    recorded = pairs.read()[name]
    assert (recorded["verdict"], recorded["cured"]) == KNOWN[name]


def test_the_page_counts_what_ran():
    found = {
        "a; m; two; x": {"verdict": AGREES, "plain": "the same labels"},
        "b; m; two; x": {"verdict": WRONG, "plain": "other labels", "cured": AGREES},
        "b; n; two; x": {"verdict": UNFIT},
        "b; n; two; y": {"verdict": REFUSED, "plain": REFUSED, "cured": REFUSED},
    }
    text = page.pairs_run({"pairs": found})
    assert text.startswith("4 combinations ran, which hold 15 pairs; scikit-learn itself refused 1")
    assert "1 files with the same labels, 1 with others, and 1 refusals" in text
    assert "| agrees | 1 | 2 |" in text
    assert "| b | 2 | 1 | m | 0 |" in page.pairs_silent({"pairs": found})
    cured = {"x": [WRONG, AGREES], "y": [WRONG, WRONG]}
    assert "| wrong | 2 | 1 | wrong (1) |" in page.cured({"cured": cured})
