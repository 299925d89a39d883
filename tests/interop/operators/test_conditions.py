"""What is true of a node: of its sizes, of what an engine sees of them, and of its constants."""

from dataclasses import replace

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from tests.interop.operators import conditions, foresee, page, parts, probes, trials, uses, usual
from tests.interop.operators.uses import (
    INSIDE,
    ONE_AXIS,
    Use,
    describe_equation,
    read_model,
    read_nodes,
)


def parse(text, opset=18):
    header = f'<ir_version: 8, opset_import: ["" : {opset}]>'
    return onnx.parser.parse_model(header + text)


def use_of(text, operator, opset=18):
    uses = [use for _node, use in read_nodes(parse(text, opset))]
    (use,) = [use for use in uses if use.operator == operator]
    return use


def recurrent(steps, batch="N"):
    """Return an LSTM over so many steps and rows, fixed or free."""
    held = []
    for name, width in (("W", 3), ("R", 2)):
        held.append(numpy_helper.from_array(np.ones((1, 8, width), np.float32), name))
    node = helper.make_node("LSTM", ["X", "W", "R"], ["Y"], hidden_size=2)
    fed = [("X", TensorProto.FLOAT, [steps, batch, 3])]
    model = probes.make_model([node], fed, [("Y", TensorProto.FLOAT, [steps, 1, batch, 2])], held)
    return read_nodes(model)[0][1]


def test_an_engine_that_is_given_arrays_sees_no_free_size():
    use = recurrent("T")
    seen = {"free sizes", conditions.FREE_STEPS}
    assert seen <= conditions.literals_in("OpenVINO", use)
    for engine in conditions.CONCRETE:
        assert engine in page.read_evidence()
        assert not conditions.literals_in(engine, use) & conditions.OF_SIZES
    assert {"rank 3", "R constant"} <= conditions.literals_in("tinygrad", use)


@pytest.mark.parametrize("batch", ["N", 2])
@pytest.mark.parametrize("steps", ["T", 5])
def test_free_steps_and_a_free_batch_are_told_apart(steps, batch):
    words = conditions.literals(recurrent(steps, batch))
    assert (conditions.FREE_STEPS in words) == (steps == "T")
    assert (conditions.FREE_BATCH in words) == (batch == "N")


@pytest.mark.parametrize(("value", "told"), [("", True), ("<value = float[1] {0.0}>", False)])
def test_of_a_constant_of_a_shape_it_is_told_that_its_value_is_not_stated(value, told):
    """tract makes it float64 then, of which the file's own float32 knows nothing."""
    text = f"g (int64[2] S) => (float[A,B] Y) {{ Y = ConstantOfShape {value} (S) }}"
    words = conditions.literals(use_of(text, "ConstantOfShape"))
    assert (conditions.NO_VALUE in words) == told


def test_what_is_fed_is_the_same_as_what_was_computed_to_an_engine_that_computes_at_once():
    use = recurrent(5)
    for engine in conditions.EAGER:
        seen = conditions.literals_in(engine, use)
        assert "X not constant" in seen
        assert not [word for word in seen if word.endswith((" fed", " computed"))]
    assert "X fed" in conditions.literals_in("Plain C", use)


def test_ncnn_is_not_asked_whether_a_node_is_the_last():
    """Its converter knows a node by what stands around it, and errs of one that is alone."""
    use = recurrent(5)
    assert conditions.LAST in conditions.literals_in("Plain C", use)
    assert conditions.LAST not in conditions.literals_in(conditions.BY_PATTERNS, use)


def test_a_free_number_of_steps_is_told_from_a_free_batch():
    assert conditions.FREE_STEPS in conditions.literals(recurrent("T"))
    fixed = conditions.literals(recurrent(5))
    assert conditions.FREE_STEPS not in fixed
    assert "free sizes" in fixed


