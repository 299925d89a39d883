"""The forms of LSTM and GRU, in onnxruntime: numpy's numbers, or the words of a refusal."""

import numpy as np
import onnx
import pytest
from numpy.testing import assert_allclose

import neural_network
from tests import engines
from tests.interop.common import missing
from tests.interop.recurrent import measure, page
from tests.interop.recurrent.cases import CASES, SIZES, TOLERANCE, build, expected, make_feed
from tests.interop.recurrent.measure import describe


@pytest.mark.parametrize("title", CASES)
def test_onnxruntime_gives_numpys_numbers_or_knows_no_layout(title):
    case = CASES[title]
    model = build(case)
    onnx.checker.check_model(model, full_check=True)
    if case.layout:
        with pytest.raises(Exception, match="layout == 1"):
            neural_network.load_model(model.SerializeToString())
        return
    session = neural_network.load_model(model.SerializeToString())
    for T, N in SIZES:
        feed = make_feed(case, T, N)
        for output, right in zip(session.run(None, feed), expected(case, feed), strict=True):
            assert_allclose(output, right, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("title", [title for title, case in CASES.items() if case.lengths])
def test_the_lengths_differ_and_end_before_the_last_step(title):
    for T, N in SIZES[1:]:
        lengths = make_feed(CASES[title], T, N)["lengths"]
        assert lengths.max() == T and len(set(lengths.tolist())) > 1


@pytest.mark.parametrize("name", engines.find())
def test_an_engine_does_as_recorded(name):
    """With the release that was recorded; the words of a refusal may change from run to run."""
    engine = engines.find()[name]
    entry = page.read()["engines"].get(name)
    version = engines.version_of(engine)
    if version is None:
        missing(name, "it is not installed", engine.INSTALL)
    if entry is None or entry["version"] != version:
        pytest.skip(f"python -m tests.interop.recurrent.measure {name!r} records it")
    found = {title: page.sign(words) for title, words in measure.judge(name).items()}
    assert found == {title: page.sign(words) for title, words in entry["cases"].items()}


def test_an_answer_is_told_from_a_wrong_one():
    right = [np.zeros((5, 1, 3, 8)), np.zeros((1, 3, 8))]
    assert describe("answer", right, right) == "agrees"
    assert describe("answer", [right[0], right[1] + 0.1], right).startswith(
        "differs: last h is off"
    )
    assert describe("answer", [right[0] * np.nan, right[1]], right).startswith("differs: Y is off")
    assert describe("answer", [right[0][:, 0], right[1]], right).startswith("differs: the shape of")
    assert describe("error", "no\n  way", right) == "refused: no way"
