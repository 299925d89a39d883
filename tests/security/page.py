"""The generated parts of the page on security."""

from pathlib import Path

from tests.kit import record
from tests.kit.environments import outcome_in
from tests.kit.page import table
from tests.mistakes.page import versions
from tests.security.cases import CASES
from tests.security.damage import KINDS, OUTCOMES

FILE = Path(__file__).with_name("results.json")
STEPS = {  # as recorded: as shown
    "check_model": "`check_model`",
    "full check": "`full_check=True`",
    "onnx.load": "`onnx.load`",
    "onnxruntime": "onnxruntime",
}


def read():
    """Return what is recorded."""
    return record.read(FILE)


def outcomes(what, results):
    """Return what is recorded of a case, {environments: {step: outcome}}."""
    groups = record.find(results, ["strangers", what])
    if not groups:
        command = "pytest tests/security --update records it, on Linux"
        raise LookupError(f"nobody has recorded the case {what!r} yet: {command}")
    return groups


def figure(results):
    """Return the sentences that the top page quotes."""
    accepted = [
        what
        for what in CASES
        if outcome_in(outcomes(what, results), "pinned")["onnxruntime"] == "accepts"
    ]
    counts = results["damage"]["counts"]
    return (
        f"Of {len(CASES)} files that a stranger might send, onnxruntime "
        f"{results['versions']['pinned']['onnxruntime']} runs {len(accepted)} without a word.\n"
        f"Of {total(counts):,} damaged files, {total(counts, 'different answer'):,} answer "
        "something else.\n"
    )


def strangers(results):
    """Return the table of what a stranger might send."""
    rows = []
    for what in CASES:
        groups = outcomes(what, results)
        newest = outcome_in(groups, "pinned")
        oldest = outcome_in(groups, "oldest") or newest
        row = [what.format(size=newest.get("size"))]
        for step in [*STEPS, "inspector"]:
            now = newest[step].replace("|", "\\|")
            before = oldest[step].replace("|", "\\|")
            row.append(now if now == before else f"{now} (oldest: {before})")
        rows.append(row)
    head = ["what was tried", *STEPS.values(), "the inspector says first"]
    newest = versions("pinned", results)
    oldest = versions("oldest", results)
    return f"Newest: {newest}. Oldest: {oldest}.\n\n{table(head, rows)}"


def total(counts, outcome=None):
    """Return how many damaged models there were, or how many with that outcome."""
    numbers = 0
    for kinds in counts.values():
        for outcomes_of_kind in kinds.values():
            for each, number in outcomes_of_kind.items():
                if outcome in [None, each]:
                    numbers += number
    return numbers


def damaged(results):
    """Return the section on damaged files, of the last run of damage.py."""
    recorded = results["damage"]
    counts = recorded["counts"]
    rows = []
    for name, kinds in counts.items():
        for kind in KINDS:
            numbers = [f"{kinds[kind].get(outcome, 0):,}" for outcome in OUTCOMES]
            rows.append([f"`{name}`", kind, *numbers])
    head = ["file", "damage", *[f"{outcome}:" for outcome in OUTCOMES]]
    return (
        f"{total(counts):,} damaged models, each loaded and run in another process, with "
        f"onnxruntime {recorded['onnxruntime']}\non {recorded['date']}:\n\n{table(head, rows)}\n"
        f"{total(counts, 'different answer'):,} of them load, run and answer something else.\n"
    )


PAGES = {"README.md": {"figure": figure, "strangers": strangers, "damaged": damaged}}
