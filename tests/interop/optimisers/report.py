"""What the page shows of the recorded results: counts, lists of what went wrong, and speed.

Needs neither the optimisers nor the cases, only what record.py and test_optimisers.py wrote.
"""

import json
from pathlib import Path
from statistics import quantiles

from tests.benchmarks.page import spread
from tests.interop.optimise import TOOLS
from tests.interop.optimisers.record import CONSTANTS, NOTHING, read_results
from tests.interop.tables import FILES, table

FOLDER = Path(__file__).parent
PAGE = FOLDER / "README.md"
SPEED = FOLDER / "speed.json"  # {"machine": words, "seconds": {rows: {column: {tool: [...]}}}}
COPY = "a copy of the file"  # what is timed beside the optimisers, to show the noise

# In the order of their severity, the worst first.
VERDICTS = [
    "differs",
    "crashes",
    "hangs",
    "invalid",
    "other inputs",
    "refused",
    "agrees",
    "unchanged",
]
LISTED = VERDICTS[:5]  # each such case is on the page
VARIES = "onnxruntime, all"  # what it writes, and so whether it is unchanged, suits the processor

# DiTOX (arXiv 2505.01892), of ONNX Optimizer: in percent.
STUDIED = "ONNX Optimizer"
STUDY_MODELS = 130
STUDY_BROKEN = 9.2  # of all models: it ended without a file, or with one that is invalid
STUDY_CHANGED = 30  # of the classifiers: another answer


def read_speed():
    """Return the machine and {rows: {column: {tool: seconds of each round}}}."""
    return json.loads(SPEED.read_text(encoding="utf-8"))


def read_verdicts():
    """Return {tool: {case: verdict and why}}, of the cases that are right without an optimiser."""
    right = set()
    for name, result in read_results(NOTHING)["cases"].items():
        if result["verdict"] == "unchanged":
            right.add(name)
    verdicts = {}
    for tool in TOOLS:
        cases = read_results(tool)["cases"]
        verdicts[tool] = {name: result for name, result in cases.items() if name in right}
    return verdicts


def count(cases, *verdicts):
    """Return how many cases ended in one of the verdicts."""
    return sum(result["verdict"] in verdicts for result in cases.values())


def percent(part, whole):
    """Return a share in percent, with one digit behind the point."""
    return f"{100 * part / whole:.1f} %"


# The generated parts of the page -----------------------------------------------------------------
def figure():
    """Return the sentence that tells the most."""
    verdicts = read_verdicts()
    files = len(next(iter(verdicts.values())))
    differing = sum(count(cases, "differs") for cases in verdicts.values())
    broken = sum(count(cases, "invalid", "crashes", "hangs") for cases in verdicts.values())
    return (
        f"{len(TOOLS)} optimisers rewrote {files:,} small files each: {differing} of the results "
        f"answer differently, and {broken} are invalid, or ended the optimiser.\n"
    )


def counts():
    """Return the table of optimisers: in how many cases each verdict was given."""
    rows = []
    for tool, cases in read_verdicts().items():
        numbers = [count(cases, verdict) for verdict in VERDICTS]
        if tool == VARIES:
            numbers[-2:] = [sum(numbers[-2:]), ""]
        rows.append([tool, read_results(tool)["version"], len(cases), *numbers])
    return table(["optimiser", "version", "files", *VERDICTS], rows)


def study():
    """Return our figures in the measure of the published study."""
    cases = read_verdicts()[STUDIED]
    broken = count(cases, "refused", "crashes", "hangs", "invalid")
    differing = count(cases, "differs")
    return (
        f"{STUDIED} failed or wrote an invalid file for {percent(broken, len(cases))} of our "
        f"{len(cases):,} files ({STUDY_BROKEN} % of the study's {STUDY_MODELS} models), and "
        f"{percent(differing, len(cases))} answer differently "
        f"({STUDY_CHANGED} % of the study's classifiers).\n"
    )


