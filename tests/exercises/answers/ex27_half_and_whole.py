"""The answer to exercise 27, Half and whole: what is right, one way to it, and mistakes."""

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper
from onnx.reference import ReferenceEvaluator

from tests import networks
from tests.exercises.draw import images, scans
from tests.exercises.ex27_half_and_whole import train, unit
from tests.exercises.structure import carried, constants_of, flatten

ORACLE = "numpy"
# Where float16 is computed, it keeps 3 digits: Q, W, a sum of 64 products, logits up to 30
# are rounded, each by up to 1/2048; P by a quarter of it. Here, in float32 between casts, 1e-6.
TOLERANCE = 0.02

HALF = TensorProto.FLOAT16


def draw(random, N):
    """Return so many images, unseen scans among them; one pixel of each is white."""
    return {"X": whiten(images(random, N))}


def special(random):
    """Return all scans that were not in the training, their negatives, a pixel, a white image."""
    X = np.vstack([scans(), 1 - scans(), np.eye(1, 64), np.ones((1, 64))])
    return [{"X": whiten(X)}]


def whiten(X):
    """Return images of 0 to 1 so that the lightest pixel is 255."""
    lightest = np.maximum(X.max(axis=1, keepdims=True), 1e-3)
    return (255 * X / lightest).astype(np.float32)


def expected(X):
    """Return the probabilities by numpy alone."""
    W, B = train()
    return {"P": networks.softmax(unit(X) @ W.astype(float) + B.astype(float))}


def complain(model):
    """Return what is not in float16 as the task says, or that it overflows; or None."""
    graph = flatten(model)
    for name, tensor in constants_of(graph):
        if len(tensor.dims) == 2 and tensor.data_type != HALF:
            kind = TensorProto.DataType.Name(tensor.data_type).lower()
            return f"{name} is {kind}: store it in float16"
    products = [node for node in graph.node if node.op_type in ("MatMul", "Gemm")]
    if not products:
        return "there is no MatMul or Gemm"
    stored = {name for name, tensor in constants_of(graph) if tensor.data_type == HALF}
    halves = carried(graph, stored, through=lambda node: node.op_type == "Cast")
    if not any(set(node.input) & halves for node in products):
        return "W is cast before the product: compute that in float16"
    try:
        with np.errstate(all="ignore"):  # infinities are what we are after
            (P,) = ReferenceEvaluator(model).run(["P"], special(None)[0])
    except Exception as error:  # it raises whatever its operators do
        return f"onnx.reference stops: {error}"
    if not np.isfinite(P).all():
        rows = (~np.isfinite(P)).any(axis=1).sum()
        return f"in onnx.reference, which rounds every wire, {rows} of {len(P)} rows are no number"
    (right,) = expected(special(None)[0]["X"].astype(float)).values()
    off = abs(P - right).max()
    if off > TOLERANCE:
        return f"onnx.reference, which rounds every wire, is off by {off:.4g}"
    return None


NETWORK = """
<
  ir_version: 8,
  opset_import: ["" : 18]
>
bytes (float[N,64] X) => (float[N,10] P)
{
   pixels = Constant <value = int64[1] {1}> ()
   squares = Mul (X, X)
   square = ReduceSum (squares, pixels)
   length = Sqrt (square)
   Q_whole = Div (X, length)
   Q = Cast <to = 10> (Q_whole)
   product = MatMul (Q, W)
   logits = Add (product, B)
   logits_whole = Cast <to = 1> (logits)
   P = Softmax <axis = 1> (logits_whole)
}
"""


def build(model, notation=NETWORK):
    """Return the network in that notation, with the weights of the starting model."""
    built = onnx.parser.parse_model(notation)
    built.graph.initializer.extend(model.graph.initializer)
    return built


def solve(model):
    """Take the length in float32, and cast between it and the product."""
    return build(model)


