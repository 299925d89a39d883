"""Four bits: two weights in a byte, and a step for each block of sixteen.

The starting file is the network of the second lesson, inlined, at the opset that knows four
bits, 21. Store W1, W2 and W3 as whole numbers from -7 to 7 (INT4), a step for each sixteen
weights that follow one another in a column, and let the graph turn them back:

    step = max(|W|) / 7                      of the sixteen
    q    = round(W / step)                   INT4
    W    = DequantizeLinear(q, step)         axis 0, block_size 16

Sixteen weights take 8 bytes and a step of 4, where they took 64. One step for a matrix would
be smaller still, but one large weight would make it coarse for all. Biases, input and output
stay float32. It worked if numpy, with weights rounded alike, gives the same probabilities.

Language models are stored in this way. onnxruntime makes a node MatMulNBits of such a matrix,
and unless it is told otherwise that rounds what flows to eight bits, without a word; the check
runs your file with session.qdq_matmulnbits_accuracy_level = 1, which leaves it in float32.
"""

import neural_network as script
from tests.networks import train_digits as train

INPUTS = {"float[N,64] X": "images of 8 x 8 pixels, 0 to 1"}
OUTPUTS = {"float[N,10] P": "the probability of each digit"}
HINTS = [
    "W.reshape(-1, 16, columns) makes blocks of the rows: block k of a column are its rows 16 k to"
    " 16 k + 15. The steps are then abs(...).max(axis=1) / 7, of the shape (rows / 16, columns).",
    "onnx.helper.make_tensor(name, TensorProto.INT4, W.shape, q.ravel()) packs two numbers into a"
    " byte. By hand: the first into the lower four bits, the second into the upper four.",
    "A node DequantizeLinear reads q and the steps, with axis = 0 and block_size = 16, and writes"
    " the wire W1. It stands before the node that reads W1; the initializer W1 goes.",
]

OPSET = 21
IR_VERSION = 10
BLOCK = 16


def start():
    """Return the model that the reader begins with."""
    network = train()
    model = script.inline(script.build_model(network.coefs_, network.intercepts_))
    model.opset_import[0].version = OPSET  # its operators have not changed since 18
    model.ir_version = IR_VERSION
    return model
