"""Pictures as SVG that stand on white and on black, and are the same bytes in each run."""

import io

INK = "#747c88"  # which stands out on white and on black
COLOURS = ["#2da44e", "#8250df", "#d1732a", "#3f83e0"]  # as these do
MARKERS = ["o", "s", "^", "D"]


def style(salt):
    """Return the settings for matplotlib's rc_context; salt names the picture."""
    return {
        "svg.hashsalt": salt,  # names inside the file would be random
        "svg.fonttype": "none",  # letters, not their outlines
        "font.family": "sans-serif",
        "font.size": 11,
        "axes.edgecolor": INK,
        "axes.labelcolor": INK,
        "text.color": INK,
        "xtick.color": INK,
        "ytick.color": INK,
    }


def to_svg(figure, title):
    """Return a figure of matplotlib as the text of a file, whose title a screen reader reads."""
    file = io.StringIO()
    metadata = {"Title": title, "Date": None, "Creator": None}
    figure.savefig(file, format="svg", transparent=True, metadata=metadata)
    return "".join(f"{line.rstrip()}\n" for line in file.getvalue().splitlines())
