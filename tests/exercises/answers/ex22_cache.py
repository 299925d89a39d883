"""The answer to exercise 22, The cache: what is right, one way to it, and mistakes."""

import numpy as np

from tests import language
from tests.exercises.answers.ex21_head_that_copies import draw_texts, long_text

ORACLE = "a look-up in Python"
TOLERANCE = 1e-5  # float32: a probability is off by 1e-7; another place's say, e^-128, is 0
LEAST = {"C": 0}

SIGNATURE = """
cached (int64[N,T] tokens, int64[N,1] past_token,
        float[N,C,32] past_keys, float[N,C,32] past_values) => (
       int64[N,1] last_token, float[N,D,32] keys, float[N,D,32] values, float[N,T,32] P)
"""

FIND = """
{
   longer = Concat <axis = 1> (past_token, tokens)
   before = Slice (longer, from_first, to_last, axis_1)
   last_token = Slice (longer, from_last, to_end, axis_1)
   before_hot = OneHot (before, size, off_on)
   queries = OneHot (tokens, size, off_on)
   values = Concat <axis = 1> (past_values, queries)

   past_shape = Shape (past_values)
   C = Gather (past_shape, one)
   first = Add (C, one)
   shape = Shape (values)
   D = Gather (shape, one)
   beyond = Add (D, one)
   counted = Range (first, beyond, one)
   counted_float = Cast <to = 1> (counted)
   places = Unsqueeze (counted_float, axis_1)
   new_keys = Mul (before_hot, places)
   keys = Concat <axis = 1> (past_keys, new_keys)

   keys_T = Transpose <perm = [0, 2, 1]> (keys)
   everywhere = MatMul (queries, keys_T)
   found = Trilu <upper = 0> (everywhere, C)
"""

CACHED = language.OPSET + SIGNATURE + language.CONSTANTS + FIND + language.ATTEND


def make_cache(texts):
    """Return keys and values (N, T, 32) of texts (N, T) from their first letter on."""
    hot = np.eye(language.SIZE)
    before = np.pad(texts, [(0, 0), (1, 0)])[:, :-1]
    places = np.arange(1, texts.shape[1] + 1)
    return hot[before] * places[:, np.newaxis], hot[texts]


def feed_of(texts, C):
    """Return the feed for texts whose first C letters have been read before."""
    keys, values = make_cache(texts[:, :C])
    past_token = texts[:, C - 1 : C] if C else np.full((len(texts), 1), language.NOTHING)
    return {
        "tokens": texts[:, C:],
        "past_token": past_token,
        "past_keys": keys.astype(np.float32),
        "past_values": values.astype(np.float32),
    }


def draw(random, N, T, C):
    """Return so many texts, of which C letters have been read, and T come now."""
    return feed_of(draw_texts(random, N, C + T), C)


def special(random):
    """Return a text in one call, what is fed for some of its letters, and the end of a long one."""
    text = language.encode("the cat sat on the mat; the cat sat")[np.newaxis]
    feeds = [feed_of(text, 0)]
    for C in (0, 1, 2, 20, 33):
        feeds.append(feed_of(text[:, : C + 1], C))
    long = long_text()[np.newaxis]
    return [*feeds, feed_of(long, long.size - 10)]


def expected(tokens, past_token, past_keys, past_values):
    """Return the answers of a dictionary, and the cache that the whole text has."""
    past = past_values.argmax(axis=2)
    texts = np.concatenate([past, tokens], axis=1)
    keys, values = make_cache(texts)
    P = [language.predict(text)[past.shape[1] :] for text in texts]
    return {"last_token": tokens[:, -1:], "keys": keys, "values": values, "P": np.array(P)}


def solve(model, cached=CACHED):
    """Write the graph anew: the past joins before the scores, from where all is as it was."""
    return language.parse(cached)


# Mistakes: each takes the starting model, and earns the words beside its name below.
def swap(model, old, new):
    """Return the solution with other words in one place."""
    return solve(model, language.swap(CACHED, old, new))


def cache_replaced(model):
    text = language.swap(CACHED, "Concat <axis = 1> (past_keys, new_keys)", "Identity (new_keys)")
    text = language.swap(text, "Concat <axis = 1> (past_values, queries)", "Identity (queries)")
    text = language.swap(text, "D = Gather (shape, one)", "T = Gather (shape, one) D = Add (C, T)")
    return solve(model, language.swap(text, "(everywhere, C)", "(everywhere)"))


