"""What the pages show of the recorded results: lists, a picture and tables.

Needs neither the engines nor the cases, only what measure.py wrote.
"""

import functools
import re
from dataclasses import replace
from pathlib import Path

import numpy as np

from tests.interop.operators import conditions, recorded, together
from tests.interop.operators.blocks import BLOCKS
from tests.interop.operators.cases import SEVERAL, read_cases
from tests.interop.operators.drawing import draw
from tests.interop.operators.known import LISTS, SEARCHED, known
from tests.interop.operators.measure import (
    CASES,
    ENGINES,
    EXAMPLES,
    GRAPHS,
    LAST,
    NOT_TRIED,
    SAMPLED,
    TRIALS,
    results_file,
    trials_file,
    unpack,
)
from tests.interop.operators.uses import INSIDE, split_type
from tests.interop.real import judge
from tests.kit import record
from tests.kit.page import code, table

FOLDER = Path(__file__).parent
ALONE = ", a node alone"  # how a trial ends that is a node cut out of a file
PACKAGES = "packages"  # the folder of packages' files, "maker, name"
UNSEEN = "unseen"  # the folder of files that tell nothing
PROBES = "probes"  # the exporter whose files try what a file has beside its nodes
# Words about a file's answers (plain C) and inputs (tract): nothing is learned of its nodes.
OF_FILE = ("the sizes of an output are not known", "Source ToTypedTranslator")
# Of a ScatterND, whichever node behind it is asked for: tinygrad computes nothing before.
OF_ANOTHER = ("can't setitem on a tensor with other uses",)
ALL_TORN = conditions.BY_PATTERNS  # of a node cut out it makes not what it makes of a file
HOLDERS = ("If",)  # of a Loop or a Scan engines have to know how often
OF_ONE_NODE = f"{PROBES}: one node"  # those that are trials of their node
OF_8_BITS = "quantised"  # the exporter whose files may be as far off as other quantised ones
SAID = FOLDER / "said.json"  # judge.py writes it
FEWEST = 3  # refused trials that make a condition
TELLING = 0.7  # the least weight of a word that it consists of
LOUD = {"differs", "crashes"}  # the verdicts whose conditions the page lists
SHORT = 40  # letters of an array that is shown number by number
AS_TRIAL = {"answers otherwise": "differs", "refuses": "refused", "ends the process": "crashes"}
VERDICTS = ["all", "some", "none", "differs", "crashes"]

# The types that most networks are made of: numbers, sizes and indices, conditions.
USUAL = {"float32", "int64", "bool"}

# What no official case shows, but test_operators.py with numbers of its own: {(operator, engine):
# what is refused}. The engine runs these cases as they are, but not with constants.
BESIDES = {("Slice", "Plain C"): "a constant step below zero"}

SIGNS = {
    "all": "✓",
    "some": "some",
    "none": "none",
    "differs": "**differs**",
    "crashes": "**crashes**",
    "": "",
}


def read():
    """Return what is recorded: of the cases, of each engine, and of the wrong answers."""
    cases = read_cases(CASES)
    engines = {}
    for engine in ENGINES:
        packed = record.read(results_file(engine))
        if packed:  # a new engine is recorded by measure.py
            engines[engine] = packed
    official = record.read(CASES)
    return {
        "cases": cases,
        "onnx": official["onnx"],
        "left out": official["left out"],
        "engines": engines,
        "verdicts": {engine: unpack(packed, cases) for engine, packed in engines.items()},
        "examples": record.read(EXAMPLES),
    }


def read_trial_verdicts(engine):
    """Return {trial: verdict} of an engine."""
    return recorded.unpack(record.read(trials_file(engine)), recorded.read(TRIALS))


@functools.cache
def read_evidence():
    """Return {engine: [(trial, use, verdict)]}: cases, trials, and nodes of graphs that ran."""
    results = read()
    others = recorded.read(TRIALS)
    return {engine: list_evidence(results, engine, others) for engine in results["verdicts"]}


