"""Cut and join: from one network a file that tells how alike two images are.

The last hidden layer of the second lesson's network, the wire H2, sees alike what is alike.
Make a file of two such eyes that takes the pixels as a caller has them, from 0 to 16 and not
from 0 to 1, and answers how far apart two images are:

    left  = eye(X / 16)         eye is the network from X to H2, (N, 64) -> (N, 16)
    right = eye(Y / 16)
    D = the square root of the sum over the 16 numbers of (left - right) ** 2

Three steps: cut the network at H2; join it with itself, where every name clashes; put the
scaling in front and the distance behind. It worked if numpy finds the same distances.
"""

import neural_network as script
from tests.networks import train_digits as train

INPUTS = {
    "float[N,64] X": "images of 8 x 8 pixels, 0 to 16",
    "float[N,64] Y": "as many others",
}
OUTPUTS = {"float[N,1] D": "how far apart the images are, pair by pair"}
HINTS = [
    "onnx.utils.Extractor(model).extract_model(['X'], ['H2']) cuts. It has to know the type of H2,"
    " or says `names were not found in value_infos`: onnx.shape_inference.infer_shapes writes it"
    " into the model.",
    "onnx.compose.add_prefix(eye, 'left_') renames all wires, weights and inputs, so that the input"
    " is left_X. With another prefix the copy does not clash: merge_models(left, right,"
    " io_map=[]) is both side by side.",
    "What stands in front is a model, too, from X and Y to two wires: Div by 16."
    " merge_models(front, eyes, io_map=[(its output, 'left_X'), ...]) plugs it in; opset and IR"
    " version have to be the same. Behind stand Sub and ReduceL2 over axis 1.",
]


def start():
    """Return the model that the reader begins with."""
    network = train()
    model = script.build_model(network.coefs_, network.intercepts_)
    return script.inline(model)
