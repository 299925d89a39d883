"""The inspector: of wrong files what it has to say, of sound ones that it says nothing."""

import io
import pickle
import subprocess
import sys
import zipfile

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper, parser

import neural_network
import sklearn_converter
from tests.kit.graphs import inline
from tests.kit.places import ROOT
from tests.mistakes.right import X_TEST, flower_pipeline, network_model, plant_model
from tests.security import cases
from tests.security.cases import (
    CASES,
    WEIGHTS,
    back_door,
    function_called_add,
    with_bytes,
    with_weights_in,
)
from tests.security.inspector import LOOK, inspect, inspect_all, main, read, wrong_calls


# Sound files --------------------------------------------------------------------------------------
def honest():
    """Return {name: model} of what the scripts write, the network being a smaller one."""
    network = network_model()
    pipeline = flower_pipeline()
    X = X_TEST.astype(np.float32)
    return {
        "linear_regression.onnx": plant_model(),
        "neural_network.onnx": network,
        "neural_network.portable.onnx": inline(network),
        "sklearn_converter.onnx": sklearn_converter.build_model(pipeline, X),
        "sklearn_converter.portable.onnx": sklearn_converter.build_model(pipeline, X, True),
    }


EXPLAINED = {  # what there is to explain about a sound file
    "neural_network.onnx": ["tutorial.Dense is a function that the file brings: H1; H2; H3"]
}


def test_at_sound_files_each_finding_is_explained():
    for name, model in honest().items():
        assert inspect(model) == EXPLAINED.get(name, []), name


SOUND_TEXTS = [
    "/model/decoder/rnn/Squeeze_1_output_0",  # torch.onnx
    "p2o.pd_op.softmax.0.0",  # Paddle2ONNX: .so is no library here
    "jax2tf_get_logits_/pjit_get_logits_/BroadcastTo:0",  # tf2onnx
    'File "/tmp/ipykernel_6181/38.py", line 17, in forward\n    out = torch.cond(sr.item() == 1)',
    '!\n"\n#\n$\n%\n&\n.\n/\n:\n;\n<\n=\n>\n?\n@\n[\n\\\n]\n' + "\n".join("abcdefgh" * 200),
    "layer.sh.weight",
    "an important evaluation, executed on import",
    "\u4e2d\u6587\u3000\u00fc",
]


@pytest.mark.parametrize("text", SOUND_TEXTS, ids=range(len(SOUND_TEXTS)))
def test_a_text_as_exporters_write_it_is_no_finding(text):
    model = plant_model()
    model.metadata_props.add(key="text", value=text)
    model.graph.node[0].name = text
    model.graph.doc_string = text
    assert inspect(model) == []


# Wrong files --------------------------------------------------------------------------------------
def external(name="W"):
    """Return a tensor whose numbers are in another file."""
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=[3, 1])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../secret.bin")
    return tensor


def sparse(values, dims):
    """Return a sparse tensor of one number."""
    indices = numpy_helper.from_array(np.zeros(1, np.int64), "places")
    return onnx.SparseTensorProto(values=values, indices=indices, dims=dims)


def one():
    return numpy_helper.from_array(np.ones(1, np.float32), "large")


def constant(model, **stated):
    """Put a Constant in front of the nodes of a model, and make a node read it."""
    model.graph.node.insert(0, helper.make_node("Constant", [], ["c"], **stated))
    model.graph.node.append(helper.make_node("Add", ["Y", "c"], ["Z"]))
    model.graph.output.add(name="Z")


def in_a_branch(model, node):
    """Put a node into a branch, whose condition is a constant, so that nothing chooses."""
    branch = helper.make_graph([node], "branch", [], [])
    branch.output.add(name=node.output[0])
    model.graph.node.append(helper.make_node("Constant", [], ["yes"], value_int=1))
    conditional = helper.make_node("If", ["yes"], ["Z"], then_branch=branch, else_branch=branch)
    model.graph.node.append(conditional)
    model.graph.output.add(name="Z")


def in_a_function(model, nodes, inputs=("A",)):
    """Put nodes into a function, and call it."""
    imports = [helper.make_opsetid("", 18)]
    output = nodes[-1].output[0]
    function = helper.make_function("own", "Own", list(inputs), [output], nodes, imports)
    model.functions.append(function)
    model.opset_import.append(helper.make_opsetid("own", 1))
    model.graph.node.append(helper.make_node("Own", ["Y"], ["Z"], domain="own"))
    model.graph.output.add(name="Z")


