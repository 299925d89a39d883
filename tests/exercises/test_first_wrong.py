"""The tool that finds the first wrong node: silent mistakes at a node, and honest files."""

import numpy as np
import onnx
import pytest
from onnx import helper

import linear_regression
import neural_network
import sklearn_converter
from tests.exercises import judge, registry
from tests.exercises.first_wrong import find_first_wrong, read_wires
from tests.exercises.planted import (
    BIASES,
    HEAD,
    MISTAKES,
    ROWS,
    WEIGHTS,
    floats,
    network_case,
    parse,
    reshape_that_swallows_rows,
    scaler_before_a_forest,
    softmax_over_the_rows,
    square_weights_transposed,
)
from tests.kit.graphs import inline, list_nodes


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_silent_mistake_is_found_at_its_node(mistake):
    made = mistake()
    found = find_first_wrong(made.model, made.feed, made.exact)
    assert found.wire == made.wire and found.wire in found.node.output
    operators = [node.op_type for node in found.suspects]
    assert found.suspects[-1] == found.node
    if made.suspect:
        assert made.suspect in operators
    else:
        assert len(operators) == 1  # every wire is known, so there is no other suspect


# Quiet on honest files
@pytest.mark.parametrize("exercise", registry.find().values(), ids=lambda each: each.name)
def test_it_is_quiet_on_the_solution_of_every_exercise(exercise):
    tolerance = exercise.answer.TOLERANCE
    if tolerance > 0.01:
        pytest.skip(f"right within {tolerance}: it keeps fewer digits on purpose")
    model = exercise.answer.solve(exercise.start())
    feeds = judge.main_feeds(exercise, 0)[:4]
    for feed in feeds:
        exact = judge.expect(exercise, feed)
        assert find_first_wrong(model, feed, exact) is None


def test_it_is_quiet_on_the_scripts_files():
    X, Y = linear_regression.load_data()
    W, B = linear_regression.train(X, Y)
    model = linear_regression.build_model(W, B)
    X32 = X.astype(np.float32)
    exact = {"XW": X @ W, "Y": X @ W + B}
    assert set(read_wires(model, {"X": X32})) == set(exact)
    assert find_first_wrong(model, {"X": X32}, exact) is None

    sound = network_case(neural_network.build_model(WEIGHTS, BIASES), 0)
    assert find_first_wrong(sound.model, sound.feed, sound.exact) is None
    portable = neural_network.inline(sound.model)
    wires = read_wires(portable, sound.feed)  # the other file as the truth
    assert len(wires) == 10
    assert find_first_wrong(sound.model, sound.feed, wires) is None

    X_train, X_test, y_train, _ = sklearn_converter.load_data()
    pipeline = sklearn_converter.train(X_train, y_train)
    X32 = X_test.astype(np.float32)
    exact = {"probabilities": pipeline.predict_proba(X_test), "label": pipeline.predict(X_test)}
    for portable in (False, True):
        model = sklearn_converter.build_model(pipeline, X32, portable=portable)
        assert find_first_wrong(model, {"X": X32}, exact) is None


def test_a_default_that_onnxruntime_honours_is_no_mistake():
    model = neural_network.build_model(WEIGHTS, BIASES)
    dense = model.functions[0]
    dense.ClearField("attribute")
    dense.attribute_proto.append(helper.make_attribute("alpha", 0.0))
    model.graph.node[1].ClearField("attribute")
    sound = network_case(model, 0)
    assert find_first_wrong(sound.model, sound.feed, sound.exact) is None


def test_stale_notes_do_not_disturb(capfd):
    model = parse("g (float[N,2] X) => (float[N,2] Y) { Z = Neg (X)\nY = Neg (Z) }")
    note = helper.make_tensor_value_info("Z", onnx.TensorProto.FLOAT, [1, 2])
    model.graph.value_info.append(note)
    before = model.SerializeToString()
    X = floats(3, 2)
    assert find_first_wrong(model, {"X": X}, {"Z": -X, "Y": X}) is None
    assert capfd.readouterr().err == ""  # or onnxruntime warns of the shape
    assert model.SerializeToString() == before  # the caller's model stays as it is


def test_an_output_that_is_left_out_is_no_wire():
    model = parse(
        "g (float[T,N,2] X) => (float[1,N,3] last) { , last = RNN <hidden_size = 3> (X, W, R) }",
        W=floats(1, 3, 2),
        R=floats(1, 3, 3),
    )
    assert list(read_wires(model, {"X": floats(4, 1, 2)})) == ["last"]


