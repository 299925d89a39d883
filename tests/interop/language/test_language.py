"""The files of the language model in the engines that are installed, and what the tests rest on."""

import numpy as np
import onnx
import pytest

from tests import engines, language
from tests.exercises.measure import WRONG
from tests.interop.common import missing
from tests.interop.language import files, measure, page

RECORDED = page.read()["engines"]
HERE = {name: engines.version_of(engine) for name, engine in engines.find().items()}


@pytest.mark.parametrize("form", files.FORMS)
def test_a_file_passes_the_full_check(form):
    onnx.checker.check_model(files.FORMS[form]().model, full_check=True)


@pytest.mark.parametrize("form", files.FORMS)
@pytest.mark.parametrize("name", [measure.HOME, "onnx.reference"])
def test_the_two_that_are_always_here_do_as_recorded(name, form):
    if HERE[name] != RECORDED[name]["version"]:
        pytest.skip(f"recorded with {RECORDED[name]['version']}: measure engines '{name}'")
    assert list(measure.try_engine(name, form)) == RECORDED[name][form]


@pytest.mark.parametrize("name", engines.find())
def test_an_engine_does_as_recorded(name):
    """With the release that was recorded; the words of a refusal may change from run to run."""
    if HERE[name] is None:
        missing(name, "it is not installed", engines.find()[name].INSTALL)
    if HERE[name] != RECORDED[name]["version"]:
        pytest.skip(f"recorded with {RECORDED[name]['version']}: measure engines '{name}'")
    verdicts = measure.measure_engine(name)
    assert verdicts.keys() == set(files.FORMS)
    for form, (word, why) in verdicts.items():
        assert word in allowed(*RECORDED[name][form]), (form, word, why)


def allowed(word, why):
    """Return the words that are as recorded: what reads memory nobody wrote is right at times."""
    by_chance = word == measure.FIXED and why.startswith(WRONG)
    return {word, "runs"} if by_chance else {word}


class Echo:
    """An engine that answers what it was told to."""

    def __init__(self, outputs):
        self.outputs = outputs

    def run(self, path, inputs):
        if isinstance(self.outputs, Exception):
            raise self.outputs
        return self.outputs


def test_a_wrong_cache_is_wrong_even_if_the_letter_is_right():
    case = files.cache_next()
    right = [np.array(array) for array in case.exact]
    assert measure.ask(Echo(right), case.model, case) == ("runs", "")
    for output, name in enumerate(["last_token", "keys", "values", "P"]):
        wrong = list(right)
        wrong[output] = right[output] + 1
        word, why = measure.ask(Echo(wrong), case.model, case)
        assert word == WRONG and why == f"{name} is off by 1"
    word, why = measure.ask(Echo([*right[:2], right[2][:, 1:], right[3]]), case.model, case)
    assert (word, why) == (WRONG, "values has the shape (1, 34, 32) in place of (1, 35, 32)")
    word, why = measure.ask(Echo(right[:3]), case.model, case)
    assert (word, why) == (measure.FEWER, "there are 3 outputs in place of 4")
    nan = [*right[:3], np.full_like(right[3], np.nan)]
    assert measure.ask(Echo(nan), case.model, case)[0] == WRONG
    assert measure.ask(Echo(ValueError("no\nOp")), case.model, case) == (
        "refuses",
        "ValueError: no Op",
    )


def test_a_mask_from_the_top_left_corner_would_be_seen():
    """Five letters after 30: each would see its own first five places only, and find nothing."""
    case = files.causal_part()
    P = case.exact[-1]
    guesses = language.count_followers()[case.inputs[0]]
    assert (abs(P - guesses).max(axis=-1) > 0.1).all()


def test_what_was_left_over_would_be_seen():
    """By whoever looks beyond what a text has filled: without nonpad_kv_seqlen that is everyone."""
    case = files.scattered()
    careless = files.SCATTER.replace("values, , , , now_filled)", "values)")
    assert careless != files.SCATTER
    model = files.standard(careless, 24, files.SIGNATURE_FILLED, files.COUNT_FILLED)
    word, why = measure.ask(engines.find()[measure.HOME], model, case)
    assert word == WRONG and why.startswith("P is off by")
    assert len(set(case.inputs[2].tolist())) == 2  # the texts are of unlike lengths


def test_all_sides_of_the_costs_answer_what_python_says():
    for length in (2, 65):
        sides, exact = measure.make_sides(length)
        for function in sides.values():
            np.testing.assert_allclose(function(), exact, rtol=0, atol=files.TOLERANCE)


@pytest.mark.parametrize("temperature", [0.05, 0.4, 1.5])
def test_three_heads_choose_what_python_chooses(temperature):
    """Chances that lie within 1e-4 of where two letters meet are left out: float32 may differ."""
    session = measure.make_session(language.parse(language.THREE_HEADS))
    random = np.random.default_rng(0)
    tokens = language.encode("the cat sat on the mat. who sat on the m")
    for length in (1, 2, 3, 4, len(tokens)):
        text = tokens[:length]
        for chance in [0.0, 1.0, *random.random(20)]:
            letter, A, P = language.write(text, temperature, chance)
            if 0 < chance < 1 and abs(P.cumsum() - chance).min() < 1e-4:
                continue
            feed = {"temperature": temperature, "chance": chance}
            feed = {name: np.array(value, np.float32) for name, value in feed.items()}
            answers = session.run(None, {"tokens": text, **feed})
            assert answers[0].tolist() == [letter]
            np.testing.assert_allclose(
                answers[1], A, rtol=0, atol=1e-5
            )  # e^x of x up to 260 in float32
            np.testing.assert_allclose(answers[2], P, rtol=0, atol=1e-5)
