"""What the page shows of the recorded results: two lists, a picture and a table.

Needs neither the engines nor the cases, only what record.py wrote.
"""

import json
from pathlib import Path

import numpy as np

from tests.interop.operators.engines import ENGINES, SLOW
from tests.interop.operators.known import known

FOLDER = Path(__file__).parent
PAGE = FOLDER / "README.md"
PICTURE = FOLDER / "operators.svg"
SEVERAL = "several operators"

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


def read(name):
    """Return the content of a JSON file of this folder."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def read_cases():
    """Return {case: its operator, whether it is newer than opset 18, its types and size}."""
    return read("cases.json")["cases"]


def read_results(engine):
    """Return what is recorded of an engine: its version, seconds, {case: how it ended}."""
    path = FOLDER / "results" / f"{engine.lower().replace(' ', '_').replace('.', '_')}.json"
    if path.exists():
        return json.loads(path.read_text(encoding="utf-8"))
    return {"version": "", "seconds": 0, "cases": {}}


def read_verdicts():
    """Return {engine: {case: how it ended}}."""
    return {engine: read_results(engine)["cases"] for engine in ENGINES}


def names_of(cases, operator, newer=False, types=None):
    """Return the cases of an operator that travel, or the newer ones.

    With types, only those that have no others.
    """
    names = []
    for name, case in cases.items():
        usual = types is None or types.issuperset(case["types"])
        if case["operator"] == operator and case["newer"] == newer and usual:
            names.append(name)
    return names


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


def make_table(cases, verdicts, newer=False, types=None):
    """Return {operator: {engine: word}} in alphabetical order."""
    operators = sorted({case["operator"] for case in cases.values()} - {SEVERAL}, key=str.lower)
    table = {}
    for operator in operators:
        names = names_of(cases, operator, newer, types)
        if names:
            table[operator] = {engine: cell(verdicts[engine], names) for engine in ENGINES}
    for operator, engine in BESIDES:
        if table.get(operator, {}).get(engine) == "all":
            table[operator][engine] = "some"
    return table


def safe(table):
    """Return the operators that every engine runs in all cases."""
    return [operator for operator, row in table.items() if set(row.values()) == {"all"}]


def differing(cases, verdicts, newer=False):
    """Return {(operator, engine): cases that are answered differently}."""
    found = {}
    for operator, row in make_table(cases, verdicts, newer).items():
        for engine, word in row.items():
            if word == "differs":
                names = names_of(cases, operator, newer)
                wrong = [name for name in names if ended(verdicts, engine, name) == "differs"]
                found[operator, engine] = wrong
    return found


def ended(verdicts, engine, name):
    """Return how a case ended in an engine, or nothing where it did not run."""
    return verdicts[engine].get(name, {}).get("verdict")


# The generated parts of the page -----------------------------------------------------------------
def markdown(head, rows):
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def link(operator):
    """Return a link to an operator's page, which shows its official cases."""
    domain, _, name = operator.rpartition(".")
    folder = f"onnx_{domain.replace('.', '')}" if domain else "onnx"
    return f"[{operator}](https://onnx.ai/onnx/operators/{folder}__{name}.html)"


def figure(cases, verdicts):
    """Return the sentence that the page of this folder's parent, or the README, quotes."""
    table = make_table(cases, verdicts)
    usual = {*safe(table), *safe(make_table(cases, verdicts, types=USUAL))}
    wrong = {operator for operator, _engine in differing(cases, verdicts)}
    return (
        f"Of the {len(table)} operators that ONNX tests by themselves, {len(usual)} gave the "
        f"right answer in all {len(verdicts)} engines; {len(wrong)} were answered differently by "
        f"at least one of them, without a word.\n"
    )


def safe_list(cases, verdicts):
    """Return the list of what is safe everywhere, and of what one engine alone lacks."""
    every = safe(make_table(cases, verdicts))
    usual_table = make_table(cases, verdicts, types=USUAL)
    usual = [operator for operator in safe(usual_table) if operator not in every]
    lacking = {}
    for operator, row in usual_table.items():
        others = [engine for engine, word in row.items() if word != "all"]
        if len(others) == 1 and "differs" not in row.values():
            note = " (crashes)" if row[others[0]] == "crashes" else ""
            lacking.setdefault(others[0], []).append(link(operator) + note)
    lines = [f"In every type that the cases have: {', '.join(map(link, every))}.\n"]
    lines.append(f"\nIn float32, int64 and bool: {', '.join(map(link, usual))}.\n")
    lines.append("\nIn these types everywhere but in one engine, which refuses some or all:\n\n")
    for engine, operators in lacking.items():
        lines.append(f"- not in {engine}: {', '.join(operators)}.\n")
    lines.append("\nRefused, though no official case shows it:\n\n")
    for (operator, engine), what in BESIDES.items():
        lines.append(f"- {link(operator)} in {engine}: {what}.\n")
    return "".join(lines)


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
    if len(text) <= 40:
        return text
    return f"{value['type']}{value['shape']}"


def show(example):
    """Return an example as a call, to be read in a table."""
    parts = [show_input(value) for value in example["inputs"]]
    for name, value in example["attributes"].items():
        parts.append(f"{name}={show_values(value)}")
    return f"`{example['operator']}({', '.join(parts)})`"


