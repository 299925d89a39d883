"""Each wrong answer is shown by its program: it runs, and prints what is recorded.

Every program runs in a process of its own, which has no engine imported but the one it shows:

    pytest tests/lookup/test_programs.py -k OpenVINO
"""

import re

import numpy as np
import pytest

from tests import engines
from tests.interop.operators import page as operators_page
from tests.lookup import programs, records, run

# These read memory that nobody wrote: what they answer differs from run to run.
BY_CHANCE = {("Resize", "OpenCV")}


def list_answers():
    """Return (operator, version, engine) of each wrong answer."""
    listed = []
    for operator, said in records.operators(operators_page.read()).items():
        for version, cases in said["versions"].items():
            for engine, statement in cases["support"].items():
                if statement["verdict"] == "differs" and "example" in statement:
                    listed.append((operator, version, engine))
    return listed


@pytest.fixture(scope="module")
def found():
    """Return everything that can be looked up."""
    return records.read()


@pytest.fixture(scope="module")
def results():
    """Return what is recorded of the operators."""
    return operators_page.read()


def read_numbers(text):
    """Return the numbers in a text, truth values being 1 and 0."""
    text = text.replace("True", "1").replace("False", "0")
    return [float(word) for word in re.findall(r"-?(?:inf|nan|\d+\.?\d*(?:e[+-]?\d+)?)", text)]


def flatten(values):
    """Return the numbers of nested lists."""
    if isinstance(values, list):
        return [number for value in values for number in flatten(value)]
    return [float(values)]


@pytest.mark.parametrize("operator, version, engine", list_answers())
def test_a_program_prints_what_is_right_and_the_answer(found, results, operator, version, engine):
    said = found["engines"][engine]
    if engines.version_of(records.ENGINES[engine]) != said["version"]:
        pytest.skip(f"{engine} {said['version']} is not installed")
    name = found["operators"][operator]["versions"][version]["support"][engine]["example"]
    outcome = run.run(programs.program_of(found, operator, version, engine), engine)
    assert outcome.ended == "returned", outcome
    title = f"{engine} {said['version']}:"
    _, right, answer = re.split(
        rf"^right:$|^{re.escape(title)}$", outcome.value, flags=re.MULTILINE
    )
    assert right.split() != answer.split()
    recorded = results["verdicts"][engine][name].get("answer")
    if recorded is None or (operator, engine) in BY_CHANCE:
        return  # an answer of many numbers is not recorded
    expected = results["examples"][name]["expected"]
    printed = read_numbers(right)
    values = flatten([value["values"] for value in expected])
    np.testing.assert_allclose(printed, values, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(read_numbers(answer), flatten(recorded), rtol=1e-3, atol=1e-5)