@pytest.mark.parametrize(("steps", "told"), [("-1", True), ("1", False), ("2", False)])
def test_steps_below_zero_are_told_where_the_file_holds_them(steps, told):
    text = f"""g (float[N,4] X) => (float[N,M] Y)
        <int64[1] low = {{0}}, int64[1] axis = {{1}}, int64[1] by = {{{steps}}}>
        {{ high = Neg (low)  Y = Slice (X, low, high, axis, by) }}"""
    assert (uses.BACKWARDS in use_of(text, "Slice").attributes) == told
    by_node = text.replace(f", int64[1] by = {{{steps}}}", "")
    by_node = by_node.replace("{ high", f"{{ by = Constant <value = int64[1] {{{steps}}}> ()  high")
    assert (uses.BACKWARDS in use_of(by_node, "Slice").attributes) == told
    fed = text.replace("X) =>", "X, int64[1] by) =>").replace(f", int64[1] by = {{{steps}}}", "")
    assert uses.BACKWARDS not in use_of(fed, "Slice").attributes


@pytest.mark.parametrize(("first", "told"), [("-1", True), ("0", False), ("1", False)])
@pytest.mark.parametrize("operator", ["GatherElements", "GatherND", "ScatterElements", "ScatterND"])
def test_indices_from_the_end_are_told_where_the_file_holds_them(operator, first, told):
    more = ", X" if operator.startswith("Scatter") else ""
    text = f"""g (float[2,1] X) => (float[2,1] Y)
        <int64[2,1] places = {{{first}, 0}}> {{ Y = {operator} (X, places{more}) }}"""
    assert (uses.FROM_THE_END in use_of(text, operator).attributes) == told
    fed = text.replace("X) =>", "X, int64[2,1] places) =>").split("<")
    fed = f"{fed[0]}{fed[1].partition('>')[2]}"
    assert uses.FROM_THE_END not in use_of(fed, operator).attributes


def test_indices_of_a_gather_are_told_by_no_word():
    """Its official case of such indices ran wherever it was tried."""
    text = """g (float[2,1] X) => (float[1,1] Y)
        <int64[1] places = {-1}> { Y = Gather (X, places) }"""
    assert uses.FROM_THE_END not in use_of(text, "Gather").attributes


def test_an_attribute_that_is_none_of_softmax_tells_nothing():
    """A stranger's file may have it."""
    text = "g (float[2,2] A) => (float[2,2] Y) { Y = Softmax <other = 3> (A) }"
    assert ONE_AXIS in use_of(text, "Softmax", 11).attributes


@pytest.mark.parametrize(
    ("equation", "told"),
    [
        ("ab,bc->ac", ["a letter of both summed"]),
        ("xy,yz->xz", ["a letter of both summed"]),  # whichever they are
        ("ab,cb->ca", ["a letter of both summed", "letters in another order"]),
        ("bij, bjk -> bik", ["a letter of both summed", "a letter of both that stays"]),
        ("ij->i", ["a letter of one summed"]),
        ("ij->ji", ["letters in another order"]),
        ("...ii->...i", ["...", "a diagonal"]),
        ("i,j->ij", []),
        ("ba", ["letters in another order"]),  # in alphabetical order, unless it is stated
        ("ab,bc", ["a letter of both summed"]),
    ],
)
def test_an_equation_is_told_by_what_becomes_of_its_letters(equation, told):
    assert describe_equation(equation) == {f"equation: {word}" for word in told}


def test_a_mask_that_nobody_reads_is_none():
    """Exporters name it; engines make none."""
    text = "g (float[2] X) => (float[2] Y) {{ D{} = Dropout (X)  Y = Neg (D) }}"
    named = use_of(text.format(", mask"), "Dropout")
    assert named == use_of(text.format(""), "Dropout")
    read = "g (float[2] X) => (bool[2] Y) { D, mask = Dropout (X)  Y = Not (mask) }"
    assert "output mask" in conditions.literals(use_of(read, "Dropout"))
    last = "g (float[2] X) => (float[2] Y) {{ Y{} = Dropout (X) }}"
    assert conditions.LAST in conditions.literals(use_of(last.format(", mask"), "Dropout"))


