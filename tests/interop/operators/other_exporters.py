"""More small files as exporters write them: of PyTorch's scripts, of TensorFlow, JAX and LightGBM.

A script keeps its questions: they become If and Loop, and ranks that depend on them. TensorFlow's
functions ask for sizes at every turn. What they are made of was chosen by what real files of other
makers hold.
"""

from functools import partial

import numpy as np

from tests.interop.operators.corpus import convert, draw, is_missing, save, save_made


# PyTorch's scripts --------------------------------------------------------------------------------
def scripted_networks():
    """Return {name: (network, inputs)} of networks that ask questions."""
    import torch
    from torch import nn

    class Voice(nn.Module):
        """A detector of voices, which asks for the rate, and whether it is given a state."""

        def __init__(self, kind):
            super().__init__()
            self.spectrum = nn.Conv1d(1, 18, 16, 8, bias=False)
            self.layer = nn.Conv1d(9, 8, 3, 2, 1)
            self.recurrent = kind(8, 6)
            self.last = nn.Conv1d(6, 1, 1)

        def prepare(self, x, rate):
            if rate == 16000:
                x = x[:, ::2]
            x = nn.functional.pad(x.unsqueeze(1), [4, 4], "reflect")
            x = self.spectrum(x)
            size = torch.sqrt(x[:, :9] ** 2 + x[:, 9:] ** 2)
            return torch.relu(self.layer(size)).squeeze(-1)

        def conclude(self, x):
            x = x.squeeze(0).unsqueeze(-1)
            return torch.sigmoid(self.last(x)).squeeze(1)

    class WithLstm(Voice):
        def forward(self, x, state, rate):
            x = self.prepare(x, rate)
            if state.numel() > 0:
                x, (h, c) = self.recurrent(x.unsqueeze(0), (state[0:1], state[1:2]))
            else:
                x, (h, c) = self.recurrent(x.unsqueeze(0))
            return self.conclude(x), torch.cat([h, c])

    class WithGru(Voice):
        def forward(self, x, state, rate):
            x = self.prepare(x, rate)
            if len(state):
                x, h = self.recurrent(x.unsqueeze(0), state)
            else:
                x, h = self.recurrent(x.unsqueeze(0))
            return self.conclude(x), h

    class Steps(nn.Module):
        """A cell that is asked once for each step: a Loop."""

        def __init__(self):
            super().__init__()
            self.cell = nn.Linear(12, 8)
            self.last = nn.Linear(8, 3)

        def forward(self, x):
            state = torch.zeros(x.shape[0], 8)
            for i in range(x.shape[1]):
                state = torch.tanh(self.cell(torch.cat([x[:, i], state], 1)))
            return self.last(state)

    class Parts(nn.Module):
        """What is loud enough of a sound, as many numbers as there are, and whether some are."""

        def forward(self, x):
            loud = x[x > 0.5]
            if loud.numel() > 2:
                loud = loud - loud.mean()
            return loud.cumsum(0), (x > 0.5).to(torch.float32).sum(1)

    rate = np.array(16000)
    sound = draw(2, 32)  # of which one number is left, so that an axis can be squeezed
    return {
        "voice, LSTM": (WithLstm(nn.LSTM), [sound, draw(2, 2, 6), rate]),
        "voice, GRU": (WithGru(nn.GRU), [sound, draw(1, 2, 6), rate]),
        "steps": (Steps(), [draw(2, 5, 4)]),
        "parts": (Parts(), [sound]),
    }


def write_scripted(folder):
    import torch

    def export(network, inputs, path, opset):
        names = [f"in{i}" for i in range(len(inputs))]
        axes = {"in0": {0: "rows", 1: "steps"}}
        if len(inputs) > 1:
            axes["in1"] = {1: "rows"}
        torch.onnx.export(
            torch.jit.script(network.eval()),
            tuple(map(torch.from_numpy, inputs)),
            path,
            dynamo=False,
            opset_version=opset,
            input_names=names,
            dynamic_axes=axes,
        )

    for name, (network, inputs) in scripted_networks().items():
        for opset in (13, 16):
            full = f"{name}, opset {opset}"
            make = partial(export, network, inputs, folder / f"{full}.onnx", opset)
            save_made(folder, full, inputs, make)


