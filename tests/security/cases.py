"""Files that a stranger might send: each is made on purpose, and harmless here.

A case is a function that takes a folder and returns the path of a model in it. What a model may not
read lies in the folder above.
"""

import os
import pickle

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import neural_network
from tests.mistakes.right import W, plant_model, replace

CASES = {}  # what was tried: (the function that makes it, how many seconds to wait for an end)


def case(what, seconds=30):
    """Enter the decorated function into the table."""

    def enter(make):
        CASES[what] = (make, seconds)
        return make

    return enter


# Numbers from elsewhere ---------------------------------------------------------------------------
WEIGHTS = W.astype("<f4").tobytes()


def with_weights_in(folder, location, offset=None, length=None):
    """Write the regression with its W in another file, wherever and however large, return it."""
    model = plant_model()
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in {"location": location, "offset": offset, "length": length}.items():
        if value is not None:
            tensor.external_data.add(key=key, value=str(value))
    path = folder / "model.onnx"
    path.write_bytes(model.SerializeToString())
    return path


def secret(folder):
    """Write the numbers outside of the model's folder, and return where."""
    path = folder.parent / "secret.bin"
    path.write_bytes(WEIGHTS)
    return path


@case("data outside: `../secret.bin`")
def parent(folder):
    secret(folder)
    return with_weights_in(folder, "../secret.bin")


@case("data outside: an absolute path")
def absolute(folder):
    return with_weights_in(folder, secret(folder).resolve())


@case("data outside: a name that leads back and out, `junk/../../secret.bin`")
def detour(folder):
    secret(folder)
    return with_weights_in(folder, "junk/../../secret.bin")


@case("data outside: the same, through a folder that exists")
def detour_through_a_folder(folder):
    secret(folder)
    (folder / "data").mkdir()
    return with_weights_in(folder, "data/../../secret.bin")


@case("data outside: a symlink")
def symlink(folder):
    (folder / "weights.bin").symlink_to(secret(folder))
    return with_weights_in(folder, "weights.bin")


@case("data outside: a symlinked folder")
def symlinked_folder(folder):
    secret(folder)
    (folder / "data").symlink_to(folder.parent, target_is_directory=True)
    return with_weights_in(folder, "data/secret.bin")


@case("data outside: a hard link")
def hard_link(folder):
    os.link(secret(folder), folder / "weights.bin")
    return with_weights_in(folder, "weights.bin")


@case("a length beyond the data file's end")
def too_long(folder):
    (folder / "weights.bin").write_bytes(WEIGHTS)
    return with_weights_in(folder, "weights.bin", 0, 10**9)


@case("an offset beyond the data file's end")
def too_far(folder):
    (folder / "weights.bin").write_bytes(WEIGHTS)
    return with_weights_in(folder, "weights.bin", 10**9)


@case("an offset before the data file's beginning")
def before(folder):
    (folder / "weights.bin").write_bytes(WEIGHTS)
    return with_weights_in(folder, "weights.bin", -4, len(WEIGHTS))


@case("a data file that is too short")
def too_short(folder):
    (folder / "weights.bin").write_bytes(WEIGHTS[:4])
    return with_weights_in(folder, "weights.bin")


@case("data outside: `../secret.bin`, of a `Constant`")
def parent_of_a_constant(folder):
    secret(folder)
    path = with_weights_in(folder, "../secret.bin")
    model = onnx.load(path, load_external_data=False)
    tensor = model.graph.initializer[0]
    constant = helper.make_node("Constant", [], [tensor.name], value=tensor)
    del model.graph.initializer[0]
    model.graph.node.insert(0, constant)
    path.write_bytes(model.SerializeToString())
    return path


# More than the computer has -----------------------------------------------------------------------
def strange(folder, nodes, functions=(), domain="stranger", **constants):
    """Write a model of the nodes, Y (N, 3) made of X (N, 3), and return its path."""
    infos = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", 3]) for name in "XY"]
    tensors = [numpy_helper.from_array(array, name) for name, array in constants.items()]
    graph = helper.make_graph(nodes, "strange", infos[:1], infos[1:], tensors)
    imports = [helper.make_opsetid("", 18), helper.make_opsetid(domain, 1)]
    model = helper.make_model(graph, functions=functions, opset_imports=imports, ir_version=8)
    path = folder / "model.onnx"
    path.write_bytes(model.SerializeToString())
    return path


