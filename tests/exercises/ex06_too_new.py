"""Too new: mend a file that an older runtime refuses, since you cannot mend every program.

A colleague runs the starting file with the onnxruntime of last year, which says

    Unsupported model IR version: 11, max supported IR version: 10

and after that it would complain about the opset, which is 23. Give your colleague the same
network at opset 18 and IR version 8. The file calls a function of its own, Dense. It worked
if the versions are those, and numpy's probabilities have not changed.
"""

from functools import cache

import numpy as np
from onnx import helper
from onnx.version_converter import convert_version

import neural_network as script

INPUTS = {"float[N,64] X": "images of 8 x 8 pixels, 0 to 1"}
OUTPUTS = {"float[N,10] P": "the probability of each digit"}
ORACLE = "numpy"
TOLERANCE = 1e-5  # float32: logits near 10 are good to 1e-5, probabilities more so
HINTS = [
    "onnx.load reads what a runtime refuses. The IR version is a number to set, model.ir_version;"
    " the opset has to be converted: onnx.version_converter.convert_version.",
    "The converter loses functions without a word. inline of neural_network.py leaves none.",
]


@cache
def train():
    """Return the fitted classifier of the second lesson."""
    X, _, y, _ = script.load_data()
    return script.train(X, y)


def start():
    """Return the model that the reader begins with."""
    network = train()
    model = script.build_model(network.coefs_, network.intercepts_)
    model.ir_version = 11
    for opsets in (model.opset_import, model.functions[0].opset_import):
        opsets[0].version = 23  # these operators did not change from 18 to 23
    return model


def feeds():
    """Return images that were not in the training."""
    _, X, _, _ = script.load_data()
    X = X.astype(np.float32)
    return [{"X": X}, {"X": X[:1]}]


def expected(X):
    """Return the probabilities by numpy alone."""
    network = train()
    return {"P": script.reference(X, network.coefs_, network.intercepts_)}


def complain(model):
    """Return what is wrong with the versions, or None."""
    if model.ir_version != 8:
        return f"the IR version is {model.ir_version}; expected 8: model.ir_version"
    for opset in model.opset_import:
        if opset.domain == "" and opset.version != 18:
            return f"the opset is {opset.version}; expected 18: onnx.version_converter"
    for function in model.functions:
        for opset in function.opset_import:
            if opset.domain == "" and opset.version != 18:
                return f"the function {function.name} still imports opset {opset.version}"
    return None


def solve(model):
    """Inline the function, convert the opset, set the IR version."""
    model = script.inline(model)
    model = convert_version(model, 18)
    model.ir_version = 8
    return model


# Mistakes: each takes the starting model, and earns the words beside its name below.
def ir_version_only(model):
    model.ir_version = 8
    return model


def opset_only(model):
    model = script.inline(model)
    return convert_version(model, 18)


def function_lost(model):
    model = convert_version(model, 18)
    model.ir_version = 8
    return model


def number_overwritten(model):
    model.ir_version = 8
    model.opset_import[0].version = 18
    return model


def too_old(model):
    model = script.inline(model)
    model.ir_version = 8
    model.opset_import[0].CopyFrom(helper.make_opsetid("", 6))
    return model


MISTAKES = {
    "the opset is 23; expected 18": ir_version_only,
    "the IR version is 11; expected 8": opset_only,
    "the converter has lost the function Dense: inline it before": function_lost,
    "the function Dense still imports opset 23": number_overwritten,
    "the opset is 6; expected 18": too_old,
}
