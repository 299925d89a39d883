"""Nodes cut out of files, what files have beside their nodes, and how both are recorded."""

import shutil

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from tests.interop.operators import (
    blocks,
    cases,
    conditions,
    corpus,
    foresee,
    packages,
    page,
    parts,
    probes,
    recorded,
    shapes,
    uses,
    whole,
)
from tests.interop.operators.measure import GRAPHS
from tests.interop.real.judge import TOLERANCE
from tests.kit import record

PROBES = probes.make_probes()
NO_FEATURES = [
    name for name in PROBES if name.startswith(("If", "Loop", "unknown", probes.ONE_NODE))
]
WHOLES = [path.name for path in recorded.WHOLES.glob("*.json")]
X = np.arange(12, dtype=np.float32).reshape(2, 6)


def reshape_by_shape():
    """Return a model that makes (N, 2, 3) of (N, 6): the first size is computed."""
    tensors = [
        numpy_helper.from_array(np.int64([0]), "first"),
        numpy_helper.from_array(np.int64([2, 3]), "rest"),
        numpy_helper.from_array(np.float32([[2.0]]), "two"),
    ]
    nodes = [
        helper.make_node("Shape", ["X"], ["shape"]),
        helper.make_node("Gather", ["shape", "first"], ["rows"]),
        helper.make_node("Concat", ["rows", "rest"], ["sizes"], axis=0),
        helper.make_node("Neg", ["two"], ["folded"]),
        helper.make_node("Mul", ["X", "folded"], ["H"]),
        helper.make_node("Reshape", ["H", "sizes"], ["Y"]),
    ]
    inputs = [("X", TensorProto.FLOAT, ["N", 6])]
    outputs = [("Y", TensorProto.FLOAT, ["N", 2, 3])]
    return probes.make_model(nodes, inputs, outputs, tensors)


def test_a_node_is_cut_out_with_what_computes_its_sizes():
    found = {part.node.op_type: part for part in parts.parts_of(reshape_by_shape(), [X])}
    part = found["Reshape"]
    kinds = [node.op_type for node in part.model.graph.node]
    assert kinds == ["Shape", "Gather", "Concat", "Reshape"]
    assert [value.name for value in part.model.graph.input] == ["X", "H"]
    np.testing.assert_array_equal(part.right[0], -2 * X.reshape(2, 2, 3))
    assert part.use.computed == {0, 1}
    onnx.checker.check_model(part.model, full_check=True)


def test_what_follows_from_the_file_alone_is_no_part():
    found = {part.node.op_type: part for part in parts.parts_of(reshape_by_shape(), [X])}
    assert found.keys() == {"Mul", "Reshape"}  # nor is what only computes sizes
    assert [node.op_type for node in found["Mul"].model.graph.node] == ["Mul"]
    (folded,) = found["Mul"].model.graph.initializer
    np.testing.assert_array_equal(numpy_helper.to_array(folded), np.float32(-2))
    assert len(found["Mul"].inputs) == 1


def test_nodes_in_a_branch_are_no_parts_but_the_if_is_one_with_what_it_reads():
    model, inputs = PROBES["If, computed"]
    found = {part.node.op_type: part for part in parts.parts_of(model, inputs)}
    assert found.keys() == {"Relu", "ReduceMax", "Greater", "If"}
    assert "R" in [value.name for value in found["If"].model.graph.input]


@pytest.mark.parametrize("name", [name for name in PROBES if name not in NO_FEATURES])
def test_a_probe_has_the_feature_that_it_is_called_by(name):
    model, _inputs = PROBES[name]
    assert name in probes.features_of(model)


def test_a_shape_of_sizes_that_the_file_states_goes_no_way():
    """It is computed once and for all, by whatever it goes."""
    for name, (model, _inputs) in shapes.make_ways().items():
        assert name in shapes.find_ways(model)
        model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 2
        assert shapes.find_ways(model) == []


