"""ndonnx, an array library that writes down what it should compute."""

import onnx

NAME = "ndonnx"
EXPORTER = "ndonnx.build"
PACKAGES = "ndonnx spox"


def network(X, weights, biases):
    """Return the probabilities (N, 10) of X (N, 64): numbers, if X is numpy's; else a formula."""
    xp = X.__array_namespace__()  # numpy, or ndonnx: both follow the array API standard
    zero = xp.zeros((), dtype=X.dtype)
    for W, B in zip(weights[:-1], biases[:-1], strict=True):
        X = xp.maximum(X @ W + B, zero)
    logits = X @ weights[-1] + biases[-1]
    E = xp.exp(logits - xp.max(logits, axis=1, keepdims=True))
    return E / xp.sum(E, axis=1, keepdims=True)


def export(weights, biases, path, dtype):
    """Write the network; the weights' precision is that of the input."""
    import ndonnx

    X = ndonnx.argument(shape=("N", 64), dtype=getattr(ndonnx, dtype))
    P = network(X, weights, biases)
    onnx.save(ndonnx.build({"X": X}, {"P": P}), path)
