"""The generated parts of the page, made of the mistakes and of what is recorded about them."""

from pathlib import Path

from tests.kit import record
from tests.kit.environments import PLACES, outcome_in
from tests.kit.page import code, table
from tests.mistakes.kinds import collect

FILE = Path(__file__).with_name("results.json")
WHO = {
    "check": "`check_model`",
    "full check": "`check_model`, `full_check=True`",
    "load": "`InferenceSession`",
    "run": "`session.run`",
    "log": "a warning",
    "nobody": "nobody",
    "right": "nobody needs to",
}
KINDS = {  # in the words of the study, but for "refused" and "surprise", which it has no word for
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
HEAD = ["what you see", "what happened", "how to mend it", "who noticed", "kind"]
STUDY = "https://doi.org/10.1145/3650212.3680374"


def read():
    """Return what is recorded."""
    return record.read(FILE)


# One mistake --------------------------------------------------------------------------------------
def telling(row, results):
    """Return the record that the page shows: the pinned one, or one in which somebody noticed."""
    name = row.make.__name__
    groups = record.find(results, ["mistakes", name])
    if not groups:
        command = "pytest tests/mistakes --update records it"
        raise LookupError(f"nobody has recorded the mistake {name} yet: {command}")
    for place in PLACES:
        outcome = outcome_in(groups, place)
        if outcome and outcome["noticed"] != "right":
            return place, outcome
    raise LookupError(f"{name} is right in each environment that is recorded: it is no mistake")


def versions(place, results):
    """Return the versions of an environment as words, the older package first where they mix."""
    recorded = results["versions"][place]
    if place == "mixed":
        return f"onnxruntime {recorded['onnxruntime']} and onnx {recorded['onnx']}"
    return f"onnx {recorded['onnx']} and onnxruntime {recorded['onnxruntime']}"


def who(row, outcome):
    """Return who noticed, and what onnxruntime makes of what the checker refuses."""
    noticed = outcome["noticed"]
    if noticed == "dies":
        return f"nobody: the process dies in {WHO[outcome['message']]} ({outcome['error']})"
    if noticed == "log" and "error" in outcome:
        return f"{row.by} warns"
    text = row.by if noticed == "convert" else WHO[noticed]
    if outcome.get("anyway") in ANYWAY:
        text += f"; {ANYWAY[outcome['anyway']]}"
    return text


def all_who(row, results):
    """Return who noticed with the pinned versions, and with others if those differ."""
    place, outcome = telling(row, results)
    text = who(row, outcome)
    if place != "pinned":
        text += f", with {versions(place, results)}"
    oldest = outcome_in(results["mistakes"][row.make.__name__], "oldest")
    if oldest and oldest["noticed"] not in [outcome["noticed"], "right"]:
        text += f"; with {versions('oldest', results)}: {who(row, oldest)}"
    return text


def kind(row, results):
    """Return the kind of a mistake."""
    _, outcome = telling(row, results)
    return "surprise" if row.surprise else KINDS[outcome["noticed"]]


def cells(row, results):
    """Return the cells of a mistake's row."""
    _, outcome = telling(row, results)
    sees = outcome["message"] if outcome["noticed"] == "nobody" else code(outcome["message"])
    if row.tell:
        sees += f" — told by this: {row.tell}"
    return [sees, row.happened, row.mend, all_who(row, results), kind(row, results)]


# The parts ----------------------------------------------------------------------------------------
def percent(number, total):
    """Return a number and its share of a total."""
    return f"{number} ({number / total:.0%})"


def unnoticed(row, results):
    """Return whether nobody notices a mistake."""
    return telling(row, results)[1]["noticed"] == "nobody"


def figure(results):
    """Return the sentence that the top page quotes."""
    rows = collect()
    wrong = sum(kind(row, results) == "wrong model" for row in rows)
    return (
        f"Of {len(rows)} mistakes made on purpose, {percent(wrong, len(rows))} give a wrong\n"
        "answer, and neither `check_model` nor onnxruntime says a word.\n"
    )


def first_met(results):
    """Return the table of the mistakes that people meet first."""
    rows = [row for row in collect() if row.common]
    rows.sort(key=lambda row: list(TOPICS).index(row.topic))
    return table(HEAD, [cells(row, results) for row in rows])


def unnoticed_rows(results):
    """Return the tables of what nobody notices, by topic."""
    return tables([row for row in collect() if unnoticed(row, results)], results)


def noticed_rows(results):
    """Return the tables of what somebody notices, by topic, without those that stand above."""
    rows = [row for row in collect() if not unnoticed(row, results) and not row.common]
    return tables(rows, results)


def tables(rows, results):
    """Return a table for each topic that has rows."""
    text = ""
    for topic, title in TOPICS.items():
        lines = [cells(row, results) for row in rows if row.topic == topic]
        if lines:
            text += f"### {title}\n\n{table(HEAD, lines)}\n"
    return text


def kinds(results):
    """Return how many of each kind there are, beside the figures of the study."""
    rows = collect()
    counts = {}
    for row in rows:
        counts[kind(row, results)] = counts.get(kind(row, results), 0) + 1
    parts = [f"{name} {percent(number, len(rows))}" for name, number in counts.items()]
    return (
        f"Here: {', '.join(sorted(parts))}.\n\n"
        f"[A study of 200 reported failures]({STUDY}) of the converters of PyTorch and TensorFlow\n"
        "found 33% wrong models. The two are no samples of the same: its failures were met, ours\n"
        "were sought.\n"
    )


def measured(results):
    """Return with which versions the tables were recorded, and since when they stand."""
    rows = []
    for place in PLACES:
        recorded = results["versions"][place]
        rows.append([place, *recorded.values()])
    return table(["environment", *results["versions"]["pinned"]], rows)


PAGES = {
    "README.md": {
        "figure": figure,
        "measured": measured,
        "first": first_met,
        "unnoticed": unnoticed_rows,
        "noticed": noticed_rows,
        "kinds": kinds,
    }
}