@pytest.mark.parametrize(
    ("opset", "rank", "axis", "told"),
    [
        (11, 4, 3, True),
        (11, 4, -1, True),
        (11, 4, 1, False),
        (11, 4, None, False),
        (11, 2, None, True),  # 1 by default
        (13, 4, 3, False),  # over one axis, whichever it is
    ],
)
def test_what_goes_over_the_last_axis_alone_is_told_where_others_go_over_more(
    opset, rank, axis, told
):
    sizes = ",".join("2" * rank)
    stated = "" if axis is None else f"<axis = {axis}>"
    text = f"g (float[{sizes}] A) => (float[{sizes}] Y) {{ Y = Softmax {stated} (A) }}"
    assert (ONE_AXIS in use_of(text, "Softmax", opset).attributes) == told


@pytest.mark.parametrize(("group", "summed"), [(1, True), (2, True), (4, False)])
def test_a_convolution_that_sums_over_channels_is_told(group, summed):
    text = f"""g (float[N,4,8,8] X, float[4,{4 // group},3,3] W) => (float[N,4,6,6] Y)
        {{ Y = Conv <group = {group}> (X, W) }}"""
    assert (conditions.SUMMED in conditions.literals(use_of(text, "Conv"))) == summed
    assert conditions.weight(conditions.SUMMED) == 0


def test_sizes_that_are_not_found_are_free_only_where_some_input_has_a_free_one():
    """The inference does not know how many numbers are not zero."""
    text = "g (float[SIZE,4] X) => (int64[2,M] Y) { A = NonZero (X)  Y = Neg (A) }"
    assert uses.is_free(use_of(text.replace("SIZE", "N"), "Neg").inputs[0])
    use = use_of(text.replace("SIZE", "3"), "Neg")
    assert use.inputs[0] == f"int64[2,{uses.SOME}]"
    assert not uses.is_free(use.inputs[0])
    assert "fixed sizes" in conditions.literals(use)


def test_an_answer_whose_rank_is_not_known_is_told():
    model, _inputs = probes.make_probes()[probes.TWO_RANKS]
    found = {use.operator: conditions.literals(use) for _node, use in read_nodes(model)}
    assert conditions.UNRANKED in found["If"]
    assert conditions.UNRANKED not in found["Gather"]


def test_what_is_no_constant_is_told_whether_it_is_fed_or_computed():
    text = """g (float[N] X, float[] low) => (float[N] Y) { LOW  Y = Clip (X, low) }"""
    fed = use_of(text.replace("LOW", ""), "Clip")
    computed = text.replace(", float[] low", "")
    computed = use_of(computed.replace("LOW", "low = ReduceMin <keepdims = 0> (X)"), "Clip")
    for use in (fed, computed):
        assert "min not constant" in conditions.literals(use)
    assert conditions.weight("min not constant") == 0


@pytest.mark.parametrize("less", [0, 1])
def test_many_numbers_are_told_whoever_holds_them(less, monkeypatch):
    """The file's own, and those of a node: here of one number and of two."""
    text = "g (float[2] X) => (float[2] Y) <float[1] W = {1.0}>"
    text += "{ B = Constant <value = float[2] {1.0, 2.0}> ()  A = Add (X, W)  Y = Add (A, B) }"
    monkeypatch.setattr(probes, "LIMIT", 3 + less)
    assert (probes.HEAVY in probes.features_of(parse(text))) == (not less)


@pytest.mark.parametrize(
    ("inputs", "found"),
    [
        (["X", "low", ""], True),
        (["X", "low"], False),
        (["X", "", "low"], False),
        (["X", "low", "low"], False),
    ],
)
def test_a_limit_that_is_left_out_by_an_empty_name_is_found(inputs, found):
    model = parse("g (float[2] X) => (float[2] Y) <float low = {1.0}> { Y = Clip (X, low) }")
    model.graph.node[0].input[:] = inputs
    assert (probes.LEFT_OUT in probes.features_of(model)) == found


