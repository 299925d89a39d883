"""The answer to exercise 8, A residual block: what is right, one way to it, and mistakes."""

import numpy as np
import onnx

from tests.exercises.draw import span
from tests.exercises.structure import needed

ORACLE = "numpy"
TOLERANCE = 1e-3  # float32 keeps 7 digits, and sums go up to 3 + 5 * 75 * 3, about 1,100

RESIDUAL = """
<
  domain: "tutorial",
  opset_import: ["" : 18, "tutorial" : 1]
>
Residual (X, W1, B1, W2, B2) => (Y)
{
   H = tutorial.Dense <alpha: float = 0.0> (X, W1, B1)
   Z = tutorial.Dense <alpha: float = 1.0> (H, W2, B2)
   Y = Add (X, Z)
}
"""


def draw(random, N):
    """Return so many rows, and weights, from -3 to 3."""
    shapes = {"X": (N, 8), "W1": (8, 5), "B1": 5, "W2": (5, 8), "B2": 8}
    return {name: span(random, -3, 3, shape) for name, shape in shapes.items()}


def expected(X, W1, B1, W2, B2):
    """Return the formula by numpy."""
    H = np.maximum(X @ W1 + B1, 0)  # (N, 8) @ (8, 5) -> (N, 5)
    return {"Y": X + H @ W2 + B2}  # (N, 5) @ (5, 8) -> (N, 8)


def complain(model):
    """Return that P does not come from a function that calls Dense twice and adds, or None."""
    blocks = []
    for function in model.functions:
        operators = [node.op_type for node in needed(function) if node.op_type != "Identity"]
        if operators.count("Dense") == 2:
            blocks.append(function.name)
            others = sorted(set(operators) - {"Dense", "Add", "Sum"})
            if others:
                return f"{function.name} has a {others[0]}: two calls of Dense, and a sum"
    if not blocks:
        return "no function of the file calls Dense twice: look at model.functions"
    operators = [node.op_type for node in needed(model.graph) if node.op_type != "Identity"]
    if len(operators) != 1 or operators[0] not in blocks:
        return f"the graph is {', '.join(operators)}; expected a call of {blocks[0]}, and no more"
    return None


def solve(model, residual=RESIDUAL):
    """Add the function, and call it in place of the two layers."""
    function = onnx.parser.parse_function(residual)
    model.functions.append(function)
    inputs = ["X", "W1", "B1", "W2", "B2"]
    node = onnx.helper.make_node("Residual", inputs, ["Y"], domain="tutorial")
    del model.graph.node[:]
    model.graph.node.append(node)
    return model


# Mistakes: each takes the starting model, and earns the words beside its name below.
def flat(model):
    model.graph.node[1].output[0] = "Z"
    model.graph.node.append(onnx.helper.make_node("Add", ["X", "Z"], ["Y"]))
    return model


def dense_left_out(model):
    solve(model)
    del model.functions[0]
    return model


def nothing_added(model):
    return solve(model, RESIDUAL.replace("Add (X, Z)", "Identity (Z)"))


def relu_on_both(model):
    return solve(model, RESIDUAL.replace("1.0", "0.0"))


def relu_on_the_second(model):
    swapped = RESIDUAL.replace("0.0", "first")
    swapped = swapped.replace("1.0", "0.0")
    swapped = swapped.replace("first", "1.0")
    return solve(model, swapped)


def added_to_itself(model):
    return solve(model, RESIDUAL.replace("Add (X, Z)", "Add (Z, Z)"))


MISTAKES = {
    "no function of the file calls Dense twice": flat,
    "the file calls Dense and does not bring it along: model.functions": dense_left_out,
    "X is not added: the block has to answer X + Z": nothing_added,
    "both layers have ReLU: the second is plain, its alpha is 1": relu_on_both,
    "alpha is the wrong way round: ReLU, 0, belongs to the first layer": relu_on_the_second,
    "Z is added to itself: the block has to answer X + Z": added_to_itself,
}

# From these test_wrong_files.py makes more.
PLAIN = flat