# Mistakes: each takes the starting model, and earns the words beside its name below.
def replace(model, *pairs):
    notation = NETWORK
    for old, new in pairs:
        assert old in notation
        notation = notation.replace(old, new)
    return build(model, notation)


def one_cast_too_late(model):
    return replace(
        model,
        ("squares = Mul (X, X)", "X_half = Cast <to = 10> (X)\n   squares = Mul (X_half, X_half)"),
        (
            "square = ReduceSum (squares, pixels)",
            "sum = ReduceSum (squares, pixels)\n   square = Cast <to = 1> (sum)",
        ),
    )


def everything_in_float32(model):
    for tensor in model.graph.initializer:
        whole = numpy_helper.to_array(tensor).astype(np.float32)
        tensor.CopyFrom(numpy_helper.from_array(whole, tensor.name))
    return replace(model, ("Q = Cast <to = 10>", "Q = Cast <to = 1>"))


def weights_cast(model):
    return replace(
        model,
        ("Q = Cast <to = 10> (Q_whole)", "W_whole = Cast <to = 1> (W)"),
        ("MatMul (Q, W)", "MatMul (Q_whole, W_whole)"),
        ("Add (product, B)", "Add (product_half, B)"),
        ("   logits = Add", "   product_half = Cast <to = 10> (product)\n   logits = Add"),
    )


def root_missing(model):
    return replace(model, ("Sqrt (square)", "Identity (square)"))


def mean_for_sum(model):
    return replace(model, ("ReduceSum", "ReduceMean"))


def largest_for_length(model):
    return replace(
        model,
        ("squares = Mul (X, X)", "squares = Identity (X)"),
        ("ReduceSum", "ReduceMax"),
        ("Sqrt (square)", "Identity (square)"),
    )


def all_rows_together(model):
    return replace(model, ("ReduceSum (squares, pixels)", "ReduceSum (squares)"))


def clipped_at_the_end(model):
    return replace(
        model,
        ("squares = Mul (X, X)", "X_half = Cast <to = 10> (X)\n   squares = Mul (X_half, X_half)"),
        (
            "square = ReduceSum (squares, pixels)",
            "sum = ReduceSum (squares, pixels)\n"
            "   end = Constant <value = float16[1] {65504}> ()\n"
            "   square_half = Min (sum, end)\n"
            "   square = Cast <to = 1> (square_half)",
        ),
    )


def scaled_too_far(model):
    return replace(
        model,
        (
            "squares = Mul (X, X)",
            "much = Constant <value = float {1048576}> ()\n"
            "   X_small = Div (X, much)\n"
            "   X_half = Cast <to = 10> (X_small)\n"
            "   squares = Mul (X_half, X_half)",
        ),
        (
            "length = Sqrt (square)",
            "length_half = Sqrt (square)\n   length = Cast <to = 1> (length_half)",
        ),
        ("Div (X, length)", "Div (X_small, length)"),
    )


def bias_missing(model):
    return replace(model, ("Add (product, B)", "Identity (product)"))


def digits_and_rows_swapped(model):
    return replace(model, ("Softmax <axis = 1>", "Softmax <axis = 0>"))


MISTAKES = {
    "cast after their sum, which is infinite from two white pixels on": one_cast_too_late,
    "W is float: store it in float16": everything_in_float32,
    "W is cast before the product": weights_cast,
    "Sqrt is missing: this divides by the square of the length": root_missing,
    "ReduceMean: the length is the root of a sum of squares": mean_for_sum,
    "this divides by the largest pixel, and not by the length": largest_for_length,
    "ReduceSum without axes adds up all rows: each has its own length": all_rows_together,
    "the sum is cut off at 65504, so that light images become too long": clipped_at_the_end,
    "the squares of pixels divided by 2 ** 20 are too small for float16": scaled_too_far,
    "B is missing": bias_missing,
    "Softmax goes along the rows, axis 0: along the digits it is axis 1": digits_and_rows_swapped,
}


# From these test_wrong_files.py makes more.
PLAIN = everything_in_float32
