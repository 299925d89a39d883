"""The files of the language model for the engines, what they are fed, and what is right.

The head, the cache, the mask and the loop are the answers to exercises 21 to 24. The same once more
with the standard's operator Attention: there, nowhere is one more key, the first of each cache.
"""

from types import SimpleNamespace

import numpy as np

from tests import language
from tests.exercises import registry

EXERCISES = registry.find()
TOLERANCE = 1e-5  # as in the exercises
TEXT = "the cat sat on the mat; the cat sat"
LETTERS = 12  # that the loop writes
ROOM = 64  # letters that a cache of opset 24 has place for
LEFT_OVER = 500  # in each place that is not filled

# One head, and keys of 33 numbers: the last is nowhere's, for which every query asks a little.
CONSTANTS = """
<
  int64 one = {1}, int64 two = {2}, int64 size = {32}, float[2] off_on = {0, 1}, float asks = {1},
  int64[1] from_first = {0}, int64[1] from_last = {-1}, int64[1] to_last = {-1},
  int64[1] to_end = {9223372036854775807}, int64[1] axis_1 = {1}, int64[1] axis_2 = {2},
  int64[6] one_behind = {0, 0, 0, 0, 0, 1}
>
"""

SIGNATURE = """
standard (int64[N,T] tokens, int64[N,1] past_token,
          float[N,1,C,33] past_keys, float[N,1,C,33] past_values) => (
          int64[N,1] last_token, float[N,1,D,33] keys, float[N,1,D,33] values, float[N,T,32] P)
"""

PREPARE = """
{
   longer = Concat <axis = 1> (past_token, tokens)
   before = Slice (longer, from_first, to_last, axis_1)
   last_token = Slice (longer, from_last, to_end, axis_1)
   before_hot = OneHot (before, size, off_on)
   token_hot = OneHot (tokens, size, off_on)
   shape = Shape (tokens)
   T = Gather (shape, one)
"""

COUNT = """
   past_shape = Shape (past_keys)
   C = Gather (past_shape, two)
   beyond = Add (C, T)
   counted = Range (C, beyond, one)
   counted_float = Cast <to = 1> (counted)
   places = Unsqueeze (counted_float, axis_1)
"""

WIDEN = """
   new_keys = Mul (before_hot, places)
   wide_Q = Pad (token_hot, one_behind, asks)
   wide_K = Pad (new_keys, one_behind)
   wide_V = Pad (token_hot, one_behind)
   Q = Unsqueeze (wide_Q, axis_1)
   K = Unsqueeze (wide_K, axis_1)
   V = Unsqueeze (wide_V, axis_1)
"""

CAUSAL = """
   Y, keys, values = Attention <is_causal = 1, scale = 256.0> (Q, K, V, , past_keys, past_values)
"""

MASKED = """
   beyond_row = Unsqueeze (beyond, from_first)
   T_row = Unsqueeze (T, from_first)
   rectangle = Concat <axis = 0> (T_row, beyond_row)
   all_true = ConstantOfShape <value = bool[1] {1}> (rectangle)
   mask = Trilu <upper = 0> (all_true, C)
   Y, keys, values = Attention <scale = 256.0> (Q, K, V, mask, past_keys, past_values)
"""

# The cache of opset 24: room for L letters, of which each text has filled as many as it has read.
SIGNATURE_FILLED = """
scattered (int64[N,T] tokens, int64[N,1] past_token, int64[N] filled,
           float[N,1,L,33] past_keys, float[N,1,L,33] past_values) => (
           int64[N,1] last_token, int64[N] now_filled,
           float[N,1,L,33] keys, float[N,1,L,33] values, float[N,T,32] P)
"""

COUNT_FILLED = """
   now_filled = Add (filled, T)
   first = Unsqueeze (filled, axis_1)
   nothing = Sub (T, T)
   steps = Range (nothing, T, one)
   counted = Add (first, steps)
   counted_float = Cast <to = 1> (counted)
   places = Unsqueeze (counted_float, axis_2)
"""

# One letter a call: of several, all would see what is filled, as the mask has no corner to lie in.
SCATTER = """
   keys = TensorScatter <axis = 2> (past_keys, K, filled)
   values = TensorScatter <axis = 2> (past_values, V, filled)
   Y = Attention <scale = 256.0> (Q, keys, values, , , , now_filled)
"""

CONCLUDE = """
   answer = Squeeze (Y, axis_1)
   copied = Slice (answer, from_first, to_last, axis_2)
   nowhere = Slice (answer, from_last, to_end, axis_2)
   guess = Gather <axis = 0> (follows, tokens)
   guessed = Mul (nowhere, guess)
   P = Add (copied, guessed)
}
"""


def standard(attend, opset, signature=SIGNATURE, count=COUNT):
    """Return the cached head with the standard's Attention."""
    ir_version = {23: 11, 24: 12}[opset]
    head = f'<ir_version: {ir_version}, opset_import: ["" : {opset}]>'
    body = PREPARE + count + WIDEN + attend + CONCLUDE
    return language.parse(head + signature + CONSTANTS + body)


