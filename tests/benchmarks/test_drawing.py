"""The picture of costs, drawn from the results: rows in one call against a ratio of times.

Files run in alphabetical order: costs are measured, the picture drawn, then the page is written.
"""

import io
from statistics import median

import matplotlib.pyplot as plt

from tests.benchmarks import report

PICTURE = report.PAGE.with_name("rows.svg")
INK = "#747c88"  # this and the colours stand out on white and on black
MODELS = {  # colour and mark
    "forest": ("#2da44e", "s"),
    "pipeline": ("#d9772b", "o"),
    "network": ("#3b82f6", "^"),
    "linear regression": ("#c2528b", "D"),
}
STYLE = {
    "svg.hashsalt": "costs",  # names inside the file would be random
    "svg.fonttype": "none",  # letters, not their outlines
    "font.family": "sans-serif",
    "font.size": 12,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": INK,
    "grid.alpha": 0.3,
    "legend.frameon": False,
}


def draw_lines(axes, questions, rival):
    """Draw a line for each model that the rival knows: its time divided by onnxruntime's."""
    for model, (colour, mark) in MODELS.items():
        counts = []
        ratios = []
        for row, sides in questions[model]["rows"].items():
            if sides.get(rival):
                counts.append(int(row.split()[0].replace(",", "")))
                rounds = zip(sides[rival], sides["onnxruntime"], strict=True)
                ratios.append(median(a / b for a, b in rounds))
        if counts:
            (line,) = axes.plot(counts, ratios, color=colour, marker=mark, label=model)
            line.set_gid(f"{rival}, {model}")  # by which the page's test finds it


def draw(results):
    """Return the picture as SVG: a panel for each rival, one below the other."""
    rivals = ["scikit-learn", "numpy"]
    for rival in ("C", "PyTorch"):
        if results["questions"]["network"]["rows"]["1 row"][rival]:  # it was there
            rivals.append(rival)
    with plt.rc_context(STYLE):
        figure, panels = plt.subplots(
            len(rivals),
            sharex=True,
            sharey=True,
            figsize=(4.8, 1 + 2.2 * len(rivals)),
            layout="constrained",
        )
        lines = {}
        for axes, rival in zip(panels, rivals, strict=True):
            axes.set(xscale="log", yscale="log", title=f"{rival} ÷ onnxruntime")
            axes.axhline(1, color=INK, linewidth=2)  # as fast as onnxruntime
            axes.grid()
            axes.minorticks_off()
            axes.yaxis.set_major_formatter("{x:g}")
            draw_lines(axes, results["questions"], rival)
            handles, labels = axes.get_legend_handles_labels()
            lines |= dict(zip(labels, handles, strict=True))
        panels[-1].xaxis.set_major_formatter("{x:,.0f}")
        panels[-1].set_xlabel("rows in one call")
        figure.legend(lines.values(), lines.keys(), loc="outside upper center", ncols=2)
        file = io.StringIO()
        title = "How many times as long as onnxruntime others take, by the rows in one call"
        metadata = {"Title": title, "Date": None}  # with a date, each run would draw another file
        figure.savefig(file, format="svg", transparent=True, metadata=metadata)
        plt.close(figure)
    lines = file.getvalue().splitlines()
    return "\n".join(line.rstrip() for line in lines) + "\n"


def test_drawing(request):
    drawn = draw(report.read_results())
    if request.config.getoption("update"):
        PICTURE.write_text(drawn, encoding="utf-8")
    assert PICTURE.read_text(encoding="utf-8") == drawn, "pytest tests/benchmarks --update draws it"
