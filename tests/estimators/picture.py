"""The picture: how many configurations have each verdict, as one bar a precision."""

from tests.estimators.verdicts import (
    AGREES,
    CRASHED,
    DRIFTS,
    MISNAMED,
    MISSING,
    ORDER,
    REFUSED,
    WRONG,
)

# Told apart in grey as well, and readable on a light and on a dark page.
COLOURS = {
    AGREES: "#2a9d5c",
    DRIFTS: "#e9c46a",
    MISNAMED: "#f4a261",
    WRONG: "#d62828",
    REFUSED: "#8d99ae",
    MISSING: "#5c677d",
    CRASHED: "#7b2cbf",
}
WIDTH = 760
LEFT = 70
BAR = 34


def picture(counts):
    """Return the SVG of {precision: {verdict: how many}}."""
    height = 190
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" font-family="sans-serif" font-size="14">',
        "<title>How many configurations have each verdict</title>",
        "<style>text { fill: #24292f } .in { fill: #101418; font-weight: bold }",
        "@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .in { fill: #101418 } }",
        "</style>",
    ]
    top = 14
    for precision, found in counts.items():
        total = sum(found[verdict] for verdict in ORDER)
        parts.append(f'<text x="0" y="{top + 22}">{precision}</text>')
        left = LEFT
        for verdict in ORDER:
            width = (WIDTH - LEFT) * found[verdict] / total
            parts.append(
                f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="{BAR}" '
                f'fill="{COLOURS[verdict]}"/>'
            )
            if width > 34:
                middle = left + width / 2
                parts.append(
                    f'<text class="in" x="{middle:.1f}" y="{top + 22}" text-anchor="middle">'
                    f"{found[verdict]}</text>"
                )
            left += width
        top += BAR + 14
    for position, verdict in enumerate(ORDER):
        x = LEFT + 172 * (position % 4)
        y = top + 16 + 28 * (position // 4)
        parts.append(
            f'<rect x="{x}" y="{y}" width="14" height="14" fill="{COLOURS[verdict]}"/>'
            f'<text x="{x + 20}" y="{y + 12}">{verdict}</text>'
        )
    return "\n".join([*parts, "</svg>"]) + "\n"
