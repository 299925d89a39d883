"""The generated parts of the page: how much stands behind the command."""

from tests import engines
from tests.check import messages
from tests.interop.operators import page as operators


def read():
    """Return what the other folders have recorded."""
    return {"cases": len(operators.read()["cases"]), "engines": len(engines.find())}


def figure(found):
    """Return the sentence on the door."""
    mistakes = len(list(messages.list_mistakes()))
    exports = len(list(messages.list_exports()))
    questions = len(list(messages.list_questions()))
    return (
        f"One command: your file beside {found['cases']} cases in {found['engines']} engines, your"
        f" message beside {mistakes} mistakes, {exports} exports and {questions} questions, your"
        " pipeline beside scikit-learn itself.\n"
    )


PAGES = {"README.md": {"figure": figure}}
BY_TESTS = {"README.md": ["file", "message"]}
