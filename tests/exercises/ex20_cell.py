"""The cell: one step of a recurrent network in core operators, for runtimes that refuse RNN.

Several runtimes do not know the operator RNN, but all that it is made of. Give them the
cell, a single step, which the caller repeats: state in, state out.

    next_state = tanh(x @ W + state @ R + b)      (N, 1) @ (1, 64), (N, 64) @ (64, 64)
    P          = next_state @ W_out + B_out       (N, 64) @ (64, 1)

The starting file answers this already: it has packed RNN, with a sequence of one step, into
Unsqueeze and Squeeze. Make it of MatMul, Add and Tanh instead. It worked if no RNN is left
and numpy agrees. An LSTM's cell is four such sums and a GRU's three, whose weights ONNX
stores one below the other: input, output, forget, cell; update, reset, hidden.
"""

import onnx

from tests.exercises import ex10_memory as network

INPUTS = {
    "float[N,1] X": "one value of each of N sequences, -3 to 3",
    "float[N,64] state": "what the network remembers of each, -1 to 1, zeros at first",
}
OUTPUTS = {
    "float[N,1] P": "the value after each of X",
    "float[N,64] next_state": "the state after the step, to be fed with the next values",
}
HINTS = [
    "RNN stores its weights as (1, 64, 1) and (1, 64, 64): the 1 is for one direction, and it"
    " computes x @ W[0].T + state @ R[0].T. Transpose the weights once, in Python.",
    "B is (1, 128): two biases, 64 for the input and 64 for the state, of which RNN makes the sum.",
    "Two MatMul, two Add and a Tanh make next_state; a MatMul and an Add more make P, as before.",
]

START = """
<
  ir_version: 8,
  opset_import: ["" : 18]
>
cell (float[N,1] X, float[N,64] state) => (float[N,1] P, float[N,64] next_state)
{
   first = Constant <value = int64[1] {0}> ()
   X_sequence = Unsqueeze (X, first)
   state_directed = Unsqueeze (state, first)
   S, last = RNN <hidden_size = 64> (X_sequence, W, R, B, , state_directed)
   next_state = Squeeze (last, first)
   product = MatMul (next_state, W_out)
   P = Add (product, B_out)
}
"""


def start():
    """Return the model that the reader begins with."""
    model = onnx.parser.parse_model(START)
    model.graph.initializer.extend(network.stored_weights())
    return model
