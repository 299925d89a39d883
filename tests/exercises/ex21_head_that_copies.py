"""The head that copies: attention as a language model has it, with weights that you write down.

In "the cat sat on the mat; the cat s" an a comes next, if things go on as before: it came after
the nearest s. A head of attention finds that without training. A letter is a token, 1 to 31; the
places count from 1. Let 1 of 32 numbers be 1, the others 0, to say which token (OneHot), and:

    key of a place      its number * OneHot(the token before it)     before the first there is 0
    value of a place    OneHot(its token)
    query of a token    OneHot(the token)

Query times key is then the place's number where that token came just before, and 0 elsewhere;
places behind the token itself do not count, they are the future. One more score, 1/2, stands for
nowhere. Softmax of 256 times the scores gives the nearest place all the say: P is its value. If
nowhere wins, P is the token's row of follows, (32, 32): how often each token comes after it in a
short text. The starting file knows that only. It worked if ten lines of Python agree, which look
up what came after the same token the last time.
"""

from tests import language

INPUTS = {
    "int64[N,T] tokens": "N texts of T letters, 1 to 31: a letter's place in _abc...xyz .,;?",
}
OUTPUTS = {"float[N,T,32] P": "after each letter, the probability of each to come next"}
HINTS = [
    "Pad puts a 0 in front of each text, and Slice cuts off the last letter: the tokens before."
    " Shape, Gather, Range, Cast and Unsqueeze make the places, (T, 1), and Mul the keys.",
    "Values and queries are the same: OneHot (tokens, size, off_on). MatMul with the keys, which"
    " perm = [0, 2, 1] transposes, gives scores (N, T, T), a row for each query; Trilu with upper=0"
    " makes 0 of what is future. Pad puts 1/2 behind each row.",
    "After Mul and Softmax, Slice parts the places, (N, T, T), from nowhere, (N, T, 1). P is places"
    " @ values + nowhere * Gather (follows, tokens). The whole file is HEAD in tests/language.py.",
]


def start():
    """Return the model that the reader begins with."""
    return language.parse(language.COUNTS)