def list_evidence(results, engine, others):
    """Return [(trial, use, verdict)] of an engine; others are the trials that are no cases."""
    uses = {name: case["use"] for name, case in results["cases"].items() if case["use"]}
    graphs = recorded.read_graphs(GRAPHS)
    lines = []
    for name, verdict in results["verdicts"][engine].items():
        if name in uses:  # what needs constants was not answered as it is
            word = "refused" if "constants" in verdict else verdict["verdict"]
            lines.append((name, uses[name], word))
        elif verdict["verdict"] == "agrees":  # of a newer onnx's case no graph is recorded yet
            lines += [(name, use, "agrees") for use in graphs.get(name, [])]
    for name, verdict in recorded.unpack(record.read(trials_file(engine)), others).items():
        if tells_nothing(verdict, OF_FILE):
            continue
        lines.append((name, others[name], verdict["verdict"]))
    for name in recorded.ran_whole(engine, graphs):
        lines += [(name, use, "agrees") for use in graphs[name]]
    return [*lines, *tried_alone(engine)]


@functools.cache
def read_probes(engine):
    """Return {what a file has beside its nodes: how such a file ended} of an engine."""
    verdicts, _alone = recorded.unpack_wholes(record.read(recorded.wholes_file(engine)))
    found = {}
    for name, verdict in verdicts.items():
        exporter, _, feature = name.partition(": ")
        if exporter == PROBES and verdict["verdict"] != NOT_TRIED:
            found[feature] = verdict["verdict"]
    return found


@functools.cache
def read_endings(engine, feature):
    """Return {file: whether it ran} of the files that have a feature and that an engine was fed."""
    graphs = recorded.read_graphs(GRAPHS)
    ran = set(recorded.ran_whole(engine, graphs))
    tried = recorded.tried_whole(engine, graphs)
    features = recorded.read_features(GRAPHS)
    return {name: name in ran for name in tried if feature in features.get(name, ())}


@functools.cache
def read_wholes(engine):
    """Return {file: how it ended} of the files in graphs.json that an engine was given."""
    graphs = recorded.read_graphs(GRAPHS)
    verdicts, _alone = recorded.unpack_wholes(record.read(recorded.wholes_file(engine)))
    found = {name: ended["verdict"] for name, ended in verdicts.items() if name in graphs}
    results = record.read(recorded.REAL)["engines"].get(engine, {"files": []})
    words = [*judge.VERDICTS, NOT_TRIED]
    for graph in graphs:
        title = graph.partition(": ")[2]
        if title in results["files"]:
            ended = (word for word in words if title in results.get(word, {}))
            found[graph] = next(ended, judge.AGREES)
    return {name: verdict for name, verdict in found.items() if verdict != NOT_TRIED}


@functools.cache
def holders():
    """Return {use, as far as it tells: {maker: file}} of the files that hold it."""
    found = {}
    for name, uses in recorded.read_graphs(GRAPHS).items():
        for use in uses:
            found.setdefault(key_of(use), {}).setdefault(maker_of(name), name)
    return found


def maker_of(graph):
    """Return whose a file is: "Google: magika", "packages: Google, another"."""
    folder, _, name = graph.partition(": ")
    return name.partition(", ")[0] if folder in (PACKAGES, UNSEEN) else folder


@functools.cache
def key_of(use):
    known = use.version is not None and conditions.is_known(use.operator, use.version)
    return use.operator, conditions.literals(use) if known else use


def tells_nothing(found, phrases):
    """Return whether an engine's words are about a file's inputs or answers, not about a node."""
    return names_one(found.get("why", ""), phrases)


@functools.cache
def names_one(why, phrases):
    return any(words in why for words in phrases)


def is_torn(use, found):
    """Return whether a node may have ended as it did for having been cut out: of unknown rank.

    In the file an engine may well know it, or not; cut out, what is fed states its rank.
    """
    if tells_nothing(found, (*OF_FILE, *judge.UNFED, *OF_ANOTHER)):
        return True
    if use.operator in HOLDERS and found["verdict"] == "refused":
        return True  # for a node inside, which is judged by itself
    if found["verdict"] not in ("refused", "agrees"):
        return False
    given = [word for i, word in enumerate(use.inputs) if word and i not in use.constants]
    return any(split_type(word)[1] is None for word in given)


