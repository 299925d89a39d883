"""Half and whole: compute in float16, and leave in float32 what would overflow.

The network looks at an image of pixels from 0 to 255. It divides each by its length, so that
a dark scan is like a light one, and then it is the regression of a fitted classifier:

    Q = X / sqrt(sum(X * X))        along the 64 pixels
    P = Softmax(Q @ W + B)

float16 ends at 65504. The square of a white pixel, 65025, fits in; of two, the sum does not. The
starting file computes all of it in float16. Where a processor cannot, onnxruntime computes in
float32 between casts, and the answers are right, here. A processor that can, like onnx.reference,
which rounds every wire, finds an infinite length, and tells all images alike, without a word.

Mend it: W and B stay float16, the product is computed in float16, and the length is right. It
worked if onnxruntime and onnx.reference both give the probabilities of numpy in float64.
"""

from functools import cache

import numpy as np
import onnx
from onnx import numpy_helper
from sklearn.linear_model import LogisticRegression

import neural_network as script

INPUTS = {"float[N,64] X": "images of 8 x 8 pixels, 0 to 255, the lightest of each 255"}
OUTPUTS = {"float[N,10] P": "the probability of each digit"}
HINTS = [
    "Cast <to = 10> makes float16 of a wire, Cast <to = 1> float32. The first Cast of the file can"
    " stand later: before the product, where all numbers are at most 1.",
    "Or divide by the largest pixel first, or by 256, a power of two, which rounds nothing: the"
    " squares are at most 1 then, and their sum at most 64. The length of Q is the same.",
    "To see a wire in float16 as onnx.reference does: ReferenceEvaluator(model).run([name], feed).",
]

START = """
<
  ir_version: 8,
  opset_import: ["" : 18]
>
pixels_to_digits (float[N,64] X) => (float[N,10] P)
{
   pixels = Constant <value = int64[1] {1}> ()
   X_half = Cast <to = 10> (X)
   squares = Mul (X_half, X_half)
   square = ReduceSum (squares, pixels)
   length = Sqrt (square)
   Q = Div (X_half, length)
   product = MatMul (Q, W)
   logits = Add (product, B)
   P_half = Softmax <axis = 1> (logits)
   P = Cast <to = 1> (P_half)
}
"""


def unit(X):
    """Return the images X (N, 64), each divided by its length."""
    return X / np.sqrt((X * X).sum(axis=1, keepdims=True))


@cache
def train():
    """Return W (64, 10) and B (10,), as they are stored: rounded to float16."""
    X, _, y, _ = script.load_data()
    classifier = LogisticRegression(C=10, tol=0.01, max_iter=1000).fit(unit(X), y)
    return classifier.coef_.T.astype(np.float16), classifier.intercept_.astype(np.float16)


def start():
    """Return the model that the reader begins with."""
    model = onnx.parser.parse_model(START)
    for name, array in zip("WB", train(), strict=True):
        model.graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
    return model
