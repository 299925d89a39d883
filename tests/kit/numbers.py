"""How far float32 may be from the exact result: error bounds, not tolerances that happen to do.

Higham, Accuracy and Stability of Numerical Algorithms (2002), chapter 3: n roundings change a
result by a factor between 1 - gamma(n) and 1 + gamma(n), in whatever order a runtime adds up.
"""

import numpy as np

U = 2.0**-24  # unit roundoff of float32
EXP_ROUNDINGS = (
    4  # a float32 exp is not exact: runtimes stay within this many units in the last place
)


def gamma(n):
    """Return the relative error bound of n float32 roundings."""
    return n * U / (1 - n * U)


def dense_bound(X, W, B, error=0.0, roundings=0):
    """Return the error bound (N, outputs) of X @ W + B where X (N, n) itself carries an error.

    A product of n terms rounds n times, the sum with B once more; roundings counts further ones,
    such as the one that makes float64 weights float32.
    """
    error = np.broadcast_to(error, X.shape)
    size = (np.abs(X) + error) @ np.abs(W) + np.abs(B)
    return error @ np.abs(W) + gamma(len(W) + 1 + roundings) * size


def softmax_bound(logits, error, roundings=0):
    """Return the error bound (N, classes) of a softmax whose logits (N, classes) carry an error.

    Logits off by at most e change a probability by a factor of at most exp(2 e). The subtraction of
    the maximum rounds once; exp, the sum and the quotient round as counted.
    """
    if not len(logits):
        return np.zeros_like(logits)
    spread = logits.max(axis=1, keepdims=True) - logits
    e = (error + 2 * U * spread).max(axis=1, keepdims=True)
    factor = np.expm1(2 * e) + gamma(EXP_ROUNDINGS * 2 + logits.shape[1] + 1 + roundings)
    tiny = 2.0**-100  # below this, float32 probabilities may be flushed to zero
    return softmax(logits) * factor + tiny


def softmax(logits):
    """Return the softmax of logits (N, classes) along the classes, in float64."""
    return np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))


def assert_within(actual, exact, bound):
    """Assert that every element is as close to the exact value as float32 permits."""
    assert actual.shape == exact.shape == bound.shape
    excess = np.abs(actual - exact) - bound
    assert (excess <= 0).all(), f"beyond the bound by {excess.max():.1e}"  # NaN fails too
