"""The generated parts of the page of fewer bits: what they weigh and answer, and who runs them."""

from pathlib import Path

from tests.kit import drawing, record
from tests.kit.page import code, table

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results.json"
HEAD = ["form", "bytes:", "off by, one row:", "off by, all rows:", "labels changed:"]
SIGNS = {"agrees": "✓", "runs": "runs", "refused": "refused", "differs": "**differs**"}
ENDS = "**ends**"
DRAWN = ["digits", "convolution", "wake word, embedding", "Khmer words"]


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
    """Return the table of forms: bytes, distance, labels of each network, memory, engines."""
    figures = results["figures"]
    memory = results["memory"]
    counted = len(results["engines"])
    rows = []
    for form in next(iter(figures.values())):
        cells = [form, *cells_of(figures, form)]
        cells.append(memory[form] if isinstance(memory[form], int) else "refused")
        cells.append(f"{count_agreeing(results, form)} of {counted}")
        rows.append(cells)
    return table([*HEAD, "MiB in memory:", "engines that run it:"], rows)


def cells_of(figures, form):
    """Return what the networks weigh and answer in a form, those of a kind in one cell."""
    found = [network[form] for network in figures.values()]
    labelled = [rows[form] for rows in figures.values() if "changed" in rows["float32"]]
    several = " / ".join
    mark = "†" if any("by" in row for row in found) else ""
    return [
        several(f"{row['bytes']:.0%}" if "bytes" in row else "refused" for row in found) + mark,
        several(distance(row, "off, one row") for row in found),
        several(distance(row, "off") for row in found),
        several(str(row.get("changed", "-")) for row in labelled),
    ]


def distance(row, name):
    """Return a distance in one digit, a dash where there is none."""
    return f"{row[name]:.0e}" if name in row else "-"


def decide_real(results):
    """Return the same table of the files of others, which no engines were given."""
    real = results["real"]
    return table(HEAD, [[form, *cells_of(real, form)] for form in next(iter(real.values()))])


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
    for network, rows in (results["figures"] | results["real"]).items():
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
    """Return the picture: a row a form, bytes on the left, the distance on the right, as SVG."""
    import matplotlib.pyplot as plt  # nothing else of the page needs it

    plt.switch_backend("Agg")
    found = results["figures"] | results["real"]
    forms = list(found["digits"])
    with plt.rc_context(drawing.style("bits")):
        figure, (left, right) = plt.subplots(1, 2, sharey=True, figsize=(9, 6))
        looks = zip(DRAWN, drawing.COLOURS, drawing.MARKERS, strict=True)
        for network, colour, marker in looks:
            rows = found[network]
            places = [place for place, form in enumerate(forms) if "bytes" in rows[form]]
            shown = [rows[forms[place]] for place in places]
            look = {"color": colour, "marker": marker, "s": 28, "alpha": 0.8}
            left.scatter([100 * row["bytes"] for row in shown], places, label=network, **look)
            right.scatter([row["off"] for row in shown], places, **look)
        left.set_yticks(range(len(forms)), forms)
        left.invert_yaxis()
        left.set_xlim(0, 115)
        left.set_xlabel("bytes, in percent of float32")
        right.set_xscale("log")
        right.set_xlabel("largest distance from float64")
        for axes in (left, right):
            axes.grid(axis="y", color=drawing.INK, alpha=0.25)
            axes.spines[["top", "right"]].set_visible(False)
        figure.legend(frameon=False, loc="upper center", ncols=len(DRAWN))
        figure.tight_layout(rect=(0, 0, 1, 0.94))
        text = drawing.to_svg(figure, "Bytes and distance from float64 of each form")
        plt.close(figure)
    return text


PAGES = {
    "README.md": {
        "figure": figure,
        "decide": decide,
        "decide, real files": decide_real,
        "refusals": refusals,
        "who": who,
        "words": words,
        "breaks": breaks,
        "measured": measured,
    },
    "bits.svg": draw,
}
NEEDS = {"bits.svg": "matplotlib"}
