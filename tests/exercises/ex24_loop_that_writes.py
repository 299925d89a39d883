"""The loop that writes: a model goes on by itself, inside the file, until a stop or long enough.

To write, take the most probable letter, put it behind the text, ask again. As a rule the program
around the file does that, a call for each letter; a Loop does it in one call, in any language. The
starting file writes one letter, whatever steps says. Let it write as many as steps says; but after
the letter stop, a full stop (28) for one, it writes no more. That letter itself still counts.

    until steps letters are written, or the last one that was written is stop:
        P of this step = the head's answer after the last letter, as in exercise 21
        letter         = the most probable; of equal ones, the first in the alphabet

What was written counts as text for the steps after it. It worked if a loop in Python writes the
same, for 0 to 600 letters. A stop that was in the text before is no reason to end: it was read, not
written.

The state of a Loop may grow from step to step; that of a Scan may not, nor can a Scan stop. Where
only that is to be had, the text gets a fixed length, and what is behind its end is hidden.
"""

from tests import language

INPUTS = {
    "int64[T] tokens": "the T letters so far, 1 to 31, at least one",
    "int64 steps": "how many letters to write at most; may be 0",
    "int64 stop": "the letter that ends it, 1 to 31",
}
OUTPUTS = {
    "int64[K] written": "the letters that follow; K is steps, or fewer",
    "float[K,32] P": "what each of them was chosen from",
}
HINTS = [
    "The body takes step (int64), on (bool) and the state, the text; it answers whether to go on,"
    " the next state, and what is collected, here a letter, int64[1], and its P, float[1,32].",
    "In the starting file all nodes but the first ask about the end of the text: they are the body"
    " already. In it, read the state in place of tokens; the constants outside can be read, too.",
    "Concat puts the letter behind the text. Equal and Not make the condition of it; if that is"
    " false, the loop ends after this step, and what the step collects is kept. What comes out is"
    " (K, 1) and (K, 1, 32): Squeeze.",
]

CONSTANTS = """
<
  int64 one = {1}, int64 size = {32}, float[2] off_on = {0, 1}, float half = {0.5}, float s = {256},
  int64[1] from_first = {0}, int64[1] from_second = {1}, int64[1] from_last = {-1},
  int64[1] to_last = {-1}, int64[1] to_end = {9223372036854775807}, int64[1] axis_1 = {1},
  int64[4] one_behind = {0, 0, 0, 1}
>
"""

# The head of exercise 21 with the last query alone: nobody asks what comes after the others.
ASK = """
   before = Slice (text, from_first, to_last)
   after = Slice (text, from_second, to_end)
   last = Slice (text, from_last, to_end)

   length = Size (text)
   counted = Range (one, length, one)
   places = Cast <to = 1> (counted)
   before_hot = OneHot <axis = 0> (before, size, off_on)
   keys_T = Mul (before_hot, places)
   values = OneHot (after, size, off_on)
   query = OneHot (last, size, off_on)

   found = MatMul (query, keys_T)
   scores = Pad (found, one_behind, half)
   sharp = Mul (scores, s)
   A = Softmax <axis = 1> (sharp)

   A_places = Slice (A, from_first, to_last, axis_1)
   A_nowhere = Slice (A, from_last, to_end, axis_1)
   copied = MatMul (A_places, values)
   guess = Gather (follows, last)
   guessed = Mul (A_nowhere, guess)
   row = Add (copied, guessed)
   letter = ArgMax <axis = 1, keepdims = 0> (row)
"""

SIGNATURE = "writes (int64[T] tokens, int64 steps, int64 stop) => (int64[K] written, float[K,32] P)"

ONCE = f"""
{{
   text = Identity (tokens)
   {ASK}
   written = Identity (letter)
   P = Identity (row)
}}
"""


def start():
    """Return the model that the reader begins with."""
    return language.parse(language.OPSET + SIGNATURE + CONSTANTS + ONCE)
