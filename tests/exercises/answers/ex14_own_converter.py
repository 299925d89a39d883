"""The answer to exercise 14, A converter of your own: what is right, one way, mistakes."""

import numpy as np
from skl2onnx import to_onnx, update_registered_converter
from skl2onnx.algebra.onnx_ops import (
    OnnxExp,
    OnnxMul,
    OnnxNeg,
    OnnxReduceSum,
    OnnxSqrt,
    OnnxSub,
    OnnxUnsqueeze,
)
from skl2onnx.common.data_types import FloatTensorType

import sklearn_converter as script
from tests.exercises.draw import decided, span
from tests.exercises.ex14_own_converter import Likeness, train

ORACLE = "scikit-learn"
TOLERANCE = 1e-5  # float32: logits near 10 are good to 1e-5, probabilities more so


def draw(random, N):
    """Return so many flowers: between two unseen ones, and others of up to 10 cm."""
    _, X, _, _ = script.load_data()

    def flowers(count):
        share = random.uniform(size=(count, 1))
        rows = share * X[random.integers(len(X), size=count)]
        rows += (1 - share) * X[random.integers(len(X), size=count)]
        far = span(random, 0, 10, (count, 4))
        return np.where(random.uniform(size=(count, 1)) < 0.3, far, rows).astype(np.float32)

    return {"X": decided(train().predict_proba, flowers, N)}


def special(random):
    """Return flowers that were not in the training."""
    _, X, _, _ = script.load_data()
    return [{"X": X.astype(np.float32)}]


def expected(X):
    """Return scikit-learn's answers."""
    return {"label": train().predict(X), "probabilities": train().predict_proba(X)}


def shape(operator):
    """Tell the next step what it gets: any number of rows, a column for each class."""
    classes = len(operator.raw_operator.means_)
    operator.outputs[0].type = FloatTensorType([None, classes])


def measure(rows, means, opset):
    """Return the squared distance (N, 3) of rows (N, 1, 4) from means (3, 4), as nodes."""
    D = OnnxSub(rows, means.astype(np.float32), op_version=opset)  # float64 would not go with rows
    squares = OnnxMul(D, D, op_version=opset)  # (N, 3, 4)
    return OnnxReduceSum(squares, np.array([2]), keepdims=0, op_version=opset)


def convert(scope, operator, container):
    """Write the nodes of Likeness; rows come as operator.inputs[0], and go as outputs[0]."""
    opset = container.target_opset
    means = operator.raw_operator.means_
    half = np.array(-0.5, np.float32)
    rows = OnnxUnsqueeze(operator.inputs[0], np.array([1]), op_version=opset)  # (N, 1, 4)
    exponent = OnnxMul(measure(rows, means, opset), half, op_version=opset)
    # Without output_names the next step reads what nobody writes: "unable to sort names".
    L = OnnxExp(exponent, op_version=opset, output_names=operator.outputs)
    L.add_to(scope, container)


def convert_pipeline(pipeline, converter=convert, rows=None):
    """Register a converter of Likeness, and return the pipeline as a model for so many rows."""
    update_registered_converter(Likeness, "TutorialLikeness", shape, converter)
    columns = [("X", FloatTensorType([rows, 4]))]  # None: any number
    options = {"zipmap": False} if hasattr(pipeline, "predict_proba") else None
    model = to_onnx(pipeline, initial_types=columns, target_opset=script.OPSET, options=options)
    model.ir_version = script.IR_VERSION
    return model


def solve(model):
    """Convert the whole pipeline anew, now that Likeness has a converter."""
    return convert_pipeline(train())


# Mistakes: each takes the starting model, and earns the words beside its name below.
def every_row_against_its_own_mean(model):
    def converter(scope, operator, container):
        means = operator.raw_operator.means_
        half = np.array(-0.5, np.float32)
        D = OnnxSub(operator.inputs[0], means.astype(np.float32), op_version=18)
        squares = OnnxMul(D, D, op_version=18)
        distance = OnnxReduceSum(squares, np.array([1]), keepdims=0, op_version=18)
        exponent = OnnxMul(distance, half, op_version=18)
        L = OnnxExp(exponent, op_version=18, output_names=operator.outputs)
        L.add_to(scope, container)

    return convert_pipeline(train(), converter)


def half_left_out(model):
    def converter(scope, operator, container):
        rows = OnnxUnsqueeze(operator.inputs[0], np.array([1]), op_version=18)
        distance = measure(rows, operator.raw_operator.means_, 18)
        exponent = OnnxNeg(distance, op_version=18)
        L = OnnxExp(exponent, op_version=18, output_names=operator.outputs)
        L.add_to(scope, container)

    return convert_pipeline(train(), converter)


def distance_not_squared(model):
    def converter(scope, operator, container):
        half = np.array(-0.5, np.float32)
        rows = OnnxUnsqueeze(operator.inputs[0], np.array([1]), op_version=18)
        distance = OnnxSqrt(measure(rows, operator.raw_operator.means_, 18), op_version=18)
        exponent = OnnxMul(distance, half, op_version=18)
        L = OnnxExp(exponent, op_version=18, output_names=operator.outputs)
        L.add_to(scope, container)

    return convert_pipeline(train(), converter)


def scaler_left_out(model):
    return convert_pipeline(train()[1:])


def classifier_left_out(model):
    return convert_pipeline(train()[:2])


def one_flower(model):
    return convert_pipeline(train(), rows=1)


MISTAKES = {
    "rows and means have to meet pairwise: Unsqueeze the rows": every_row_against_its_own_mean,
    "the factor of one half is missing: exp(-0.5 * ...)": half_left_out,
    "a square root too many: the sum of squares goes into exp as it is": distance_not_squared,
    "the scaler is missing: convert the pipeline from its first step on": scaler_left_out,
    "the output is variable; expected label, probabilities": classifier_left_out,
    "the size N is frozen": one_flower,
}
