"""The figures as text: tables of ratios, a picture, and the sentences that quote them.

Everything here is computed from results.json, so that no figure is ever typed. Standard library
only: the plain tests compare the pages with it.
"""

import json
import math
import re
import textwrap
from pathlib import Path

HERE = Path(__file__).parent
README = HERE.parents[1] / "README.md"
RESULTS, PAGE, PICTURE = HERE / "results.json", HERE / "README.md", HERE / "rows.svg"
BEGIN, END = "<!-- costs: written by the benchmarks -->\n", "<!-- end of costs -->\n"

SCRIPTS = ["linear_regression", "neural_network", "sklearn_converter"]
ESTIMATORS = ["pipeline", "network", "forest"]
COUNTS = [1, 10, 100, 1000, 10_000, 100_000]
DEPTHS = [1, 10, 100, 1000]
SETTINGS = [
    *((name, "default") for name in (
        "intra_op_num_threads = 1",
        "ORT_ENABLE_BASIC",
        "ORT_DISABLE_ALL",
        "I/O binding",
        "float64",
    )),
    ("ZipMap", "no ZipMap"),
    ("1-D weight", "2-D weight"),
    ("numpy in float64", "numpy in float32"),
]  # fmt: skip
MULTIPLICATIONS = 2 * 4096 * 1024 * 1024  # in the large batch; each comes with an addition


# 1. Numbers ---------------------------------------------------------------------------------------
def digits(x):
    """Return two significant digits, without an exponent: 0.013, 1.3, 13, 130."""
    x = float(f"{x:.1e}")  # before counting: 0.997 becomes 1.0, not 1.00
    return f"{x:,.{max(0, 1 - math.floor(math.log10(x)))}f}"


def duration(seconds):
    """Return a time with its unit: 8.1 µs, 12 ms, 1.4 s."""
    for unit, size in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size or unit == "µs":
            return f"{digits(seconds / size)} {unit}"


def megabytes(size):
    return f"{digits(size / 1e6)} MB"


class Results:
    """The measured figures, asked for by name."""

    def __init__(self, results):
        self.machine, self.measured = results["machine"], results["measured"]

    def median(self, key):
        return self.measured[key][0]

    def ratio(self, a, b):
        """Return how many times b's median a's median is."""
        return self.median(a) / self.median(b)

    def times(self, a, b):
        return digits(self.ratio(a, b))

    def saved(self, a, b):
        return self.median(a) - self.median(b)

    def spread(self, a, b):
        """Return the ratio of medians and, in brackets, what the quartiles make of it."""
        (_, a1, a3), (_, b1, b3) = self.measured[a], self.measured[b]
        return f"{self.times(a, b)} ({digits(a1 / b3)} to {digits(a3 / b1)})"

    def turn(self, name, rival):
        """Return the number of rows at which onnxruntime and its rival take equally long."""
        logs = [
            math.log(self.ratio(f"rows/{name}/{n}/{rival}", f"rows/{name}/{n}/onnxruntime"))
            for n in COUNTS
        ]
        turns = []
        for i in range(1, len(COUNTS)):
            if logs[i - 1] * logs[i] < 0:  # on a straight line between two measured points
                share = logs[i - 1] / (logs[i - 1] - logs[i])
                n = COUNTS[i - 1] * (COUNTS[i] / COUNTS[i - 1]) ** share
                turns.append(f"{'onnxruntime' if logs[i] > 0 else rival} from {digits(n)} on")
        return ", ".join(turns) or f"always {'onnxruntime' if logs[0] > 0 else rival}"


def table(head, rows):
    first, *rest = (f"| {' | '.join(map(str, line))} |\n" for line in (head, *rows))
    return first + "|" + "---|" * len(head) + "\n" + "".join(rest)


# 2. Tables ----------------------------------------------------------------------------------------
def calls(r):
    def line(name):
        key = f"call/{name}"
        call = f"{key}/onnxruntime"
        sides = [r.spread(call, f"{key}/{side}") for side in ("Identity", "numpy")]
        predict = r.spread(f"{key}/predict", call)
        return [f"`{name}.onnx`", duration(r.median(call)), *sides, predict]

    head = ["one row", "a call takes", "call / `Identity`", "call / numpy", "`predict` / call"]
    return table(head, map(line, SCRIPTS))


def rows(r):
    def line(name, rival):
        key = f"rows/{name}"
        ratios = [r.spread(f"{key}/{n}/{rival}", f"{key}/{n}/onnxruntime") for n in COUNTS]
        return [name, rival, *ratios, r.turn(name, rival)]

    pairs = [(name, "scikit-learn") for name in ESTIMATORS]
    pairs += [(name, "numpy") for name in ESTIMATORS if f"rows/{name}/1/numpy" in r.measured]
    counts = [f"{n:,}" for n in COUNTS]
    return table(["model", "against", *counts, "faster"], [line(*p) for p in pairs])