def test_a_way_is_followed_back_to_the_sizes_and_no_further():
    """What the tensor itself came by, whose sizes they are, does not matter."""
    text = """
        <ir_version: 8, opset_import: ["" : 17]>
        g (float[N,4] X) => (float[?,?] Y)
        <int64[1] rest = {-1}, int64[1] zero = {0}, int64[1] one = {1}> {
            A = Cast <to = 6> (X)
            sizes = Shape (A)
            rows = Slice (sizes, zero, one)
            shape = Concat <axis = 0> (rows, rest)
            Y = Reshape (X, shape)
        }"""
    concat = shapes.name_way("Reshape", "Concat")
    assert shapes.find_ways(onnx.parser.parse_model(text)) == [concat]
    narrow = "given = Shape (A)  narrow = Cast <to = 6> (given)  sizes = Cast <to = 7> (narrow)"
    model = onnx.parser.parse_model(text.replace("sizes = Shape (A)", narrow))
    assert shapes.find_ways(model) == [concat, shapes.name_way("Reshape", shapes.INT32)]


@pytest.mark.parametrize("name", PROBES)
def test_probes_are_right_files(name):
    model, inputs = PROBES[name]
    onnx.checker.check_model(model)
    assert len(inputs) == len(model.graph.input) - (4 if name == "IR 3" else 0)


def test_a_free_size_of_a_part_has_a_name_and_equal_ones_have_the_same():
    """Engines refuse a nameless one: that would say nothing of the node."""
    nodes = [
        helper.make_node("Relu", ["X"], ["R"]),
        helper.make_node("Add", ["R", "X"], ["Y"]),
    ]
    sides = [("X", TensorProto.FLOAT, [None, None])], [("Y", TensorProto.FLOAT, [None, None])]
    model = probes.make_model(nodes, *sides)
    add = {part.node.op_type: part for part in parts.parts_of(model, [X])}["Add"]
    named = []
    for value in add.model.graph.input:
        named.append([dim.dim_param for dim in value.type.tensor_type.shape.dim])
    assert named == [["size2", "size6"]] * 2


def test_what_is_right_of_a_product_of_bytes_is_not_cut_off():
    """255 * 127 twice is 64770; ONNX Runtime stops at 32767 on a processor without VNNI."""
    weights = numpy_helper.from_array(np.full((2, 1), 127, np.int8), "W")
    node = helper.make_node("MatMulInteger", ["X", "W"], ["Y"])
    sides = [("X", TensorProto.UINT8, ["N", 2])], [("Y", TensorProto.INT32, ["N", 1])]
    model = probes.make_model([node], *sides, [weights])
    (part,) = parts.parts_of(model, [np.full((1, 2), 255, np.uint8)])
    assert part.right[0].tolist() == [[64770]]


def test_a_size_of_minus_one_is_a_free_one():
    model, _inputs = PROBES[probes.MINUS_ONE]
    used = uses.read_nodes(model)
    assert used[0][1].inputs[0] == "float32[?,3]"
    assert model.graph.input[0].type.tensor_type.shape.dim[0].dim_value == -1  # the file's own


def of_open_sizes(inner):
    """Return a model whose answer, or a wire inside, is as long as a number that it is fed says."""
    tensors = [numpy_helper.from_array(np.int64([0]), "zero")]
    nodes = [
        helper.make_node("ReduceMax", ["X"], ["most"], keepdims=0),
        helper.make_node("Cast", ["most"], ["whole"], to=TensorProto.INT64),
        helper.make_node("Unsqueeze", ["whole", "zero"], ["end"]),
        helper.make_node("Slice", ["X", "zero", "end"], ["Y"]),
    ]
    answer = ["N"] if inner else [None]
    if inner:
        nodes.append(helper.make_node("ReduceSum", ["Y", "zero"], ["sum"], keepdims=1))
        nodes.append(helper.make_node("Add", ["X", "sum"], ["Z"]))
    sides = [("X", TensorProto.FLOAT, ["N"])], [("Z" if inner else "Y", TensorProto.FLOAT, answer)]
    return probes.make_model(nodes, *sides, tensors)


