"""The generated parts of the page of exports: what each case says today, and its mend."""

import re
from pathlib import Path

from tests.interop.exports.catalogue import CASES
from tests.kit import record
from tests.kit.page import code, fence, table

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results.json"
LONGEST = 110  # characters of a message in a table
GROUPS = {
    "refused": ["refused"],
    "useless": ["not loaded", "stopped"],
    "silent": ["differs", "another file"],
    "mended since": ["agrees"],
}
ANCHORS = {  # where the table of a group stands on the page
    "refused": "the-exporter-refuses",
    "useless": "it-writes-a-file-that-does-not-run",
    "silent": "it-writes-a-file-that-answers-otherwise",
    "mended since": "it-comes-out-right-today",
}
NOTHING = "nothing"


def read():
    """Return {"cases": {name: {...}}, "report": [...], "versions": {...}, "date": ...}."""
    return record.read(RESULTS)


def names_of(results, group):
    """Return the cases whose mistake ends in a way of this group, in the catalogue's order."""
    verdicts = {name: case["verdict"] for name, case in results["cases"].items()}
    return [name for name in CASES if verdicts.get(name) in GROUPS[group]]


def anchor_of(results, name):
    """Return where on the page a case stands."""
    (group,) = [group for group in GROUPS if name in names_of(results, group)]
    return ANCHORS[group]


def message(case, says=""):
    """Return what was said, as a table may hold it; says, if only that was asserted."""
    words = re.sub(r'"/[^"]*/', '"', case.get("words", says))  # the folder of that run
    if len(words) > LONGEST:
        words = f"{words[:LONGEST]}..."
    return code(words) if words else NOTHING


def link_to(reported):
    """Return a link to a public report, owner/repository#number; a dash if none was found."""
    if not reported:
        return "-"
    repository, _, number = reported.partition("#")
    return f"[{reported}](https://github.com/{repository}/issues/{number})"


def rows_of(results, group):
    """Return the table of a group."""
    rows = []
    for name in names_of(results, group):
        words = CASES[name]
        case = results["cases"][name]
        where = f"[{words.title}](cases/{words.module}.py)"
        rows.append(
            [message(case, words.says), where, words.reason, words.mend, link_to(words.report)]
        )
    return table(["what it says", "what people write", "reason", "mend", "report"], rows)


# Parts --------------------------------------------------------------------------------------------
def figure(results):
    """Return the sentence that other pages quote."""
    counts = {group: len(names_of(results, group)) for group in GROUPS}
    return (
        f"Of {sum(counts.values())} exports that fail, or did, {counts['refused']} are refused"
        f" today, {counts['useless']} write a file that onnxruntime does not run, and"
        f" {counts['silent']} one that answers, or is made, otherwise; {counts['mended since']}"
        " come out right by now.\n"
    )


def measured(results):
    """Return the versions and the date, as a line below the tables."""
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    return f"Tried: {results['date']}, {versions}.\n"


def refused(results):
    return rows_of(results, "refused")


def useless(results):
    return rows_of(results, "useless")


def silent(results):
    return rows_of(results, "silent")


def since(results):
    rows = []
    for name in names_of(results, "mended since"):
        words = CASES[name]
        where = f"[{words.title}](cases/{words.module}.py)"
        rows.append([where, words.reason, words.mend, link_to(words.report)])
    return table(["what people write", "before", "today", "report"], rows)


def report(results):
    return fence("text", results.get("report", []))


PAGES = {
    "README.md": {
        "figure": figure,
        "refused": refused,
        "useless": useless,
        "silent": silent,
        "mended since": since,
        "report": report,
        "measured": measured,
    }
}
