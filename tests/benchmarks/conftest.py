"""How the benchmarks measure: each answer is checked; with --update, the sides take turns."""

import numpy as np
import pytest

from tests.benchmarks import page
from tests.kit.clock import ROUNDS, check_answers, describe_machine, take_turns
from tests.kit.record import today

MEASURE_ALL = "pytest tests/benchmarks --update measures all anew"


@pytest.fixture(scope="session")
def whole(request):
    """Return whether this run has all rows, and not some that were chosen by name."""
    chosen = [argument for argument in request.config.args if "::" in argument]
    return not chosen and not request.config.option.keyword


@pytest.fixture(scope="session")
def same_machine(whole):
    """Assert that what is measured alone fits beside the rest of the page."""
    here = describe_machine()
    earlier = page.read().get("machine", here)
    assert whole or here == earlier, f"the page is of {earlier}, this is {here}; {MEASURE_ALL}"
    return here


@pytest.fixture(scope="session")
def seen():
    """Return the set of the rows that this run has had, as (question, row)."""
    return set()


@pytest.fixture
def record(note, request, seen):
    """Return a function that notes a row of figures: {side: figures}."""

    def save(question, row, unit, sides):
        seen.add((question, row))
        if request.config.getoption("update"):
            machine = request.getfixturevalue("same_machine")
            note(page.RESULTS, "machine", value=machine)
            note(page.RESULTS, "date", value=today())
            note(page.RESULTS, "questions", question, "unit", value=unit)
            note(page.RESULTS, "questions", question, "rows", row, value=sides)

    return save


@pytest.fixture
def compare(request, record, seen):
    """Return a function that checks the sides of a row, and times them.

    A side that this machine lacks is None; the page then shows that it is unknown.
    """
    update = request.config.getoption("update")

    def check(question, row, sides, exact, atol, read=np.asarray, rounds=ROUNDS):
        seen.add((question, row))
        here = {side: function for side, function in sides.items() if function}
        check_answers(here, exact, atol, read)
        if update:
            unknown = {side: [] for side in sides}
            record(question, row, "seconds", unknown | take_turns(here, rounds))

    return check