def test_sizes_that_follow_from_numbers_are_told():
    assert probes.find_open(of_open_sizes(False)) == [probes.OPEN]
    assert probes.find_open(of_open_sizes(True)) == [probes.INNER]
    assert probes.find_open(reshape_by_shape()) == []  # they follow from the input's


def test_where_no_file_of_open_sizes_ran_such_a_file_is_refused(monkeypatch):
    endings = {f"{maker}: {i}": False for i in range(6) for maker in ("mine", "yours")}
    monkeypatch.setattr(page, "read_endings", lambda engine, feature: endings)
    refused = foresee.expect_of_features([probes.OPEN], "tract")
    assert refused.verdict == foresee.REFUSES
    assert "0 of 12 files" in refused.why
    assert foresee.expect_of_features([probes.OPEN], "tract", "mine") is None  # six are too few
    endings["yours: 5"] = True
    assert "1 of 12 files" in foresee.expect_of_features([probes.OPEN], "tract").why
    for engine in ("onnx.reference", "onnx2torch", "tinygrad"):  # which compute at once
        assert foresee.expect_of_features([probes.OPEN], engine) is None
    endings["mine: 5"] = True
    assert foresee.expect_of_features([probes.OPEN], "tract") is None  # more than one in ten


@pytest.mark.parametrize(
    ("ran", "failed", "inside", "outside"),
    [
        (1, 9, "refuses", "refuses"),
        (2, 7, "none", "none"),  # nine files are too few
        (2, 8, "unknown", "none"),
        (3, 9, "none", "none"),  # one in four
    ],
)
def test_of_sizes_inside_that_few_ran_with_nothing_is_known(
    ran, failed, inside, outside, monkeypatch
):
    endings = {f"mine: {number}": number < ran for number in range(ran + failed)}
    monkeypatch.setattr(page, "read_endings", lambda engine, feature: endings)
    for feature, expected in ((probes.INNER, inside), (probes.OPEN, outside)):
        said = foresee.expect_of_features([feature], "tract")
        assert (said.verdict if said else "none") == expected


def test_whole_files_that_ran_outweigh_what_joined_pictures_did_alone(monkeypatch):
    monkeypatch.setattr(page, "read_probes", lambda engine: {probes.DOUBLED: "refuses"})
    for failed, ran, verdict in (
        (1, 0, foresee.REFUSES),
        (0, 1, None),
        (9, 1, None),
        (10, 1, foresee.REFUSES),  # less than one in ten
    ):
        endings = {f"mine: {number}": number < ran for number in range(failed + ran)}
        monkeypatch.setattr(page, "read_endings", lambda *_, found=endings: found)
        said = foresee.expect_of_features([probes.DOUBLED], "OpenCV")
        assert (said and said.verdict) == verdict


@pytest.mark.parametrize("change", ["strides", "Resize", "Concat", "H"])
def test_pictures_are_halved_doubled_and_joined_or_have_other_words(change):
    model = onnx.ModelProto()
    model.CopyFrom(PROBES[probes.DOUBLED][0])
    for node in model.graph.node:
        if change == "strides" and node.op_type == "Conv":
            next(one for one in node.attribute if one.name == "strides").ints[:] = [1, 1]
        elif node.op_type == change:
            node.op_type = "Identity"
    if change == "H":
        model.graph.input[0].type.tensor_type.shape.dim[2].dim_value = 16
    assert not probes.doubles_pictures(model)


def test_of_whole_numbers_between_nodes_no_engine_is_sure(tmp_path, monkeypatch):
    """A rounding decides on which side of a step a number falls, as in ONNX Runtime's own file."""
    monkeypatch.setattr(recorded, "WHOLES", tmp_path)
    head = {"version": "1", "date": "2026-11-28", "seconds": 3}
    files = {f"{page.PROBES}: IR 8": {"verdict": "agrees", "why": ""}}
    recorded.write_wholes("mine", head, files, {})
    page.read_probes.cache_clear()
    said = foresee.expect_of_features([probes.BETWEEN], "mine")
    assert said.verdict == foresee.UNKNOWN
    assert "a rounding decides" in said.why
    page.read_probes.cache_clear()


