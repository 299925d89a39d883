"""The tables of doors: what a reader wants, where it is, and what was measured."""

from tests.kit.page import split, table
from tests.kit.places import TESTS

LESSONS = {  # what an exercise teaches: its file
    "attention": "ex11_attention.py",
    "recurrence": "ex10_memory.py",
    "quantising": "ex18_eight_bits.py",
    "text": "ex15_words.py",
    "freeing a batch": "ex12_free_batch.py",
    "finding the first wrong node": "ex13_first_wrong_node.py",
    "writing a converter": "ex14_own_converter.py",
    "a language model": "ex21_head_that_copies.py",
    "an LSTM's two states": "ex25_lstm_from_pytorch.py",
    "four bits": "ex26_four_bits.py",
}

DOORS = {  # folder of the page: what its reader wants
    "lookup": "search for an operator, an estimator, an engine, a message",
    "check": "ask about my own file, pipeline or error message",
    "exercises": "practise, and have my file checked",
    "mistakes": "know why it fails, or answers wrongly",
    "security": "know what a file from a stranger may do",
    "questions": "look something up",
    "estimators": "know whether my estimator converts",
    "interop": "run it elsewhere, or bring it from elsewhere",
    "interop/exports": "know why my export fails, by its message",
    "interop/bits": "choose a form with fewer bits",
    "interop/recurrent": "carry the state of an LSTM or a GRU",
    "interop/operators": "know which operators travel",
    "interop/optimisers": "know whether an optimiser keeps my file right",
    "interop/language": "run a language model, letter by letter",
    "interop/real": "know what an engine makes of files that people ship",
    "interop/shipped": "know what has to be shipped",
    "interop/cluster": "score more rows than one machine holds",
    "releases": "know since when, or until when, it is wrong",
    "benchmarks": "know what it costs",
}
HEAD = ["I want to", "go to", "measured there"]


def read():
    """Return {folder: the figure of its page}, as it stands there."""
    figures = {}
    for folder in DOORS:
        page = (TESTS / folder / "README.md").read_text(encoding="utf-8")
        _, figure, _ = split(page, "figure")
        figures[folder] = " ".join(figure.split())
    return figures


def rooms_of(folder):
    """Return {folder: what its reader wants} of the pages below a folder's own."""
    return {room: wish for room, wish in DOORS.items() if room.startswith(f"{folder}/")}


def rooms(folder):
    """Return the table of the pages below a folder's own, as that page shows it."""
    figures = read()
    rows = []
    for room, wish in rooms_of(folder).items():
        name = room.removeprefix(f"{folder}/")
        rows.append([wish, f"[{name}]({name}/README.md)", figures[room]])
    return table(HEAD, rows)


def doors(figures):
    """Return the table of doors."""
    rows = []
    for folder, wish in DOORS.items():
        if "/" in folder:
            continue
        link = f"[{folder}](tests/{folder}/README.md)"
        if folder == "lookup":
            link += ", [its page](tests/lookup/index.html)"
        rows.append([wish, link, figures[folder]])
        links = []
        for room, of_room in rooms_of(folder).items():
            links.append(f"[{of_room.removeprefix('know ')}](tests/{room}/README.md)")
        if links:
            rows.append(["know one thing more of it", "; ".join(links), "Each is a page."])
    links = [f"[{lesson}](tests/exercises/{file})" for lesson, file in LESSONS.items()]
    rows.insert(
        list(DOORS).index("exercises") + 1,
        ["learn one thing more", ", ".join(links), "Each is an exercise."],
    )
    return table(HEAD, rows)


PAGES = {"../README.md": {"doors": doors}}
BY_TESTS = {
    "../README.md": [
        "picture",
        "program",
        "prediction",
        "linear_regression",
        "neural_network",
        "sklearn_converter",
    ]
}
