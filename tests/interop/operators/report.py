"""What the page shows of the recorded results: two lists, a picture and a table.

Needs neither the engines nor the cases, only what record.py wrote.
"""

import json
from pathlib import Path

from tests.interop.operators.engines import ENGINES, SLOW
from tests.interop.operators.known import KNOWN

FOLDER = Path(__file__).parent
PAGE = FOLDER / "README.md"
PICTURE = FOLDER / "operators.svg"
SEVERAL = "several operators"

# The types that most networks are made of: numbers, sizes and indices, conditions.
USUAL = {"float32", "int64", "bool"}

SIGNS = {
    "all": "✓",
    "some": "some",
    "none": "–",
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


def read_verdicts():
    """Return {engine: {case: how it ended}}."""
    verdicts = {}
    for engine in ENGINES:
        file = f"results/{engine.lower().replace(' ', '_').replace('.', '_')}.json"
        verdicts[engine] = read(file)["cases"] if (FOLDER / file).exists() else {}
    return verdicts


def names_of(cases, operator, newer=False, types=None):
    """Return the cases of an operator that travel, or the newer ones.

    With types, only those that have no others.
    """
    names = []
    for name, case in cases.items():
        if case["operator"] == operator and case["newer"] == newer:
            if types is None or types.issuperset(case["types"]):
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
    usual = safe(make_table(cases, verdicts, types=USUAL))
    wrong = {operator for operator, _engine in differing(cases, verdicts)}
    return (
        f"Of the {len(table)} operators that ONNX tests by itself, {len(usual)} gave the right "
        f"answer in all {len(verdicts)} engines; {len(wrong)} were answered differently by one "
        f"of them at least, without a word.\n"
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
            lacking.setdefault(others[0], []).append(operator)
    lines = [f"In every type that the cases have: {', '.join(map(link, every))}.\n"]
    lines.append(f"\nIn float32, int64 and bool: {', '.join(map(link, usual))}.\n")
    lines.append("\nIn these three types everywhere but in one engine, which refuses some or all:\n\n")
    for engine, operators in lacking.items():
        lines.append(f"- not in {engine}: {', '.join(map(link, operators))}.\n")
    return "".join(lines)


def shorten(value, limit=60):
    """Return a value as text, without its end if that is too long for a table."""
    text = str(value).replace("|", "\\|")
    return text if len(text) <= limit else text[: limit - 1] + "…"


def show(example):
    """Return an example as a call, what is right and what came, to be read in a table."""
    parts = []
    for value in example["inputs"]:
        if isinstance(value, dict):
            parts.append(shorten(value["values"]))
        else:
            parts.append("nothing" if value is None else "a sequence")
    for name, value in example["attributes"].items():
        parts.append(f"{name}={shorten(value)}")
    return f"`{example['operator']}({', '.join(parts)})`"


def values_of(outputs):
    """Return the outputs of an example as text: a single one without brackets around it."""
    plain = [value["values"] if isinstance(value, dict) else value for value in outputs]
    return shorten(plain[0] if len(plain) == 1 else plain)


def differing_list(cases, verdicts, newer=False):
    """Return the table of what is answered differently, with the smallest example of each."""
    examples = {row["case"] + row["engine"]: row for row in read("examples.json")}
    rows = []
    for (operator, engine), names in differing(cases, verdicts, newer).items():
        ran = [name for name in names_of(cases, operator, newer) if name in verdicts[engine]]
        smallest = min(names, key=lambda name: (name + engine not in examples, size(cases, name)))
        example = examples.get(smallest + engine)
        if example:
            shown = f"{show(example)} is `{values_of(example['expected'])}`"
            given = f"`{values_of(example['answer'])}`: {example['why']}"
        else:
            shown = f"`{smallest}`"
            given = verdicts[engine][smallest]["why"]
        known = KNOWN.get((operator, engine), "")
        rows.append([link(operator), engine, f"{len(names)} of {len(ran)}", shown, given, known])
    head = ["operator", "engine", "cases", "smallest example", "its answer", "known?"]
    return markdown(head, rows)


def size(cases, name):
    """Return how many numbers a case consists of."""
    return cases[name]["numbers"]


def differing_newer(cases, verdicts):
    """Return the same table for the cases that are newer than opset 18."""
    return differing_list(cases, verdicts, newer=True)


def engines_table(cases, verdicts):
    """Return the table of engines: how many operators, how many cases, how long."""
    table = make_table(cases, verdicts)
    rows = []
    for engine, results in verdicts.items():
        words = [row[engine] for row in table.values()]
        counts = [words.count(word) for word in ("all", "some", "none", "differs", "crashes")]
        recorded = read(f"results/{engine.lower().replace(' ', '_').replace('.', '_')}.json")
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
    "engines": engines_table,
    "operators": operators_table,
    "newer": newer_table,
    "left out": left_out,
}
