"""How the benchmarks measure: each answer is checked; with --update, the sides take turns."""

import numpy as np
import pytest

from tests.benchmarks import report
from tests.kit.clock import ROUNDS, check_answers, describe_machine, take_turns


@pytest.fixture(scope="module")
def questions(request):
    """Return {question: ...} to fill; --update writes it, once all of the file's tests passed."""
    measured = {}
    yield measured
    if not request.config.getoption("update") or request.session.testsfailed:
        return
    results = {"machine": describe_machine(), "questions": measured}
    forgotten = report.list_sides(report.read_results()) - report.list_sides(results)
    assert not forgotten, f"not measured: {forgotten}; run all, or take it out of results.json"
    report.write_results(results)


@pytest.fixture
def record(questions):
    """Return a function that notes a row of figures: {side: figures}."""

    def note(question, row, unit, sides):
        questions.setdefault(question, {"unit": unit, "rows": {}})["rows"][row] = sides

    return note


@pytest.fixture
def compare(request, record):
    """Return a function that checks the sides of a row, and times them.

    A side that this machine lacks is None; the page then shows that it is unknown.
    """
    update = request.config.getoption("update")

    def check(question, row, sides, exact, atol, read=np.asarray, rounds=ROUNDS):
        here = {side: function for side, function in sides.items() if function}
        check_answers(here, exact, atol, read)
        if update:
            unknown = {side: [] for side in sides}
            record(question, row, "seconds", unknown | take_turns(here, rounds))

    return check
