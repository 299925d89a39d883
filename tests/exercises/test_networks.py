"""What exercises on memory, attention and bytes promise, in onnxruntime and onnx.reference."""

import numpy as np
from numpy.testing import assert_allclose
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator
from onnxruntime.quantization import QuantType

import neural_network
from tests import language
from tests.exercises import judge, registry

EXERCISES = registry.find()
MEMORY = EXERCISES[10]
ATTENTION = EXERCISES[11]
CELL = EXERCISES[20]
HEAD = EXERCISES[21]
CACHE = EXERCISES[22]
MASK = EXERCISES[23]
WRITER = EXERCISES[24]
TOOL = EXERCISES[18]
BYTES = EXERCISES[28]

TOLERANCE = 2e-5  # each of two ways to the same numbers may be off by the exercises' 1e-5


def solved(exercise):
    """Return the right answer."""
    return exercise.answer.solve(exercise.start())


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
    (hard,) = run(ATTENTION.start(), **feed)
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


SENTENCE = "the cat sat on the mat; the cat sat"


def in_calls(session, tokens, lengths):
    """Return P and the cache of tokens (N, T) that are fed in calls of so many columns each."""
    past = CACHE.answer.feed_of(tokens[:, :0], 0)
    rows = []
    begin = 0
    for length in lengths:
        past["tokens"] = tokens[:, begin : begin + length]
        begin += length
        last_token, keys, values, P = session.run(None, past)
        past = {"past_token": last_token, "past_keys": keys, "past_values": values}
        rows.append(P)
    return np.concatenate(rows, axis=1), keys, values


def test_a_cached_text_in_calls_of_any_length_gives_the_bits_of_one_call_without_a_cache():
    """Each sum here has one term that is not 0, in whatever order its terms are added."""
    tokens = np.array([language.encode(text) for text in (SENTENCE, SENTENCE[::-1])])
    T = tokens.shape[1]
    (whole,) = run(solved(HEAD), tokens=tokens)
    session = neural_network.load_model(solved(CACHE).SerializeToString())
    caches = []
    for lengths in ([T], T * [1], [5, 1, 1, T - 7]):
        P, *cache = in_calls(session, tokens, lengths)
        assert P.tobytes() == whole.tobytes()
        caches.append([array.tobytes() for array in cache])
    assert caches[0] == caches[1] == caches[2]


def test_the_head_finds_every_letter_that_has_an_earlier_place():
    """As rfind does: what came after the last place where the letter stood."""
    (P,) = run(solved(HEAD), tokens=language.encode(SENTENCE)[np.newaxis])
    found = 0
    for end, letter in enumerate(SENTENCE):
        place = SENTENCE.rfind(letter, 0, end)
        if place >= 0:
            assert language.decode([P[0, end].argmax()]) == SENTENCE[place + 1]
            found += 1
    assert found == 24


def test_texts_of_unlike_lengths_get_in_one_call_what_each_gets_alone():
    texts = [SENTENCE, "a", "to be, or not to b"]
    longest = max(map(len, texts))
    alone = np.array([run(solved(HEAD), tokens=language.encode(t)[None])[0][0, -1] for t in texts])
    for side in (str.ljust, str.rjust):
        tokens = np.array([language.encode(side(text, longest, "t")) for text in texts])
        ones = ["1" * len(text) for text in texts]
        mask = np.array([[int(one) for one in side(row, longest, "0")] for row in ones])
        (P,) = run(solved(MASK), tokens=tokens, mask=mask)
        assert P.tobytes() == alone.tobytes()


def test_the_loop_in_the_file_writes_what_a_loop_around_the_cache_writes():
    tokens = language.encode(SENTENCE)
    written, _ = run(solved(WRITER), tokens=tokens, steps=np.array(50), stop=np.array(0))
    session = neural_network.load_model(solved(CACHE).SerializeToString())
    past = CACHE.answer.feed_of(tokens[np.newaxis], 0)
    letters = []
    for _ in range(50):
        last_token, keys, values, P = session.run(None, past)
        letters.append(P[0, -1].argmax())
        past = {"past_token": last_token, "past_keys": keys, "past_values": values}
        past["tokens"] = np.array([letters[-1:]])
    assert written.tolist() == letters


def stored_in(model):
    """Return {name: array} of what a model stores."""
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}


def test_ex28_one_byte_of_a_neuron_moves_some_logit_by_more_than_two_tolerances():
    arrays = stored_in(solved(BYTES))
    W = arrays["W2_q"] * arrays["W2_scale"][:, np.newaxis]  # (10, 64)
    moved = arrays["H_scale"] * abs(W).max(axis=0)
    assert moved.shape == (64,) and moved.min() > 2 * BYTES.answer.TOLERANCE


def test_ex28_the_other_step_of_a_bias_neither_changes_a_byte_nor_shows():
    arrays = stored_in(solved(BYTES))
    assert arrays["B1_scale"].max() / arrays["H_scale"] < BYTES.answer.CLEAR
    assert arrays["B2_scale"].max() < BYTES.answer.TOLERANCE


def test_ex28_onnxruntime_s_tool_finds_the_same_scales_zero_points_and_weights():
    ours = stored_in(solved(BYTES))
    options = {"per_channel": True, "activation_type": QuantType.QUInt8}
    tool = TOOL.answer.calibrate(BYTES.start(), BYTES.task.calibration(), **options)
    theirs = stored_in(tool)
    for wire in "XH":
        assert_allclose(ours[f"{wire}_scale"], theirs[f"{wire}_scale"], rtol=1e-5)  # float32
        assert ours[f"{wire}_zero"] == theirs[f"{wire}_zero_point"]
    for layer in "12":
        assert_allclose(ours[f"W{layer}_scale"], theirs[f"W{layer}_scale"], rtol=1e-5)
        assert abs(ours[f"W{layer}_q"] - theirs[f"W{layer}_quantized"].astype(int)).max() == 0
        B = theirs[f"B{layer}_quantized"]
        assert abs(ours[f"B{layer}_q"] - B).max() <= 1  # between two steps float32 may take either