def operators(r):
    def line(depth):
        key = f"operator/{depth}"
        ratios = [
            r.spread(f"{key}/{side}/{what}", f"{key}/flat/{what}")
            for what in ("load", "run")
            for side in ("function", "portable")
        ]
        size = r.times(f"{key}/function/bytes", f"{key}/flat/bytes")
        bytes_, load = (r.median(f"{key}/function/{what}") for what in ("bytes", "load"))
        return [f"{depth:,}", *ratios, size, f"{bytes_ / 1e3:,.0f} kB", duration(load)]

    head = ["layers", "load: function / flat", "load: portable / flat", "run: function / flat"]
    head += ["run: portable / flat", "size: function / flat", "function's file", "loads in"]
    return table(head, map(line, DEPTHS))


def machine(r):
    names = {
        "product": "the two matrix products alone, by numpy",
        "numpy": "the network in numpy, in place",
        "onnxruntime": "the network in onnxruntime",
    }

    def line(side):
        rate = MULTIPLICATIONS * 2 / r.median(f"machine/{side}") / 1e9
        share = r.spread("machine/product", f"machine/{side}") if side != "product" else "1"
        return [names[side], f"{rate:,.0f}", share]

    return table(["4,096 rows", "GFLOP/s", "share of the plain products"], map(line, names))


def settings(r):
    def line(setting, default):
        sizes = ("small", "large")
        keys = [(f"settings/{setting}/{size}", f"settings/{default}/{size}") for size in sizes]
        return [f"{setting}, against {default}", *(r.spread(*pair) for pair in keys)]

    return table(["setting", "small", "large"], [line(*pair) for pair in SETTINGS])


def deploying(r):
    def line(name):
        key, sides = f"deploy/{name}", ("scikit-learn", "onnxruntime")
        start = r.spread(*(f"{key}/{side}/start" for side in sides))
        cells = [name, start, duration(r.median(f"{key}/onnxruntime/start"))]
        if f"{key}/onnxruntime/memory" in r.measured:
            cells.append(r.times(*(f"{key}/{side}/memory" for side in sides)))
            cells.append(megabytes(r.median(f"{key}/onnxruntime/memory")))
        else:
            cells += ["not measured"] * 2
        return [*cells, r.times(*(f"{key}/{side}/bytes" for side in sides))]

    head = ["scikit-learn / onnxruntime", "first answer", "onnxruntime's first answer"]
    head += ["peak memory", "onnxruntime's peak memory", "size of the file"]
    return table(head, map(line, ESTIMATORS))


def environments(r):
    return [megabytes(r.median(f"deploy/environment/{p}")) for p in ("onnxruntime", "scikit-learn")]


def files(r):
    def line(name):
        size, weights = (r.median(f"file/{name}/{what}") for what in ("bytes", "weights"))
        return [name, f"{size:,}", f"{weights:,}", digits(size / weights)]

    names = [*SCRIPTS, "1024-1024-1024"]
    return table(["model", "bytes of the file", "of the weights", "ratio"], map(line, names))


def scripts(r):
    def line(name):
        keys = f"script/{name}/script", f"script/{name}/imports"
        return [f"`{name}.py`", duration(r.median(keys[0])), r.spread(*keys)]

    return table(["script", "takes", "script / its imports"], map(line, SCRIPTS))


# 3. Picture ---------------------------------------------------------------------------------------
SIDES = {"scikit-learn": "#d9772b", "numpy": "#2da44e", "onnxruntime": "#3b82f6"}
INK = "#747c88"  # readable on white and on black


