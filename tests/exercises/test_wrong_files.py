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
    """Without a look at the structure, which would refuse some sooner: a table and two kinds.

    They are wrong at one of the sizes that are fed here, every tenth: some oracles take seconds for
    all, and test_exercises.py has it that all are fed.
    """
    sizes = range(SEED % 10 + 1, judge.LAST, 10)
    monkeypatch.delattr(exercise.answer, "complain", raising=False)
    random = np.random.default_rng(SEED)
    kinds = wrong_files.wrong_numbers(exercise, random, sizes)
    table = kinds.pop("table of known values")
    drawn = random.choice(list(kinds), 2, replace=False)
    for kind, make in [("table", table), *((kind, kinds[kind]) for kind in drawn)]:
        right, verdict = wrong_files.passes(exercise, make(), SEED, sizes)
        assert not right, f"{kind} (seed {SEED})"
        assert f"{exercise.answer.ORACLE} says" in verdict, f"{kind} (seed {SEED}): {verdict}"


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda each: each.name)
def test_wrong_structures_are_refused(exercise):
    for kind, make in wrong_files.wrong_structures(exercise).items():
        right, verdict = wrong_files.passes(exercise, make(), SEED)
        assert not right, f"{kind} (seed {SEED})"
        assert "says" not in verdict and "refuses" not in verdict, f"{kind}: {verdict}"


def test_what_is_left_to_luck_is_as_stated(monkeypatch):
    """Of the pairs of two free sizes some thousand are fed, and of rows a thousand or more."""
    monkeypatch.setattr(judge, "expect", lambda exercise, feed: None)
    monkeypatch.setattr(judge, "cut", lambda infos, arrays, name, size: (name, size))
    for exercise in EXERCISES.values():
        feeds = judge.main_feeds(exercise, SEED)
        sizes = judge.free_sizes(exercise)
        rows = sum(len(next(iter(feed.values()))) for feed in feeds) + judge.LAST
        if len(sizes) == 1:
            assert rows > 1000
        else:
            combinations = len(judge.choose_sizes(exercise, np.random.default_rng(SEED)))
            assert 0 < combinations < 50
            assert combinations + judge.LAST * len(sizes) > 1000


def test_a_wrong_file_that_is_made_passes_a_check_that_feeds_public_rows_only(monkeypatch):
    """The wrong files are such as an ordinary check lets through."""
    exercise = EXERCISES[9]
    monkeypatch.delattr(exercise.answer, "complain")
    feeds = exercise.answer.special(None)
    right = [judge.expect(exercise, feed) for feed in feeds]
    monkeypatch.setattr(judge, "main_feeds", lambda exercise, seed: feeds)
    monkeypatch.setattr(judge, "main_answers", lambda exercise, seed: right)
    monkeypatch.setattr(judge, "sweep", lambda exercise, seed, sizes: [])
    kinds = wrong_files.wrong_numbers(exercise, np.random.default_rng(SEED))
    for kind in kinds:
        if not kind.startswith(("clipped", "beyond")):
            assert wrong_files.passes(exercise, kinds[kind](), SEED)[0], kind