OWN = "own.Own is a function that the file brings: Z"
SECRET = "numbers in another file, ../secret.bin, outside of the folder: "


def of_an_initializer(model):
    model.graph.initializer[0].CopyFrom(external())
    return [SECRET + "W"]


def of_a_constant(model):
    constant(model, value=external())
    return [SECRET + "W"]


def of_a_constant_in_a_branch(model):
    in_a_branch(model, helper.make_node("Constant", [], ["c"], value=external("")))
    return [SECRET + "a constant; a constant"]


def of_a_constant_in_a_function(model):
    node = helper.make_node("Constant", [], ["c"], value=external())
    in_a_function(model, [node, helper.make_node("Add", ["A", "c"], ["B"])])
    return [OWN, SECRET + "W"]


def of_a_default_of_a_function(model):
    in_a_function(model, [helper.make_node("Neg", ["A"], ["B"])])
    model.functions[0].attribute_proto.append(helper.make_attribute("value", external()))
    return [OWN, SECRET + "W"]


def of_a_sparse_initializer(model):
    model.graph.sparse_initializer.append(sparse(external("S"), [3]))
    return [SECRET + "S", f"{LOOK}: nobody reads the initializer: S"]


def of_the_places_of_a_sparse_constant(model):
    tensor = sparse(one(), [3])
    tensor.indices.CopyFrom(external("places"))
    constant(model, sparse_value=tensor)
    return [SECRET + "places"]


def of_training(model):
    model.training_info.add().algorithm.initializer.append(external())
    return [
        "instructions for training: 1 of them",
        SECRET + "W",
        f"{LOOK}: nobody reads the initializer: W",
    ]


def large_sparse_initializer(model):
    model.graph.sparse_initializer.append(sparse(one(), [2**29]))
    return [
        "sparse numbers that become large when they are loaded: large, 2,147,483,648 bytes",
        f"{LOOK}: nobody reads the initializer: large",
    ]


def large_sparse_constant(model):
    constant(model, sparse_value=sparse(one(), [2**15, 2**15]))
    return ["sparse numbers that become large when they are loaded: large, 4,294,967,296 bytes"]


def many_middling_sparse_constants(model):
    for i in range(5):
        tensor = one()
        tensor.name = f"s{i}"
        model.graph.sparse_initializer.append(sparse(tensor, [2**24]))  # 64 MB
        model.graph.node[0].input.append(f"s{i}")
    what = "sparse numbers that become large when they are loaded: "
    each = "; ".join(f"s{i}, 67,108,864 bytes" for i in range(3))
    return [f"{what}{each}, and 2 more"]


def comparison(*nodes):
    """Return the change that compares Y with a constant of one, after other nodes."""

    def change(model):
        constant(model, value_float=1.0)
        model.graph.node.extend(nodes)
        equal = helper.make_node("Equal", ["Y", nodes[-1].output[0]], ["E"])
        model.graph.node.append(equal)
        model.graph.output.add(name="E")
        return [f"Equal compares values with a constant: {', '.join(equal.input)}"]

    return change


def hidden_by_subtraction(model):
    """X - X is 0, and no constant; whoever looks for constants alone passes it."""
    constant(model, value_float=1.0)
    for node in [
        helper.make_node("Sub", ["Y", "c"], ["difference"]),
        helper.make_node("Sub", ["Y", "Y"], ["nought"]),
        helper.make_node("Equal", ["difference", "nought"], ["E"]),
    ]:
        model.graph.node.append(node)
    model.graph.output.add(name="E")
    return ["Equal compares values: difference, nought"]


def cast_to_bool(model):
    constant(model, value_float=1.0)
    model.graph.node.append(helper.make_node("Sub", ["Y", "c"], ["difference"]))
    model.graph.node.append(helper.make_node("Cast", ["difference"], ["B"], to=TensorProto.BOOL))
    model.graph.output.add(name="B")
    return ["Cast compares values with 0: difference"]


def by_the_number_of_rows(model):
    constant(model, value_int=7)
    model.graph.node.append(helper.make_node("Size", ["X"], ["n"]))
    model.graph.node.append(helper.make_node("Equal", ["n", "c"], ["E"]))
    model.graph.output.add(name="E")
    return [f"{LOOK}: Equal compares sizes with a constant: n, c"]