@pytest.mark.parametrize(
    ("nodes", "last", "found"),
    [
        ("S = Shape (X)  A = Reshape (X, S)  Y = LayerNormalization (A, W)", "2", True),
        ("A = Reshape (X, held)  Y = LayerNormalization (A, W)", "2", False),
        ("Y = LayerNormalization (X, W)", "2", False),
        ("Y = LayerNormalization (X, W)", "M", True),
        ("S = Shape (X)  A = Reshape (X, S)  Y = Abs (A)", "2", False),
    ],
)
def test_a_layer_whose_last_size_is_not_inferred_is_found(nodes, last, found):
    text = f"""g (float[N, {last}] X) => (float[N, {last}] Y)
        <float[2] W = {{1.0, 2.0}}, int64[2] held = {{-1, 2}}> {{ {nodes} }}"""
    assert (probes.UNSIZED in probes.features_of(parse(text))) == found


def test_a_plain_file_has_nothing_odd():
    odd = {probes.EMPTY, probes.HEAVY, probes.QUESTIONS, probes.UNUSED, probes.TWO_RANKS}
    odd |= {probes.LEFT_OUT, probes.UNSIZED}
    model = probes.plain()
    assert not odd & set(probes.features_of(model))
    model.opset_import.append(helper.make_opsetid("ai.onnx.ml", 3))  # as exporters write it
    assert not odd & set(probes.features_of(model))
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_param = "?"  # one alone is as any name
    assert not odd & set(probes.features_of(model))


def test_a_loop_that_hands_out_what_each_step_makes_is_told():
    for name, expected in (("Loop, constant", True), ("Loop, while", True)):
        model, _inputs = probes.make_probes()[name]
        found = {use.operator: use for _node, use in read_nodes(model)}["Loop"]
        assert (conditions.EACH_STEP in conditions.literals(found)) == expected
        last = replace(found, outputs=found.outputs[:-1])
        assert conditions.EACH_STEP not in conditions.literals(last)
    assert conditions.weight(conditions.EACH_STEP) == 0


@pytest.mark.parametrize("place", [1, 2])
def test_a_weight_that_a_node_hands_on_may_be_a_filter_or_a_bias(place):
    names = ["X", "W", "b"]
    made = names[place]
    names[place] = "handed on"
    nodes = [
        helper.make_node("Identity", [made], ["handed on"]),
        helper.make_node("Conv", names, ["Y"], kernel_shape=[1]),
    ]
    held = [
        numpy_helper.from_array(np.ones((2, 2, 1), np.float32), "W"),
        numpy_helper.from_array(np.ones(2, np.float32), "b"),
    ]
    sides = [[(name, TensorProto.FLOAT, ["N", 2, 3])] for name in "XY"]
    model = probes.make_model(nodes, *sides, held)
    assert probes.MADE["Identity"] in probes.features_of(model)


def test_an_array_without_numbers_is_odd_where_no_field_would_hold_them():
    """As Paddle writes it; PyTorch writes a field of no bytes."""
    written = numpy_helper.from_array(np.zeros(0, np.float32), "none")
    assert not probes.is_empty(written)
    written.ClearField("raw_data")
    assert probes.is_empty(written)


# Nodes that were cut out --------------------------------------------------------------------------
def of_one(operator, kind):
    return Use(operator, 13, (kind,), (kind,), frozenset({INSIDE}))


@pytest.mark.parametrize(
    ("operator", "kind", "verdict", "torn"),
    [
        ("Relu", "float32[2]", "refused", False),
        ("Relu", "float32", "refused", True),
        ("Relu", "float32", "agrees", True),
        ("Relu", "float32", "differs", False),
        ("If", "bool[]", "refused", True),
        ("If", "bool[]", "agrees", False),
    ],
)
def test_of_unknown_rank_and_of_what_holds_nodes_little_is_learned(operator, kind, verdict, torn):
    assert page.is_torn(of_one(operator, kind), {"verdict": verdict, "why": ""}) == torn


