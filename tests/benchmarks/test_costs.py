"""What ONNX costs, question by question. Every answer is checked before it is timed.

No time is asserted: the run reports ratios of medians, and the reader judges.
"""

import importlib.metadata
import json
import os
import pickle
import subprocess
import sys
from functools import cache, partial
from operator import itemgetter
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper
from packaging.requirements import Requirement
from sklearn.ensemble import RandomForestClassifier

import linear_regression
import neural_network
import sklearn_converter
from tests.benchmarks.report import COUNTS, DEPTHS, ESTIMATORS, SCRIPTS

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # in every process that is measured
import onnxruntime

pytestmark = pytest.mark.benchmark(max_time=0.15, min_rounds=3, disable_gc=True)
ROOT = Path(__file__).parents[2]
PROBABILITY = 1e-5  # float32 keeps 7 digits: logits around 10 are good to 1e-5, as in the scripts
STACK_LOSS = 1e-4  # sums of numbers around 100 are good to about 1e-5, as in the script
DEEP = 1e-7  # probabilities near 1/32, from logits below 1: good to 6 digits
LARGE = 1e-8  # probabilities near 1/1,024, in the same way
PRODUCT = 1e-5  # sums of 1,024 products that add up to less than 10: good to about 1e-6
EXACT = 0  # copied, not computed
FIRST = itemgetter(0)  # of the list of outputs that a session returns


# 1. Models ----------------------------------------------------------------------------------------
def open_session(model, **settings):
    """Return a session of a model, with settings by their names in SessionOptions."""
    options = onnxruntime.SessionOptions()
    for name, value in settings.items():
        setattr(options, name, value)
    content = model.SerializeToString()
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def make_model(nodes, X_shape, output, initializers=(), dtype=TensorProto.FLOAT):
    """Return a model from X to one output of unknown shape, with the scripts' opset and IR."""
    inputs = [helper.make_tensor_value_info("X", dtype, X_shape)]
    outputs = [helper.make_tensor_value_info(output, dtype, None)]
    graph = helper.make_graph(nodes, "benchmark", inputs, outputs, initializers)
    opset = helper.make_opsetid("", neural_network.OPSET)
    return helper.make_model(graph, opset_imports=[opset], ir_version=neural_network.IR_VERSION)


def build_flat(weights, biases, dtype=np.float32):
    """Return the network as one writes it without functions: Gemm and Relu, layer by layer."""
    nodes, initializers, H = [], [], "X"
    for i, (W, B) in enumerate(zip(weights, biases, strict=True), 1):
        initializers.append(numpy_helper.from_array(W.astype(dtype), f"W{i}"))
        initializers.append(numpy_helper.from_array(B.astype(dtype), f"B{i}"))
        nodes.append(helper.make_node("Gemm", [H, f"W{i}", f"B{i}"], [f"Z{i}"]))
        H = f"Z{i}"
        if i < len(weights):
            nodes.append(helper.make_node("Relu", [H], [f"H{i}"]))
            H = f"H{i}"
    nodes.append(helper.make_node("Softmax", [H], ["P"], axis=1))
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    return make_model(nodes, ["N", len(weights[0])], "P", initializers, kind)


def in_numpy(X, weights, biases):
    """Return the network's probabilities as lean as numpy can: in place, in the weights' dtype."""
    H = X
    for i, (W, B) in enumerate(zip(weights, biases, strict=True), 1):
        H = H @ W  # (N, inputs) @ (inputs, outputs) -> (N, outputs)
        H += B
        if i < len(weights):
            np.maximum(H, 0, out=H)
    H -= H.max(axis=1, keepdims=True)
    np.exp(H, out=H)
    H /= H.sum(axis=1, keepdims=True)
    return H


def random_network(width, depth, rows):
    """Return weights, biases and rows X, exact in float32, whose errors do not grow with depth."""
    rng = np.random.default_rng(depth)
    weights = [rng.uniform(-1, 1, size=(width, width)) for _ in range(depth)]
    weights = [(W / abs(W).sum(axis=0)).astype(np.float32) for W in weights]
    biases = [rng.normal(scale=0.1, size=width).astype(np.float32) for _ in weights]
    return weights, biases, rng.normal(size=(rows, width)).astype(np.float32)


