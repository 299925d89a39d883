"""What each engine is expected to do with a file, as far as the recorded trials tell.

    foresee(model)["OpenVINO"]      Expected("refuses", "/decoder/Loop", "Loop", "0 of 1 ...", ...)

For each node the trials decide that are nearest to it: the official cases, those of trials.py, the
nodes of graphs and of real files that ran. Where these failed, the condition that tells them from
what ran has to hold of the node. One node that fails decides for the file; one that nothing tried
is like leaves it unknown.
"""

import functools
from collections import defaultdict
from dataclasses import dataclass

from tests.interop.operators import conditions, page
from tests.interop.operators.uses import UNKNOWN as UNKNOWN_TYPE
from tests.interop.operators.uses import read_nodes, without_functions

RUNS = "runs"
REFUSES = "refuses"
DIFFERS = "differs"
CRASHES = "crashes"
UNKNOWN = "unknown"
VERDICTS = {
    "agrees": "",
    "refused": REFUSES,
    "hangs": CRASHES,
    "crashes": CRASHES,
    "differs": DIFFERS,
}
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


literals_of = functools.cache(conditions.literals)


@functools.cache
def evidence_of(engine, without=""):
    """Return {operator: [(trial, literals, verdict)]} of an engine, without one maker's files."""
    found = defaultdict(list)
    seen = set()
    for name, use, verdict in page.read_evidence()[engine]:
        if use.version is None or (without and name.startswith(f"{without}: ")):
            continue
        if not conditions.is_known(use.operator, use.version):
            continue  # an older onnx does not know the newest, and reads no file that has it
        if (use, verdict) not in seen:
            seen.add((use, verdict))
            found[use.operator].append((name, literals_of(use), VERDICTS[verdict]))
    return found


@functools.cache
def rules_of(engine, operator, without=""):
    """Return the rules of an operator in an engine."""
    return conditions.learn(evidence_of(engine, without)[operator])[0]


def expect_of_node(use, engine, without=""):
    """Return the verdict on one node, and why.

    The trials that are nearest decide. Where they failed, the condition has to hold as well; where
    they ran, what is new in the node has to be nothing that operators differ by.
    """
    evidence = evidence_of(engine, without)
    if use.version is None or use.operator not in evidence:
        return UNKNOWN, "no case has this operator"
    if UNKNOWN_TYPE in [word.partition("[")[0] for word in use.inputs]:
        return UNKNOWN, "the type of an input is not known"
    words = literals_of(use)
    far = conditions.FAR_IN.get(engine, conditions.FAR)
    distances = []
    for name, others, verdict in evidence[use.operator]:
        distances.append((conditions.distance(words, others), name, verdict))
    nearest, name, verdict = min(distances)
    near = {other for distance, _name, other in distances if distance <= nearest}
    if near == {""}:
        if nearest <= far:
            return RUNS, ""
        others = next(found for trial, found, _ in evidence[use.operator] if trial == name)
        news = sorted(words - others, key=conditions.weight)
        return UNKNOWN, f"nothing like it was tried: {', '.join(news[-3:])}"
    fired = []
    for rule in rules_of(engine, use.operator, without):
        if words.issuperset(rule.conjunction) and rule.verdict in near:
            fired.append(rule)
    if fired and "" not in near and nearest <= conditions.FAR:
        rule = max(fired, key=lambda rule: len(rule.examples))
        return rule.verdict, f"{conditions.describe(rule)}, as in {rule.examples[0]}"
    return UNKNOWN, f"some cases like it do not run, as {name}"


def is_folded(use):
    """Return whether a node is computed once and for all, when the file is read."""
    given = {i for i, word in enumerate(use.inputs) if word}
    return use.constants == given and len(use.kept) == len(use.outputs)


def expect_of_nodes(nodes, engine, without=""):
    """Return what an engine is expected to do with [(name, use)]."""
    decided = {}
    reasons = {}
    for name, use in nodes:
        if is_folded(use):
            continue
        if use not in decided:
            decided[use] = expect_of_node(use, engine, without)
        verdict, why = decided[use]
        place = f"{TABLE}#{page.anchor(use.operator, engine, False)}"
        reasons.setdefault(verdict, Expected(verdict, name, use.operator, why, place))
    for verdict in WORST_FIRST:
        if verdict in reasons:
            return reasons[verdict]
    return Expected(RUNS, why="each of its nodes is like what ran here")


def expect_of_uses(uses, engine, without):
    """Return what an engine is expected to do with some uses; one maker's files tell nothing."""
    return expect_of_nodes([(use.operator, use) for use in uses], engine, without)


def foresee(model):
    """Return {engine: Expected} for a model."""
    nodes = []
    for number, (node, use) in enumerate(read_nodes(without_functions(model))):
        nodes.append((node.name or f"{node.op_type} {number}", use))
    return {engine: expect_of_nodes(nodes, engine) for engine in page.read_evidence()}
