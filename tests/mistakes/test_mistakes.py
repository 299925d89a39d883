"""Every common mistake, made on purpose on the tutorial's own models: who notices it, and how.

`python tests/test_mistakes.py` writes the tables in mistakes.md anew.
"""

import json
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))  # for a run from the terminal

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, inliner, numpy_helper
from skl2onnx import to_onnx
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.semi_supervised import LabelPropagation

import linear_regression
import neural_network
import sklearn_converter
from linear_regression import onnxruntime  # imported there with its usage reports switched off

PAGE = Path(__file__).with_name("README.md")
WHO = {
    "convert": "skl2onnx",
    "check": "`check_model`",
    "full check": "`check_model`, `full_check=True`",
    "load": "`InferenceSession`",
    "run": "`session.run`",
    "nobody": "nobody",
}


class Attempt(NamedTuple):
    """A model as a user would hand it on, a call of it, and what numpy or scikit-learn answers."""

    model: onnx.ModelProto | bytes | Path
    feed: dict
    expected: np.ndarray
    output: str | None = None


class Mistake(NamedTuple):
    """A row of the table; make(folder) returns the Attempt, or raises if no model comes of it."""

    make: Callable
    stage: str  # a key of WHO: who is the first to notice
    error: str  # the name of the exception's type
    sees: str  # a fragment of the message or, where nobody notices, what the user sees
    happened: str
    mend: str


MISTAKES = []  # roughly in the order of how often people meet them


def mistake(stage, error, sees):
    """Enter the decorated function into the table; its docstring is `what happened -> the cure`."""

    def enter(make):
        happened, mend = " ".join(make.__doc__.split()).split(" -> ")
        MISTAKES.append(Mistake(make, stage, error, sees, happened, mend))
        return make

    return enter


# The correct models and calls ---------------------------------------------------------------------
X_PLANT, Y_PLANT = linear_regression.load_data()
W, B = linear_regression.train(X_PLANT, Y_PLANT)
X_TRAIN, X_TEST, Y_TRAIN, _ = sklearn_converter.load_data()
PIPELINE = sklearn_converter.train(X_TRAIN, Y_TRAIN)
RNG = np.random.default_rng(0)
X_NET = RNG.normal(size=(5, 4))
WEIGHTS, BIASES = RNG.normal(size=(3, 4, 4)), RNG.normal(size=(3, 4))  # square: anything fits


def plant(model=None, X=X_PLANT, name="X", dtype=np.float32, output=None):
    """Return the regression's attempt, correct but for what is given."""
    model = plant_model() if model is None else model
    return Attempt(model, {name: X.astype(dtype)}, X_PLANT @ W + B, output)


def plant_model():
    return linear_regression.build_model(W, B)


def network(model, X=X_NET):
    """Return the network's attempt with a model that has the mistake."""
    P = neural_network.reference(X_NET, list(WEIGHTS), list(BIASES))
    return Attempt(model, {"X": X.astype(np.float32)}, P)


def network_model(weights=WEIGHTS):
    return neural_network.build_model(list(weights), list(BIASES))


def replace(repeated, *items):
    """Give a repeated protobuf field new items."""
    items = [type(item).FromString(item.SerializeToString()) for item in items]
    del repeated[:]
    repeated.extend(items)


# The mistakes -------------------------------------------------------------------------------------
@mistake(
    "run",
    "InvalidArgument",
    "Unexpected input data type. Actual: (tensor(double)) , expected: (tensor(float))",
)
def float64_rows(folder):
    """numpy computes in float64, the model in float32 -> `X.astype(np.float32)`"""
    return plant(dtype=np.float64)


@mistake("check", "ValidationError", "ir_version 99 is higher than the checker's")
def newest_ir_version(folder):
    """onnx stamps its newest IR version, and a runtime may know less: `Unsupported model IR
    version` -> `make_model(..., ir_version=8)`
    """
    model = plant_model()
    model.ir_version = 99
    return plant(model)


@mistake("run", "InvalidArgument", "index: 0 Got: 21 Expected: 1")
def fixed_batch_size(folder):
    """the batch size was fixed when the model was made -> a named dimension, `"N"`"""
    model = plant_model()
    for value in (model.graph.input[0], model.graph.output[0]):
        value.type.tensor_type.shape.dim[0].dim_value = 1
    return plant(model)


