"""What the page of the language model shows of results.json."""

from statistics import median

from tests.interop.language import files, measure
from tests.kit import drawing, record
from tests.kit.page import code, table

SIGNS = {"runs": "✓", measure.FIXED: "✓ fixed", "refuses": "refused", measure.WRONG: "**wrong**"}
WORDS = 160  # characters of an engine's own words


def read():
    """Return {"engines": {name: {form: [word, why]}}, "times": ...}."""
    return record.read(measure.FILE)


def sorted_engines(results):
    """Return (name, entry) of the engines, by their names."""
    return sorted(results["engines"].items(), key=lambda item: item[0].lower())


# Parts --------------------------------------------------------------------------------------------
def figure(results):
    """Return the sentence that other pages quote."""
    entries = results["engines"].values()
    counts = {}
    for form in files.FORMS:
        words = [entry[form][0] for entry in entries]
        counts[form] = sum(word in ("runs", measure.FIXED) for word in words)
    verdicts = [entry[form] for entry in entries for form in files.FORMS]
    wrong = sum(word == measure.WRONG for word, _ in verdicts)
    cured = sum(word == measure.FIXED and why.startswith(measure.WRONG) for word, why in verdicts)
    return (
        f"Of {len(entries)} engines {counts['head']} run the head as Python computes it, "
        f"{counts['cache, a letter']} with its cache, {counts['loop']} with the loop inside, and "
        f"{counts['Attention, causal, 5 letters']} with the standard's Attention and a cache; "
        f"{wrong + cured} of {len(verdicts)} answers are wrong without a word, "
        f"{cured} of them right once all sizes are fixed.\n"
    )


def engines(results):
    """Return the table of forms and engines: what each makes of them."""
    names = [name for name, _ in sorted_engines(results)]
    rows = []
    for form in files.FORMS:
        cells = [entry[form][0] for _, entry in sorted_engines(results)]
        rows.append([form, *(SIGNS.get(cell, cell) for cell in cells)])
    versions = [f"{entry['version']}, {entry['date']}" for _, entry in sorted_engines(results)]
    return table(["form", *names], [*rows, ["*version, tried on*", *versions]])


def words(results):
    """Return for each engine its words on what it refuses, and how far off wrong answers are."""
    lines = []
    for name, entry in sorted_engines(results):
        causes = {}
        for form in files.FORMS:
            word, why = entry[form]
            if why:
                said = why if len(why) <= WORDS else f"{why[:WORDS]}..."
                causes.setdefault((SIGNS.get(word, word), said), []).append(form)
        for (sign, said), forms in causes.items():
            lines.append(f"- {name}, {sign}, {'; '.join(forms)}: {code(said)}\n")
    return "".join(lines) or "None was refused.\n"


def times(results):
    """Return the table of letters a second by the length of the text so far."""
    measured = results["times"]
    sides = list(next(iter(measured["seconds"].values())))
    rows = []
    for length, seconds in measured["seconds"].items():
        speeds = [f"{float(f'{1 / median(seconds[side]):.2g}'):,.0f}" for side in sides]
        pairs = zip(seconds[measure.WITHOUT], seconds[measure.WITH], strict=True)
        ratio = median(without / cached for without, cached in pairs)
        rows.append([length, *speeds, f"{ratio:.1f}"])
    head = ["letters so far:", *(f"{side}:" for side in sides), "without ÷ with:"]
    machine = measured["machine"]
    about = f"{machine['processor']}, {machine['system']}, onnxruntime {machine['onnxruntime']}"
    return f"{table(head, rows)}\nMeasured: {measured['date']}, one thread, {about}.\n"


def draw(results):
    """Return the picture: a line a side, what one more letter takes, by the letters before it."""
    import matplotlib.pyplot as plt  # nothing else of the page needs it

    plt.switch_backend("Agg")
    measured = results["times"]["seconds"]
    sides = list(next(iter(measured.values())))
    lengths = [int(length) for length in measured]
    with plt.rc_context(drawing.style("times")):
        figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
        for side, colour, marker in zip(sides, drawing.COLOURS, drawing.MARKERS, strict=False):
            milliseconds = [1000 * median(sides_of[side]) for sides_of in measured.values()]
            (line,) = axes.plot(lengths, milliseconds, color=colour, marker=marker, label=side)
            line.set_gid(side)  # by which the page's test finds it
        axes.set(xscale="log", yscale="log", xlabel="letters so far")
        axes.set_ylabel("milliseconds for one more")
        axes.set_xticks(lengths, [str(length) for length in lengths])
        axes.minorticks_off()
        axes.yaxis.set_major_formatter("{x:g}")
        axes.grid(color=drawing.INK, alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
        text = drawing.to_svg(figure, "What one more letter costs, with and without a cache")
        plt.close(figure)
    return text


PAGES = {
    "README.md": {"figure": figure, "engines": engines, "words": words, "times": times},
    "times.svg": draw,
}
NEEDS = {"times.svg": "matplotlib"}
