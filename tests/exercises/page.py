"""The generated parts of the page of exercises that results.json holds the figures of."""

import math

from tests.exercises import float16, measure, registry
from tests.interop.verifiers import page as others
from tests.kit import record
from tests.kit.page import table

UNKNOWN = "-"  # a time that was not measured yet


def read():
    """Return what was measured, of other tools, too."""
    return record.read(measure.FILE) | {"verifiers": others.read()}


# Words --------------------------------------------------------------------------------------------
def describe(entry):
    """Return the date of a measurement and what it depended on, as a line below a table."""
    machine = entry["machine"]
    words = [f"{entry['date']}", f"onnxruntime {machine['onnxruntime']}"]
    if "processor" in machine:
        words.append(f"{machine['processor']}, {machine['system']}")
    if "VNNI" in machine:
        words.append("with VNNI" if machine["VNNI"] else "without VNNI")
    return ", ".join(words)


def times(results, which, name):
    """Return how many times as long as the first one something took."""
    found = results["times"][which].get(name)
    return UNKNOWN if found is None else f"{found:.1f}"


def number(x):
    """Return a number in five digits at most; what is none by its name."""
    return f"{x:.5g}" if math.isfinite(x) else str(x).replace("inf", "infinity")


def numbers(row):
    """Return the numbers of a row."""
    return ", ".join(number(x) for x in row)


# Parts --------------------------------------------------------------------------------------------
def figure(results):
    """Return how many exercises there are, and wrong answers that are known."""
    exercises = registry.find().values()
    mistakes = sum(len(exercise.answer.MISTAKES) for exercise in exercises)
    return f"{len(exercises)} exercises, whose check knows {mistakes} wrong answers by sight.\n"


def tasks(results):
    """Return the list of exercises, each with its sentence and a link to its task."""
    lines = []
    for number, exercise in registry.find().items():
        title, _, sentence = exercise.headline.partition(": ")
        lines.append(f"{number}. [{title}]({exercise.name}.py): {sentence}\n")
    return "".join(lines)


def bits(results):
    """Return the table of what fewer bits bring."""
    head = ["the network", "bytes:", "right:", "changed:", "P off by:", "nodes run:", "time:"]
    head += ["wide: bytes:", "1 row:", "100 rows:", "misled:"]
    rows = []
    for name, row in results["figures"]["bits"].items():
        rows.append(
            [
                name,
                f"{row['bytes']:.0%}",
                f"{row['right']:.1%}",
                row["changed"],
                f"{row['off']:.0e}",
                row["nodes"],
                times(results, "digits", name),
                f"{row['wide bytes']:.0%}",
                times(results, "wide, 1 row", name),
                times(results, "wide, 100 rows", name),
                f"{row['misled']} of {row['rows']}",
            ]
        )
    measured = f"Measured: {describe(results['figures'])}; times: {describe(results['times'])}.\n"
    return f"{table(head, rows)}\n{measured}"


def neighbours(results):
    """Return what other rows in the same call do to a digit."""
    rows = []
    for name in (measure.DYNAMIC, measure.STATIC, measure.PLAIN):
        row = results["figures"]["bits"][name]
        large = f"{row['misled']} of {row['rows']}"
        unscaled = f"{row['misled by one unscaled']} of {row['rows']}"
        rows.append([name, large, unscaled, f"{row['moved']:.0e}" if row["moved"] else 0])
    head = [
        "the network",
        f"misled by a row of {measure.LARGE:g}s:",
        f"by an image that nobody divided by {measure.UNSCALED}:",
        "moved by other digits, P by at most:",
    ]
    return table(head, rows)


def processor(results):
    """Return how far dynamic int8 is off on the processor that was measured, and in general."""
    rows = results["figures"]["bits"]
    lines = []
    for name in (measure.DYNAMIC, measure.DYNAMIC_7):
        here = rows[name]["off"]
        whole = rows[name]["off in whole arithmetic"]
        lines.append(f"- {name}: off by {here:.2f} here, by {whole:.2f} in onnx.reference\n")
    return "".join(lines)


def limits(results):
    """Return the table of what float16 cannot hold."""
    head = ["what", "exact", "onnxruntime", "onnx.reference", "its nodes left in float32", "cure"]
    head.append("cured")
    rows = []
    for name, row in results["figures"]["float16"].items():
        cells = [row["exact"], row["onnxruntime"], row["reference"], row["kept"]]
        case = float16.CASES[name]
        cured = numbers(row["cured, reference"])
        rows.append([name, *(numbers(cell) for cell in cells), case.words, cured])
    return f"{table(head, rows)}\nMeasured: {describe(results['figures'])}.\n"


def loops(results):
    """Return the table of what each form of a forecast costs."""
    rows = []
    for name, size in results["figures"]["forms"].items():
        rows.append([name, size, times(results, "forms", name)])
    return f"{table(['form', 'bytes:', 'time:'], rows)}\nTimes: {describe(results['times'])}.\n"


def runtimes(results):
    """Return the table of who runs If, Loop and Scan, and below it what is wrong in an answer."""
    rows = []
    wrong = []
    for name, entry in sorted(results["engines"].items(), key=lambda item: item[0].lower()):
        cells = []
        for operator in measure.HISTORIES:
            word, why = entry[operator]
            cells.append(word)
            if word == measure.WRONG:
                wrong.append(f"- {name}, {operator}: {why}\n")
        rows.append([name, entry["version"], *cells, entry["date"]])
    head = ["engine", "version", *measure.HISTORIES, "tried on"]
    return f"{table(head, rows)}\n{''.join(wrong)}"


PAGES = {
    "README.md": {
        "figure": figure,
        "list": tasks,
        "bits": bits,
        "neighbours": neighbours,
        "processor": processor,
        "float16": limits,
        "loops": loops,
        "runtimes": runtimes,
        "verifiers": lambda results: others.verifiers(results["verifiers"]),
    }
}
BY_TESTS = {"README.md": ["transcript"]}
