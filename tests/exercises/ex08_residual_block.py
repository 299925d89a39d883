"""A residual block: an operator of your own that calls another one, twice.

    Residual(X, W1, B1, W2, B2) = X + ReLU(X @ W1 + B1) @ W2 + B2

The starting file has the operator Dense and calls it twice, but adds nothing, and has no
Residual. Define it as a function that calls Dense twice and adds its input: blocks made of
blocks keep a big graph readable. It worked if numpy agrees.
"""

import onnx

import neural_network as script

INPUTS = {
    "float[N,8] X": "what the block adds to; -3 to 3, as all that goes in",
    "float[8,5] W1": "weights",
    "float[5] B1": "biases",
    "float[5,8] W2": "weights",
    "float[8] B2": "biases",
}
OUTPUTS = {"float[N,8] Y": "as wide as X, or nothing could be added"}
HINTS = [
    "Dense of neural_network.py is a function in ONNX's own text notation; a call in it has the"
    " domain before its name: H = tutorial.Dense <alpha: float = 0.0> (X, W1, B1).",
    "Every call of Dense states alpha: 0 makes it ReLU, 1 leaves the layer plain.",
    "A file brings along every operator that it calls: model.functions needs both.",
]

START = """
<
  ir_version: 8,
  opset_import: ["" : 18, "tutorial" : 1]
>
block (float[N,8] X, float[8,5] W1, float[5] B1, float[5,8] W2, float[8] B2) => (float[N,8] Y)
{
   H = tutorial.Dense <alpha: float = 0.0> (X, W1, B1)
   Y = tutorial.Dense <alpha: float = 1.0> (H, W2, B2)
}
"""


def start():
    """Return the model that the reader begins with."""
    model = onnx.parser.parse_model(START)
    model.functions.append(onnx.parser.parse_function(script.DENSE))
    return model