# TensorFlow's functions ---------------------------------------------------------------------------
def tensorflow_functions():
    """Return {name: (function, inputs)} of functions, which tf2onnx takes as they are."""
    import tensorflow as tf
    from keras import Input, Sequential
    from keras import layers as L

    kernel = draw(16, 1, 9)
    dense = draw(8, 6)
    table = draw(30, 8)
    rows = draw(9, 6)

    def spectrum(x):
        """Return the logarithm of a sound's spectrum, from 0 to 1 in each."""
        x = tf.pad(x, [[0, 0], [8, 8]], "REFLECT")
        x = tf.nn.conv1d(x[..., tf.newaxis], kernel, 8, "SAME")
        x = tf.math.log(tf.square(x) + 1e-6) / tf.math.log(10.0)
        sizes = tf.shape(x)
        flat = tf.reshape(x, [sizes[0], -1])
        low = flat - tf.reduce_min(flat, axis=1, keepdims=True)
        low = tf.math.divide_no_nan(low, tf.reduce_max(low, axis=1, keepdims=True))
        back = tf.reshape(low, sizes)
        return tf.einsum("btf,fg->btg", back, rows)

    def letters(ids):
        """Return what is likely of a text's bytes, by layers that normalise with statistics."""
        x = tf.one_hot(ids, 30)
        x = tf.tensordot(x, table, 1)
        sizes = tf.shape(x)
        lines = tf.reshape(x, [1, sizes[0] * sizes[1], sizes[2], 1])
        ones = tf.fill([sizes[0] * sizes[1]], 1.0)
        normal, _mean, _variance = tf.compat.v1.nn.fused_batch_norm(
            lines, ones, ones * 0.0, epsilon=1e-3, data_format="NCHW"
        )
        x = tf.reshape(normal, sizes)
        x = tf.tensordot(x, dense, 1)
        x = x * (tf.math.erf(x / np.float32(np.sqrt(2))) + 1.0) / 2.0
        return tf.nn.softmax(tf.reduce_max(x, axis=1))

    def growing(x):
        """Return a state that is carried on while there are steps, which nobody counts before."""
        sizes = tf.shape(x)

        def goes_on(i, _state, _most):
            return i < sizes[1]

        def step(i, state, most):
            state = tf.tanh(tf.matmul(x[:, i], dense) + state)
            return i + 1, state, tf.maximum(most, state)

        start = tf.zeros([sizes[0], 6])
        _i, state, most = tf.while_loop(goes_on, step, [0, start, start - 1.0])
        return tf.concat([state, most], 1)

    embedding = L.Embedding(30, 8, mask_zero=True)
    words = [embedding, L.Bidirectional(L.LSTM(6, return_sequences=True)), L.Dense(4, "softmax")]
    tagger = Sequential([Input((None,), dtype="int32"), *words])
    inner = Sequential([L.Conv1D(8, 3, padding="same", activation="relu"), L.Dense(4)])
    each = Sequential([Input((None, 12, 4)), L.TimeDistributed(inner), L.GlobalMaxPool2D()])
    ids = np.int32(draw(2, 10, largest=29)) + 1
    return {
        "spectrum": (spectrum, [draw(2, 160)]),
        "letters": (letters, [ids]),
        "growing": (growing, [draw(2, 5, 8)]),
        "masked LSTM": (tagger, [ids]),
        "layers in time": (each, [draw(2, 5, 12, 4)]),
    }


def write_tensorflow(folder):
    import tensorflow as tf

    for name, (function, inputs) in tensorflow_functions().items():
        kinds = [tf.TensorSpec([None] * one.ndim, one.dtype) for one in inputs]
        if name in ("growing", "letters", "layers in time"):
            kinds = [tf.TensorSpec([None, *one.shape[1:]], one.dtype) for one in inputs]
        for opset in (13, 15):
            make = partial(convert, function, kinds, opset)
            save_made(folder, f"{name}, opset {opset}", inputs, make)


# JAX ----------------------------------------------------------------------------------------------
def jax_functions():
    """Return {name: (function, inputs)}."""
    import jax
    import jax.numpy as jnp

    first, second, filters = draw(8, 16), draw(16, 4), draw(6, 3, 3, 3)

    def dense(x):
        x = jax.nn.gelu(x @ first)
        x = (x - x.mean(-1, keepdims=True)) / jnp.sqrt(x.var(-1, keepdims=True) + 1e-5)
        return jax.nn.softmax(x @ second, axis=-1)

    def attention(x):
        scores = jnp.einsum("btd,bsd->bts", x @ first[:, :8], x @ first[:, 8:]) / jnp.sqrt(8.0)
        causal = jnp.tril(jnp.ones((x.shape[1], x.shape[1]), bool))
        weights = jax.nn.softmax(jnp.where(causal, scores, -1e9), axis=-1)
        return jax.nn.silu(jnp.einsum("bts,bsd->btd", weights, x))

    def pictures(x):
        x = jax.lax.conv_general_dilated(x, filters, (2, 2), "SAME")
        x = jax.nn.relu6(x).mean((2, 3))
        return jnp.argmax(x, -1), jax.nn.log_softmax(x, axis=-1)

    return {
        "dense": (dense, [draw(2, 8)]),
        "attention": (attention, [draw(2, 5, 8)]),
        "pictures": (pictures, [draw(1, 3, 16, 16)]),
    }


def write_jax(folder):
    import jax2onnx

    for name, (function, inputs) in jax_functions().items():
        for free in (True, False):
            shapes = [("B", *one.shape[1:]) if free else one.shape for one in inputs]
            make = partial(jax2onnx.to_onnx, function, shapes, opset=21)
            save_made(folder, f"{name}, {'free' if free else 'fixed'} rows", inputs, make)


# LightGBM -----------------------------------------------------------------------------------------
def write_lightgbm(folder):
    import lightgbm
    import onnxmltools
    from onnxmltools.convert.common.data_types import FloatTensorType

    X = draw(60, 4)
    y = np.int64(X @ [1, -1, 2, 0] > 0) + (X[:, 3] > 1)
    settings = {"n_estimators": 4, "num_leaves": 5, "min_child_samples": 5, "verbose": -1}
    estimators = {
        "two classes": (lightgbm.LGBMClassifier(**settings), np.minimum(y, 1)),
        "three classes": (lightgbm.LGBMClassifier(**settings), y),
        "regression": (lightgbm.LGBMRegressor(**settings), X[:, 0] * X[:, 1]),
    }
    for name, (estimator, target) in estimators.items():
        if is_missing(folder, name):
            kinds = [("X", FloatTensorType([None, 4]))]
            model = onnxmltools.convert_lightgbm(
                estimator.fit(X, target), initial_types=kinds, target_opset=15, zipmap=False
            )
            save(folder, name, model, [X[:3]])
