"""Environments: known by their versions; equal outcomes stand in a record once."""

import pytest

from tests.kit import environments
from tests.kit.environments import outcome_in, regroup, settled


def test_an_environment_is_known_by_its_versions(monkeypatch):
    for name, versions in environments.environments().items():
        monkeypatch.setattr(environments, "version", versions.get)
        assert environments.here.__wrapped__() == name
        monkeypatch.setattr(environments, "version", {**versions, "onnx": "0.1"}.get)
        assert environments.here.__wrapped__() is None


def test_equal_outcomes_stand_there_once():
    groups = regroup({}, "oldest", "refused")
    groups = regroup(groups, "pinned", "refused")
    assert groups == {"pinned oldest": "refused"}
    assert outcome_in(groups, "oldest") == "refused"
    assert outcome_in(groups, "mixed") is None


def test_what_changes_in_one_environment_leaves_the_others():
    groups = regroup({"pinned mixed oldest": "refused"}, "pinned", "right")
    assert groups == {"pinned": "right", "mixed oldest": "refused"}
    assert regroup(groups, "pinned", "refused") == {"pinned mixed oldest": "refused"}


@pytest.mark.parametrize(
    ("place", "groups", "update", "expected"),
    [
        ("pinned", None, False, {"pinned": "right"}),  # has to be recorded: the test will say so
        ("oldest", None, False, None),
        ("oldest", None, True, {"oldest": "right"}),
        ("oldest", {"oldest": "refused"}, False, {"oldest": "right"}),
        (None, {"oldest": "refused"}, True, None),
    ],
)
def test_what_is_asked_of_an_environment(place, groups, update, expected, monkeypatch):
    monkeypatch.setattr(environments, "here", lambda: place)
    assert settled(groups, "right", update) == expected


def test_the_day_stays_that_of_the_first_run_with_the_same_versions():
    first = environments.described(None)
    assert first["since"] == environments.today()
    earlier = {**first, "since": "2026-01-01"}
    assert environments.described(earlier) == earlier
    assert environments.described({**earlier, "onnx": "0.1"})["since"] == environments.today()
