"""The picture of the page: a row an engine, a column an operator, one colour a verdict."""

import io
import itertools

INK = "#747c88"  # this and the colours stand out on white and on black
COLOURS = {
    "all": "#2da44e",
    "some": "#a7d7b2",
    "none": "#d0d4da",
    "crashes": "#8250df",
    "differs": "#e5484d",
}
MEANINGS = {
    "all": "right in all cases that it ran",
    "some": "some cases refused",
    "none": "all refused",
    "crashes": "ends the process",
    "differs": "answers differently",
}
STYLE = {
    "svg.hashsalt": "operators",  # names inside the file would be random
    "svg.fonttype": "none",  # letters, not their outlines
    "font.family": "sans-serif",
    "font.size": 12,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


def find_bars(words, wanted):
    """Return (first column, width) for each unbroken row of columns that have this word."""
    bars = []
    column = 0
    for word, group in itertools.groupby(words):
        width = len(list(group))
        if word == wanted:
            bars.append((column, width))
        column += width
    return bars


def draw(table, notes):
    """Return the picture of {operator: {engine: word}} as SVG; notes: {engine: its label}.

    The operators that most engines run come first, and so do the engines that run most of them.
    """
    import matplotlib.pyplot as plt  # nothing else of the page needs it

    def failures(operator):
        words = list(table[operator].values())
        return len(words) - words.count("all")

    def successes(engine):
        return sum(row[engine] == "all" for row in table.values())

    operators = sorted(table, key=failures)
    engines = sorted(table[operators[0]], key=successes)
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(figsize=(9, 4.6), layout="constrained")
        for word, colour in COLOURS.items():
            for height, engine in enumerate(engines):
                words = [table[operator][engine] for operator in operators]
                bars = find_bars(words, word)
                bands = axes.broken_barh(bars, (height - 0.42, 0.84), facecolors=colour)
                bands.set_gid(f"{engine}: {word} {words.count(word)}")  # the page's test finds it
        handles = [plt.Rectangle((0, 0), 1, 1, color=colour) for colour in COLOURS.values()]
        figure.legend(
            handles, MEANINGS.values(), loc="outside upper center", ncols=3, frameon=False
        )
        axes.set_yticks(range(len(engines)), [notes.get(engine, engine) for engine in engines])
        axes.set_xlim(0, len(operators))
        axes.set_xlabel("operators, those first that most engines run")
        for side in axes.spines.values():
            side.set_visible(False)
        file = io.StringIO()
        metadata = {"Title": "How each engine answers ONNX's own cases of each operator"}
        metadata["Date"] = None  # with a date, each run would draw another file
        figure.savefig(file, format="svg", transparent=True, metadata=metadata)
        plt.close(figure)
    lines = file.getvalue().splitlines()
    return "\n".join(line.rstrip() for line in lines) + "\n"
