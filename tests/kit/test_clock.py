"""The clock of what is compared, on a clock that the test moves."""

import numpy as np
import pytest

from tests.kit import clock


def test_all_sides_take_turns_in_every_round(monkeypatch):
    """On a clock that only the two functions move, by known amounts."""
    monkeypatch.setattr(clock, "TURN", 0.02)
    monkeypatch.setattr(clock, "PAUSE", 0)
    now = 0.0
    turns = []

    def fast():
        nonlocal now
        now += 0.001
        turns.append("fast")

    def slow():
        nonlocal now
        now += 0.5
        turns.append("slow")

    seconds = clock.take_turns({"fast": fast, "slow": slow}, rounds=2, clock=lambda: now)
    assert seconds == {"fast": [0.001, 0.001], "slow": [0.5, 0.5]}
    one_round = ["fast"] * 20 + ["slow"]  # as many as fit, at least one
    assert turns == ["fast", "slow"] + one_round * 2  # the first two tell how many fit


@pytest.mark.parametrize("wrong", [1.1, float("nan"), [1.0, 1.0]])
def test_a_wrong_answer_is_refused(wrong):
    right = {"right": lambda: 1.0}
    clock.check_answers(right, np.array(1.0), atol=0.01)
    with pytest.raises(AssertionError, match="liar"):
        clock.check_answers(right | {"liar": lambda: wrong}, np.array([1.0]), atol=0.01)
