"""What the exercises on memory and attention promise, in onnxruntime and onnx.reference."""

import numpy as np
from numpy.testing import assert_allclose
from onnx.reference import ReferenceEvaluator

import neural_network
from tests.exercises import judge, registry

EXERCISES = registry.find()
MEMORY = EXERCISES[10]
ATTENTION = EXERCISES[11]
CELL = EXERCISES[20]

TOLERANCE = 2e-5  # each of two ways to the same numbers may be off by the exercises' 1e-5


def solved(exercise):
    """Return the right answer."""
    return exercise.answer.solve(exercise.task.start())


def run(model, **feed):
    """Return the outputs by onnxruntime."""
    return neural_network.load_model(model.SerializeToString()).run(None, feed)


def whole_series():
    """Return three unseen parts of the series, and a state of zeros."""
    return MEMORY.answer.special(np.random.default_rng(0))[0]


def test_the_memory_predicts_what_comes_next():
    feed = whole_series()
    P, _ = run(solved(MEMORY), **feed)
    X = feed["X"]
    error = np.sqrt(np.mean((P[30:-1] - X[31:]) ** 2))  # 30 steps to find its way from zeros
    repeated = np.sqrt(np.mean((X[30:-1] - X[31:]) ** 2))  # by repeating the last value
    assert error < repeated / 20


def test_a_sequence_in_one_call_in_two_and_by_the_cell_gives_the_same():
    model = solved(MEMORY)
    feed = whole_series()
    X = feed["X"]
    P, state = run(model, **feed)

    P_first, halfway = run(model, X=X[:50], state=feed["state"])
    P_second, state_second = run(model, X=X[50:], state=halfway)
    assert_allclose(np.concatenate([P_first, P_second]), P, rtol=0, atol=TOLERANCE)
    assert_allclose(state_second, state, rtol=0, atol=TOLERANCE)

    step = neural_network.load_model(solved(CELL).SerializeToString())
    remembered = feed["state"][0]
    for x, p in zip(X, P, strict=True):
        p_cell, remembered = step.run(None, {"X": x, "state": remembered})
        assert_allclose(p_cell, p, rtol=0, atol=TOLERANCE)
    assert_allclose(remembered, state[0], rtol=0, atol=TOLERANCE)


def test_soft_neighbours_tell_digits_apart():
    feed = ATTENTION.answer.special(np.random.default_rng(0))[0]
    _, _, _, digits = neural_network.load_data()
    (Y,) = run(solved(ATTENTION), **feed)
    (hard,) = run(ATTENTION.task.start(), **feed)
    assert (Y.argmax(axis=1) == digits).mean() > 0.97
    assert (hard.argmax(axis=1) == digits).mean() > 0.97
    assert_allclose(Y.sum(axis=1), 1, rtol=0, atol=1e-5)


def test_the_standards_attention_gives_the_same_numbers_in_two_runtimes():
    own = solved(ATTENTION)
    for feed in judge.main_feeds(ATTENTION, 0):
        exact = judge.expect(ATTENTION, feed)["Y"]
        for model in (own, neural_network.inline(own), ATTENTION.answer.standard()):
            for Y in (run(model, **feed)[0], ReferenceEvaluator(model).run(None, feed)[0]):
                assert_allclose(Y, exact, rtol=0, atol=ATTENTION.answer.TOLERANCE)