# Inside: branches, bodies, functions
BRANCHES = """
g (float[N,2] X, bool warm) => (float[N,2] Y) {
   A = Neg (X)
   B = If (warm) <
      then_branch = hot () => (float[N,2] C) { D = Abs (A)  C = Add (D, X) },
      else_branch = cold () => (float[N,2] E) { F = Exp (A)  E = Sub (F, X) }
   >
   Y = Neg (B)
}"""


def branches(X, warm):
    """Return what the wires of BRANCHES are; of the branch that does not run there are none."""
    X = X.astype(np.float64)
    inside = {"D": abs(X), "C": abs(X) + X} if warm else {"F": np.exp(-X), "E": np.exp(-X) - X}
    B = list(inside.values())[-1]
    return {"A": -X, **inside, "B": B, "Y": -B}


@pytest.mark.parametrize(
    "right, wrong, warm, wire",
    [
        ("Abs (A)", "Identity (A)", True, "D"),
        ("Add (D, X)", "Sub (D, X)", True, "C"),
        ("Exp (A)", "Exp (X)", False, "F"),
        ("Sub (F, X)", "Sub (X, F)", False, "E"),
    ],
)
def test_a_wrong_node_in_a_branch_is_found_if_the_branch_runs(right, wrong, warm, wire):
    X = ROWS[:, :2]
    model = parse(BRANCHES.replace(right, wrong))
    feed = {"X": X, "warm": np.array(warm)}
    found = find_first_wrong(model, feed, branches(X, warm))
    assert found.wire == wire
    assert [node.output[0] for node in found.suspects] == [wire]
    assert f"{wire}, in {'then' if warm else 'else'}_branch of B is off by" in str(found)
    feed["warm"] = np.array(not warm)
    assert find_first_wrong(model, feed, branches(X, not warm)) is None
    assert set(read_wires(model, feed)) == set(branches(X, not warm))


def test_the_nodes_of_the_branch_that_ran_are_suspects_if_their_wires_are_not_known():
    X = ROWS[:, :2]
    model = parse(BRANCHES.replace("Abs (A)", "Identity (A)"))
    exact = branches(X, warm=True)
    del exact["C"], exact["D"]
    found = find_first_wrong(model, {"X": X, "warm": np.array(True)}, exact)
    assert found.wire == "B"
    assert [node.output[0] for node in found.suspects] == ["D", "C", "B"]


FORECAST = """
g (float[2] X, int64 count) => (float[K] Y) {
   zero = Constant <value = int64 {0}> ()
   one = Constant <value = int64 {1}> ()
   two = Constant <value = float {2}> ()
   before = Gather (X, zero)
   last = Gather (X, one)
   yes = Constant <value = bool {1}> ()
   end, previous_end, all = Loop (count, yes, last, before) <
      body = year (int64 step, bool on, float a, float b)
         => (bool go_on, float next, float previous, float answer)
      {
         late = Less (two_steps, step)
         half = Div (b, two)
         kept = If (late) <
            then_branch = later () => (float L) { L = Neg (half) },
            else_branch = sooner () => (float S) { S = Identity (half) }
         >
         next = Sub (a, kept)
         previous = Identity (a)
         answer = Mul (next, two)
         go_on = Identity (on)
      }
   >
   Y = Neg (all)
}"""


def forecast(X, count):
    """Return what the wires of FORECAST are, by a loop in Python."""
    before, last = X.astype(np.float64)
    inside = ["late", "half", "kept", "L", "S", "next", "previous", "answer", "go_on"]
    wires = {name: [] for name in inside}
    wires.update(zero=0, one=1, two=2, yes=True, before=before, last=last)
    for step in range(count):
        half = before / 2
        kept = -half if step > 2 else half
        wires["late"].append(step > 2)
        wires["go_on"].append(True)
        wires["half"].append(half)
        wires["L" if step > 2 else "S"].append(kept)
        wires["kept"].append(kept)
        wires["next"].append(last - kept)
        wires["previous"].append(last)
        wires["answer"].append(2 * (last - kept))
        before = last
        last = last - kept
    wires["end"] = np.array(last)
    wires["previous_end"] = np.array(before)
    wires["all"] = np.array(wires["answer"])
    wires["Y"] = -wires["all"]
    return wires


def looped(right="", wrong=""):
    """Return FORECAST with a planted mistake, and a feed of six steps."""
    model = parse(FORECAST.replace(right, wrong, 1), two_steps=np.array(2))
    return model, {"X": np.array([1.5, 2.5], np.float32), "count": np.array(6)}


