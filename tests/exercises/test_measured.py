"""The page's tables of what fewer bits bring and what a Loop costs, against what was measured."""

import json

import onnxruntime
import pytest

import neural_network
from tests.exercises import ex07_half_the_size, measure_bits, measure_loops
from tests.exercises.answers import ex17_if_and_loop as lynx
from tests.exercises.test_page import PAGE

BITS = json.loads(measure_bits.FILE.read_text(encoding="utf-8"))
LOOPS = json.loads(measure_loops.FILE.read_text(encoding="utf-8"))


def test_the_tables_are_made_from_what_was_measured(generated):
    generated(PAGE, "bits", measure_bits.make_table(BITS["rows"]))
    generated(PAGE, "loops", measure_loops.make_table_of_costs(LOOPS["costs"]))
    generated(PAGE, "runtimes", measure_loops.make_table_of_runtimes(LOOPS["runtimes"]))


def test_the_bytes_are_still_those_that_were_measured():
    if onnxruntime.__version__ != BITS["onnxruntime"]:
        pytest.skip("measured with another onnxruntime: python -m tests.exercises.measure_bits")
    X, _, _, _ = neural_network.load_data()
    network = ex07_half_the_size.train()
    variants = measure_bits.make_variants(network.coefs_, network.intercepts_, X)
    plain = variants[measure_bits.PLAIN]
    assert list(variants) == list(BITS["rows"])
    for name, model in variants.items():
        share = model.ByteSize() / plain.ByteSize()
        assert share == pytest.approx(BITS["rows"][name]["bytes"], abs=0.01), name


def test_quantising_a_file_with_functions_changes_no_node():
    network = ex07_half_the_size.train()
    model = neural_network.build_model(network.coefs_, network.intercepts_)
    left_in = measure_bits.eight.functions_left(model)
    assert list(left_in.graph.node) == list(model.graph.node)
    assert list(left_in.functions) == list(model.functions)


@pytest.mark.parametrize("operator", ["If", "Loop", "Scan"])
def test_onnxruntime_runs_what_the_runtimes_are_given(operator):
    model, exact = measure_loops.make_portable(operator)
    session = neural_network.load_model(model.SerializeToString())
    forecast = session.run(None, {"X": measure_loops.HISTORY})[0]
    assert forecast == pytest.approx(exact, abs=lynx.TOLERANCE)
    assert LOOPS["runtimes"]["ONNX Runtime"][operator] == "runs"
