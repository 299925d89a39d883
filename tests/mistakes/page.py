"""The generated parts of the page, made of the mistakes and of what is recorded about them."""

import json

from tests.mistakes import damage, results
from tests.mistakes.judge import collect
from tests.mistakes.strangers import CASES

WHO = {
    "check": "`check_model`",
    "full check": "`check_model`, `full_check=True`",
    "load": "`InferenceSession`",
    "run": "`session.run`",
    "log": "a warning",
    "nobody": "nobody",
    "right": "nobody needs to",
}
KINDS = {  # in the words of the study, but for "refused", which it has no word for
    "convert": "crash",
    "check": "refused",
    "full check": "refused",
    "load": "refused",
    "run": "refused",
    "log": "warning",
    "nobody": "wrong model",
    "dies": "crash",
}
ANYWAY = {
    "right": "onnxruntime runs it rightly",
    "log": "onnxruntime warns, and runs it rightly",
    "nobody": "onnxruntime runs it wrongly",
}
TOPICS = {
    "feeding": "Feeding a model",
    "converting": "Converting from scikit-learn",
    "building": "Building a graph by hand",
    "functions": "Functions",
    "versions": "Versions",
    "layers": "Images and sequences",
    "files": "Files",
}
HEAD = "| what you see | what happened | how to mend it | who noticed | kind |\n"
HEAD += "|---|---|---|---|---|\n"
STUDY = "https://doi.org/10.1145/3650212.3680374"


def code(text):
    """Return text as Markdown's code, which a table may hold."""
    text = text.replace("|", "\\|")
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def verdict_of(row, place):
    """Return what is recorded about a row for one environment, or that there it is right."""
    recorded = results.read().get(place, {}).get("mistakes", {})
    return recorded.get(row.make.__name__, {"noticed": "right"})


def telling(row):
    """Return the record that the page shows: the pinned one, or one in which somebody noticed."""
    for place in ["pinned", "mixed", "oldest"]:
        verdict = verdict_of(row, place)
        if verdict["noticed"] != "right":
            return place, verdict
    raise AssertionError(f"{row.make.__name__} is no mistake anywhere")


def versions(place):
    """Return the versions of an environment as words."""
    recorded = results.read()[place]["versions"]
    if place == "mixed":
        return f"onnxruntime {recorded['onnxruntime']} and onnx {recorded['onnx']}"
    return f"onnx {recorded['onnx']} and onnxruntime {recorded['onnxruntime']}"


def who(row, verdict):
    """Return who noticed, and what onnxruntime makes of what the checker refuses."""
    if verdict["noticed"] == "dies":
        return f"nobody: the process dies in {WHO[verdict['message']]} ({verdict['error']})"
    text = row.by if verdict["noticed"] == "convert" else WHO[verdict["noticed"]]
    if verdict["anyway"] in ANYWAY:
        text += f"; {ANYWAY[verdict['anyway']]}"
    return text


def all_who(row):
    """Return who noticed with the pinned versions, and with others if those differ."""
    place, verdict = telling(row)
    text = who(row, verdict)
    if place != "pinned":
        text += f", with {versions(place)}"
    oldest = verdict_of(row, "oldest")
    if oldest["noticed"] not in [verdict["noticed"], "right"]:
        text += f"; with {versions('oldest')}: {who(row, oldest)}"
    return text


def line(row):
    """Return the row of a mistake."""
    _, verdict = telling(row)
    sees = verdict["message"] if verdict["noticed"] == "nobody" else code(verdict["message"])
    if row.tell:
        sees += f" — told by this: {row.tell}"
    return (
        f"| {sees} | {row.happened} | {row.mend} | {all_who(row)} | {KINDS[verdict['noticed']]} |\n"
    )


def unnoticed(row):
    """Return whether nobody notices a mistake."""
    return telling(row)[1]["noticed"] == "nobody"


def figure():
    """Return the sentence that the top page quotes."""
    rows = collect()
    silent = sum(map(unnoticed, rows))
    return (
        f"Of {len(rows)} mistakes made on purpose, nobody notices {silent} "
        f"({silent / len(rows):.0%}):\nno checker, no runtime, and there is not even a warning.\n"
    )


def first_met():
    """Return the table of the mistakes that people meet first."""
    rows = [row for row in collect() if row.common]
    topics = list(TOPICS)
    rows.sort(key=lambda row: topics.index(row.topic))
    return HEAD + "".join(map(line, rows))


def unnoticed_rows():
    """Return the tables of what nobody notices, by topic."""
    return tables([row for row in collect() if unnoticed(row)])


def noticed_rows():
    """Return the tables of what somebody notices, by topic, without those that stand above."""
    return tables([row for row in collect() if not unnoticed(row) and not row.common])


def tables(rows):
    """Return a table for each topic that has rows."""
    text = ""
    for topic, title in TOPICS.items():
        lines = [line(row) for row in rows if row.topic == topic]
        if lines:
            text += f"### {title}\n\n{HEAD}{''.join(lines)}\n"
    return text


def kinds():
    """Return how many of each kind there are, beside the figures of the study."""
    rows = collect()
    counts = {}
    for row in rows:
        kind = KINDS[telling(row)[1]["noticed"]]
        counts[kind] = counts.get(kind, 0) + 1
    parts = [f"{kind} {number} ({number / len(rows):.0%})" for kind, number in counts.items()]
    return (
        f"Here: {', '.join(sorted(parts))}.\n\n"
        f"[A study of 200 reported failures]({STUDY}) of the converters of PyTorch and TensorFlow\n"
        "found 33% wrong models. The two are no samples of the same: its failures were met, ours\n"
        "were sought.\n"
    )


def strangers():
    """Return the table of what a stranger might send."""
    recorded = results.read()
    newest = recorded["pinned"]["strangers"]
    oldest = recorded["oldest"]["strangers"]
    columns = ["check_model", "full check", "onnx.load", "onnxruntime", "a reader"]
    heads = [
        "`check_model`",
        "`full_check=True`",
        "`onnx.load`",
        "onnxruntime",
        "`stranger.py` says",
    ]
    text = f"| what was tried | {' | '.join(heads)} |\n|---|---|---|---|---|---|\n"
    for what in CASES:
        cells = []
        for column in columns:
            now = newest[what][column]
            before = oldest.get(what, newest[what])[column]
            cell = now if now == before else f"{now} (oldest: {before})"
            cells.append(cell if column != "a reader" else cell.replace("|", "\\|"))
        title = what.format(size=newest[what].get("size"))
        text += f"| {title} | {' | '.join(cells)} |\n"
    return f"Newest: {versions('pinned')}. Oldest: {versions('oldest')}.\n\n{text}"


def damaged():
    """Return the section on damaged files, of the last run of damage.py."""
    counts = json.loads(damage.RESULTS.read_text(encoding="utf-8"))
    different = damage.total(counts, "different answer")
    return (
        f"{damage.total(counts):,} damaged models, each loaded and run in a child process:\n\n"
        + "\n".join(damage.table(counts))
        + f"\n\n{different:,} of them load, run and answer something else.\n"
    )


PARTS = {
    "figure": figure,
    "first": first_met,
    "unnoticed": unnoticed_rows,
    "noticed": noticed_rows,
    "kinds": kinds,
    "strangers": strangers,
    "damaged": damaged,
}
