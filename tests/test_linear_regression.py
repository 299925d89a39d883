"""linear_regression.py against published values, pencil and paper, and numpy in float64."""

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator

import linear_regression as script
from tests.kit.numbers import assert_within, dense_bound
from tests.kit.page import split
from tests.kit.places import TESTS

ROWS = [0, 1, 7, 1000]


@pytest.fixture(scope="module")
def fitted():
    """Return the weights and the bias that the script learns."""
    return script.train(*script.load_data())


def load(model):
    return script.load_model(model.SerializeToString())


def random_regression(seed, rows):
    """Return X (rows, n), W (n, outputs), B (outputs,) of random sizes, exact in float32."""
    rng = np.random.default_rng(seed)
    features, outputs = rng.integers(1, 50, size=2)
    shapes = [(rows, features), (features, outputs), (outputs,)]
    return [rng.normal(scale=10, size=shape).astype(np.float32) for shape in shapes]


def test_least_squares_recovers_the_published_coefficients(fitted):
    W, B = fitted  # Brownlee (1965), as published to four significant figures
    learned = [float(f"{value:.4g}") for value in (*B, *W[:, 0])]
    assert learned == [-39.92, 0.7156, 1.295, -0.1521]


def test_least_squares_recovers_the_published_residual_sum_of_squares(fitted):
    X, Y = script.load_data()
    W, B = fitted
    assert ((Y - (X @ W + B)) ** 2).sum() == pytest.approx(178.83, abs=0.005)


def test_a_fit_unlike_the_published_one_ends_with_status_1(disagrees):
    """The graph agrees with numpy on it: only the published numbers tell."""
    honest = script.train

    def dishonest(X, Y):
        W, B = honest(X, Y)
        return W * 1.001, B

    disagrees(script, "train", dishonest, "published", "learned .*, published ")


def test_day_10_comes_out_as_worked_by_hand(fitted):
    session = load(script.build_model(*fitted))
    # -39.9197 + 0.7156 * 58 + 1.2953 * 18 - 0.1521 * 80 = 12.7325, each coefficient good to 0.00005
    by_hand, error = 12.7325, 0.00005 * (1 + 58 + 18 + 80)
    assert script.predict(session, np.array([[58, 18, 80]]))[0, 0] == pytest.approx(
        by_hand, abs=error
    )


def test_the_file_runs_wherever_the_page_of_interop_tries_it():
    text = (TESTS / "interop" / "README.md").read_text(encoding="utf-8")
    _, shown, _ = split(text, "runtimes")
    head, _, tolerance, *rows = [line.split(" | ") for line in shown.splitlines()]
    assert "tolerance" in tolerance[0] and len(rows) > 10
    assert {row[head.index("linear")] for row in rows} == {"✓"}


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("seed", range(5))
def test_onnxruntime_stays_within_the_error_bound_of_numpy(seed, rows):
    X, W, B = random_regression(seed, rows)
    Y = script.predict(load(script.build_model(W, B)), X)
    exact = X.astype(float) @ W.astype(float) + B
    assert Y.dtype == np.float32
    assert_within(Y, exact, dense_bound(X.astype(float), W.astype(float), B.astype(float)))


@pytest.mark.parametrize("rows", ROWS)
def test_the_reference_evaluator_stays_within_the_error_bound_too(rows):
    X, W, B = random_regression(7, rows)
    Y = ReferenceEvaluator(script.build_model(W, B)).run(None, {"X": X})[0]
    exact = X.astype(float) @ W.astype(float) + B
    assert_within(Y, exact, dense_bound(X.astype(float), W.astype(float), B.astype(float)))


def test_float64_weights_are_rounded_to_float32_once(fitted):
    X, _ = script.load_data()
    W, B = fitted
    Y = script.predict(load(script.build_model(W, B)), X)
    assert_within(Y, X @ W + B, dense_bound(X, W, B, roundings=1))


def test_the_numpy_reference_is_the_formula():
    Y = script.reference(
        np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[5.0], [6.0]]), np.array([7.0])
    )
    assert Y.tolist() == [[24.0], [46.0]]  # 5 + 12 + 7 and 15 + 24 + 7


def test_the_graph_is_a_matmul_and_an_add(fitted):
    graph = script.build_model(*fitted).graph
    wires = [(node.op_type, list(node.input), list(node.output)) for node in graph.node]
    assert wires == [("MatMul", ["X", "W"], ["XW"]), ("Add", ["XW", "B"], ["Y"])]


def test_the_weights_in_the_file_are_those_that_were_learned(runs, fitted):
    model = onnx.load(runs["linear_regression"].folder / "linear_regression.onnx")
    stored = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    assert stored.keys() == {"W", "B"}
    for array, learned in zip((stored["W"], stored["B"]), fitted, strict=True):
        assert array.dtype == np.float32
        np.testing.assert_allclose(array, learned, rtol=2.0**-24)  # one rounding to float32


def test_feature_names_in_the_file_are_in_the_order_of_the_columns(runs):
    path = runs["linear_regression"].folder / "linear_regression.onnx"
    metadata = script.load_model(path).get_modelmeta().custom_metadata_map
    first_day = dict(zip(metadata["features"].split(","), script.load_data()[0][0], strict=True))
    assert first_day == {"air": 80, "water": 27, "acid": 89}  # as published


@pytest.mark.parametrize(
    "W_shape, B_shape",
    [((2, 1), (2,)), ((3, 1), (4,)), ((2, 1), (1, 1, 1)), ((3, 2), (3,))],
)
def test_a_bias_that_does_not_fit_the_weights_is_refused_by_the_checker(W_shape, B_shape):
    with pytest.raises(onnx.shape_inference.InferenceError):
        script.build_model(np.ones(W_shape), np.ones(B_shape))
