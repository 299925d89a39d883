"""The figures of the last run, and what the page makes of them. Nothing here needs Spark."""

import csv
import io
from pathlib import Path
from statistics import median

from tests.benchmarks.page import digits, spread
from tests.kit import record
from tests.kit.page import table

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results.json"

ALONE = "onnxruntime, one process"
SPARK = "onnxruntime in Spark"
WAYS = [ALONE, "scikit-learn, one process", SPARK, "scikit-learn in Spark"]
EMPTY = "no model in Spark"
READING = "Spark without Python"
MODEL = "session.run alone"
TASKS = 50  # of one row each: "small tasks" scores them, "empty tasks" does nothing
CORES = ["1", "2"]

# What the hundred machines are computed with; all else is measured.
MACHINES = 100  # of two cores, as the measured one
LINK = 10e9 / 8  # bytes a second: assumed, a link of 10 Gbit/s out of the driver and the storage
SPLIT = 128 * 2**20  # bytes of the files that Spark makes one task of, unless it is told otherwise


# 1. Results ---------------------------------------------------------------------------------------
def read():
    """Return what the last run noted: {"scored", "differing", "speed"}."""
    return record.read(RESULTS)


def ratios(speed, cores, above, below):
    """Return how many times as long one way takes as the other, in each round."""
    seconds = speed["seconds"][cores]
    return [a / b for a, b in zip(seconds[above], seconds[below], strict=True)]


def rows_a_second(speed, cores, way):
    return speed["rows"] / median(speed["seconds"][cores][way])


# 2. Parts of the page -----------------------------------------------------------------------------
def figure(results):
    """Return the sentence that the page begins with."""
    speed = results["speed"]
    slower = digits(median(ratios(speed, "2", SPARK, ALONE)))
    share = digits(100 * median(ratios(speed, "2", MODEL, SPARK)))
    return (
        f"On one machine of two cores Spark takes {slower} times as long as one process for the "
        f"same rows and the same answers; the model itself is {share} % of that.\n"
    )


