"""Two sets of records, by verdict: what changed between them, and whether anything became worse.

    python -m tests.releases.newer BEFORE AFTER             two checkouts; status 1: worse
    python -m tests.releases.newer BEFORE AFTER --take      take AFTER's pages and records over

Bytes, times and dates are no verdicts. A change names the packages and versions on both sides, and
the smallest example comes first. `.ci/newer` makes AFTER, with every pin raised.
"""

import argparse
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from tests.estimators import verdicts as estimators
from tests.interop.operators import cases as official
from tests.interop.operators import measure as operators
from tests.interop.real import judge as of_real
from tests.interop.real import measure as real
from tests.kit import record
from tests.kit.environments import outcome_in
from tests.releases import wheels

# Each list begins with the best verdict; what it does not list is neither better nor worse.
NOTICED = ["convert", "check", "full check", "load", "run", "log", "nobody", "dies"]
STRANGERS = ["refuses", "accepts"]
REAL = [
    of_real.AGREES,
    of_real.REFUSES,
    of_real.SLOW,
    of_real.MEMORY,
    of_real.ENDS,
    of_real.DIFFERS,
]
PLACES = ["works", "agrees", "refused", "broken", "differs", "answers wrongly"]
WHEELS = ["a wheel", "no wheel"]
OPERATORS = "operators"  # the group of the official cases, with the engine
SHOWN = 3  # examples of a kind of change
TAKEN = [".json", ".md", ".svg", ".html", ".txt", ".toml"]  # what a run records or writes


@dataclass(frozen=True)
class Found:
    """One verdict of a record, what was judged by whom, and what there is to say."""

    verdict: str
    versions: str
    scale: tuple
    words: str = ""
    size: int = 0


@dataclass(frozen=True)
class Change:
    """A verdict that is another one, or that is new or gone (None)."""

    group: str
    subject: str
    before: Found | None
    after: Found | None

    def worse(self):
        """Return whether a verdict became worse; what is new or gone is neither."""
        return self.step() > 0

    def step(self):
        """Return by how many places of its scale a verdict fell."""
        if self.before is None or self.after is None:
            return 0
        scale = self.after.scale
        if self.before.verdict not in scale or self.after.verdict not in scale:
            return 0
        return scale.index(self.after.verdict) - scale.index(self.before.verdict)


# What is recorded, by the folder of a checkout ----------------------------------------------------
def show_versions(versions):
    return ", ".join(f"{package} {version}" for package, version in versions.items())


def of_estimators(root):
    """Yield (group, subject, Found) of the sweep over estimators."""
    results = record.read(root / "tests/estimators/results.json")
    versions = show_versions(results.get("versions", {}))
    for name, packed in results.get("estimators", {}).items():
        for key, result in estimators.unpack(packed).items():
            for precision in estimators.PRECISIONS:
                each = result[precision]
                words = each.get("words", each.get("note", ""))
                scale = tuple(estimators.BEST_FIRST)
                found = Found(each["verdict"], versions, scale, words, len(key))
                yield "estimators", f"{name}({key}), {precision}", found


def of_operators(root):
    """Yield the same of the official cases in each engine."""
    folder = root / "tests/interop/operators"
    if not (folder / "cases.json").exists():
        return
    cases = official.read_cases(folder / "cases.json")
    for path in sorted((folder / "results").glob("*.json")):
        packed = record.read(path)
        versions = f"{path.stem} {packed['version']}, cases of onnx {packed['onnx']}"
        known = {**gone(packed, cases), **cases}
        for name, each in operators.unpack(packed, known).items():
            scale = tuple(operators.SEVERITY)
            found = Found(each["verdict"], versions, scale, each.get("why", ""), len(name))
            yield f"{OPERATORS}, {path.stem}", f"{known[name]['operator']}: {name}", found


def gone(packed, cases):
    """Return the cases that an engine has run, and that another onnx does not have any more."""
    listed = set(packed["with constants"]) | set(packed["by chance"])
    for word in [*operators.SEVERITY, operators.NOT_TRIED]:
        for names in packed.get(word, {}).values():
            listed |= set(names)
    left = {"operator": "not in these cases", "use": None, "newer": False}
    return dict.fromkeys(listed - set(cases), left)


def of_real_files(root):
    """Yield the same of the real files in each engine."""
    results = record.read(root / "tests/interop/real/results.json")
    for engine, packed in results.get("engines", {}).items():
        for name, each in real.unpack(packed).items():
            size = results["files"].get(name, {}).get("nodes", 0)
            versions = f"{engine} {packed['version']}"
            found = Found(each["verdict"], versions, tuple(REAL), each.get("why", ""), size)
            yield f"real files, {engine}", name, found


def of_mistakes(root):
    """Yield the same of the mistakes: who notices them."""
    results = record.read(root / "tests/mistakes/results.json")
    versions = results.get("versions", {}).get("pinned", {})
    for name, groups in results.get("mistakes", {}).items():
        each = outcome_in(groups, "pinned")
        if each:
            said = ": ".join(filter(None, [each.get("error"), each.get("message")]))
            yield "mistakes", name, Found(each["noticed"], told(versions), tuple(NOTICED), said)