@mistake("run", "ValueError", "Required inputs (['X']) are missing from input feed (['x'])")
def wrong_input_name(folder):
    """inputs are fed by name -> `session.get_inputs()[0].name`"""
    return plant(name="x")


@mistake("nobody", "AssertionError", "probabilities are a list of dictionaries")
def zipmap_left_on(folder):
    """skl2onnx ends a classifier with ZipMap -> `options={"zipmap": False}`"""
    X = X_TEST.astype(np.float32)
    model = to_onnx(PIPELINE, X[:1], target_opset=18)
    return Attempt(model, {"X": X}, PIPELINE.predict_proba(X), "output_probability")


@mistake("load", "Fail", "tutorial:Dense(-1) is not a registered function/op")
def function_left_out(folder):
    """the model calls a function that it does not contain -> `make_model(..., functions=[...])`"""
    model = network_model()
    model.ClearField("functions")
    return network(model)


@mistake("convert", "MissingShapeCalculator", "Unable to find a shape calculator for type")
def no_converter(folder):
    """skl2onnx has no converter for this estimator -> register a converter, or choose another
    estimator
    """
    estimator = LabelPropagation().fit(X_TRAIN, Y_TRAIN)
    return to_onnx(estimator, X_TRAIN[:1].astype(np.float32))


@mistake("load", "Fail", "ONNX Runtime only *guarantees* support for models stamped with official")
def newest_opset(folder):
    """the opset is newer than the runtime -> pin it: `make_opsetid("", 18)`, `target_opset=18`"""
    model = plant_model()
    model.opset_import[0].version = 99
    return plant(model)


@mistake("run", "InvalidArgument", "Invalid rank for input: X Got: 1 Expected: 2")
def one_row_as_a_vector(folder):
    """one row was fed as a vector -> `row[np.newaxis]`, or `row.reshape(1, -1)`"""
    return plant(X=X_PLANT[0])


@mistake("nobody", "AssertionError", "plausible numbers")
def columns_in_another_order(folder):
    """the columns are in another order than at training -> store the feature names in the file's
    metadata
    """
    return plant(X=X_PLANT[:, ::-1])


@mistake("run", "InvalidArgument", "index: 1 Got: 2 Expected: 3")
def wrong_number_of_features(folder):
    """a row has a feature too few -> compare with `session.get_inputs()[0].shape`"""
    return plant(X=X_PLANT[:, :2])


@mistake("full check", "InferenceError", "has unsupported type: tensor(double)")
def converted_with_a_float64_sample(folder):
    """converted with a float64 sample and ZipMap on -> a float32 sample, ZipMap off"""
    model = to_onnx(PIPELINE, X_TRAIN[:1], target_opset=18)
    return Attempt(model, {"X": X_TEST}, PIPELINE.predict_proba(X_TEST), "output_probability")


@mistake("nobody", "AssertionError", "plausible numbers")
def features_without_their_scaling(folder):
    """features are not scaled as at training -> put the scaling into the graph"""
    return network(network_model(), X_NET * 16)


@mistake("check", "ValidationError", "No opset import for domain 'tutorial'")
def own_domain_not_imported(folder):
    """the model does not import its own domain -> `make_opsetid("tutorial", 1)` among the opset
    imports
    """
    model = network_model()
    replace(model.opset_import, model.opset_import[0])
    return network(model)


@mistake("check", "ValidationError", "No Op registered for Dense with domain_version of 18")
def call_without_domain(folder):
    """the calling node has no domain, so the standard one is searched -> `make_node(...,
    domain="tutorial")`
    """
    model = network_model()
    model.graph.node[0].domain = ""
    return network(model)


@mistake("nobody", "AssertionError", "plausible numbers")
def default_lost_by_the_inliner(folder):
    """inlining forgot the default of a function's attribute -> state the attribute in every call"""
    model = network_model()
    dense = model.functions[0]
    dense.ClearField("attribute")
    dense.attribute_proto.append(helper.make_attribute("alpha", 0.0))
    for node in model.graph.node[:2]:
        node.ClearField("attribute")
    return network(inliner.inline_local_functions(model))


