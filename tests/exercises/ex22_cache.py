"""The cache: a model that writes reads its text once, not anew for every letter.

To write the next letter, the head needs keys and values of all letters before. They do not change
any more, so keep them. The starting file is the head of exercise 21; let the past in and out:

    keys    past_keys, and behind them those of tokens      their places count on: C + 1, ...
    values  past_values, and behind them those of tokens
    past_token, last_token     the token before the first of tokens; the last of tokens

A key is made of the token before, hence the last two. In the first call the past is empty: C is 0,
and past_token is 0, for nothing. What one call answers is fed to the next as its past; so many
letters in each as there are, one as a rule. A letter sees the whole past, and of its own call what
is not future. It worked if a text in any number of calls gets the same P as in one.

Frameworks call this past_key_values, and the files that they export have two such inputs and two
outputs for each layer.
"""

from tests import language

INPUTS = {
    "int64[N,T] tokens": "of N texts the next T letters, 1 to 31",
    "int64[N,1] past_token": "the letter before them; 0 if there is none",
    "float[N,C,32] past_keys": "the keys so far; C may be 0",
    "float[N,C,32] past_values": "the values so far",
}
OUTPUTS = {
    "int64[N,1] last_token": "the last of tokens",
    "float[N,?,32] keys": "all keys, C + T",
    "float[N,?,32] values": "all values, C + T",
    "float[N,T,32] P": "after each of tokens, the probability of each to come next",
}
HINTS = [
    "In place of Pad, Concat <axis = 1> puts past_token in front. Concat joins past_keys and the"
    " new keys, past_values and the new values; the queries stay those of tokens alone.",
    "Shape and Gather tell C, and C + T from the joined values. Range starts at C + 1.",
    "The scores are (N, T, C + T): token t may see the places up to C + t. The second input of"
    " Trilu says how many diagonals more it keeps: Trilu <upper = 0> (everywhere, C).",
]


def start():
    """Return the model that the reader begins with."""
    return language.parse(language.HEAD)
