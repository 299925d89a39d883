"""What fewer bits bring and cost, and who runs If, Loop and Scan: what the page says of them."""

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.testing import assert_allclose
from onnx.reference import ReferenceEvaluator

import neural_network
from tests.exercises import float16, measure, page
from tests.exercises.answers import ex07_half_the_size as half
from tests.exercises.answers import ex17_if_and_loop as lynx
from tests.kit import apart

RESULTS = page.read()
FIGURES = RESULTS["figures"]
SAME = onnxruntime.__version__ == FIGURES["machine"]["onnxruntime"]
LARGE = np.full(64, measure.LARGE, np.float32)
COMMAND = "measured with another onnxruntime: python -m tests.exercises.measure figures"


@pytest.fixture(scope="module")
def digits():
    """Return the variants of the network, images that are new to it, and numpy's labels."""
    variants, X, _ = measure.make_digits_network()
    network = half.train()
    P = neural_network.reference(X.astype(np.float64), network.coefs_, network.intercepts_)
    return variants, X, P.argmax(axis=1)


# 1. Fewer bits ------------------------------------------------------------------------------------
@pytest.mark.skipif(not SAME, reason=COMMAND)
def test_the_bytes_are_still_those_that_were_measured(digits):
    variants, _, _ = digits
    assert list(variants) == list(FIGURES["bits"])
    plain = variants[measure.PLAIN]
    for name, model in variants.items():
        share = model.ByteSize() / plain.ByteSize()
        assert share == pytest.approx(FIGURES["bits"][name]["bytes"], abs=0.01), name
    forms, _ = measure.make_forms()
    assert FIGURES["forms"] == {name: model.ByteSize() for name, model in forms.items()}


def test_quantising_a_file_with_functions_changes_no_node():
    network = half.train()
    model = neural_network.build_model(network.coefs_, network.intercepts_)
    left_in = measure.eight.functions_left(model)
    assert list(left_in.graph.node) == list(model.graph.node)
    assert list(left_in.functions) == list(model.functions)


def test_in_dynamic_int8_a_row_of_large_numbers_misleads_its_neighbours(digits):
    variants, X, labels = digits
    session = measure.make_session(variants[measure.DYNAMIC])
    alone = measure.answer_alone(session, X).argmax(axis=1)  # one cure: one row a call
    beside = measure.answer_beside(session, X, LARGE).argmax(axis=1)
    assert (alone == labels).mean() > 0.98
    assert (beside == labels).mean() < 0.2
    recorded = {name for name, row in FIGURES["bits"].items() if row["misled"]}
    assert recorded == {measure.DYNAMIC, measure.DYNAMIC_7}


@pytest.mark.parametrize("name", [measure.PLAIN, measure.STATIC])
def test_in_static_int8_a_row_of_large_numbers_misleads_nobody(digits, name):
    variants, X, labels = digits
    session = measure.make_session(variants[name])
    beside = measure.answer_beside(session, X, LARGE)
    assert (beside.argmax(axis=1) == labels).mean() > 0.98
    assert_allclose(beside, measure.answer_alone(session, X), rtol=0, atol=1e-6)  # float32's own


def test_weights_in_7_bits_give_the_numbers_of_whole_arithmetic_on_this_processor(digits):
    """With 8 bits so does a processor with VNNI; another adds in 16 bits, which are not enough."""
    variants, X, _ = digits
    exact = ReferenceEvaluator(variants[measure.DYNAMIC_7]).run(None, {"X": X})[0]
    P = neural_network.predict(measure.make_session(variants[measure.DYNAMIC_7]), X)
    # Two ways to round half a step may differ, by a step of one number that flows: 1 in 255.
    assert_allclose(P, exact, rtol=0, atol=0.01)


def test_without_vnni_8_bits_are_off_by_more_than_whole_arithmetic():
    if "VNNI" not in FIGURES["machine"]:
        pytest.skip("measured where nobody says what the processor has")
    rows = FIGURES["bits"]
    cut = {}
    for name in (measure.DYNAMIC, measure.DYNAMIC_7):
        cut[name] = abs(rows[name]["off"] - rows[name]["off in whole arithmetic"]) > 0.01
    assert cut == {measure.DYNAMIC: not FIGURES["machine"]["VNNI"], measure.DYNAMIC_7: False}
    assert rows[measure.DYNAMIC]["off"] < rows[measure.DYNAMIC_7]["off"]  # coarser


# 2. float16 ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", float16.CASES)
def test_float16_spoils_it_without_a_word_and_the_cure_does_not(name):
    case = float16.CASES[name]
    float32 = float16.run_both(case.model, case.row)
    assert_allclose(float32, [case.exact] * 2, rtol=1e-6)
    here, reference = float16.run_both(float16.convert(case.model), case.row)
    assert not np.allclose(reference, case.exact, rtol=0.01, atol=0)
    if np.isfinite(reference).all():  # the weights were moved: no processor brings them back
        assert here == reference
    cure = float16.convert(case.cure) if case.converted else case.cure
    assert_allclose(float16.run_both(cure, case.row), [case.exact] * 2, rtol=1e-3)  # 11 bits