def narrow(*arrays):
    """Return arrays in float32."""
    return [array.astype(np.float32) for array in arrays]


def in_float64(weights, biases, X):
    """Return what the network answers in float64."""
    widen = partial(np.asarray, dtype=float)
    return neural_network.reference(widen(X), [*map(widen, weights)], [*map(widen, biases)])


@cache
def subject(name):
    """Return one of the three estimators, its formula in numpy, its ONNX model, and its data."""
    script = sklearn_converter if name == "pipeline" else neural_network
    X, _, y, _ = script.load_data()
    if name == "forest":
        estimator, formula = RandomForestClassifier(random_state=0).fit(X, y), None
    else:
        estimator = script.train(X, y)
    if name == "pipeline":
        scaler, last = estimator
        mean, scale, W, B = narrow(scaler.mean_, scaler.scale_, last.coef_.T, last.intercept_)

        def formula(X):
            return in_numpy((X - mean) / scale, [W], [B])

    if name == "network":
        weights, biases = narrow(*estimator.coefs_), narrow(*estimator.intercepts_)
        formula = partial(in_numpy, weights=weights, biases=biases)
        model, output = script.build_model(estimator.coefs_, estimator.intercepts_), "P"
    else:
        model, output = sklearn_converter.build_model(estimator, *narrow(X)), "probabilities"
    return SimpleNamespace(estimator=estimator, formula=formula, model=model, output=output, X=X)


@cache
def sample(name, rows):
    """Return rows X in float64, the training data over and over, and scikit-learn's answer."""
    X = subject(name).X
    X = np.resize(X, (rows, X.shape[1]))
    return X, subject(name).estimator.predict_proba(X)


# 2. What does a call cost? ------------------------------------------------------------------------
def one_row(name):
    """Return a row (1, features), the exact answer, the model, numpy's formula, a tolerance."""
    if name == "linear_regression":
        X, Y = linear_regression.load_data()
        W, B = linear_regression.train(X, Y)
        W32, B32 = narrow(W, B)
        formula = partial(linear_regression.reference, W=W32, B=B32)
        return X[:1], X[:1] @ W + B, linear_regression.build_model(W, B), formula, STACK_LOSS
    name = "pipeline" if name == "sklearn_converter" else "network"
    s, (X, exact) = subject(name), sample(name, 1)
    return X, exact, s.model, s.formula, PROBABILITY


@pytest.mark.parametrize("side", ["Identity", "onnxruntime", "numpy", "predict"])
@pytest.mark.parametrize("name", SCRIPTS)
def test_one_row(name, side, measure):
    X64, exact, model, formula, atol = one_row(name)
    X, session = X64.astype(np.float32), open_session(model)
    output = session.get_outputs()[-1].name
    run, read = partial(session.run, [output], {"X": X}), FIRST
    if side == "Identity":
        node = helper.make_node("Identity", ["X"], ["Y"])
        session = open_session(make_model([node], ["N", X.shape[1]], "Y"))
        run, exact, atol = partial(session.run, ["Y"], {"X": X}), X, EXACT
    elif side == "numpy":
        run, read = partial(formula, X), np.asarray
    elif side == "predict":  # of the script, which checks its rows; one of them returns two things
        run = partial(sys.modules[name].predict, session, X64)
        read = itemgetter(1) if name == "sklearn_converter" else np.asarray
    measure(f"call/{name}/{side}", run, exact, atol, read)


