"""What older versions of an operator mean otherwise, in numpy, by the wording of that version.

Each Example is one node at one version: what goes in, what the file holds, and what is right.
"""

from dataclasses import dataclass, field

import numpy as np

rng = np.random.default_rng(0)
IMAGE = rng.normal(size=(1, 4, 6, 6)).astype(np.float32)
BLOCK = rng.normal(size=(2, 3, 4)).astype(np.float32)
ROWS = rng.normal(size=(3, 5)).astype(np.float32)


@dataclass
class Example:
    """One node at some versions; constants follow the inputs, None stands for one not given."""

    operator: str
    versions: tuple
    inputs: list
    right: object
    attributes: dict = field(default_factory=dict)
    constants: list = field(default_factory=list)


def flattened(function, X, axis):
    """Apply a function to rows as long as all axes from one on ("coerced into 2-dimensional")."""
    rows = X.reshape(int(np.prod(X.shape[:axis], dtype=int)), -1).astype(float)
    return function(rows).reshape(X.shape)


def softmax(rows):
    powers = np.exp(rows - rows.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def log_softmax(rows):
    return np.log(softmax(rows))


def hardmax(rows):
    return np.eye(rows.shape[1])[rows.argmax(axis=1)]


def enlarged(X):
    """Twice as high and three times as wide: each number is repeated."""
    return X.repeat(2, axis=2).repeat(3, axis=3)


def one_hot(indices, depth):
    """Until opset 11 an index below zero is outside: all off."""
    return (indices[:, np.newaxis] == np.arange(depth)).astype(float)


def make_flattening():
    examples = {}
    functions = {"Softmax": softmax, "LogSoftmax": log_softmax, "Hardmax": hardmax}
    for operator, function in functions.items():
        for axis in (0, 1, 2):
            for X in (IMAGE, BLOCK):
                right = flattened(function, X, axis)
                attributes = {"axis": axis}
                name = f"{operator.lower()}_from_axis_{axis}_of_{X.ndim}"
                examples[name] = Example(operator, (1, 11), [X], right, attributes)
        right = flattened(function, BLOCK, 1)
        examples[f"{operator.lower()}_by_default"] = Example(operator, (1, 11), [BLOCK], right)
    return examples


TWICE = np.float32([1, 1, 2, 3])
NO_REGION = np.float32([])

EXAMPLES = {
    **make_flattening(),
    "clip_to_0_and_6": Example(
        "Clip", (6,), [3 * IMAGE], np.clip(3 * IMAGE, 0, 6), {"min": 0.0, "max": 6.0}
    ),
    "clip_from_below": Example("Clip", (6,), [IMAGE], np.maximum(IMAGE, 0), {"min": 0.0}),
    "dropout_with_ratio": Example("Dropout", (7, 10), [ROWS], ROWS, {"ratio": 0.3}),
    "dropout_by_default": Example("Dropout", (7, 10, 12, 13), [ROWS], ROWS),
    "upsample_nearest": Example(
        "Upsample", (9,), [IMAGE], enlarged(IMAGE), {"mode": "nearest"}, [TWICE]
    ),
    "upsample_nearest_by_attribute": Example(
        "Upsample",
        (7,),
        [IMAGE],
        enlarged(IMAGE),
        {"mode": "nearest", "scales": [1.0, 1.0, 2.0, 3.0]},
    ),
    "resize_nearest": Example(
        "Resize", (10,), [IMAGE], enlarged(IMAGE), {"mode": "nearest"}, [TWICE]
    ),
    "resize_nearest_asymmetric": Example(
        "Resize",
        (11, 13, 18, 19),
        [IMAGE],
        enlarged(IMAGE),
        {
            "mode": "nearest",
            "coordinate_transformation_mode": "asymmetric",
            "nearest_mode": "floor",
        },
        [NO_REGION, TWICE],
    ),
    "resize_nearest_to_a_size": Example(
        "Resize",
        (11, 13, 18, 19),
        [IMAGE],
        enlarged(IMAGE),
        {
            "mode": "nearest",
            "coordinate_transformation_mode": "asymmetric",
            "nearest_mode": "floor",
        },
        [NO_REGION, NO_REGION, np.int64([1, 4, 12, 18])],
    ),
    "onehot_below_zero": Example(
        "OneHot",
        (9,),
        [np.int64([0, -1, 2])],
        one_hot(np.int64([0, -1, 2]), 3),
        {},
        [np.int64(3), np.float32([0, 1])],
    ),
    "squeeze_without_axes": Example("Squeeze", (1, 11, 13), [IMAGE], IMAGE[0]),
    "slice_without_axes": Example(
        "Slice", (1,), [BLOCK], BLOCK[:, 1:-1], {"starts": [0, 1], "ends": [2147483647, -1]}
    ),
    "reduce_mean_of_all": Example(
        "ReduceMean", (1, 11, 13, 18), [BLOCK], BLOCK.mean(dtype=float).reshape(1, 1, 1)
    ),
    "reduce_mean_of_the_last": Example(
        "ReduceMean", (11, 13), [BLOCK], BLOCK.mean(-1, dtype=float, keepdims=True), {"axes": [-1]}
    ),
}