def out_of(use):
    """Return the use of a node that was cut out of its branch or body, too."""
    return replace(use, attributes=use.attributes - {INSIDE})


def tried_alone(engine):
    """Return [(trial, use, verdict)]: nodes alone, and those that an engine's words named.

    One for each maker whose files hold such a node.
    """
    uses = recorded.list_uses(GRAPHS)
    verdicts, alone = recorded.unpack_wholes(record.read(recorded.wholes_file(engine)))
    of_real = recorded.named_of_real(engine, GRAPHS)
    guilty = {number for number, _word in of_real.values()}
    guilty.update(found["use"] for found in verdicts.values() if "use" in found)
    lines = []
    for number, verdict in alone.items():
        telling = engine != ALL_TORN and verdict["verdict"] != NOT_TRIED
        telling &= number not in guilty or verdict["verdict"] != "agrees"  # the file says more
        if telling and not is_torn(uses[number], verdict):
            for name in holders().get(key_of(uses[number]), {}).values():
                lines.append((f"{name}{ALONE}", out_of(uses[number]), verdict["verdict"]))
    graphs = recorded.read_graphs(GRAPHS)
    for name, found in verdicts.items():
        if name.startswith(OF_ONE_NODE) and found["verdict"] in AS_TRIAL:
            tried = next(use for use in graphs[name] if use.operator in name)
            lines.append((name, tried, AS_TRIAL[found["verdict"]]))
    named = {}
    for name, found in verdicts.items():
        if "use" in found and name in graphs:
            named[name] = found["use"], "refuses"
    named |= of_real
    for name, (number, verdict) in named.items():
        lines.append((name, uses[number], AS_TRIAL[verdict]))
    return lines


# Counting -----------------------------------------------------------------------------------------
def types_of(case):
    """Return the kinds of a case's inputs and outputs."""
    words = [*case["use"].inputs, *case["use"].outputs]
    return {split_type(word)[0] for word in words if word}


def group_names(cases, newer=False, types=None):
    """Return {operator: its cases} of those that travel, or of the newer ones.

    With types, only those that have no others: of a case of several operators none are known.
    """
    groups = {}
    for name, case in cases.items():
        fits = types is None or (case["use"] is not None and types >= types_of(case))
        if fits and case["newer"] == newer:
            groups.setdefault(case["operator"], []).append(name)
    return groups


def names_of(cases, operator, newer=False, types=None):
    """Return the cases of an operator that travel, or the newer ones."""
    of_operator = {name: case for name, case in cases.items() if case["operator"] == operator}
    return group_names(of_operator, newer, types).get(operator, [])


def cell(verdicts, names):
    """Return one word for how an engine did on some cases, the worst one; none ran: no word."""
    words = {verdicts[name]["verdict"] for name in names if name in verdicts}
    if "differs" in words:
        return "differs"
    if words & {"crashes", "hangs"}:
        return "crashes"
    if words == {"agrees"}:
        return "all"
    if words == {"refused"}:
        return "none"
    return "some" if words else ""


def list_operators(cases):
    """Return the operators that have cases of their own, in alphabetical order."""
    return sorted({case["operator"] for case in cases.values()} - {SEVERAL}, key=str.lower)


def make_table(results, newer=False, types=None):
    """Return {operator: {engine: word}} in alphabetical order."""
    made = {}
    groups = group_names(results["cases"], newer, types)
    for operator in list_operators(results["cases"]):
        names = groups.get(operator)
        if names:
            words = results["verdicts"].items()
            made[operator] = {engine: cell(verdicts, names) for engine, verdicts in words}
    for operator, engine in BESIDES:
        if made.get(operator, {}).get(engine) == "all":
            made[operator][engine] = "some"
    return made