@pytest.mark.parametrize(("held", "found"), [(True, False), (False, True)])
def test_weights_of_8_bits_are_no_whole_numbers_between_nodes(held, found):
    tensors = [numpy_helper.from_array(np.float32(0.1), "step")]
    inputs = [("X", TensorProto.FLOAT, [2, 6])]
    if held:
        tensors.append(numpy_helper.from_array(X, "X"))
        inputs = []
    node = helper.make_node("QuantizeLinear", ["X", "step"], ["Y"])
    model = probes.make_model([node], inputs, [("Y", TensorProto.UINT8, [2, 6])], tensors)
    assert (probes.BETWEEN in probes.features_of(model)) == found


def save_one(folder, operator):
    model = probes.make_model(
        [helper.make_node(operator, ["X"], ["Y"])],
        [("X", TensorProto.FLOAT, ["N", 6])],
        [("Y", TensorProto.FLOAT, ["N", 6])],
    )
    folder.mkdir()
    corpus.save(folder, "one", model, [X])


@pytest.mark.parametrize("mode", ["nearest", "linear", "cubic"])
@pytest.mark.parametrize("of", ["", "of a free batch "])
def test_a_resize_to_computed_sizes_doubles_them(of, mode):
    model, inputs = PROBES[f"{probes.ONE_NODE}, Resize {of}to sizes that are computed, {mode}"]
    values = parts.all_values(model, inputs)
    assert values["Y"].shape == (2, 3, 8, 8)
    stated = [dim.dim_value for dim in model.graph.output[0].type.tensor_type.shape.dim]
    assert stated == ([0, 3, 8, 8] if of else [0, 3, 0, 0])


@pytest.mark.parametrize("operator", probes.GATES)
def test_a_layer_with_its_states_has_a_bias_and_names_for_them(operator):
    name = f"{probes.ONE_NODE}, bidirectional {operator} of a free batch, with its states"
    model, _inputs = PROBES[name]
    (use,) = [use for _node, use in uses.read_nodes(model) if use.operator == operator]
    assert {"with B", "output Y_h", "initial_h computed"} <= conditions.literals(use)


def test_stated_activations_are_those_that_an_lstm_has_by_default():
    name = f"{probes.ONE_NODE}, forward LSTM of a free batch, activations stated"
    (lstm,) = [node for node in PROBES[name][0].graph.node if node.op_type == "LSTM"]
    assert helper.get_node_attr_value(lstm, "activations") == [b"Sigmoid", b"Tanh", b"Tanh"]


def test_a_package_s_file_is_copied_and_fed_what_its_graph_takes(tmp_path, monkeypatch):
    """A weight that stands among the inputs, as until IR 3, is not fed; whole numbers are."""
    W = numpy_helper.from_array(np.float32([1, 2]), "W")
    node = helper.make_node("Gather", ["W", "X"], ["Y"])
    sides = [("W", TensorProto.FLOAT, [2]), ("X", TensorProto.INT64, [5])]
    model = probes.make_model([node], sides, [("Y", TensorProto.FLOAT, [5])], [W])
    (tmp_path / "some-1").mkdir()
    onnx.save(model, tmp_path / "some-1" / "one.onnx")
    monkeypatch.setattr(packages, "cache", lambda: tmp_path)
    file = packages.Shipped("some", "1", "one.onnx", [(5,)], largest=2)
    packages.write(tmp_path, {"mine, one": file})
    assert (tmp_path / "mine, one.onnx").read_bytes() == model.SerializeToString()
    (X,) = corpus.read_inputs(tmp_path / "mine, one.onnx")
    assert (X.dtype, X.shape, set(X.tolist())) == (np.int64, (5,), {0, 1})
    own = packages.Shipped("some", "1", "one.onnx", [(5,)], make=lambda path: [np.int64([1])])
    packages.write(tmp_path, {"mine, other": own})
    assert corpus.read_inputs(tmp_path / "mine, other.onnx")[0].tolist() == [1]