# 3. Is it faster than scikit-learn? ---------------------------------------------------------------
@pytest.mark.parametrize("rows", COUNTS)
@pytest.mark.parametrize("side", ["scikit-learn", "numpy", "onnxruntime"])
@pytest.mark.parametrize("name", ESTIMATORS)
def test_rows(name, side, rows, measure):
    s, (X, exact) = subject(name), sample(name, rows)
    read = np.asarray
    if side == "scikit-learn":
        run = partial(s.estimator.predict_proba, X)  # in its own precision, float64
    elif side == "onnxruntime":
        run = partial(open_session(s.model).run, [s.output], {"X": X.astype(np.float32)})
        read = FIRST
    elif s.formula:
        run = partial(s.formula, X.astype(np.float32))
    else:
        pytest.skip("nobody writes a forest out in numpy")
    measure(f"rows/{name}/{rows}/{side}", run, exact, PROBABILITY, read)


# 4. What does the user-defined operator cost? -----------------------------------------------------
@cache
def deep(depth):
    """Return the three ways to write down a network of 32 neurons a layer, a row and the answer."""
    weights, biases, X = random_network(32, depth, 1)
    model = neural_network.build_model(weights, biases)
    models = {
        "function": model,
        "portable": neural_network.inline(model),
        "flat": build_flat(weights, biases),
    }
    return models, X, in_float64(weights, biases, X)


@pytest.mark.parametrize("side", ["function", "portable", "flat"])
@pytest.mark.parametrize("depth", DEPTHS)
def test_loading(depth, side, measure, record):
    models, X, exact = deep(depth)
    content = models[side].SerializeToString()
    record(f"operator/{depth}/{side}/bytes", len(content))
    load = partial(onnxruntime.InferenceSession, content, providers=["CPUExecutionProvider"])
    key = f"operator/{depth}/{side}/load"
    measure(key, load, exact, DEEP, lambda session: session.run(["P"], {"X": X})[0])


@pytest.mark.parametrize("side", ["function", "portable", "flat"])
@pytest.mark.parametrize("depth", DEPTHS)
def test_running(depth, side, measure):
    models, X, exact = deep(depth)
    run = partial(open_session(models[side]).run, ["P"], {"X": X})
    measure(f"operator/{depth}/{side}/run", run, exact, DEEP, FIRST)


# 5. How close to the machine? ---------------------------------------------------------------------
@cache
def large(rows):
    """Return weights, biases and rows of a 1024-1024-1024 network, and the answer in float64."""
    weights, biases, X = random_network(1024, 2, rows)
    return weights, biases, X, in_float64(weights, biases, X)


@pytest.mark.parametrize("side", ["product", "numpy", "onnxruntime"])
def test_large_batch(side, measure):
    weights, biases, X, exact = large(4096)
    atol = PRODUCT if side == "product" else LARGE
    if side == "product":  # what the machine can do: the same product twice, and nothing else
        out, exact = np.empty_like(X), X @ weights[0].astype(float)
        run, read = lambda: [np.matmul(X, weights[0], out=out) for _ in range(2)], FIRST
    elif side == "numpy":
        run, read = partial(in_numpy, X, weights, biases), np.asarray
    else:
        session = open_session(neural_network.build_model(weights, biases))
        run, read = partial(session.run, ["P"], {"X": X}), FIRST
    measure(f"machine/{side}", run, exact, atol, read)


# 6. What do the settings do? ----------------------------------------------------------------------
LEVEL = onnxruntime.GraphOptimizationLevel
OPTIONS = {
    "intra_op_num_threads = 1": {"intra_op_num_threads": 1},
    "ORT_ENABLE_BASIC": {"graph_optimization_level": LEVEL.ORT_ENABLE_BASIC},
    "ORT_DISABLE_ALL": {"graph_optimization_level": LEVEL.ORT_DISABLE_ALL},
}
OTHERS = ["I/O binding", "float64", "numpy in float32", "numpy in float64"]


