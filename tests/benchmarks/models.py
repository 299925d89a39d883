"""What is measured: models, rows to feed them, and the same answer by other means."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
import onnxruntime
from onnx import ModelProto, TensorProto, helper, numpy_helper
from sklearn.ensemble import RandomForestClassifier

import linear_regression
import neural_network
import sklearn_converter

STACK_LOSS = 1e-4  # float32 keeps 7 digits: sums of numbers around 100 are good to about 1e-5
PROBABILITY = 1e-5  # logits around 10 are good to 1e-5, as in the scripts
SMALL_PROBABILITY = 1e-7  # probabilities near 1/32, from logits below 1: good to 6 digits
TINY_PROBABILITY = 1e-8  # probabilities near 1/1,024, in the same way


@dataclass
class Subject:
    """A model, data to feed it, and what else computes the same, from rows to rows."""

    X: np.ndarray  # (N, features) in float64
    model: ModelProto
    exact: Callable  # in float64
    tolerance: float  # between exact and all others
    by_numpy: Callable | None = None  # in float32, as lean as it can be written
    estimator: object = None  # scikit-learn's, which computes in float64

    def rows(self, count):
        """Return X (count, features) in float64: the data, over and over."""
        return np.resize(self.X, (count, self.X.shape[1]))


# 1. Models ----------------------------------------------------------------------------------------
def open_session(model, **settings):
    """Return a session of a model, with settings by their names in SessionOptions."""
    options = onnxruntime.SessionOptions()
    for name, value in settings.items():
        setattr(options, name, value)
    content = model.SerializeToString()
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def call(session, X):
    """Return a function that runs a session on X, and returns its last output."""
    output = session.get_outputs()[-1].name

    def run():
        return session.run([output], {"X": X})[0]

    return run


def make_model(nodes, X_shape, output, initializers=(), dtype=TensorProto.FLOAT):
    """Return a model from X to one output of unknown shape, with the scripts' opset and IR."""
    X_info = helper.make_tensor_value_info("X", dtype, X_shape)
    output_info = helper.make_tensor_value_info(output, dtype, None)
    graph = helper.make_graph(nodes, "benchmark", [X_info], [output_info], initializers)
    opset = helper.make_opsetid("", neural_network.OPSET)
    return helper.make_model(graph, opset_imports=[opset], ir_version=neural_network.IR_VERSION)


def build_flat(weights, biases, dtype=np.float32):
    """Return the network as one writes it without functions: Gemm and Relu, layer by layer."""
    nodes = []
    initializers = []
    wire = "X"
    for i, (W, B) in enumerate(zip(weights, biases, strict=True), start=1):
        initializers.append(numpy_helper.from_array(W.astype(dtype), f"W{i}"))
        initializers.append(numpy_helper.from_array(B.astype(dtype), f"B{i}"))
        nodes.append(helper.make_node("Gemm", [wire, f"W{i}", f"B{i}"], [f"Z{i}"]))
        wire = f"Z{i}"
        if i < len(weights):
            nodes.append(helper.make_node("Relu", [wire], [f"H{i}"]))
            wire = f"H{i}"
    nodes.append(helper.make_node("Softmax", [wire], ["P"], axis=1))
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    return make_model(nodes, ["N", len(weights[0])], "P", initializers, kind)


def network_by_numpy(X, weights, biases):
    """Return the network's probabilities as lean as numpy can: in place, in the weights' dtype."""
    H = X
    for i, (W, B) in enumerate(zip(weights, biases, strict=True), start=1):
        H = H @ W  # (N, inputs) @ (inputs, outputs) -> (N, outputs)
        H += B
        if i < len(weights):
            np.maximum(H, 0, out=H)
    H -= H.max(axis=1, keepdims=True)
    np.exp(H, out=H)
    H /= H.sum(axis=1, keepdims=True)
    return H


def pipeline_by_numpy(X, mean, scale, W, B):
    """Return the pipeline's probabilities: a standardised row is fed to a network of one layer."""
    return network_by_numpy((X - mean) / scale, [W], [B])


def cast(arrays, dtype=np.float32):
    return [array.astype(dtype) for array in arrays]


# 2. Subjects --------------------------------------------------------------------------------------
@cache
def linear():
    """Return the script's linear regression."""
    X, Y = linear_regression.load_data()
    W, B = linear_regression.train(X, Y)
    W32, B32 = cast([W, B])
    return Subject(
        X,
        linear_regression.build_model(W, B),
        exact=partial(linear_regression.reference, W=W, B=B),
        tolerance=STACK_LOSS,
        by_numpy=partial(linear_regression.reference, W=W32, B=B32),
    )


@cache
def pipeline():
    """Return the script's pipeline on Iris."""
    X, _, y, _ = sklearn_converter.load_data()
    fitted = sklearn_converter.train(X, y)
    scaler = fitted[0]
    classifier = fitted[1]
    mean, scale = cast([scaler.mean_, scaler.scale_])
    W, B = cast([classifier.coef_.T, classifier.intercept_])
    return Subject(
        X,
        sklearn_converter.build_model(fitted, X.astype(np.float32)),
        exact=partial(sklearn_converter.reference, pipeline=fitted),
        tolerance=PROBABILITY,
        by_numpy=partial(pipeline_by_numpy, mean=mean, scale=scale, W=W, B=B),
        estimator=fitted,
    )


@cache
def trained_network():
    """Return the digits' rows X (N, 64) and the script's classifier."""
    X, _, y, _ = neural_network.load_data()
    return X, neural_network.train(X, y)


@cache
def network():
    """Return the script's network on the digits."""
    X, classifier = trained_network()
    weights = classifier.coefs_
    biases = classifier.intercepts_
    return Subject(
        X,
        neural_network.build_model(weights, biases),
        exact=partial(neural_network.reference, weights=weights, biases=biases),
        tolerance=PROBABILITY,
        by_numpy=partial(network_by_numpy, weights=cast(weights), biases=cast(biases)),
        estimator=classifier,
    )


@cache
def forest():
    """Return a forest of 100 trees on the digits; nobody writes it out in numpy."""
    X, _, y, _ = neural_network.load_data()
    fitted = RandomForestClassifier(random_state=0).fit(X, y)
    return Subject(
        X,
        sklearn_converter.build_model(fitted, X.astype(np.float32)),
        exact=fitted.predict_proba,
        tolerance=PROBABILITY,
        estimator=fitted,
    )


@cache
def random_network(width, depth):
    """Return weights and biases, exact in float32, whose errors do not grow with the depth."""
    rng = np.random.default_rng(depth)
    weights = []
    biases = []
    for _ in range(depth):
        W = rng.uniform(-1, 1, size=(width, width))
        weights.append((W / abs(W).sum(axis=0)).astype(np.float32))
        biases.append(rng.normal(scale=0.1, size=width).astype(np.float32))
    return weights, biases


@cache
def large_network():
    """Return a network of two layers of 1,024 neurons, with random weights."""
    weights, biases = random_network(1024, 2)
    X = np.random.default_rng(0).normal(size=(4096, 1024))
    return Subject(
        X.astype(np.float32).astype(float),
        build_flat(weights, biases),
        exact=partial(
            neural_network.reference, weights=cast(weights, float), biases=cast(biases, float)
        ),
        tolerance=TINY_PROBABILITY,
        by_numpy=partial(network_by_numpy, weights=weights, biases=biases),
    )