def test_it_is_quiet_on_an_honest_loop_and_reads_each_step():
    model, feed = looped()
    exact = forecast(feed["X"], 6)
    assert find_first_wrong(model, feed, exact) is None
    wires = read_wires(model, feed)
    assert len(wires["half"]) == 6 and len(wires["L"]) == 3 and len(wires["S"]) == 3
    assert find_first_wrong(model, feed, wires) is None
    feed["count"] = np.array(0)
    assert find_first_wrong(model, feed, forecast(feed["X"], 0)) is None


@pytest.mark.parametrize(
    "right, wrong, wire, place",
    [
        ("Div (b, two)", "Mul (b, two)", "half", ", in body of end, previous_end, all, step 0 is"),
        ("Neg (half)", "Abs (half)", "L", ", step 3, in then_branch of kept is"),
        ("Sub (a, kept)", "Add (a, kept)", "next", ", step 0 is"),
        ("Identity (a)", "Identity (b)", "previous", ", step 0 is"),
        ("Mul (next, two)", "Mul (a, two)", "answer", ", step 0 is"),
        ("Less (two_steps, step)", "LessOrEqual (two_steps, step)", "late", ", step 2 is"),
        ("Identity (on)", "Not (on)", "go_on", ", step 0 is"),
        ("Neg (all)", "Abs (all)", "Y", "Y is"),
    ],
)
def test_a_wrong_node_in_the_body_of_a_loop_is_found_with_its_step(right, wrong, wire, place):
    model, feed = looped(right, wrong)
    exact = forecast(feed["X"], 6)
    found = find_first_wrong(model, feed, exact)
    assert found.wire == wire
    assert [node.output[0] for node in found.suspects] == [wire]
    assert place in str(found)


def test_what_a_state_comes_from_is_suspected_across_the_steps():
    model, feed = looped("Identity (a)", "Identity (b)")
    exact = forecast(feed["X"], 6)
    known = {name: exact[name] for name in ["half", "two", "before", "last"]}
    found = find_first_wrong(model, feed, known)
    assert found.place.endswith("step 1")
    assert [node.output[0] for node in found.suspects] == ["previous", "half"]


def test_what_decides_is_suspected_of_what_runs_in_a_branch():
    model, feed = looped("Less (two_steps, step)", "LessOrEqual (two_steps, step)")
    exact = forecast(feed["X"], 6)
    del exact["late"]
    found = find_first_wrong(model, feed, exact)
    assert found.wire == "L"  # the branch for step 3 runs in step 2 already
    assert [node.output[0] for node in found.suspects] == ["late", "L"]


def test_a_loop_that_its_condition_ends_is_followed_to_that_step():
    model, feed = looped("Identity (on)", "Less (step, two_steps)")
    exact = forecast(feed["X"], 3)
    exact["go_on"] = [True, True, False]
    assert find_first_wrong(model, feed, exact) is None
    assert len(read_wires(model, feed)["half"]) == 3


@pytest.mark.parametrize("count", [5, 7])
def test_a_step_too_many_or_too_few_is_found(count):
    model, feed = looped()
    feed["count"] = np.array(count)
    exact = {"half": forecast(feed["X"], 6)["half"]}
    found = find_first_wrong(model, feed, exact)
    assert found.wire == "half" and {"yes", "go_on"} < {node.output[0] for node in found.suspects}
    feed["count"] = np.array(6)
    assert find_first_wrong(model, feed, exact) is None


SCAN = """
g (float[3,N] X) => (float[3,N] Y) {
   zero = Constant <value = float[3] {0, 0, 0}> ()
   sum, sums = Scan <num_scan_inputs = 1, scan_input_axes = [1], scan_input_directions = [1],
      body = column (float[3] s, float[3] x) => (float[3] t, float[3] y)
      { d = Abs (x)  t = Add (s, d)  y = Identity (t) }> (zero, X)
   Y = Transpose <perm = [1, 0]> (sums)
}"""


def test_a_wrong_node_in_the_body_of_a_scan_is_found_with_its_step():
    X = floats(3, 4)
    X[:, 1] = -abs(X[:, 1])
    X[:, 2:] = abs(X[:, 2:])
    backwards = X.astype(np.float64)[:, ::-1]
    t = np.cumsum(abs(backwards), axis=1)
    exact = {"d": list(abs(backwards).T), "t": list(t.T), "sums": t.T, "Y": t}
    assert find_first_wrong(parse(SCAN), {"X": X}, exact) is None
    found = find_first_wrong(parse(SCAN.replace("Abs (x)", "Identity (x)")), {"X": X}, exact)
    assert found.wire == "d" and found.place.endswith("step 2")  # the first that is negative