def count_run(results, engine, names):
    """Return how many of some cases an engine has run."""
    return sum(name in results["verdicts"][engine] for name in names)


def is_sampled(results, operator, types=None):
    """Return whether some engine has run only some of an operator's cases."""
    names = names_of(results["cases"], operator, types=types)
    return any(count_run(results, engine, names) < len(names) for engine in results["verdicts"])


def safe(results, types=None):
    """Return the operators that no engine fails: those of which all ran all cases, and the rest."""
    complete = []
    sampled = []
    for operator, row in make_table(results, types=types).items():
        if set(row.values()) == {"all"}:
            kind = sampled if is_sampled(results, operator, types) else complete
            kind.append(operator)
    return complete, sampled


def differing(results, newer=False):
    """Return {(operator, engine): cases that are answered differently}."""
    found = {}
    for operator, row in make_table(results, newer).items():
        for engine, word in row.items():
            if word == "differs":
                names = names_of(results["cases"], operator, newer)
                verdicts = results["verdicts"][engine]
                found[operator, engine] = [
                    name for name in names if verdicts.get(name, {}).get("verdict") == "differs"
                ]
    return found


def count_of_type(word):
    """Return how many numbers a type's word stands for."""
    numbers = 0
    for sizes in re.findall(r"\[([\d,]*)\]", word):
        numbers += int(np.prod([int(size) for size in sizes.split(",") if size], dtype=int))
    return numbers


def count_numbers(case):
    """Return how many numbers a case consists of."""
    return sum(map(count_of_type, [*case["use"].inputs, *case["use"].outputs]))


# Words --------------------------------------------------------------------------------------------
def link(operator):
    """Return a link to an operator's page, which shows its official cases."""
    domain, _, name = operator.rpartition(".")
    folder = f"onnx_{domain.replace('.', '')}" if domain else "onnx"
    return f"[{operator}](https://onnx.ai/onnx/operators/{folder}__{name}.html)"


def links(operators):
    """Return the links of operators, one after the other."""
    return ", ".join(map(link, operators))


def anchor(operator, engine, newer):
    """Return the name of the place that says why an engine does not run an operator."""
    name = re.sub(r"[^a-z0-9]+", "-", f"{engine}-{operator}".lower())
    return f"{name}-newer" if newer else name


def name_sampled(results):
    """Return "IREE, ncnn and tinygrad": the engines that ran some cases of each operator."""
    names = [engine for engine in results["verdicts"] if engine in SAMPLED]
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def show_values(values):
    """Return nested lists as text with four digits a number."""
    if isinstance(values, list):
        return f"[{', '.join(map(show_values, values))}]"
    return f"{values:.4g}" if isinstance(values, float) else str(values)


def show_input(value):
    """Return an input of an example as text: its numbers if they are few, or else its shape."""
    if value is None:
        return "nothing"
    text = show_values(value["values"])
    return text if len(text) <= SHORT else f"{value['type']}{value['shape']}"


def show(operator, example):
    """Return an example as a call, to be read in a table."""
    parts = [show_input(value) for value in example["inputs"]]
    for name, value in example["attributes"].items():
        parts.append(f"{name}={show_values(value)}")
    return f"`{operator}({', '.join(parts)})`"


def compare(example, verdict):
    """Return what is right and what the engine answers: all of it, or the two furthest apart."""
    for expected, given in zip(example["expected"], verdict["answer"], strict=False):
        right = np.array(expected["values"], float).reshape(expected["shape"])
        answer = np.array(given, float)
        if answer.shape != right.shape:
            break
        if np.allclose(right, answer, rtol=1e-3, atol=1e-5, equal_nan=True):
            continue  # another of its outputs differs
        if len(show_values(expected["values"])) <= SHORT:
            return f"`{show_values(expected['values'])}`", f"`{show_values(given)}`"
        with np.errstate(invalid="ignore"):
            distance = np.abs(right - answer)
        distance[np.isnan(distance) & ~(np.isnan(right) & np.isnan(answer))] = np.inf
        distance[right == answer] = 0
        worst = np.unravel_index(np.nanargmax(distance), right.shape)
        return f"`{right[worst]:.4g}`", f"`{answer[worst]:.4g}`"
    return "", verdict["why"]  # another shape, or another number of outputs


