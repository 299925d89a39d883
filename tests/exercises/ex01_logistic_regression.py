"""Logistic regression: one node more turns an amount into a probability.

The starting file is a linear regression whose weights scikit-learn has fitted to answer
another question: do more than 15 per mille of the ammonia escape on such a day? Its Y is
the logit. Make it the probability:

    P = Sigmoid(X @ W + B)

Editing a graph is appending to a list. It worked if P is scikit-learn's predict_proba.
"""

from functools import cache

import numpy as np
from onnx import helper

import linear_regression as script

INPUTS = {"float[N,3] X": "air flow, cooling water, acid; one row a day"}
OUTPUTS = {"float[N,1] P": "the probability that more than 15 per mille escape"}
ORACLE = "scikit-learn"
TOLERANCE = 1e-5  # float32: logits made of terms up to 60 are off by 2e-5; Sigmoid divides by 4
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


def feeds():
    """Return days that never were, within the range of those that were."""
    X, _ = script.load_data()
    days = np.random.default_rng(5).uniform(X.min(axis=0), X.max(axis=0), (40, 3))
    days = days.astype(np.float32)
    return [{"X": days}, {"X": days[:1]}]


def expected(X):
    """Return scikit-learn's probabilities."""
    P = train().predict_proba(X)  # (N, 2): no, yes
    return {"P": P[:, 1:]}


def solve(model):
    """Append the node, and declare what it writes as the output."""
    sigmoid = helper.make_node("Sigmoid", ["Y"], ["P"])
    model.graph.node.append(sigmoid)
    model.graph.output[0].name = "P"  # Y is now a wire inside; type and shape stay as they were
    return model


# Mistakes: each takes the starting model, and earns the words beside its name below.
def rename_only(model):
    model.graph.node[-1].output[0] = "P"
    model.graph.output[0].name = "P"
    return model


def keep_both_outputs(model):
    solve(model)
    Y = helper.make_tensor_value_info("Y", 1, ["N", 1])
    model.graph.output.insert(0, Y)
    return model


def freeze_the_days(model):
    solve(model)
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 21
    return model


def sigmoid_before_bias(model):
    matmul, add = model.graph.node
    sigmoid = helper.make_node("Sigmoid", ["XW"], ["S"])
    add.input[0] = "S"
    add.output[0] = "P"
    nodes = [matmul, sigmoid, add]
    model.graph.ClearField("node")
    model.graph.node.extend(nodes)
    model.graph.output[0].name = "P"
    return model


def softmax(model):
    solve(model)
    model.graph.node[-1].op_type = "Softmax"
    return model


MISTAKES = {
    "these are the logits: the output has a new name, and no Sigmoid before it": rename_only,
    "the output is Y, P; expected P": keep_both_outputs,
    "the size N is frozen": freeze_the_days,
    "the Sigmoid comes before the bias: it has to be the last node": sigmoid_before_bias,
    "Softmax shares 1 among the columns; here is one column, which gets all of it": softmax,
}