@pytest.mark.parametrize(
    ("words", "torn"),
    [
        ("RuntimeError: can't setitem on a tensor with other uses", True),  # by a ScatterND before
        ("TypeError: ncnn takes float32 alone", True),  # not what it was fed in its file
        ("RuntimeError: no such operator", False),
    ],
)
def test_words_about_another_node_tell_nothing_of_one_that_was_cut_out(words, torn):
    found = {"verdict": "refused", "why": words}
    assert page.is_torn(of_one("Gather", "int64[n1,2]"), found) == torn


@pytest.mark.parametrize("named", [True, False])
def test_a_node_at_which_its_file_stops_tells_nothing_where_it_ran_alone(named, monkeypatch):
    use = of_one("Relu", "float32[2]")
    ran = {0: {"verdict": "agrees", "why": ""}}
    monkeypatch.setattr(page.recorded, "list_uses", lambda _path: [use])
    monkeypatch.setattr(page.recorded, "read_graphs", lambda _path: {})
    monkeypatch.setattr(page.recorded, "unpack_wholes", lambda _packed: ({}, ran))
    found = {"maker: file": (0, "refuses")} if named else {}
    monkeypatch.setattr(page.recorded, "named_of_real", lambda *_: found)
    monkeypatch.setattr(page, "holders", lambda: {page.key_of(use): {"maker": "maker: file"}})
    told = [verdict for _name, _use, verdict in page.tried_alone("OpenCV")]
    assert told == (["refused"] if named else ["agrees"])


def test_a_part_imports_what_its_nodes_use():
    """tinygrad refuses a domain that it does not know, whoever uses it."""
    model = probes.plain()
    model.opset_import.append(helper.make_opsetid("some.vendor", 1))
    for part in parts.parts_of(model, [np.ones((2, 3), np.float32)]):
        assert [one.domain for one in part.model.opset_import] == [""]


def test_a_node_that_is_cut_out_stands_in_no_branch():
    assert page.out_of(of_one("Relu", "float32[2]")).attributes == frozenset()


RULES_OF = foresee.rules_of.__wrapped__  # which forgets


# What is said -------------------------------------------------------------------------------------
@pytest.mark.parametrize("operator", ["LSTM", "GRU"])
def test_lengths_that_an_engine_passes_over_are_not_known_to_show(operator):
    """They may be those of whole rows."""
    of_lengths = [node for node in usual.list_nodes() if isinstance(node.right, list)]
    node = next(node for node in of_lengths if node.operator == operator)
    (use,) = read_model(trials.make_usual(0, node, 18).model)
    assert "sequence_lens not constant" in conditions.literals(use)
    said, why = foresee.expect_of_node(use, "onnx.reference")
    assert said == foresee.UNKNOWN
    assert "depends on the numbers" in why


def test_a_cast_to_bool_that_differs_is_not_known(monkeypatch):
    """Another Cast that differs, differs."""
    for kind, expected in (("bool", foresee.UNKNOWN), ("int32", foresee.DIFFERS)):
        number = helper.np_dtype_to_tensor_dtype(np.dtype(kind))
        text = f"g (float[2] A) => ({kind}[2] Y) {{ Y = Cast <to = {number}> (A) }}"
        use = use_of(text, "Cast")
        words = conditions.literals(use)
        others = words - {"float32"} | {"int8"}
        failed = [("trial 1", words, "differs"), ("trial 2", words, "differs")]
        lines = [*failed, ("trial 3", others, "")]
        monkeypatch.setattr(foresee, "evidence_of", lambda *_, found=lines: found)
        monkeypatch.setattr(foresee, "rules_of", RULES_OF)
        monkeypatch.setattr(foresee, "blanket_of", lambda *_: None)
        assert foresee.expect_of_node(use, "mine")[0] == expected


