"""Logistic regression: one node more turns an amount into a probability.

The starting file is a linear regression whose weights scikit-learn has fitted to answer
another question: do more than 15 per mille of the ammonia escape on such a day? Its Y is
the logit. Make it the probability:

    P = Sigmoid(X @ W + B)

Editing a graph is appending to a list. It worked if P is scikit-learn's predict_proba.
"""

from functools import cache

import linear_regression as script

INPUTS = {"float[N,3] X": "air flow, cooling water, acid, each 0 to 100; one row a day"}
OUTPUTS = {"float[N,1] P": "the probability that more than 15 per mille escape"}
HINTS = [
    "model.graph.node is a list, and nodes stand in it in the order in which they run. A node is"
    " made by onnx.helper.make_node(operator, inputs, outputs).",
    "Sigmoid reads the wire Y and writes a wire P. Then P has to be the output: that is a field of"
    " model.graph.output[0].",
]


@cache
def train():
    """Return the fitted classifier."""
    from sklearn.linear_model import LogisticRegression  # late: without it a check starts sooner

    X, Y = script.load_data()
    return LogisticRegression(max_iter=1000).fit(X, Y[:, 0] > 15)


def start():
    """Return the model that the reader begins with."""
    classifier = train()
    return script.build_model(classifier.coef_.T, classifier.intercept_)  # (1, 3).T -> (3, 1)
