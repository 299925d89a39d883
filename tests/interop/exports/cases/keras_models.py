"""Keras and tf2onnx: each case writes the file, and returns what is to be compared."""

import keras
import numpy as np
import onnx
import tensorflow as tf
import tf2onnx

layers = keras.layers


def expect(network, X):
    """Return inputs and outputs as lists of arrays."""
    return [([X], [np.asarray(network(X, training=False))])]  # some layers are in training else


def export(network, path, X, **options):
    """Call a network once, and export it; return what is to be compared."""
    network(X)  # Keras exports no model that was never called
    network.export(path, format="onnx", verbose=False, **options)
    return expect(network, X)


class Dense:
    """A layer with the same weights each time."""

    X = np.ones((2, 4), np.float32)

    def network(self):
        keras.utils.set_random_seed(0)
        return keras.Sequential([keras.Input((4,)), layers.Dense(3)])


class NeverCalled(Dense):
    def mistake(self, path):
        network = self.network()
        network.export(path, format="onnx")

    def mend(self, path):
        return export(self.network(), path, self.X)


class FromKeras(Dense):
    def mistake(self, path):
        tf2onnx.convert.from_keras(self.network(), output_path=path)

    def mend(self, path):
        return export(self.network(), path, self.X)


class NewerOpset(Dense):
    def mistake(self, path):
        export(self.network(), path, self.X, opset_version=21)

    def mend(self, path):
        checks = export(self.network(), path, self.X, opset_version=18)
        onnx.save(onnx.version_converter.convert_version(onnx.load(path), 21), path)
        return checks


class SecondOfAProgram(Dense):
    """Its input is named after how many tensors the program has made before."""

    def mistake(self, path):
        checks = export(self.network(), path, self.X)
        return [({"keras_tensor": X}, outputs) for (X,), outputs in checks]

    def mend(self, path):
        keras.utils.set_random_seed(0)
        network = keras.Sequential([keras.Input((4,), name="x"), layers.Dense(3)])
        checks = export(network, path, self.X)
        return [({"x": X}, outputs) for (X,), outputs in checks]


class ImagesTurned:
    X = np.random.default_rng(0).uniform(size=(2, 8, 8, 3)).astype(np.float32)

    def network(self):
        keras.utils.set_random_seed(0)
        self.turn = layers.RandomRotation(0.1)
        self.see = layers.Conv2D(2, 3)
        return keras.Sequential([keras.Input((8, 8, 3)), self.turn, self.see])

    def mistake(self, path):
        return export(self.network(), path, self.X)

    def mend(self, path):
        network = self.network()
        without = keras.Sequential([keras.Input((8, 8, 3)), self.see])
        export(without, path, self.X)
        return expect(network, self.X)  # outside a training nothing is turned


class Normalised:
    X = np.random.default_rng(0).uniform(size=(2, 3)).astype(np.float32)
    mean = [1.0, 2.0, 3.0]
    variance = [1.0, 4.0, 9.0]

    def network(self):
        keras.utils.set_random_seed(0)
        self.normalise = layers.Normalization(mean=self.mean, variance=self.variance)
        self.layer = layers.Dense(2)
        return keras.Sequential([keras.Input((3,)), self.normalise, self.layer])

    def mistake(self, path):
        return export(self.network(), path, self.X)

    def mend(self, path):
        network = self.network()
        scale = 1 / np.sqrt(self.variance)
        normalise = layers.Rescaling(scale.tolist(), offset=(-scale * self.mean).tolist())
        better = keras.Sequential([keras.Input((3,)), normalise, self.layer])
        export(better, path, self.X)
        return expect(network, self.X)


class WordsAsColumn:
    X = np.array([["a"], ["b"], ["elsewhere"]], dtype=object)

    def mistake(self, path):
        lookup = layers.StringLookup(vocabulary=["a", "b"])
        keras.utils.set_random_seed(0)
        network = keras.Sequential(
            [keras.Input((1,), dtype="string"), lookup, layers.Embedding(3, 2)]
        )
        network(tf.constant([["a"]]))
        network.export(path, format="onnx", verbose=False)
        return [([self.X], [np.asarray(network(tf.constant(self.X.tolist())))])]

    def mend(self, path):
        lookup = layers.StringLookup(vocabulary=["a", "b"])
        keras.utils.set_random_seed(0)
        network = keras.Sequential([keras.Input((1,), dtype="int64"), layers.Embedding(3, 2)])
        indices = np.asarray(lookup(tf.constant(self.X.tolist()))).astype(np.int64)
        return export(network, path, indices)


class OperatorOfTensorFlow:
    X = np.array([[[2.0, 1.0], [1.0, 3.0]]], np.float32)

    def mistake(self, path):
        @tf.function
        def invert(x):
            return tf.linalg.inv(x)

        return self.convert(invert, path)

    def mend(self, path):
        @tf.function
        def invert(x):  # 2 x 2, by the formula
            a = x[:, 0, 0]
            b = x[:, 0, 1]
            c = x[:, 1, 0]
            d = x[:, 1, 1]
            rows = tf.stack([tf.stack([d, -b], 1), tf.stack([-c, a], 1)], 1)
            return rows / (a * d - b * c)[:, None, None]

        return self.convert(invert, path)

    def convert(self, function, path):
        signature = [tf.TensorSpec((None, 2, 2))]
        tf2onnx.convert.from_function(function, signature, output_path=str(path))
        return [([self.X], [np.linalg.inv(self.X)])]


class RecurrentLayers:
    """Bidirectional, with a GRU below: what older releases turned down."""

    X = np.random.default_rng(0).uniform(size=(2, 7, 4)).astype(np.float32)

    def mistake(self, path):
        keras.utils.set_random_seed(0)
        network = keras.Sequential(
            [
                keras.Input((None, 4)),
                layers.GRU(3, return_sequences=True),
                layers.Bidirectional(layers.LSTM(3)),
            ]
        )
        return export(network, path, self.X)

    mend = mistake
