"""Wrong files made of every solution are refused: all kinds by a command, a sample of them here.

`python -m tests.exercises.wrong_files` makes all of them; .ci/run does.
"""

import numpy as np
import pytest

from tests.exercises import judge, registry, wrong_files

SEED = int(np.random.default_rng().integers(10**6))
EXERCISES = registry.find()


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda each: each.name)
def test_wrong_numbers_are_refused_by_what_is_fed(exercise, monkeypatch):
    """Without a look at the structure, which would refuse some of them sooner; three kinds each."""
    monkeypatch.delattr(exercise.answer, "complain", raising=False)
    random = np.random.default_rng(SEED)
    kinds = wrong_files.wrong_numbers(exercise, random)
    for kind in random.choice(list(kinds), 3, replace=False):
        right, verdict = wrong_files.passes(exercise, kinds[kind](), SEED)
        assert not right, f"{kind} (seed {SEED})"
        assert f"{exercise.answer.ORACLE} says" in verdict, f"{kind} (seed {SEED}): {verdict}"


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda each: each.name)
def test_wrong_structures_are_refused(exercise):
    for kind, make in wrong_files.wrong_structures(exercise).items():
        right, verdict = wrong_files.passes(exercise, make(), SEED)
        assert not right, f"{kind} (seed {SEED})"
        assert "says" not in verdict and "refuses" not in verdict, f"{kind}: {verdict}"


def test_what_is_left_to_luck_is_as_stated():
    """Of pairs of two free sizes some thousand are fed; of rows a thousand or more."""
    for number in (10, 11):
        exercise = EXERCISES[number]
        feeds = judge.main_feeds(exercise, SEED)
        feeds = [*feeds, *(feed for feed, _ in judge.sweep(exercise, SEED))]
        pairs = {tuple(feed[name].shape[axis] for name, axis in PAIRS[number]) for feed in feeds}
        assert 950 < len(pairs) < 1050


PAIRS = {10: [("X", 0), ("X", 1)], 11: [("Q", 0), ("K", 0)]}