def inside_a_function(model):
    nodes = [
        helper.make_node("Constant", [], ["c"], value_float=1.0),
        helper.make_node("Where", ["A", "A", "c"], ["B"]),
    ]
    in_a_function(model, nodes)
    return ["Where chooses by values: A, A, c", OWN]


def constant_handed_to_a_function(model):
    """The constant is in the graph, the comparison in a function."""
    in_a_function(model, [helper.make_node("Equal", ["A", "C"], ["B"])], ["A", "C"])
    constant(model, value_float=1.0)
    next(node for node in model.graph.node if node.op_type == "Own").input.append("c")
    return ["Equal compares values: A, C", OWN]


def inside_a_branch(model):
    constant(model, value_float=1.0)
    in_a_branch(model, helper.make_node("Equal", ["Y", "c"], ["E"]))
    return ["Equal compares values with a constant: Y, c; Y, c"]


def loop(model):
    body = helper.make_graph([], "body", [], [])
    model.graph.node.append(helper.make_node("Loop", ["", "", "X"], ["Z"], body=body))
    model.graph.output.add(name="Z")
    return ["Loop repeats a graph, maybe for ever: Z"]


def unused_node(model):
    model.graph.node.append(helper.make_node("Neg", ["X"], ["minus"]))
    return ["nobody reads what Neg writes: minus"]


def unused_initializer(model):
    model.graph.initializer.append(helper.make_tensor("extra", 1, [1], [0.0]))
    return [f"{LOOK}: nobody reads the initializer: extra"]


def unused_beside_its_namesake_in_a_function(model):
    """A name that a function reads is another's."""
    in_a_function(model, [helper.make_node("Neg", ["A"], ["B1"])])
    model.functions[0].node[0].input[0] = "extra"
    model.functions[0].input[0] = "extra"
    return [OWN, *unused_initializer(model)]


def function_that_nobody_calls(model):
    in_a_function(model, [helper.make_node("Neg", ["A"], ["B"])])
    model.graph.node[-1].op_type = "Neg"
    model.graph.node[-1].domain = ""
    return ["nobody calls the function: own.Own"]


def foreign_domain(model):
    model.graph.node[0].domain = "com.example"
    return ["com.example.MatMul is no operator of the standard: XW"]


def unknown_operator(model):
    model.graph.node[0].op_type = "MatMull"
    return ["ai.onnx.MatMull is no operator of the standard: XW"]


ADDRESS = "https://example.org/run"
WORDS = f"a text with an address: {{}} {ADDRESS!r}"


def address_in_the_name_of_the_producer(model):
    model.producer_name = ADDRESS
    return [WORDS.format("ModelProto.producer_name")]


def address_in_the_name_of_a_node(model):
    model.graph.node[0].name = ADDRESS
    return [WORDS.format("NodeProto.name")]


def address_in_the_name_of_the_graph(model):
    model.graph.name = ADDRESS
    return [WORDS.format("GraphProto.name")]


def address_in_the_name_of_a_function(model):
    in_a_function(model, [helper.make_node("Neg", ["A"], ["B"])])
    model.functions[0].name = model.graph.node[-1].op_type = ADDRESS
    where = WORDS.format("NodeProto.op_type")
    return [f"own.{ADDRESS} is a function that the file brings: Z", where]


def address_in_the_domain_of_an_opset(model):
    model.opset_import.add(domain=ADDRESS, version=1)
    return [WORDS.format("OperatorSetIdProto.domain")]


def address_in_metadata(model):
    model.metadata_props.add(key="home", value=ADDRESS)
    return [f"{LOOK}: {WORDS.format('StringStringEntryProto.value')}"]


def other_address_in_metadata(model):
    model.metadata_props.add(key="home", value="ftp://example.org")
    return ["a text with an address: StringStringEntryProto.value 'ftp://example.org'"]


def address_in_the_key_of_metadata(model):
    model.metadata_props.add(key=ADDRESS)
    return [WORDS.format("StringStringEntryProto.key")]


def address_in_a_dimension(model):
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_param = ADDRESS
    return [WORDS.format("Dimension.dim_param")]


