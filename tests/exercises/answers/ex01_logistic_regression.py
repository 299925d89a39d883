"""The answer to exercise 1, Logistic regression: what is right, one way to it, and mistakes."""

import numpy as np
from onnx import helper

import linear_regression as script
from tests.exercises.draw import span
from tests.exercises.ex01_logistic_regression import train

ORACLE = "scikit-learn"
TOLERANCE = 1e-5  # float32: logits made of terms up to 60 are off by 2e-5; Sigmoid divides by 4


def draw(random, N):
    """Return so many days, some of them such as there were; half of them near the line."""
    days = span(random, 0, 100, (N, 3))
    classifier = train()
    logit = random.normal(size=N)  # choose the air flow so that this is the logit, if there is one
    others = days[:, 1:] @ classifier.coef_[0, 1:] + classifier.intercept_
    air = (logit - others) / classifier.coef_[0, 0]
    near = (air >= 0) & (air <= 100) & (np.arange(N) % 2 == 0)
    days[near, 0] = air[near]
    return {"X": days}


def special(random):
    """Return the days that there were."""
    X, _ = script.load_data()
    return [{"X": X.astype(np.float32)}]


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


def bias_left_out(model):
    solve(model)
    matmul, add, sigmoid = model.graph.node
    sigmoid.input[0] = matmul.output[0]
    model.graph.node.remove(add)
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
    "the bias is missing: Sigmoid has to read X @ W + B": bias_left_out,
    "Softmax shares 1 among the columns; here is one column, which gets all of it": softmax,
}