CALLS = """
g (float[N,4] X, int64 count) => (float[N,4] Y) {
   yes = Constant <value = bool {1}> ()
   Y = Loop (count, yes, X) <
      body = round (int64 step, bool on, float[N,4] a) => (bool go_on, float[N,4] b)
      {
         odd = Cast <to = 9> (step)
         b = If (odd) <
            then_branch = one () => (float[N,4] c) { c = mine.Halve (a) },
            else_branch = two () => (float[N,4] e) { e = Neg (a) }
         >
         go_on = Identity (on)
      }
   >
}"""


@pytest.mark.parametrize("slope", [0.5, 0.25])
def test_a_wrong_node_in_a_function_in_a_branch_in_a_loop_is_found(slope):
    function = """<domain: "mine", opset_import: ["": 18]> Halve <alpha: float = 0.5> (X) => (Y)
       { Z = LeakyRelu <alpha: float = @alpha> (X)  Y = Neg (Z) }"""
    model = onnx.parser.parse_model(HEAD.replace("18]", '18, "mine": 1]') + CALLS)
    model.functions.append(onnx.parser.parse_function(function.replace("0.5", str(slope))))
    onnx.checker.check_model(model, full_check=True)
    feed = {"X": ROWS, "count": np.array(2)}
    Z = np.where(-ROWS < 0, -ROWS * np.float64(0.5), -ROWS)
    operators = {node.op_type: node.output[0] for node in list_nodes(inline(model))}
    leaky = operators["LeakyRelu"]  # the inliner has names of its own for a function's wires
    exact = {"e": [-ROWS], leaky: [Z], "c": [-Z], "b": [-ROWS, -Z], "Y": -Z}
    found = find_first_wrong(model, feed, exact)
    if slope == 0.5:
        assert found is None
    else:
        assert found.wire == leaky and found.node.op_type == "LeakyRelu"
        assert found.place == ", in body of Y, step 1, in then_branch of b"


def test_of_two_wires_with_one_name_none_is_judged():
    twice = BRANCHES.replace(
        "Y = Neg (B)",
        """Y = If (warm) <
       then_branch = again () => (float[N,2] G) { D = Neg (B)  G = Identity (D) },
       else_branch = once () => (float[N,2] H) { H = Neg (B) }
    >""",
    )
    model = parse(twice)
    X = ROWS[:, :2]
    feed = {"X": X, "warm": np.array(True)}
    exact = branches(X, warm=True)
    with pytest.raises(ValueError, match="two wires are called D; expected a name for each"):
        find_first_wrong(model, feed, exact)
    del exact["D"]
    assert find_first_wrong(model, feed, exact) is None
    assert "D" not in read_wires(model, feed)


def test_a_loop_over_what_is_no_tensor_is_judged_from_outside():
    notation = """g (float[N,2] X, int64 count) => (float[M,2] Y) {
       none = SequenceEmpty ()
       yes = Constant <value = bool {1}> ()
       rows = Loop (count, yes, none) <body = b (int64 i, bool on, seq(float[N,2]) s)
          => (bool go_on, seq(float[N,2]) t) { A = Neg (X)  t = SequenceInsert (s, A)
             go_on = Identity (on) }>
       Y = ConcatFromSequence <axis = 0> (rows)
    }"""
    model = onnx.parser.parse_model(HEAD + notation)
    X = ROWS[:, :2]
    feed = {"X": X, "count": np.array(2)}
    exact = {"A": [-X, -X], "Y": np.vstack([-X, -X])}
    assert find_first_wrong(model, feed, exact) is None
    found = find_first_wrong(model, feed, {"Y": -exact["Y"]})
    assert found.wire == "Y" and found.suspects[-1].op_type == "ConcatFromSequence"


# The bound
LARGE = "g (float[N,3] X) => (float[N,3] Y) { A = Add (X, large)\nY = Sub (A, large) }"


def test_where_large_numbers_cancel_numpy_in_float32_says_how_far_off_is_healthy():
    X = floats(20, 3)
    large = np.float32(1e4)
    model = parse(LARGE, large=large)
    exact = {"A": X.astype(np.float64) + 1e4, "Y": X.astype(np.float64)}
    rounded = {"A": X + large, "Y": (X + large) - large}
    assert find_first_wrong(model, {"X": X}, exact).wire == "Y"  # 5 digits of Y are not there
    assert find_first_wrong(model, {"X": X}, exact, rounded) is None
    model.graph.node[1].input[0] = "X"
    assert find_first_wrong(model, {"X": X}, exact, rounded).wire == "Y"


