"""What each engine is expected to do with a file, as far as the recorded trials tell.

    foresee(model)["OpenVINO"]      Expected("refuses", "/decoder/Loop", "Loop", "0 of 1 ...", ...)

For each node the trials decide that are nearest to it: the official cases, those of trials.py, the
nodes of graphs and of real files that ran. Where these failed, the condition that tells them from
what ran has to hold of the node. One node that fails decides for the file; one that nothing tried
is like leaves it unknown.
"""

import functools
from collections import Counter, defaultdict
from dataclasses import dataclass

import onnx

from tests.interop.operators import conditions, page, recorded
from tests.interop.operators.blocks import BLOCKS, SURE
from tests.interop.operators.cases import read_cases
from tests.interop.operators.measure import CASES, ENGINES, GRAPHS
from tests.interop.operators.probes import BETWEEN, INNER, OF_FILES, RECORDED, features_of
from tests.interop.operators.together import NO_SIZES, PRODUCTS, VARIED
from tests.interop.operators.trials import HELD
from tests.interop.operators.uses import INSIDE, read_nodes, split_type, without_functions
from tests.interop.operators.uses import UNKNOWN as UNKNOWN_TYPE
from tests.interop.real import files
from tests.interop.real.judge import NOT_TRIED
from tests.kit import record

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
SEVERAL = 3  # trials that all failed: then the operator does; or all, where the standard has fewer
OF_CUT = 5  # the same, of the engine to which a node alone is something else
MANY = 10  # trials that were fed a type and all failed: then the type does
FEW = 4  # files that were refused for each that ran: whether the next one runs is not known
SILENT = (DIFFERS, CRASHES)  # nobody notices the one, and nobody survives the other
FEW_RAN = 3  # trials that ran as near as a file that did not answer rightly: fewer are no answer
STRONG = 4  # trials that fail for one word that nothing that ran has: then that word decides
OF_NUMBERS = {
    "to=bool",  # a 5 that stays a 5 is as true as a 1, for whoever asks only that
    "sequence_lens not constant",  # which may be those of whole rows
}
MOSTLY = 3  # trials that ran for one that was refused, about as near: the node is said to run
AROUND = 0.4  # farther than the nearest, and about as near: a rank, a version, or a place
WHOLE = {
    "agrees": RUNS,
    "refuses": REFUSES,
    "answers otherwise": DIFFERS,
    "ends the process": CRASHES,
    "too slow": CRASHES,
    "too much memory": CRASHES,
}
WORST_FIRST = [CRASHES, REFUSES, DIFFERS, UNKNOWN]  # who ends before the answer does not answer
CONVERTS = "MNN"  # which refuses a file before it runs anything
TABLE = "tests/interop/operators/TABLE.md"
OF_REAL = "tests/interop/real/README.md"


@dataclass(frozen=True)
class Expected:
    """What one engine is expected to do with one file."""

    verdict: str  # RUNS, REFUSES, DIFFERS, CRASHES or UNKNOWN
    node: str = ""  # the node that decides, by its name or as "Gemm 3"; "": none alone
    operator: str = ""
    why: str = ""  # one line
    page: str = TABLE
    measured: bool = False  # of this very file, which was run


@functools.cache
def evidence_by_operator(engine):
    """Return {operator: [(trial, use, verdict)]} of an engine."""
    found = defaultdict(list)
    for name, use, verdict in page.read_evidence()[engine]:
        found[use.operator].append((name, use, verdict))
    return found


@functools.cache
def evidence_of(engine, operator, without="", of_constants=False):
    """Return [(trial, literals, verdict)] of an operator, without one maker's files.

    of_constants: of trials that follow from the file alone, and of no others.
    """
    found = []
    seen = set()
    unfit = kinds_refused(engine, without).keys()
    for name, use, verdict in evidence_by_operator(engine)[operator]:
        if without and page.maker_of(name) == without:
            continue
        if kinds_outside(use) & unfit:
            continue  # of what can't be fed, or handed out, nothing is learned
        if use.version is None:  # of a domain that the standard does not know
            found.append((name, frozenset(), VERDICTS[verdict]))
            continue
        if not conditions.is_known(operator, use.version):
            continue  # an older onnx does not know the newest, and reads no file that has it
        held = name.endswith(f" {HELD}")
        if is_folded(use) and not held and verdict != "agrees":
            continue  # a file's words name it, and it was refused for what stands behind
        wanted = is_folded(use) if of_constants else not held
        if wanted and (use, verdict) not in seen:
            seen.add((use, verdict))
            found.append((name, conditions.literals_in(engine, use), VERDICTS[verdict]))
    return found


