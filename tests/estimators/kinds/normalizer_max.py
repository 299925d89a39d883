"""Rows are divided by their largest number, not by their largest size

scikit-learn divides by the largest absolute value. Normalizer with `norm=MAX` divides by the
largest value: a row whose largest entry is negative comes out with other numbers altogether.
"""

import numpy as np
from sklearn.preprocessing import Normalizer

from tests.estimators.kinds import Case, append, convert, run

COVERS = ["Normalizer(norm='max')"]
SHOWS = ["Normalizer"]
CURE = "Divide the rows by their largest absolute value yourself; or use the norm l2."
REPORTED = "https://github.com/onnx/sklearn-onnx/issues/793"

X = np.array([[1.0, -4.0], [3.0, 2.0]], np.float32)
model = Normalizer(norm="max").fit(X)


def before():
    file = convert(model, X)
    return Case(model.transform(X), run(file, X), file)


def after():
    file = convert(model, X)
    append(
        file,
        """size = Abs (X)
           columns = Constant <value_ints = [1]> ()
           largest = ReduceMax <keepdims = 1> (size, columns)
           cured = Div (X, largest)""",
    )
    return Case(model.transform(X), run(file, X), file)