def address_in_an_attribute(model):
    model.graph.node[0].attribute.append(helper.make_attribute("note", ADDRESS))
    return [WORDS.format("AttributeProto.s")]


def address_in_strings(model):
    constant(model, value=helper.make_tensor("t", TensorProto.STRING, [1], [ADDRESS]))
    return [WORDS.format("TensorProto.string_data")]


def address_in_a_documentation(model):
    model.graph.input[0].doc_string = ADDRESS
    return [WORDS.format("ValueInfoProto.doc_string")]


def library(model):
    model.graph.node[0].attribute.append(helper.make_attribute("library", "./evil.so"))
    return ["a text with a program: AttributeProto.s './evil.so'"]


def path(model):
    model.doc_string = "/etc/passwd"
    return ["a text with a path: ModelProto.doc_string '/etc/passwd'"]


def very_long_word(model):
    model.doc_string = "A" * 1000
    return [f"a text with more than a name: ModelProto.doc_string '{'A' * 60}'"]


def terminal_escape(model):
    model.graph.node[0].name = "\x1b[2J\x1b]0;all is well\x07"
    what = "a text with characters that a terminal obeys: NodeProto.name "
    return [what + r"'\\x1b[2J\\x1b]0;all is well\\x07'"]


WRONG = [
    of_an_initializer,
    of_a_constant,
    of_a_constant_in_a_branch,
    of_a_constant_in_a_function,
    of_a_default_of_a_function,
    of_a_sparse_initializer,
    of_the_places_of_a_sparse_constant,
    of_training,
    large_sparse_initializer,
    large_sparse_constant,
    many_middling_sparse_constants,
    comparison(helper.make_node("Identity", ["c"], ["d"])),
    comparison(helper.make_node("Cast", ["c"], ["d"], to=TensorProto.FLOAT)),
    comparison(helper.make_node("Reshape", ["c", "c"], ["d"])),
    comparison(helper.make_node("Neg", ["c"], ["d"]), helper.make_node("Add", ["d", "c"], ["e"])),
    hidden_by_subtraction,
    cast_to_bool,
    by_the_number_of_rows,
    inside_a_function,
    constant_handed_to_a_function,
    inside_a_branch,
    loop,
    unused_node,
    unused_initializer,
    unused_beside_its_namesake_in_a_function,
    function_that_nobody_calls,
    foreign_domain,
    unknown_operator,
    address_in_the_name_of_the_producer,
    address_in_the_name_of_a_node,
    address_in_the_name_of_the_graph,
    address_in_the_name_of_a_function,
    address_in_the_domain_of_an_opset,
    address_in_metadata,
    other_address_in_metadata,
    address_in_the_key_of_metadata,
    address_in_a_dimension,
    address_in_an_attribute,
    address_in_strings,
    address_in_a_documentation,
    library,
    path,
    very_long_word,
    terminal_escape,
]


@pytest.mark.parametrize("change", WRONG, ids=lambda change: change.__name__)
def test_what_is_written_in_the_open_is_found(change):
    model = plant_model()
    expected = change(model)
    model = onnx.load_from_string(model.SerializeToString())  # as a file would bring it
    alarms, notes = inspect_all(model)
    assert [*alarms, *(f"{LOOK}: {note}" for note in notes)] == expected


def test_a_function_named_like_an_operator_is_found(tmp_path):
    model = onnx.load(function_called_add(tmp_path))
    what = "a function is named like an operator, and it is open which is meant: "
    assert what + "ai.onnx.Add" in inspect(model)


def test_a_comparison_of_constants_is_no_choice():
    model = plant_model()
    constant(model, value_float=1.0)
    model.graph.node.append(helper.make_node("Equal", ["c", "c"], ["E"]))
    model.graph.output.add(name="E")
    assert inspect(model) == []


def test_a_text_that_is_no_utf_8_is_read_all_the_same():
    content = plant_model().SerializeToString() + b"\x12\x09\xff\xfe://oops"  # the producer's name
    assert inspect(onnx.load_from_string(content))[0].startswith("a text with an address")


