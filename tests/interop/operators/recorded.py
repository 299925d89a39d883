"""What is recorded of trials, of the nodes of graphs, and of what engines made of them.

read(path)                      {"test_clip@6 constants": Use(...)}: the trials
unpack(record, trials)          {"test_clip@6 constants": {"verdict": "refused", "why": ...}}
read_graphs(path)               {"test_gelu_tanh_expanded": [Use(...), ...]}
real_verdicts(engine, graphs)   {"Silero: silero, sequence": "agrees"}: real files that ran
"""

import functools
import re
from dataclasses import replace

from tests.interop.operators import cases as official
from tests.interop.operators.between import use_of
from tests.interop.operators.trials import BETWEEN, FREE, HALF, key
from tests.interop.operators.uses import SOME, is_open, split_type
from tests.kit import record
from tests.kit.places import TESTS

WHY = 80  # letters of a reason that are recorded
NOT_TRIED = "not tried"
ALL = "all"
KINDS = "one of each kind and rank"  # of engines that take a tenth of a second for each
NOT_FREE_KINDS = "one of each kind and rank, of fixed sizes"
FEW = "one of each kind and rank, of any version, of fixed sizes"  # for those that take a second
WHOLES = TESTS / "interop" / "operators" / "wholes"  # what became of small files of exporters
UNSEEN = TESTS / "interop" / "operators" / "unseen.json"  # the nodes of files that tell nothing
REAL = TESTS / "interop" / "real" / "results.json"
FAILED = ("refuses", "answers otherwise", "ends the process", "too slow", "too much memory")
FAILED += (NOT_TRIED,)


def write(path, found):
    """Write {operator: {name: {use: versions and ways}}}."""
    recorded = {}
    for trial in found:
        line = official.write_use(use_of(trial.case.model)).partition(": ")[2]
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


def kind_of(name, use, with_version):
    """Return what trials have in common that differ in sizes and numbers alone."""
    kinds = tuple(split_type(word) for word in use.inputs)
    version = use.version if with_version else None
    free = name.endswith(FREE)
    return (use.operator, version, use.attributes, kinds, use.constants, len(use.outputs), free)


def chosen(uses, which):
    """Return the trials that an engine runs: all, or those that the head of its record names."""
    if which == ALL:
        return list(uses)
    first = {}
    for name, use in uses.items():
        if name.endswith(BETWEEN):
            continue
        if which != KINDS and name.endswith(FREE):
            continue
        if which == FEW and name.endswith(HALF):
            continue
        first.setdefault(kind_of(name, use, which != FEW), name)
    return list(first.values())


# Graphs of several nodes --------------------------------------------------------------------------
def without_sizes(use):
    """Return a use whose sizes are counted through: which are equal, free or none is left."""
    numbers = {"0": "0"}

    def rename(match):
        sizes = []
        for size in match.group(1).split(","):
            number = size if size == SOME else numbers.setdefault(size, str(len(numbers)))
            sizes.append(f"n{number}" if is_open(size) else number)
        return f"[{','.join(sizes) if match.group(1) else ''}]"

    sides = []
    for words in (use.inputs, use.outputs):
        sides.append(tuple(re.sub(r"\[([^\]]*)\]", rename, word) for word in words))
    return replace(use, inputs=sides[0], outputs=sides[1])


def line_of(use):
    """Return how a use is written in the record of graphs."""
    return f"{use.operator} {official.write_use(without_sizes(use))}"


def write_graphs(path, found):
    """Write {"uses": [operator and use], "graphs": {name: numbers of uses}} of {name: uses}.

    A use keeps its number, at which the engines' records point; new ones come last.
    """
    before = record.read(path)
    numbers = {line: number for number, line in enumerate(before.get("uses", []))}
    graphs = {}
    for name, uses in found.items():
        lines = {line_of(use) for use in uses}
        graphs[name] = [numbers.setdefault(line, len(numbers)) for line in sorted(lines)]
    record.write(path, {**before, "uses": list(numbers), "graphs": graphs})


def write_features(path, found):
    """Record {name: what a file has beside its nodes} of graphs, and of nothing else."""
    before = record.read(path)
    features = {**read_features(path), **found}
    kept = {name: features[name] for name in features if name in before["graphs"]}
    record.write(path, {**before, "features": kept})