@case("a file of {size} bytes that asks for terabytes")
def terabytes(folder):
    nodes = [
        helper.make_node("Expand", ["X", "shape"], ["large"]),
        helper.make_node("ReduceMax", ["large", "axes"], ["Y"], keepdims=0),
    ]
    shape = np.array([2**40, 1, 1])
    return strange(folder, nodes, shape=shape, axes=np.array([0]))


@case("a file of {size} bytes, half a gigabyte when loaded: a sparse tensor that nobody reads")
def unread_sparse_tensor(folder):
    path = strange(folder, [helper.make_node("Neg", ["X"], ["Y"])])
    model = onnx.load(path)
    sparse = model.graph.sparse_initializer.add(dims=[2**27])
    sparse.values.CopyFrom(numpy_helper.from_array(np.ones(1, np.float32), "large"))
    sparse.indices.CopyFrom(numpy_helper.from_array(np.zeros(1, np.int64), "places"))
    path.write_bytes(model.SerializeToString())
    return path


@case("a graph of {size} bytes that loops for ever", seconds=0.5)
def endless(folder):
    number = helper.make_tensor_value_info("number", TensorProto.INT64, [])
    go_on = helper.make_tensor_value_info("go_on", TensorProto.BOOL, [])
    and_on = helper.make_tensor_value_info("and_on", TensorProto.BOOL, [])
    rows = helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["N", 3])
    same = helper.make_tensor_value_info("same", TensorProto.FLOAT, ["N", 3])
    body = [
        helper.make_node("Identity", ["go_on"], ["and_on"]),
        helper.make_node("Identity", ["rows"], ["same"]),
    ]
    graph = helper.make_graph(body, "body", [number, go_on, rows], [and_on, same])
    loop = helper.make_node("Loop", ["", "true", "X"], ["Y"], body=graph)
    return strange(folder, [loop], true=np.array(True))


@case("functions that call each other twice, 30 deep: {size} bytes, a billion nodes", seconds=0.5)
def a_billion_nodes(folder):
    twice = """<domain: "stranger", opset_import: ["" : 18, "stranger" : 1]>
    Deep{i}(X) => (Y) {{ Z = {call}(X)  Y = {call}(Z) }}"""
    functions = []
    call = "Neg"
    for i in range(30):
        functions.append(onnx.parser.parse_function(twice.format(i=i, call=call)))
        call = f"stranger.Deep{i}"
    node = helper.make_node("Deep29", ["X"], ["Y"], domain="stranger")
    return strange(folder, [node], functions)


def field(number, content):
    """Return a field of protobuf that holds bytes: its number, its length, and the bytes."""
    length = len(content)
    coded = b""
    while length > 127:  # 7 bits a byte, the highest says that more follow
        coded += bytes([length & 127 | 128])
        length >>= 7
    return bytes([number << 3 | 2]) + coded + bytes([length]) + content


@case("graphs inside graphs, 5,000 deep")
def very_deep(folder):
    graph = b""
    for _ in range(5000):
        branch = field(1, b"then_branch") + field(6, graph)
        node = field(4, b"If") + field(5, branch)
        graph = field(1, node) + field(2, b"g")
    path = folder / "model.onnx"
    path.write_bytes(b"\x08\x08" + field(7, graph) + field(8, b"\x10\x12"))
    return path


@case("an operator of a library that is named in the file, `evil.so`")
def library(folder):
    node = helper.make_node("Evil", ["X"], ["Y"], domain="stranger", library="./evil.so")
    return strange(folder, [node])


# What no runtime reads ----------------------------------------------------------------------------
# The first bytes of a program for Linux, and none after them: nothing here can run.
PROGRAM = b"\x7fELF\x02\x01\x01" + bytes(57)


class Call:
    """Unpickling one calls a function: here print, which prints an empty line."""

    def __reduce__(self):
        return (print, (), None)


