"""A memory: a recurrent network reads a sequence, as long as you like and in as many calls.

The network predicts the next value of a series that never repeats itself (Mackey and Glass,
1977). It reads a value a step, and remembers the rest in a state of 64 numbers:

    state = tanh(x * W + state @ R.T + b)      x a value; W (64,), R (64, 64), b (64,)
    p     = state @ W_out + B_out              what comes next

W, R and b are random and stay so; least squares have found W_out and B_out. The standard's
operator RNN does the first line for all steps, and answers all states. The starting file
ends there. Make predictions of the states, and let the state in and out: a sequence that
is fed in two calls, with next_state of the first as state of the second, has to give what
one call gives. It worked if a loop in numpy agrees. LSTM and GRU are used in the same way;
an LSTM has two states.
"""

from functools import cache

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

INPUTS = {
    "float[T,N,1] X": "N sequences of T values; T comes first",
    "float[1,N,64] state": "what the network remembers, zeros at first; the 1 is RNN's own",
}
OUTPUTS = {
    "float[T,N,1] P": "the value after each of X",
    "float[1,N,64] next_state": "the state after the last step",
}
ORACLE = "numpy"
TOLERANCE = 1e-5  # float32 keeps 7 digits; 64 states times weights of up to 2 cost one of them
HINTS = [
    "RNN has six inputs: X, W, R, B, sequence_lens, initial_h. One that is left out, and has"
    " another after it, is an empty name. It has two outputs: all states, and the last.",
    'That makes RNN read ["X", "W", "R", "B", "", "state"] and write ["S", "next_state"].',
    "S has the shape (T, 1, N, 64): Squeeze, with 1 as its axes, makes (T, N, 64) of it, and MatMul"
    " and Add with W_out and B_out make P. The axes are an initializer, int64.",
]

START = """
<
  ir_version: 8,
  opset_import: ["" : 18]
>
memory (float[T,N,1] X) => (float[T,1,N,64] S)
{
   S = RNN <hidden_size = 64> (X, W, R, B)
}
"""


# The same by numpy
def step(x, state, weights):
    """Return the next state (N, 64) after the values x (N, 1)."""
    return np.tanh(x @ weights["W"] + state @ weights["R"].T + weights["b"])


def walk(X, state, weights):
    """Return the states (T, N, 64) after each step of the sequences X (T, N, 1)."""
    states = []
    for x in X:
        state = step(x, state, weights)
        states.append(state)
    return np.array(states)


# Data and training
@cache
def series():
    """Return 1,500 values of the Mackey-Glass series, the first 1,000 to learn from."""
    values = [1.2] * 18
    for _ in range(1700):
        late = values[-18]  # 17 steps ago: the delay makes it chaotic
        values.append(0.9 * values[-1] + 0.2 * late / (1 + late**10))
    return np.array(values[-1500:])


@cache
def train():
    """Return the weights by name, float64: random ones, and W_out and B_out by least squares."""
    random = np.random.default_rng(0)
    weights = {
        "W": random.uniform(-0.5, 0.5, size=(1, 64)),
        "R": random.normal(size=(64, 64)),
        "b": random.uniform(-0.2, 0.2, size=64),
    }
    largest = abs(np.linalg.eigvals(weights["R"])).max()
    weights["R"] *= 0.9 / largest  # below 1, or the state would never forget

    X = series()[:1000].reshape(-1, 1, 1)
    S = walk(X, np.zeros((1, 64)), weights).reshape(-1, 64)
    S_one = np.column_stack([S, np.ones(len(S))])[100:-1]  # without the start from nothing
    target = series()[101:1000]
    # A small number on the diagonal (ridge regression) keeps the weights small.
    solution = np.linalg.solve(S_one.T @ S_one + 1e-5 * np.eye(65), S_one.T @ target)
    weights["W_out"] = solution[:64].reshape(64, 1)
    weights["B_out"] = solution[64:]
    return weights


def stored_weights():
    """Return the initializers in RNN's layout: a 1 in front, W and R transposed, two biases."""
    weights = train()
    bias = np.concatenate([0.75 * weights["b"], 0.25 * weights["b"]])  # RNN adds up the halves
    arrays = {
        "W": weights["W"].T[np.newaxis],  # (1, 64, 1)
        "R": weights["R"][np.newaxis],  # (1, 64, 64)
        "B": bias[np.newaxis],  # (1, 128)
        "W_out": weights["W_out"],  # (64, 1)
        "B_out": weights["B_out"],  # (1,)
    }
    return [
        numpy_helper.from_array(array.astype(np.float32), name) for name, array in arrays.items()
    ]


def start():
    """Return the model that the reader begins with."""
    model = onnx.parser.parse_model(START)
    model.graph.initializer.extend(stored_weights())
    return model


def feeds():
    """Return three unseen sequences in one call, the same in two calls, and one alone."""
    unseen = series()[1000:]
    X = np.stack([unseen[:120], unseen[150:270], unseen[300:420]], axis=1)  # (120, 3)
    X = X[..., np.newaxis].astype(np.float32)  # (120, 3, 1)
    nothing = np.zeros((3, 64))
    halfway = walk(X[:50], nothing, train())[-1]
    calls = [(X, nothing), (X[:50], nothing), (X[50:], halfway), (X[:2, :1], nothing[:1])]
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
