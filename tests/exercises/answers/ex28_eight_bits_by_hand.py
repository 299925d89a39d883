"""The answer to exercise 28, Eight bits by hand: what is right, one way to it, and mistakes."""

from functools import cache

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper
from onnx.reference import ReferenceEvaluator

from tests.exercises.draw import images, scans
from tests.exercises.ex28_eight_bits_by_hand import (
    COLDEST,
    WARMEST,
    calibration,
    to_degrees,
    train,
)
from tests.exercises.structure import constants_of, flatten, operators_in

ORACLE = "numpy with the same rounding"
# One byte of H moves a logit by its scale times a weight: of each neuron, some logit by more than
# twice as much as this, as a test holds. Sums of 64 in float32 are good to 1e-5, and a bias that
# falls between two steps may take either, 1e-4 apart.
TOLERANCE = 5e-4

# Fused to products of bytes, sums are cut off at 16 bits on x86 processors without VNNI.
SETTINGS = {"session.disable_quant_qdq": "1"}

# In steps: what lies nearer to the middle between two bytes may become either. A bias of the first
# layer that takes the other step moves H by less, as a test holds.
CLEAR = 0.003


def draw(random, N):
    """Return so many images in degrees, whose bytes are certain: no number is nearly a half."""
    kept = np.zeros((0, 64), np.float32)
    while len(kept) < N:
        X = to_degrees(images(random, N))
        kept = np.concatenate([kept, X[is_clear(X)]])
    return {"X": kept[:N]}


def special(random):
    """Return the scans that were not in the training, if their bytes are certain."""
    X = to_degrees(scans())
    return [{"X": X[is_clear(X)]}]


def is_clear(X):
    """Return of each row whether X and H are clear of the middle between two bytes."""
    X = X.astype(np.float64)
    (X_scale, _), (H_scale, _) = measure_ranges()
    steps = np.hstack([X / X_scale, hidden(round_to_bytes(X, 0)) / H_scale])
    return (abs(steps % 1 - 0.5) > CLEAR).all(axis=1)


def expected(X):
    """Return the logits by numpy alone; what flows, weights and biases are rounded."""
    H = hidden(round_to_bytes(X, 0))
    W, B = round_layer(1)
    return {"Y": round_to_bytes(H, 1) @ W.T + B}


@cache
def measure_ranges():
    """Return (scale, zero point) of X, and of H, by numpy alone."""
    arrays = {name: array.astype(np.float64) for name, array in train().items()}
    X = calibration().astype(np.float64)
    Z = X @ arrays["W1"].T + arrays["B1"]
    pairs = []
    for rows in (X, np.where(Z < 0, 0.1 * Z, Z)):
        least = min(0, rows.min())
        greatest = max(0, rows.max())
        scale = as_stored((greatest - least) / 255)
        pairs.append((scale, round(-least / scale)))
    return pairs


def round_to_bytes(numbers, layer):
    """Return what a layer reads, rounded to 255 steps; what is beyond the range is cut off."""
    scale, zero = measure_ranges()[layer]
    return (np.clip(np.round(numbers / scale) + zero, 0, 255) - zero) * scale


@cache
def round_layer(layer):
    """Return W (out, in) and B (out,) of a layer, in the steps of each channel."""
    W = train()[f"W{layer + 1}"].astype(np.float64)
    B = train()[f"B{layer + 1}"].astype(np.float64)
    scale, _ = measure_ranges()[layer]
    w_scale = as_stored(abs(W).max(axis=1, keepdims=True) / 127)
    b_scale = as_stored(scale * w_scale[:, 0])
    return np.round(W / w_scale) * w_scale, np.round(B / b_scale) * b_scale


def as_stored(scale):
    """Return a scale as float32 has it, to compute with in float64."""
    return np.float64(np.float32(scale))


def hidden(X):
    """Return H (N, 64) of rounded rows X."""
    W, B = round_layer(0)
    Z = X @ W.T + B
    return np.where(Z < 0, 0.1 * Z, Z)


def complain(model):
    """Return what is not in eight bits as the task says, or None."""
    graph = flatten(model)
    if "DynamicQuantizeLinear" in operators_in(graph):
        return "each call measures its range anew (DynamicQuantizeLinear): take calibration()'s"
    floats = set()
    for name, tensor in constants_of(graph):
        if tensor.data_type == TensorProto.FLOAT:
            floats.add(name)
        if len(tensor.dims) == 2 and tensor.data_type != TensorProto.INT8:
            kind = TensorProto.DataType.Name(tensor.data_type).lower()
            return f"{name} is {kind}: expected int8"
    for node in graph.node:
        if node.op_type not in ("QuantizeLinear", "DequantizeLinear"):
            for name in floats.intersection(node.input):
                return f"{name}, which {node.op_type} reads, is float still, and is no scale"
    return None


