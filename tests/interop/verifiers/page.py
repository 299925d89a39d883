"""The table of which tool finds which planted difference, for the page of the exercises."""

from collections import Counter
from pathlib import Path

from tests.kit import record
from tests.kit.page import table

FILE = Path(__file__).with_name("results.json")
FOUND = ["the node", "the call", "the answer", "nothing"]


def read():
    """Return what was measured."""
    return record.read(FILE)


def verifiers(results):
    """Return the table, and the words of those that refuse."""
    found = results["found"]
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    rows = []
    for case in next(iter(found.values())):
        verdicts = [column[case] for column in found.values()]
        cells = [verdict if verdict in FOUND else "refuses" for verdict in verdicts]
        rows.append([case.replace("_", " "), *cells])
    refusals = Counter()
    for tool, column in found.items():
        for verdict in column.values():
            if verdict not in FOUND:
                refusals[tool, verdict.split(". ")[0][:160]] += 1
    lines = [f"- {tool}, {count} of them: {words}\n" for (tool, words), count in refusals.items()]
    head = ["planted", *(f"`{tool}`" for tool in found)]
    date = results["run on"]
    return f"Run on {date}: {versions}.\n\n{table(head, rows)}\nRefused:\n\n{''.join(lines)}"
