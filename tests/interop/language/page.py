"""What the page of the language model shows of results.json."""

from statistics import median

from tests.interop.language import files, measure
from tests.kit import record
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


PAGES = {"README.md": {"figure": figure, "engines": engines, "words": words, "times": times}}
