"""All nodes of a model, and models without functions: values by hand, and in two runtimes.

What onnxruntime answers to the file with its functions is the first oracle, arithmetic by hand the
second: the inlined file has to give both, in onnxruntime and in onnx.reference.
"""

import numpy as np
import onnx
import pytest
from numpy.testing import assert_allclose
from onnx import helper, inliner
from onnx.reference import ReferenceEvaluator

import neural_network
from tests.kit.graphs import inline, list_nodes

X = np.array([[1.0, -3.0], [2.0, 6.0]], np.float32)
HEAD = '<ir_version: 10, opset_import: ["": 18, "mine": 1, "ours": 1]>\n'
MINE = '<domain: "mine", opset_import: ["": 18, "mine": 1, "ours": 1]> '
OURS = MINE.replace('"mine"', '"ours"', 1)


def parse(notation, *functions):
    """Return a model whose graph and functions are in ONNX's text notation."""
    model = onnx.parser.parse_model(HEAD + notation)
    model.functions.extend(onnx.parser.parse_function(function) for function in functions)
    return model


def run(model, feed):
    """Return the first output by onnxruntime."""
    return neural_network.load_model(model.SerializeToString()).run(None, feed)[0]


# 1. Nodes -----------------------------------------------------------------------------------------
DEEP = """deep (float[N,2] X, bool first) => (float[N,2] Y) {
   Y = If (first) <
      then_branch = one () => (float[N,2] A) {
         count = Constant <value = int64 {2}> ()
         yes = Constant <value = bool {1}> ()
         A = Loop (count, yes, X) <body = twice (int64 i, bool on, float[N,2] B)
            => (bool go_on, float[N,2] D) { go_on = Identity (on)  D = mine.Sum (B) }>
      },
      else_branch = two () => (float[N,2] E) {
         state = Constant <value = float[2] {0, 0}> ()
         last, E = Scan <num_scan_inputs = 1, body = rows (float[2] s, float[2] x)
            => (float[2] t, float[2] y) { t = Add (s, x)  y = Identity (t) }> (state, X)
      }
   >
}"""
SUM = MINE + "Sum (X) => (Y) { Y = Add (X, X) }"


def test_nodes_are_found_in_branches_bodies_and_functions():
    operators = [node.op_type for node in list_nodes(parse(DEEP, SUM))]
    loop = ["Constant", "Constant", "Loop", "Identity", "Sum"]
    scan = ["Constant", "Scan", "Add", "Identity"]
    assert sorted(operators) == sorted(["If", *loop, *scan, "Add"])


def test_nodes_are_found_in_a_list_of_graphs():
    model = parse("g (float[N,2] X) => (float[N,2] Y) { Y = mine.Choose (X) }")
    bodies = [onnx.parser.parse_graph(f"b () => () {{ a = {name} () }}") for name in ("P", "Q")]
    model.graph.node[0].attribute.append(helper.make_attribute("bodies", bodies))
    assert [node.op_type for node in list_nodes(model)] == ["Choose", "P", "Q"]


# 2. Inlined, the same answers ---------------------------------------------------------------------
CALL = "g (float[N,2] X) => (float[N,2] Y) { Y = mine.Outer (X) }"
LEAKY = "{ Y = LeakyRelu <alpha: float = @alpha> (X) }"
HALVED = [[1, -1.5], [2, 6]]  # X, negative numbers multiplied by 0.5

