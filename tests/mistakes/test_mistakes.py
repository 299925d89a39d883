"""Each mistake is made on purpose, and then mended: who notices it, and is the mend a mend?

`pytest --update` records who noticed, and writes the page.
"""

import onnxruntime
import pytest

from tests.mistakes import results
from tests.mistakes.judge import Verdict, collect, judge

MISTAKES = collect()
NAMES = [row.make.__name__ for row in MISTAKES]


@pytest.fixture
def folder(tmp_path):
    """Return a folder that has a folder above it, which belongs to the test as well."""
    (tmp_path / "inside").mkdir()
    return tmp_path / "inside"


@pytest.fixture
def read_log(capfd):
    """Return a function that returns what was printed since its last call, by C++ as well."""
    onnxruntime.set_default_logger_severity(
        2
    )  # warnings, as by default; another test turns it down
    return lambda: "".join(capfd.readouterr())


def judged(row, mended, folder, read_log):
    """Return the verdict; where a computer forbids symlinks, there is none to be had."""
    verdict = judge(row, mended, folder, read_log)
    if verdict.error == "OSError" and "symlink" in row.make.__name__:
        pytest.skip("this account may not make symlinks")
    return verdict


def shown(row, verdict):
    """Return the part of the message that the page shows."""
    if verdict.noticed in ["right", "dies"]:
        return verdict.message
    if verdict.noticed == "nobody":
        return row.shows or verdict.message
    return row.shows or verdict.message.partition(". ")[0].rstrip(".")


@pytest.mark.parametrize("row", MISTAKES, ids=NAMES)
def test_a_mistake_is_noticed_by_the_one_on_the_page(row, folder, read_log, request):
    verdict = judged(row, False, folder, read_log)
    message = shown(row, verdict)
    assert verdict.noticed == "nobody" or message in verdict.message
    outcome = verdict._replace(message=message)._asdict()
    before = results.recorded("mistakes", row.make.__name__)
    if verdict.off and before and before["off"] / 2 <= verdict.off <= before["off"] * 2:
        outcome["off"] = before["off"]  # another processor rounds otherwise
        outcome["message"] = before["message"]
    if request.config.getoption("update"):
        results.record("mistakes", row.make.__name__, outcome)
    elif results.here():
        assert outcome == before
    elif verdict.noticed == "right":
        assert row.make.__name__ in HARMLESS  # with these versions
    # Elsewhere another version may notice earlier or later; it is a mistake all the same.


HARMLESS = ["newest_ir_version", "newest_opset"]  # if the runtime is as new as onnx


@pytest.mark.parametrize("row", MISTAKES, ids=NAMES)
def test_the_mend_makes_it_right_and_nobody_complains(row, folder, read_log):
    assert judged(row, True, folder, read_log) == Verdict("right")


def test_a_mistake_that_is_none_is_one_with_an_older_runtime():
    recorded = results.read()
    for name in NAMES:
        noticed = [recorded[place]["mistakes"][name]["noticed"] for place in recorded]
        assert set(noticed) != {"right"}, name


def test_rows_with_the_same_message_say_what_tells_them_apart():
    tells = {}
    for row in MISTAKES:
        tells.setdefault(row.shows, []).append(row.tell)
    for shows, tell in tells.items():
        if shows and len(tell) > 1:
            assert all(tell) and len(set(tell)) == len(tell), shows