def of_strangers(root):
    """Yield the same of the files that a stranger might send."""
    results = record.read(root / "tests/security/results.json")
    versions = results.get("versions", {}).get("pinned", {})
    for what, groups in results.get("strangers", {}).items():
        for step, word in (outcome_in(groups, "pinned") or {}).items():
            if word in STRANGERS:
                yield "security", f"{what}: {step}", Found(word, told(versions), tuple(STRANGERS))


def told(versions):
    return show_versions({name: each for name, each in versions.items() if name != "since"})


def of_places(root):
    """Yield the same of the engines and frameworks that the page of interop compares."""
    results = record.read(root / "tests/interop/results.json")
    for kind in ("runtimes", "frameworks"):
        for place, entries in results.get(kind, {}).items():
            for what, word in entries.items():
                if word in PLACES:
                    found = Found(word, entries.get("version", ""), tuple(PLACES))
                    yield f"{kind}, {place}", what, found


def of_wheels(root):
    """Yield the same of the pins on the systems that nobody here has."""
    text = (root / "requirements.txt").read_text(encoding="utf-8")
    recorded = record.read(root / "tests/releases/wheels.json").get("without a wheel", {})
    for system, pythons in recorded.items():
        platform, _tags = wheels.SYSTEMS[system]
        for python, missing in pythons.items():
            lacking = {pin.partition("==")[0] for pin in missing}
            for pin in wheels.pins(text, platform, python):
                package, _, version = pin.partition("==")
                found = Found(WHEELS[package in lacking], f"{package} {version}", tuple(WHEELS))
                yield "wheels", f"{package}: {system}, Python {python}", found


READERS = [
    *(of_estimators, of_operators, of_real_files),
    *(of_mistakes, of_strangers, of_places, of_wheels),
]


def read(root):
    """Return {(group, subject): Found} of a checkout."""
    found = {}
    for reader in READERS:
        for group, subject, each in reader(Path(root)):
            found[group, subject] = each
    return found


# Comparison ---------------------------------------------------------------------------------------
def compare(before, after):
    """Return each Change from one set to the other.

    An engine that has not run again has nothing new: only the list of cases is another one.
    """
    same = runs(before) & runs(after)
    changes = []
    for key in {**before, **after}:
        was = before.get(key)
        now = after.get(key)
        if (was is None or now is None) and (key[0], (was or now).versions) in same:
            continue
        if was is None or now is None or was.verdict != now.verdict:
            changes.append(Change(*key, was, now))
    return changes


def runs(found):
    """Return (group, versions) of each engine's run of the official cases."""
    return {(key[0], each.versions) for key, each in found.items() if key[0].startswith(OPERATORS)}


def describe(changes):
    """Return changes as lines: by group, the worse first, the smallest example first."""
    lines = []
    for kind, found in groupby(sorted(changes, key=order), key=kind_of):
        found = list(found)
        group, word, was, now = kind
        first = found[0]
        sides = [each.versions for each in (first.before, first.after) if each]
        versions = " -> ".join(dict.fromkeys(sides))
        lines.append(f"{word}: {group}: {was} -> {now}: {len(found)} ({versions})")
        for each in found[:SHOWN]:
            words = (each.after or each.before).words
            lines.append(f"    {each.subject}{f': {words}' if words else ''}")
    return lines


def kind_of(change):
    """Return what makes changes a kind: the group, whether it is worse, and both verdicts."""
    word = "other"
    if change.before is None or change.after is None:
        word = "new" if change.before is None else "gone"
    elif change.step():
        word = "worse" if change.worse() else "better"
    was = change.before.verdict if change.before else "-"
    now = change.after.verdict if change.after else "-"
    return change.group, word, was, now


def order(change):
    size = (change.after or change.before).size
    return not change.worse(), kind_of(change), size, change.subject


# Pages and records --------------------------------------------------------------------------------
def changed_files(before, after):
    """Return the files, by their path in the checkout, that a run has written anew."""
    command = ["git", "-C", str(before), "ls-files", "-z"]
    names = subprocess.run(command, capture_output=True, check=True).stdout.decode().split("\0")
    found = []
    for name in names:
        here = Path(before, name)
        there = Path(after, name)
        if there.suffix in TAKEN and there.is_file() and here.read_bytes() != there.read_bytes():
            found.append(name)
    return found


def take(before, after, names):
    """Put files of one checkout in the place of the other's, each whole or not at all."""
    for name in names:
        new = Path(before, f"{name}.new")
        shutil.copyfile(Path(after, name), new)
        new.replace(Path(before, name))


def main(argv=None):
    parser = argparse.ArgumentParser(description="Say which verdicts differ between two checkouts.")
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--take", action="store_true", help="take AFTER's pages and records over")
    arguments = parser.parse_args(argv)
    for folder in (arguments.before, arguments.after):
        if not (folder / "tests").is_dir():
            parser.error(f"{folder}: expected a checkout, with the folder tests")
    if arguments.take:
        names = changed_files(arguments.before, arguments.after)
        take(arguments.before, arguments.after, names)
        print(f"taken over: {', '.join(names) or 'nothing'}")
        return 0
    try:
        changes = compare(read(arguments.before), read(arguments.after))
    except (json.JSONDecodeError, KeyError) as error:
        parser.error(f"a record cannot be read: {type(error).__name__}: {error}")
    worse = sum(change.worse() for change in changes)
    summary = f"in all: {len(changes)} verdicts changed, {worse} became worse"
    print(*describe(changes), summary, sep="\n")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