@functools.cache
def rules_of(engine, operator, without=""):
    """Return the rules of an operator in an engine."""
    return conditions.learn(evidence_of(engine, operator, without))[0]


def unrefuted_rules(engine, operator, without=""):
    """Return the rules of an operator in an engine, but for those that whole files refute.

    What converts a file first may refuse it before the node has its turn, that ends the process.
    """
    found = []
    for rule in rules_of(engine, operator, without):
        asked = rule.verdict == CRASHES
        endings = endings_with(engine, operator, rule.conjunction, without) if asked else []
        if len(endings) < 2 or CRASHES in endings:
            found.append(rule)
    return found


@functools.cache
def endings_with(engine, operator, words, without):
    """Return how the files ended that have a node of such words, but for one maker's."""
    ended = page.read_wholes(engine)
    found = []
    for name, uses in recorded.read_graphs(GRAPHS).items():
        if name not in ended or name.startswith(page.PROBES) or page.maker_of(name) == without:
            continue
        if any(use.operator == operator and is_such(use, engine, words) for use in uses):
            found.append(WHOLE[ended[name]])
    return found


def is_such(use, engine, words):
    """Return whether a node is computed and has some words."""
    if use.version is None or is_folded(use):
        return False
    return conditions.literals_in(engine, use).issuperset(words)


@functools.cache
def official_cases():
    """Return {operator: number of the standard's own cases}."""
    return Counter(case["operator"] for case in read_cases(CASES).values())


@functools.cache
def blanket_of(engine, operator, version, without="", last=True):
    """Return how all trials of an operator ended, or of one of its versions, and their number.

    None where one ran, where they ended in different ways, or where there is one trial alone. Of a
    node that is not the last, the last ones of a version say nothing where others ran inside.
    """
    evidence = evidence_of(engine, operator, without)
    of_version = [line for line in evidence if f"version {version}" in line[1]]
    inside = [verdict for _name, words, verdict in evidence if conditions.LAST not in words]
    if not last and "" in inside and all(conditions.LAST in words for _, words, _ in of_version):
        of_version = []
    enough = min(SEVERAL, max(2, official_cases()[operator]))
    enough = OF_CUT if engine == page.ALL_TORN else enough
    for found in (of_version, evidence):
        verdicts = {verdict for _name, _words, verdict in found}
        if len(found) >= enough and len(verdicts) == 1 and verdicts != {""}:
            return verdicts.pop(), len(found)
    return None


def expect_of_vendor(operator, engine, without=""):
    """Return the verdict on an operator of no standard: how all of its kind ended, and why."""
    endings = [verdict for _name, _words, verdict in evidence_of(engine, operator, without)]
    if not endings:
        return UNKNOWN, "no case has this operator"
    if set(endings) == {""}:
        return RUNS, ""
    if len(set(endings)) == 1 and endings[0] != DIFFERS:
        return endings[0], f"none of {len(endings)} files that have it ran"
    return UNKNOWN, f"{endings.count('')} of {len(endings)} files that have it ran"


@functools.cache
def kinds_outside(use):
    """Return the types of what a node takes from the file's inputs, and what it hands out.

    Of a sequence or an optional it does not matter of what. Arrays are handed out by any engine.
    """
    if INSIDE in use.attributes:
        return frozenset()
    fed = set(range(len(use.inputs))) - use.constants - use.computed
    found = {f"fed {container_of(use.inputs[i])}" for i in fed if use.inputs[i]}
    for i, word in enumerate(use.outputs):
        if i not in use.kept and "(" in word:
            found.add(f"that hand out {container_of(word)}")
    return frozenset(found)


def container_of(word):
    """Return the type of an array, or "sequence" or the like."""
    return split_type(word)[0].partition("(")[0]


@functools.cache
def kinds_refused(engine, without=""):
    """Return {"fed float16": number of trials} of what an engine took in none of its trials."""
    endings = defaultdict(list)
    for name, use, verdict in page.read_evidence()[engine]:
        if not (without and page.maker_of(name) == without):
            for kind in kinds_outside(use):
                endings[kind].append(VERDICTS[verdict])
    return {kind: len(ends) for kind, ends in endings.items() if is_refused(ends)}


def is_refused(endings):
    return set(endings) == {REFUSES} and len(endings) >= MANY


def is_of_one_word(rule):
    """Return whether one word decides, besides that a Conv sums over channels, as nearly all do."""
    return sum(word != conditions.SUMMED for word in rule.conjunction) == 1