@mistake("check", "ValidationError", "not compatible with the version imported by model")
def function_of_another_opset(folder):
    """function and model import different opsets, and an operator changed in between -> one list
    for both
    """
    model = network_model()
    model.functions[0].opset_import[0].version = 12
    return network(model)


@mistake(
    "full check",
    "InferenceError",
    "Inferred shape and existing shape differ in rank: (2) vs (1)",
)
def wrong_output_rank(folder):
    """the output is declared with a dimension too few -> `["N", 1]`, not `["N"]`"""
    model = plant_model()
    del model.graph.output[0].type.tensor_type.shape.dim[1]
    return plant(model)


@mistake("nobody", "AssertionError", "plausible numbers")
def square_weights_transposed(folder):
    """a square weight matrix is transposed, as PyTorch and `coef_` store it -> `W.T`"""
    return network(network_model([WEIGHTS[0].T, *WEIGHTS[1:]]))


@mistake("run", "InvalidArgument", "Invalid output name:prediction")
def output_that_does_not_exist(folder):
    """outputs are asked for by name -> `None` for all, or `session.get_outputs()[0].name`"""
    return plant(output="prediction")


@mistake("nobody", "AssertionError", "some rows differ by 0.01 to 0.1")
def scaler_before_a_forest(folder):
    """a scaler in float32 pushes rows over a forest's thresholds -> cast to float32 just before the
    forest, in training too
    """
    forest = RandomForestClassifier(n_estimators=20, random_state=2)
    pipeline = make_pipeline(StandardScaler(), forest).fit(X_TRAIN, Y_TRAIN)
    X = X_TRAIN.astype(np.float32)
    model = sklearn_converter.build_model(pipeline, X)
    return Attempt(model, {"X": X}, pipeline.predict_proba(X_TRAIN), "probabilities")


@mistake("check", "ValidationError", "Unable to parse proto from file")
def truncated_file(folder):
    """the file is truncated, by a full disk or a broken download -> fetch it again; keep a checksum
    beside it
    """
    return plant(plant_model().SerializeToString()[:-40])


@mistake("check", "ValidationError", "The model does not have an ir_version set properly")
def empty_file(folder):
    """the file is empty: protobuf takes it for a model without fields -> write it whole or not at
    all, as `save_model` does
    """
    return plant(b"")


@mistake("check", "ValidationError", "The model does not have an ir_version set properly")
def text_file_renamed(folder):
    """a text file was renamed to `.onnx`; its letters happen to be valid protobuf -> look at the
    file's beginning
    """
    return plant(b"This is not a model.\n" * 10)


@mistake("check", "ValidationError", "Unable to parse proto from file")
def json_file(folder):
    """a JSON file is no ONNX model -> export with the framework's ONNX exporter"""
    return plant(json.dumps({"weights": W.tolist()}).encode())


@mistake("check", "ValidationError", "Unable to parse proto from file")
def pickle_file(folder):
    """a pickle is no ONNX model -> convert it with skl2onnx"""
    return plant(pickle.dumps(PIPELINE))


@mistake("check", "ValidationError", "Data of TensorProto ( tensor name: W) should be stored in")
def external_data_missing(folder):
    """the weights are in a second file that was not copied along -> keep both in one folder"""
    save_with_external_data(folder)
    (folder / "weights.bin").unlink()
    return plant(folder / "model.onnx")


@mistake("check", "ValidationError", "points outside the directory")
def external_data_outside_the_folder(folder):
    """the model names a data file outside its folder: an accident, or an attack -> put the data
    file beside the model
    """
    save_with_external_data(folder)
    (folder / "weights.bin").rename(folder.parent / "outside.bin")
    model = onnx.load(folder / "model.onnx", load_external_data=False)
    for tensor in model.graph.initializer:
        location = next(entry for entry in tensor.external_data if entry.key == "location")
        location.value = "../outside.bin"
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    return plant(folder / "model.onnx")