# The generated parts ------------------------------------------------------------------------------
def figure(results):
    """Return the sentence that the README of the repository quotes."""
    complete, sampled = safe(results)
    wrong = {operator for operator, _engine in differing(results)}
    return (
        f"Of the {len(make_table(results))} operators that ONNX tests by themselves, "
        f"{len(complete)} gave the right answer in all of their cases in all "
        f"{len(results['verdicts'])} engines, and {len(sampled)} more in all cases that were run, "
        f"of which {name_sampled(results)} ran two at most; {len(wrong)} were answered "
        f"differently by at least one engine, without a word.\n"
    )


def safe_list(results):
    """Return the list of what is safe everywhere, and of what one engine alone lacks."""
    complete, sampled = safe(results)
    usual_complete, usual_sampled = safe(results, USUAL)
    every = {*complete, *sampled}
    usual = [name for name in [*usual_complete, *usual_sampled] if name not in every]
    everywhere = make_table(results)
    lines = [
        f"All cases, in all {len(results['verdicts'])} engines: {links(complete)}.\n",
        f"\nAll cases, but of the many cases {name_sampled(results)} ran the first two "
        f"only: {links(sampled)}.\n",
        "\nIn float32, int64 and bool alone; what becomes of other types is in brackets:\n\n",
    ]
    for operator in usual:
        row = everywhere[operator].items()
        others = [f"{engine}: {SIGNS[word]}" for engine, word in row if word != "all"]
        lines.append(f"- {link(operator)} ({', '.join(others)})\n")
    lacking = {}
    for operator, row in make_table(results, types=USUAL).items():
        others = [engine for engine, word in row.items() if word != "all"]
        if len(others) == 1 and "differs" not in row.values():
            note = " (crashes)" if row[others[0]] == "crashes" else ""
            lacking.setdefault(others[0], []).append(link(operator) + note)
    lines.append("\nIn these types, in all that was run, everywhere but in one engine:\n\n")
    for engine, operators in lacking.items():
        lines.append(f"- not in {engine}: {', '.join(operators)}.\n")
    lines.append("\nRefused, though no official case shows it:\n\n")
    for (operator, engine), what in BESIDES.items():
        lines.append(f"- {link(operator)} in {engine}: {what}.\n")
    return "".join(lines)


def engines_table(results):
    """Return the table of engines: how many operators, how many cases, how long."""
    made = make_table(results)
    rows = []
    for engine, verdicts in results["verdicts"].items():
        words = [row[engine] for row in made.values()]
        packed = results["engines"][engine]
        number = packed["cases of an operator"]
        each = number if number == "all" else f"the first {number}"
        row = [engine, packed["version"], packed["date"], each, len(verdicts)]
        rows.append([*row, *map(words.count, VERDICTS), packed["seconds"]])
    head = ["engine", "version", "date", "of each operator", "cases:"]
    lines = [table([*head, *(f"{word}:" for word in VERDICTS), "seconds:"], rows)]
    for engine, packed in results["engines"].items():
        for why, names in packed.get(NOT_TRIED, {}).items():
            lines.append(f"\n{engine}: {len(names)} more cases were not tried, since {why} here.\n")
    return "".join(lines)


def versions(results):
    """Return which versions ran, and when, as a sentence."""
    dates = {}
    for engine, packed in results["engines"].items():
        dates.setdefault(packed["date"], []).append(f"{engine} {packed['version']}")
    lines = [f"on {date} {', '.join(found)}" for date, found in sorted(dates.items())]
    return f"The cases are those of onnx {results['onnx']}. Run: {'; '.join(lines)}.\n"