def scored(results):
    """Return what the page's command writes, as it writes it."""
    lines = io.StringIO()
    writer = csv.DictWriter(lines, results["scored"][0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(results["scored"])
    return f"```\n{lines.getvalue()}```\n"


def differing(results):
    """Return how many rows another cut changes."""
    return (
        f"Of the rows of the test, {digits(100 * results['differing'])} % differ in a last digit "
        "from what one process gives for all rows in one call, none by more than 1e-6, and no "
        "label does.\n"
    )


def speed(results):
    """Return the table of rows a second, and of each way's time divided by one process's."""
    measured = results["speed"]
    head = ["way"]
    for cores in CORES:
        name = "1 core" if cores == "1" else f"{cores} cores"
        head += [f"{name}, rows a second", f"{name}, time ÷ one process"]
    lines = []
    for way in WAYS:
        line = [way]
        for cores in CORES:
            line.append(digits(rows_a_second(measured, cores, way)))
            line.append("1" if way == ALONE else spread(ratios(measured, cores, way, ALONE)))
        lines.append(line)
    return table(head, lines)


def limit(results):
    """Return the table of what is left of the time when something is left out."""
    measured = results["speed"]
    what = {
        "all of it": SPARK,
        "without the model: the same rows and columns travel": EMPTY,
        "without Python: Java reads the rows": READING,
        "the model without all else: `session.run`": MODEL,
    }
    lines = []
    for name, way in what.items():
        cells = [spread(ratios(measured, cores, way, SPARK)) for cores in CORES]
        lines.append([name, *(["1", "1"] if way == SPARK else cells)])
    return table(["what is left", "1 core, ÷ all of it", "2 cores, ÷ all of it"], lines)


def start(results):
    """Return the table of whole commands that score a handful of rows."""
    seconds = results["speed"]["start"]
    least = seconds["score_with_duckdb.py"]
    lines = []
    for command, times in seconds.items():
        ratio = [a / b for a, b in zip(times, least, strict=True)]
        lines.append([f"`{command}`", f"{digits(median(times))} s", spread(ratio)])
    return table(["command, a handful of rows", "from start to end", "÷ DuckDB"], lines)


def tasks(results):
    """Return what a task costs beside its rows."""
    seconds = results["speed"]["seconds"]["2"]
    scoring = digits(1000 * median(seconds["small tasks"]) / TASKS)
    nothing = digits(1000 * median(seconds["empty tasks"]) / TASKS)
    return (
        f"A task that scores a single row costs {scoring} ms of the two cores, one that does "
        f"nothing, and starts no Python, {nothing} ms: make tasks large.\n"
    )


def show(name):
    """Return a script without its docstring, as a block of code."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    _before, _docstring, code = text.split('"""')
    return f"```python\n{code.strip()}\n```\n"


def duckdb(results):
    return show("score_with_duckdb.py")


def dask(results):
    return show("score_with_dask.py")


def compute(speed):
    """Return what a hundred machines would do, as numbers by name."""
    alone = rows_a_second(speed, "2", ALONE)
    machine = rows_a_second(speed, "2", SPARK)
    row = speed["bytes"] / speed["rows"]
    begin = median(speed["start"]["score_on_spark.py"])
    task = median(speed["seconds"]["2"]["empty tasks"]) / TASKS
    together = MACHINES * machine
    rest = 1 / machine - speed["rows"] ** -1 * median(speed["seconds"]["2"][MODEL])
    return {
        "together": together,
        "even": begin / (1 / alone - 1 / together),  # begin + rows / together = rows / alone
        "start": begin,
        "billion alone": 1e9 / alone,
        "billion together": begin + 1e9 / together,
        "source": together * row,
        "source enough": LINK / (machine * row),
        "tasks": together * row / SPLIT,
        "driver": 1 / task,
        "driver enough": SPLIT / row / task / machine,
        "file": MACHINES * speed["model"],
        "own cost": 2 * rest,  # seconds of one core for each row
    }


def hundred(results):
    """Return the table of what a hundred machines would do, computed and not measured."""
    n = compute(results["speed"])
    enough = "enough for {} machines".format
    lines = [
        ["rows a second, if nothing breaks", digits(n["together"]), ""],
        [
            "10⁹ rows: one process; a hundred machines, start included",
            f"{digits(n['billion alone'])} s; {digits(n['billion together'])} s",
            f"one process is done sooner below {digits(n['even'])} rows",
        ],
        [
            "the rows' source: bytes to read each second",
            digits(n["source"]),
            enough(digits(n["source enough"])) + " where it has one link of 10 Gbit/s",
        ],
        [
            "the driver: tasks to hand out each second",
            digits(n["tasks"]),
            f"it managed {digits(n['driver'])} here: " + enough(digits(n["driver enough"])),
        ],
        [
            "the file: bytes that leave the driver, once",
            digits(n["file"]),
            f"{digits(n['file'] / LINK * 1e6)} µs over that link",
        ],
    ]
    return table(["computed for a hundred machines", "", "limit"], lines)


def breaks_first(results):
    """Return the sentence that draws the conclusion from the computed table."""
    n = compute(results["speed"])
    machines = {"the rows' source": n["source enough"], "the driver": n["driver enough"]}
    first = min(machines, key=machines.get)
    return (
        f"The start comes before all rows: {digits(n['start'])} s. What breaks first then is "
        f"{first}, at {digits(machines[first])} machines. Spark's own work costs a core "
        f"{digits(1e6 * n['own cost'])} µs for each row: a model that takes much longer than that "
        "for a row gains by every machine, one that takes less keeps them busy with the post.\n"
    )


def machine(results):
    """Return what the figures depend on."""
    lines = [[name, str(value)] for name, value in results["speed"]["machine"].items()]
    return table(["", "measured on"], [["day", results["speed"]["run on"]], *lines])


def measured(results):
    """Return the setting of all figures in a sentence."""
    speed = results["speed"]
    about = speed["machine"]
    return (
        f"Measured on {speed['run on']}: {speed['rows']:,} rows, Spark {about['pyspark']} with "
        f"Java {about['Java']}, onnxruntime {about['onnxruntime']}, scikit-learn "
        f"{about['scikit-learn']}, on one {about['processor']} with {about['cores']} cores; "
        "where it says *1 core*, the measuring process and the Java that it starts were kept to "
        "that one.\n"
    )


PARTS = {
    "measured": measured,
    "figure": figure,
    "scored": scored,
    "differing": differing,
    "speed": speed,
    "limit": limit,
    "start": start,
    "tasks": tasks,
    "hundred": hundred,
    "breaks first": breaks_first,
    "duckdb": duckdb,
    "dask": dask,
    "machine": machine,
}
PAGES = {"README.md": PARTS}
