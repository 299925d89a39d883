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


def interpolated(X, factors):
    """Until opset 11 number i of the answer lies at i / factor, but never behind the last one."""
    for axis, factor in enumerate(factors):
        size = X.shape[axis]
        places = np.minimum(np.arange(int(size * factor)) / factor, size - 1)
        low = places.astype(int)
        high = np.minimum(low + 1, size - 1)
        shape = [1] * X.ndim
        shape[axis] = -1
        share = (places - low).reshape(shape)
        X = np.take(X, low, axis) * (1 - share) + np.take(X, high, axis) * share
    return X


def normalised_as_stated(X, scale, bias, mean, variance, epsilon=1e-5):
    """Return a BatchNormalization by the statistics that the file holds."""
    parts = [part.astype(float).reshape(1, -1, 1, 1) for part in (scale, bias, mean, variance)]
    return (X - parts[2]) / np.sqrt(parts[3] + epsilon) * parts[0] + parts[1]


def correlated(X, W):
    """Return a convolution of one row with rows: X (1, 1, 1, n), W (filters, 1, 1, taps)."""
    row = X.ravel().astype(float)
    return np.stack([np.correlate(row, one.ravel(), "valid") for one in W])[None, :, None]


def aligned(X, box, size):
    """Return RoiAlign of a box, one sample a bin: until opset 16 nothing is moved by a half."""
    left, top, right, bottom = box
    rows = top + (np.arange(size) + 0.5) * (bottom - top) / size
    columns = left + (np.arange(size) + 0.5) * (right - left) / size
    answer = np.zeros((1, X.shape[1], size, size))
    for i, y in enumerate(rows):
        for j, x in enumerate(columns):
            low = int(y), int(x)
            square = X[0, :, low[0] : low[0] + 2, low[1] : low[1] + 2].astype(float)
            down = np.array([1 - (y - low[0]), y - low[0]])
            across = np.array([1 - (x - low[1]), x - low[1]])
            answer[0, :, i, j] = np.einsum("cij,i,j->c", square, down, across)
    return answer


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
HALVES = np.float32([1, 1, 0.5, 0.5])
ROW = rng.normal(size=(1, 1, 1, 21)).astype(np.float32)
FOUR = rng.uniform(1, 2, size=(4, 4)).astype(np.float32)
BOX = np.float32([[0.5, 1, 3.5, 4.6]])
TAPS = (2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 16)


def make_rows():
    """Convolutions with kernels of one row: some engines have code of their own for some."""
    examples = {}
    for taps in TAPS:
        W = rng.normal(size=(4, 1, 1, taps)).astype(np.float32)
        right = correlated(ROW, W)
        settings = {"kernel_shape": [1, taps]}
        name = f"conv_with_{taps}_in_a_row"
        examples[name] = Example("Conv", (1, 11), [ROW], right, settings, [W])
        settings = {"kernel_shape": [taps]}
        held = [W[:, :, 0]]
        examples[f"{name}_1d"] = Example(
            "Conv", (11,), [ROW[:, :, 0]], right[:, :, 0], settings, held
        )
    return examples


def make_resized():
    examples = {}
    for name, factors in (("larger", TWICE), ("smaller", HALVES)):
        right = interpolated(IMAGE, factors)
        mode = {"mode": "linear"}
        examples[f"resize_linear_{name}"] = Example(
            "Resize", (10,), [IMAGE], right, mode, [factors]
        )
    right = interpolated(IMAGE, TWICE)
    examples["upsample_linear"] = Example("Upsample", (9,), [IMAGE], right, mode, [TWICE])
    nearest = IMAGE[:, :, ::2, ::2]
    mode = {"mode": "nearest"}
    examples["resize_nearest_smaller"] = Example("Resize", (10,), [IMAGE], nearest, mode, [HALVES])
    return examples


EXAMPLES = {
    **make_flattening(),
    **make_rows(),
    **make_resized(),
    "batch_normalization_as_stated": Example(
        "BatchNormalization",
        (7, 9, 14, 15),
        [IMAGE],
        normalised_as_stated(IMAGE, *FOUR),
        {"epsilon": 1e-5},
        list(FOUR),
    ),
    "roi_align_without_a_half": Example(
        "RoiAlign",
        (10,),
        [IMAGE],
        aligned(IMAGE, BOX[0], 3),
        {"output_height": 3, "output_width": 3, "sampling_ratio": 1},
        [BOX, np.int64([0])],
    ),
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
