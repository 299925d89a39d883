"""What the page shows of the recorded results: counts, lists of what went wrong, and speed.

Needs neither the optimisers nor the cases, only what judge.py and test_our_files.py wrote.
"""

from statistics import quantiles

from tests.benchmarks.page import spread
from tests.interop.files import FILES
from tests.interop.optimisers.judge import NOTHING, RESULTS, spread_out
from tests.interop.optimisers.tools import TOOLS
from tests.kit import record
from tests.kit.page import code, table

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
BROKEN = ["crashes", "hangs", "invalid"]
VARIES = "onnxruntime, all"  # what it writes, and so whether it is unchanged, suits the processor

# DiTOX (arXiv 2505.01892), of ONNX Optimizer: in percent.
STUDIED = "ONNX Optimizer"
STUDY_MODELS = 130
STUDY_BROKEN = 9.2  # of all models: it ended without a file, or with one that is invalid
STUDY_CHANGED = 30  # of the classifiers: another answer


def read():
    """Return {"official cases": {tool: ...}, "our files": {tool: ...}, "speed": ...}."""
    return record.read(RESULTS)


def judged(results):
    """Return {tool: its record} of the optimisers that are recorded."""
    recorded = results["official cases"]
    return {tool: recorded[tool] for tool in TOOLS if tool in recorded}


def count(found, *verdicts):
    """Return how many cases of an optimiser ended in one of the verdicts."""
    total = 0
    for verdict in verdicts:
        reasons = found.get(verdict, 0)
        if isinstance(reasons, dict):
            reasons = sum(len(names) for besides in reasons.values() for names in besides.values())
        total += reasons
    return total


def percent(part, whole):
    """Return a share in percent, with one digit behind the point."""
    return f"{100 * part / whole:.1f} %"


def version(tool, found):
    """Return the version of an optimiser's package."""
    _, package = TOOLS[tool]
    return found[package]


# The generated parts of the page -----------------------------------------------------------------
def figure(results):
    """Return the sentence that tells the most."""
    tools = judged(results).values()
    files = max(found["files"] for found in tools)
    differing = sum(count(found, "differs") for found in tools)
    broken = sum(count(found, *BROKEN) for found in tools)
    return (
        f"{len(tools)} optimisers were given {files:,} small files each: {differing} of the "
        f"results answer differently, and {broken} are invalid, or ended the optimiser.\n"
    )


def ours(results):
    """Return the table of what each optimiser makes of our own files."""
    rows = []
    for tool, found in results["our files"].items():
        cells = [found.get(column, "") for column in FILES]
        rows.append([tool, version(tool, found), *cells, found["run on"]])
    return table(["optimiser", "version", *FILES, "run on"], rows)


def counts(results):
    """Return the table of optimisers: in how many cases each verdict was given."""
    rows = []
    for tool, found in judged(results).items():
        numbers = [count(found, verdict) for verdict in VERDICTS]
        if tool == VARIES:
            numbers[-2:] = [sum(numbers[-2:]), ""]
        rows.append([tool, version(tool, found), found["files"], *numbers, found["run on"]])
    return table(["optimiser", "version", "files", *VERDICTS, "run on"], rows)


def study(results):
    """Return our figures in the measure of the published study."""
    found = judged(results)[STUDIED]
    broken = percent(count(found, "refused", *BROKEN), found["files"])
    differing = percent(count(found, "differs"), found["files"])
    return (
        f"{STUDIED} failed or wrote an invalid file for {broken} of our {found['files']:,} files "
        f"({STUDY_BROKEN} % of the study's {STUDY_MODELS} models), and {differing} answer "
        f"differently ({STUDY_CHANGED} % of the study's classifiers).\n"
    )


def list_groups(results, verdicts):
    """Return (tool, verdict, why, how another engine answers, names of the cases) of each kind."""
    groups = []
    for verdict in verdicts:
        for tool, found in judged(results).items():
            for why, besides in found.get(verdict, {}).items():
                for beside, names in besides.items():
                    groups.append((tool, verdict, why, beside, names))
    return groups


def show_names(names):
    """Return the names of cases as Markdown."""
    return ", ".join(code(name) for name in sorted(names))


def wrong(results):
    """Return the table of every case that did not survive an optimiser, by what went wrong."""
    rows = []
    for tool, verdict, why, beside, names in list_groups(results, LISTED):
        rows.append([tool, verdict, why.replace("|", r"\|"), beside, show_names(names)])
    return table(["optimiser", "verdict", "why", "beside", "files"], rows)


def refused(results):
    """Return the table of refusals, which are the honest way to fail: words, and how many."""
    rows = []
    for tool, _verdict, why, _beside, names in list_groups(results, ["refused"]):
        rows.append([tool, why.replace("|", r"\|"), len(names), code(min(names))])
    return table(["optimiser", "its words", "files", "the first of them"], rows)


def left_out(results):
    """Return the names of the cases that say nothing of an optimiser."""
    found = results["official cases"][NOTHING]
    bad = spread_out(found)
    lines = []
    for verdict, words in [
        ("invalid", "onnxruntime, or the checker, refuses these as they are"),
        ("differs", "onnxruntime answers these differently as they are"),
    ]:
        names = [name for name, result in bad.items() if result["verdict"] == verdict]
        lines.append(f"- {words}: {show_names(names)}.\n")
    constant = found["forms with constants"]
    return (
        f"The cases of onnx {found['onnx']}: {found['files'] - constant:,} make "
        f"{found['files']:,} files, as {constant:,} of them come with constants, too. Left "
        f"out:\n\n{''.join(lines)}"
    )


# Speed -------------------------------------------------------------------------------------------
def machine(results):
    """Return what the figures of speed depend on."""
    about = results["speed"]["machine"]
    return (
        f"Measured on {results['speed']['run on']}, {about['processor']}, {about['cores']} cores, "
        f"onnxruntime {about['onnxruntime']} with its own settings.\n"
    )


def ratios(sides, tool):
    """Return how many times as long as the original an optimised file takes, in each round."""
    return [after / before for after, before in zip(sides[tool], sides["original"], strict=True)]


def faster_or_slower(results):
    """Return in a sentence how often an optimised file is surely faster or slower, or a copy."""
    found = {kind: {"all": 0, "faster": 0, "slower": 0} for kind in ("optimised", "copied")}
    for columns in results["speed"]["seconds"].values():
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


def speed(results, rows):
    """Return the table of times: optimised ÷ original, the median and the middle half of rounds."""
    seconds = results["speed"]["seconds"].get(rows, {})
    lines = []
    for tool in [COPY, *TOOLS]:
        cells = []
        for column in FILES:
            sides = seconds.get(column, {})
            cells.append(spread(ratios(sides, tool)) if tool in sides else "")
        if any(cells):
            lines.append([tool, *cells])
    return table(["optimised ÷ original", *FILES], lines)


def speed_of_one_row(results):
    return speed(results, "1")


def speed_of_many_rows(results):
    return speed(results, "1000")


PAGES = {
    "README.md": {
        "figure": figure,
        "our files": ours,
        "counts": counts,
        "study": study,
        "wrong": wrong,
        "refused": refused,
        "left out": left_out,
        "machine": machine,
        "faster or slower": faster_or_slower,
        "speed, one row": speed_of_one_row,
        "speed, 1000 rows": speed_of_many_rows,
    }
}