def test_nodes_of_files_that_are_asked_about_are_not_learned(tmp_path, monkeypatch):
    monkeypatch.setattr(whole, "GRAPHS", tmp_path / "graphs.json")
    monkeypatch.setattr(recorded, "UNSEEN", tmp_path / "unseen.json")
    monkeypatch.setattr(whole, "here", dict)
    save_one(tmp_path / "torch", "Relu")
    save_one(tmp_path / page.UNSEEN, "Sigmoid")
    whole.prepare(tmp_path)
    learned = record.read(whole.GRAPHS)
    assert learned["graphs"].keys() == {"torch: one"}
    assert [line.split()[0] for line in learned["uses"]] == ["Relu"]
    assert recorded.read_graphs(recorded.UNSEEN).keys() == {f"{page.UNSEEN}: one"}


def save_scaled(folder, scale):
    """Save a file whose answer is 1, and what it is fed, scaled."""
    model = probes.make_model(
        [
            helper.make_node("Mul", ["X", "scale"], ["scaled"]),
            helper.make_node("Add", ["scaled", "one"], ["Y"]),
        ],
        [("X", TensorProto.FLOAT, ["N", 6])],
        [("Y", TensorProto.FLOAT, ["N", 6])],
        [
            numpy_helper.from_array(np.float32([scale]), "scale"),
            numpy_helper.from_array(np.float32([1]), "one"),
        ],
    )
    folder.mkdir()
    corpus.save(folder, "one", model, [X])


@pytest.mark.parametrize("page_of", ["torch", page.UNSEEN])
def test_a_file_whose_answer_what_it_is_fed_does_not_move_tells_nothing(
    page_of, tmp_path, monkeypatch
):
    """A thousandth of the largest is the tolerance: a wrong number would pass."""
    monkeypatch.setattr(whole, "GRAPHS", tmp_path / "graphs.json")
    monkeypatch.setattr(recorded, "UNSEEN", tmp_path / "unseen.json")
    monkeypatch.setattr(whole, "here", dict)
    where = whole.GRAPHS if page_of == "torch" else recorded.UNSEEN
    for scale, found in ((1e-1, {f"{page_of}: one"}), (1e-5, set())):
        save_scaled(tmp_path / page_of, scale)
        recorded.list_uses.cache_clear()
        recorded.read_graphs.cache_clear()
        whole.prepare(tmp_path)
        assert record.read(where)["graphs"].keys() == found
        shutil.rmtree(tmp_path / page_of)


@pytest.mark.parametrize(
    ("text", "deaf"),
    [
        ("Y = ReduceMean <keepdims = 1> (X)", False),  # the same of its reverse
        ("S = ReduceSum <keepdims = 1> (X)  Y = Div (X, S)", False),  # the same of half of it
        ("Z = Sub (X, X)  Y = Relu (Z)", True),
    ],
)
def test_a_file_is_deaf_if_neither_half_nor_its_reverse_changes_the_answer(text, deaf, tmp_path):
    path = tmp_path / "model.onnx"
    header = '<ir_version: 8, opset_import: ["" : 17]> g (float[2, 6] X) => (float[P, Q] Y)'
    onnx.save(onnx.parser.parse_model(f"{header} {{ {text} }}"), path)
    assert whole.is_deaf(path, [X]) == deaf


@pytest.mark.parametrize(
    ("text", "unsteady"),
    [
        ("Y = Add (X, X)", False),
        ("S = Sub (X, one)  Y = Add (S, S)", True),  # nothing but what the rounding left
        ("S = Sub (X, one)  Y = Add (S, X)", False),  # the same, beside what is larger
    ],
)
def test_a_file_is_unsteady_if_a_rounding_of_what_it_is_fed_shows(text, unsteady, tmp_path):
    path = tmp_path / "model.onnx"
    header = '<ir_version: 8, opset_import: ["" : 17]> g (float[2, 6] X) => (float[P, Q] Y)'
    held = "<float[1] one = {1.0}>"
    onnx.save(onnx.parser.parse_model(f"{header} {held} {{ {text} }}"), path)
    fed = np.float32(1) + np.float32(1e-6) * np.arange(12, dtype=np.float32).reshape(2, 6)
    assert whole.is_unsteady(path, [fed], TOLERANCE) == unsteady
    assert whole.reason_to_leave_out(path, [fed], "mine").startswith("it") == unsteady


