"""The rows that a file is fed with: those of the caller, or some that fit its inputs."""

import itertools
import zipfile

import numpy as np
import onnx
from onnx import helper

from tests import engines

SEED = 0
# (rows, every other free size), then what the whole numbers may be: sides of images and lengths of
# sequences are often multiples of a power of two, and an index has to lie within its table.
SIZES = [(3, 4), (3, 32), (1, 32), (1, 64), (1, 1), (2, 2), (1, 128), (1, 512)]
BOUNDS = [4, 2, 1]


class Unfit(ValueError):
    """Rows that do not belong to a file, in one line."""


def list_inputs(model):
    """Return what a graph is fed with: its inputs without the weights that stand among them."""
    names = engines.input_names(model)
    return [value for value in model.graph.input if value.name in names]


# Made here ----------------------------------------------------------------------------------------
def sizes_of(value):
    """Return the sizes of a tensor: a number, or the name of a free size ("" has none)."""
    dims = value.type.tensor_type.shape.dim
    return [dim.dim_value if dim.HasField("dim_value") else dim.dim_param for dim in dims]


def find_batches(inputs):
    """Return the names of the sizes that count rows: the first of an input, where that is free."""
    first = [sizes_of(value)[:1] for value in inputs]
    return {sizes[0] for sizes in first if sizes and isinstance(sizes[0], str)}


def shape_of(value, batches, rows, other):
    """Return a shape for an input, its free sizes set."""
    shape = []
    for axis, size in enumerate(sizes_of(value)):
        if not isinstance(size, str):
            shape.append(size)
        elif axis == 0 or (size and size in batches):
            shape.append(rows)
        else:
            shape.append(other)
    return shape


def make_array(value, shape, bound, rng):
    """Return an array of an input's type; whole numbers lie below the bound."""
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
    tried = set()
    for (rows, other), bound in itertools.product(SIZES, BOUNDS):
        rng = np.random.default_rng(SEED)
        shapes = [shape_of(value, batches, rows, other) for value in inputs]
        attempt = []
        for value, shape in zip(inputs, shapes, strict=True):
            attempt.append(make_array(value, shape, bound, rng))
        whole = any(array.dtype.kind in "iu" for array in attempt)
        key = str(shapes) + (str(bound) if whole else "")
        if key not in tried:
            tried.add(key)
            yield attempt


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