def find_strong(words, rules):
    """Return a rule of one word that holds and that many trials show, or None.

    Nothing that ran had that word: it decides, however near what ran is otherwise.
    """
    for rule in rules:
        holds = is_of_one_word(rule) and words.issuperset(rule.conjunction)
        if holds and len(rule.examples) >= STRONG:
            return rule
    return None


def find_silent(words, rules):
    """Return a rule of one word for what is answered otherwise, or ends, that holds, or None.

    Whatever ran nearby had not that word: nobody would notice, so nothing is said to run.
    """
    for rule in rules:
        holds = is_of_one_word(rule) and words.issuperset(rule.conjunction)
        if holds and rule.verdict in (DIFFERS, CRASHES):
            return rule
    return None


def is_for_another_reason(words, others, verdict, rules):
    """Return whether a trial, of other words, failed for what is not true of some words.

    What is answered otherwise has to have been so in many trials, for the same reason.
    """
    enough = 1 if verdict == REFUSES else MANY
    reasons = []
    for rule in rules:
        holds = rule.verdict == verdict and others.issuperset(rule.conjunction)
        if holds and len(rule.examples) >= enough:
            reasons.append(words.issuperset(rule.conjunction))
    return bool(reasons) and not any(reasons)


def is_of_file(trial):
    """Return whether a node stood in a whole file: what ran there outweighs what failed alone."""
    return (": " in trial or trial.endswith("_expanded")) and not trial.endswith(page.ALONE)


def expect_of_node(use, engine, without=""):
    """Return the verdict on one node, and why.

    The trials that are nearest decide. Where they failed, the condition has to hold as well; where
    they ran, what is new in the node has to be nothing that operators differ by.
    """
    if use.version is None:
        return expect_of_vendor(use.operator, engine, without)
    evidence = evidence_of(engine, use.operator, without)
    if not evidence:
        return UNKNOWN, "no case has this operator"
    if UNKNOWN_TYPE in [word.partition("[")[0] for word in use.inputs]:
        return UNKNOWN, "the type of an input is not known"
    words = conditions.literals_in(engine, use)
    last = conditions.LAST in words
    blanket = blanket_of(engine, use.operator, use.version, without, last)
    if blanket and engine == page.ALL_TORN and use.operator in conditions.RECURRENT:
        return UNKNOWN, "it is known, or not, by what stands around it"
    if blanket:
        return blanket[0], f"none of {blanket[1]} trials of it ran"
    far = conditions.FAR_IN.get(engine, conditions.FAR)
    rules = unrefuted_rules(engine, use.operator, without)
    strong = find_strong(words, rules)
    if strong:
        verdict = strong.verdict
        why = f"{conditions.describe(strong)}, as in {strong.examples[0]}"
    else:
        verdict, why = judge_by_nearest(words, rules, evidence, far)
    if verdict == DIFFERS and OF_NUMBERS & words:
        return UNKNOWN, f"whether it shows depends on the numbers: {why}"
    return verdict, why


def judge_by_nearest(words, rules, tried, far):
    """Return the verdict on one node, and why, by the trials of its operator that are nearest."""
    always = {rule.verdict for rule in rules if not rule.conjunction}
    if len(always) > 1:
        return UNKNOWN, f"all its trials fail, but in {len(always)} ways"
    distances = []
    for name, others, verdict in tried:
        if not verdict or not is_for_another_reason(words, others, verdict, rules):
            distances.append((conditions.distance(words, others), name, verdict))
    if not distances:
        return UNKNOWN, "its cases fail for what it has not"
    nearest, name, verdict = min(distances)
    near = {other for distance, _name, other in distances if distance <= nearest}
    ran = [trial for distance, trial, other in distances if distance <= nearest and not other]
    silent = find_silent(words, rules)
    if silent and nearest:
        why = f"{conditions.describe(silent)} as in {silent.examples[0]}, but such as {name} ran"
        if near == {""} or any(map(is_of_file, ran)):
            return UNKNOWN, why
    silent_near = [n for d, n, other in distances if d <= nearest and other in SILENT]
    if ran and any(map(is_of_file, silent_near)) and len(ran) < FEW_RAN:
        return UNKNOWN, f"such as {silent_near[0]} does not answer rightly, though others ran"
    if near == {""} or any(map(is_of_file, ran)):
        if nearest <= far:
            return RUNS, ""
        others = next(found for trial, found, _ in tried if trial == name)
        news = sorted(words - others, key=lambda word: (conditions.weight(word), word))
        return UNKNOWN, f"nothing like it was tried: {', '.join(news[-3:])}"
    around = [other for distance, _name, other in distances if distance <= nearest + AROUND]
    failed = [other for other in around if other]
    if set(failed) == {REFUSES} and around.count("") >= MOSTLY * len(failed) and nearest <= far:
        return RUNS, ""
    fired = []
    for rule in rules:
        cases = {name.partition("@")[0] for name in rule.examples}  # at all versions, in all ways
        once = len(cases) == 1 and (nearest or rule.verdict == DIFFERS)
        if words.issuperset(rule.conjunction) and rule.verdict in near and not once:
            fired.append(rule)
    if near == {REFUSES} and not nearest:
        return REFUSES, f"such a node is refused, as in {name}"
    if fired and "" not in near and nearest <= conditions.FAR:
        rule = max(fired, key=lambda rule: len(rule.examples))
        return rule.verdict, f"{conditions.describe(rule)}, as in {rule.examples[0]}"
    return UNKNOWN, f"some cases like it do not run, as {name}"