def compare(example):
    """Return what is right and what the engine answers: all of it, or the two furthest apart."""
    if "shape" in example["why"] or "outputs" in example["why"]:
        return "", example["why"]
    for expected, given in zip(example["expected"], example["answer"], strict=True):
        right = np.array(expected["values"], float)
        answer = np.array(given, float)
        if np.allclose(right, answer, rtol=1e-3, atol=1e-5, equal_nan=True):
            continue  # another of its outputs differs
        if len(show_values(expected["values"])) <= 40:
            return f"`{show_values(expected['values'])}`", f"`{show_values(given)}`"
        with np.errstate(invalid="ignore"):
            distance = np.abs(right - answer)
        distance[np.isnan(distance) & ~(np.isnan(right) & np.isnan(answer))] = np.inf
        distance[right == answer] = 0
        worst = np.unravel_index(np.nanargmax(distance), right.shape)
        return f"`{right[worst]:.4g}`", f"`{answer[worst]:.4g}`"
    raise ValueError(f"{example['case']} does not differ")


def differing_list(cases, verdicts, newer=False):
    """Return the table of what is answered differently, with the smallest example of each."""
    examples = {row["case"] + row["engine"]: row for row in read("examples.json")}
    rows = []
    for (operator, engine), names in differing(cases, verdicts, newer).items():
        ran = [name for name in names_of(cases, operator, newer) if name in verdicts[engine]]
        smallest = min(names, key=lambda name: (name + engine not in examples, size(cases, name)))
        example = examples.get(smallest + engine)
        if example:
            shown = show(example)
            right, given = compare(example)
        else:
            shown = f"`{smallest}`"
            right, given = "", verdicts[engine][smallest]["why"]
        count = f"{len(names)} of {len(ran)}"
        report = known(operator, engine, newer)
        rows.append([link(operator), engine, count, shown, right, given, report])
    head = ["operator", "engine", "cases", "smallest example", "right", "its answer", "known?"]
    return markdown(head, rows)


def size(cases, name):
    """Return how many numbers a case consists of."""
    return cases[name]["numbers"]


def differing_newer(cases, verdicts):
    """Return the same table for the cases that are newer than opset 18."""
    return differing_list(cases, verdicts, newer=True)


def by_chance(cases, verdicts):
    """Return the list of cases that ended in one way and, when they were run again, in another."""
    lines = []
    for engine, results in verdicts.items():
        names = [name for name, verdict in results.items() if "by chance" in verdict]
        if names:
            cases_of = "1 case" if len(names) == 1 else f"{len(names)} cases"
            lines.append(f"- {engine}, {cases_of}: `{'`, `'.join(names)}`.\n")
    return "".join(lines)


def engines_table(cases, verdicts):
    """Return the table of engines: how many operators, how many cases, how long."""
    table = make_table(cases, verdicts)
    rows = []
    for engine, results in verdicts.items():
        words = [row[engine] for row in table.values()]
        counts = [words.count(word) for word in ("all", "some", "none", "differs", "crashes")]
        recorded = read_results(engine)
        name = f"{engine}*" if engine in SLOW else engine
        rows.append([name, recorded["version"], len(results), *counts, recorded["seconds"]])
    head = ["engine", "version", "cases", "all", "some", "none", "differs", "crashes", "seconds"]
    return markdown(head, rows)


def operators_table(cases, verdicts, newer=False):
    """Return the table of operators by engines: the cases that travel, or the newer ones."""
    rows = []
    for operator, row in make_table(cases, verdicts, newer).items():
        words = [SIGNS[row[engine]] for engine in ENGINES]
        rows.append([link(operator), len(names_of(cases, operator, newer)), *words])
    return markdown(["operator", "cases", *ENGINES], rows)


def newer_table(cases, verdicts):
    """Return the table of operators by engines for the cases that are newer than opset 18."""
    return operators_table(cases, verdicts, newer=True)


def left_out(cases, verdicts):
    """Return how many cases there are, and the list of those that are left out, by reason."""
    reasons = {}
    for name, reason in read("cases.json")["left out"].items():
        reasons.setdefault(reason, []).append(name)
    newer_ones = [case for case in cases.values() if case["newer"]]
    several = [case for case in cases.values() if case["operator"] == SEVERAL]
    total = len(cases) + sum(map(len, reasons.values()))
    lines = [
        f"onnx {read('cases.json')['onnx']} makes {total:,} cases. {len(cases):,} are run, "
        f"{len(newer_ones)} of them as they are; {len(several)} have several operators, since "
        f"they write out what one of them does. Left out:\n\n"
    ]
    for reason, names in reasons.items():
        which = f"`{names[0]}` and {len(names) - 1} more" if len(names) > 1 else f"`{names[0]}`"
        lines.append(f"- {which}: {reason}.\n")
    return "".join(lines)


PARTS = {
    "figure": figure,
    "safe": safe_list,
    "differs": differing_list,
    "differs, newer": differing_newer,
    "by chance": by_chance,
    "engines": engines_table,
    "operators": operators_table,
    "newer": newer_table,
    "left out": left_out,
}