def cache_cut_off(model):
    """Keep the last 64, a window, which some models have on purpose."""
    text = language.swap(CACHED, "keys = Concat", "all_keys = Concat")
    text = language.swap(text, "values = Concat", "all_values = Concat")
    text = language.swap(text, "shape = Shape (values)", "shape = Shape (all_values)")
    window = """
       far = Constant <value = int64[1] {-64}> ()
       keys = Slice (all_keys, far, to_end, axis_1)
       values = Slice (all_values, far, to_end, axis_1)
       kept_shape = Shape (values)
       kept = Gather (kept_shape, one)
       query_shape = Shape (tokens)
       T = Gather (query_shape, one)
       seen = Sub (kept, T)
       keys_T = Transpose
    """
    text = language.swap(text, "keys_T = Transpose", window)
    return solve(model, language.swap(text, "(everywhere, C)", "(everywhere, seen)"))


def new_in_front(model):
    text = language.swap(CACHED, "(past_keys, new_keys)", "(new_keys, past_keys)")
    return solve(model, language.swap(text, "(past_values, queries)", "(queries, past_values)"))


def last_token_not_read(model):
    return swap(model, "Concat <axis = 1> (past_token, tokens)", "Pad (tokens, one_before)")


def first_token_kept(model):
    old = "Slice (longer, from_last, to_end, axis_1)"
    return swap(model, old, "Slice (tokens, from_first, axis_1, axis_1)")


def past_token_kept(model):
    return swap(model, "Slice (longer, from_last, to_end, axis_1)", "Identity (past_token)")


def places_from_1(model):
    from_1 = "T = Sub (D, C) T_and_1 = Add (T, one) counted = Range (one, T_and_1, one)"
    return swap(model, "counted = Range (first, beyond, one)", from_1)


def places_off_by_one(model):
    return swap(model, "Range (first, beyond, one)", "Range (C, D, one)")


def places_twice(model):
    text = language.swap(CACHED, "Range (first, beyond, one)", "Range (one, beyond, one)")
    text = language.swap(text, "new_keys = Mul (before_hot, places)", "")
    joined = "hot = Concat <axis = 1> (past_keys, before_hot) keys = Mul (hot, places)"
    return solve(
        model, language.swap(text, "keys = Concat <axis = 1> (past_keys, new_keys)", joined)
    )


def mask_of_the_call(model):
    return swap(model, "Trilu <upper = 0> (everywhere, C)", "Trilu <upper = 0> (everywhere)")


def future_seen(model):
    return swap(model, "Trilu <upper = 0> (everywhere, C)", "Identity (everywhere)")


def cache_frozen(model):
    return swap(model, "float[N,C,32] past_keys", "float[N,64,32] past_keys")


def places_in_float16(model):
    halves = """
       counted_half = Cast <to = 10> (counted)
       counted_float = Cast <to = 1> (counted_half)
    """
    return swap(model, "counted_float = Cast <to = 1> (counted)", halves)


def one_at_a_time(model):
    return swap(model, "int64[N,T] tokens", "int64[N,1] tokens")


MISTAKES = {
    "only this call's keys and values come out: the past has to come along": cache_replaced,
    "the cache keeps the last 64: no key may be dropped": cache_cut_off,
    "the new ones stand in front of the past: they belong behind it": new_in_front,
    "past_token is an input that nobody reads: the first key has to know it": last_token_not_read,
    "last_token is the first of tokens: it has to be the last": first_token_kept,
    "last_token is what past_token was: it has to be the last of tokens": past_token_kept,
    "the places begin with 1 in every call: they have to count on from C": places_from_1,
    "the places are off by one: the first new one is C + 1": places_off_by_one,
    "the past keys are multiplied by their places once more: they come multiplied": places_twice,
    "the mask forgets the past: a token may see C places more than Trilu keeps": mask_of_the_call,
    "the future is seen: of a call's own tokens, the later ones have to be hidden": future_seen,
    "the places are float16, which has no odd numbers beyond 2048": places_in_float16,
    "the size C is frozen": cache_frozen,
    "the size T is frozen": one_at_a_time,
}