@pytest.mark.parametrize(
    ("endings", "said"),
    [
        ([], foresee.CRASHES),
        (["refuses"], foresee.CRASHES),  # one file is none
        (["refuses", "refuses"], foresee.UNKNOWN),
        (["refuses", "ends the process"], foresee.CRASHES),
        (["refuses", "too slow"], foresee.CRASHES),
    ],
)
def test_files_that_did_not_end_refute_that_a_node_ends_them(endings, said, monkeypatch):
    use = use_of("g (float[2] A) => (float[2] Y) { Y = Neg (A) }", "Neg")
    words = conditions.literals(use)
    failed = [(f"trial {number}", words, "crashes") for number in range(2)]
    lines = [*failed, ("trial 3", words - {"float32"} | {"int8"}, "")]
    monkeypatch.setattr(foresee, "evidence_of", lambda *_: lines)
    monkeypatch.setattr(foresee, "rules_of", RULES_OF)
    monkeypatch.setattr(foresee, "blanket_of", lambda *_: None)
    monkeypatch.setattr(foresee, "endings_with", foresee.endings_with.__wrapped__)
    files = {f"maker {number}: file": ended for number, ended in enumerate(endings)}
    files["mine: file"] = "ends the process"  # whose maker is left out
    files["other: file"] = "ends the process"  # which has no such node
    graphs = {name: [use] for name in files}
    graphs["other: file"] = [use_of("g (float[2] A) => (float[2] Y) { Y = Abs (A) }", "Abs")]
    monkeypatch.setattr(page, "read_wholes", lambda engine: files)
    monkeypatch.setattr(foresee.recorded, "read_graphs", lambda path: graphs)
    assert foresee.expect_of_node(use, "one", "mine")[0] == said


def test_a_node_that_follows_from_the_file_alone_is_none_that_could_end_it():
    text = "g (float[2] X) => (float[2] Y) <float[2] W = {1.0, 2.0}> { NODES }"
    computed = use_of(text.replace("NODES", "Y = Neg (X)"), "Neg")
    folded = use_of(text.replace("NODES", "A = Neg (W)  Y = Add (X, A)"), "Neg")
    words = ("float32",)
    assert foresee.is_such(computed, "mine", words)
    assert not foresee.is_such(computed, "mine", ("int64",))
    assert not foresee.is_such(folded, "mine", words)
    assert not foresee.is_such(replace(computed, version=None), "mine", words)


def test_what_follows_from_the_file_alone_is_refused_only_where_nothing_of_it_ran(monkeypatch):
    text = """g (float[2] X) => (float[2] Y) <float[2] W = {1.0, 2.0}> {
        A = Neg (W)
        Y = Add (X, A)
    }"""
    nodes = [(use.operator, use) for _node, use in read_nodes(parse(text))]
    monkeypatch.setattr(foresee, "kinds_refused", lambda *_: {})
    monkeypatch.setattr(foresee, "evidence_of", lambda *_, **_words: [])
    monkeypatch.setattr(foresee, "expect_of_node", lambda use, *_: (foresee.RUNS, ""))
    for blanket, expected in (
        (None, foresee.RUNS),
        ((foresee.REFUSES, 5), foresee.REFUSES),
        ((foresee.DIFFERS, 5), foresee.RUNS),
    ):
        monkeypatch.setattr(foresee, "blanket_of", lambda *_, found=blanket: found)
        said = foresee.expect_of_nodes(nodes, "mine")
        assert said.verdict == expected
        assert said.node == ("Neg" if expected == foresee.REFUSES else "")


