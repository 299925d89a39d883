"""Free the batch: a file that you were given takes one row, and shall take any number.

The starting file compares an image with the mean image m of each digit; it was exported with
a single row, and input, output, notes and nodes say so. Let it take N rows:

    P = Softmax(-|X - m|**2)        (N, 64), (10, 64) -> (N, 10)

It does that by a convolution with ten filters as large as the image, so that there are two
Reshape nodes whose targets are constants. Where input and output are all that is freed, the
checker passes the file, one row is right, and seven end in an error or, worse, in one long
row. The sign is what shape inference says of P once its declared shape is taken away: still
1, or N. It worked if each row gets what it gets alone, and nothing in the file says 1 row.
"""

from functools import cache

import numpy as np
import onnx
from onnx import numpy_helper

import neural_network as script

INPUTS = {"float[N,64] X": "images of 8 x 8 pixels, 0 to 1"}
OUTPUTS = {"float[N,10] P": "the probability of each digit"}
HINTS = [
    "A size is free if it has a name: info.type.tensor_type.shape.dim[0].dim_param = 'N', for input"
    " and output. model.graph.value_info holds notes about the wires inside, which nobody needs and"
    " which now are wrong: del model.graph.value_info[:].",
    "Print the nodes. A Reshape's second input is the target: an initializer, or what a Constant"
    " node writes. In a target 0 means: as many as before; -1 means: whatever remains.",
    "{1, 1, 8, 8} says one row; {0, 1, 8, 8} takes over as many as there are. {1, -1} says one row,"
    " too, and all that remains goes into it: of seven rows it makes one, without a word.",
]

START = """
<
  ir_version: 8,
  opset_import: ["" : 18]
>
means (float[1,64] X) => (float[1,10] P)
<float[1,1,8,8] image, float[1,10,1,1] C, float[1,10] logits>
{
   square = Constant <value = int64[4] {1, 1, 8, 8}> ()
   image = Reshape (X, square)
   C = Conv (image, K, K_bias)
   logits = Reshape (C, flat)
   P = Softmax <axis = 1> (logits)
}
"""


@cache
def train():
    """Return the mean image of each digit (10, 64)."""
    X, _, y, _ = script.load_data()
    return np.array([X[y == digit].mean(axis=0) for digit in range(10)])


def start():
    """Return the model that the reader begins with."""
    means = train()
    # -|X - m|**2 is 2 X m - |m|**2 - |X|**2; the last is the same for all, so Softmax drops it.
    K = 2 * means.reshape(10, 1, 8, 8)
    K_bias = -(means**2).sum(axis=1)
    arrays = {
        "K": K.astype(np.float32),
        "K_bias": K_bias.astype(np.float32),
        "flat": np.array([1, -1]),
    }
    model = onnx.parser.parse_model(START)
    for name, array in arrays.items():
        model.graph.initializer.append(numpy_helper.from_array(array, name))
    return model