def by_chance(results):
    """Return the list of cases that ended in one way and, when they were run again, in another."""
    lines = []
    for engine, packed in results["engines"].items():
        names = packed["by chance"]
        if names:
            cases_of = "1 case" if len(names) == 1 else f"{len(names)} cases"
            lines.append(f"- {engine}, {cases_of}: `{'`, `'.join(names)}`.\n")
    return "".join(lines)


def left_out(results):
    """Return how many cases there are, and the list of those that are left out, by reason."""
    cases = results["cases"].values()
    newer_ones = [case for case in cases if case["newer"]]
    several = [case for case in cases if case["operator"] == SEVERAL]
    total = len(cases) + sum(map(len, results["left out"].values()))
    lines = [
        f"onnx {results['onnx']} makes {total:,} cases. {len(cases):,} are run, "
        f"{len(newer_ones)} of them as they are; {len(several)} have several operators, since "
        f"they write out what one of them does. Left out:\n\n"
    ]
    for reason, names in results["left out"].items():
        which = f"`{names[0]}` and {len(names) - 1} more" if len(names) > 1 else f"`{names[0]}`"
        lines.append(f"- {which}: {reason}.\n")
    return "".join(lines)


def searched(results):
    """Return which engines' own lists were searched, as a sentence."""
    names = [f"[{engine}]({address})" for engine, address in SEARCHED.items()]
    return (
        f"Searched: issues and pull requests on GitHub, for all engines; and the engine's own list "
        f"of tests that it skips or expects to fail, of {', '.join(names)}. *not found* says that "
        f"both were searched, *no report found* that only the first was: {len(LISTS)} rows are in "
        f"such a list.\n"
    )


def differing_list(results, newer=False):
    """Return the table of what is answered differently, with the smallest example of each."""
    cases = results["cases"]
    rows = []
    for (operator, engine), names in differing(results, newer).items():
        verdicts = results["verdicts"][engine]
        ran = count_run(results, engine, names_of(cases, operator, newer))
        answered = [name for name in names if "answer" in verdicts[name]]
        if answered:
            example = results["examples"][answered[0]]
            shown = show(operator, example)
            right, given = compare(example, verdicts[answered[0]])
        else:
            smallest = min(names, key=lambda name: count_numbers(cases[name]))
            shown = f"`{smallest}`"
            right = ""
            given = verdicts[smallest]["why"]
        place = f'<a id="{anchor(operator, engine, newer)}"></a>'
        head = [place + link(operator), engine, f"{len(names)} of {ran}"]
        rows.append([*head, shown, right, given, known(operator, engine, newer)])
    head = ["operator", "engine", "cases", "smallest example", "right", "its answer", "known?"]
    return table(head, rows)


def differing_newer(results):
    """Return the same table for the cases that are newer than opset 18."""
    return differing_list(results, newer=True)


def operators_table(results, newer=False):
    """Return the table of operators by engines: the cases that travel, or the newer ones.

    What is not ✓ leads to its reason; where not all cases ran, it says how many.
    """
    rows = []
    for operator, row in make_table(results, newer).items():
        names = names_of(results["cases"], operator, newer)
        cells = []
        for engine, word in row.items():
            sign = SIGNS[word]
            if word not in ("all", ""):
                sign = f"[{sign}](#{anchor(operator, engine, newer)})"
            ran = count_run(results, engine, names)
            cells.append(f"{sign} {ran} of {len(names)}" if 0 < ran < len(names) else sign)
        rows.append([link(operator), len(names), *cells])
    return table(["operator", "cases:", *results["verdicts"]], rows)


def newer_table(results):
    """Return the table of operators by engines for the cases that are newer than opset 18."""
    return operators_table(results, newer=True)


def find_reason(results, operator, engine, newer):
    """Return what an engine says of an operator's cases most often where it does not answer."""
    reasons = []
    for name in names_of(results["cases"], operator, newer):
        verdict = results["verdicts"][engine].get(name, {"verdict": "agrees"})
        if verdict["verdict"] != "agrees":
            reasons.append(verdict["why"])
    return max(reasons, key=reasons.count) if reasons else BESIDES[operator, engine]


