"""A converter of your own: a step that skl2onnx does not know, converted inside its pipeline.

Likeness tells how near a flower is to the mean flower of each species, from 1 to nearly 0:

    L[n, k] = exp(-0.5 * the sum over j of (Z[n, j] - means[k, j]) ** 2)    (N, 4) -> (N, 3)

It stands between a StandardScaler and a LogisticRegression, and skl2onnx says of it

    MissingShapeCalculator: Unable to find a shape calculator for type Likeness

The starting file is what a colleague made of that: the pipeline was fitted anew without this
step, and converted. Write a converter, register it, and convert the whole pipeline:

    from tests.exercises.ex14_own_converter import Likeness, train

It worked if the file's probabilities are those of the pipeline.
"""

from functools import cache

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import sklearn_converter as script

INPUTS = {"float[N,4] X": "sepal length and width, petal length and width in cm, 0 to 10"}
OUTPUTS = {
    "int64[N] label": "0, 1 or 2",
    "float[N,3] probabilities": "setosa, versicolor, virginica",
}
HINTS = [
    "update_registered_converter(Likeness, 'TutorialLikeness', shape, convert) tells skl2onnx of"
    " two functions of yours. shape(operator) says what comes out, before there are nodes:"
    " operator.outputs[0].type = FloatTensorType([None, 3]). convert(scope, operator, container)"
    " writes the nodes.",
    "operator.raw_operator is the fitted Likeness, and means_ a constant of the graph."
    " skl2onnx.algebra.onnx_ops has a class for each operator: OnnxSub(a, b, op_version=18) is a"
    " node, its inputs are other nodes, arrays or operator.inputs[0]. The last one takes"
    " output_names=operator.outputs, and its add_to(scope, container) writes all of them."
    " `Conflicted constraint` speaks of an array in float64, `unable to sort names` of a last node"
    " that writes a name of its own.",
    "Every flower meets every mean: (N, 1, 4) - (3, 4) -> (N, 3, 4). Unsqueeze makes the first"
    " shape; a ReduceSum over the last axis with keepdims=0 leaves (N, 3).",
]


class Likeness(TransformerMixin, BaseEstimator):
    """A step that tells how near each row is to the mean of each class."""

    def fit(self, X, y):
        """Learn the means (classes, features)."""
        self.means_ = np.array([X[y == label].mean(axis=0) for label in np.unique(y)])
        return self

    def transform(self, X):
        """Return the likenesses (N, classes) of the rows X (N, features)."""
        D = X[:, np.newaxis, :] - self.means_  # (N, 1, features) - (classes, features)
        return np.exp(-0.5 * (D**2).sum(axis=2))


@cache
def train():
    """Return the pipeline that is to be converted."""
    X, _, y, _ = script.load_data()
    return make_pipeline(StandardScaler(), Likeness(), LogisticRegression(C=100)).fit(X, y)


def start():
    """Return the model that the reader begins with."""
    X, _, y, _ = script.load_data()
    return script.build_model(script.train(X, y), X.astype(np.float32))
