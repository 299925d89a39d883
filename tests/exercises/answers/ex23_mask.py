"""The answer to exercise 23, The mask: what is right, one way to it, and mistakes."""

import numpy as np

from tests import language
from tests.exercises.answers.ex21_head_that_copies import draw_texts, long_text

ORACLE = "a look-up in Python"
TOLERANCE = 1e-5  # float32: a probability is off by 1e-7; another place's say, e^-128, is 0

SIGNATURE = "masked (int64[N,T] tokens, int64[N,T] mask) => (float[N,32] P)"
REAL = "real = Mul (tokens, mask)"
LAST_REAL = """
   each = Add (copied, guessed)
   real_places = Mul (mask, counted)
   end = ArgMax <axis = 1> (real_places)
   P = GatherND <batch_dims = 1> (each, end)
"""

HEAD = (language.FIND + language.ATTEND).replace("(tokens", "(real").replace(", tokens", ", real")
HEAD = language.swap(HEAD, "{\n", f"{{\n   {REAL}\n")
HEAD = language.swap(HEAD, "P = Add (copied, guessed)", LAST_REAL)
MASKED = language.OPSET + SIGNATURE + language.CONSTANTS + HEAD


def draw(random, N, T):
    """Return so many texts of one to T letters; half of the padding is what their end looks for."""
    ends = np.sort(random.integers(0, T + 1, (N, 2)), axis=1)
    ends[ends[:, 0] == ends[:, 1]] = [T - 1, T]
    ends[1::5, 1] = T  # padding in front alone
    ends[2::5, 0] = 0  # behind alone
    ends[ends[:, 1] == 0] = [0, T]
    begin, end = ends[:, :1], ends[:, 1:]
    columns = np.arange(T)
    real = (columns >= begin) & (columns < end)
    texts = draw_texts(random, N, T)
    last = np.take_along_axis(texts, end - 1, axis=1)
    sought = random.integers(2, size=(N, T), dtype=bool)
    return {"tokens": np.where(~real & sought, last, texts), "mask": real.astype(np.int64)}


def special(random):
    """Return texts in padding that holds what their end seeks, inside or last; a long one."""
    batches = []
    for text, padding in [("a dog", "gosgos"), ("a dog", "sogsog")]:
        tokens = []
        mask = []
        for front in (0, 3, len(padding)):
            tokens.append(language.encode(padding[:front] + text + padding[front:]))
            columns = np.arange(len(padding) + len(text))
            mask.append((columns >= front) & (columns < front + len(text)))
        batches.append({"tokens": np.array(tokens), "mask": np.array(mask, dtype=np.int64)})
    long = np.stack([long_text(), long_text()])
    mask = np.ones_like(long)
    mask[1, -1] = 0
    return [*batches, {"tokens": long, "mask": mask}]


def expected(tokens, mask):
    """Return what a dictionary answers after the last letter of each text without its padding."""
    texts = [text[real == 1] for text, real in zip(tokens, mask, strict=True)]
    return {"P": np.array([language.predict(text)[-1] for text in texts])}


def solve(model, masked=MASKED):
    """Make nothing of the padding, and take the row of the last real letter."""
    return language.parse(masked)


# Mistakes: each takes the starting model, and earns the words beside its name below.
def swap(model, old, new):
    """Return the solution with other words in one place."""
    return solve(model, language.swap(MASKED, old, new))


def padding_heard(model):
    return swap(model, REAL, "real = Identity (tokens)")


def inverted(model):
    return swap(model, REAL, "padding = Sub (one, mask) real = Mul (tokens, padding)")


def values_only(model):
    text = language.swap(MASKED, REAL, "real = Identity (tokens)")
    masked_tokens = (
        "masked_tokens = Mul (tokens, mask) heard = OneHot (masked_tokens, size, off_on)"
    )
    copied = "copied = MatMul (A_places, heard)"
    text = language.swap(text, "copied = MatMul (A_places, values)", f"{masked_tokens} {copied}")
    return solve(model, text)


def places_only(model):
    text = language.swap(MASKED, REAL, "real = Identity (tokens)")
    hidden = """
       row = Unsqueeze (mask, axis_1)
       row_float = Cast <to = 1> (row)
       shown = Mul (found, row_float)
       scores = Pad (shown, one_behind, half)
    """
    return solve(model, language.swap(text, "scores = Pad (found, one_behind, half)", hidden))


def added_as_it_is(model):
    text = language.swap(MASKED, REAL, "real = Identity (tokens)")
    added = """
       row = Unsqueeze (mask, axis_1)
       row_float = Cast <to = 1> (row)
       shown = Add (found, row_float)
       scores = Pad (shown, one_behind, half)
    """
    return solve(model, language.swap(text, "scores = Pad (found, one_behind, half)", added))


def first_text_for_all(model):
    first = "first = Slice (mask, from_first, axis_1, from_first) real = Mul (tokens, first)"
    return swap(model, REAL, first)


def last_column(model):
    last = "from_end = Constant <value = int64 {-1}> () P = Gather <axis = 1> (each, from_end)"
    return swap(model, "P = GatherND <batch_dims = 1> (each, end)", last)


def padding_in_front_forgotten(model):
    count = "count = ReduceSum <keepdims = 1> (mask, axis_1) end = Sub (count, one)"
    return swap(model, "end = ArgMax <axis = 1> (real_places)", count)


def first_real_letter(model):
    return swap(model, "ArgMax <axis = 1> (real_places)", "ArgMax <axis = 1> (mask)")


def first_column(model):
    return swap(model, "Mul (mask, counted)", "Sub (mask, counted)")


def batch_frozen(model):
    return swap(model, "int64[N,T] mask", "int64[1,T] mask")


def length_frozen(model):
    return swap(model, "int64[N,T] mask", "int64[N,40] mask")


MISTAKES = {
    "nobody reads the mask for the places: letters are found in the padding": padding_heard,
    "the mask is the wrong way round: 1 is a real letter, and it was hidden": inverted,
    "the values are masked, and not the scores: padding wins and has nothing to say": values_only,
    "the letter after padding is still found by it: before the first is nothing": places_only,
    "the mask is added as it is: 1 hides nothing, and lifts what is real": added_as_it_is,
    "the first text's mask is taken for all": first_text_for_all,
    "the last column is answered: behind a text there may be padding": last_column,
    "real letters are counted: with padding in front, the last is further right": (
        padding_in_front_forgotten
    ),
    "the first real letter is answered: of equal numbers, ArgMax takes the first": (
        first_real_letter
    ),
    "the mask is subtracted from, not multiplied by, the places' numbers": first_column,
    "the size N is frozen": batch_frozen,
    "the size T is frozen": length_frozen,
}