# What sound files do, too -------------------------------------------------------------------------
# Each as exporters write it, and beside it a door that looks almost the same.
MASK = """(float[N, L] X, bool[N, L] m) => (float[N, L] Y) <float zero = {0}>
{ n = Not (m)  Y = Where (n, zero, X) }"""
LENGTHS = """(float[N, L] X, int64[N] n) => (float[N, L] Y)
<int64 nought = {0}, int64 step = {1}, int64[1] last = {1}, int64[1] first = {0}>
{ s = Shape (X)  w = Gather (s, step)  r = Range (nought, w, step)  a = Unsqueeze (r, first)
  b = Unsqueeze (n, last)  k = Less (a, b)  f = Cast <to = 1> (k)  Y = Mul (X, f) }"""
PADDING = """(float[N, L] X) => (float[N, L] Y) <float zero = {0}, bool[3] pattern = {1, 0, 1}>
{ e = Equal (X, zero)  k = Not (e)  f = Cast <to = 1> (k)  Y = Mul (X, f) }"""
BELOW = """(int32[N, L] X) => (int32[N, L] Y) <int32 zero = {0}, int32 size = {49}>
{ e = Less (X, zero)  k = Cast <to = 6> (e)  m = Mul (k, size)  Y = Add (X, m) }"""
CAST = BELOW.replace("int32[N, L] X", "float[N, L] F").replace(
    "{ e =", "{ X = Cast <to = 6> (F)  e ="
)
ONE_HOT = """(int32[N, 2] X) => (float[N, 2, 3] Y) <int64[1] last = {2}, int32[3] all = {0, 1, 2}>
{ w = Unsqueeze (X, last)  e = Equal (w, all)  Y = Cast <to = 1> (e) }"""
GUARD = """(float[N, 3] X, float[N, 3] D) => (float[N, 3] Y) <float zero = {0}>
{ d = Abs (D)  e = Equal (d, zero)  q = Div (X, d)  Y = Where (e, zero, q) }"""
SETTING = """(float[N, 3] X, int64 rate) => (float[N, 3] Y) <int64 one = {16000}>
{ e = Equal (rate, one)
  Y = If (e) <then_branch = t () => (float[N, 3] a) { a = Neg (X) },
              else_branch = f () => (float[N, 3] b) { b = Abs (X) }> }"""
LOOP = """(float[N, L] X) => (float[N, L] Y) <int64 none = {0}, bool true = {1}>
{ s = Size (X)
  t, z, Y = Loop ("", true, none, s, X) <body = b (int64 i, bool c, int64 t, int64 z, float[N, L] x)
    => (bool go, int64 u, int64 e, float[N, L] y)
    <int64 one = {1}> { u = Add (t, one)  go = Less (u, z)  e = Identity (z)  y = Neg (x) }> }"""
OWN_OF_ONNXRUNTIME = """(float[N, 3] X) => (float[N, 3] Y) { Y = com.microsoft.Gelu (X) }"""


def notation(text):
    return onnx.parser.parse_model(
        f'<ir_version: 8, opset_import: ["": 18, "com.microsoft": 1]> g {text}'
    )


