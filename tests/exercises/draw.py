"""What is fed: rows drawn anew at each check, beside real ones.

A file that knows the public rows, or answers for the values that scans have, fails on the others.
"""

from functools import cache

import numpy as np


@cache
def scans():
    """Return the digits that no training has seen (450, 64), 0 to 1."""
    import neural_network  # seconds, for scikit-learn: exercises without scans do without

    _, X, _, _ = neural_network.load_data()
    return X


def mixtures(random, count):
    """Return so many mixtures of two scans (count, 64): pixels between those that scans have."""
    X = scans()
    share = random.uniform(size=(count, 1))
    first = X[random.integers(len(X), size=count)]
    second = X[random.integers(len(X), size=count)]
    return share * first + (1 - share) * second


def images(random, count):
    """Return so many images (count, 64), 0 to 1: mixtures, scans, noise, black and white."""
    X = scans()
    rows = mixtures(random, count)
    kind = random.integers(4, size=count)
    noise = random.uniform(size=(count, 64))
    rows = np.where((kind == 1)[:, np.newaxis], X[random.integers(len(X), size=count)], rows)
    rows = np.where((kind == 2)[:, np.newaxis], noise, rows)
    rows = np.where((kind == 3)[:, np.newaxis], np.round(noise), rows)
    return rows.astype(np.float32)


def feed_images(random, N):
    """Return so many images, unseen scans among them: the draw of an answer."""
    return {"X": images(random, N)}


def feed_scans(random):
    """Return all scans that were not in the training: what is special for an answer."""
    return [{"X": scans().astype(np.float32)}]


def span(random, least, greatest, shape):
    """Return numbers from the least to the greatest, both of them among the first ten, float32."""
    numbers = random.uniform(least, greatest, shape).astype(np.float32)
    flat = numbers.reshape(-1)
    flat[1:2] = greatest
    flat[2:3] = least
    return numbers


def decided(predict_proba, draw, count):
    """Return so many of the rows that draw(count) gives whose two best classes are not on a par.

    Where they are, float32 may choose the other label.
    """
    kept = []
    while sum(map(len, kept)) < count:
        rows = draw(count)
        P = np.sort(predict_proba(rows), axis=1)
        kept.append(rows[P[:, -1] - P[:, -2] > 1e-3])
    return np.concatenate(kept)[:count]