SOUND = {
    "a default": (CALL, [MINE + f"Outer <alpha: float = 0.5> (X) => (Y) {LEAKY}"], HALVED),
    "a default that the call overrules": (
        CALL.replace("Outer", "Outer <alpha = 0.5>"),
        [MINE + f"Outer <alpha: float = 0.25> (X) => (Y) {LEAKY}"],
        HALVED,
    ),
    "a default inside another function": (
        CALL,
        [
            MINE + "Outer (X) => (Y) { Y = ours.Inner (X) }",
            OURS + f"Inner <alpha: float = 0.5> (X) => (Y) {LEAKY}",
        ],
        HALVED,
    ),
    "an attribute that is handed on, by default": (
        CALL,
        [
            MINE
            + "Outer <beta: float = 0.5> (X) => (Y) { Y = ours.Inner <alpha: float = @beta> (X) }",
            OURS + f"Inner <alpha: float = 0.25> (X) => (Y) {LEAKY}",
        ],
        HALVED,
    ),
    "an attribute that is handed on, and that nobody gave": (
        CALL,
        [
            MINE + "Outer <beta> (X) => (Y) { Y = ours.Inner <alpha: float = @beta> (X) }",
            OURS + f"Inner <alpha: float = 0.5> (X) => (Y) {LEAKY}",
        ],
        HALVED,
    ),
    "a function that is called from the graph and from a function": (
        "g (float[N,2] X) => (float[N,2] Y) { Z = ours.Inner (X)  Y = mine.Outer (Z) }",
        [
            MINE + "Outer <beta> (X) => (Y) { Y = ours.Inner <alpha: float = @beta> (X) }",
            OURS + f"Inner <alpha: float = 0.5> (X) => (Y) {LEAKY}",
        ],
        [[1, -0.75], [2, 6]],
    ),
    "a list as default": (
        CALL,
        [MINE + "Outer <p: ints = [0, 1]> (X) => (Y) { Y = Transpose <perm: ints = @p> (X) }"],
        X,
    ),
    "overloads, one of them without a name": (
        "g (float[N,2] X) => (float[N,2] Y) { Z = mine.F:half (X)  Y = mine.F (Z) }",
        [
            MINE.replace("<", '<overload: "half", ', 1)
            + f"F <alpha: float = 0.5> (X) => (Y) {LEAKY}",
            MINE + "F (X) => (Y) { Y = Add (X, X) }",
        ],
        [[2, -3], [4, 12]],
    ),
    "the same names in the graph and in the function": (
        """g (float[N,2] X) => (float[N,2] Y) {
           A = Neg (X)  B = mine.F (A)  A_1 = mine.F (B)  Y = Add (A_1, A) }""",
        [MINE + "F (X) => (Y) { A = Abs (X)  B = Neg (A)  Y = Sub (X, B) }"],
        # A = -X; F(x) = x + |x|, so B = max(-2X, 0), and A_1 = 2B
        [[-1, 12 + 3], [-2, -6]],
    ),
    "an input that is left out": (
        CALL,
        [MINE + "Outer (X, low, high) => (Y) { Y = Clip (X, low, high) }"],
        X,
    ),
    "an output that is left out": (
        "g (float[N,2] X) => (float[N,2] Y) { , Y = mine.F (X) }",
        [MINE + "F (X) => (W, Y) { W = Abs (X)  Y = Neg (X) }"],
        [[-1, 3], [-2, -6]],
    ),
    "a function that nobody calls": (
        "g (float[N,2] X) => (float[N,2] Y) { Y = Neg (X) }",
        [MINE + f"Outer <alpha: float = 0.5> (X) => (Y) {LEAKY}"],
        [[-1, 3], [-2, -6]],
    ),
    "a function that nobody calls, for another version of its domain": (
        "g (float[N,2] X) => (float[N,2] Y) { Y = Neg (X) }",
        ['<domain: "mine", opset_import: ["": 18, "mine": 2]> Outer (X) => (Y) { Y = Abs (X) }'],
        [[-1, 3], [-2, -6]],
    ),
    "a call inside a branch, with a default": (
        """g (float[N,2] X) => (float[N,2] Y) {
           yes = Constant <value = bool {1}> ()
           Y = If (yes) <
              then_branch = one () => (float[N,2] A) { A = mine.Outer (X) },
              else_branch = two () => (float[N,2] B) { B = Abs (X) }
           >
        }""",
        [MINE + f"Outer <alpha: float = 0.5> (X) => (Y) {LEAKY}"],
        HALVED,
    ),
    "a branch inside a function, which calls another, in the names of its surroundings": (
        "g (float[N,2] X) => (float[N,2] Y) { W = Neg (X)  Y = mine.Outer (W) }",
        [
            MINE
            + """Outer (X) => (Y) {
               yes = Constant <value = bool {1}> ()
               W = Neg (X)
               Y = If (yes) <
                  then_branch = one () => (float[N,2] A) { A = ours.Inner (W) },
                  else_branch = two () => (float[N,2] B) { B = Abs (X) }
               >
            }""",
            OURS + f"Inner <alpha: float = 0.5> (X) => (Y) {LEAKY}",
        ],
        HALVED,
    ),
    "an attribute inside a branch inside a function": (
        CALL.replace("Outer", "Outer <alpha = 0.5>"),
        [
            MINE
            + """Outer <alpha> (X) => (Y) {
               yes = Constant <value = bool {1}> ()
               Y = If (yes) <
                  then_branch = one () => (float[N,2] A)
                     { A = LeakyRelu <alpha: float = @alpha> (X) },
                  else_branch = two () => (float[N,2] B) { B = Abs (X) }
               >
            }"""
        ],
        HALVED,
    ),
    "a call inside the body of a Scan": (
        """g (float[N,2] X) => (float[N,2] Y) {
           state = Constant <value = float[2] {0, 0}> ()
           last, Y = Scan <num_scan_inputs = 1, body = rows (float[2] s, float[2] x)
              => (float[2] t, float[2] y) { t = mine.Outer (s, x)  y = Identity (t) }> (state, X)
        }""",
        [MINE + "Outer (X, W) => (Y) { A = Abs (W)  Y = Add (X, A) }"],
        [[1, 3], [3, 9]],
    ),
}


