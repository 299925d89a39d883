"""What the page of costs makes of the figures of the last run."""

import io
import math
import textwrap
from pathlib import Path
from statistics import median, quantiles

from tests.kit import record
from tests.kit.page import OTHERS, table

RESULTS = Path(__file__).with_name("results.json")
FORESTS = Path(__file__).parent / "forests" / "results.json"
FOREST = "forest, one core each"
UNKNOWN = "-"
SCALES = {
    "seconds": [("s", 1), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)],
    "bytes": [("MB", 1e6), ("kB", 1e3), ("B", 1)],
}

# The ratios that people ask for: what is timed, then question, row and two sides of the results.
ASKED = [
    ("a linear regression, one row", "linear regression", "1 row", "numpy", "onnxruntime"),
    ("a network, one row", "network", "1 row", "scikit-learn", "onnxruntime"),
    ("a forest, one core each, one row", FOREST, "1 row", "scikit-learn", "onnxruntime"),
    ("the same, 100,000 rows", FOREST, "100,000 rows", "scikit-learn", "onnxruntime"),
    ("100 calls of `Dense`, one row", "run", "100 layers", "function", "flat"),
    ("a large network, 4,096 rows", "large network", "4,096 rows", "numpy", "onnxruntime"),
    ("a new process, one row", "first answer", "pipeline", "scikit-learn", "onnxruntime"),
]


# 1. Results ---------------------------------------------------------------------------------------
def read():
    """Return the machine and the questions: {question: {"unit", "rows": {row: {side: figures}}}}.

    A side has one figure a round if it was timed, only one if it was counted, none if unknown.
    """
    return record.read(RESULTS) | {"forests": record.read(FORESTS)}


def ratios(results, question, row, above, below):
    """Return how many times the figure of one side is that of the other, in each round."""
    sides = results["questions"][question]["rows"][row]
    return [a / b for a, b in zip(sides[above], sides[below], strict=True)]


# 2. Words -----------------------------------------------------------------------------------------
def digits(x):
    """Return two significant digits, without an exponent: 0.013, 1.3, 13, 130."""
    x = float(f"{x:.1e}")  # before counting: 0.997 becomes 1.0, not 1.00
    decimals = max(0, 1 - math.floor(math.log10(x)))
    return f"{x:,.{decimals}f}"


def amount(figure, unit):
    """Return a figure in a unit that suits its size: 8.1 µs, 12 ms, 1.4 s; 270 B, 12 kB, 56 MB."""
    if unit == "packages":
        return f"{figure:,}"
    for name, size in SCALES[unit]:
        if figure >= size:
            return f"{digits(figure / size)} {name}"
    raise ValueError(f"{figure} {unit}: expected at least one {name}")


def spread(numbers):
    """Return the median, and in brackets where the middle half of the numbers lies."""
    if len(numbers) == 1:
        return digits(numbers[0])
    low, middle, high = quantiles(numbers, n=4, method="inclusive")
    return f"{digits(middle)} ({digits(low)} to {digits(high)})"


# 3. Parts of the page -----------------------------------------------------------------------------
def turning_point(results, question, above, below):
    """Return the last number of rows with a ratio above 1, and the first below it, as words.

    Either is None where the ratio stays on one side of 1.
    """
    last = None
    for row in results["questions"][question]["rows"]:
        if median(ratios(results, question, row, above, below)) < 1:
            return last, row
        last = row
    return last, None


def figure(results):
    """Return the most telling figures as a sentence."""
    sides = ("scikit-learn", "onnxruntime")
    network = digits(median(ratios(results, "network", "1 row", *sides)))
    forest = digits(median(ratios(results, FOREST, "1 row", *sides)))
    last, first = turning_point(results, FOREST, *sides)
    turn = f"at {first} scikit-learn is the faster one, at {last} not yet"
    if first is None:
        turn = f"up to {last} onnxruntime stays the faster one"
    return (
        f"For one row through the network of digits scikit-learn takes {network} times as long as "
        f"onnxruntime, through a forest of 100 trees on the digits, one core each, {forest} times; "
        f"{turn}.\n"
    )


def asked(results):
    """Return the table of the ratios that people ask for."""
    rows = []
    for what, question, row, above, below in ASKED:
        ratio = spread(ratios(results, question, row, above, below))
        rows.append([what, f"{above} ÷ {below}", ratio])
    return table(["what is timed", "ratio", "median (middle half)"], rows)