def picture(r):
    """Return three panels as SVG: rows against time, both on logarithmic axes."""
    width, height, top, left, gap = 226, 250, 64, 78, 38
    parts = []

    def place(panel, n, seconds):
        x = left + panel * (width + gap) + math.log10(n) / 5 * width
        return x, top + height - (math.log10(seconds) + 6) / 7 * height  # 1 µs to 10 s

    def text(x, y, words, anchor="middle", more=""):
        parts.append(f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}"{more}>{words}</text>')

    def mark(side, x, y):
        paint = f'fill="{SIDES[side]}" stroke="none"'
        if side == "scikit-learn":
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" {paint}/>')
        elif side == "numpy":
            parts.append(f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" {paint}/>')
        else:
            parts.append(f'<path d="M{x:.1f} {y - 6:.1f}l5.5 9.5h-11z" {paint}/>')

    for i, side in enumerate(SIDES):
        x = left + 170 + i * 160
        parts.append(f'<path d="M{x - 34} 18h28" stroke="{SIDES[side]}" stroke-width="2"/>')
        mark(side, x - 20, 18)
        text(x, 23, side, "start")
    for panel, name in enumerate(ESTIMATORS):
        x0, x1 = place(panel, 1, 1)[0], place(panel, 1e5, 1)[0]
        text((x0 + x1) / 2, top - 12, f"the {name}", more=' style="font-weight:bold"')
        for n in COUNTS:
            x = place(panel, n, 1)[0]
            parts.append(f'<path d="M{x:.0f} {top}v{height}" class="grid"/>')
            text(x, top + height + 18, f"{n:,}" if n < 1000 else f"{n // 1000}k")
        for power in range(-6, 2):
            y = place(panel, 1, 10**power)[1]
            parts.append(f'<path d="M{x0:.0f} {y:.0f}H{x1:.0f}" class="grid"/>')
            if panel == 0:
                text(x0 - 8, y + 5, duration(10**power).replace(".0", ""), "end")
        for side, colour in SIDES.items():
            keys = [f"rows/{name}/{n}/{side}" for n in COUNTS]
            if keys[0] not in r.measured:
                continue
            points = [place(panel, n, r.median(key)) for n, key in zip(COUNTS, keys, strict=True)]
            line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            parts.append(
                f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>'
            )
            for point in points:
                mark(side, *point)
    total = left + 3 * width + 2 * gap + 24
    text((left + total) / 2, top + height + 44, "rows in one call")
    y = top + height / 2
    text(16, y, "time of one call", more=f' transform="rotate(-90 16 {y:.0f})"')
    style = f"text{{font:14px sans-serif;fill:{INK}}}.grid{{stroke:{INK};stroke-opacity:.35}}"
    title = "Rows in one call against the time of the call: scikit-learn, numpy and onnxruntime"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total} {top + height + 58}" '
        f'width="{total}" height="{top + height + 58}" role="img">\n'
        f"<title>{title}</title>\n<style>{style}</style>\n" + "\n".join(parts) + "\n</svg>\n"
    )


# 4. Pages -----------------------------------------------------------------------------------------
COMMAND = (
    "python3 -m venv .venv && .venv/bin/pip install -r tests/benchmarks/requirements.txt"
    " && .venv/bin/pytest tests/benchmarks --update"
)


def wrap(text, indent=""):
    """Return a paragraph in lines of the README's width."""
    return textwrap.fill(
        " ".join(text.split()), 100, subsequent_indent=indent, break_on_hyphens=False
    )


def against(r):
    """Return when ONNX is the wrong tool, a paragraph each, with the figures."""
    row = "rows/{}/{}/{}".format
    floor = duration(r.median("call/linear_regression/Identity"))
    formula = r.times("call/linear_regression/onnxruntime", "call/linear_regression/numpy")
    one, many = (
        r.times(row("forest", n, "scikit-learn"), row("forest", n, "onnxruntime"))
        for n in (1, 100_000)
    )
    turn = r.turn("forest", "scikit-learn")
    lean, product = (
        r.times(f"machine/{side}", "machine/onnxruntime") for side in ("numpy", "product")
    )
    double = r.times("settings/float64/large", "settings/default/large")
    numpy_double = r.times("settings/numpy in float64/large", "settings/numpy in float32/large")
    converting = duration(r.median("script/sklearn_converter/script"))
    start = duration(
        r.saved("deploy/pipeline/scikit-learn/start", "deploy/pipeline/onnxruntime/start")
    )
    return [
        f"""**A short formula in a Python program.** A call of onnxruntime takes {floor} whatever the
        model, and the linear regression {formula} times as long as its one line of numpy. Write the
        line.""",
        f"""**A forest that scores whole tables.** With one row scikit-learn takes {one} times as long
        as onnxruntime, with 100,000 rows {many} times, and that on one core. The faster one, by
        number of rows: {turn}.""",
        f"""**Large matrices.** numpy takes {lean} times as long as onnxruntime for the large batch,
        and the two matrix products alone {product} times: where BLAS does the work, a format has
        little to add.""",
        f"""**More than seven digits.** The file has to be built again in float64, and the large
        network then takes {double} times as long; numpy needs nothing but float64 arrays, and takes
        {numpy_double} times as long.""",
        f"""**A model that changes daily, and runs where it was trained.** Each change has to be
        converted and compared again, which for iris takes all of {converting}, training included; a cold
        start saves {start}. A pickle is one line, for those who trust its maker.""",
    ]


