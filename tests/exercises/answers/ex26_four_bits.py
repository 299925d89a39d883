"""The answer to exercise 26, Four bits: what is right, one way to it, and mistakes."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

import neural_network as script
from tests.exercises.draw import feed_images, feed_scans
from tests.exercises.ex26_four_bits import BLOCK, start, train
from tests.exercises.structure import constants_of, flatten

ORACLE = "numpy with rounded weights"
TOLERANCE = 1e-5  # float32: logits near 10 are good to 1e-5, probabilities more so
draw = feed_images
special = feed_scans

# Unless told, onnxruntime's MatMulNBits rounds what flows to eight bits, and P is off by 0.05.
SETTINGS = {"session.qdq_matmulnbits_accuracy_level": "1"}

FOUR_BITS = {TensorProto.INT4, TensorProto.UINT4}
LARGEST = 0.45  # of the starting file's bytes: weights 0.13, steps 0.06, the rest as before


def expected(X):
    """Return the probabilities by numpy alone, with weights rounded to 15 steps a block."""
    network = train()
    weights = []
    for W in network.coefs_:
        W = W.astype(np.float32)  # as they stand in the starting file
        q, steps = to_blocks(W)
        weights.append(q * np.repeat(steps, BLOCK, axis=0))
    return {"P": script.reference(X, weights, network.intercepts_)}


def complain(model):
    """Return what is not in four bits, or that the file is too big; or None."""
    graph = flatten(model)
    kinds = set()
    for name, tensor in constants_of(graph):
        if tensor.data_type in FOUR_BITS:
            kinds.add(tensor.data_type)
        elif len(tensor.dims) > 1 and np.prod(tensor.dims) >= 10 * BLOCK:
            kind = TensorProto.DataType.Name(tensor.data_type).lower()
            return f"{name} is {kind} still: expected four bits"
    if not kinds:
        return "no tensor is INT4 or UINT4"
    share = model.ByteSize() / start().ByteSize()
    if share > LARGEST:
        return (
            f"the file has {share:.0%} of the starting file's bytes; expected at most {LARGEST:.0%}"
        )
    return None


def to_blocks(W, largest=7):
    """Return the whole numbers (rows, columns) and the steps (rows / 16, columns) of a matrix."""
    rows, columns = W.shape
    blocks = W.astype(np.float64).reshape(rows // BLOCK, BLOCK, columns)
    steps = abs(blocks).max(axis=1, keepdims=True) / largest
    q = np.clip(np.round(blocks / steps), -8, 7)
    return q.reshape(rows, columns), steps[:, 0]


def pack(q):
    """Return whole numbers from -8 to 7 as bytes, two in each: the first in the lower bits."""
    nibbles = q.astype(np.int8).ravel().view(np.uint8) & 15
    return (nibbles[::2] | nibbles[1::2] << 4).tobytes()


def replace_weights(model, quantise=to_blocks, store=pack, kind=TensorProto.INT4, **attributes):
    """Store each W as quantise makes it, in bytes by store, with a DequantizeLinear before."""
    attributes = {"axis": 0, "block_size": BLOCK, **attributes}
    for tensor in list(model.graph.initializer):
        name = tensor.name
        if not name.startswith("W"):
            continue
        q, steps = quantise(numpy_helper.to_array(tensor))
        stored = helper.make_tensor(f"{name}_q", kind, q.shape, store(q), raw=True)
        tensor.CopyFrom(stored)
        step = numpy_helper.from_array(steps.astype(np.float32), f"{name}_step")
        model.graph.initializer.append(step)
        given = {key: value for key, value in attributes.items() if value is not None}
        node = helper.make_node("DequantizeLinear", [f"{name}_q", step.name], [name], **given)
        model.graph.node.insert(0, node)
    return model


def solve(model):
    """Store the weights in four bits, a step for each sixteen of a column."""
    return replace_weights(model)


# Mistakes: each takes the starting model, and earns the words beside its name below.
def upper_bits_first(model):
    def store(q):
        nibbles = q.astype(np.int8).ravel().view(np.uint8) & 15
        return (nibbles[::2] << 4 | nibbles[1::2]).tobytes()

    return replace_weights(model, store=store)


def sign_lost(model):
    return replace_weights(model, kind=TensorProto.UINT4)


def one_step_for_all(model):
    def quantise(W):
        step = abs(W).max() / 7
        return np.round(W / step), step

    return replace_weights(model, quantise, axis=None, block_size=None)


def a_step_for_each_column(model):
    def quantise(W):
        steps = abs(W).max(axis=0) / 7
        return np.round(W / steps), steps

    return replace_weights(model, quantise, axis=1, block_size=None)


def fifteen_halves(model):
    return replace_weights(model, lambda W: to_blocks(W, 7.5))


def eight(model):
    return replace_weights(model, lambda W: to_blocks(W, 8))


def cut_off(model):
    def quantise(W):
        _, steps = to_blocks(W)
        return np.trunc(W / np.repeat(steps, BLOCK, axis=0)), steps

    return replace_weights(model, quantise)


def along_the_rows(model):
    def quantise(W):
        rows, columns = W.shape
        padded = np.pad(W, [(0, 0), (0, -columns % BLOCK)])
        blocks = padded.reshape(rows, -1, BLOCK)
        steps = np.maximum(abs(blocks).max(axis=2, keepdims=True), 1e-9) / 7
        return np.round(blocks / steps).reshape(rows, -1)[:, :columns], steps[..., 0]

    return replace_weights(model, quantise, axis=1)


def eight_bits(model):
    def store(q):
        return q.astype(np.int8).tobytes()

    return replace_weights(model, store=store, kind=TensorProto.INT8)


def rounded_only(model):
    for tensor in model.graph.initializer:
        if tensor.name.startswith("W"):
            q, steps = to_blocks(numpy_helper.to_array(tensor))
            W = q * np.repeat(steps, BLOCK, axis=0)
            tensor.CopyFrom(numpy_helper.from_array(W.astype(np.float32), tensor.name))
    return model


def older_opset(model):
    replace_weights(model)
    model.opset_import[0].version = 19
    return model


MISTAKES = {
    "the nibbles are swapped: the first of two weights is in the lower four bits": upper_bits_first,
    "UINT4 knows no minus, and INT4 does: -1 was read as 15": sign_lost,
    "one step for a whole matrix: each block of sixteen has its own": one_step_for_all,
    "one step for a column: each sixteen rows of it have their own": a_step_for_each_column,
    "the step is max / 7.5, whose largest weights are cut off": fifteen_halves,
    "the step is max / 8: INT4 ends at 7, and what is largest becomes 8": eight,
    "the fraction was cut off: round to the nearest": cut_off,
    "the blocks run along the rows (axis 1): a column's are on axis 0": along_the_rows,
    "is int8 still: expected four bits": eight_bits,
    "is float still: expected four bits": rounded_only,
    "Unrecognized attribute: block_size for operator DequantizeLinear": older_opset,
}

# From these test_wrong_files.py makes more.
PLAIN = rounded_only