@pytest.mark.parametrize("name", SOUND)
def test_the_inlined_file_answers_as_the_file_with_functions(name):
    notation, functions, exact = SOUND[name]
    model = parse(notation, *functions)
    onnx.checker.check_model(model, full_check=True)
    before = model.SerializeToString()
    flat = inline(model)
    assert model.SerializeToString() == before  # the caller's model stays as it is
    onnx.checker.check_model(flat, full_check=True)
    assert not flat.functions
    assert [opset.domain for opset in flat.opset_import] == [""]
    assert all(onnx.defs.has(node.op_type, domain=node.domain) for node in list_nodes(flat))
    for each in (model, flat):
        assert_allclose(run(each, {"X": X}), exact, rtol=1e-6)
    assert_allclose(ReferenceEvaluator(flat).run(None, {"X": X})[0], exact, rtol=1e-6)


@pytest.mark.parametrize("first, exact", [(True, 4 * X), (False, [[1, -3], [3, 3]])])
def test_a_call_in_a_loop_in_a_branch(first, exact):
    model = parse(DEEP, SUM)
    flat = inline(model)
    feed = {"X": X, "first": np.array(first)}
    for answer in (run(model, feed), run(flat, feed), ReferenceEvaluator(flat).run(None, feed)[0]):
        assert answer.tolist() == np.asarray(exact).tolist()


def test_the_standards_inliner_alone_forgets_the_default():
    """What makes all this necessary; if it fails, onnx has mended it, and this file may shrink."""
    notation, functions, exact = SOUND["a default"]
    forgotten = inliner.inline_local_functions(parse(notation, *functions))
    assert run(forgotten, {"X": X})[0, 1] == np.float32(-3 * 0.01) != exact[0][1]


def test_a_model_without_functions_comes_back_as_it_was():
    model = parse("g (float[N,2] X) => (float[N,2] Y) { Y = Relu (X) }")
    assert inline(model) == model  # its unused imports, too: nothing was inlined


def test_the_imports_are_those_of_the_nodes_that_remain():
    notation = """g (float[N,2] X) => (float[N,2] Y) { Z = mine.F (X)
       Y = com.microsoft.Gelu (Z) }"""
    function = '<domain: "mine", opset_import: ["ai.onnx.ml": 3]> F (X) => (Y) {'
    function += ' Y = ai.onnx.ml.Normalizer <norm = "L1"> (X) }'
    model = parse(notation, function)
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    flat = inline(model)
    imports = {opset.domain: opset.version for opset in flat.opset_import}
    assert imports == {"ai.onnx.ml": 3, "com.microsoft": 1}
    assert_allclose(run(flat, {"X": X}), run(model, {"X": X}), rtol=1e-6)


