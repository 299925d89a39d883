"""The generated parts of the page of fewer bits: what they weigh and answer, and who runs them."""

import io
from pathlib import Path

from tests.kit import record
from tests.kit.page import code, table

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results.json"
SIGNS = {"agrees": "✓", "runs": "runs", "refused": "refused", "differs": "**differs**"}
ENDS = "**ends**"
INK = "#747c88"  # this and the colours stand out on white and on black
COLOURS = {"digits": "#2da44e", "convolution": "#8250df"}
STYLE = {
    "svg.hashsalt": "bits",  # names inside the file would be random
    "svg.fonttype": "none",  # letters, not their outlines
    "font.family": "sans-serif",
    "font.size": 11,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


def read():
    """Return what was measured."""
    return record.read(RESULTS)


# Parts --------------------------------------------------------------------------------------------
def figure(results):
    """Return the sentence that other pages quote."""
    rows = {name: row for name, row in results["figures"]["digits"].items() if "bytes" in row}
    least = min(rows, key=lambda name: rows[name]["bytes"])
    eight = rows["dynamic int8"]
    return (
        f"Of the digits' network in {len(rows)} forms the smallest, {least}, has"
        f" {rows[least]['bytes']:.0%} of the bytes and changes {rows[least]['changed']} of 1,000"
        f" labels; dynamic int8 has {eight['bytes']:.0%} and changes {eight['changed']}, float16"
        f" {rows['float16']['changed']}.\n"
    )


def decide(results):
    """Return the table of forms: bytes, distance from float64, labels, memory, engines."""
    figures = results["figures"]
    networks = list(figures)
    head = ["form"]
    for name in networks:
        head += [f"{name}: bytes:", "off by:"]
        if any("changed" in row for row in figures[name].values()):
            head.append("labels changed:")
    memory = results.get("memory", {})  # not measured yet, or on a system without /proc
    if memory:
        head.append("MiB in memory:")
    head.append("engines that run it:")
    rows = []
    for form in figures["digits"]:
        cells = [form]
        for name in networks:
            row = figures[name][form]
            labels = any("changed" in other for other in figures[name].values())
            if "refused" in row:
                cells += ["refused", "-"] + ["-"] * labels
                continue
            cells += [f"{row['bytes']:.0%}", f"{row['off']:.0e}"]
            if labels:
                cells.append(row.get("changed", "-"))
        if memory:
            cells.append(memory[form] if isinstance(memory[form], int) else "refused")
        cells.append(f"{count_agreeing(results, form)} of {len(results['engines'])}")
        rows.append(cells)
    return table(head, rows)


def count_agreeing(results, form):
    """Return how many engines answer what the file says, for each network that they were given."""
    count = 0
    for entry in results["engines"].values():
        words = [found.get(form, "") for found in entry["forms"].values()]
        count += all(word in ("agrees", "runs") for word in words)
    return count


def refusals(results):
    """Return what the tools say where a form does not fit."""
    found = {}
    for network, rows in results["figures"].items():
        for form, row in rows.items():
            if "refused" in row:
                found.setdefault((network, row["refused"]), []).append(form)
    lines = []
    for (network, words), forms in found.items():
        lines.append(f"- {network}, {len(forms)} forms: {code(words)}\n")
    return "".join(lines)


def sign(words):
    """Return the verdict of an engine in a word."""
    return SIGNS.get(words.split(":")[0], ENDS)


def who(results):
    """Return the table of engines: a row a form, a column an engine."""
    entries = results["engines"]
    names = sorted(entries, key=str.lower)
    forms = list(results["figures"]["digits"])
    rows = []
    for form in forms:
        cells = [form]
        for name in names:
            found = [sign(of.get(form, "-")) for of in entries[name]["forms"].values()]
            cells.append(found[0] if len(set(found)) == 1 else " / ".join(found))
        rows.append(cells)
    rows.append(["*version*", *(entries[name]["version"] for name in names)])
    rows.append(["*tried on*", *(entries[name]["date"] for name in names)])
    return table(["", *names], rows)


def words(results):
    """Return what the engines answer or say where they part, the same words once."""
    lines = []
    for name in sorted(results["engines"], key=str.lower):
        found = {}
        for network, forms in results["engines"][name]["forms"].items():
            for form, said in forms.items():
                if said not in ("agrees", "runs"):
                    found.setdefault(said, []).append(f"{form} ({network})")
        for said, where in found.items():
            others = f" and {len(where) - 1} more" if len(where) > 1 else ""
            kind, _, rest = said.partition(": ")
            lines.append(f"- {name}, {where[0]}{others}, {kind}: {code(rest)}\n")
    return "".join(lines)


def breaks(results):
    """Return the table of what breaks, and its cures."""
    rows = []
    for what, (exact, broken, cure, cured) in results["breaks"].items():
        rows.append([what, *(", ".join(map(str, each)) for each in (exact, broken)), cure])
        rows[-1].append(", ".join(map(str, cured)))
    return table(["what", "exact", "in the file", "cure", "cured"], rows)


def measured(results):
    """Return when and where, as a line below the tables."""
    machine = results["machine"]
    vnni = "with VNNI" if machine.get("VNNI") else "without VNNI"
    return (
        f"Measured: {results['date']}, onnxruntime {machine['onnxruntime']},"
        f" {machine['processor']}, {machine['system']}, {vnni}.\n"
    )


def draw(results):
    """Return the picture: bytes and distance from float64 of each form, as SVG."""
    import matplotlib.pyplot as plt  # nothing else of the page needs it

    plt.switch_backend("Agg")
    with plt.rc_context(STYLE):
        drawing, axes = plt.subplots(figsize=(9, 6))
        for network, colour in COLOURS.items():
            rows = results["figures"][network]
            shown = {form: row for form, row in rows.items() if "bytes" in row}
            x = [100 * row["bytes"] for row in shown.values()]
            y = [row["off"] for row in shown.values()]
            axes.scatter(x, y, color=colour, label=network)
            if network == "digits":
                for form, left, height in zip(shown, x, y, strict=True):
                    axes.annotate(form, (left, height), (5, 3), textcoords="offset points", size=8)
        axes.set_yscale("log")
        axes.set_xlabel("bytes, in percent of float32")
        axes.set_ylabel("largest distance of a probability from float64")
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
        file = io.StringIO()
        metadata = {"Date": None, "Creator": None}
        drawing.savefig(file, format="svg", transparent=True, metadata=metadata)
        plt.close(drawing)
    return "".join(f"{line.rstrip()}\n" for line in file.getvalue().splitlines())


PAGES = {
    "README.md": {
        "figure": figure,
        "decide": decide,
        "refusals": refusals,
        "who": who,
        "words": words,
        "breaks": breaks,
        "measured": measured,
    },
    "bits.svg": draw,
}
NEEDS = {"bits.svg": "matplotlib"}
