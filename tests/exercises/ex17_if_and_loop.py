"""If and Loop: a graph that decides, and one that repeats, as often as the caller says.

The trappers' catches of lynx in Canada swing up and down within ten years. In the manner of
Moran (1953) the logarithm of a year's catch follows from those of the two years before it:

    next = 1.05 + 1.38 * last - 0.74 * before

Forecast so many years as steps says, each from the two before it: history first, then the
forecasts themselves. If history holds one year only, let 2.9, the mean of all, stand in for
the year before it. The starting file always lets it stand in, and forecasts one year, whatever
steps says. It worked if a loop in Python forecasts the same.

A Loop carries state from one step to the next, and collects what each step answers. Where
the steps belong to the elements of a tensor, such as a shock for each year, Scan fits better:
it needs no count and no condition, and takes the elements one by one. (In onnxruntime there has
to be one: a Loop may run 0 times, a Scan may not.)
"""

import onnx

INPUTS = {
    "float[T] history": "logarithms of the catches, 0 to 5; one or more years, the last at the end",
    "int64 steps": "how many years to forecast; may be 0",
}
OUTPUTS = {"float[K] forecast": "the next years; K is steps"}
HINTS = [
    "The branches of If are graphs without inputs, which read the wires around them. Only the one"
    " that is chosen runs: a Gather of the year before last would fail on one year, in Where, which"
    " needs both sides, as well. Size and LessOrEqual make the condition, one bool.",
    "The body of a Loop is a graph with the inputs step (int64), on (bool) and the state, here two"
    " numbers: last and before. Its outputs are whether to go on, the state for the next step in"
    " the same order, and then whatever is to be collected.",
    "Loop (steps, yes, last, before) answers the final state, two numbers, and then what was"
    " collected, a row for each step. yes is a bool, true: the condition before the first step. The"
    " text notation of a Loop with its body is in test_exercises.py (HANGS).",
]

HEAD = """
<
  ir_version: 8,
  opset_import: ["" : 18]
>
lynx (float[T] history, int64 steps) => (float[K] forecast)
<
  float constant = {1.05}, float weight_of_last = {1.38}, float weight_of_before = {-0.74},
  float mean = {2.9}, int64 end = {-1}
>
{
   last = Gather (history, end)
"""

FORMULA = """
   from_last = Mul (last, weight_of_last)
   from_before = Mul (mean, weight_of_before)
   sum = Add (from_last, from_before)
   next = Add (sum, constant)
   one_row = Constant <value = int64[1] {1}> ()
   forecast = Reshape (next, one_row)
}
"""


def start():
    """Return the model that the reader begins with."""
    return onnx.parser.parse_model(HEAD + FORMULA)
