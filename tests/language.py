"""A language model without training: a head of attention that copies. Exercises 21 to 24 build it.

In "the cat sat on the mat; the cat s" the head looks where an s stood before, and takes what came
after it there: an a. Where a letter is new, it falls back to how often letters follow each other in
a short text. `predict` says the same in plain Python; HEAD is the file.

Text becomes tokens beside the file: core operators have no strings that can be cut into letters,
and most engines have none at all. The alphabet goes with the file, as metadata.
"""

from functools import cache
from itertools import pairwise

import numpy as np
import onnx
from onnx import helper, numpy_helper

from tests.kit.graphs import nodes_of

# A token is a letter's place here. 0, which no text holds, stands for: nothing.
ALPHABET = "_abcdefghijklmnopqrstuvwxyz .,;?"
SIZE = len(ALPHABET)  # 32
NOTHING = 0
FULL_STOP = ALPHABET.index(".")

TEXT = """
a letter comes in, and the head looks back over all that was said. where did this letter stand
before, it asks, and what came next? the nearest place wins. so a word that was spelled once is
spelled again, and a name that nobody knew is known from then on. nothing was learned, no weight
was moved; all that is kept is a list of what has been. if the letter is new, then the head can
only guess: after a q comes a u, after a comma comes a space, after a full stop as well. is that
a model of a language? a small one. it knows the last letter, it copies, and it stops. give it two
letters to go by, and it will keep to a word; give it ten, and it will quote you. what does a large
one do? just the same in some of its heads, and much more in the others, with keys that it had to
find by itself, from more text than anybody could read.
"""


# Text and tokens ----------------------------------------------------------------------------------
def encode(text):
    """Return the tokens of a text, int64 (T,); what the alphabet does not hold is a space."""
    tokens = [ALPHABET.find(letter) for letter in text.lower()]
    space = ALPHABET.index(" ")
    return np.array([token if token > NOTHING else space for token in tokens], dtype=np.int64)


def decode(tokens):
    """Return the text of tokens."""
    return "".join(ALPHABET[token] for token in tokens)


@cache
def read_text():
    """Return the tokens of TEXT, as one line."""
    return encode(" ".join(TEXT.split()))


# The same without ONNX ----------------------------------------------------------------------------
@cache
def count_followers():
    """Return how often each token comes after each in TEXT: (32, 32), each row adds up to 1."""
    counts = np.zeros((SIZE, SIZE))
    for token, follower in pairwise(read_text()):
        counts[token, follower] += 1
    missing = counts.sum(axis=1) == 0  # the text has no z
    counts[missing, ALPHABET.index(" ")] = 1
    return counts / counts.sum(axis=1, keepdims=True)


def predict(tokens):
    """Return the probabilities (T, 32) of what comes after each of the tokens of a text."""
    certain = np.eye(SIZE)
    followed = {}  # {token: what came after it, the last time}
    last = None
    rows = []
    for token in tokens:
        followed[last] = token
        last = token
        rows.append(certain[followed[token]] if token in followed else count_followers()[token])
    return np.array(rows)


def write(tokens, temperature, chance):
    """Return the letter that three heads choose, the say of each place (T,), and P (32,).

    A place's score is 4 for each of the up to three letters before it that are those at the end of
    the text, and up to 1 for being late in it. chance, from 0 to 1, picks the letter.
    """
    text = [NOTHING, NOTHING, NOTHING, *tokens]
    end = len(text)
    scores = []
    for place in range(3, end):
        depth = 0
        while depth < 3 and text[place - 1 - depth] == text[end - 1 - depth]:
            depth += 1
        scores.append(4 * depth + (place - 3) / len(tokens))
    E = np.exp((np.array(scores) - max(scores)) / temperature)
    A = E / E.sum()
    P = np.zeros(SIZE)
    for token, say in zip(tokens, A, strict=True):
        P[token] += say
    return int((P.cumsum() > min(chance, 0.9999)).argmax()), A, P


# The file -----------------------------------------------------------------------------------------
OPSET = """
<
  ir_version: 8,
  opset_import: ["" : 18]
>
"""

CONSTANTS = """
<
  int64 one = {1}, int64 size = {32}, float[2] off_on = {0, 1}, float half = {0.5}, float s = {256},
  int64[1] from_first = {0}, int64[1] from_last = {-1}, int64[1] to_last = {-1},
  int64[1] to_end = {9223372036854775807}, int64[1] axis_1 = {1}, int64[1] axis_2 = {2},
  int64[4] one_before = {0, 1, 0, 0}, int64[6] one_behind = {0, 0, 0, 0, 0, 1}
>
"""

