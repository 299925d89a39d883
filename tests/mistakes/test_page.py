"""The page: each cell is filled; a renderer makes of records what it should."""

import pytest

from tests.mistakes import page
from tests.mistakes.catalogue import Mistake
from tests.mistakes.kinds import collect

VERSIONS = {"onnx": "1.2", "onnxruntime": "3.4"}
ROW = Mistake(len, "feeding", "this happened", "do that", "", "", "onnx", False, False, False)


def results(**groups):
    """Return a record of the mistake ROW, whose function is called len."""
    recorded = {name.replace("_", " "): outcome for name, outcome in groups.items()}
    places = ["pinned", "mixed", "oldest"]
    return {"versions": dict.fromkeys(places, VERSIONS), "mistakes": {"len": recorded}}


@pytest.fixture
def recorded(request):
    """Leave out with --update what reads the record, which is written when the session ends."""
    if request.config.getoption("update"):
        pytest.skip("--update records when the session ends")


@pytest.mark.usefixtures("recorded")
def test_each_cell_is_filled():
    for row in collect():
        cells = page.cells(row, page.read())
        assert all(cell.strip() for cell in cells), row.make.__name__
        assert not any("\n" in cell for cell in cells), row.make.__name__


@pytest.mark.parametrize(
    ("groups", "who", "kind"),
    [
        ({"pinned": {"noticed": "check", "message": "m"}}, "`check_model`", "refused"),
        (
            {"pinned": {"noticed": "check", "message": "m", "anyway": "right"}},
            "`check_model`; onnxruntime runs it rightly",
            "refused",
        ),
        ({"pinned": {"noticed": "convert", "message": "m"}}, "onnx", "crash"),
        ({"pinned": {"noticed": "log", "message": "m"}}, "a warning", "warning"),
        ({"pinned": {"noticed": "log", "error": "W", "message": "m"}}, "onnx warns", "warning"),
        ({"pinned": {"noticed": "nobody", "message": "m"}}, "nobody", "wrong model"),
        (
            {"pinned_mixed": {"noticed": "right"}, "oldest": {"noticed": "load", "message": "m"}},
            "`InferenceSession`, with onnx 1.2 and onnxruntime 3.4",
            "refused",
        ),
        (
            {
                "pinned": {"noticed": "run", "message": "m"},
                "oldest": {"noticed": "dies", "error": "SIGFPE", "message": "run"},
            },
            "`session.run`; with onnx 1.2 and onnxruntime 3.4: nobody: the process dies in "
            "`session.run` (SIGFPE)",
            "refused",
        ),
    ],
)
def test_a_row_says_who_noticed_and_with_which_versions(groups, who, kind):
    assert page.cells(ROW, results(**groups))[1:] == ["this happened", "do that", who, kind]


def test_a_surprise_is_no_wrong_model():
    recorded = results(pinned={"noticed": "nobody", "message": "m"})
    assert page.kind(ROW, recorded) == "wrong model"
    assert page.kind(ROW._replace(surprise=True), recorded) == "surprise"


def test_a_mistake_that_is_right_everywhere_is_none():
    with pytest.raises(LookupError, match="it is no mistake"):
        page.cells(ROW, results(pinned={"noticed": "right"}))


@pytest.mark.usefixtures("recorded")
def test_mistakes_with_the_same_message_say_what_tells_them_apart():
    tells = {}
    for row in collect():
        _, verdict = page.telling(row, page.read())
        if verdict["noticed"] != "nobody":
            tells.setdefault(verdict["message"], []).append(row.tell)
    for message, tell in tells.items():
        if len(tell) > 1:
            assert all(tell) and len(set(tell)) == len(tell), message