@pytest.mark.parametrize("size", ["small", "large"])
@pytest.mark.parametrize("setting", ["default", *OPTIONS, *OTHERS])
def test_setting(setting, size, measure):
    if size == "large":
        (weights, biases, X, exact), atol = large(1024), LARGE
    else:
        s, (X, exact), atol = subject("network"), sample("network", 1), PROBABILITY
        weights, biases, (X,) = s.estimator.coefs_, s.estimator.intercepts_, narrow(X)
    read = FIRST
    if setting.startswith("numpy"):  # what the same change costs without onnxruntime
        cast = partial(np.asarray, dtype=setting.split()[-1])
        run = partial(in_numpy, cast(X), [*map(cast, weights)], [*map(cast, biases)])
        read = np.asarray
    elif setting == "float64":
        session = open_session(build_flat(weights, biases, float))
        run = partial(session.run, ["P"], {"X": X.astype(float)})
    else:
        session = open_session(build_flat(weights, biases), **OPTIONS.get(setting, {}))
        run = partial(session.run, ["P"], {"X": X})
    if setting == "I/O binding":  # memory for input and output is bound once, and then reused
        binding = session.io_binding()
        memory = [onnxruntime.OrtValue.ortvalue_from_numpy(a) for a in narrow(X, exact)]
        binding.bind_ortvalue_input("X", memory[0])
        memory[1].update_inplace(np.zeros_like(memory[1].numpy()))  # no answer before it has run
        binding.bind_ortvalue_output("P", memory[1])
        run, read = partial(session.run_with_iobinding, binding), lambda _: memory[1].numpy()
    measure(f"settings/{setting}/{size}", run, exact, atol, read)


def list_values(answer):
    """Return ZipMap's probabilities, a dictionary for each row, as rows."""
    return [list(row.values()) for row in answer[0]]


@pytest.mark.parametrize("size", ["small", "large"])
@pytest.mark.parametrize("zipmap", [False, True])
def test_zipmap(zipmap, size, measure):
    from skl2onnx import to_onnx

    s, (X, exact) = subject("pipeline"), sample("pipeline", 1 if size == "small" else 10_000)
    options = None if zipmap else {"zipmap": False}  # on unless it is switched off
    X32 = X.astype(np.float32)
    model = to_onnx(s.estimator, X32[:1], target_opset=neural_network.OPSET, options=options)
    output = model.graph.output[1].name
    side = "ZipMap" if zipmap else "no ZipMap"
    run = partial(open_session(model).run, [output], {"X": X32})
    measure(f"settings/{side}/{size}", run, exact, PROBABILITY, list_values if zipmap else FIRST)


@pytest.mark.parametrize("size", ["small", "large"])
@pytest.mark.parametrize("dimensions", [2, 1])
def test_dimensions_of_a_weight(dimensions, size, measure):
    rows, width = (1, 3) if size == "small" else (100_000, 64)
    rng = np.random.default_rng(0)
    X = rng.uniform(size=(rows, width)).astype(np.float32)
    W = rng.uniform(size=(width, 1) if dimensions == 2 else width).astype(np.float32)
    node = helper.make_node("MatMul", ["X", "W"], ["Y"])
    model = make_model([node], ["N", width], "Y", [numpy_helper.from_array(W, "W")])
    run = partial(open_session(model).run, ["Y"], {"X": X})
    atol = 1e-4  # a sum of 64 products below 1, so below 64: good to about 1e-5
    measure(f"settings/{dimensions}-D weight/{size}", run, X.astype(float) @ W, atol, FIRST)


# 7. What does deploying cost? ---------------------------------------------------------------------
COLD = {
    "onnxruntime": """
import json, sys, numpy, onnxruntime
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
X = numpy.array([json.loads(sys.argv[2])], numpy.float32)
print(session.run([session.get_outputs()[-1].name], {"X": X})[0].tolist())""",
    "scikit-learn": """
import json, pathlib, pickle, sys, numpy
estimator = pickle.loads(pathlib.Path(sys.argv[1]).read_bytes())
print(estimator.predict_proba(numpy.array([json.loads(sys.argv[2])])).tolist())""",
}
PEAK = """
import resource, subprocess, sys
subprocess.run([sys.executable, *sys.argv[1:]], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"""  # of the only child


def run_python(*arguments):
    """Return what a new Python process prints."""
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout


def cold_start(name, side, folder):
    """Return the arguments of a process that predicts one row from a file, and the answer."""
    s, (X, exact) = subject(name), sample(name, 1)
    onnx_file, pickle_file = folder / "model.onnx", folder / "model.pickle"
    onnx_file.write_bytes(s.model.SerializeToString())
    pickle_file.write_bytes(pickle.dumps(s.estimator))
    file = onnx_file if side == "onnxruntime" else pickle_file
    return ["-c", COLD[side], file, json.dumps(X[0].tolist())], exact


@pytest.mark.parametrize("side", COLD)
@pytest.mark.parametrize("name", ESTIMATORS)
def test_cold_start(name, side, measure, record, tmp_path):
    arguments, exact = cold_start(name, side, tmp_path)
    record(f"deploy/{name}/{side}/bytes", arguments[2].stat().st_size)
    run = partial(run_python, *arguments)
    measure(f"deploy/{name}/{side}/start", run, exact, PROBABILITY, json.loads, rounds=2)


@pytest.mark.parametrize("side", COLD)
@pytest.mark.parametrize("name", ESTIMATORS)
def test_peak_memory(name, side, record, tmp_path):
    pytest.importorskip("resource")  # Windows has none
    arguments, exact = cold_start(name, side, tmp_path)
    answer = json.loads(run_python(*arguments))
    np.testing.assert_allclose(answer, exact, rtol=0, atol=PROBABILITY)
    # By way of a small process: a child starts with its parent's peak, and pytest's is large.
    unit = 1 if sys.platform == "darwin" else 1024
    record(f"deploy/{name}/{side}/memory", int(run_python("-c", PEAK, *arguments)) * unit)


def installed(package, seen):
    """Add the files of a package and of everything that it needs to seen, {path: bytes}."""
    distribution = importlib.metadata.distribution(package)
    for file in distribution.files:
        path = distribution.locate_file(file).resolve()
        if path.is_file() and path.suffix != ".pyc":
            seen[path] = path.stat().st_size
    for text in distribution.requires or []:
        requirement = Requirement(text)
        if not requirement.marker or requirement.marker.evaluate({"extra": ""}):
            installed(requirement.name, seen)
    return seen


@pytest.mark.parametrize("package", ["onnxruntime", "scikit-learn"])
def test_size_of_an_environment(package, record):
    files = installed(package, {})
    assert Path(np.__file__) in files  # both need numpy
    record(f"deploy/environment/{package}", sum(files.values()))


def test_size_of_the_files(record):
    linear = one_row("linear_regression")[2]
    weights, biases, _, _ = large(1024)
    models = {
        "linear_regression": linear,
        "neural_network": subject("network").model,
        "1024-1024-1024": neural_network.build_model(weights, biases),
    }
    for name, model in models.items():
        stored = sum(numpy_helper.to_array(t).nbytes for t in model.graph.initializer)
        record(f"file/{name}/bytes", len(model.SerializeToString()))
        record(f"file/{name}/weights", stored)
    iris = subject("pipeline").model
    floats = sum(len(a.floats) for node in iris.graph.node for a in node.attribute)
    record("file/sklearn_converter/bytes", len(iris.SerializeToString()))
    record("file/sklearn_converter/weights", 4 * floats)


# 8. What do the scripts themselves cost? ----------------------------------------------------------
IMPORTS = {  # importing the first two imports all that they use, and does nothing else
    "linear_regression": "import linear_regression",
    "neural_network": "import neural_network",
    "sklearn_converter": "import sklearn_converter, onnx, skl2onnx.sklapi, sklearn.datasets, "
    "sklearn.ensemble, sklearn.linear_model, sklearn.model_selection, sklearn.pipeline",
}


@pytest.mark.parametrize("side", ["script", "imports"])
@pytest.mark.parametrize("name", SCRIPTS)
def test_script(name, side, measure, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    script = [ROOT / f"{name}.py", "--output", tmp_path / "model.onnx"]
    run = partial(run_python, *(script if side == "script" else ["-c", IMPORTS[name]]))
    # A script has compared all its numbers if it ends with a verdict; importing prints nothing.
    read = (lambda text: "\nverdict " in text) if side == "script" else (lambda text: text == "")
    measure(f"script/{name}/{side}", run, True, EXACT, read, rounds=2)
