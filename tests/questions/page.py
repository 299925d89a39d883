"""The pages of questions: what is read from them, and their parts that are made of results.json.

A question is a heading of the second depth on one of the pages below; adding one touches no other
file.
"""

import re
from pathlib import Path
from typing import NamedTuple

from tests.kit import record
from tests.kit.page import headings, table

FOLDER = Path(__file__).parent
FILE = FOLDER / "results.json"
INDEX = FOLDER / "README.md"
THEMES = [  # in the order in which the index lists them
    "file.md",
    "versions.md",
    "saving.md",
    "building.md",
    "running.md",
    "serving.md",
    "precision.md",
    "language.md",
]
BLOCK = re.compile(r"^```(.*)\n([\s\S]*?)^```$", flags=re.MULTILINE)
HEADING = re.compile(r"^## (.+)$", flags=re.MULTILINE)


class Question(NamedTuple):
    """A question, and where on its page its text begins and ends."""

    page: str
    title: str
    begin: int
    end: int


# Reading ------------------------------------------------------------------------------------------
def text_of(page):
    """Return the text of a page of this folder."""
    return (FOLDER / page).read_text(encoding="utf-8")


def hide(match):
    """Return a match's text with its comments hidden, which look like headings."""
    return match[0].replace("#", " ")


def find_questions(page, text):
    """Return the questions of a page, each from its heading to the next."""
    found = list(HEADING.finditer(BLOCK.sub(hide, text)))
    ends = [match.start() for match in found[1:]] + [len(text)]
    questions = []
    for match, end in zip(found, ends, strict=True):
        questions.append(Question(page, match[1], match.end(), end))
    return questions


def answered_in_code(question, text):
    """Return whether a question's answer has a block of Python, which a test runs."""
    blocks = BLOCK.finditer(text, question.begin, question.end)
    return any(block[1] == "python" for block in blocks)


def read():
    """Return the recorded results and {page: its text}."""
    return {"results": record.read(FILE), "pages": {page: text_of(page) for page in THEMES}}


# The index ----------------------------------------------------------------------------------------
def count(pages):
    """Return how many questions there are, and how many of them are answered in code."""
    asked = 0
    in_code = 0
    for page, text in pages.items():
        for question in find_questions(page, text):
            asked += 1
            in_code += answered_in_code(question, text)
    return asked, in_code


def figure(found):
    """Return the sentence on the door."""
    asked, in_code = count(found["pages"])
    runtimes = found["results"]["versions"]["runtimes"]
    wrong = {name: row["wrong labels"] for name, row in runtimes.items() if row.get("wrong labels")}
    labels = sorted(set(wrong.values()))
    return (
        f"{asked} questions, {in_code} of them answered in code that is run."
        f" {' and '.join(sorted(wrong))} label {' or '.join(map(str, labels))} of 284 rows wrongly,"
        " without an error: how would you know?\n"
    )


def list_questions(found):
    """Return the pages with their questions, as a list of links."""
    lines = []
    for page, text in found["pages"].items():
        (_, title, _), *below = headings(text)
        lines.append(f"- [{title}]({page})\n")
        for _, question, anchor in below:
            lines.append(f"  - [{question}]({page}#{anchor})\n")
    return "".join(lines)


# Versions -----------------------------------------------------------------------------------------
def make_table(found):
    """Return the table of the versions that each engine reads."""
    versions = found["results"]["versions"]
    newest = f"opset {versions['opset']}, IR {versions['IR version']}"
    rows = []
    for name, row in sorted(versions["runtimes"].items()):
        name = f"{name} {row['version']}" if "version" in row else name
        rows.append([name, row["opsets"], row["IR versions"], row["newest of both"], row["on"]])
    measured = f"\nMeasured with files that onnx {versions['onnx']} wrote.\n"
    return table(["engine", "opsets", "IR versions", newest, "measured on"], rows) + measured


def make_table_of_releases(found):
    """Return the table of the labels that each release of onnxruntime gets wrong."""
    rows = []
    for name, row in sorted(found["results"]["versions"]["runtimes"].items()):
        if "wrong labels" in row:
            rows.append([name, row["wrong labels"], row["on"]])
    return table(["release", "wrong labels:", "measured on"], rows)


def make_table_of_lowering(found):
    """Return the table of the operators that do not get as low as they exist."""
    measured = found["results"]["lowering"]
    groups = {}
    for operator, (lowest, highest) in measured["stuck"].items():
        name = operator if lowest == highest else f"{operator} ({lowest})"
        groups.setdefault(highest, []).append(name)
    rows = [[opset, ", ".join(names)] for opset, names in sorted(groups.items(), reverse=True)]
    free = measured["as low as it exists"]
    wrong = measured["wrong"]
    if wrong:
        right = f"Converted, {len(wrong)} answered otherwise: {', '.join(wrong)}."
    else:
        right = "None that onnxruntime ran before answered otherwise afterwards."
    return (
        table(["stays at opset:", "operators"], rows) + f"\nMeasured on {measured['on']} with onnx"
        f" {measured['onnx']} and onnxruntime {measured['onnxruntime']}: onnx's own"
        f" {measured['cases']:,} cases of one operator, as they are valid at opset 18, down to"
        f" opset 7. In brackets what its best case reached. The other {free} operators get as low"
        f" as they exist. {right}\n"
    )


# Running and serving ------------------------------------------------------------------------------
def tell_spinning(found):
    """Return the sentence on what waiting threads cost."""
    measured = found["results"]["spinning"]
    shares = measured["share of a core"]
    machine = measured["machine"]
    return (
        f"Fifty calls a second of a small layer, with two threads, took"
        f" {shares['spinning']:.0%} of a core, and {shares['not spinning']:.0%} where the threads"
        f" may not spin (onnxruntime {machine['onnxruntime']}, {machine['cores']} cores,"
        f" {machine['on']}).\n"
    )


def tell_load(found):
    """Return the sentence on the load test."""
    counted = found["results"]["load"]
    return (
        f"{counted['clients']} clients at once for {counted['seconds']} seconds got"
        f" {counted['answers']:,} answers, each right and none lost, while the file was replaced"
        f" {counted['replacements']:,} times and {counted['damaged files']:,} damaged ones were"
        f" refused, like {counted['bad requests']:,} bad requests ({counted['on']}, each new file"
        " tried in another process before).\n"
    )


PAGES = {
    "README.md": {"figure": figure, "questions": list_questions},
    "file.md": {},
    "versions.md": {
        "versions": make_table,
        "lowering": make_table_of_lowering,
        "releases": make_table_of_releases,
    },
    "saving.md": {},
    "building.md": {},
    "running.md": {"spinning": tell_spinning},
    "serving.md": {"load": tell_load},
    "precision.md": {},
}
BY_TESTS = {"file.md": ["drawing"]}
