"""Attention: a soft nearest neighbour, as an operator of your own, for any number of keys.

Ask which of M known images, the keys, is most like a new one, the query, and answer what is
known about it, its value. The starting file does so: the product Q @ K.T is large where
query and key are alike, ArgMax takes the largest, Gather fetches its value. Now let all keys
have a say, those that are more alike a larger one:

    Y = Softmax(s * Q @ K.T) @ V     Q (N, 64), K (M, 64), V (M, 10), s = 64

With s = 0 all values are averaged; the larger s, the nearer to ArgMax. If the values are
labels, Y is the probability of each digit, from no training at all; the same line, many times
over, is a language model. Write it as a function, Attention, in a domain of your own, and
call it. It worked if numpy agrees for N and M up to 600. From opset 23 on the standard has an
Attention, too, with the same numbers: standard() in the answer's file makes that model. Yours
runs at opset 18 already, and in more runtimes once it is inlined.
"""

import onnx

INPUTS = {
    "float[N,64] Q": "queries: images of 8 x 8 pixels, each divided by its length",
    "float[M,64] K": "keys: images that are known, likewise",
    "float[M,10] V": "values: of each key's label a 1, and nine zeros",
}
OUTPUTS = {"float[N,10] Y": "the probability of each digit"}
HINTS = [
    "Exercise 8 shows a function in ONNX's text notation. It takes Q, K, V and s, and a call of it"
    " looks like any other node: Y = tutorial.Attention (Q, K, V, s).",
    "Five nodes: Transpose, MatMul, Mul, Softmax, MatMul. A row of Q @ K.T holds a query's products"
    " with all keys; Softmax has to make 1 of each row, axis=1.",
    "s is an initializer of the graph, a float32 without dimensions: numpy_helper.from_array("
    'np.float32(64), "s"). The model imports the domain of the function.',
]

START = """
<
  ir_version: 8,
  opset_import: ["" : 18]
>
neighbours (float[N,64] Q, float[M,64] K, float[M,10] V) => (float[N,10] Y)
{
   KT = Transpose <perm = [1, 0]> (K)
   QK = MatMul (Q, KT)
   nearest = ArgMax <axis = 1, keepdims = 0> (QK)
   Y = Gather <axis = 0> (V, nearest)
}
"""


def start():
    """Return the model that the reader begins with."""
    return onnx.parser.parse_model(START)