NETWORK = """
<
  ir_version: 8,
  opset_import: ["" : 18]
>
bytes_to_digits (float[N,64] X) => (float[N,10] Y)
{
   W1 = DequantizeLinear <axis = 0> (W1_q, W1_scale)
   B1 = DequantizeLinear <axis = 0> (B1_q, B1_scale)
   W2 = DequantizeLinear <axis = 0> (W2_q, W2_scale)
   B2 = DequantizeLinear <axis = 0> (B2_q, B2_scale)

   X_q = QuantizeLinear (X, X_scale, X_zero)
   X_rounded = DequantizeLinear (X_q, X_scale, X_zero)
   Z = Gemm <transB = 1> (X_rounded, W1, B1)
   H = LeakyRelu <alpha = 0.1> (Z)
   H_q = QuantizeLinear (H, H_scale, H_zero)
   H_rounded = DequantizeLinear (H_q, H_scale, H_zero)
   Y = Gemm <transB = 1> (H_rounded, W2, B2)
}
"""


def quantise_rows(rows):
    """Return the scale and the zero point for what flows, from the rows of calibration."""
    least = min(0, rows.min())
    greatest = max(0, rows.max())
    scale = np.float32((greatest - least) / 255)
    return scale, np.uint8(np.round(-least / scale))


def quantise_weights(W):
    """Return W (out, in) as int8, and the scale of each channel (out,)."""
    scales = abs(W).max(axis=1) / np.float32(127)
    return np.round(W / scales[:, np.newaxis]).astype(np.int8), scales


def quantise_bias(B, scale, w_scale):
    """Return B (out,) as int32, and the steps of the sums that it is added to (out,)."""
    scales = scale * w_scale
    return np.round(B / scales).astype(np.int32), scales


def quantise(
    model, X=None, rows=quantise_rows, weights=quantise_weights, bias=quantise_bias, network=NETWORK
):
    """Return the network in eight bits, with the ranges of the rows X, calibration() if None."""
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    X = calibration() if X is None else X
    (H,) = ReferenceEvaluator(model).run(["H"], {"X": X})
    arrays = {}
    for wire, numbers, W, B in (("X", X, "W1", "B1"), ("H", H, "W2", "B2")):
        scale, zero = rows(numbers)
        arrays[f"{wire}_scale"] = scale
        arrays[f"{wire}_zero"] = zero
        arrays[f"{W}_q"], arrays[f"{W}_scale"] = weights(stored[W])
        arrays[f"{B}_q"], arrays[f"{B}_scale"] = bias(stored[B], scale, arrays[f"{W}_scale"])
    return build(arrays, network)


def build(arrays, network):
    """Return the network in that notation, with those of the arrays that it reads."""
    model = onnx.parser.parse_model(network)
    read = {name for node in model.graph.node for name in node.input}
    for name, array in arrays.items():
        if name in read:
            model.graph.initializer.append(numpy_helper.from_array(np.asarray(array), name))
    return model


def solve(model):
    """Calibrate on the starting file, and write pairs, weights and biases with their scales."""
    return quantise(model)


# Mistakes: each takes the starting model, and earns the words beside its name below.
def replace(*pairs):
    network = NETWORK
    for old, new in pairs:
        assert old in network
        network = network.replace(old, new)
    return network


def one_scale_for_all(model):
    def weights(W):
        scales = np.full(len(W), abs(W).max() / 127, np.float32)
        return np.round(W / scales[0]).astype(np.int8), scales

    return quantise(model, weights=weights)


def axis_left_out(model):
    return quantise(
        model, network=replace(("W1 = DequantizeLinear <axis = 0>", "W1 = DequantizeLinear"))
    )


def a_scale_for_each_input(model):
    def bias(B, scale, w_scale):
        return quantise_bias(B, scale, np.resize(w_scale, len(B)))

    def weights(W):
        scales = abs(W).max(axis=0) / np.float32(127)
        return np.round(W / scales).astype(np.int8), scales

    network = replace(
        ("W1 = DequantizeLinear <axis = 0>", "W1 = DequantizeLinear <axis = 1>"),
        ("W2 = DequantizeLinear <axis = 0>", "W2 = DequantizeLinear <axis = 1>"),
    )
    return quantise(model, weights=weights, bias=bias, network=network)


def zero_point_forgotten(model):
    return quantise(model, network=replace((", X_zero", ""), (", H_zero", "")))


def range_without_0(model):
    def rows(numbers):
        least = numbers.min()
        scale = np.float32((numbers.max() - least) / 255)
        return scale, np.uint8(np.clip(np.round(-least / scale), 0, 255))

    return quantise(model, rows=rows)


def sign_in_the_zero_point(model):
    def rows(numbers):
        scale, zero = quantise_rows(numbers)
        return scale, zero.astype(np.int8)

    return quantise(model, rows=rows)


def zero_point_cut_off(model):
    def rows(numbers):
        scale, _ = quantise_rows(numbers)
        return scale, np.uint8(max(0, -numbers.min()) / scale)

    return quantise(model, rows=rows)


