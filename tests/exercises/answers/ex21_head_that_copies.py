"""The answer to exercise 21, The head that copies: what is right, one way to it, and mistakes."""

import numpy as np

from tests import language

ORACLE = "a look-up in Python"
TOLERANCE = 1e-5  # float32: a probability is off by 1e-7; another place's say, e^-128, is 0


def draw_texts(random, N, T):
    """Return N texts of T letters: of few letters, of all, and parts of the text, in turn."""
    known = language.read_text()
    texts = random.integers(1, language.SIZE, (N, T))
    texts[::3] = random.choice(language.SIZE - 1, 4, replace=False)[texts[::3] % 4] + 1
    for row in texts[1::3]:
        begin = random.integers(len(known) - T)
        row[:] = known[begin : begin + T]
    return texts


def draw(random, N, T):
    """Return so many texts of so many letters."""
    return {"tokens": draw_texts(random, N, T)}


def long_text():
    """Return a text of 2,100 letters (2100,), at whose end a window and float16 are wrong.

    Its last letter, a z, stood at its beginning alone, before a q and an x, which come nowhere
    else. The last but one, a w, stood twice in a row, on the places 2095 and 2096: those of what
    came after, 2096 and 2097, are the same in float16.
    """
    text = np.resize(language.encode("abc, de fghi. "), 2100)
    text[:3] = language.encode("zqx")
    text[[2094, 2095, 2098]] = language.encode("w")
    text[-1] = text[0]
    return text


def special(random):
    """Return a text of the lesson, of a single letter, of all letters once; a long one."""
    texts = ["the cat sat on the mat; the cat s", 33 * "e", language.ALPHABET[1:]]
    feeds = [{"tokens": language.encode(text)[np.newaxis]} for text in texts]
    return [*feeds, {"tokens": long_text()[np.newaxis]}]


def expected(tokens):
    """Return what comes after the same token the last time, by a dictionary."""
    return {"P": np.array([language.predict(text) for text in tokens])}


def solve(model, head=language.HEAD):
    """Write the graph anew."""
    return language.parse(head)


# Mistakes: each takes the starting model, and earns the words beside its name below.
def swap(model, old, new):
    """Return the solution with other words in one place."""
    return solve(model, language.swap(language.HEAD, old, new))


def future_seen(model):
    return swap(model, "Trilu <upper = 0> (everywhere)", "Identity (everywhere)")


def past_hidden(model):
    return swap(model, "Trilu <upper = 0>", "Trilu <upper = 1>")


def here_hidden(model):
    hidden = "found = Trilu <upper = 0> (everywhere, k)"
    minus_one = "k = Constant <value = int64 {-1}> ()"
    return swap(model, "found = Trilu <upper = 0> (everywhere)", f"{minus_one}\n{hidden}")


def furthest(model):
    backwards = "counted = Range (T, nothing, step)"
    numbers = "nothing = Constant <value = int64 {0}> () step = Constant <value = int64 {-1}> ()"
    return swap(model, "counted = Range (one, beyond, one)", f"{numbers}\n{backwards}")


def every_place_alike(model):
    return swap(model, "Mul (before_hot, places)", "Identity (before_hot)")


def key_is_the_token(model):
    return swap(model, "OneHot (before,", "OneHot (tokens,")


def value_is_the_token_before(model):
    return swap(model, "MatMul (A_places, values)", "MatMul (A_places, before_hot)")


def closed_to_a_ring(model):
    ring = (
        "end = Slice (tokens, from_last, to_end, axis_1) longer = Concat <axis = 1> (end, tokens)"
    )
    return swap(model, "longer = Pad (tokens, one_before)", ring)


def nowhere_scores_0(model):
    return swap(model, "Pad (found, one_behind, half)", "Pad (found, one_behind)")


def nowhere_is_silent(model):
    return swap(model, "Add (copied, guessed)", "Identity (copied)")


def guess_always_added(model):
    return swap(model, "Mul (A_nowhere, guess)", "Identity (guess)")


def not_sharp(model):
    return swap(model, "float s = {256}", "float s = {1}")


def over_the_queries(model):
    return swap(model, "Softmax <axis = 2>", "Softmax <axis = 1>")


def a_window(model):
    window = """
       past = Trilu <upper = 0> (everywhere)
       far = Constant <value = int64 {-1023}> ()
       found = Trilu <upper = 1> (past, far)
    """
    return swap(model, "found = Trilu <upper = 0> (everywhere)", window)


def places_in_float16(model):
    halves = """
       counted_half = Cast <to = 10> (counted)
       counted_float = Cast <to = 1> (counted_half)
    """
    return swap(model, "counted_float = Cast <to = 1> (counted)", halves)


def batch_frozen(model):
    return swap(model, "int64[N,T] tokens", "int64[1,T] tokens")


def length_frozen(model):
    return swap(model, "int64[N,T] tokens", "int64[N,33] tokens")


MISTAKES = {
    "the future is seen: what comes next is copied from the place itself": future_seen,
    "past and future are swapped: upper=0 keeps what is below the diagonal": past_hidden,
    "the last place is hidden with the future: of ee, the second e follows the first": here_hidden,
    "the furthest place wins: a later place has to have the larger number": furthest,
    "all places have the same say: multiply each key by its place's number": every_place_alike,
    "the key is the place's own token: it has to be the token before it": key_is_the_token,
    "the value is the token before: what was asked for comes back": value_is_the_token_before,
    "the text is closed to a ring: before the first letter there is nothing": closed_to_a_ring,
    "nowhere scores 0, as all the other places do: it needs 1/2": nowhere_scores_0,
    "a token that is new gets no guess: nowhere's share belongs to follows": nowhere_is_silent,
    "the guess is added to what was copied: it gets nowhere's share only": guess_always_added,
    "s is missing: without 256 times, other places have a say": not_sharp,
    "Softmax runs over the queries: each query's scores have to add up to 1": over_the_queries,
    "only the last 1,024 places are seen: a letter may have stood before": a_window,
    "the places are float16, which has no odd numbers beyond 2048": places_in_float16,
    "the size N is frozen": batch_frozen,
    "the size T is frozen": length_frozen,
}
