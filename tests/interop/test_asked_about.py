"""What the check says of files that nobody here wrote: real ones, and those of strangers.

Each in a process of its own, as from the terminal; some minutes for all.
"""

import json

import pytest

from tests.interop.operators.judge import measured
from tests.interop.real.files import FILES
from tests.kit.places import ROOT
from tests.security import damage
from tests.security.cases import CASES

CHECK = ROOT / "tests" / "check"
WORDS = {"runs", "refuses", "differs", "crashes", "unknown", "not installed"}


def ask(terminal, folder, path):
    """Return what the check says of a file as JSON, None if it is not to be read, and its words."""
    finished = terminal(folder, CHECK, path, "--json", "--seconds", 10)
    assert "Traceback" not in finished.stderr, finished.stderr
    if finished.returncode == 2:
        return None, finished.stderr
    found = json.loads(finished.stdout)
    assert found["status"] == finished.returncode
    assert {each["ran"] for each in found["engines"].values()} <= WORDS
    assert {each["expected"] for each in found["engines"].values()} <= WORDS
    return found, finished.stderr


def test_it_is_asked_from_any_folder_and_says_what_it_says_in_its_own(terminal, tmp_path):
    message = "Unexpected input data type. Actual"
    by_path = terminal(tmp_path, CHECK, message)
    by_name = terminal(ROOT, "-m", "tests.check", message)
    assert by_path.returncode == by_name.returncode == 0, by_path.stderr
    assert by_path.stdout == by_name.stdout


@pytest.mark.parametrize("what", CASES)
def test_a_file_of_a_stranger_is_survived_and_something_is_said(what, terminal, tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    path = CASES[what][0](inside)
    before = {each.name for each in tmp_path.rglob("*")}
    found, words = ask(terminal, inside, path)
    if found is None:
        assert words.startswith("error: ")
        assert words.count("\n") == 1
    else:
        assert found["findings"] or found["notes"], found
    assert {each.name for each in tmp_path.rglob("*") if each.suffix != ".npz"} <= before


@pytest.mark.parametrize("kind", damage.KINDS)
def test_a_damaged_file_is_survived(kind, runs, terminal, tmp_path):
    path = tmp_path / "damaged.onnx"
    content = (runs["linear_regression"].folder / "linear_regression.onnx").read_bytes()
    for place in range(0, len(content), 24):  # some seconds each where an engine still reads it
        path.write_bytes(damage.damage(content, kind, place))
        found, words = ask(terminal, tmp_path, path)
        if found is None:
            assert words.startswith("error: ") and words.count("\n") == 1, (place, words)


# A minute or two each, in all engines: tests/interop/real runs each file in each engine.
@pytest.mark.parametrize("name", [*FILES][::4])
def test_a_real_file_runs_in_onnxruntime_and_no_weight_of_it_is_complained_of(
    name, terminal, tmp_path
):
    path = FILES[name].where()
    if not path.exists():
        pytest.skip("not downloaded: python -m tests.interop.real.files")
    found, _ = ask(terminal, tmp_path, path)
    home = found["engines"]["ONNX Runtime"]
    assert home["ran"] == "runs" or found["rows"]["why"], home
    assert home["expected"] == measured("ONNX Runtime")[name]  # it is known by its contents
    # What the checker says of a file that onnxruntime runs would be a false alarm.
    assert not [each for each in found["findings"] if each["about"] == "onnx.checker"]
