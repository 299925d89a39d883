"""The generated parts of the page on releases: what changed between one and the next."""

from tests.estimators.verdicts import MISNAMED
from tests.kit import record
from tests.kit.page import code, table
from tests.releases import history
from tests.releases.history import (
    CRASHES,
    ESTIMATOR,
    FORMAT,
    HANGS,
    OTHERWISE,
    REAL,
    REFUSED,
    RESULTS,
    RIGHT,
    SCRIPT,
)
from tests.releases.known import fixed_by, reports_on
from tests.releases.tools import TOOLS

SHOWN = {
    RIGHT: "right",
    OTHERWISE: "**otherwise**",
    REFUSED: "refused",
    CRASHES: "**ends the process**",
    HANGS: "**never ends**",
    MISNAMED: "**named wrongly**",
}
LOUD = {OTHERWISE, CRASHES, HANGS, MISNAMED}
MAIN = "onnxruntime"
WHEELS = "wheels"
SHORT = 70  # letters of what a release says


def read():
    """Return what is recorded, {tool: ...}, and what the index said of wheels."""
    return {**record.read(RESULTS), WHEELS: record.read(RESULTS.with_name("wheels.json"))}


def tools(results):
    """Return {tool: what is recorded of it}."""
    return {tool: recorded for tool, recorded in results.items() if tool != WHEELS}


def is_loud(change):
    """Return whether a change is about an answer that nobody notices, or the end of a process."""
    return bool({change.was, change.now} & LOUD)


def words_of(recorded, change):
    """Return what the release that answers otherwise, or the old one, says of the smallest case."""
    said = recorded["words"].get(change.cases[0], {})
    order = recorded["releases"]
    last = change.after if change.now in LOUD else change.before
    found = [words for release, words in said.items() if order.index(release) <= order.index(last)]
    text = found[-1] if found else ""
    return text if len(text) <= SHORT else f"{text[:SHORT]}..."


def figure(results):
    """Return the sentences that the top page quotes."""
    recorded = results[MAIN]
    releases = recorded["releases"]
    found = history.changes(recorded)
    better = [each for each in found if each.was in LOUD and each.now == RIGHT]
    worse = [each for each in found if each.was == RIGHT and each.now in LOUD]
    return (
        f"{recorded['cases']:,} cases in {len(releases)} releases of onnxruntime, "
        f"{releases[0]} to {releases[-1]}: {count(better)} that a release answered otherwise, or "
        f"ended with, became right in the next one; {count(worse)} that were right no longer were."
        "\n"
    )


def count(found):
    return len({name for each in found for name in each.cases})


def measured(results):
    """Return the table of what was run where."""
    rows = []
    for tool, recorded in tools(results).items():
        first, *_, last = recorded["releases"]
        changed = history.changes(recorded)
        rows.append(
            [
                tool,
                f"{len(recorded['releases'])}, {first} to {last}",
                f"{recorded['cases']:,}",
                f"{count(changed):,}",
                recorded["date"],
            ]
        )
    head = ["tool", "releases", "cases:", "that changed:", "measured on"]
    missing = [tool for tool in TOOLS if tool not in results]
    said = (
        f"\nNot yet measured in all of their releases: {', '.join(missing)}.\n" if missing else ""
    )
    return table(head, rows) + said


def changes_table(results, tool):
    """Return the table of the wrong answers of a tool that came or went."""
    recorded = results[tool]
    rows = []
    for each in history.changes(recorded):
        if is_loud(each):
            rows.append(
                [
                    each.kind,
                    f"{code(each.cases[0])}{more(each.cases)}",
                    f"{each.before} {SHOWN.get(each.was, each.was)}",
                    f"{each.after} {SHOWN.get(each.now, each.now)}",
                    code(words_of(recorded, each)) if words_of(recorded, each) else "",
                    fixed_by(tool, each),
                ]
            )
    head = ["what", "smallest case", "from", "to", "the wrong one says", "by"]
    return table(head, rows) if rows else "No wrong answer came or went.\n"


def more(cases):
    return f" and {len(cases) - 1} more" if len(cases) > 1 else ""


def support_table(results, tool):
    """Return the table of what a release began to run, or refuses since."""
    recorded = results[tool]
    quiet = [each for each in history.changes(recorded) if not is_loud(each)]
    rows = []
    for release in recorded["releases"][1:]:
        begins = [each for each in quiet if each.after == release and each.now == RIGHT]
        ends = [each for each in quiet if each.after == release and each.was == RIGHT]
        if begins or ends:
            rows.append([release, listed(begins), listed(ends)])
    if not rows:
        return "Nothing else began to run, or no longer runs.\n"
    return table(["release", "runs, unlike the one before", "no longer runs"], rows)


def listed(found):
    """Return what changed as words: operators by name and number of cases, the rest by its name."""
    words = []
    for each in found:
        if each.kind in (FORMAT, SCRIPT, ESTIMATOR, REAL):
            words.append(f"{each.kind}: {', '.join(each.cases)}")
        else:
            words.append(f"{each.kind} ({len(each.cases)})")
    return ", ".join(words)


def wheels_table(results):
    """Return for which systems each pin has a wheel, or those that have none."""
    asked = results[WHEELS]["without a wheel"]
    pythons = list(next(iter(asked.values())))
    rows = []
    for system, found in asked.items():
        cells = [", ".join(pin.split("==")[0] for pin in found[each]) or "✓" for each in pythons]
        rows.append([system, *cells])
    head = [f"asked on {results[WHEELS]['date']}", *(f"Python {each}" for each in pythons)]
    return table(head, rows)


def compact_table(results, tool):
    """Return a table of all that changed, a row for each release; of what became wrong a case."""
    recorded = results[tool]
    rows = []
    for release in recorded["releases"][1:]:
        found = [each for each in history.changes(recorded) if each.after == release]
        wrong = [each for each in found if each.now in LOUD]
        mended = [each for each in found if each.now == RIGHT and each.was in LOUD]
        begins = [each for each in found if each.now == RIGHT and each.was not in LOUD]
        ends = [each for each in found if each.now not in {RIGHT, *LOUD}]
        if found:
            row = [listed(mended), exampled(wrong), listed(begins), listed(ends)]
            rows.append([release, *row, reports_on(tool, found)])
    head = ["release", "no longer wrong", "wrong", "runs, unlike the one before", "no longer runs"]
    if any(row[-1] for row in rows):
        head.append("found")
    else:
        rows = [row[:-1] for row in rows]
    return table(head, rows) if rows else "Nothing changed.\n"


def exampled(found):
    """Return what changed as words, each with its smallest case and what it was before."""
    words = []
    for each in found:
        words.append(f"{each.kind} ({code(each.cases[0])}{more(each.cases)}, was {each.was})")
    return ", ".join(words)


def beside(results):
    """Return the table of each of the other tools."""
    parts = []
    for tool in tools(results):
        if tool != MAIN:
            parts.append(f"### {tool}\n\n{compact_table(results, tool)}")
    return "\n".join(parts)


def changes(results):
    return changes_table(results, MAIN)


def support(results):
    return support_table(results, MAIN)


PARTS = {
    "figure": figure,
    "measured": measured,
    "changes": changes,
    "support": support,
    "beside": beside,
    "wheels": wheels_table,
}
PAGES = {"README.md": PARTS}
BY_TESTS = {"README.md": ["file"]}
