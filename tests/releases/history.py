"""What became of a case in release after release, and what has changed between two of them.

join(["otherwise", "right", "right"], ["1.16.3", "1.17.3", "1.18.1"])
                                                  "1.16.3 otherwise, 1.17.3 right"
changes(recorded)                                 [Change("ReduceMax", "1.16.3", "1.17.3", ...)]
"""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

RESULTS = Path(__file__).with_name("results.json")
USES = Path(__file__).with_name(
    "uses.json"
)  # how cases use their operators, {operator: {case: use}}

ML = "ai.onnx.ml"
IR_VERSIONS = range(3, 15)  # of which a file was tried in each release
OPSETS = {"": range(7, 29), ML: range(1, 6)}

# What a case is about, where it is not one operator.
FORMAT = "the format"
SCRIPT = "the tutorial's file"
ESTIMATOR = "estimator"
REAL = "real file"

RIGHT = "right"
OTHERWISE = "otherwise"  # answers, and the answer is another: nobody notices
REFUSED = "refused"
CRASHES = "crashes"
HANGS = "hangs"
TOO_NEW = "too new"  # refused for the file's opset or IR version, which is said once
WORST_FIRST = [OTHERWISE, HANGS, CRASHES, REFUSED, RIGHT]


def name_format(domain, opset):
    """Return the name of the case of an opset."""
    return f"{domain or 'opset'} {opset}"


def name_formats():
    """Return the names of all cases of the format."""
    names = [f"IR version {version}" for version in IR_VERSIONS]
    for domain, opsets in OPSETS.items():
        names += [name_format(domain, opset) for opset in opsets]
    return names


@dataclass(frozen=True)
class Change:
    """What another release did to some cases of an operator; the smallest one comes first."""

    kind: str
    before: str  # the last release with the old verdict
    after: str  # the first one with the new verdict
    was: str
    now: str
    cases: tuple


def join(verdicts, releases):
    """Return a history as one line: each verdict with the first release that has it."""
    parts = []
    last = None
    for verdict, release in zip(verdicts, releases, strict=True):
        if verdict != last:
            parts.append(f"{release} {verdict}")
        last = verdict
    return ", ".join(parts)


def split(line, releases):
    """Return {release: verdict} of a history."""
    starts = read_line(line)
    found = {}
    verdict = None
    for release in releases:
        verdict = starts.get(release, verdict)
        found[release] = verdict
    return found


def read_line(line):
    """Return {first release: verdict} of a history."""
    return {part.partition(" ")[0]: part.partition(" ")[2] for part in line.split(", ")}


def pack(verdicts, kinds, sizes, releases):
    """Return {history: {kind: cases}} of {release: {case: (verdict, words)}}; right is implied.

    The smallest case of each group comes first.
    """
    found = {}
    for name in sorted(kinds, key=lambda name: (sizes[name], name)):
        line = join([verdicts[release][name][0] for release in releases], releases)
        if line != f"{releases[0]} {RIGHT}":
            found.setdefault(line, {}).setdefault(kinds[name], []).append(name)
    return {line: dict(sorted(found[line].items())) for line in sorted(found)}


def pack_words(packed, verdicts, releases):
    """Return {case: {release: words}} of the first case of each group, where they are news."""
    found = {}
    for line, groups in packed.items():
        for names in groups.values():
            if ", " not in line:
                continue
            for release, verdict in read_line(line).items():
                if verdict not in (RIGHT, TOO_NEW):
                    found.setdefault(names[0], {})[release] = verdicts[release][names[0]][1]
    return found


def unpack(recorded):
    """Return {case: (kind, {release: verdict})} of what is not right in every release."""
    found = {}
    for line, groups in recorded["histories"].items():
        history = split(line, recorded["releases"])
        for kind, names in groups.items():
            for name in names:
                found[name] = (kind, history)
    return found


def changes(recorded):
    """Return each Change between consecutive releases, the newest release last.

    That a release reads a newer format is a change of the format, not of each operator.
    """
    groups = {}
    releases = recorded["releases"]
    for name, (kind, history) in unpack(recorded).items():
        for before, after in pairwise(releases):
            verdicts = {history[before], history[after]}
            if len(verdicts) == 2 and TOO_NEW not in verdicts:
                key = (kind, before, after, history[before], history[after])
                groups.setdefault(key, []).append(name)
    found = [Change(*key, tuple(names)) for key, names in groups.items()]
    return sorted(found, key=lambda each: (releases.index(each.after), each.kind.lower()))