def parts_of_256(model):
    def rows(numbers):
        scale, zero = quantise_rows(numbers)
        return scale * np.float32(255 / 256), zero

    return quantise(model, rows=rows)


def parts_of_128(model):
    def weights(W):
        scales = abs(W).max(axis=1) / np.float32(128)
        q = np.round(W / scales[:, np.newaxis])
        return np.clip(q, -128, 127).astype(np.int8), scales

    return quantise(model, weights=weights)


def cut_off(model):
    def weights(W):
        _, scales = quantise_weights(W)
        return (W / scales[:, np.newaxis]).astype(np.int8), scales

    return quantise(model, weights=weights)


def scale_of_weights_for_bias(model):
    def bias(B, scale, w_scale):
        return np.round(B / w_scale).astype(np.int32), w_scale

    return quantise(model, bias=bias)


def read_by_w_scale(model):
    def bias(B, scale, w_scale):
        q, _ = quantise_bias(B, scale, w_scale)
        return q, w_scale

    return quantise(model, bias=bias)


def bias_in_eight_bits(model):
    def bias(B, scale, w_scale):
        scales = np.full(len(B), abs(B).max() / 127, np.float32)
        return np.round(B / scales).astype(np.int8), scales

    return quantise(model, bias=bias)


def bias_in_float(model):
    def bias(B, scale, w_scale):
        return B, w_scale

    network = replace(
        ("B1 = DequantizeLinear <axis = 0> (B1_q, B1_scale)", ""),
        ("B2 = DequantizeLinear <axis = 0> (B2_q, B2_scale)", ""),
        ("W1, B1)", "W1, B1_q)"),
        ("W2, B2)", "W2, B2_q)"),
    )
    return quantise(model, bias=bias, network=network)


def weights_in_float(model):
    def weights(W):
        q, scales = quantise_weights(W)
        return q * scales[:, np.newaxis], scales

    network = replace(
        ("W1 = DequantizeLinear <axis = 0> (W1_q, W1_scale)", ""),
        ("W2 = DequantizeLinear <axis = 0> (W2_q, W2_scale)", ""),
        ("(X_rounded, W1, B1)", "(X_rounded, W1_q, B1)"),
        ("(H_rounded, W2, B2)", "(H_rounded, W2_q, B2)"),
    )
    return quantise(model, weights=weights, network=network)


def input_only(model):
    network = replace(
        ("H_q = QuantizeLinear (H, H_scale, H_zero)", ""),
        ("H_rounded = DequantizeLinear (H_q, H_scale, H_zero)", ""),
        ("(H_rounded, W2, B2)", "(H, W2, B2)"),
    )
    return quantise(model, network=network)


def dynamic(model):
    network = replace(
        ("X_q = QuantizeLinear (X, X_scale, X_zero)", "X_q, s, z = DynamicQuantizeLinear (X)"),
        ("DequantizeLinear (X_q, X_scale, X_zero)", "DequantizeLinear (X_q, s, z)"),
    )
    return quantise(model, network=network)


def batch_of_the_calibration(model):
    return quantise(model, network=replace(("float[N,64] X", "float[200,64] X")))


def one_row(model):
    return quantise(model, calibration()[:1])


def pixels_from_0_to_1(model):
    return quantise(model, (calibration() - COLDEST) / (WARMEST - COLDEST))


MISTAKES = {
    "one scale for a whole matrix: each channel has its own": one_scale_for_all,
    "axis is left out: DequantizeLinear takes 1, and the channels are axis 0": axis_left_out,
    "a scale for each input (axis 1): the channels are the outputs, axis 0": a_scale_for_each_input,
    "the zero point is left out: what is below 0 becomes 0": zero_point_forgotten,
    "the range does not hold 0: it begins at 0 if all numbers are above": range_without_0,
    "a zero point that is int8 makes bytes that end at 127: it is uint8": sign_in_the_zero_point,
    "the zero point was cut off to a whole number: round it": zero_point_cut_off,
    "a byte has 256 values and 255 steps: the scale is the range / 255": parts_of_256,
    "max / 128 cuts the largest weights off: INT8 ends at 127": parts_of_128,
    "the fraction of the weights was cut off: round to the nearest": cut_off,
    "the bias was rounded to the steps of the weights": scale_of_weights_for_bias,
    "the bias is read with the scale of the weights: it was stored in others": read_by_w_scale,
    "the bias is in eight bits: it is int32": bias_in_eight_bits,
    "is float: expected int8": weights_in_float,
    "which Gemm reads, is float still, and is no scale": bias_in_float,
    "X is rounded, and H is not: both products read whole numbers": input_only,
    "each call measures its range anew": dynamic,
    "the size N is frozen": batch_of_the_calibration,
    "the range is that of one row: others go beyond it, and are cut off": one_row,
    "calibrated with pixels from 0 to 1: the file will meet degrees": pixels_from_0_to_1,
}

# From these test_wrong_files.py makes more.
FORBIDDEN = {"DynamicQuantizeLinear": dynamic}
PLAIN = weights_in_float
