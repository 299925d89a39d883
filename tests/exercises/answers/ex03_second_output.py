"""The answer to exercise 3, A second output: what is right, one way to it, and mistakes."""

import numpy as np
from onnx import TensorProto, helper

import neural_network as script
from tests.exercises.draw import feed_images, feed_scans
from tests.exercises.ex03_second_output import train

ORACLE = "numpy"
TOLERANCE = 5e-5  # float32 keeps 7 digits: H2 goes up to about 50, a sum of 32 products
draw = feed_images
special = feed_scans


def expected(X):
    """Return both outputs by numpy alone."""
    weights = train().coefs_
    biases = train().intercepts_
    H1 = np.maximum(X @ weights[0] + biases[0], 0)  # (N, 64) @ (64, 32) -> (N, 32)
    H2 = np.maximum(H1 @ weights[1] + biases[1], 0)  # (N, 32) @ (32, 16) -> (N, 16)
    P = script.reference(X, weights, biases)
    return {"P": P, "H2": H2}


def solve(model):
    """Declare the wire behind P."""
    H2 = helper.make_tensor_value_info("H2", TensorProto.FLOAT, ["N", 16])
    model.graph.output.append(H2)
    return model


# Mistakes: each takes the starting model, and earns the words beside its name below.
def h2_first(model):
    H2 = helper.make_tensor_value_info("H2", TensorProto.FLOAT, ["N", 16])
    model.graph.output.insert(0, H2)
    return model


def h2_instead(model):
    solve(model)
    del model.graph.output[0]
    return model


def width_of_the_first_layer(model):
    H2 = helper.make_tensor_value_info("H2", TensorProto.FLOAT, ["N", 32])
    model.graph.output.append(H2)
    return model


def shape_of_an_array(model):
    H2 = helper.make_tensor_value_info("H2", TensorProto.FLOAT, [450, 16])
    model.graph.output.append(H2)
    return model


def before_relu(model):
    second = model.graph.node[1]
    plain = helper.make_node("Dense", second.input, ["H2"], domain=script.DOMAIN, alpha=1.0)
    second.output[0] = "H2_relu"
    model.graph.node[2].input[0] = "H2_relu"
    model.graph.node.append(plain)
    return solve(model)


MISTAKES = {
    "the output is H2, P; expected P, H2": h2_first,
    "the output is H2; expected P, H2": h2_instead,
    "the output is float[N,32] H2; expected float[N,16] H2": width_of_the_first_layer,
    "the size N is frozen": shape_of_an_array,
    "this is H2 before ReLU: a hidden layer has no negative numbers": before_relu,
}
