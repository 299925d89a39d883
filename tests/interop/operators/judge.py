"""What foresee() says of the real files, against what was measured of them: said.json.

    python -m tests.interop.operators.judge

A file's own maker never helps: what files of the same maker told is left out. The nodes of the real
files are recorded in graphs.json, those of files that nothing was tuned on in unseen.json, so that
the files need not be here. What was said first of an unseen file stays: once it was compared with
what the file does, rules and trials may have changed with a look at it.
"""

from tests.interop.operators import page, recorded
from tests.interop.operators.foresee import RUNS, WHOLE, expect_of_file
from tests.interop.operators.measure import GRAPHS
from tests.kit import record

SAID = page.FOLDER / "said.json"


def measured(engine):
    """Return {file: verdict} of the real files in an engine."""
    results = record.read(recorded.REAL)["engines"][engine]
    found = dict.fromkeys(set(results["files"]) - set(results.get("not tried", {})), RUNS)
    for words, verdict in WHOLE.items():
        found |= dict.fromkeys(results.get(words, {}), verdict)
    return found


def measured_unseen(engine):
    """Return {file: verdict} of the files that nothing was tuned on."""
    verdicts, _alone = recorded.unpack_wholes(record.read(recorded.wholes_file(engine)))
    found = {}
    for name, verdict in verdicts.items():
        if name.startswith(page.UNSEEN) and verdict["verdict"] in WHOLE:
            found[name] = WHOLE[verdict["verdict"]]
    return found


def judge():
    """Return {"real": {engine: {"maker: file": [said, measured]}}, "unseen": ...}."""
    engines = record.read(recorded.REAL)["engines"]
    real = recorded.read_graphs(GRAPHS)
    unseen = recorded.read_graphs(recorded.UNSEEN)
    found = {"real": {}, page.UNSEEN: {}}
    for engine in engines:
        verdicts = measured(engine)
        titles = {graph: verdicts.get(graph.partition(": ")[2]) for graph in real}
        found["real"][engine] = compare(GRAPHS, real, titles, engine)
        asked = measured_unseen(engine)
        found[page.UNSEEN][engine] = compare(recorded.UNSEEN, unseen, asked, engine)
    return found


def keep_first(found, before):
    """Return {engine: {file: [said first, measured]}} of the unseen files."""
    first = {}
    for engine, files in found[page.UNSEEN].items():
        known = before.get(engine, {})
        first[engine] = {}
        for name, (said, really) in files.items():
            first[engine][name] = [known.get(name, [said])[0], really]
    return first


def remember(found, before):
    """Return the totals of the sets of files that were unseen, with the one that is no more."""
    earlier = before.get("earlier", [])
    first = before.get("first", {})
    files = {name for names in first.values() for name in names}
    still = {name for names in found[page.UNSEEN].values() for name in names}
    if files & still or not files:
        return earlier
    return [*earlier, page.totals_of(first)]


def compare(path, graphs, verdicts, engine):
    """Return {file: [said, measured]} of those that were measured."""
    features = recorded.read_features(path)
    found = {}
    for graph, uses in graphs.items():
        if verdicts.get(graph):
            said = expect_of_file(uses, features[graph], engine, page.maker_of(graph)).verdict
            found[graph] = [said, verdicts[graph]]
    return found


if __name__ == "__main__":
    found = judge()
    before = record.read(SAID)
    first = keep_first(found, before.get("first", {}))
    record.write(SAID, {**found, "first": first, "earlier": remember(found, before)})