def page(results):
    """Return the page of all tables, and what they say against ONNX."""
    r = Results(results)
    small, full = environments(r)
    saved = duration(r.saved("settings/default/small", "settings/I/O binding/small"))
    lesson = f"""The scripts set none of them. Their ZipMap is off and their weights are 2-D already.
    What is left to gain is I/O binding: {saved} of a call, for five more lines to read."""
    return f"""# What it costs

Every table on this page is written by one run of [`test_costs.py`](test_costs.py), which checks
each answer before it times it, and asserts no time. A ratio is the median of one side by the median
of the other; in brackets stands what their quartiles make of it. Measure again, in about three
minutes, from the top folder of the repository:

```
{COMMAND}
```

{table(["", "measured on"], r.machine.items())}
## What does a call cost?

One row. `Identity` is a graph that does nothing: the floor, what onnxruntime costs whatever the
model. numpy is the formula written out, in float32. `predict` is the script's own function, which
checks its rows before it runs them.

{calls(r)}
## Is it faster than scikit-learn?

Time of `predict_proba` by time of onnxruntime, for the pipeline (iris), the network and a forest of
100 trees (both digits), and the same of numpy. Above 1 onnxruntime is faster; the columns are
numbers of rows in one call. scikit-learn's forest keeps to one core unless it is told otherwise.

![Rows in one call against the time of the call](rows.svg)

{rows(r)}
## What does an operator of your own cost?

A network of 32 neurons a layer, written as calls of `Dense`, inlined, and flat by hand as `Gemm`
and `Relu`. Loaded from memory, run with one row.

{operators(r)}
## How close to the machine?

A 1024-1024-1024 network, against numpy's BLAS on the same matrices.

{machine(r)}
## What do the settings do?

Each alone: its time by the default's. Small is one row through the digits network, large 1,024 rows
through 1024-1024-1024. ZipMap: the iris pipeline with 1 and with 10,000 rows. A 1-D weight: one row
of 3, and 100,000 rows of 64.

{settings(r)}
{wrap(lesson)}

## What does deploying cost?

A whole process, from the cold start to the first answer: onnxruntime with the file, against
scikit-learn with a pickle.

{deploying(r)}
An environment that runs the file takes {small}, one with scikit-learn {full}: all files of the
package and of what it needs. What a file holds besides its weights hardly grows with them:

{files(r)}
## What do the scripts cost?

The whole process, by one that only imports the same packages.

{scripts(r)}
## When ONNX is the wrong tool

{"".join(wrap(f"- {sentence}", "  ") + chr(10) for sentence in against(r))}"""


def summary(results):
    """Return what the main README says: a picture and six ratios."""
    r = Results(results)
    rows_of = "rows/{}/{}/{}".format
    lines = [
        ("the linear regression, one row", "numpy", "call/linear_regression/numpy"),
        ("the network, one row", "scikit-learn", rows_of("network", 1, "scikit-learn")),
        ("a forest, 100,000 rows", "scikit-learn", rows_of("forest", 100_000, "scikit-learn")),
        ("100 layers of `Dense`, one row", "written flat by hand", "operator/100/flat/run"),
        ("1024-1024-1024, 4,096 rows", "numpy", "machine/numpy"),
        ("a cold start of the pipeline", "scikit-learn", "deploy/pipeline/scikit-learn/start"),
    ]
    m = r.machine
    source = f"""Measured on {m["processor"]}, {m["cores"]} cores, with onnxruntime
    {m["onnxruntime"]}; in brackets what the quartiles make of it. All tables, and when ONNX is the
    wrong tool: [`tests/benchmarks`](tests/benchmarks/README.md). To measure again takes three
    minutes:"""
    mine = {"numpy": "onnxruntime", "scikit-learn": "onnxruntime", "flat": "function"}
    cells = []
    for what, instead, key in lines:
        side = next(side for side in mine if side in key.split("/"))
        cells.append([what, instead, r.spread(key, key.replace(side, mine[side]))])
    return f"""
![Rows in one call against the time of the call](tests/benchmarks/rows.svg)

How many times as long as onnxruntime with the file something else takes (above 1 it is slower):

{table(["what is timed", "instead", "times as long"], cells)}
{wrap(source)}

```
{COMMAND}
```
"""


def insert(text, block):
    """Return the README with the block between its two markers."""
    return re.sub(f"{BEGIN}.*?{END}", lambda _: f"{BEGIN}{block}{END}", text, flags=re.DOTALL)


def update(results):
    """Write the figures, the page, the picture and the README's block."""
    lines = [f"    {json.dumps(k)}: {json.dumps(v)}" for k, v in results["measured"].items()]
    measured = ",\n".join(lines)
    machine = json.dumps(results["machine"], ensure_ascii=False)
    RESULTS.write_text(
        f'{{"machine": {machine}, "measured": {{\n{measured}\n}}}}\n', encoding="utf-8"
    )
    PAGE.write_text(page(results), encoding="utf-8")
    PICTURE.write_text(picture(Results(results)), encoding="utf-8")
    text = README.read_text(encoding="utf-8")
    README.write_text(insert(text, summary(results)), encoding="utf-8")