@pytest.mark.parametrize(
    ("sound", "changed"),
    [
        (MASK, ("bool[N, L] m", "float[N, L] m")),
        (MASK, ("float[N, L] X, bool", "bool[N, L] X, bool")),  # the data may be what is chosen by
        (LENGTHS, ("int64[N] n", "int64[N, L] n")),
        (LENGTHS, ("s = Shape (X)", "s = Cast <to = 7> (X)")),
        (LENGTHS, ("Less (a, b)", "Equal (a, b)")),
        (LENGTHS, ("Unsqueeze (n, last)", "Add (n, last)")),
        (PADDING, ("zero = {0}", "zero = {7}")),
        (PADDING, ("float[N, L] X) =>", "float[N, 3] X) =>")),  # a row of three, all of them 0
        (PADDING, ("{ e = Equal (X, zero)", "{ d = Sub (X, zero)  e = Equal (d, zero)")),
        (PADDING, ("f = Cast <to = 1> (k)", "p = Equal (k, pattern)  f = Cast <to = 1> (p)")),
        (BELOW, ("zero = {0}", "zero = {7}")),
        (BELOW, ("Less (X, zero)", "Less (zero, X)")),
        (CAST, ("Less (X, zero)", "Less (F, zero)")),
        (BELOW, ("int32[N, L] X", "float[N, L] X")),
        (ONE_HOT, ("{0, 1, 2}", "{0, 1, 3}")),
        (ONE_HOT, ("w = Unsqueeze (X, last)", "w = Mul (X, last)")),
        (GUARD, ("Where (e, zero, q)", "Where (e, X, q)")),
        (GUARD, ("Div (X, d)", "Div (X, D)")),
        (GUARD, ("q = Div", "f = Cast <to = 1> (e)  q = Div")),
        (GUARD, ("float[N, 3] Y)", "float[N, 3] Y, bool[N, 3] e)")),
        (SETTING, ("int64 rate", "int64[N] rate")),
        (SETTING, ("int64 rate", "int64[1, 1] rate")),  # as the tokens of a model, one at a time
        (SETTING, ("int64 rate", "float rate")),
        (LOOP, ("one = {1}> { u", "one = {0}> { u")),
        (LOOP, ("e = Identity (z)", "e = Add (z, one)")),
        (LOOP, ("u = Add (t, one)", "u = Add (z, one)")),
        (LOOP, ("go = Less (u, z)", "go = Identity (c)")),
        (LOOP, ("go = Less (u, z)", "go = Not (c)")),
        (
            LOOP,
            (
                "y = Neg (x)",
                "y = Loop (u, c, x) <body = d (int64 j, bool k, float[N, L] a)"
                " => (bool l, float[N, L] b) { l = Identity (k)  b = Neg (a) }>",
            ),
        ),
        (OWN_OF_ONNXRUNTIME, ("Gelu", "Jelu")),
    ],
    ids=range(30),
)
def test_what_sound_files_do_is_worth_a_look_and_a_door_beside_it_is_found(sound, changed):
    alarms, notes = inspect_all(notation(sound))
    assert alarms == []
    assert notes != []
    text = sound.replace(*changed)
    assert text != sound
    assert inspect(notation(text)) != []


@pytest.mark.parametrize("kind", ["Cast", "Div", "Equal", "Less", "Loop", "Scan", "Where", "If"])
def test_a_node_without_inputs_or_graphs_ends_nothing(kind):
    model = notation(LOOP)
    body = model.graph.node[1].attribute[0].g
    for nodes in (model.graph.node, body.node):
        nodes.append(helper.make_node(kind, [], ["out"]))
        nodes.append(helper.make_node("Equal", ["out", "zero"], ["e"]))
    body.node[1].input[0] = "out"
    assert inspect(model) != []


@pytest.mark.parametrize("count", [3, 2**40])
def test_a_loop_of_few_steps_ends(count):
    text = LOOP.replace('Loop ("", true', "Loop (count, true")
    text = text.replace("Less (u, z)", "Identity (c)")
    model = notation(text.replace("<int64 none", f"<int64 count = {{{count}}}, int64 none"))
    assert (inspect(model) == []) == (count == 3)


def test_a_place_in_source_code_is_worth_a_look():
    """As torch.onnx writes it, on Windows and elsewhere."""
    for folder in ["C:\\Users\\somebody\\lib\\", "/opt/conda/lib/"]:
        model = plant_model()
        model.graph.node[0].doc_string = f"{folder}module.py(1102): forward\n{folder}a.py(7): g\n"
        alarms, notes = inspect_all(model)
        assert alarms == []
        assert notes[0].startswith("a text with a path")


def beside(folder):
    """Write the regression with its W in a plain file beside it."""
    (folder / "weights.bin").write_bytes(WEIGHTS)
    return with_weights_in(folder, "weights.bin")


def test_numbers_in_a_plain_file_beside_the_model_are_worth_a_look(tmp_path):
    path = beside(tmp_path)
    assert inspect(onnx.load(path, load_external_data=False)) != []  # nobody said where it lies
    alarms, notes = inspect_all(onnx.load(path, load_external_data=False), folder=tmp_path)
    assert (alarms, notes) == ([], ["numbers in another file, weights.bin: W"])
    assert main([str(path)]) == 0


ELSEWHERE = [what for what in CASES if "data outside" in what or "data file" in what]


@pytest.mark.parametrize("what", ELSEWHERE)
def test_numbers_elsewhere_are_found_though_it_is_known_where_the_model_lies(what, tmp_path):
    (tmp_path / "inside").mkdir()
    path = CASES[what][0](tmp_path / "inside")
    assert main([str(path)]) == 1


