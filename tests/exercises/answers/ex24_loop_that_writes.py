"""The answer to exercise 24, The loop that writes: what is right, one way to it, and mistakes."""

from itertools import pairwise

import numpy as np

from tests import language
from tests.exercises.answers.ex21_head_that_copies import draw_texts, long_text
from tests.exercises.ex24_loop_that_writes import ASK, CONSTANTS, SIGNATURE

ORACLE = "a loop in Python"
TOLERANCE = 1e-5  # float32: a probability is off by 1e-7; another place's say, e^-128, is 0
LEAST = {"K": 0}
ROWS = None  # no size counts rows

LOOP = f"""
{{
   yes = Constant <value = bool {{1}}> ()
   whole, letters, rows = Loop (steps, yes, tokens) <
      body = next (int64 step, bool on, int64[S] text)
         => (bool go_on, int64[S_and_1] longer, int64[1] answer, float[1,32] row)
      {{
         {ASK}
         longer = Concat <axis = 0> (text, letter)
         answer = Identity (letter)
         stopped = Equal (letter, stop)
         stopped_here = Squeeze (stopped)
         go_on = Not (stopped_here)
      }}
   >
   written = Squeeze (letters, axis_1)
   P = Squeeze (rows, axis_1)
}}
"""
WRITES = language.OPSET + SIGNATURE + CONSTANTS + LOOP


def write(tokens, steps, stop):
    """Return letters and their P by a dictionary: what came after each letter the last time."""
    certain = np.eye(language.SIZE)
    followed = dict(pairwise(tokens))  # of equal letters the later one
    last = tokens[-1]
    written = []
    P = []
    while len(written) < steps and written[-1:] != [stop]:
        guess = language.count_followers()[last]
        P.append(certain[followed[last]] if last in followed else guess)
        followed[last] = P[-1].argmax()
        last = followed[last]
        written.append(last)
    return np.array(written, dtype=np.int64), np.array(P).reshape(-1, language.SIZE)


def draw(random, T, K):
    """Return a text of so many letters, the most to write, and a stop that mostly comes soon."""
    (tokens,) = draw_texts(random, 1, T)
    soon, _ = write(tokens, random.integers(1, 20), language.NOTHING)
    stop = soon[-1] if random.random() < 0.9 else random.integers(1, language.SIZE)
    return {"tokens": tokens, "steps": np.array(K), "stop": np.array(stop)}


def special(random):
    """Return texts that go on for 100 letters, stop in time, have a stop before; long ones."""
    texts = ["the cat sat on the mat; the cat s", "one. two", "it is. it", "all was said."]
    feeds = []
    for text, steps in zip(texts, (100, 40, 40, 40), strict=True):
        stop = np.array(language.FULL_STOP)
        feeds.append({"tokens": language.encode(text), "steps": np.array(steps), "stop": stop})
    for tokens in (long_text(), long_text()[:-1]):
        feeds.append({"tokens": tokens, "steps": np.array(3), "stop": stop})
    return feeds


def expected(tokens, steps, stop):
    """Return what the dictionary writes."""
    written, P = write(tokens, steps, stop)
    return {"written": written, "P": P}


def solve(model, writes=WRITES):
    """Put the nodes into the body of a Loop, whose state is the text."""
    return language.parse(writes)


# Mistakes: each takes the starting model, and earns the words beside its name below.
def swap(model, old, new):
    """Return the solution with other words in one place."""
    return solve(model, language.swap(WRITES, old, new))


def one_too_many(model):
    more = "more = Add (steps, one) whole, letters, rows = Loop (more, yes, tokens)"
    return swap(model, "whole, letters, rows = Loop (steps, yes, tokens)", more)


def always_ten(model):
    ten = "ten = Constant <value = int64 {10}> () whole, letters, rows = Loop (ten, yes, tokens)"
    return swap(model, "whole, letters, rows = Loop (steps, yes, tokens)", ten)


def stop_ignored(model):
    return swap(model, "Not (stopped_here)", "Identity (on)")


def a_step_too_late(model):
    return swap(model, "Equal (letter, stop)", "Equal (last, stop)")


def anywhere_in_the_text(model):
    found = """
       everywhere = Equal (longer, stop)
       counts = Cast <to = 7> (everywhere)
       count = ReduceMax (counts)
       stopped = Cast <to = 9> (count)
    """
    return swap(model, "stopped = Equal (letter, stop)", found)


def condition_inverted(model):
    return swap(model, "Not (stopped_here)", "Identity (stopped_here)")


def full_stop_only(model):
    full_stop = f"full_stop = Constant <value = int64 {{{language.FULL_STOP}}}> ()"
    equal = "stopped = Equal (letter, full_stop)"
    return swap(model, "stopped = Equal (letter, stop)", f"{full_stop} {equal}")


def text_not_renewed(model):
    return swap(model, "Concat <axis = 0> (text, letter)", "Identity (text)")


def letter_alone(model):
    return swap(model, "Concat <axis = 0> (text, letter)", "Identity (letter)")


def a_window(model):
    """The state keeps the last 512 letters, so that it need not grow."""
    window = """
       all_letters = Concat <axis = 0> (text, letter)
       far = Constant <value = int64[1] {-512}> ()
       longer = Slice (all_letters, far, to_end)
    """
    return swap(model, "longer = Concat <axis = 0> (text, letter)", window)


def whole_text(model):
    return swap(model, "Squeeze (letters, axis_1)", "Identity (whole)")


def letter_before(model):
    return swap(model, "answer = Identity (letter)", "answer = Identity (last)")


def length_frozen(model):
    return swap(model, "int64[T] tokens", "int64[33] tokens")


MISTAKES = {
    "one letter too many: the first input of Loop is how often its body runs": one_too_many,
    "always ten letters, if there is no stop: Loop has to read steps": always_ten,
    "the stop is ignored: go_on has to become false": stop_ignored,
    "the letter before decides: it ends a letter after the stop": a_step_too_late,
    "a stop that was read ends it, too: ask about the new letter": anywhere_in_the_text,
    "the condition is the wrong way round: true goes on": condition_inverted,
    "it ends with a full stop always: stop says with what": full_stop_only,
    "the text stays as it came: what was written has to be in the next state": text_not_renewed,
    "the state forgets the text: the new letter goes behind it, not in its place": letter_alone,
    "the state keeps the last 512 letters: one may have stood before": a_window,
    "the whole text comes out: collect what is written, behind the state": whole_text,
    "each step collects the letter that it was given: it has to be the new one": letter_before,
    "the size T is frozen": length_frozen,
}
