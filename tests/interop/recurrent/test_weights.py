"""Weights of PyTorch's and Keras' layers, reordered for ONNX, give the numbers of the layers.

Install it:  pip install torch==2.13.0 keras tensorflow-cpu
Try it:      pytest tests/interop/recurrent/test_weights.py
"""

import os

import numpy as np
import pytest
from numpy.testing import assert_allclose

import neural_network
from tests.exercises import ex25_lstm_from_pytorch as exercise
from tests.interop.common import need
from tests.interop.recurrent import cases
from tests.interop.recurrent.weights import from_keras, from_pytorch

os.environ["KERAS_BACKEND"] = "tensorflow"
ATOL = 1e-5  # numbers below 1, after at most 20 steps that round a few times each
BOTH = {"forward": 1, "bidirectional": 2}


def run(case, weights, feed):
    """Return the outputs of a case's file, with other weights."""
    model = cases.build(case, weights)
    return neural_network.load_model(model.SerializeToString()).run(None, feed)


@pytest.mark.parametrize("direction", BOTH)
@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_pytorchs_layer_and_the_file_answer_alike(kind, direction):
    torch = need("PyTorch", "torch")
    case = cases.Case(kind, direction)
    torch.manual_seed(0)
    options = {"bidirectional": direction == "bidirectional"}
    layer = getattr(torch.nn, kind)(cases.INPUTS, cases.NEURONS, **options)
    arrays = [array.detach().numpy() for array in layer.parameters()]
    weights = from_pytorch(kind, [arrays[4 * d : 4 * d + 4] for d in range(case.directions)])
    for T, N in cases.SIZES:
        feed = cases.make_feed(case, T, N)
        states = [torch.tensor(array) for name, array in feed.items() if name != "X"]
        Y, last = layer(torch.tensor(feed["X"]), tuple(states) if kind == "LSTM" else states[0])
        outputs = run(case, weights, feed)
        ours = outputs[0].transpose(0, 2, 1, 3).reshape(T, N, -1)  # directions beside each other
        assert_allclose(ours, Y.detach().numpy(), rtol=0, atol=ATOL)
        lasts = last if kind == "LSTM" else [last]
        for output, right in zip(outputs[1:], lasts, strict=True):
            assert_allclose(output, right.detach().numpy(), rtol=0, atol=ATOL)


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_series_that_pytorch_packs_are_lengths_in_the_file(kind):
    """Batch first, both directions: behind the end of a series PyTorch has zeros, too."""
    torch = need("PyTorch", "torch")
    case = cases.Case(kind, "bidirectional", states=False, lengths=True)
    torch.manual_seed(0)
    options = {"bidirectional": True, "batch_first": True}
    layer = getattr(torch.nn, kind)(cases.INPUTS, cases.NEURONS, **options)
    arrays = [array.detach().numpy() for array in layer.parameters()]
    weights = from_pytorch(kind, [arrays[:4], arrays[4:]])
    for T, N in cases.SIZES:
        feed = cases.make_feed(case, T, N)
        X = torch.tensor(feed["X"].swapaxes(0, 1))
        lengths = torch.tensor(feed["lengths"])
        packed = torch.nn.utils.rnn.pack_padded_sequence(X, lengths, True, enforce_sorted=False)
        said, last = layer(packed)
        Y, _ = torch.nn.utils.rnn.pad_packed_sequence(said, batch_first=True)  # (N, T, 2 * H)
        outputs = run(case, weights, feed)
        ours = outputs[0].transpose(2, 0, 1, 3).reshape(N, T, -1)
        assert_allclose(ours, Y.detach().numpy(), rtol=0, atol=ATOL)
        lasts = last if kind == "LSTM" else [last]
        for output, right in zip(outputs[1:], lasts, strict=True):
            assert_allclose(output, right.detach().numpy(), rtol=0, atol=ATOL)


def test_the_exercises_formula_is_pytorchs():
    torch = need("PyTorch", "torch")
    weights = exercise.state_dict()
    layer = torch.nn.LSTM(2, exercise.NEURONS, batch_first=True, dtype=torch.float64)
    named = {}
    for name, array in weights.items():
        if name.startswith("lstm."):
            named[name.removeprefix("lstm.")] = torch.tensor(array)
    layer.load_state_dict(named)  # by the names that PyTorch has
    X = np.random.default_rng(0).uniform(-1, 1, (3, 7, 2))
    nothing = np.zeros((3, exercise.NEURONS))
    said, last = exercise.walk(X, nothing, nothing, weights)
    Y, (_, c) = layer(torch.tensor(X))
    assert_allclose(said, Y.detach().numpy(), rtol=0, atol=1e-12)
    assert_allclose(last, c[0].detach().numpy(), rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind, before_reset", [("LSTM", 1), ("GRU", 1), ("GRU", 0)])
def test_kerass_layer_and_the_file_answer_alike(kind, before_reset):
    keras = need("Keras", "keras")
    case = cases.Case(kind, before_reset=before_reset)
    keras.utils.set_random_seed(0)
    options = {"reset_after": bool(before_reset)} if kind == "GRU" else {}
    layer = getattr(keras.layers, kind)(
        cases.NEURONS,
        return_sequences=True,
        return_state=True,
        bias_initializer="random_normal",
        **options,
    )
    for T, N in cases.SIZES:
        feed = cases.make_feed(case, T, N)
        states = [array[0] for name, array in feed.items() if name != "X"]
        Y, *lasts = layer(feed["X"].swapaxes(0, 1), initial_state=states)
        weights = from_keras(kind, [layer.get_weights()])
        outputs = run(case, weights, feed)
        assert_allclose(outputs[0][:, 0].swapaxes(0, 1), np.asarray(Y), rtol=0, atol=ATOL)
        for output, right in zip(outputs[1:], lasts, strict=True):
            assert_allclose(output[0], np.asarray(right), rtol=0, atol=ATOL)


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_both_directions_of_keras_and_the_file_answer_alike(kind):
    keras = need("Keras", "keras")
    case = cases.Case(kind, "bidirectional", states=False)
    keras.utils.set_random_seed(0)
    one = getattr(keras.layers, kind)(
        cases.NEURONS, return_sequences=True, return_state=True, bias_initializer="random_normal"
    )
    layer = keras.layers.Bidirectional(one)
    for T, N in cases.SIZES:
        feed = cases.make_feed(case, T, N)
        Y, *lasts = layer(feed["X"].swapaxes(0, 1))  # the states of one direction, then the other
        arrays = layer.get_weights()
        outputs = run(case, from_keras(kind, [arrays[:3], arrays[3:]]), feed)
        ours = outputs[0].transpose(2, 0, 1, 3).reshape(N, T, -1)
        assert_allclose(ours, np.asarray(Y), rtol=0, atol=ATOL)
        states = len(lasts) // 2
        for state, output in enumerate(outputs[1:]):
            right = np.stack([lasts[state], lasts[states + state]])
            assert_allclose(output, right, rtol=0, atol=ATOL)