@functools.cache
def is_folded(use):
    """Return whether a node is computed once and for all, when the file is read."""
    given = {i for i, word in enumerate(use.inputs) if word}
    return use.constants == given and len(use.kept) == len(use.outputs)


def expect_of_folded(use, engine, without=""):
    """Return the verdict on a node that follows from the file alone, and why.

    Engines compute it once or by themselves; what is refused everywhere is refused there, too.
    Where no such node was tried, and it would not run if it were computed, it is not known.
    """
    blanket = blanket_of(engine, use.operator, use.version, without)
    if blanket and blanket[0] == REFUSES:
        return REFUSES, f"none of {blanket[1]} trials of it ran"
    if use.version is None:
        return RUNS, ""
    words = conditions.literals_in(engine, use)
    distances = []
    for name, others, verdict in evidence_of(engine, use.operator, without, of_constants=True):
        distances.append((conditions.distance(words, others), name, verdict))
    nearest = min(distances, default=(conditions.FAR,))[0]
    near = [(name, verdict) for distance, name, verdict in distances if distance <= nearest]
    failed = [(name, verdict) for name, verdict in near if verdict]
    if nearest > AROUND:
        verdict, why = expect_of_node(use, engine, without)
        return (RUNS, "") if verdict in (RUNS, UNKNOWN) else (UNKNOWN, why)
    if not failed:
        return RUNS, ""
    name, verdict = failed[0]
    why = f"of what the file holds it is not computed, as in {name}"
    return (verdict if len(failed) == len(near) else UNKNOWN), why


def place_of(use, engine):
    """Return where the pages say what an engine makes of a node's operator."""
    return f"{TABLE}#{page.anchor(use.operator, engine, False)}"


def expect_of_fed(nodes, engine, without=""):
    """Return that an engine refuses what [(name, use)] are fed, or hand out, or None."""
    for name, use in nodes:
        for kind in sorted(kinds_outside(use) & kinds_refused(engine, without).keys()):
            why = f"none of {kinds_refused(engine, without)[kind]} trials {kind} ran"
            return Expected(REFUSES, name, use.operator, why, place_of(use, engine))
    return None


def expect(nodes, features, engine, without=""):
    """Return what an engine is expected to do with [(name, use)], and what a file has beside."""
    refused = expect_of_fed(nodes, engine, without)  # before anything else can go wrong
    if refused:
        return refused
    expected = expect_of_nodes(nodes, engine, without)
    return worst(expected, expect_of_features(features, engine, without))


def expect_of_nodes(nodes, engine, without=""):
    """Return what an engine is expected to do with [(name, use)]."""
    decided = {}
    reasons = {}
    for name, use in nodes:
        if use not in decided:
            ask = expect_of_folded if is_folded(use) else expect_of_node
            decided[use] = ask(use, engine, without)
        verdict, why = decided[use]
        place = place_of(use, engine)
        reasons.setdefault(verdict, Expected(verdict, name, use.operator, why, place))
    order = [REFUSES, *WORST_FIRST] if engine == CONVERTS else WORST_FIRST
    for verdict in order:
        if verdict in reasons:
            return reasons[verdict]
    return Expected(RUNS, why="each of its nodes is like what ran here")


def expect_of_file(uses, features, engine, without):
    """Return what an engine is expected to do with a file; one maker's files tell nothing."""
    return expect([(use.operator, use) for use in uses], features, engine, without)


