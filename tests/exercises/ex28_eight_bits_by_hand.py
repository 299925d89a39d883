"""Eight bits by hand: ranges for what flows, and a scale for each channel of the weights.

Exercise 18 has a tool do it; here you write each scale and each node. The starting file reads
images of a thermal camera, in degrees, and has two layers as PyTorch stores them, W (out, in):

    H = LeakyRelu(X @ W1.T + B1)        Gemm <transB = 1>, LeakyRelu <alpha = 0.1>
    Y = H @ W2.T + B2                   Gemm <transB = 1>

Run it on the rows of calibration() below, and look at X and H. Before each product stand the
nodes QuantizeLinear and DequantizeLinear, for X and for H, with what the rows have shown:

    least    = min(0, min(rows))        a range has to hold 0, or 0 has no byte
    greatest = max(0, max(rows))
    scale    = (greatest - least) / 255
    zero     = round(-least / scale)    UINT8

Weights are INT8, with a scale for each neuron that they lead to (a channel), and zero point 0. A
bias is INT32, in the steps of the sum that it is added to. Each is read by a DequantizeLinear:

    w_scale  = max(|W|) / 127           of a row of W: (out,)
    b_scale  = scale * w_scale          with the scale of X for B1, of H for B2

It worked if numpy, which rounds in the same way, gives the same Y. Rows in which a number lies
almost in the middle between two bytes are not fed. The check runs your file with
session.disable_quant_qdq = 1, which leaves the nodes as they stand: what onnxruntime makes of such
nodes otherwise adds up in 16 bits on some processors, and the page says on which.
"""

from functools import cache

import numpy as np
import onnx
from onnx import numpy_helper
from sklearn.linear_model import LogisticRegression

import neural_network as script

INPUTS = {"float[N,64] X": "images of 8 x 8 pixels, 12 to 32 degrees"}
OUTPUTS = {"float[N,10] Y": "the logit of each digit"}
HINTS = [
    "Calibrate with the starting file. Its wire H by onnx.reference:"
    " ReferenceEvaluator(model).run(['H'], {'X': calibration()}). The range of X begins at 0.",
    "Rows of W lead to a neuron each: axis = 0. DequantizeLinear takes axis 1 unless it is told"
    " otherwise, and if W is square nobody complains. That of a bias needs axis = 0, too.",
    "A pair before the first product: QuantizeLinear reads X, scale and zero, and writes bytes, of"
    " the zero point's type: uint8; DequantizeLinear reads the bytes, scale and zero, and Gemm"
    " reads what it writes. Scales are float32, weights np.round(W / w_scale[:, None]) as int8.",
]

COLDEST = 12  # degrees, of paper; ink is the warmest
WARMEST = 32
NEURONS = 64

START = """
<
  ir_version: 8,
  opset_import: ["" : 18]
>
degrees_to_digits (float[N,64] X) => (float[N,10] Y)
{
   Z = Gemm <transB = 1> (X, W1, B1)
   H = LeakyRelu <alpha = 0.1> (Z)
   Y = Gemm <transB = 1> (H, W2, B2)
}
"""


def to_degrees(images):
    """Return images, pixels 0 to 1, as the thermal camera would see warm ink on cold paper."""
    return (COLDEST + (WARMEST - COLDEST) * images).astype(np.float32)


def calibration():
    """Return the rows to calibrate with (200, 64), float32: images of the training."""
    X, _, _, _ = script.load_data()
    return to_degrees(X[:200])


@cache
def train():
    """Return {name: array}, float32: a hidden layer at random, and a fitted classifier."""
    X, _, y, _ = script.load_data()
    random = np.random.default_rng(6)
    W1 = random.normal(size=(NEURONS, 64)) / 4
    B1 = random.normal(size=NEURONS) / 4
    Z = X @ W1.T + B1
    H = np.maximum(Z, 0.1 * Z)
    classifier = LogisticRegression(C=0.1, tol=1e-2, max_iter=1000).fit(H, y)
    W1 = W1 / (WARMEST - COLDEST)  # the layer takes degrees
    B1 = B1 - COLDEST * W1.sum(axis=1)
    arrays = {"W1": W1, "B1": B1, "W2": classifier.coef_, "B2": classifier.intercept_}
    return {name: array.astype(np.float32) for name, array in arrays.items()}


def start():
    """Return the model that the reader begins with."""
    model = onnx.parser.parse_model(START)
    for name, array in train().items():
        model.graph.initializer.append(numpy_helper.from_array(array, name))
    return model