@pytest.mark.parametrize(("operator", "shaky"), [("Sub", True), ("Mul", False)])
def test_a_node_is_shaky_if_a_rounding_of_what_it_is_fed_shows(operator, shaky):
    text = f"g (float[6] X) => (float[6] Y) <float W = {{100000.0}}> {{ Y = {operator} (X, W) }}"
    model = onnx.parser.parse_model(f'<ir_version: 8, opset_import: ["" : 17]> {text}')
    large = np.float32(100_000)  # the next number is 0.008 away
    fed = large + np.arange(6, dtype=np.float32)
    right = fed - large if operator == "Sub" else fed * large
    case = cases.Case("", operator, model, [fed], [right], False)
    assert whole.is_shaky(case) == shaky
    assert whole.is_shaky(cases.Case("", operator, onnx.ModelProto(), [fed], [right], False))


def test_half_of_what_an_engine_may_be_off_by_is_too_much(tmp_path):
    path = tmp_path / "model.onnx"
    text = '<ir_version: 8, opset_import: ["" : 17]> g (float[2] X) => (float[2] Y)'
    onnx.save(onnx.parser.parse_model(f"{text} {{ Y = Identity (X) }}"), path)
    step = np.spacing(np.float32(1))  # by which the next number is off: of one, all of the answer
    fed = [np.ones(2, np.float32)]
    assert whole.is_unsteady(path, fed, 1.9 * step)
    assert not whole.is_unsteady(path, fed, 2.1 * step)


def test_a_block_that_answers_otherwise_makes_a_file_unknown(monkeypatch):
    """Whether the file's numbers are such, nobody knows; what ends the process ends it."""
    tried = {"a SiLU": "answers otherwise", "a Mish": "ends the process"}
    tried["a function with attributes"] = "answers otherwise"  # whatever the numbers
    monkeypatch.setattr(page, "read_probes", {"mine": tried}.get)
    assert foresee.expect_of_features(["a SiLU"], "mine").verdict == foresee.UNKNOWN
    assert foresee.expect_of_features(["a SiLU", "a Mish"], "mine").verdict == foresee.CRASHES
    of_functions = foresee.expect_of_features(["a function with attributes"], "mine")
    assert of_functions.verdict == foresee.DIFFERS


def test_what_opencv_makes_of_a_gelu_is_as_recorded_for_its_last_product():
    """Where x is a factor of the last Mul, OpenCV 5 ends the process: in three forms of five."""
    probed = page.read_probes("OpenCV")
    ended = [name for name in blocks.BLOCKS if probed.get(name) == "ends the process"]
    factors = []
    for name in ended:
        last = blocks.make_block(name).graph.node[-1]
        factors.append("x" in last.input)
    assert ended
    assert all(factors)


def test_a_feature_that_was_refused_decides_and_an_untried_one_is_not_known(monkeypatch):
    tried = {"IR 8": "agrees", "a function": "refuses"}
    monkeypatch.setattr(page, "read_probes", {"mine": tried}.get)
    assert foresee.expect_of_features(["IR 8"], "mine") is None
    assert foresee.expect_of_features(["IR 8", "a function"], "mine").verdict == foresee.REFUSES
    assert foresee.expect_of_features(["IR 99"], "mine").verdict == foresee.UNKNOWN
    assert foresee.expect_of_features(["IR 99"], "no such") is None


def test_a_type_that_no_trial_could_feed_is_refused():
    found = foresee.kinds_refused("ncnn")
    assert "fed int64" in found
    assert "fed float32" not in found
    arrays = {"fed float32", "fed int64", "fed bool"}
    assert not foresee.kinds_refused("ONNX Runtime").keys() & arrays


