"""The answer to exercise 7, Half the size: what is right, one way to it, and mistakes."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

import neural_network as script
from tests.exercises.draw import feed_images, feed_scans
from tests.exercises.ex07_half_the_size import start, train

ORACLE = "numpy with rounded weights"
TOLERANCE = 1e-5  # float32: logits near 10 are good to 1e-5, probabilities more so
draw = feed_images
special = feed_scans


def expected(X):
    """Return the probabilities by numpy alone, with weights rounded to float16."""
    network = train()
    weights = [W.astype(np.float16).astype(np.float64) for W in network.coefs_]
    return {"P": script.reference(X, weights, network.intercepts_)}


def complain(model):
    """Return that the file is too big, or None."""
    share = model.ByteSize() / start().ByteSize()
    if share > 0.7:
        return f"the file has {share:.0%} of the starting file's bytes; expected at most 70%"
    return None


def replace_weights(model, kind):
    """Store each W in that kind of number, and cast it back into float32."""
    for tensor in list(model.graph.initializer):
        name = tensor.name
        if not name.startswith("W"):
            continue
        W = numpy_helper.to_array(tensor)
        stored = numpy_helper.from_array(W.astype(kind), f"{name}_stored")
        tensor.CopyFrom(stored)
        cast = helper.make_node("Cast", [f"{name}_stored"], [name], to=TensorProto.FLOAT)
        model.graph.node.insert(0, cast)


def solve(model):
    """Store the weights as float16."""
    replace_weights(model, np.float16)
    return model


# Mistakes: each takes the starting model, and earns the words beside its name below.
def rounded_but_stored_as_before(model):
    for tensor in model.graph.initializer:
        rounded = numpy_helper.to_array(tensor).astype(np.float16).astype(np.float32)
        tensor.CopyFrom(numpy_helper.from_array(rounded, tensor.name))
    return model


def everything_in_float16(model):
    for tensor in model.graph.initializer:
        half = numpy_helper.to_array(tensor).astype(np.float16)
        tensor.CopyFrom(numpy_helper.from_array(half, tensor.name))
    for info in [*model.graph.input, *model.graph.output]:
        info.type.tensor_type.elem_type = TensorProto.FLOAT16
    return model


def compute_in_float16(model):
    everything_in_float16(model)
    for info in [*model.graph.input, *model.graph.output]:
        info.type.tensor_type.elem_type = TensorProto.FLOAT
    model.graph.node[0].input[0] = "X_half"
    model.graph.node[-1].output[0] = "P_half"
    first = helper.make_node("Cast", ["X"], ["X_half"], to=TensorProto.FLOAT16)
    last = helper.make_node("Cast", ["P_half"], ["P"], to=TensorProto.FLOAT)
    model.graph.node.insert(0, first)
    model.graph.node.append(last)
    return model


def whole_numbers(model):
    replace_weights(model, np.int8)
    return model


MISTAKES = {
    "the file has 100% of the starting file's bytes": rounded_but_stored_as_before,
    "the input is float16[N,64] X; expected float[N,64] X": everything_in_float16,
    "more than the weights is float16: what is computed stays float32": compute_in_float16,
    "int8 keeps whole numbers: divide by a step before, multiply by it after": whole_numbers,
}
