"""Three environments in which the same is recorded, each by a run of its own.

    pinned   the versions of requirements.txt
    mixed    the newest onnx with the oldest onnxruntime: a file from somebody who updated first
    oldest   the lower bounds of pyproject.toml

A record holds {environments: outcome}, such as {"pinned mixed": ..., "oldest": ...}: what is equal
stands there once. `pytest --update` records what it sees where it runs, and leaves the rest. In any
other environment nothing is recorded, and nothing compared.
"""

import re
from functools import cache
from importlib.metadata import version

from tests.kit.places import ROOT
from tests.kit.record import today

PLACES = ["pinned", "mixed", "oldest"]
PACKAGES = ["onnx", "onnxruntime", "skl2onnx", "scikit-learn"]


def stated(text, relation):
    """Return {package: version} as a file states them, with == or with >=."""
    versions = {}
    for package in PACKAGES:
        found = re.search(rf'^[ "]*{package}{relation}([\w.]+)', text, flags=re.MULTILINE)
        versions[package] = found[1]
    return versions


def environments():
    """Return {name: {package: version}} of the three environments."""
    pinned = stated((ROOT / "requirements.txt").read_text(encoding="utf-8"), "==")
    oldest = stated((ROOT / "pyproject.toml").read_text(encoding="utf-8"), ">=")
    mixed = {**pinned, "onnxruntime": oldest["onnxruntime"]}
    return {"pinned": pinned, "mixed": mixed, "oldest": oldest}


def same_release(installed, wanted):
    """Return whether two versions are the same, as 1.3 and 1.3.0 are."""
    return installed.removesuffix(".0") == wanted.removesuffix(".0")


@cache
def here():
    """Return the name of the environment that this process runs in, None if it is another."""
    for name, versions in environments().items():
        if all(same_release(version(package), versions[package]) for package in PACKAGES):
            return name
    return None


def outcome_in(groups, place):
    """Return the outcome that is recorded for an environment, None if there is none."""
    for places, outcome in (groups or {}).items():
        if place in places.split():
            return outcome
    return None


def regroup(groups, place, outcome):
    """Return what is recorded with another outcome for one environment."""
    outcomes = {name: outcome_in(groups, name) for name in PLACES}
    outcomes[place] = outcome
    regrouped = []
    for name in PLACES:
        if outcomes[name] is None:
            continue
        same = [group for group in regrouped if group[1] == outcomes[name]]
        if same:
            same[0][0].append(name)
        else:
            regrouped.append(([name], outcomes[name]))
    return {" ".join(names): outcome for names, outcome in regrouped}


def settled(groups, outcome, update):
    """Return what a record has to hold if this is the outcome here; None if it is not asked.

    Only the pinned environment has to be complete: a new row shows the others' outcomes once
    somebody has recorded them.
    """
    place = here()
    known = outcome_in(groups, place) is not None
    if place is None or not (update or known or place == "pinned"):
        return None
    return regroup(groups, place, outcome)


def described(before):
    """Return the versions of this environment, and since when they are what was recorded with."""
    versions = {package: version(package) for package in PACKAGES}
    if before and all(before.get(package) == versions[package] for package in PACKAGES):
        return before
    return {**versions, "since": today()}
