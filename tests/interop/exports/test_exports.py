"""Each export that fails does so in the words of the catalogue; each mend gives the same numbers.

Try it:  pytest tests/interop/exports -k IfOnAValue
"""

import subprocess
import sys

import pytest

from tests.interop.common import need
from tests.interop.exports import judge
from tests.interop.exports.catalogue import CASES
from tests.interop.exports.page import RESULTS
from tests.kit import apart, record
from tests.kit.places import ROOT

PACKAGES = ["torch", "onnxscript", "transformers", "keras", "tensorflow-cpu", "tf2onnx"]
OUTCOMES = {}


def outcome_of(name):
    """Return what came of a case's mistake and mend; a module's cases share a process."""
    module = CASES[name].module
    if module not in OUTCOMES:
        names = [other for other, words in CASES.items() if words.module == module]
        OUTCOMES[module] = judge.run(module, names)
    return OUTCOMES[module][name]


@pytest.fixture(scope="module")
def frameworks():
    """Skip unless all frameworks are there; they are imported elsewhere."""
    for name, module in (("PyTorch", "onnxscript"), ("TensorFlow", "tf2onnx")):
        need(name, module)


@pytest.mark.parametrize("name", CASES)
def test_the_mistake_ends_as_recorded_and_the_mend_gives_the_same_numbers(name, frameworks, note):
    mistake, mend = outcome_of(name)
    says = CASES[name].says
    assert says in mistake["words"], mistake
    if mistake["verdict"] == judge.DIFFERS and not says:
        assert mistake["said"] == []  # "nothing", the page says
    assert mend["verdict"] == judge.AGREES, mend
    note(RESULTS, "cases", name, "verdict", value=mistake["verdict"])
    if mistake["words"]:
        note(RESULTS, "cases", name, "words", value=mistake["words"], compare=False)
    for package, version in record.versions(PACKAGES).items():
        note(RESULTS, "versions", package, value=version, compare=False)
    note(RESULTS, "date", value=record.today(), compare=False)


def test_the_report_says_which_step_failed(frameworks, note, tmp_path):
    outcome = apart.fresh(judge.read_report, tmp_path, seconds=300, environment=judge.ENVIRONMENT)
    assert outcome.ended == apart.RETURNED, outcome
    assert [line[0] for line in outcome.value] == list("✅⚪⚪✅❌⚪⚪⚪")
    note(RESULTS, "report", value=outcome.value)


def test_the_command_prints_all_that_was_said_of_a_case(frameworks):
    command = [sys.executable, "-m", "tests.interop.exports.judge", "ScriptedModule"]
    process = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=ROOT, timeout=900)
    lines = process.stdout.splitlines()
    assert lines[0].startswith("ScriptedModule: refused; mended: agrees"), process
    assert CASES["ScriptedModule"].says in lines[1]