def reasons(results):
    """Return, for each engine, what it says of the operators that it does not run, or not always.

    In the words of the exception, or as the process ended; what most of the cases end in.
    """
    lines = []
    tables = {newer: make_table(results, newer) for newer in (False, True)}
    for engine in results["verdicts"]:
        groups = {}
        for newer, made in tables.items():
            for operator, row in made.items():
                if row[engine] in ("some", "none", "crashes"):
                    why = find_reason(results, operator, engine, newer)
                    place = f'<a id="{anchor(operator, engine, newer)}"></a>'
                    note = " (newer)" if newer else ""
                    groups.setdefault(why, []).append(place + operator + note)
        lines.append(f"### {engine}\n\n")
        rows = [[code(why), ", ".join(operators)] for why, operators in groups.items()]
        lines.append(table(["it says", "of"], rows) + "\n" if rows else "It runs all.\n\n")
    return "".join(lines).rstrip("\n") + "\n"


def conditions_table(_results):
    """Return the conditions of what is answered differently, ends the process, or is refused.

    Of refusals those that one word tells from what runs.
    """
    rows = []
    for engine, lines in read_evidence().items():
        evidence = {}
        for name, use, verdict in lines:
            if use.version is not None:
                word = "" if verdict == "agrees" else verdict
                found = evidence.setdefault(use.operator, {})
                found[name, use] = (name, conditions.literals_in(engine, use), word)
        for operator, found in evidence.items():
            versions_of = {name: use.version for name, use in found}
            rules, unexplained = conditions.learn(list(found.values()))
            for rule in rules:
                if rule.verdict in LOUD or is_narrow(rule):
                    versions = sorted({versions_of[name] for name in rule.examples})
                    which = ", ".join(map(str, versions))
                    row = [link(operator), which, engine, rule.verdict, conditions.describe(rule)]
                    rows.append([*row, len(rule.examples), f"`{rule.examples[0]}`"])
            for verdict in sorted(LOUD):
                names = [name for name, _words, word in unexplained if word == verdict]
                if names:
                    versions = sorted({versions_of[name] for name in names})
                    which = ", ".join(map(str, versions))
                    row = [
                        link(operator),
                        which,
                        engine,
                        verdict,
                        "numbers or sizes, not told apart",
                    ]
                    rows.append([*row, len(names), f"`{names[0]}`"])
    rows.sort(key=lambda row: (row[0].lower(), row[2].lower(), row[3], row[4]))
    head = ["operator", "versions", "engine", "verdict", "condition", "trials:", "as in"]
    return table(head, rows)


def is_narrow(rule):
    """Return whether a refusal has a condition of one word that tells operators apart."""
    if rule.verdict != "refused" or len(rule.conjunction) != 1:
        return False
    return len(rule.examples) >= FEWEST and conditions.weight(rule.conjunction[0]) >= TELLING


def blocks_table(_results):
    """Return which engines fail at which blocks of nodes, and which blocks none of them does."""
    ended = {}
    names = [*BLOCKS, *together.FILES]
    tried = {engine: read_probes(engine) for engine in ENGINES}
    tried = {engine: found for engine, found in tried.items() if set(names) <= found.keys()}
    for engine, found in tried.items():
        for name in names:
            word = found[name]
            shown = engine
            if word in (judge.SLOW, judge.MEMORY):
                shown = f"{engine} ({word})"
                word = judge.ENDS
            ended.setdefault(name, {}).setdefault(word, []).append(shown)
    words = ["refuses", "answers otherwise", "ends the process"]
    rows = []
    right = []
    for name, found in ended.items():
        others = [", ".join(found.get(word, [])) for word in words]
        if any(others):
            rows.append([name, *others])
        else:
            right.append(name)
    return (
        f"{len(names)} blocks in {', '.join(tried)}.\n\n"
        f"{table(['block', *words], rows)}\nRight in all of them: {'; '.join(right)}.\n"
    )