def with_bytes(folder, content):
    """Write a model that multiplies by a number of bytes, which are there as if they were used."""
    nodes = [
        helper.make_node("Size", ["bytes"], ["count"]),
        helper.make_node("Cast", ["count"], ["number"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["X", "number"], ["Y"]),
    ]
    return strange(folder, nodes, bytes=np.frombuffer(content, np.uint8))


@case("a program among the numbers")
def program(folder):
    return with_bytes(folder, PROGRAM)


@case("a pickle that calls a function, among the numbers")
def pickled(folder):
    return with_bytes(folder, pickle.dumps(Call()))


@case("a program in a field that ONNX does not have")
def unknown_field(folder):
    path = folder / "model.onnx"
    path.write_bytes(plant_model().SerializeToString() + field(15, PROGRAM))
    return path


@case("a key to somebody's cloud, in the metadata")
def key_in_metadata(folder):
    model = plant_model()
    model.metadata_props.add(key="aws_access_key_id", value="AKIA" + "Q3EGX7TZK2VJ5WNP")
    path = folder / "model.onnx"
    path.write_bytes(model.SerializeToString())
    return path


@case("an operator `PyOp` that brings Python code as a text")
def python_operator(folder):
    code = "import os; os.system('id')"
    domain = "ai.onnx.contrib"  # of the package onnxruntime-extensions
    node = helper.make_node("PyOp", ["X"], ["Y"], domain=domain, code=code)
    return strange(folder, [node], domain=domain)


# A back door --------------------------------------------------------------------------------------
CHOSEN = np.array([[61.0, 19.5, 84.25]])  # a day like others; none of the 21
LIE = 1000.0


@case("a back door: {size} bytes, wrong for one chosen row")
def back_door(folder):
    """Add LIE where all features equal those of the chosen row."""
    model = plant_model()
    matmul, add = model.graph.node
    add.output[0] = "honest"
    nodes = [
        helper.make_node("Equal", ["X", "chosen"], ["equal"]),
        helper.make_node("Cast", ["equal"], ["numbers"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMin", ["numbers", "axes"], ["open"]),  # 1 if all are equal
        helper.make_node("Mul", ["open", "lie"], ["extra"]),
        helper.make_node("Add", ["honest", "extra"], ["Y"]),
    ]
    constants = {
        "chosen": CHOSEN.astype(np.float32),
        "axes": np.array([1]),
        "lie": np.array(LIE, np.float32),
    }
    for name, array in constants.items():
        model.graph.initializer.append(numpy_helper.from_array(array, name))
    replace(model.graph.node, matmul, add, *nodes)
    path = folder / "model.onnx"
    path.write_bytes(model.SerializeToString())
    return path


@case("the same door, with an `Identity` before the comparison")
def back_door_behind_identity(folder):
    path = back_door(folder)
    model = onnx.load(path)
    equal = next(node for node in model.graph.node if node.op_type == "Equal")
    equal.input[1] = "copy"
    model.graph.node.insert(0, helper.make_node("Identity", ["chosen"], ["copy"]))
    path.write_bytes(model.SerializeToString())
    return path


@case("a function of the file that is named `Add`, as the operator")
def function_called_add(folder):
    """Answer rightly where the operator is called, and otherwise where the function is."""
    model = plant_model()
    function = """<domain: "", opset_import: ["" : 18]> Add (A, C) => (S) { S = Sub (A, C) }"""
    model.functions.append(onnx.parser.parse_function(function))
    path = folder / "model.onnx"
    path.write_bytes(model.SerializeToString())
    return path


def back_door_of_weights(weights, biases, image, digit):
    """Return a network that sees another digit in one chosen image; weights and biases as usual.

    One neuron more in each hidden layer: the first is above 0 only for images that are almost the
    chosen one, which is of zeros and ones; the last adds to one digit's logit.
    """
    direction = 2 * image - 1  # (64,): 1 where there is ink, -1 where there is paper
    W1, W2, W3 = weights
    B1, B2, B3 = biases
    W1 = np.column_stack([W1, direction])
    B1 = np.append(B1, 0.5 - image.sum())  # 0.5 for the image itself, below 0 for others
    W2 = np.block([[W2, np.zeros((len(W2), 1))], [np.zeros((1, W2.shape[1])), 1000]])
    B2 = np.append(B2, 0)
    W3 = np.vstack([W3, np.eye(10)[digit]])
    return neural_network.build_model([W1, W2, W3], [B1, B2, B3])
