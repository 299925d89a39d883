"""Environments: known by their versions; equal outcomes stand in a record once."""

import itertools

import pytest
from packaging.requirements import Requirement

from tests.kit import environments
from tests.kit.environments import outcome_in, regroup, settled
from tests.kit.places import TESTS


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


@pytest.mark.parametrize("release", ["1.24.0", "1.24.0.dev20261026", "1.33.0rc1", "2.0"])
def test_a_pinned_version_is_read_whole_also_that_of_an_early_release(release):
    text = "".join(f"{package}=={release} ; why\n" for package in environments.PACKAGES)
    assert environments.stated(text, "==") == dict.fromkeys(environments.PACKAGES, release)


# Optional groups ----------------------------------------------------------------------------------
def pins_of(path):
    """Return {package: version} of a file of requirements, with those that it includes."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        line = line.partition(" #")[0].strip()
        if line.startswith("-r "):
            found |= pins_of(path.parent / line.removeprefix("-r "))
        elif line and not line.startswith("#"):
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate():
                found[requirement.name.lower()] = str(requirement.specifier)
    return found


def test_which_groups_pip_refuses_in_one_environment_and_why():
    """pip itself was asked about each pair: it refuses these, in words, and takes the others.

    "Cannot install protobuf==6.33.6 and protobuf==7.36.2 because these package versions have
    conflicting dependencies": .ci/tools asks it about all of them, and records what it says.
    """
    groups = sorted({path.parent for path in TESTS.rglob("requirements.txt")})
    pinned = {group.name: pins_of(group / "requirements.txt") for group in groups}
    assert len(pinned) == 6
    for one, two in itertools.combinations(pinned, 2):
        shared = set(pinned[one]) & set(pinned[two])
        differing = {name for name in shared if pinned[one][name] != pinned[two][name]}
        assert differing == ({"protobuf"} if "interop" in (one, two) else set()), (one, two)
