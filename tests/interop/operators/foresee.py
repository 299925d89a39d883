"""What each engine is expected to do with a file, as far as the recorded cases tell.

    foresee(model)["OpenVINO"]      Expected("refuses", "/decoder/Loop", "Loop", "0 of 1 ...", ...)

A file runs where every node is like cases that ran. One node that is like cases which did not
decides for the file; one that no case is like leaves it unknown.
"""

from dataclasses import dataclass

from tests.interop.operators import page
from tests.interop.operators.uses import find_like, read_nodes
from tests.kit.graphs import inline

RUNS = "runs"
REFUSES = "refuses"
DIFFERS = "differs"
CRASHES = "crashes"
UNKNOWN = "unknown"
WORDS = {"all": RUNS, "none": REFUSES, "some": UNKNOWN, "": UNKNOWN}
WORST_FIRST = [CRASHES, REFUSES, DIFFERS, UNKNOWN]  # who ends before the answer does not answer
TABLE = "tests/interop/operators/TABLE.md"


@dataclass(frozen=True)
class Expected:
    """What one engine is expected to do with one file."""

    verdict: str  # RUNS, REFUSES, DIFFERS, CRASHES or UNKNOWN
    node: str = ""  # the node that decides, by its name or as "Gemm 3"; "": none alone
    operator: str = ""
    why: str = ""  # one line
    page: str = TABLE


def without_functions(model):
    """Return a model with the nodes of its functions in their place, or itself."""
    try:
        return inline(model)
    except ValueError:  # of a call that leads nowhere, say
        return model


def expect_of_node(use, cases, verdicts):
    """Return the verdict on one node, and why."""
    names, why = find_like(use, cases)
    if not names:
        return UNKNOWN, why
    words = {}
    for name in names:
        if name in verdicts:
            needs = "constants" in verdicts[name] and not use.constant
            words[name] = {"verdict": "refused"} if needs else verdicts[name]
    word = page.cell(words, words)
    guilty = [name for name in words if words[name]["verdict"] != "agrees"]
    example = f", as in {guilty[0]}" if guilty else ""
    why = f"{len(words) - len(guilty)} of {len(words)} cases like it are right{example}"
    return WORDS.get(word, word), why


def foresee(model):
    """Return {engine: Expected} for a model."""
    results = page.read()
    cases = {name: case["use"] for name, case in results["cases"].items() if case["use"]}
    nodes = read_nodes(without_functions(model))
    found = {}
    for engine, verdicts in results["verdicts"].items():
        decided = {}
        reasons = {}
        for number, (node, use) in enumerate(nodes):
            if use not in decided:
                decided[use] = expect_of_node(use, cases, verdicts)
            verdict, why = decided[use]
            name = node.name or f"{node.op_type} {number}"
            place = f"{TABLE}#{page.anchor(use.operator, engine, False)}"
            reasons.setdefault(verdict, Expected(verdict, name, use.operator, why, place))
        worst = [reasons[verdict] for verdict in WORST_FIRST if verdict in reasons]
        right = Expected(RUNS, why="right in every case that is like its nodes")
        found[engine] = worst[0] if worst else right
    return found
