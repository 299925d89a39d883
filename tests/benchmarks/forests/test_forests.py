"""Forests by what is made for them: the answers are compared, the times only shown.

bash .ci/tools --update     measures anew, on one core
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.benchmarks import models
from tests.benchmarks.forests import sides
from tests.benchmarks.page import FORESTS
from tests.kit import record
from tests.kit.clock import check_answers, describe_machine, take_turns

INSTALL = "pip install -r tests/benchmarks/forests/requirements.txt, in an environment of its own"
PACKAGES = ["onnxruntime", "scikit-learn", "treelite", "tl2cgen", "lightgbm", "lleaves"]
ROUNDS = {1: 9, 100_000: 3}  # of turns: 100,000 rows take seconds
MADE = {"forest": sides.of_sklearn, "LightGBM": sides.of_lightgbm}
ANSWERED_BY = {  # side: the function that its answers come from
    "onnxruntime": ("onnxruntime", "InferenceSession.run"),
    "scikit-learn": ("sklearn.ensemble", "RandomForestClassifier.predict_proba"),
    "treelite": ("treelite.gtil", "predict"),
    "tl2cgen": ("tl2cgen", "Predictor.predict"),
    "C": ("tests.benchmarks.forests.sides", "run_c"),
    "LightGBM": ("lightgbm", "Booster.predict"),
    "lleaves": ("lleaves", "Model.predict"),
}

pytestmark = pytest.mark.filterwarnings("ignore")  # of the packages' own next versions


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder for what is compiled."""
    for module in ["treelite", "tl2cgen", "lightgbm", "lleaves", "emx_onnx_cgen"]:
        if importlib.util.find_spec(module) is None:
            pytest.fail(f"{module} is not installed: {INSTALL}", pytrace=False)
    if shutil.which("cc") is None:
        pytest.fail("no compiler: this needs a command cc", pytrace=False)
    return tmp_path_factory.mktemp("forests")


@pytest.mark.parametrize("count", ROUNDS)
@pytest.mark.parametrize("name", MADE)
def test_a_forest_answers_as_the_package_that_grew_it_in_float64(
    name, count, folder, note, request
):
    made, exact = MADE[name](count, folder)
    assert len(exact) == count
    here = {side: function for side, function in made.items() if function}
    check_answers(here, exact, models.PROBABILITY)
    if request.config.getoption("update"):
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # one core for all sides
        times = take_turns(here, ROUNDS[count])
        row = "1 row" if count == 1 else f"{count:,} rows"
        unknown = {side: [] for side in made}
        note(FORESTS, "questions", name, "unit", value="seconds")
        note(FORESTS, "questions", name, "rows", row, value=unknown | times)
        note(FORESTS, "machine", value=describe_machine(PACKAGES))
        note(FORESTS, "date", value=record.today())


def breakable(function, side, broken):
    """Return a function that answers zeros as long as its side is broken."""

    def run(*arguments, **settings):
        answer = function(*arguments, **settings)
        return np.zeros_like(answer) if side in broken else answer

    return run


def is_wrong(answer, exact):
    return not np.allclose(answer, exact, rtol=0, atol=models.PROBABILITY)


@pytest.mark.parametrize("name", MADE)
def test_each_side_is_answered_by_what_it_names_when_it_is_called(name, folder, monkeypatch):
    """Each of these functions is broken in turn: the side of its name, and no other, is wrong."""
    broken = []
    for side, (module, path) in ANSWERED_BY.items():
        place = importlib.import_module(module)
        *owner, function = path.split(".")
        place = getattr(place, owner[0]) if owner else place
        monkeypatch.setattr(place, function, breakable(getattr(place, function), side, broken))
    made, exact = MADE[name](1, folder)
    here = {side: answer for side, answer in made.items() if answer}
    for side in here:
        broken[:] = [side]
        assert [each for each in here if is_wrong(here[each](), exact)] == [side]
    broken.clear()


def test_a_wrong_answer_is_noticed(folder):
    made, exact = sides.of_lightgbm(1, folder)
    with pytest.raises(AssertionError, match="lleaves"):
        check_answers({"lleaves": made["lleaves"]}, exact + 2 * models.PROBABILITY, 1e-5)


def test_pip_says_why_hummingbird_is_not_among_them():
    answer = Path(sys.prefix) / "hummingbird.txt"
    if not answer.exists():
        pytest.skip("nobody has asked pip: see .ci/tools")
    said = answer.read_text(encoding="utf-8")
    assert "Traceback" not in said
    assert "hummingbird-ml 0.4.12 depends on onnx<=1.16.1" in said


def test_lleaves_needs_the_older_llvmlite_that_is_pinned():
    """It asks for any from 0.36 on; .ci/tools puts the newest beside the pinned one."""
    newest = Path(sys.prefix) / "newest"
    if not newest.exists():
        pytest.skip("the newest llvmlite is not here: see .ci/tools")
    code = "from llvmlite import binding; binding.PassManagerBuilder"
    settings = {**os.environ, "PYTHONPATH": str(newest)}
    ended = subprocess.run([sys.executable, "-c", code], env=settings, capture_output=True)
    said = ended.stderr.decode("utf-8").splitlines()
    assert said, "it has a PassManagerBuilder again: pyproject.toml need not pin llvmlite"
    assert said[-1].endswith("module 'llvmlite.binding' has no attribute 'PassManagerBuilder'")
    compiler = importlib.util.find_spec("lleaves.compiler.tree_compiler").origin
    assert "PassManagerBuilder" in Path(compiler).read_text(encoding="utf-8")


def test_emx_s_forest_of_any_number_of_rows_answers_nothing(folder):
    """Found by comparing: its loop ends before the first row, and nothing is said."""
    subject = models.forest()
    X32 = subject.rows(3).astype(np.float32)
    P = sides.call_emx(sides.library_of_emx(folder, 0), X32, free=True)()
    assert np.array_equal(P, np.zeros_like(P)), "it answers now: good news, which this file lacks"