@pytest.mark.parametrize("name", float16.CASES)
@pytest.mark.skipif(not SAME, reason=COMMAND)
def test_to_leave_the_nodes_in_float32_does_not_help(name):
    case = float16.CASES[name]
    kept = {node.op_type for node in case.model.graph.node}
    model = float16.convert(case.model, kept)
    operators = [node.op_type for node in model.graph.node]
    assert operators.count("Cast") > 2  # one before and one after is what it takes
    here, _ = float16.run_both(model, case.row)
    assert not np.allclose(here, case.exact, rtol=0.01, atol=0)


def test_the_tools_file_is_not_sorted():
    copy = onnx.ModelProto()
    copy.CopyFrom(next(iter(float16.CASES.values())).model)
    converted = float16.convert_float_to_float16(copy, keep_io_types=True)
    with pytest.raises(onnx.checker.ValidationError, match="topologically sorted"):
        onnx.checker.check_model(converted)


# 3. Loops -----------------------------------------------------------------------------------------
def test_every_form_of_the_forecast_is_right():
    forms, feed = measure.make_forms()
    exact = lynx.expected(feed["history"].astype(np.float64), measure.YEARS)["forecast"]
    for name, model in forms.items():
        forecast = measure.make_session(model).run(None, feed)[0]
        assert_allclose(forecast, exact, rtol=0, atol=lynx.TOLERANCE, err_msg=name)


@pytest.mark.parametrize("operator", measure.HISTORIES)
def test_onnxruntime_runs_what_the_engines_are_given(operator):
    assert measure.try_engine("ONNX Runtime", operator) == ("runs", "")
    assert RESULTS["engines"]["ONNX Runtime"][operator] == ["runs", ""]
    model, _ = measure.make_portable(operator)
    assert {node.op_type for node in model.graph.node} >= {operator}


def test_both_branches_of_the_if_are_fed():
    model, _ = measure.make_portable("If")
    assert [node.op_type for node in model.graph.node].count("If") == 1
    assert sorted(len(history) for history in measure.HISTORIES["If"]) == [1, 3]


class FakeEngine:
    """An engine that answers what it is told to."""

    def __init__(self, answer):
        self.answer = answer

    def load(self):
        pass

    def run(self, path, inputs):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer(onnx.load(path), inputs[0])


def without_the_first(model, X):
    """Return what onnxruntime answers, but for one number."""
    answer = neural_network.load_model(model.SerializeToString()).run(None, {"X": X})
    answer[0][0] += 0.01
    return answer


@pytest.mark.parametrize(
    "answer, word",
    [
        (RuntimeError("no Loop"), "refuses"),
        (FileNotFoundError(2, "No such file", "clang"), "not tried: there is no clang here"),
        (without_the_first, "answers wrongly"),
        (lambda model, X: [np.zeros((0,))], "answers wrongly"),
    ],
)
def test_an_engine_gets_the_word_that_it_deserves(monkeypatch, answer, word):
    monkeypatch.setattr(measure.engines, "find", lambda: {"Fake": FakeEngine(answer)})
    assert measure.try_engine("Fake", "Loop")[0] == word


@pytest.mark.parametrize(
    "outcome, word",
    [
        (apart.Outcome(apart.CRASHED, error="SIGSEGV"), ["crashes", "SIGSEGV"]),
        (apart.Outcome(apart.LATE), ["does not end", ""]),
        (apart.Outcome(apart.RETURNED, value=("refuses", "no Loop")), ["refuses", "no Loop"]),
        (apart.Outcome(apart.RAISED, error="ImportError"), None),  # it is not installed
    ],
)
def test_how_a_process_ends_is_a_word_too(outcome, word):
    assert measure.conclude(outcome) == word


def test_if_onnxruntime_runs_not_all_nothing_is_recorded(monkeypatch):
    """As when each engine was called with a wrong argument, and so refused everything."""
    monkeypatch.setattr(measure, "measure_engine", lambda *_: {"Loop": ["refuses", "TypeError"]})
    with pytest.raises(RuntimeError, match="onnxruntime runs all of them elsewhere"):
        measure.measure_engines({})


def test_an_engine_that_is_not_here_keeps_its_row(monkeypatch):
    monkeypatch.setattr(measure.engines, "version_of", lambda engine: None)
    rows = {"tract": {"version": "0.1", "date": "2026-01-01", "If": ["runs", ""]}}
    assert measure.measure_engines(rows) == rows
