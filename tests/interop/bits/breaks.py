"""What breaks with fewer bits, and a cure of each: two graphs, what they are fed, and the answer.

onnx.reference runs them, which rounds every wire as the file says; onnxruntime may not.
"""

from typing import NamedTuple

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator

HEAD = '<ir_version: 10, opset_import: ["": 21]> g '


class Break(NamedTuple):
    """What breaks, the answer in float64, what the file says, and what the cured one says."""

    what: str
    exact: list
    broken: list
    cure: str
    cured: list


def run(text, feed, **constants):
    """Return the only output of a graph in ONNX's text notation, as float64."""
    model = onnx.parser.parse_model(HEAD + text)
    for name, array in constants.items():
        model.graph.initializer.append(numpy_helper.from_array(np.asarray(array), name))
    with np.errstate(all="ignore"):  # infinities are what we are after
        (answer,) = ReferenceEvaluator(model).run(None, feed)
    return np.asarray(answer, dtype=float)


def flat(array):
    """Return the numbers of an array as a list, rounded for a table."""
    return [float(f"{x:.3g}") for x in np.ravel(array)]


# float16 ------------------------------------------------------------------------------------------


def layer_norm():
    """A row whose spread is beyond 256: its square is beyond 65504."""
    row = np.array([[300.0, 700.0, -1000.0, 0.0]])
    exact = (row - row.mean()) / np.sqrt(row.var() + 1e-5)
    answers = []
    for kind in (10, 1):  # float16, float32
        text = f"""(float[1,4] X) => (float[1,4] Y) {{
           X_inside = Cast <to = {kind}> (X)
           mean = ReduceMean (X_inside, last)
           centred = Sub (X_inside, mean)
           squares = Mul (centred, centred)
           variance = ReduceMean (squares, last)
           root = Sqrt (variance)
           Y_inside = Div (centred, root)
           Y = Cast <to = 1> (Y_inside)
        }}"""
        answers.append(run(text, {"X": row.astype(np.float32)}, last=np.array([1])))
    broken, cured = answers
    cure = "the normalisation in float32, between two casts"
    return Break("LayerNormalization in float16", flat(exact), flat(broken), cure, flat(cured))


# Whole numbers ------------------------------------------------------------------------------------
ROUND_TRIP = """(float[N] X) => (float[N] Y) {
   q = QuantizeLinear (X, scale, zero)
   Y = DequantizeLinear (q, scale, zero)
}"""


def trip(X, scale, zero):
    """Return X once it was rounded to uint8 and back."""
    feed = {"X": np.array(X, np.float32)}
    return run(ROUND_TRIP, feed, scale=np.float32(scale), zero=np.uint8(zero))


def scale_of_zero():
    """A channel that is all zeros in the calibration: largest / 255 is 0."""
    X = [0.0, 0.1]
    broken = trip(X, 0.0, 0)
    cured = trip(X, 1 / 255, 0)
    cure = "a scale of at least 1/255, or of the layer's other channels"
    return Break("a range of nothing, so that the scale is 0", X, flat(broken), cure, flat(cured))


def zero_not_a_step():
    """A range that does not hold 0, of which paddings and ReLU are full."""
    X = [0.0, 2.0, 5.0]
    scale = (5 - 2) / 255
    broken = trip(X, scale, 0)  # it would have to be -170, which is no uint8
    cured = trip(X, 5 / 255, 0)
    cure = "a range that is widened until it holds 0"
    return Break(
        "a range from 2 to 5, whose zero point, -170, becomes 0", X, flat(broken), cure, flat(cured)
    )


def outlier():
    """One reading of 1000 among numbers up to 1 makes steps of 4."""
    random = np.random.default_rng(0)
    seen = np.append(random.uniform(size=1000), 1000.0)
    X = [0.25, 0.5, 1.0]
    broken = trip(X, seen.max() / 255, 0)
    cured = trip(X, np.percentile(seen, 99) / 255, 0)
    cure = "the 99th percentile in place of the largest (CalibrationMethod.Percentile)"
    return Break("one outlier in the calibration", X, flat(broken), cure, flat(cured))


def neighbour():
    """Dynamic int8 measures the range of all rows of a call."""
    text = """(float[N,2] X) => (float[N,2] Y) {
       q, scale, zero = DynamicQuantizeLinear (X)
       Y = DequantizeLinear (q, scale, zero)
    }"""
    row = np.array([[0.25, 0.5]], np.float32)
    large = np.full((1, 2), 1000, np.float32)
    broken = run(text, {"X": np.concatenate([row, large])})[0]
    alone = run(text, {"X": row})[0]
    cure = "one row a call, or static ranges"
    return Break("dynamic int8, beside a row of 1000s", flat(row), flat(broken), cure, flat(alone))


def unequal_channels():
    """One step for filters of unlike size leaves the small one without a digit."""
    W = np.array([[0.01, -0.02], [5.0, -8.0]])  # a filter a row
    text = """(float[1] X) => (float[2,2] Y) { W = DequantizeLinear <axis = 0> (q, scale)
       Y = Mul (W, X) }"""
    X = {"X": np.ones(1, np.float32)}
    one = abs(W).max() / 127
    each = abs(W).max(axis=1) / 127
    broken = run(text, X, q=np.round(W / one).astype(np.int8), scale=np.float32(one))
    q = np.round(W / each[:, np.newaxis]).astype(np.int8)
    cured = run(text, X, q=q, scale=each.astype(np.float32))
    cure = "a step for each filter (per_channel=True)"
    return Break("filters of unlike size, one step", flat(W), flat(broken), cure, flat(cured))


BREAKS = [layer_norm, scale_of_zero, zero_not_a_step, outlier, neighbour, unequal_channels]