def test_verdicts_on_files_and_nodes_are_read_as_they_were_written(tmp_path, monkeypatch):
    monkeypatch.setattr(recorded, "WHOLES", tmp_path)
    verdicts = {
        "torch: one": {"verdict": "agrees", "why": ""},
        "torch: two": {"verdict": "refuses", "why": "no such operator", "use": 7},
    }
    alone = {3: {"verdict": "agrees", "why": ""}, 7: {"verdict": "refused", "why": "no such"}}
    head = {"version": "1", "date": "2026-11-28", "seconds": 3}
    recorded.write_wholes("mine", head, verdicts, alone)
    packed = record.read(recorded.wholes_file("mine"))
    assert recorded.unpack_wholes(packed) == (verdicts, alone)
    assert {key: packed[key] for key in head} == head


def test_how_a_file_ended_is_told_of_real_ones_and_of_others(tmp_path, monkeypatch):
    for engine, ended in (("tract", "answers otherwise"), ("OpenVINO", "agrees")):
        assert page.read_wholes(engine)["Daily: smart turn"] == ended
    monkeypatch.setattr(recorded, "WHOLES", tmp_path)
    head = {"version": "1", "date": "2026-11-29", "seconds": 3}
    ran, left, *_others = [name for name in recorded.read_graphs(GRAPHS) if "packages: " in name]
    files = {ran: "refuses", left: recorded.NOT_TRIED, "nobody: knows it": "agrees"}
    verdicts = {name: {"verdict": verdict, "why": ""} for name, verdict in files.items()}
    recorded.write_wholes("mine", head, verdicts, {})
    assert page.read_wholes.__wrapped__("mine") == {ran: "refuses"}


@pytest.mark.parametrize("name", WHOLES)
def test_recorded_nodes_and_files_are_those_that_there_are(name):
    verdicts, alone = recorded.unpack_wholes(record.read(recorded.WHOLES / name))
    uses = recorded.list_uses(GRAPHS)
    assert set(alone) <= set(record.read(GRAPHS)["parts"])
    asked = recorded.read_graphs(recorded.UNSEEN)
    known = recorded.read_graphs(GRAPHS).keys() | asked.keys()
    assert verdicts.keys() <= known
    named = [found["use"] for found in verdicts.values() if "use" in found]
    assert all(0 <= number < len(uses) for number in named)


def test_of_a_node_cut_out_ncnn_tells_nothing():
    """What it makes of one whose batch is 1 is not what it makes of the file."""
    for engine, told in ((page.ALL_TORN, False), ("OpenCV", True)):
        names = [name for name, _use, _verdict in page.read_evidence()[engine]]
        assert any(name.endswith(page.ALONE) for name in names) == told


def test_files_that_are_asked_about_tell_nothing():
    """They are in a record of their own, and no evidence is of them."""
    asked = recorded.read_graphs(recorded.UNSEEN)
    assert asked
    assert all(name.startswith(page.UNSEEN) for name in asked)
    for lines in page.read_evidence().values():
        assert not [name for name, _use, _verdict in lines if name.startswith(page.UNSEEN)]


def test_a_kernel_of_one_row_tells_its_length():
    words = set()
    for taps in (8, 9):
        W = numpy_helper.from_array(np.ones((1, 1, 1, taps), np.float32), "W")
        node = helper.make_node("Conv", ["X", "W"], ["Y"], kernel_shape=[1, taps])
        inputs = [("X", TensorProto.FLOAT, [1, 1, 1, 20])]
        outputs = [("Y", TensorProto.FLOAT, [1, 1, 1, 21 - taps])]
        model = probes.make_model([node], inputs, outputs, [W])
        (use,) = parts.read_nodes(model)
        words |= conditions.literals(use[1])
    assert {"8 in a row", "9 in a row"} <= words


def test_of_a_file_that_is_asked_about_no_more_no_feature_stays(tmp_path):
    path = tmp_path / "graphs.json"
    recorded.write_graphs(path, {"a": [], "b": []})
    recorded.write_features(path, {"a": ["IR 8"], "b": ["IR 9"]})
    recorded.write_graphs(path, {"b": []})
    recorded.write_features(path, {"b": ["IR 9"]})
    assert recorded.read_features(path) == {"b": ["IR 9"]}
