"""The answer to exercise 10, A memory: what is right, one way to it, and mistakes."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from tests.exercises.draw import span
from tests.exercises.ex10_memory import series, train, walk

ORACLE = "numpy"
TOLERANCE = 1e-4  # float32: P up to 20 is a sum of 64 states with weights up to 2, each rounded


def draw(random, T, N):
    """Return so many sequences of so many values, and a state for each."""
    return {"X": span(random, -3, 3, (T, N, 1)), "state": span(random, -1, 1, (1, N, 64))}


def special(random):
    """Return three unseen parts of the series in one call, and the same in two calls."""
    unseen = series()[1000:]
    X = np.stack([unseen[:120], unseen[150:270], unseen[300:420]], axis=1)  # (120, 3)
    X = X[..., np.newaxis].astype(np.float32)  # (120, 3, 1)
    nothing = np.zeros((3, 64))
    halfway = walk(X[:50], nothing, train())[-1]
    calls = [(X, nothing), (X[:50], nothing), (X[50:], halfway)]
    return [{"X": X, "state": state[np.newaxis].astype(np.float32)} for X, state in calls]


def expected(X, state):
    """Return predictions and last state by a loop in numpy."""
    weights = train()
    S = walk(X, state[0], weights)
    return {"P": S @ weights["W_out"] + weights["B_out"], "next_state": S[-1:]}


def declare(model):
    """Declare the state as an input, predictions and next state as the outputs."""
    state = helper.make_tensor_value_info("state", TensorProto.FLOAT, [1, "N", 64])
    model.graph.input.append(state)
    P = helper.make_tensor_value_info("P", TensorProto.FLOAT, ["T", "N", 1])
    next_state = helper.make_tensor_value_info("next_state", TensorProto.FLOAT, [1, "N", 64])
    del model.graph.output[:]
    model.graph.output.extend([P, next_state])


def predict_from_states(model):
    """Append the nodes that make P (T, N, 1) of S (T, 1, N, 64)."""
    model.graph.initializer.append(numpy_helper.from_array(np.array([1]), "axes"))
    nodes = [
        helper.make_node("Squeeze", ["S", "axes"], ["states"]),  # (T, N, 64)
        helper.make_node("MatMul", ["states", "W_out"], ["product"]),
        helper.make_node("Add", ["product", "B_out"], ["P"]),
    ]
    model.graph.node.extend(nodes)


def solve(model):
    """Let the state in and out, and make predictions of the states."""
    declare(model)
    rnn = model.graph.node[0]
    rnn.input.extend(["", "state"])  # "" is sequence_lens, left out
    rnn.output.append("next_state")
    predict_from_states(model)
    return model


# Mistakes: each takes the starting model, and earns the words beside its name below.
def state_not_read(model):
    solve(model)
    rnn = model.graph.node[0]
    del rnn.input[4:]
    return model


def fifth_place(model):
    solve(model)
    rnn = model.graph.node[0]
    del rnn.input[4]
    return model


def batch_before_time(model):
    solve(model)
    rnn = model.graph.node[0]
    rnn.input[0] = "X_turned"
    model.graph.node.insert(0, helper.make_node("Transpose", ["X"], ["X_turned"], perm=[1, 0, 2]))
    return model


def last_step_only(model):
    solve(model)
    model.graph.node[2].input[0] = "next_state"
    return model


def squeeze_everything(model):
    solve(model)
    squeeze = model.graph.node[1]
    del squeeze.input[1]
    return model


def squeeze_nothing(model):
    solve(model)
    model.graph.node[2].input[0] = "S"
    return model


def from_the_end(model):
    solve(model)
    rnn = model.graph.node[0]
    rnn.attribute.append(helper.make_attribute("direction", "reverse"))
    return model


def length_frozen(model):
    solve(model)
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 120
    return model


MISTAKES = {
    "the state is an input that nobody reads: RNN begins with zeros in every call": state_not_read,
    "the state stands in the place of sequence_lens: an empty name leaves that out": fifth_place,
    "RNN takes X as (T, N, 1), time first: it was turned around": batch_before_time,
    "one prediction for each sequence: next_state is the last state, S has all": last_step_only,
    "Squeeze without axes takes away every 1, of a single sequence the N, too": squeeze_everything,
    "S has four sizes, and P three: the 1 in the middle has to go": squeeze_nothing,
    "the sequence is read from its end: each prediction has seen the future": from_the_end,
    "the size T is frozen": length_frozen,
}