def read_features(path):
    """Return {name: what a file has beside its nodes} of the graphs that are files."""
    return record.read(path).get("features", {})


def write_parts(path, parts, named):
    """Record which uses are tried alone, and {file: {node: number of its use}} of real files."""
    record.write(path, {**record.read(path), "parts": parts, "named": named})


def named_of_real(engine, path):
    """Return {"maker: file": (number of a use, verdict)} of the nodes at which an engine stops.

    Which they are its words tell, where it refuses; else each node's answer was compared.
    """
    results = record.read(REAL)
    named = record.read(path).get("named", {})
    found = {}
    for graph, numbers in named.items():
        name = graph.partition(": ")[2]
        node = results.get("nodes", {}).get(engine, {}).get(name)
        for verdict in ("refuses", "answers otherwise"):
            stopped = name in results.get("engines", {}).get(engine, {}).get(verdict, {})
            if stopped and node and node[2] in numbers:
                found[graph] = numbers[node[2]], verdict
    return found


def list_lines(path):
    return record.read(path).get("uses", [])


@functools.cache
def list_uses(path):
    """Return the uses of all graphs, by their numbers."""
    return [official.read_use(*line.split(" ", 1)) for line in list_lines(path)]


def number_of_uses(path):
    """Return {line: number} of the uses of all graphs."""
    return {line: number for number, line in enumerate(list_lines(path))}


@functools.cache
def read_graphs(path):
    """Return {name: uses of its nodes}."""
    uses = list_uses(path)
    graphs = record.read(path).get("graphs", {})
    return {name: [uses[i] for i in numbers] for name, numbers in graphs.items()}


def ran_real(engine, graphs):
    """Return the names in graphs.json of the real files that an engine answered rightly."""
    results = record.read(REAL).get("engines", {}).get(engine)
    if not results:
        return []
    failed = {name for word in FAILED for name in results.get(word, {})}
    right = set(results["files"]) - failed
    return [graph for graph in graphs if graph.partition(": ")[2] in right]


# Whole files, and nodes alone ---------------------------------------------------------------------
def wholes_file(engine):
    """Return the path of what became of the files of exporters in an engine."""
    return WHOLES / f"{engine.lower().replace(' ', '_').replace('.', '_')}.json"


def write_wholes(engine, head, verdicts, alone):
    """Write {file: verdict} and {number of a use: verdict}, grouped by verdict."""
    packed = {key: head[key] for key in ("version", "date", "seconds")}
    packed["files"] = {}
    for name, found in verdicts.items():
        group = packed["files"].setdefault(found["verdict"], {})
        group[name] = [found["why"], *([found["use"]] if "use" in found else [])]
    packed["alone"] = {}
    for number, found in sorted(alone.items()):
        group = packed["alone"].setdefault(found["verdict"], {})
        group.setdefault(found.get("why", "")[:WHY], []).append(number)
    record.write(wholes_file(engine), packed)


def unpack_wholes(packed):
    """Return {file: verdict} and {number of a use: verdict} of an engine's record."""
    verdicts = {}
    for verdict, files in packed.get("files", {}).items():
        for name, (why, *use) in files.items():
            verdicts[name] = {"verdict": verdict, "why": why, **({"use": use[0]} if use else {})}
    alone = {}
    for verdict, reasons in packed.get("alone", {}).items():
        for why, numbers in reasons.items():
            for number in numbers:
                alone[number] = {"verdict": verdict, "why": why}
    return verdicts, alone


def tried_whole(engine, graphs):
    """Return the names in graphs.json of all files that an engine was given."""
    verdicts, _alone = unpack_wholes(record.read(wholes_file(engine)))
    left = {name for name, found in verdicts.items() if found["verdict"] == NOT_TRIED}
    results = record.read(REAL).get("engines", {}).get(engine, {"files": {}})
    real = set(results["files"]) - set(results.get(NOT_TRIED, {}))
    named = {graph for graph in graphs if graph.partition(": ")[2] in real}
    return named | (verdicts.keys() - left)


def ran_whole(engine, graphs):
    """Return the names in graphs.json of all files that an engine answered rightly."""
    verdicts, _alone = unpack_wholes(record.read(wholes_file(engine)))
    right = [name for name, found in verdicts.items() if found["verdict"] == "agrees"]
    return [*ran_real(engine, graphs), *(name for name in right if name in graphs)]