def answer(results, question):
    """Return a question's table: what the first side takes, and the others divided by it."""
    unit = results["questions"][question]["unit"]
    rows = results["questions"][question]["rows"]
    first, *others = dict.fromkeys(side for sides in rows.values() for side in sides)
    lines = []
    for row, sides in rows.items():
        line = [row, amount(median(sides[first]), unit) if sides[first] else UNKNOWN]
        for other in others:
            known = sides[first] and sides.get(other)
            line.append(spread(ratios(results, question, row, other, first)) if known else UNKNOWN)
        lines.append(line)
    return table([question, first, *(f"{other} ÷ {first}" for other in others)], lines)


def machine(results):
    """Return the table of what the figures depend on."""
    rows = [*results["machine"].items(), ("last run on", results["date"])]
    return table(["", "measured on"], rows)


def forests(results):
    """Return the tables of what is made for forests, and what they were measured with."""
    measured = results["forests"]
    tables = [answer(measured, question) for question in measured["questions"]]
    named = ", ".join(f"{name} {value}" for name, value in measured["machine"].items())
    lines = textwrap.fill(f"{measured['date']}: {named}.", 100, break_on_hyphens=False)
    return "\n".join([*tables, f"{lines}\n"])


# 4. The picture: rows in one call against a ratio of times ----------------------------------------
INK = "#747c88"  # this and the colours stand out on white and on black
MODELS = {  # colour and mark
    FOREST: ("#2da44e", "s"),
    "pipeline": ("#d9772b", "o"),
    "network": ("#3b82f6", "^"),
    "linear regression": ("#c2528b", "D"),
}
STYLE = {
    "svg.hashsalt": "costs",  # names inside the file would be random
    "svg.fonttype": "none",  # letters, not their outlines
    "font.family": "sans-serif",
    "font.size": 12,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": INK,
    "grid.alpha": 0.3,
    "legend.frameon": False,
}


def draw_lines(axes, questions, rival):
    """Draw a line for each model that the rival knows: its time divided by onnxruntime's."""
    for model, (colour, mark) in MODELS.items():
        counts = []
        ratios = []
        for row, sides in questions[model]["rows"].items():
            if sides.get(rival):
                counts.append(int(row.split()[0].replace(",", "")))
                rounds = zip(sides[rival], sides["onnxruntime"], strict=True)
                ratios.append(median(a / b for a, b in rounds))
        if counts:
            (line,) = axes.plot(counts, ratios, color=colour, marker=mark, label=model)
            line.set_gid(f"{rival}, {model}")  # by which the page's test finds it


def draw(results):
    """Return the picture as SVG: a panel for each rival, one below the other."""
    import matplotlib.pyplot as plt  # nothing else of the page needs it

    rivals = ["scikit-learn", "numpy"]
    for rival in ("C", "PyTorch"):
        if results["questions"]["network"]["rows"]["1 row"][rival]:  # it was there
            rivals.append(rival)
    with plt.rc_context(STYLE):
        figure, panels = plt.subplots(
            len(rivals),
            sharex=True,
            sharey=True,
            figsize=(4.8, 1 + 2.2 * len(rivals)),
            layout="constrained",
        )
        lines = {}
        for axes, rival in zip(panels, rivals, strict=True):
            axes.set(xscale="log", yscale="log", title=f"{rival} ÷ onnxruntime")
            axes.axhline(1, color=INK, linewidth=2)  # as fast as onnxruntime
            axes.grid()
            axes.minorticks_off()
            axes.yaxis.set_major_formatter("{x:g}")
            draw_lines(axes, results["questions"], rival)
            handles, labels = axes.get_legend_handles_labels()
            lines |= dict(zip(labels, handles, strict=True))
        panels[-1].xaxis.set_major_formatter("{x:,.0f}")
        panels[-1].set_xlabel("rows in one call")
        figure.legend(lines.values(), lines.keys(), loc="outside upper center", ncols=2)
        file = io.StringIO()
        title = "How many times as long as onnxruntime others take, by the rows in one call"
        metadata = {"Title": title, "Date": None}  # with a date, each run would draw another file
        figure.savefig(file, format="svg", transparent=True, metadata=metadata)
        plt.close(figure)
    lines = file.getvalue().splitlines()
    return "\n".join(line.rstrip() for line in lines) + "\n"


PAGES = {
    "README.md": {
        "figure": figure,
        "asked": asked,
        "machine": machine,
        "forests": forests,
        OTHERS: answer,
    },
    "rows.svg": draw,
}
NEEDS = {"rows.svg": "matplotlib"}
