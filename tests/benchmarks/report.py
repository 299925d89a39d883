"""The figures of the last run, and what the page makes of them. Standard library only."""

import json
import math
import re
from pathlib import Path
from statistics import median, quantiles

PAGE = Path(__file__).with_name("README.md")
RESULTS = PAGE.with_name("results.json")
UNKNOWN = "-"
SCALES = {
    "seconds": [("s", 1), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)],
    "bytes": [("MB", 1e6), ("kB", 1e3), ("B", 1)],
}

# The ratios that people ask for: what is timed, then question, row and two sides of the results.
ASKED = [
    ("a linear regression, one row", "linear regression", "1 row", "numpy", "onnxruntime"),
    ("a network, one row", "network", "1 row", "scikit-learn", "onnxruntime"),
    ("a forest, 100,000 rows", "forest", "100,000 rows", "scikit-learn", "onnxruntime"),
    ("100 calls of `Dense`, one row", "run", "100 layers", "function", "flat"),
    ("a large network, 4,096 rows", "large network", "4,096 rows", "numpy", "onnxruntime"),
    ("a new process, one row", "first answer", "pipeline", "scikit-learn", "onnxruntime"),
]


# 1. Results ---------------------------------------------------------------------------------------
def read_results():
    """Return the machine and the questions: {question: {"unit", "rows": {row: {side: figures}}}}.

    A side has one figure a round if it was timed, only one if it was counted, none if unknown.
    """
    return json.loads(RESULTS.read_text(encoding="utf-8"))


def write_results(results):
    """Write the results, one side a line."""
    text = json.dumps(results, indent=1, ensure_ascii=False)
    text = re.sub(r"\[[^]]*\]", lambda figures: json.dumps(json.loads(figures[0])), text)
    RESULTS.write_text(text + "\n", encoding="utf-8")


def list_sides(results):
    """Return the set of all (question, row, side)."""
    found = set()
    for question, content in results["questions"].items():
        for row, sides in content["rows"].items():
            found |= {(question, row, side) for side in sides}
    return found


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


def table(head, rows):
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


# 3. Parts of the page -----------------------------------------------------------------------------
def figure(results):
    """Return the most telling figures as a sentence."""
    sides = ("scikit-learn", "onnxruntime")
    one = digits(median(ratios(results, "network", "1 row", *sides)))
    many = digits(median(ratios(results, "forest", "100,000 rows", *sides)))
    return (
        f"For one row through a network scikit-learn takes {one} times as long as onnxruntime, "
        f"for 100,000 rows through a forest {many} times.\n"
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


def parts(results):
    """Return every generated part of the page, by name."""
    answers = {question: answer(results, question) for question in results["questions"]}
    machine = table(["", "measured on"], [[k, str(v)] for k, v in results["machine"].items()])
    return {
        "figure": figure(results),
        "asked": asked(results),
        **answers,
        "machine": machine,
    }
