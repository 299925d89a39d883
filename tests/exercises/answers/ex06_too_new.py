"""The answer to exercise 6, Too new: what is right, one way to it, and mistakes."""

from onnx import helper
from onnx.version_converter import convert_version

import neural_network as script
from tests.exercises.draw import feed_images, feed_scans
from tests.exercises.ex06_too_new import train
from tests.kit.graphs import domain_of

ORACLE = "numpy"
TOLERANCE = 1e-5  # float32: logits near 10 are good to 1e-5, probabilities more so
draw = feed_images
special = feed_scans


def expected(X):
    """Return the probabilities by numpy alone."""
    network = train()
    return {"P": script.reference(X, network.coefs_, network.intercepts_)}


def complain(model):
    """Return what is wrong with the versions, or None."""
    if model.ir_version != 8:
        return f"the IR version is {model.ir_version}; expected 8: model.ir_version"
    for opset in model.opset_import:
        if domain_of(opset) == "" and opset.version != 18:
            return f"the opset is {opset.version}; expected 18: onnx.version_converter"
    for function in model.functions:
        for opset in function.opset_import:
            if domain_of(opset) == "" and opset.version != 18:
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
