"""The answer to exercise 11, Attention: what is right, one way to it, and mistakes."""

import numpy as np
import onnx
from onnx import helper, numpy_helper

import neural_network as script
from tests import networks
from tests.exercises.draw import images
from tests.exercises.structure import carried, needed, operators_in, outputs_of
from tests.kit.graphs import identify, inline

ORACLE = "numpy"
TOLERANCE = 1e-4  # float32: a product is good to 1e-6; s makes that 6e-5, Softmax divides by 4
S = 64.0

ATTENTION = """
<
  domain: "tutorial",
  opset_import: ["" : 18]
>
Attention (Q, K, V, s) => (Y)
{
   KT = Transpose <perm = [1, 0]> (K)
   QK = MatMul (Q, KT)
   Z = Mul (QK, s)
   A = Softmax <axis = 1> (Z)
   Y = MatMul (A, V)
}
"""

# The standard's takes (batch, heads, rows, width); here are one batch and one head.
STANDARD = """
<
  ir_version: 10,
  opset_import: ["" : 23]
>
neighbours (float[N,64] Q, float[M,64] K, float[M,10] V) => (float[N,10] Y)
{
   front = Constant <value = int64[2] {0, 1}> ()
   Q4 = Unsqueeze (Q, front)
   K4 = Unsqueeze (K, front)
   V4 = Unsqueeze (V, front)
   Y4 = Attention <scale = 64.0> (Q4, K4, V4)
   Y = Squeeze (Y4, front)
}
"""


def standard():
    """Return the same as the standard's own operator has it, since opset 23."""
    return onnx.parser.parse_model(STANDARD)


def unit(pixels):
    """Return images, each divided by its length, which makes a cosine of a product of two."""
    pixels = pixels.astype(np.float64)
    pixels[~pixels.any(axis=1), 0] = 1  # a black image has no length
    return networks.unit(pixels).astype(np.float32)


def draw(random, N, M):
    """Return so many queries and keys, and a label for each key; some images are one bright dot."""
    Q = images(random, N)
    K = images(random, M)
    for pixels in (Q, K):
        dots = np.eye(64, dtype=np.float32)[random.integers(64, size=len(pixels))]
        pixels[::5] = dots[::5]
    V = np.eye(10, dtype=np.float32)[random.integers(10, size=M)]
    return {"Q": unit(Q), "K": unit(K), "V": V}


def special(random):
    """Return scans that were not in the training as queries, and all that were as keys."""
    known, unseen, labels, _ = script.load_data()
    return [{"Q": unit(unseen), "K": unit(known), "V": np.eye(10, dtype=np.float32)[labels]}]


def expected(Q, K, V):
    """Return the formula by numpy."""
    return {"Y": networks.attend(Q, K, V, S)}


def complain(model):
    """Return that the operator is not the reader's own, or None."""
    if "Attention" in operators_in(inline(model).graph):
        return (
            "this is the standard's Attention, and its opset 23: write it as a function of your own"
        )
    functions = {identify(function) for function in model.functions}

    def calls(node):
        return identify(node) in functions

    if not any(calls(node) for node in needed(model.graph)):
        return "the graph calls no function of the file: look at model.functions"
    inputs = {info.name for info in model.graph.input}
    if carried(model.graph, inputs, calls) & set(outputs_of(model.graph)):
        return "a way leads to Y around the function: the graph has to be a call of it"
    return None


def solve(model, attention=ATTENTION, s=S):
    """Bring the function along, and make the graph one call of it."""
    function = onnx.parser.parse_function(attention)
    model.functions.append(function)
    model.opset_import.append(helper.make_opsetid("tutorial", 1))
    model.graph.initializer.append(numpy_helper.from_array(np.float32(s), "s"))
    node = helper.make_node("Attention", ["Q", "K", "V", "s"], ["Y"], domain="tutorial")
    del model.graph.node[:]
    model.graph.node.append(node)
    return model


# Mistakes: each takes the starting model, and earns the words beside its name below.
def flat(model):
    return script.inline(solve(model))


def of_the_standard(model):
    return standard()


def import_missing(model):
    solve(model)
    del model.opset_import[1]
    return model


def no_scale(model):
    return solve(model, s=1.0)


def scale_of_the_standard(model):
    return solve(model, s=1 / np.sqrt(64))


def over_the_queries(model):
    return solve(model, ATTENTION.replace("Softmax <axis = 1>", "Softmax <axis = 0>"))


def scaled_afterwards(model):
    changed = ATTENTION.replace("Mul (QK, s)", "Identity (QK)")
    changed = changed.replace("MatMul (A, V)", "MatMul (A_s, V)")
    return solve(model, changed.replace("   Y =", "   A_s = Mul (A, s)\n   Y ="))


def still_hard(model):
    changed = ATTENTION.replace("A = Softmax <axis = 1> (Z)", "A = Hardmax <axis = 1> (Z)")
    return solve(model, changed)


def not_transposed(model):
    return solve(model, ATTENTION.replace("MatMul (Q, KT)", "MatMul (Q, K)"))


def keys_frozen(model):
    solve(model)
    for info in model.graph.input[1:]:
        info.type.tensor_type.shape.dim[0].dim_value = 1347
    return model


MISTAKES = {
    "the graph calls no function of the file": flat,
    "this is the standard's Attention, and its opset 23": of_the_standard,
    "the model does not import the domain of its function: model.opset_import": import_missing,
    "s is missing: of so many keys, all have nearly the same say": no_scale,
    "this s is 1 / sqrt(64), the standard's own; here it is 64": scale_of_the_standard,
    "Softmax runs over the queries: the rows of Y do not add up to 1": over_the_queries,
    "s comes after Softmax: it has to make the differences larger before": scaled_afterwards,
    "one key has all the say: this is ArgMax still, by another name": still_hard,
    "K is not transposed: each key has to be a column, (64, M)": not_transposed,
    "the size M is frozen": keys_frozen,
}

# From these test_wrong_files.py makes more.
FORBIDDEN = {"Attention": of_the_standard}
PLAIN = flat
