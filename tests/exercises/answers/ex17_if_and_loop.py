"""The answer to exercise 17, If and Loop: what is right, one way to it, and mistakes."""

import numpy as np
import onnx

from tests.exercises.draw import span
from tests.exercises.ex17_if_and_loop import HEAD

ORACLE = "a loop in Python"
TOLERANCE = 1e-5  # float32: numbers near 4 are good to 5e-7, and the formula forgets old errors

CONSTANT = 1.05
LAST = 1.38
BEFORE = -0.74
MEAN = 2.9

DECIDE = """
   years = Size (history)
   one = Constant <value = int64 {1}> ()
   short = LessOrEqual (years, one)
   before_end = Constant <value = int64 {-2}> ()
   before = If (short) <
      then_branch = one_year () => (float stand_in)
      {
         stand_in = Identity (mean)
      },
      else_branch = more_years () => (float real)
      {
         real = Gather (history, before_end)
      }
   >
"""

REPEAT = """
   yes = Constant <value = bool {1}> ()
   last_of_all, one_before, forecast = Loop (steps, yes, last, before) <
      body = year (int64 step, bool on, float a, float b)
         => (bool go_on, float next, float previous, float answer)
      {
         from_last = Mul (a, weight_of_last)
         from_before = Mul (b, weight_of_before)
         sum = Add (from_last, from_before)
         next = Add (sum, constant)
         previous = Identity (a)
         answer = Identity (next)
         go_on = Identity (on)
      }
   >
}
"""

# Scan takes the elements of a tensor one by one; here their values do not matter.
SCAN = """
   zero = Constant <value = int64 {0}> ()
   unit = Constant <value = int64 {1}> ()
   elements = Range (zero, steps, unit)
   last_of_all, one_before, forecast = Scan <num_scan_inputs = 1,
      body = year (float a, float b, int64 element)
         => (float next, float previous, float answer)
      {
         from_last = Mul (a, weight_of_last)
         from_before = Mul (b, weight_of_before)
         sum = Add (from_last, from_before)
         next = Add (sum, constant)
         previous = Identity (a)
         answer = Identity (next)
      }
   > (last, before, elements)
}
"""


LEAST = {"K": 0}
ROWS = None  # no size counts rows


def draw(random, T, K):
    """Return a history of so many years; steps is how many are to be forecast."""
    return {"history": span(random, 0, 5, T), "steps": np.array(K)}


def expected(history, steps):
    """Return the forecast by a loop in Python."""
    last = history[-1]
    before = history[-2] if len(history) > 1 else MEAN
    forecast = []
    for _ in range(steps):
        following = CONSTANT + LAST * last + BEFORE * before
        forecast.append(following)
        before = last
        last = following
    return {"forecast": np.array(forecast)}


def solve(model, decide=DECIDE, repeat=REPEAT):
    """Write the graph anew: an If for the year before, a Loop around the formula."""
    return onnx.parser.parse_model(HEAD + decide + repeat)


# Mistakes: each takes the starting model, and earns the words beside its name below.
def where_in_place_of_if(model):
    condition = DECIDE[: DECIDE.index("before = If")]
    choice = """
       real = Gather (history, before_end)
       before = Where (short, mean, real)
    """
    return solve(model, condition + choice)


def branches_swapped(model):
    return solve(model, DECIDE.replace("LessOrEqual", "Greater"))


def always_the_mean(model):
    return solve(model, "before = Identity (mean)")


def ten_steps(model):
    ten = "ten = Constant <value = int64 {10}> ()"
    return solve(model, DECIDE + ten, REPEAT.replace("steps", "ten"))


def state_swapped(model):
    repeat = REPEAT.replace("float next, float previous", "float previous, float next")
    return solve(model, repeat=repeat)


def state_not_renewed(model):
    return solve(model, repeat=REPEAT.replace("Identity (a)", "Identity (b)"))


def answers_what_was_known(model):
    return solve(model, repeat=REPEAT.replace("answer = Identity (next)", "answer = Identity (a)"))


def final_state(model):
    repeat = REPEAT.replace("forecast =", "collected =")
    repeat = repeat.rstrip().removesuffix("}") + "one_row = Constant <value = int64[1] {1}> ()"
    repeat += "forecast = Reshape (last_of_all, one_row) }"
    return solve(model, repeat=repeat)


def stops_at_once(model):
    return solve(model, repeat=REPEAT.replace("Identity (on)", "Not (on)"))


def scan_in_place_of_loop(model):
    return solve(model, repeat=SCAN)


MISTAKES = {
    "a Gather of the year before fails on one year: only If leaves it out, Where does not": (
        where_in_place_of_if
    ),
    "the branches of If are the wrong way round": branches_swapped,
    "the mean stands in for a year that is known: decide with If": always_the_mean,
    "always ten steps: the first input of Loop is how many": ten_steps,
    "the state comes out in another order than it goes in: last, before": state_swapped,
    "the year before stays the same: after a step it is the last year": state_not_renewed,
    "each step answers what it was given: collect the new year": answers_what_was_known,
    "this is the state after the last step: the collected years come behind it": final_state,
    "the condition is false after the first step: pass it on as it came": stops_at_once,
    "a Scan over no element fails in onnxruntime: a Loop may run 0 times": scan_in_place_of_loop,
}