@pytest.mark.parametrize("answer", [np.inf, 0.0, 12.0, np.nan])
def test_where_float32_overflows_in_numpy_as_well_no_answer_is_healthy(answer):
    model = parse(
        "g (float[N,2] X) => (float[N,2] Y) { A = Mul (X, X)\nB = Min (A, most)\nY = Neg (B) }",
        most=np.float32(answer),
    )
    X = np.array([[1e20, 2]], np.float32)
    X64 = X.astype(np.float64)
    exact = {"B": X64**2, "Y": -(X64**2)}  # 1e40 and 4
    with np.errstate(over="ignore"):
        rounded = {"B": X * X, "Y": -(X * X)}
    assert np.isinf(rounded["B"]).any()
    assert find_first_wrong(model, {"X": X}, exact, rounded).wire == "B"
    exact["B"][0, 0] = rounded["B"][0, 0]  # who expects the overflow has to say so
    found = find_first_wrong(model, {"X": X}, exact, rounded)
    assert found.wire == ("Y" if np.isinf(answer) else "B")


def test_whole_numbers_that_float64_cannot_tell_apart_are_told_apart():
    model = parse("g (int64[N] X) => (int64[N] Y) { Y = Add (X, one) }", one=np.array([1]))
    X = np.array([2**60])
    assert find_first_wrong(model, {"X": X}, {"Y": X + 1}) is None
    assert find_first_wrong(model, {"X": X}, {"Y": X}).wire == "Y"


def test_numbers_are_compared_with_whole_ones_as_numbers():
    model = parse("g (float[N] X) => (float[N] Y) { Y = Mul (X, third) }", third=np.float32(1 / 3))
    X = np.array([300], np.float32)
    assert find_first_wrong(model, {"X": X}, {"Y": np.array([100])}) is None
    assert find_first_wrong(model, {"X": X}, {"Y": np.array([101])}).off == pytest.approx(1)


@pytest.mark.parametrize("exact", [{}, {"Z": np.ones((1, 2))}])
def test_who_knows_no_wire_of_the_file_is_told(exact):
    model = parse("g (float[N,2] X) => (float[N,2] Y) { Y = Neg (X) }")
    with pytest.raises(ValueError, match="no wire was judged"):
        find_first_wrong(model, {"X": ROWS[:, :2]}, exact)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, 1.0001])
def test_one_wrong_number_is_enough(wrong):
    model = parse("g (float[N,2] X) => (float[N,2] Y) { Y = Identity (X) }")
    X = np.ones((3, 2), np.float32)
    exact = np.ones((3, 2))
    assert find_first_wrong(model, {"X": X}, {"Y": exact}) is None
    X[2, 1] = wrong
    assert find_first_wrong(model, {"X": X}, {"Y": exact}).wire == "Y"


def test_not_a_number_is_right_where_it_should_be():
    model = parse("g (float[N,2] X) => (float[N,2] Y) { Y = Identity (X) }")
    X = np.array([[np.nan, 1], [-np.inf, 2]], np.float32)
    assert find_first_wrong(model, {"X": X}, {"Y": X.astype(np.float64)}) is None


def test_words_are_compared_as_they_are():
    model = parse("g (string[N] X) => (string[N] Y) { Y = Identity (X) }")
    X = np.array(["one", "two"], dtype=object)
    assert find_first_wrong(model, {"X": X}, {"Y": X}) is None
    assert find_first_wrong(model, {"X": X}, {"Y": X[::-1]}).wire == "Y"


def test_what_is_not_known_is_suspected():
    made = square_weights_transposed()
    known = list(made.exact)[2::3]  # H1, H2, H3
    exact = {wire: made.exact[wire] for wire in known}
    found = find_first_wrong(made.model, made.feed, exact)
    assert found.wire == known[1]
    assert [node.op_type for node in found.suspects] == ["MatMul", "Add", "LeakyRelu"]
    assert str(found).startswith(f"{known[1]} is off by ") and "MatMul (" in str(found)


def test_what_is_found_is_said_on_a_line_for_each_node():
    made = scaler_before_a_forest()
    found = find_first_wrong(made.model, made.feed, made.exact)
    assert all(len(line) <= 100 for line in str(found).splitlines())
    made = softmax_over_the_rows()
    found = find_first_wrong(made.model, made.feed, made.exact)
    assert str(found).endswith("  P = Softmax (H3) axis=0")
    made = reshape_that_swallows_rows()
    assert "B is of another shape" in str(find_first_wrong(made.model, made.feed, made.exact))