def endings_of(feature, engine, without):
    """Return whether each file that has a feature ran, but for one maker's."""
    found = []
    for name, ran in page.read_endings(engine, feature).items():
        if not (without and page.maker_of(name) == without):
            found.append(ran)
    return found


def expect_of_open(feature, engine, without):
    """Return that a file is refused for open sizes, where at most one such in ten ran; or None.

    Of sizes inside, it is not known where less than one in four ran. What computes with arrays as
    they come needs no sizes before.
    """
    endings = endings_of(feature, engine, without)
    if engine in conditions.EAGER or len(endings) < MANY:
        return None
    why = f"{sum(endings)} of {len(endings)} files with {feature} ran"
    if MANY * sum(endings) <= len(endings):
        return Expected(REFUSES, why=why)
    doubtful = feature == INNER and FEW * sum(endings) < len(endings)
    return Expected(UNKNOWN, why=why) if doubtful else None


def outweighs(endings):
    """Return whether of whole files that have a feature so many ran that a probe says less."""
    return sum(endings) > 0 and MANY * sum(endings) >= len(endings)


def expect_of_features(features, engine, without=""):
    """Return what an engine is expected to do with a file for what it has beside its nodes.

    None where each such feature alone was no obstacle, or nothing was tried.
    """
    tried = page.read_probes(engine)
    found = {}
    for feature in set(features) & set(OF_FILES):
        expected = expect_of_open(feature, engine, without)
        found |= {expected.verdict: expected} if expected else {}
    for feature in features if tried else []:
        if feature in OF_FILES:
            continue
        if feature in RECORDED and outweighs(endings_of(feature, engine, without)):
            continue
        if feature == BETWEEN:  # ONNX Runtime itself answers otherwise with its optimisations
            why = f"a file has {BETWEEN}: a rounding decides to which of them a number goes"
            found.setdefault(UNKNOWN, Expected(UNKNOWN, why=why))
            continue
        if feature not in tried:
            found.setdefault(UNKNOWN, Expected(UNKNOWN, why=f"nothing with {feature} was tried"))
            continue
        verdict = WHOLE[tried[feature]]
        why = f"a file with {feature} {tried[feature]}"
        of_numbers = verdict == DIFFERS or (verdict == CRASHES and "bytes" in feature)
        if feature in {*BLOCKS, NO_SIZES} - {SURE} and of_numbers:  # which a file may not have
            verdict = UNKNOWN
        costly = feature in (PRODUCTS, VARIED)
        if costly and verdict == CRASHES:  # a file may have less to do, and time
            verdict = UNKNOWN
        found.setdefault(verdict, Expected(verdict, why=why))
    return next((found[verdict] for verdict in WORST_FIRST if verdict in found), None)


def foresee(model):
    """Return {engine: Expected} for a model."""
    features = features_of(model)
    nodes = []
    for number, (node, use) in enumerate(read_nodes(without_functions(model))):
        nodes.append((node.name or f"{node.op_type} {number}", use))
    found = {}
    for engine in page.read_evidence():
        found[engine] = expect(nodes, features, engine)
    return found


def foresee_file(path):
    """Return {engine: Expected} for a file: what became of it, where it is one that was run."""
    name = files.name_of(path)
    known = measured_of(name) if name else {}
    if known.keys() >= ENGINES.keys():  # the others' evidence takes seconds to read
        return known
    return foresee(onnx.load(path, load_external_data=False)) | known


def measured_of(name):
    """Return {engine: Expected} of a file of tests/interop/real, as it was run."""
    results = record.read(recorded.REAL)
    found = {}
    for engine, ran in results["engines"].items():
        if name not in ran["files"] or name in ran.get(NOT_TRIED, {}):
            continue
        word = next((word for word in WHOLE if name in ran.get(word, {})), "agrees")
        operator, _version, node = results["nodes"].get(engine, {}).get(name) or ("", 0, "")
        words = " ".join(ran.get(word, {}).get(name, "").split())
        why = f"this file was run in {engine} {ran['version']}: {word}{words and f', {words}'}"
        found[engine] = Expected(WHOLE[word], node, operator, why, OF_REAL, True)
    return found


def worst(expected, other):
    """Return what decides: what is expected of the nodes or, where that is worse, of the rest."""
    if other and rank_of(other.verdict) < rank_of(expected.verdict):
        return other
    return expected


def rank_of(verdict):
    """Return how early a verdict decides; what runs decides last."""
    return WORST_FIRST.index(verdict) if verdict in WORST_FIRST else len(WORST_FIRST)
