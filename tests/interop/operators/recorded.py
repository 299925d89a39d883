"""What is recorded of trials, of the nodes of graphs, and of what engines made of them.

read(path)                      {"test_clip@6 constants": Use(...)}: the trials
unpack(record, trials)          {"test_clip@6 constants": {"verdict": "refused", "why": ...}}
read_graphs(path)               {"test_gelu_tanh_expanded": [Use(...), ...]}
real_verdicts(engine, graphs)   {"Silero: silero, sequence": "agrees"}: real files that ran
"""

import re
from dataclasses import replace

from tests.interop.operators import cases as official
from tests.interop.operators.trials import AS_IT_IS, CONSTANTS, FREE, key
from tests.interop.operators.uses import read_model
from tests.kit import record
from tests.kit.places import TESTS

WHY = 80  # letters of a reason that are recorded
NOT_TRIED = "not tried"
ALL = "all"
NOT_FREE = "of fixed sizes"  # for engines that are told the sizes before
ONE = "one of each version"  # for engines that take a second for each
REAL = TESTS / "interop" / "real" / "results.json"
FAILED = ("refuses", "answers otherwise", "ends the process", "too slow", "too much memory")


def write(path, found):
    """Write {operator: {name: {use: versions and ways}}}."""
    recorded = {}
    for trial in found:
        (use, *_) = read_model(trial.case.model)
        line = official.write_use(use).partition(": ")[2]
        ways = recorded.setdefault(trial.case.operator, {}).setdefault(trial.name, {})
        ways.setdefault(line, []).append(f"{trial.version} {trial.way}".strip())
    for named in recorded.values():
        for ways in named.values():
            for line in ways:
                ways[line] = ", ".join(ways[line])
    record.write(path, dict(sorted(recorded.items(), key=lambda item: item[0].lower())))


def read(path):
    """Return {key: use} of the trials, in the order in which they run."""
    found = {}
    for operator, named in record.read(path).items():
        for name, ways in named.items():
            for line, listed in ways.items():
                for word in listed.split(", "):
                    version, _, way = word.partition(" ")
                    use = official.read_use(operator, f"{version}: {line}")
                    found[key(name, version, way)] = use
    return found


def pack(verdicts):
    """Return verdicts as they are written: {verdict: {why: {case: versions and ways}}}."""
    packed = {}
    for name, verdict in verdicts.items():
        if verdict["verdict"] == "agrees":
            continue
        case, _, way = name.partition("@")
        group = packed.setdefault(verdict["verdict"], {}).setdefault(verdict["why"][:WHY], {})
        group[case] = f"{group[case]}, {way}" if case in group else way
    return packed


def unpack(packed, names):
    """Return {trial: verdict} of an engine; what ran and is not listed agrees."""
    if not packed:
        return {}
    verdicts = {name: {"verdict": "agrees"} for name in chosen(names, packed["trials"])}
    for verdict, reasons in packed["verdicts"].items():
        for why, group in reasons.items():
            for case, ways in group.items():
                for way in ways.split(", "):
                    verdicts[f"{case}@{way}"] = {"verdict": verdict, "why": why}
    return {name: found for name, found in verdicts.items() if found["verdict"] != NOT_TRIED}


def chosen(uses, which):
    """Return the trials that an engine runs: all; none of free sizes; or one of each version."""
    if which == ALL:
        return list(uses)
    if which == NOT_FREE:
        return [name for name in uses if not name.endswith(FREE)]
    first = {}
    for name, use in uses.items():
        way = name.partition("@")[2].partition(" ")[2]
        if way in (AS_IT_IS, CONSTANTS):
            first.setdefault((use.operator, use.version), {}).setdefault(way, name)
    return [ways.get(CONSTANTS) or ways[AS_IT_IS] for ways in first.values()]


# Graphs of several nodes --------------------------------------------------------------------------
def without_sizes(use):
    """Return a use whose sizes are counted through: which are equal, free or none is left."""
    numbers = {"0": "0"}

    def rename(match):
        sizes = []
        for size in match.group(1).split(","):
            number = numbers.setdefault(size, str(len(numbers)))
            sizes.append(number if size.isdigit() or not size else f"n{number}")
        return f"[{','.join(sizes) if match.group(1) else ''}]"

    sides = []
    for words in (use.inputs, use.outputs):
        sides.append(tuple(re.sub(r"\[([^\]]*)\]", rename, word) for word in words))
    return replace(use, inputs=sides[0], outputs=sides[1])


def write_graphs(path, found):
    """Write {"uses": [operator and use], "graphs": {name: numbers of uses}} of {name: uses}."""
    numbers = {}
    graphs = {}
    for name, uses in found.items():
        lines = {f"{use.operator} {official.write_use(without_sizes(use))}" for use in uses}
        graphs[name] = [numbers.setdefault(line, len(numbers)) for line in sorted(lines)]
    record.write(path, {"uses": list(numbers), "graphs": graphs})


def read_graphs(path):
    """Return {name: uses of its nodes}."""
    recorded = record.read(path)
    uses = [official.read_use(*line.split(" ", 1)) for line in recorded["uses"]]
    return {name: [uses[i] for i in numbers] for name, numbers in recorded["graphs"].items()}


def ran_real(engine, graphs):
    """Return the names in graphs.json of the real files that an engine answered rightly."""
    results = record.read(REAL).get("engines", {}).get(engine)
    if not results:
        return []
    failed = {name for word in FAILED for name in results.get(word, {})}
    right = set(results["files"]) - failed
    return [graph for graph in graphs if graph.partition(": ")[2] in right]
