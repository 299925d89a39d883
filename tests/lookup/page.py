"""The pages of this folder: the one to search, which holds its data, and the README."""

from pathlib import Path

from tests.interop.operators.page import SAME_ONNX
from tests.lookup import records, reports

FOLDER = Path(__file__).parent


def read():
    """Return everything that can be looked up."""
    return records.read()


def data(found):
    """Return the data as a block of the page: in a script, < could end it."""
    text = records.dumps(found).replace("<", "\\u003c")
    return f'<script type="application/json" id="data">\n{text}</script>\n'


def figure(found):
    """Return the sentence that the README of the repository quotes."""
    differing = sum(
        statement["verdict"] == "differs" and "example" in statement
        for operator in found["operators"].values()
        for version in operator["versions"].values()
        for statement in version["support"].values()
    )
    return (
        f"{len(found['operators'])} operators in {len(found['engines'])} engines, "
        f"{len(found['estimators'])} estimators, {len(found['frameworks'])} frameworks, "
        f"{len(found['mistakes'])} mistakes and {len(found['exports'])} exports, to search; "
        f"{differing} wrong answers without a word, each with a program that shows it.\n"
    )


PAGES = {
    "README.md": {"figure": figure},
    "reports.md": {"counted": reports.counted, "reports": reports.sections},
    "index.html": {"data": data},
}
NEEDS = {"index.html": SAME_ONNX}