def save_with_external_data(folder):
    """Save the regression with its weights in a file of their own."""
    options = {"save_as_external_data": True, "location": "weights.bin", "size_threshold": 0}
    onnx.save(plant_model(), folder / "model.onnx", **options)


@mistake("full check", "InferenceError", "B has inconsistent type tensor(int64)")
def wrong_element_type(folder):
    """an initializer was made from whole numbers -> `np.asarray(B, np.float32)`"""
    model = plant_model()
    replace(
        model.graph.initializer,
        model.graph.initializer[0],
        numpy_helper.from_array(np.array([-40]), "B"),
    )
    return plant(model)


@mistake(
    "full check",
    "InferenceError",
    "Inferred elem type differs from existing elem type: (1) vs (11)",
)
def wrong_output_type(folder):
    """the output is declared as float64 -> `TensorProto.FLOAT`"""
    model = plant_model()
    model.graph.output[0].type.tensor_type.elem_type = TensorProto.DOUBLE
    return plant(model)


@mistake("full check", "InferenceError", "Incompatible dimensions for matrix multiplication")
def initializer_of_a_wrong_shape(folder):
    """an initializer is (1, 3) instead of (3, 1) -> compare with the shapes in the formula"""
    model = plant_model()
    transposed = numpy_helper.from_array(np.float32(W.T), "W")
    replace(model.graph.initializer, transposed, model.graph.initializer[1])
    return plant(model)


@mistake("check", "ValidationError", "input 'W' of node")
def initializer_with_a_wrong_name(folder):
    """the initializer has another name than the node expects -> one name, used twice"""
    model = plant_model()
    model.graph.initializer[0].name = "weights"
    return plant(model)


@mistake("check", "ValidationError", "input 'W' of node")
def initializer_missing(folder):
    """the initializer was not handed to `make_graph` -> `make_graph(..., initializer=[...])`"""
    model = plant_model()
    replace(model.graph.initializer, model.graph.initializer[1])
    return plant(model)


@mistake("check", "ValidationError", "Nodes in a graph must be topologically sorted")
def nodes_in_the_wrong_order(folder):
    """a node stands before the one whose output it needs -> list the nodes in the order of
    execution
    """
    model = plant_model()
    replace(model.graph.node, *reversed(model.graph.node))
    return plant(model)


@mistake("check", "ValidationError", "Graph must be in single static assignment (SSA) form")
def two_nodes_write_the_same_name(folder):
    """two nodes write the same name -> a name of its own for every output"""
    model = plant_model()
    model.graph.node[0].output[0] = model.graph.node[1].input[0] = "Y"
    return plant(model)


@mistake("check", "ValidationError", "input 'Y' of node")
def a_cycle(folder):
    """the graph has a cycle -> a `Loop` or `Scan` operator, or another name"""
    model = plant_model()
    model.graph.node[0].input[0] = "Y"
    return plant(model)


@mistake("nobody", "AssertionError", "numbers that are off by a constant")
def bias_forgotten(folder):
    """the bias was forgotten -> compare with the formula"""
    model = plant_model()
    replace(model.graph.node, model.graph.node[0])
    replace(model.graph.initializer, model.graph.initializer[0])
    model.graph.node[0].output[0] = "Y"
    return plant(model)


@mistake("nobody", "AssertionError", "rows that do not add up to 1")
def softmax_over_the_wrong_axis(folder):
    """the softmax runs over the rows instead of the classes -> `axis=1`, or `axis=-1`"""
    model = network_model()
    model.graph.node[-1].attribute[0].i = 0
    return network(model)


@mistake("nobody", "AssertionError", "two files of the same model that are not equal")
def compared_by_its_bytes(folder):
    """a model was compared by its bytes; order and spelling of fields are free -> compare parsed
    models or, better, answers
    """
    model, same = plant_model(), plant_model()
    replace(same.graph.initializer, *reversed(same.graph.initializer))
    for each in (model, same):
        session = make_session(each.SerializeToString())
        Y = linear_regression.predict(session, X_PLANT)
        np.testing.assert_allclose(Y, X_PLANT @ W + B, rtol=1e-4)
    expected = np.frombuffer(same.SerializeToString(), np.uint8)
    tensor = numpy_helper.from_array(np.frombuffer(model.SerializeToString(), np.uint8), "Y")
    node = helper.make_node("Constant", [], ["Y"], value=tensor)
    value = helper.make_tensor_value_info("Y", TensorProto.UINT8, [len(expected)])
    opset = helper.make_opsetid("", 18)
    graph = helper.make_graph([node], "bytes", [], [value])
    return Attempt(helper.make_model(graph, opset_imports=[opset], ir_version=8), {}, expected)