FIND = """
{
   longer = Pad (tokens, one_before)
   before = Slice (longer, from_first, to_last, axis_1)
   before_hot = OneHot (before, size, off_on)
   values = OneHot (tokens, size, off_on)

   shape = Shape (tokens)
   T = Gather (shape, one)
   beyond = Add (T, one)
   counted = Range (one, beyond, one)
   counted_float = Cast <to = 1> (counted)
   places = Unsqueeze (counted_float, axis_1)
   keys = Mul (before_hot, places)

   keys_T = Transpose <perm = [0, 2, 1]> (keys)
   everywhere = MatMul (values, keys_T)
   found = Trilu <upper = 0> (everywhere)
"""

ATTEND = """
   scores = Pad (found, one_behind, half)
   sharp = Mul (scores, s)
   A = Softmax <axis = 2> (sharp)

   A_places = Slice (A, from_first, to_last, axis_2)
   A_nowhere = Slice (A, from_last, to_end, axis_2)
   copied = MatMul (A_places, values)
   guess = Gather <axis = 0> (follows, tokens)
   guessed = Mul (A_nowhere, guess)
   P = Add (copied, guessed)
}
"""

SIGNATURE = "copies (int64[N,T] tokens) => (float[N,T,32] P)"
COUNTS = OPSET + SIGNATURE + "{ P = Gather <axis = 0> (follows, tokens) }"
HEAD = OPSET + SIGNATURE + CONSTANTS + FIND + ATTEND


# Three heads look one, two and three letters back; where all of them agree, the last three letters
# stood before. OneHot times OneHot is 1 where two tokens are equal, which Equal says in one node.
THREE_HEADS = (
    OPSET
    + """
writes (int64[T] tokens, float temperature, float chance)
   => (int64[1] letter, float[T] A, float[32] P)
<
  int64 zero = {0}, int64 one = {1}, int64[1] axis_0 = {0}, int64[2] three_before = {3, 0},
  int64[1] minus_3 = {-3}, int64[1] minus_2 = {-2}, int64[1] minus_1 = {-1},
  int64[1] to_1 = {1}, int64[1] to_2 = {2}, int64[1] to_end = {9223372036854775807},
  int64 size = {32}, float[2] off_on = {0, 1}, float weight = {4}, float most = {0.9999}
>
{
   longer = Pad (tokens, three_before)
   key_1 = Slice (longer, to_2, minus_1)
   key_2 = Slice (longer, to_1, minus_2)
   key_3 = Slice (longer, axis_0, minus_3)
   query_1 = Slice (longer, minus_1, to_end)
   query_2 = Slice (longer, minus_2, minus_1)
   query_3 = Slice (longer, minus_3, minus_2)
   hit_1 = Equal (key_1, query_1)
   hit_2 = Equal (key_2, query_2)
   hit_3 = Equal (key_3, query_3)
   hits_2 = And (hit_1, hit_2)
   hits_3 = And (hits_2, hit_3)
   found_1 = Cast <to = 1> (hit_1)
   found_2 = Cast <to = 1> (hits_2)
   found_3 = Cast <to = 1> (hits_3)
   depth = Sum (found_1, found_2, found_3)

   T = Size (tokens)
   counted = Range (zero, T, one)
   places = Cast <to = 1> (counted)
   T_float = Cast <to = 1> (T)
   nearness = Div (places, T_float)
   weighted = Mul (depth, weight)
   scores = Add (weighted, nearness)
   sharp = Div (scores, temperature)
   A = Softmax <axis = 0> (sharp)

   values = OneHot (tokens, size, off_on)
   P = MatMul (A, values)
   summed = CumSum (P, zero)
   total = ReduceSum (P, axis_0)
   below = Min (chance, most)
   threshold = Mul (total, below)
   beyond = Greater (summed, threshold)
   first = Cast <to = 1> (beyond)
   letter = ArgMax <axis = 0> (first)
}
"""
)


def parse(text):
    """Return the model of a text in ONNX's notation; the counts are follows, where it is read."""
    model = onnx.parser.parse_model(text)
    graph = model.graph
    graph.initializer.append(
        numpy_helper.from_array(count_followers().astype(np.float32), "follows")
    )
    read = {name for node in nodes_of(graph) for name in node.input}
    constants = [tensor for tensor in graph.initializer if tensor.name in read]
    graph.ClearField("initializer")
    graph.initializer.extend(constants)
    helper.set_model_props(model, {"alphabet": ALPHABET})
    return model


def swap(text, old, new):
    """Return a text with other words in one place, which it has to have."""
    assert text.count(old) == 1, old
    return text.replace(old, new)