# Where numbers lie --------------------------------------------------------------------------------
OUTSIDE = {  # what makes the file: what is said of where its numbers are
    cases.symlink: ", a link that leads out of the folder",
    cases.symlinked_folder: ", a link that leads out of the folder",
    cases.hard_link: ", a file that has a second name elsewhere",
    cases.too_long: ", which is too short",
    cases.too_far: ", which is too short",
    cases.too_short: ", which is too short",
    cases.before: ", before its beginning",
}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows asks who may make a link")
@pytest.mark.parametrize("make", OUTSIDE, ids=lambda make: make.__name__)
def test_a_file_of_numbers_is_looked_for_and_not_read(make, tmp_path):
    (tmp_path / "inside").mkdir()
    path = make(tmp_path / "inside")
    (finding,) = inspect(read(path), folder=path.parent)
    assert finding.partition(": ")[0].endswith(f".bin{OUTSIDE[make]}")
    if make is not cases.before:  # which is written in the model
        assert OUTSIDE[make] not in inspect(read(path))[0]


@pytest.mark.parametrize(
    "place", ["https://example.org/W", "C:\\W", "\\\\host\\W", "/W", "a\\..\\..\\W"]
)
def test_a_name_that_leads_out_is_seen_on_any_system(place, tmp_path):
    (finding,) = [line for line in inspect(read(with_weights_in(tmp_path, place))) if "W" in line]
    assert ", outside of the folder: W" in finding


def test_of_a_whole_file_of_numbers_it_is_said_that_there_is_one(tmp_path):
    path = with_weights_in(tmp_path, "weights.bin", 0, len(cases.WEIGHTS))
    missing = "numbers in another file, weights.bin, which is not there: W, offset 0, length 12"
    assert inspect(read(path), folder=tmp_path) == [missing]
    (tmp_path / "weights.bin").write_bytes(cases.WEIGHTS)
    said = ["numbers in another file, weights.bin: W, offset 0, length 12"]
    assert inspect_all(read(path), folder=tmp_path) == ([], said)