# Feeds and right answers --------------------------------------------------------------------------
def tokens_of(*texts):
    """Return the tokens of texts of one length (N, T)."""
    return np.array([language.encode(text) for text in texts])


def with_nowhere(keys, values):
    """Return keys and values (N, C, 32) as the standard's files have them (N, 1, C + 1, 33)."""
    wide_keys = np.pad(keys, [(0, 0), (1, 0), (0, 1)])
    wide_values = np.pad(values, [(0, 0), (1, 0), (0, 1)])
    wide_keys[:, 0, -1] = 0.5
    wide_values[:, 0, -1] = 1
    return wide_keys[:, np.newaxis], wide_values[:, np.newaxis]


def case_of(number, feed):
    """Return model, inputs and right outputs of the answer to an exercise."""
    exercise = EXERCISES[number]
    model = exercise.answer.solve(exercise.task.start())
    exact = exercise.answer.expected(**feed)
    return SimpleNamespace(model=model, inputs=list(feed.values()), exact=list(exact.values()))


def case_of_standard(attend, opset, C):
    """Return model, inputs and right outputs of a text of which C letters have been read before."""
    cache = EXERCISES[22].answer
    feed = cache.feed_of(tokens_of(TEXT), C)
    exact = cache.expected(**feed)
    past = with_nowhere(feed["past_keys"], feed["past_values"])
    keys, values = with_nowhere(exact["keys"], exact["values"])
    inputs = [feed["tokens"], feed["past_token"], *past]
    outputs = [exact["last_token"], keys, values, exact["P"]]
    return SimpleNamespace(model=standard(attend, opset), inputs=inputs, exact=outputs)


def head():
    return case_of(21, {"tokens": tokens_of(TEXT)})


def cache_first():
    return case_of(22, EXERCISES[22].answer.feed_of(tokens_of(TEXT), 0))


def cache_next():
    return case_of(22, EXERCISES[22].answer.feed_of(tokens_of(TEXT), len(TEXT) - 1))


def mask():
    return case_of(23, EXERCISES[23].answer.special(None)[0])


def loop():
    stop = np.array(language.FULL_STOP)
    return case_of(24, {"tokens": tokens_of(TEXT)[0], "steps": np.array(LETTERS), "stop": stop})


def causal_first():
    return case_of_standard(CAUSAL, 23, 0)


def causal_next():
    return case_of_standard(CAUSAL, 23, len(TEXT) - 1)


def causal_part():
    return case_of_standard(CAUSAL, 23, len(TEXT) - 5)


def masked_first():
    return case_of_standard(MASKED, 23, 0)


def masked_part():
    return case_of_standard(MASKED, 23, len(TEXT) - 5)


def causal_24():
    return case_of_standard(CAUSAL, 24, len(TEXT) - 5)


def scattered():
    """Two texts of unlike lengths, a letter more of each.

    Beyond what is filled stands LEFT_OVER: as a key it would win each query that asked it.
    """
    cache = EXERCISES[22].answer
    calls = []
    for text in (TEXT, TEXT[:20]):
        feed = cache.feed_of(tokens_of(text), len(text) - 1)
        exact = cache.expected(**feed)
        past = with_nowhere(feed["past_keys"], feed["past_values"])
        now = with_nowhere(exact["keys"], exact["values"])
        filled = np.array([past[0].shape[2]])
        inputs = [feed["tokens"], feed["past_token"], filled, *map(with_room, past)]
        outputs = [exact["last_token"], filled + 1, *map(with_room, now), exact["P"]]
        calls.append((inputs, outputs))
    model = standard(SCATTER, 24, SIGNATURE_FILLED, COUNT_FILLED)
    inputs, exact = (
        [np.concatenate(arrays) for arrays in zip(*side, strict=True)]
        for side in zip(*calls, strict=True)
    )
    return SimpleNamespace(model=model, inputs=inputs, exact=exact)


def with_room(cache):
    """Return a cache with room for ROOM letters, in which something was left over."""
    room = ROOM - cache.shape[2]
    return np.pad(cache, [(0, 0), (0, 0), (0, room), (0, 0)], constant_values=LEFT_OVER)


def three_heads():
    feed = {"temperature": np.array(0.5, np.float32), "chance": np.array(0.4, np.float32)}
    tokens = tokens_of(TEXT)[0]
    letter, A, P = language.write(tokens, *map(float, feed.values()))
    model = language.parse(language.THREE_HEADS)
    return SimpleNamespace(
        model=model, inputs=[tokens, *feed.values()], exact=[np.array([letter]), A, P]
    )


FORMS = {
    "head": head,
    "cache, empty": cache_first,
    "cache, a letter": cache_next,
    "mask": mask,
    "loop": loop,
    "three heads": three_heads,
    "Attention, causal, first": causal_first,
    "Attention, causal, a letter": causal_next,
    "Attention, causal, 5 letters": causal_part,
    "Attention, mask, first": masked_first,
    "Attention, mask, 5 letters": masked_part,
    "Attention of opset 24": causal_24,
    "TensorScatter, a letter": scattered,
}