def said_of_neg(monkeypatch, lines):
    """Return what is said of a Neg of two float32, of [(words more, words less, verdict)]."""
    use = use_of("g (float[2] A) => (float[2] Y) { Y = Neg (A) }", "Neg")
    words = conditions.literals(use)
    found = []
    for number, (more, less, verdict) in enumerate(lines):
        found.append((f"maker {number}: file", words - less | more, verdict))
    monkeypatch.setattr(foresee, "evidence_of", lambda *_: found)
    monkeypatch.setattr(foresee, "rules_of", RULES_OF)
    monkeypatch.setattr(foresee, "blanket_of", lambda *_: None)
    return foresee.expect_of_node(use, "mine")[0]


RANK = {"rank 1"}  # whose lack is 0.4 away
FAR_AWAY = ({"int8"}, {"float32"}, "")


@pytest.mark.parametrize(("ran", "expected"), [(3, foresee.RUNS), (2, foresee.REFUSES)])
def test_three_that_ran_a_little_farther_outweigh_one_that_was_refused(monkeypatch, ran, expected):
    lines = [(set(), set(), foresee.REFUSES), *[(set(), RANK, "")] * ran]
    assert said_of_neg(monkeypatch, lines) == expected


def test_one_refused_that_no_condition_tells_decides_of_the_same_node_alone(monkeypatch):
    same = [(set(), set(), foresee.REFUSES), ({"more"}, set(), "")]
    assert said_of_neg(monkeypatch, same) == foresee.REFUSES
    near = [(set(), RANK, foresee.REFUSES), ({"more"}, set(), "")]
    assert said_of_neg(monkeypatch, near) == foresee.UNKNOWN


def test_where_no_other_ran_as_near_two_files_that_differ_are_a_rule(monkeypatch):
    lines = [(set(), set(), foresee.DIFFERS)] * 2
    assert said_of_neg(monkeypatch, [*lines, FAR_AWAY]) == foresee.DIFFERS
    ran = ({"more"}, set(), "")
    assert said_of_neg(monkeypatch, [*lines, ran]) == foresee.UNKNOWN


@pytest.mark.parametrize("ways", [1, 2])
def test_what_always_fails_but_in_two_ways_is_not_known(monkeypatch, ways):
    use = use_of("g (float[2] A) => (float[2] Y) { Y = Neg (A) }", "Neg")
    words = conditions.literals(use)
    verdicts = ["refuses", "refuses", ["refuses", "crashes"][ways - 1]]
    lines = [(f"trial {number}", words, verdict) for number, verdict in enumerate(verdicts)]
    monkeypatch.setattr(foresee, "evidence_of", lambda *_: lines)
    monkeypatch.setattr(foresee, "rules_of", RULES_OF)
    monkeypatch.setattr(foresee, "blanket_of", lambda *_: None)
    expected = [foresee.REFUSES, foresee.UNKNOWN][ways - 1]
    assert foresee.expect_of_node(use, "mine")[0] == expected


def test_mnn_refuses_a_file_before_anything_of_it_ends_the_process(monkeypatch):
    nodes = [
        (name, use_of(f"g (float[2] A) => (float[2] Y) {{ Y = {name} (A) }}", name))
        for name in ("Neg", "Abs")
    ]
    ends = {"Neg": foresee.CRASHES, "Abs": foresee.REFUSES}
    monkeypatch.setattr(foresee, "expect_of_node", lambda use, *_: (ends[use.operator], ""))
    assert foresee.expect_of_nodes(nodes, foresee.CONVERTS).verdict == foresee.REFUSES
    assert foresee.expect_of_nodes(nodes, "OpenCV").verdict == foresee.CRASHES


def test_ncnn_knows_a_recurrent_layer_by_what_stands_around_it(monkeypatch):
    """Alone none runs; in files of some exporters it does."""
    monkeypatch.setattr(foresee, "blanket_of", lambda *_: (foresee.REFUSES, 30))
    use = recurrent(5)
    assert foresee.expect_of_node(use, page.ALL_TORN)[0] == foresee.UNKNOWN
    assert foresee.expect_of_node(use, "tract")[0] == foresee.REFUSES
