"""The rows that a file is fed with: those of the caller, or some that fit its inputs."""

import itertools
import math
import zipfile

import numpy as np
import onnx
from onnx import helper, numpy_helper

from tests import engines
from tests.security.inspector import list_messages

SEED = 0
# (rows, every other free size), then what the whole numbers may be: sides of images and lengths of
# sequences are often multiples of a power of two, and an index has to lie within its table.
SIZES = [(3, 4), (3, 32), (1, 32), (1, 64), (1, 1), (2, 2), (1, 128), (1, 512)]
BOUNDS = [4, 2, 1]
WHOLE = [onnx.TensorProto.INT32, onnx.TensorProto.INT64]
MOST_SCALARS = 4
LARGEST = 2**27  # numbers that are made for an input; a stranger may ask for terabytes


class Unfit(ValueError):
    """Rows that do not belong to a file, in one line."""


def list_inputs(model):
    """Return what a graph is fed with: its inputs without the weights that stand among them."""
    names = engines.input_names(model)
    return [value for value in model.graph.input if value.name in names]


# Made here ----------------------------------------------------------------------------------------
def sizes_of(value):
    """Return the sizes of a tensor: a number, or the name of a free size ("" has none).

    Some exporters write a free size as a number below zero.
    """
    dims = value.type.tensor_type.shape.dim
    fixed = [dim.HasField("dim_value") and dim.dim_value >= 0 for dim in dims]
    return [
        d.dim_value if is_fixed else d.dim_param for d, is_fixed in zip(dims, fixed, strict=True)
    ]


def find_batches(inputs):
    """Return the names of the sizes that count rows: the first of an input, where that is free."""
    first = [sizes_of(value)[:1] for value in inputs]
    return {sizes[0] for sizes in first if sizes and isinstance(sizes[0], str)}


def is_state(value):
    """Return whether an input may be a state, (layers, rows, hidden): its second size is free."""
    free = [isinstance(size, str) for size in sizes_of(value)]
    return free[:2] == [False, True]


def shape_of(value, batches, rows, other, states):
    """Return a shape for an input, its free sizes set; states says how one of them is read."""
    shape = []
    place = 1 if states and is_state(value) else 0
    for axis, size in enumerate(sizes_of(value)):
        if not isinstance(size, str):
            shape.append(size)
        elif axis == place or (size and size in batches):
            shape.append(rows)
        else:
            shape.append(other)
    return shape


def list_scalars(model):
    """Return the whole numbers that stand alone in a file, such as the sampling rates it knows."""
    found = set()
    for message in list_messages(model.graph):
        whole = isinstance(message, onnx.TensorProto) and message.data_type in WHOLE
        if whole and not message.external_data and list(message.dims) in [[], [1]]:
            found.update(numpy_helper.to_array(message).ravel().tolist())
    return sorted(found, reverse=True)[:MOST_SCALARS]


def make_array(value, shape, bound, rng):
    """Return an array of an input's type; whole numbers lie below the bound."""
    if math.prod(shape) > LARGEST:
        raise Unfit(f"the input {value.name} has more than {LARGEST:,} numbers: none are made")
    kind = value.type.tensor_type.elem_type
    if kind == onnx.TensorProto.STRING:
        words = rng.choice(["a", "word", "two words"], size=shape)
        return np.asarray(words, dtype=object)
    dtype = helper.tensor_dtype_to_np_dtype(kind)
    if kind == onnx.TensorProto.BOOL:
        return np.asarray(rng.integers(0, 2, size=shape), dtype=bool)
    if np.issubdtype(dtype, np.integer):
        return np.asarray(rng.integers(0, bound, size=shape), dtype=dtype)
    return np.asarray(rng.normal(size=shape), dtype=dtype)


def list_attempts(model):
    """Yield lists of inputs for a model, the likeliest first; Unfit if none can be made."""
    inputs = list_inputs(model)
    for value in inputs:
        if value.type.WhichOneof("value") != "tensor_type":
            raise Unfit(f"the input {value.name} is no tensor, and no rows are made for such a one")
    batches = find_batches(inputs)
    scalars = [None]
    if any(is_whole_scalar(value) for value in inputs):
        scalars += list_scalars(model)
    readings = [True, False] if any(map(is_state, inputs)) else [False]
    tried = set()
    for (rows, other), bound, scalar, states in itertools.product(SIZES, BOUNDS, scalars, readings):
        rng = np.random.default_rng(SEED)
        attempt = []
        for value in inputs:
            shape = shape_of(value, batches, rows, other, states)
            array = make_array(value, shape, bound, rng)
            if scalar is not None and is_whole_scalar(value):
                array = np.full_like(array, scalar)
            attempt.append(array)
        key = tuple((each.shape, each.tobytes() if is_whole(each) else b"") for each in attempt)
        if key not in tried:
            tried.add(key)
            yield attempt


def is_whole(array):
    return array.dtype.kind in "iu"


def is_whole_scalar(value):
    """Return whether an input is one whole number, which may choose what the graph does."""
    return value.type.tensor_type.elem_type in WHOLE and sizes_of(value) in [[], [1]]


# Given --------------------------------------------------------------------------------------------
def read_arrays(path):
    """Return {name: array} of an .npz file; Unfit if it is none."""
    try:
        with np.load(path, allow_pickle=False) as file:  # a pickle runs what is in it
            return {name: file[name] for name in file.files}
    except OSError as error:
        raise Unfit(f"{path}: {error.strerror or error}") from error
    except (ValueError, AttributeError, zipfile.BadZipFile, EOFError) as error:
        raise Unfit(f"{path}: expected arrays as numpy.savez writes them: {error}") from error


def fit(name, array, value):
    """Return an array as an input takes it; Unfit if it is of another kind or shape."""
    kind = value.type.tensor_type.elem_type
    if kind == onnx.TensorProto.STRING:
        if array.dtype.kind not in "UO":
            raise Unfit(f"{name}: expected words, found {array.dtype}")
        return array.astype(object)
    dtype = np.dtype(helper.tensor_dtype_to_np_dtype(kind))
    kinds = {dtype.kind, array.dtype.kind}
    if len(kinds) > 1 and not kinds <= {"i", "u"}:
        raise Unfit(f"{name}: expected {dtype}, found {array.dtype}")
    if value.type.tensor_type.HasField("shape"):
        sizes = sizes_of(value)
        same = len(sizes) == array.ndim and all(
            isinstance(size, str) or size == found
            for size, found in zip(sizes, array.shape, strict=True)
        )
        if not same:
            wanted = ", ".join(str(size or "?") for size in sizes)
            raise Unfit(f"{name}: expected the shape ({wanted}), found {array.shape}")
    return array.astype(dtype)


def choose(model, arrays):
    """Return the inputs among the arrays, in the graph's order, and {output: what is right}."""
    inputs = []
    outputs = engines.output_names(model)
    values = list_inputs(model)
    for value in values:
        if value.name not in arrays:
            found = ", ".join(arrays) or "none"
            raise Unfit(f"expected an array for the input {value.name}, found {found}")
        inputs.append(fit(value.name, arrays[value.name], value))
    known = {value.name for value in values}
    right = {}
    for name, array in arrays.items():
        if name in outputs:
            right[name] = array
        elif name not in known:
            names = ", ".join([*sorted(known), *outputs])
            raise Unfit(f"no input or output is called {name}; expected some of {names}")
    return inputs, right


def describe(inputs, names):
    """Return inputs as words: X float32 (3, 4)."""
    words = []
    for name, array in zip(names, inputs, strict=True):
        words.append(f"{name} {array.dtype} {tuple(array.shape)}")
    return ", ".join(words)
