"""Too new: mend a file that an older runtime refuses, since you cannot mend every program.

A colleague runs the starting file with the onnxruntime of last year, which says

    Unsupported model IR version: 11, max supported IR version: 10

and after that it would complain about the opset, which is 23. Give your colleague the same
network at opset 18 and IR version 8. The file calls a function of its own, Dense. It worked
if the versions are those, and numpy's probabilities have not changed.
"""

import neural_network as script
from tests.networks import train_digits as train

INPUTS = {"float[N,64] X": "images of 8 x 8 pixels, 0 to 1"}
OUTPUTS = {"float[N,10] P": "the probability of each digit"}
HINTS = [
    "onnx.load reads what a runtime refuses. The IR version is a number to set, model.ir_version;"
    " the opset has to be converted: onnx.version_converter.convert_version.",
    "The converter loses functions without a word. inline of neural_network.py leaves none.",
]


def start():
    """Return the model that the reader begins with."""
    network = train()
    model = script.build_model(network.coefs_, network.intercepts_)
    model.ir_version = 11
    for opsets in (model.opset_import, model.functions[0].opset_import):
        opsets[0].version = 23  # these operators did not change from 18 to 23
    return model
