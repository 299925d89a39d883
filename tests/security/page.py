"""The generated parts of the page on security."""

from pathlib import Path

from tests.kit import record
from tests.kit.environments import outcome_in
from tests.kit.page import table
from tests.mistakes.page import versions
from tests.security.cases import CASES
from tests.security.damage import KINDS, OUTCOMES

FILE = Path(__file__).with_name("results.json")
SCANNED = Path(__file__).parent / "scanners" / "results.json"
STEPS = {  # as recorded: as shown
    "check_model": "`check_model`",
    "full check": "`full_check=True`",
    "onnx.load": "`onnx.load`",
    "onnxruntime": "onnxruntime",
}


def read():
    """Return what is recorded, of the scanners of others, too."""
    return record.read(FILE) | {"scanned": record.read(SCANNED)}


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


def who_notices(what, results):
    """Return {column: word} of a case: which of onnx, onnxruntime and the scanners notices."""
    newest = outcome_in(outcomes(what, results), "pinned")
    steps = {"onnx": ["check_model", "full check", "onnx.load"], "onnxruntime": ["onnxruntime"]}
    words = {}
    for column, names in steps.items():
        words[column] = "refuses" if "refuses" in [newest[name] for name in names] else ""
    for name, verdicts in results["scanned"]["cases"].items():
        words[name] = verdicts.get(what, [""])[0]
    return words


def suspicions(counted):
    """Return of how many sound files a tool warns, of how many it notes something."""
    if counted is None:
        return "not run"
    words = [word for word, _ in counted["suspected"].values()]
    counts = {word: words.count(word) for word in ["warns", "notes", "skipped", "no answer"]}
    return ", ".join(f"{word} {count}" for word, count in counts.items() if count)


def scanners(results):
    """Return the tables of who finds what, and who suspects which sound files."""
    scanned = results["scanned"]
    rows = []
    unseen = []
    for what in CASES:
        words = who_notices(what, results)
        size = outcome_in(outcomes(what, results), "pinned").get("size")
        rows.append([what.format(size=size), *words.values()])
        if not {"refuses", "warns", "notes"} & set(words.values()):
            unseen.append(what.format(size=size))
    named = ", ".join(f"{name} {version}" for name, version in scanned["versions"].items())
    sound = []
    for group, counts in scanned["sound"].items():
        cells = [suspicions(counts.get(name)) for name in scanned["cases"]]
        sound.append([f"{group}, {next(iter(counts.values()))['files']}", *cells])
    return "".join(
        [
            f"Run on {scanned['date']}: {named}.\n\n",
            table(["what was tried", *who_notices(next(iter(CASES)), results)], rows),
            f"\nNone of these notices: {'; '.join(unseen) or 'no case is missed by all'}.\n\n",
            table(["sound files", *scanned["cases"]], sound),
            "\n" + network(scanned["network"]),
            "\nOf one environment for these and all other optional groups, pip says: ",
            "; ".join(scanned["together"]) + "\n",
        ]
    )


def network(asked):
    """Return the sentences on which tools ask for another computer."""
    lines = []
    for name, hosts in asked.items():
        if hosts:
            lines.append(f"Unless it is told not to, {name} asks for {', '.join(hosts)}.\n")
    silent = [name for name, hosts in asked.items() if not hosts]
    return "".join(lines) + f"Asked for no other computer: {', '.join(silent)}.\n"


PAGES = {
    "README.md": {
        "figure": figure,
        "strangers": strangers,
        "scanners": scanners,
        "damaged": damaged,
    }
}
