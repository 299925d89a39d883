"""The mask: texts of unlike lengths in one call, filled up with letters that nobody may hear.

A batch is a rectangle, so the shorter texts are filled up, in front, behind or both, with letters
that mean nothing; mask says which are real. The starting file is the head of exercise 21, and
answers what comes after the last column. Let it answer for each text what it would answer if it
were fed alone:

    P of a text = what comes after its last real letter, going by its real letters only

Padding may be any letter. No real letter may find one there, and the first real letter has nothing
before it, even if there is padding. It worked if ten lines of Python agree, which are fed each text
without its padding.

In other models no token is free for nothing. There the scores of padded places get a number like
-10000 added before Softmax; the mask of the standard's operator Attention, attn_mask, works so.
"""

from tests import language

INPUTS = {
    "int64[N,T] tokens": "N texts in T columns; letters and padding, 1 to 31",
    "int64[N,T] mask": "1 where a letter is real, else 0; the 1s stand together, at least one",
}
OUTPUTS = {"float[N,32] P": "after the last real letter, the probability of each to come next"}
HINTS = [
    "Token 0 is nothing: it is no letter's token, and no query asks for it. Make it of the padding"
    " before anything else reads tokens.",
    "The last real letter is where mask times the place's number is largest: Mul and ArgMax"
    " <axis = 1> give its column, (N, 1).",
    "GatherND <batch_dims = 1> takes of each text's rows (T, 32) the one that its index (1) names.",
]

LAST_COLUMN = """
   each = Add (copied, guessed)
   end = Constant <value = int64 {-1}> ()
   P = Gather <axis = 1> (each, end)
"""


def start():
    """Return the model that the reader begins with."""
    one_row = language.swap(language.HEAD, "float[N,T,32] P", "float[N,32] P")
    return language.parse(language.swap(one_row, "P = Add (copied, guessed)", LAST_COLUMN))
