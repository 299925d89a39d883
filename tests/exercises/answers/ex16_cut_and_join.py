"""The answer to exercise 16, Cut and join: what is right, one way to it, and mistakes."""

import numpy as np
import onnx
from onnx import compose, shape_inference, utils

from tests.exercises.draw import images, scans
from tests.exercises.ex16_cut_and_join import train

ORACLE = "numpy"
TOLERANCE = 1e-4  # float32: layers near 20 that add up 64 products are good to about 1e-5

FRONT = """
<
  ir_version: 8,
  opset_import: ["" : 18]
>
front (float[N,64] X, float[N,64] Y) => (float[N,64] left, float[N,64] right)
<float largest = {16}>
{
   left = Div (X, largest)
   right = Div (Y, largest)
}
"""

BEHIND = """
<
  ir_version: 8,
  opset_import: ["" : 18]
>
behind (float[N,16] A, float[N,16] B) => (float[N,1] D)
<int64[1] axis = {1}>
{
   difference = Sub (A, B)
   D = ReduceL2 (difference, axis)
}
"""


def draw(random, N):
    """Return so many pairs of images, unseen scans among them."""
    return {"X": 16 * images(random, N), "Y": 16 * images(random, N)}


def special(random):
    """Return pairs of scans that were not in the training."""
    pixels = (16 * scans()).astype(np.float32)
    return [{"X": pixels[:-1], "Y": pixels[1:]}]


def see(pixels):
    """Return the last hidden layer (N, 16) for pixels (N, 64), by numpy."""
    network = train()
    H = pixels / 16
    for W, B in zip(network.coefs_[:2], network.intercepts_[:2], strict=True):
        H = np.maximum(H @ W + B, 0)
    return H


def expected(X, Y):
    """Return the distances by numpy alone."""
    difference = see(X) - see(Y)
    return {"D": np.sqrt((difference**2).sum(axis=1, keepdims=True))}


def cut(model, wire):
    """Return the part of the model from X to a wire inside."""
    model = shape_inference.infer_shapes(model)  # the wire becomes an output: its type is needed
    return utils.Extractor(model).extract_model(["X"], [wire])


def join(eye, wire, front=FRONT, behind=BEHIND):
    """Return two eyes, whose output is that wire, with the front before and a part behind them."""
    left_eye = compose.add_prefix(eye, "left_")
    right_eye = compose.add_prefix(eye, "right_")
    eyes = compose.merge_models(left_eye, right_eye, io_map=[])
    inward = [("left", "left_X"), ("right", "right_X")]
    model = compose.merge_models(onnx.parser.parse_model(front), eyes, io_map=inward)
    outward = [(f"left_{wire}", "A"), (f"right_{wire}", "B")]
    model = compose.merge_models(model, onnx.parser.parse_model(behind), io_map=outward)
    del model.opset_import[1:]  # merging imports the standard once for each part
    return model


def solve(model):
    """Cut the network, and join what is left with itself and two small models."""
    eye = cut(model, "H2")
    return join(eye, "H2")


# Mistakes: each takes the starting model, and earns the words beside its name below.
def not_scaled(model):
    front = FRONT.replace("Div (X, largest)", "Identity (X)")
    front = front.replace("Div (Y, largest)", "Identity (Y)")
    return join(cut(model, "H2"), "H2", front)


def scaled_as_photographs(model):
    return join(cut(model, "H2"), "H2", FRONT.replace("16", "255"))


def scaled_on_the_left(model):
    return join(cut(model, "H2"), "H2", FRONT.replace("Div (Y, largest)", "Identity (Y)"))


def cut_at_the_end(model):
    return join(model, "P", behind=BEHIND.replace("16", "10"))


def cut_before_relu(model):
    for node in model.graph.node:
        if node.output[0] == "H2":
            Z = node.input[0]  # inlining has named it
    return join(cut(model, Z), Z)


def not_squared(model):
    return join(cut(model, "H2"), "H2", behind=BEHIND.replace("ReduceL2", "ReduceL1"))


def root_left_out(model):
    return join(cut(model, "H2"), "H2", behind=BEHIND.replace("ReduceL2", "ReduceSumSquare"))


def joined_without_a_prefix(model):
    model = solve(model)
    for node in model.graph.node:
        for names in (node.input, node.output):
            for i, name in enumerate(names):
                names[i] = name.removeprefix("left_").removeprefix("right_")
    for tensor in model.graph.initializer:
        tensor.name = tensor.name.removeprefix("left_").removeprefix("right_")
    return model


def both_eyes_on_the_left(model):
    return join(cut(model, "H2"), "H2", FRONT.replace("Y, largest", "X, largest"))


MISTAKES = {
    "the network was taught with pixels from 0 to 1: divide by 16": not_scaled,
    "these images go from 0 to 16, not to 255": scaled_as_photographs,
    "the right image is not scaled": scaled_on_the_left,
    "these are the distances of probabilities: cut at H2": cut_at_the_end,
    "the cut is a node too early: H2 is what ReLU leaves": cut_before_relu,
    "the differences are not squared: ReduceL2": not_squared,
    "the root is missing: this is the sum of squares": root_left_out,
    "both copies bring the same names: give each a prefix of its own": joined_without_a_prefix,
    "both eyes read X: the right one has to read Y": both_eyes_on_the_left,
}