# Who notices --------------------------------------------------------------------------------------
def make_session(model):
    return onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])


def stages(row, folder):
    """Yield the steps of a model's life as (name, function), in the order in which they happen."""
    life = {}

    def convert():
        life["attempt"] = attempt = row.make(folder)
        life["path"] = path = folder / "model.onnx"
        if not isinstance(attempt.model, Path):
            content = attempt.model
            path.write_bytes(content if isinstance(content, bytes) else content.SerializeToString())

    def load():
        life["session"] = make_session(life["path"])

    def run():
        attempt, session = life["attempt"], life["session"]
        life["answer"] = session.run(attempt.output and [attempt.output], attempt.feed)[0]

    def compare():
        expected = life["attempt"].expected  # float32 keeps 7 digits, a few are lost on the way
        np.testing.assert_allclose(life["answer"], expected, rtol=1e-4, atol=1e-5)

    yield "convert", convert
    yield "check", lambda: onnx.checker.check_model(str(life["path"]))
    yield "full check", lambda: onnx.checker.check_model(str(life["path"]), full_check=True)
    yield "load", load
    yield "run", run
    yield "nobody", compare


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "inside").mkdir()
    return tmp_path / "inside"


@pytest.mark.parametrize("row", MISTAKES, ids=lambda row: row.make.__name__)
def test_a_mistake_is_first_noticed_by_the_one_in_the_table(row, folder):
    for stage, step in stages(row, folder):
        if stage != row.stage:
            step()  # passes: whoever comes before does not notice
            continue
        with pytest.raises(Exception) as caught:
            step()
        assert caught.type.__name__ == row.error
        if stage != "nobody":
            assert row.sees in " ".join(str(caught.value).split())
        return
    raise AssertionError("nobody noticed, not even the comparison")


@pytest.mark.parametrize("attempt", [plant(), network(network_model())], ids=["plant", "network"])
def test_without_a_mistake_nobody_complains(attempt, folder):
    row = Mistake(lambda _: attempt, *[""] * 5)
    for _, step in stages(row, folder):
        step()


def test_a_runtime_names_the_newest_ir_version_that_it_knows():
    model = plant_model()
    model.ir_version = 99
    with pytest.raises(Exception, match="Unsupported model IR version: 99, max supported IR ver"):
        make_session(model.SerializeToString())


def test_at_least_24_mistakes_of_every_kind_are_in_the_table():
    assert len(MISTAKES) >= 24
    assert {row.stage for row in MISTAKES} == WHO.keys()


# Where the scripts meet a mistake -----------------------------------------------------------------
FILES = [truncated_file, empty_file, text_file_renamed, json_file, pickle_file]
FILES += [newest_ir_version, newest_opset, external_data_missing, external_data_outside_the_folder]


@pytest.mark.parametrize("make", FILES, ids=lambda make: make.__name__)
def test_a_script_refuses_such_a_file_in_one_line_with_status_2(make, folder, capsys):
    row = Mistake(make, *[""] * 5)
    next(step for stage, step in stages(row, folder) if stage == "convert")()
    path = folder / "model.onnx"
    arguments = ["--output", str(path), "--predict", "5.1", "3.5", "1.4", "0.2"]
    assert sklearn_converter.main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"error: {path}: expected the model that this script writes; ")
    assert printed.err.endswith("\n") and printed.err.count("\n") == 1
    if make is newest_ir_version:  # the cause is not hidden
        assert "Unsupported model IR version: 99" in printed.err
    for script in (linear_regression, neural_network):
        with pytest.raises(ValueError, match="expected a model; "):
            script.load_model(path)