# 3. Of another opset ------------------------------------------------------------------------------
def test_a_function_of_an_older_opset_means_what_it_meant_there():
    """The checker refuses such a file, and onnxruntime reads it as of the model's opset."""
    notation = "g (float[2,3,4] X) => (float[2,3,4] Y) { Y = mine.F (X) }"
    old = '<domain: "mine", opset_import: ["": 12]> F (X) => (Y) { Y = Softmax (X) }'
    model = parse(notation, old)
    with pytest.raises(onnx.checker.ValidationError, match="not compatible"):
        onnx.checker.check_model(model)
    ones = np.ones((2, 3, 4), np.float32)
    flat = inline(model)
    for answer in (run(flat, {"X": ones}), ReferenceEvaluator(flat).run(None, {"X": ones})[0]):
        assert_allclose(answer, ones / 12, rtol=1e-6)  # over all but the first axis, until opset 12
    assert_allclose(run(model, {"X": ones}), ones / 4, rtol=1e-6)  # over the last one, from 13 on


# 4. Refused in words ------------------------------------------------------------------------------
NEWER = '<domain: "mine", opset_import: ["": 18]> Outer (X) => (Y) { Y = Sub (X, X) }'
ADD = "g (float[N,2] X) => (float[N,2] Y) { Y = Add (X, X) }"
REFUSED = {
    "no such function": (CALL, [], "mine.Outer: expected a function of that name"),
    "none inside a function": (
        CALL,
        [MINE + "Outer (X) => (Y) { Y = ours.Gone (X) }"],
        "ours.Gone: expected a function of that name",
    ),
    "no such overload": (
        CALL.replace("Outer", "Outer:wide"),
        [MINE + "Outer (X) => (Y) { Y = Neg (X) }"],
        "mine.Outer:wide: expected a function of that name",
    ),
    "another version of a domain": (
        CALL,
        [MINE.replace('"mine": 1', '"mine": 2') + "Outer (X) => (Y) { Y = Neg (X) }"],
        "mine.Outer: expected a function of that name, for the versions",
    ),
    "several": (
        "g (float[N,2] X) => (float[N,2] Y) { Z = mine.Gone (X)  Y = ours.Lost (Z) }",
        [],
        "mine.Gone, ours.Lost: expected",
    ),
    "inside a branch": (DEEP, [], "mine.Sum: expected a function of that name"),
    "a standard operator's name": (
        ADD,
        ['<domain: "", opset_import: ["": 18]> Add (A, B) => (Y) { Y = Mul (A, B) }'],
        "ai.onnx.Add: the function has an operator's name",
    ),
    "the same, in the standard's other name": (
        ADD,
        ['<domain: "ai.onnx", opset_import: ["": 18]> Add (A, B) => (Y) { Y = Mul (A, B) }'],
        "ai.onnx.Add: the function has an operator's name",
    ),
    "the name of an operator of onnxruntime's": (
        "g (float[N,2] X) => (float[N,2] Y) { Y = com.microsoft.Gelu (X) }",
        ['<domain: "com.microsoft", opset_import: ["": 18]> Gelu (X) => (Y) { Y = Mul (X, X) }'],
        "com.microsoft.Gelu: the function has an operator's name",
    ),
    "a function that calls itself": (
        CALL,
        [MINE + "Outer (X) => (Y) { Z = mine.Outer (X)  Y = Neg (Z) }"],
        "mine.Outer: expected no function that calls itself",
    ),
    "two of one name": (
        CALL,
        [MINE + f"Outer (X) => (Y) {{ Y = {name} (X) }}" for name in ("Neg", "Abs")],
        "mine.Outer: expected one function of that name",
    ),
    "an input that is an output": (
        CALL,
        [MINE + "Outer (X) => (X) { }"],
        "mine.Outer: its input X is its output, too",
    ),
    "no way to convert it": (
        CALL,
        [NEWER],
        "mine.Outer: .*No Adapter From Version",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_inlined_is_refused_in_words(name):
    notation, functions, words = REFUSED[name]
    model = parse(notation, *functions)
    if functions == [NEWER]:
        model.opset_import[0].version = 13
    with pytest.raises(ValueError, match=f"^cannot inline {words}"):
        inline(model)


def test_the_inliner_takes_the_function_and_runtimes_the_operator_of_one_name():
    """The reason for the refusal."""
    notation, functions, _ = REFUSED["a standard operator's name"]
    model = parse(notation, *functions)
    one = np.full((1, 2), 3, np.float32)
    assert run(model, {"X": one}).tolist() == [[6, 6]]
    assert ReferenceEvaluator(model).run(None, {"X": one})[0].tolist() == [[6, 6]]
    assert run(inliner.inline_local_functions(model), {"X": one}).tolist() == [[9, 9]]
