"""What the page shows of results.json: what has to be shipped, and what a process takes."""

from functools import partial
from pathlib import Path
from statistics import median

from tests.benchmarks.page import amount, spread
from tests.kit import record
from tests.kit.page import table

RESULTS = Path(__file__).with_name("results.json")
FIRST = "onnxruntime"  # the way whose times divide the others'
MODELS = {"Iris classifier": "the Iris classifier", "network": "the network"}


def read():
    """Return {"machine", "run on", "base image", "browser", "ways": {way: what was measured}}."""
    return record.read(RESULTS)


def ways_of(results, model):
    """Return {way: what was measured of it} for the ways in which a model can be shipped."""
    return {way: found for way, found in results["ways"].items() if model in found["models"]}


def weigh(found, model):
    """Return the bytes of each part of what has to be shipped, in the order of the table."""
    return {
        "packages": sum(package["bytes"] for package in found["packages"].values()),
        "interpreter": found["interpreter"]["bytes"],
        "libraries": sum(found["system"].values()),
        "file": found["models"][model]["file"],
    }


def show(size):
    return amount(size, "bytes") if size else "-"


def disk(results, *, model):
    """Return the table of what has to be shipped."""
    ways = ways_of(results, model)
    reference = sum(weigh(ways[FIRST], model).values())
    rows = []
    for way, found in ways.items():
        parts = weigh(found, model)
        together = sum(parts.values())
        count = len(found["packages"]) or "-"
        ratio = spread([together / reference])
        cells = [show(size) for size in parts.values()]
        rows.append([way, str(count), *cells, f"**{show(together)}**", ratio])
    head = [
        MODELS[model],
        "packages",
        "their files",
        "interpreter",
        "system's libraries",
        "model",
        "together",
        f"÷ {FIRST}",
    ]
    return table(head, rows)


def compare(ways, model, what):
    """Return {way: its time}: the first one's as it is, and how many times that others take."""
    reference = ways[FIRST]["models"][model][what]
    cells = {}
    for way, found in ways.items():
        figures = found["models"][model][what]
        if way == FIRST:
            cells[way] = amount(median(figures), "seconds")
        elif figures:
            ratios = [a / b for a, b in zip(figures, reference, strict=True)]
            cells[way] = f"{spread(ratios)} times"
        else:
            cells[way] = "nothing to load"
    return cells


def process(results, *, model):
    """Return the table of what a process takes."""
    ways = ways_of(results, model)
    first_answer = compare(ways, model, "seconds")
    load = compare(ways, model, "load")
    rows = []
    for way, found in ways.items():
        memory = median(found["models"][model]["memory"])
        rows.append([way, first_answer[way], amount(memory, "bytes"), load[way]])
    return table([MODELS[model], "first answer", "memory", "loading it again"], rows)


def packages(results):
    """Return the list of what is inside each way, the largest first."""
    lines = []
    for way, found in results["ways"].items():
        by_size = sorted(found["packages"].items(), key=lambda item: -item[1]["bytes"])
        inside = []
        for name, package in by_size:
            inside.append(f"{name} {package['version']} ({show(package['bytes'])})")
        own = f"{', '.join(inside)}; {found['interpreter']['name']}; " if inside else ""
        system = ", ".join(Path(path).name for path in sorted(found["system"]))
        lines.append(f"- **{way}:** {own}of the system {system}\n")
    return "".join(lines)


def browser(results):
    """Return the sentence on what a web page makes its visitor fetch."""
    fetched = results["browser"]
    files = [f"`{Path(name).name}` ({show(size)})" for name, size in fetched.items()]
    together = show(sum(fetched.values()))
    return f"A visitor's browser fetches {together}: {', '.join(files)}.\n"


def base_image(results):
    """Return the sentence on what lies below all of it."""
    found = results["base image"]
    if not found:
        return "This machine has no dpkg to ask.\n"
    return (
        f"The {found['packages']} packages that Debian marks as required, without which it is not"
        f" Debian, have {show(found['bytes'])} here.\n"
    )


def figure(results):
    """Return the most telling figures as a sentence."""
    model = "network"
    sizes = []
    for way, found in ways_of(results, model).items():
        sizes.append((sum(weigh(found, model).values()), way))
    words = [f"{show(size)} with {way}" for size, way in sorted(sizes, reverse=True)]
    file = show(results["ways"][FIRST]["models"][model]["file"])
    return (
        f"For one answer of a network of {file} a container has to hold {', '.join(words[:-1])}, or"
        f" {words[-1]}; its base image is not counted.\n"
    )


def machine(results):
    """Return what the figures depend on."""
    rows = [[name, str(value)] for name, value in results["machine"].items()]
    return table(["", "measured on"], [["day", results["run on"]], *rows])


def measured(results):
    """Return the setting of all figures in a sentence."""
    about = results["machine"]
    return (
        f"Measured on {results['run on']} on {about['system']}, {about['processor']}, "
        f"{about['cores']} cores, with Python {about['Python']}; versions are [below]"
        "(#what-is-inside).\n"
    )


PARTS = {
    "figure": figure,
    "measured": measured,
    "browser": browser,
    "base image": base_image,
    "packages": packages,
    "machine": machine,
}
for model in MODELS:
    PARTS[f"{model} on disk"] = partial(disk, model=model)
    PARTS[f"{model} in a process"] = partial(process, model=model)
PAGES = {"README.md": PARTS}