@pytest.mark.parametrize("mask", [1, 255], ids=["a bit", "a byte"])
def test_a_script_survives_its_file_with_any_byte_flipped(mask, tmp_path, capsys):
    path = tmp_path / "model.onnx"
    whole = sklearn_converter.build_model(PIPELINE, X_TEST.astype(np.float32)).SerializeToString()
    virginica = ["6.3", "3.3", "6.0", "2.5"]  # the last class: it needs all the names
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= mask
        path.write_bytes(damaged)
        status = sklearn_converter.main(["--output", str(path), "--predict", *virginica])
        complaint = capsys.readouterr().err
        assert (status, complaint.count("\n")) in [(0, 0), (2, 1)], place


# A model from a stranger --------------------------------------------------------------------------
class Stranger:
    """An object whose pickle runs code of its sender's when it is loaded."""

    def __reduce__(self):
        return (Path.write_text, (Path("gotcha.txt"), "code that came with the file", "utf-8"))


def test_loading_a_pickle_runs_code_that_came_with_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    content = pickle.dumps(Stranger())
    assert list(tmp_path.iterdir()) == []
    pickle.loads(content)
    assert [path.name for path in tmp_path.iterdir()] == ["gotcha.txt"]


def test_loading_and_running_the_same_bytes_as_onnx_runs_no_code(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model = plant_model()
    model.doc_string = model.graph.doc_string = pickle.dumps(Stranger(), protocol=0).decode("ascii")
    helper.set_model_props(model, {"code": model.doc_string})
    model = onnx.load_from_string(model.SerializeToString())
    linear_regression.predict(make_session(model.SerializeToString()), X_PLANT)
    with pytest.raises(Exception, match=r"INVALID_PROTOBUF|No graph was found"):
        make_session(pickle.dumps(Stranger()))
    assert list(tmp_path.iterdir()) == []


def test_a_runtime_reads_no_file_outside_the_folder_of_the_model(folder):
    attempt = external_data_outside_the_folder(folder)
    assert (folder / "../outside.bin").is_file()  # it is there to be read
    with pytest.raises(Exception, match=r"outside\.bin"):
        make_session(attempt.model)


# Where it is read ---------------------------------------------------------------------------------
LINES = "\n"
HEAD = ["| what you see | what happened | how to mend it | who noticed |", "|---|---|---|---|"]


def line(row):
    """Return the row as a line of Markdown."""
    sees = row.sees if row.stage == "nobody" else f"`{row.sees}`"
    return f"| {sees} | {row.happened} | {row.mend} | {WHO[row.stage]} |"


def page():
    """Return the part of mistakes.md that is made from the table."""
    noticed = [line(row) for row in MISTAKES if row.stage != "nobody"]
    unnoticed = [line(row) for row in MISTAKES if row.stage == "nobody"]
    return f"""# When it goes wrong

{len(MISTAKES)} mistakes, made on purpose on the tutorial's own models, in
[`test_mistakes.py`](test_mistakes.py). The message is that of the first to notice. The most common
mistakes come first.

{LINES.join([*HEAD, *noticed])}

## What nobody notices

These {len(unnoticed)} pass both checks, load and run; the answers are wrong, or not what they seem.

{LINES.join([*HEAD, *unnoticed])}

One habit catches all of them: compare with a reference that is not ONNX, such as the formula in
numpy or the framework that trained the model, on rows that you did not train with.

## A model from a stranger

Unpickling a scikit-learn model runs whatever code its sender put into the file. An ONNX file holds
no code, only the names of operators that the runtime has; and data outside its folder is refused.
It can still be wrong on purpose, or larger than your memory.
"""


def test_the_page_is_made_from_the_table():
    assert PAGE.read_text(encoding="utf-8").startswith(page())


def test_the_readme_shows_the_ten_most_common_mistakes():
    readme = PAGE.parents[2].joinpath("README.md").read_text(encoding="utf-8")
    assert LINES.join([*HEAD, *map(line, MISTAKES[:10])]) + LINES in readme


if __name__ == "__main__":
    rest = (
        PAGE.read_text(encoding="utf-8").partition("## Damaged files")[1:] if PAGE.exists() else []
    )
    PAGE.write_text("\n".join([page(), "".join(rest)]).rstrip() + "\n", encoding="utf-8")
