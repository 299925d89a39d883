"""The generated parts of the page of recurrent networks: who runs LSTM and GRU, in which form."""

from pathlib import Path

from tests.interop.recurrent.weights import ORDER
from tests.kit import record
from tests.kit.page import table

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results.json"
SIGNS = {"agrees": "✓", "refused": "refused", "differs": "**differs**"}
ENDS = "**ends**"


def read():
    """Return {"engines": {name: {"version": ..., "date": ..., "cases": {title: words}}}}."""
    return record.read(RESULTS)


def sign(words):
    """Return the verdict of a case in a word."""
    return SIGNS.get(words.split(":")[0], ENDS)


def titles(results):
    """Return the cases, in the order in which they were measured."""
    return list(next(iter(results["engines"].values()))["cases"])


def figure(results):
    """Return the sentence that other pages quote."""
    found = results["engines"].values()
    all_of = sum(set(entry["cases"].values()) == {"agrees"} for entry in found)
    differ = 0
    for entry in found:
        differ += any(words.startswith("differs") for words in entry["cases"].values())
    both = sum(entry["cases"]["LSTM"] == entry["cases"]["GRU"] == "agrees" for entry in found)
    return (
        f"{both} of {len(found)} engines run LSTM and GRU with their states fed, {all_of or 'none'}"
        f" run all {len(titles(results))} forms, and {differ} answer one of them otherwise.\n"
    )


def gates(results):
    """Return the table of orders."""
    rows = [[kind, *orders.values()] for kind, orders in ORDER.items()]
    return table(["", *next(iter(ORDER.values()))], rows)


def who(results):
    """Return the table of engines: a row a form, a column an engine."""
    entries = results["engines"]
    names = sorted(entries, key=str.lower)
    rows = []
    for title in titles(results):
        rows.append([title, *(sign(entries[name]["cases"][title]) for name in names)])
    rows.append(["*version*", *(entries[name]["version"] for name in names)])
    rows.append(["*tried on*", *(entries[name]["date"] for name in names)])
    return table(["", *names], rows)


def words(results):
    """Return what the engines say or answer where they do not agree, a line each."""
    lines = []
    for name in sorted(results["engines"], key=str.lower):
        found = {}
        for title, said in results["engines"][name]["cases"].items():
            if said != "agrees":
                found.setdefault(said, []).append(title)
        for said, where in found.items():
            lines.append(f"- {name}, {'; '.join(where)}: {said.replace('<', '&lt;')}\n")
    return "".join(lines)


PAGES = {"README.md": {"figure": figure, "gates": gates, "who": who, "words": words}}