def said_table(_results):
    """Return how often the command was right of real files and of unseen ones, by engine."""
    said = record.read(SAID)
    titles = {"real": "real files", "first": "unseen files, when first asked"}
    head = ["engine"]
    counts = {}
    for which, words in titles.items():
        head += [f"{words}:", "decided:", "right:", "falsely *runs*:"]
        counts[which] = {engine: count_said(files) for engine, files in said[which].items()}
        counts[which]["all"] = sum_up(said[which])
    rows = [[engine, *found, *counts["first"][engine]] for engine, found in counts["real"].items()]
    lines = [table(head, rows), "\n"]
    for which, words in {**titles, UNSEEN: "unseen files, now"}.items():
        total = sum_up(said[which])
        decided = f"{100 * total[1] / max(total[0], 1):.0f} % decided"
        right = f"{100 * total[2] / max(total[1], 1):.0f} % of it right"
        missed = []
        for engine, files in said[which].items():
            missed += [f"{name} in {engine}" for name, pair in files.items() if is_missed(pair)]
        listed = "; ".join(missed) or "none"
        lines.append(f"- Of the {words}: {decided}, {right}; falsely said to run: {listed}.\n")
    return "".join(lines)


def earlier_table(_results):
    """Return the totals of the sets of files that were unseen once, as first asked."""
    said = record.read(SAID)
    rows = []
    for number, one in enumerate([*said["earlier"], totals_of(said["first"])], 1):
        decided = f"{one['decided']} ({100 * one['decided'] / one['pairs']:.0f} %)"
        right = f"{one['right']} ({100 * one['right'] / one['decided']:.0f} %)"
        rows.append([number, one["files"], one["pairs"], decided, right, one["falsely runs"]])
    return table(
        ["set", "files:", "pairs:", "decided:", "right of these:", "falsely *runs*:"], rows
    )


def totals_of(files_of):
    """Return how many files there are, pairs with an engine, and so on, by name."""
    names = {name for files in files_of.values() for name in files}
    counts = ("pairs", "decided", "right", "falsely runs")
    return {"files": len(names), **dict(zip(counts, sum_up(files_of), strict=True))}


def sum_up(files_of):
    """Return the counts of all engines together, of {engine: {file: [said, measured]}}."""
    return np.sum([count_said(files) for files in files_of.values()], axis=0).tolist()


def count_said(files):
    """Return how many files there are, are decided, are right, and are falsely said to run."""
    decided = [pair for pair in files.values() if pair[0] != "unknown"]
    right = [pair for pair in decided if pair[0] == pair[1]]
    return [len(files), len(decided), len(right), sum(map(is_missed, decided))]


def is_missed(pair):
    return pair[0] == "runs" and pair[1] in ("differs", "crashes")


def last_census(_results):
    """Return how long new trials took all engines together, when they last did."""
    last = record.read(LAST)
    return (
        f"The last new trials, {last['trials']:,} of them and {last['runs']:,} runs in all"
        f" {len(ENGINES)} engines, took {last['seconds']} seconds on {last['cores']} cores"
        f" ({last['date']}).\n"
    )


def picture(results):
    """Return the picture of engines by operators."""
    notes = {engine: f"{engine} (2 of each)" for engine in SAMPLED}
    return draw(make_table(results), notes)


PAGES = {
    "README.md": {
        "figure": figure,
        "safe": safe_list,
        "by chance": by_chance,
        "said": said_table,
        "earlier": earlier_table,
        "blocks": blocks_table,
        "engines": engines_table,
        "left out": left_out,
        "last census": last_census,
    },
    "TABLE.md": {
        "versions": versions,
        "searched": searched,
        "differs": differing_list,
        "differs, newer": differing_newer,
        "operators": operators_table,
        "newer": newer_table,
        "conditions": conditions_table,
        "reasons": reasons,
    },
    "operators.svg": picture,
}
# Older releases do not know the newest operators, whose conditions are then not derived.
SAME_ONNX = f"onnx=={record.read(CASES)['onnx']}"
NEEDS = {"operators.svg": "matplotlib", "TABLE.md": SAME_ONNX}