def group(verdicts):
    """Return {(tool, verdict, why, how another engine answers): names of the cases}."""
    recorded = read_verdicts()
    groups = {}
    for verdict in verdicts:
        for tool, cases in recorded.items():
            for name, result in cases.items():
                if result["verdict"] == verdict:
                    key = (tool, verdict, result["why"], result.get("beside", ""))
                    groups.setdefault(key, []).append(name)
    return groups


def show_names(names):
    """Return the names of cases as Markdown."""
    return ", ".join(f"`{name}`" for name in sorted(names))


def wrong():
    """Return the table of every case that did not survive an optimiser, by what went wrong."""
    rows = []
    for (tool, verdict, why, beside), names in group(LISTED).items():
        rows.append([tool, verdict, why.replace("|", r"\|"), beside, show_names(names)])
    return table(["optimiser", "verdict", "why", "beside", "files"], rows)


def refused():
    """Return the table of refusals, which are the honest way to fail: words, and how many."""
    rows = []
    for (tool, _verdict, why, _beside), names in group(["refused"]).items():
        rows.append([tool, why.replace("|", r"\|"), len(names), f"`{min(names)}`"])
    return table(["optimiser", "its words", "files", "the first of them"], rows)


def left_out():
    """Return the names of the cases that say nothing of an optimiser."""
    results = read_results(NOTHING)["cases"]
    lines = []
    for verdict, words in [
        ("invalid", "onnxruntime, or the checker, refuses these as they are"),
        ("differs", "onnxruntime answers these differently as they are"),
    ]:
        names = [name for name, result in results.items() if result["verdict"] == verdict]
        lines.append(f"- {words}: {show_names(names)}.\n")
    constant = sum(name.endswith(CONSTANTS) for name in results)
    return (
        f"{len(results) - constant:,} cases make {len(results):,} files: {constant:,} of them come "
        f"with constants, too. Left out:\n\n{''.join(lines)}"
    )


def machine():
    """Return what the figures of speed depend on."""
    return f"Measured on {read_speed()['machine']}.\n"


def ratios(sides, tool):
    """Return how many times as long as the original an optimised file takes, in each round."""
    return [after / before for after, before in zip(sides[tool], sides["original"], strict=True)]


def faster_or_slower():
    """Return in a sentence how often an optimised file is surely faster or slower, or a copy."""
    found = {kind: {"all": 0, "faster": 0, "slower": 0} for kind in ("optimised", "copied")}
    for columns in read_speed()["seconds"].values():
        for sides in columns.values():
            for tool in sides.keys() - {"original"}:
                low, _middle, high = quantiles(ratios(sides, tool), n=4, method="inclusive")
                counted = found["copied" if tool == COPY else "optimised"]
                counted["all"] += 1
                counted["faster"] += high < 1
                counted["slower"] += low > 1
    parts = []
    for kind, counted in found.items():
        words = "{faster} of {all} are faster and {slower} slower".format(**counted)
        parts.append(f"of the {kind} files {words}")
    return f"By the middle half, which lies below or above 1, {', '.join(parts)}.\n"


def speed(rows):
    """Return the table of times: optimised ÷ original, the median and the middle half of rounds."""
    seconds = read_speed()["seconds"].get(rows, {})
    lines = []
    for tool in [COPY, *TOOLS]:
        cells = []
        for column in FILES:
            sides = seconds.get(column, {})
            cells.append(spread(ratios(sides, tool)) if tool in sides else "")
        lines.append([tool, *cells])
    return table(["optimised ÷ original", *FILES], lines)


def speed_of_one_row():
    return speed("1")


def speed_of_many_rows():
    return speed("1000")


TIMED = {
    "machine": machine,
    "faster or slower": faster_or_slower,
    "speed, one row": speed_of_one_row,
    "speed, 1000 rows": speed_of_many_rows,
}
PARTS = {
    "figure": figure,
    "counts": counts,
    "study": study,
    "wrong": wrong,
    "refused": refused,
    "left out": left_out,
    **TIMED,
}