# Bytes that are no numbers ------------------------------------------------------------------------
def archive():
    """Return a zip file of one text."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as content:
        content.writestr("a.txt", "text")
    return file.getvalue()


WINDOWS = b"MZ\x90\x00\x03" + bytes(73) + b"!This program cannot be run in DOS mode.\r\r\n$"
HIDDEN = {
    "a program for Linux": [cases.PROGRAM],
    "a program for Windows": [WINDOWS],
    "a pickle that calls a function": [pickle.dumps(cases.Call(), kind) for kind in range(2, 6)],
    "an archive": [archive()],
}


@pytest.mark.parametrize("what", HIDDEN)
def test_what_is_no_number_is_found_wherever_it_begins(what, tmp_path):
    random = np.random.default_rng(0).bytes(1000)
    for content in HIDDEN[what]:
        for hidden in [content, random + content + random]:
            found = inspect(read(with_bytes(tmp_path, hidden)))
            assert found == [f"bytes that are {what}: TensorProto.raw_data bytes"]


def test_random_numbers_hold_nothing(tmp_path):
    rng = np.random.default_rng(0)
    normal = rng.normal(size=500_000).astype(np.float32).tobytes()
    for content in [rng.bytes(2_000_000), normal, pickle.dumps([1.0, "a word"])]:
        assert inspect(read(with_bytes(tmp_path, content))) == []


def test_a_field_that_onnx_does_not_have_is_found_at_any_depth(tmp_path):
    what = "a field that onnx does not know: "
    assert inspect(read(cases.unknown_field(tmp_path))) == [what + "ModelProto, number 15"]
    model = plant_model()
    node = model.graph.node[0]
    node.ParseFromString(node.SerializeToString() + cases.field(15, b"more"))
    assert inspect(model) == [what + "NodeProto, number 15"]


# Calls and functions ------------------------------------------------------------------------------
def call(change):
    """Return the smallest network, its only call of Dense changed; change(node) does it."""
    model = neural_network.build_model([np.eye(2)], [np.zeros(2)])
    change(model.graph.node[0])
    return model


def rename(node):
    node.attribute[0].name = "Alpha"


def drop_attribute(node):
    del node.attribute[:]


def add_attribute(node):
    node.attribute.append(helper.make_attribute("beta", 1.0))


def drop_input(node):
    del node.input[2]


def empty_input(node):
    node.input[2] = ""


def add_input(node):
    node.input.append("B1")


def add_output(node):
    node.output.append("more")


WRONG_CALLS = [
    rename,
    drop_attribute,
    add_attribute,
    drop_input,
    empty_input,
    add_input,
    add_output,
]


@pytest.mark.parametrize("change", WRONG_CALLS, ids=lambda change: change.__name__)
def test_a_call_is_compared_with_its_function_by_our_lines_alone(change):
    model = call(change)
    onnx.checker.check_model(model, full_check=True)  # passes them all
    assert list(wrong_calls(model)) != []


def test_a_right_call_is_right():
    assert wrong_calls(call(lambda node: None)) == []


def test_a_right_call_of_an_overload_is_no_finding():
    """Two functions of one name, told apart by their overload (IR version 10)."""
    model = parser.parse_model("""<ir_version: 10, opset_import: ["" : 18, "own" : 1]>
    two (float[N] X) => (float[N] Y) { H = own.Shift:one (X)  Y = own.Shift:both (H, X) }
    <domain: "own", overload: "one", opset_import: ["" : 18]> Shift (A) => (B) { B = Neg (A) }
    <domain: "own", overload: "both", opset_import: ["" : 18]>
    Shift (A, C) => (B) { B = Add (A, C) }
    """)
    onnx.checker.check_model(model)
    assert {function.overload for function in model.functions} == {"one", "both"}
    assert wrong_calls(model) == []
    model.graph.node[0].overload = "both"
    assert wrong_calls(model) == [("Shift takes other inputs", "A, C")]
    model.graph.node[0].overload = "another"
    assert "own.Shift:another is no operator of the standard: H" in inspect(model)


# The command --------------------------------------------------------------------------------------
def test_the_command_prints_the_operators_and_what_is_to_be_explained(tmp_path, capsys):
    assert main([str(back_door(tmp_path)), "MatMul", "Add"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "2 Add, 1 Cast, 1 Equal, 1 MatMul, 1 Mul, 1 ReduceMin",
        "Equal compares values with a constant: X, chosen",
        "an operator that is not among those needed: Cast; Equal; Mul, and 1 more",
    ]


def test_the_command_ends_with_0_if_there_is_nothing_to_explain(tmp_path, capsys):
    onnx.save(plant_model(), tmp_path / "model.onnx")
    assert main([str(tmp_path / "model.onnx"), "MatMul", "Add"]) == 0
    assert capsys.readouterr().out == "1 Add, 1 MatMul\n"


def test_a_terminal_is_told_nothing(tmp_path, capsys):
    model = plant_model()
    model.graph.node[0].op_type = "\x1b[31mRed\u202e"
    onnx.save(model, tmp_path / "model.onnx")
    main([str(tmp_path / "model.onnx")])
    printed = capsys.readouterr().out
    assert printed.isascii() and printed.replace("\n", "").isprintable()
    assert r"\x1b[31mRed\u202e" in printed


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "No such file or directory"),
        (b"", "expected an ONNX model, found no graph"),
        (b"This is not a model.\n" * 10, "expected an ONNX model, found no protobuf"),
        (plant_model().SerializeToString()[:-40], "expected an ONNX model, found no protobuf"),
        (b"\x80\x04", "expected an ONNX model, found no protobuf"),
        (
            plant_model().SerializeToString().replace(b"MatMul", b"Mat\xfful"),
            "expected text in UTF-8, found b'Mat\\\\xfful' as NodeProto.op_type",
        ),
    ],
    ids=["missing", "empty", "text", "truncated", "pickle", "damaged"],
)
def test_what_cannot_be_read_ends_in_one_line_and_status_2(content, why, tmp_path, capsys):
    path = tmp_path / "model.onnx"
    if content is not None:
        path.write_bytes(content)
    assert main([str(path)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("error: ") and printed.err.endswith(f"model.onnx: {why}\n")
    assert printed.err.count("\n") == 1


def test_a_folder_cannot_be_read(tmp_path, capsys):
    assert main([str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal for a closed pipe")
def test_whoever_reads_a_part_of_the_report_gets_no_traceback(tmp_path):
    command = [sys.executable, "-m", "tests.security.inspector", str(back_door(tmp_path))]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()  # before anything was printed
    assert process.stderr.read() == b""
    assert process.wait() == 1
    process.stderr.close()
