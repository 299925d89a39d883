"""What ONNX costs, question by question. No time is asserted: the page shows ratios.

Each test checks some ways to one answer, then times them: compare(question, row, {side: function},
exact answer, tolerance). On the page the first side stands as it is, the others divided by it.
"""

import ctypes
import importlib.metadata
import importlib.util
import json
import pickle
import shutil
import subprocess
import sys
import warnings
from functools import partial
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import helper, numpy_helper
from packaging.requirements import Requirement
from skl2onnx import to_onnx

import linear_regression
import neural_network
import sklearn_converter
from tests.benchmarks import models, page
from tests.kit.places import ROOT, SCRIPTS

PROCESS_ROUNDS = 5  # a process takes a second, and its time varies little


# 1. What does a call cost? ------------------------------------------------------------------------
def test_call_of_an_empty_graph(compare):
    X = models.network().rows(1).astype(np.float32)
    node = helper.make_node("Identity", ["X"], ["Y"])
    session = models.open_session(models.make_model([node], ["N", X.shape[1]], "Y"))
    compare("call", "nothing", {"onnxruntime": models.call(session, X)}, X, atol=0)


@pytest.mark.parametrize(
    "name, script, subject",
    [
        ("linear regression", linear_regression, models.linear),
        ("pipeline", sklearn_converter, models.pipeline),
        ("network", neural_network, models.network),
    ],
)
def test_call(name, script, subject, compare):
    subject = subject()
    X = subject.rows(1)
    session = models.open_session(subject.model)
    sides = {
        "onnxruntime": models.call(session, X.astype(np.float32)),
        "the script's predict": partial(script.predict, session, X),
    }
    compare("call", name, sides, subject.exact(X), subject.tolerance)


# 2. Is it faster? ---------------------------------------------------------------------------------
def compile_to_c(model, folder):
    """Return the path of a library that exports `void model(int N, const float *X, float *P)`."""
    onnx.save(neural_network.inline(model), folder / "model.onnx")
    # Without the threshold some of the work lies on the stack: too much of it for 100,000 rows.
    translate = [sys.executable, "-m", "emx_onnx_cgen", "compile", "--large-temp-threshold", "1"]
    subprocess.run([*translate, "model.onnx", "model.c"], cwd=folder, check=True)
    translated = ["cc", "-O3", "-shared", "-fPIC", "model.c", "-o", "model.so", "-lm"]
    subprocess.run(translated, cwd=folder, check=True)
    return folder / "model.so"


@pytest.fixture(scope="module")
def c_library(tmp_path_factory):
    """Return the path of the network as a library written in C, or None without a compiler."""
    if not shutil.which("cc"):
        return None
    return compile_to_c(models.network().model, tmp_path_factory.mktemp("c"))


def call_c(library, X):
    """Return a function that calls the C function on X (N, 64) and returns P (N, 10)."""
    function = ctypes.CDLL(str(library)).model
    P = np.zeros((len(X), 10), np.float32)
    arguments = [ctypes.c_int(len(X)), ctypes.c_void_p(X.ctypes.data)]
    arguments.append(ctypes.c_void_p(P.ctypes.data))

    def run():
        function(*arguments)
        return P

    return run


def call_torch(X, update):
    """Return a function that calls PyTorch's network on X (N, 64), or None without PyTorch.

    Where the page is written anew, PyTorch has to be there, or its column would be lost.
    """
    if not importlib.util.find_spec("torch"):
        assert not update, "PyTorch is missing: pip install -r tests/benchmarks/requirements.txt"
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch warns of its own next versions
        import torch

    torch.set_num_threads(1)  # more of them and onnxruntime's take each other's cores in turns
    _, classifier = models.trained_network()
    layers = []
    for W, B in zip(classifier.coefs_, classifier.intercepts_, strict=True):
        linear = torch.nn.Linear(*W.shape)
        linear.load_state_dict({"weight": torch.tensor(W.T), "bias": torch.tensor(B)})
        layers += [linear, torch.nn.ReLU()]
    layers[-1] = torch.nn.Softmax(dim=1)
    network = torch.nn.Sequential(*layers).eval()
    rows = torch.from_numpy(X)

    def run():
        with torch.inference_mode():
            return network(rows).numpy()

    return run


@pytest.mark.parametrize("count", [1, 10, 100, 1000, 10_000, 100_000])
@pytest.mark.parametrize(
    "name, subject",
    [
        ("linear regression", models.linear),
        ("pipeline", models.pipeline),
        ("network", models.network),
        ("forest", models.forest),
    ],
)
def test_rows(name, subject, count, compare, c_library, request):
    subject = subject()
    X = subject.rows(count)
    X32 = X.astype(np.float32)
    sides = {"onnxruntime": models.call(models.open_session(subject.model), X32)}
    if subject.estimator:
        sides["scikit-learn"] = partial(subject.estimator.predict_proba, X)
    if subject.by_numpy:
        sides["numpy"] = partial(subject.by_numpy, X32)
    if name == "network":
        sides["C"] = call_c(c_library, X32) if c_library else None
        sides["PyTorch"] = call_torch(X32, request.config.getoption("update"))
    row = "1 row" if count == 1 else f"{count:,} rows"
    compare(name, row, sides, subject.exact(X), subject.tolerance)


@pytest.mark.parametrize("count", [1, 10, 100, 1000, 2000, 5000, 10_000, 20_000, 100_000])
def test_rows_of_a_forest_on_one_core_each(count, compare):
    """scikit-learn's forest takes one core unless n_jobs says otherwise; onnxruntime is told to."""
    subject = models.forest()
    assert subject.estimator.n_jobs is None
    X = subject.rows(count)
    session = models.open_session(subject.model, intra_op_num_threads=1)
    sides = {
        "onnxruntime": models.call(session, X.astype(np.float32)),
        "scikit-learn": partial(subject.estimator.predict_proba, X),
    }
    row = "1 row" if count == 1 else f"{count:,} rows"
    compare("forest, one core each", row, sides, subject.exact(X), subject.tolerance)


def test_rows_of_a_large_network(compare):
    subject = models.large_network()
    X = subject.X
    X32 = X.astype(np.float32)
    sides = {
        "onnxruntime": models.call(models.open_session(subject.model), X32),
        "numpy": partial(subject.by_numpy, X32),
    }
    compare("large network", "4,096 rows", sides, subject.exact(X), subject.tolerance)


# 3. What does an operator of your own cost? -------------------------------------------------------
@pytest.mark.parametrize("depth", [1, 10, 100, 1000])
def test_operator(depth, compare):
    weights, biases = models.random_network(32, depth)
    X = np.random.default_rng(0).normal(size=(1, 32)).astype(np.float32)
    exact = neural_network.reference(
        X.astype(float), models.cast(weights, float), models.cast(biases, float)
    )
    model = neural_network.build_model(weights, biases)
    files = {
        "flat": models.build_flat(weights, biases).SerializeToString(),
        "function": model.SerializeToString(),
        "inlined": neural_network.inline(model).SerializeToString(),
    }
    load = {side: partial(neural_network.load_model, file) for side, file in files.items()}
    run = {side: models.call(load_side(), X) for side, load_side in load.items()}

    row = "1 layer" if depth == 1 else f"{depth:,} layers"
    tolerance = models.SMALL_PROBABILITY
    compare("load", row, load, exact, tolerance, read=partial(neural_network.predict, X=X))
    compare("run", row, run, exact, tolerance)


# 4. What do the settings do? ----------------------------------------------------------------------
def setting_sample(size):
    """Return weights, biases, rows X in float32, the exact answer and the tolerance for a size."""
    if size == "one row":
        X, classifier = models.trained_network()
        weights = classifier.coefs_
        biases = classifier.intercepts_
        X = X[:1]
        tolerance = models.PROBABILITY
    else:
        weights, biases = models.random_network(1024, 2)
        X = models.large_network().X[:1024]
        tolerance = models.TINY_PROBABILITY
    exact = neural_network.reference(X, models.cast(weights, float), models.cast(biases, float))
    return weights, biases, X.astype(np.float32), exact, tolerance


LEVEL = onnxruntime.GraphOptimizationLevel
OPTIONS = {
    "one thread": {"intra_op_num_threads": 1},
    "`ORT_ENABLE_BASIC`": {"graph_optimization_level": LEVEL.ORT_ENABLE_BASIC},
    "`ORT_DISABLE_ALL`": {"graph_optimization_level": LEVEL.ORT_DISABLE_ALL},
}
SIZES = pytest.mark.parametrize("size", ["one row", "many rows"])


@SIZES
@pytest.mark.parametrize("setting", OPTIONS)
def test_option(setting, size, compare):
    weights, biases, X, exact, tolerance = setting_sample(size)
    model = models.build_flat(weights, biases)
    sides = {
        "default": models.call(models.open_session(model), X),
        "changed": models.call(models.open_session(model, **OPTIONS[setting]), X),
    }
    compare(f"setting, {size}", setting, sides, exact, tolerance)


@SIZES
def test_io_binding(size, compare):
    """Rows and answer stay in memory that onnxruntime is told once, instead of at each call."""
    weights, biases, X, exact, tolerance = setting_sample(size)
    session = models.open_session(models.build_flat(weights, biases))
    P = np.zeros(exact.shape, np.float32)
    binding = session.io_binding()
    binding.bind_input("X", "cpu", 0, np.float32, X.shape, X.ctypes.data)
    binding.bind_output("P", "cpu", 0, np.float32, P.shape, P.ctypes.data)

    def run_bound():
        session.run_with_iobinding(binding)
        return P

    sides = {"default": models.call(session, X), "changed": run_bound}
    compare(f"setting, {size}", "I/O binding", sides, exact, tolerance)


@SIZES
def test_float64(size, compare):
    weights, biases, X, exact, tolerance = setting_sample(size)
    single = models.open_session(models.build_flat(weights, biases))
    double = models.open_session(models.build_flat(weights, biases, float))
    sides = {
        "default": models.call(single, X),
        "changed": models.call(double, X.astype(float)),
    }
    compare(f"setting, {size}", "float64", sides, exact, tolerance)


@SIZES
def test_float64_in_numpy(size, compare):
    weights, biases, X, exact, tolerance = setting_sample(size)
    sides = {}
    for side, dtype in [("default", np.float32), ("changed", np.float64)]:
        W = models.cast(weights, dtype)
        B = models.cast(biases, dtype)
        sides[side] = partial(models.network_by_numpy, X.astype(dtype), W, B)
    compare(f"setting, {size}", "float64, without onnxruntime", sides, exact, tolerance)


def read_probabilities(answer):
    """Return rows of probabilities, also of an answer with a dictionary for each row."""
    return [list(row.values()) if isinstance(row, dict) else row for row in answer]


@SIZES
def test_zipmap(size, compare):
    subject = models.pipeline()
    X = subject.rows(1 if size == "one row" else 10_000)
    X32 = X.astype(np.float32)
    # skl2onnx adds it unless told otherwise, as the script does.
    with_zipmap = to_onnx(subject.estimator, X32[:1], target_opset=neural_network.OPSET)
    sides = {
        "default": models.call(models.open_session(subject.model), X32),
        "changed": models.call(models.open_session(with_zipmap), X32),
    }
    row = "with ZipMap"
    exact = subject.exact(X)
    compare(f"setting, {size}", row, sides, exact, subject.tolerance, read=read_probabilities)


@SIZES
def test_dimensions_of_a_weight(size, compare):
    count, width = (1, 3) if size == "one row" else (100_000, 64)
    rng = np.random.default_rng(0)
    X = rng.uniform(size=(count, width)).astype(np.float32)
    W = rng.uniform(size=(width, 1)).astype(np.float32)

    def multiply(weight):
        node = helper.make_node("MatMul", ["X", "W"], ["Y"])
        tensor = numpy_helper.from_array(weight, "W")
        model = models.make_model([node], ["N", width], "Y", [tensor])
        return models.call(models.open_session(model), X)

    sides = {"default": multiply(W), "changed": multiply(W[:, 0])}
    exact = (X.astype(float) @ W)[:, 0]
    tolerance = 1e-4  # a sum of 64 products below 1, so below 64: good to about 1e-5
    compare(f"setting, {size}", "1-D weight", sides, exact, tolerance, read=np.ravel)


# 5. What is shipped? ------------------------------------------------------------------------------
def run_python(*arguments):
    """Return what a new Python process prints."""
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout


def read_answer(printed):
    return json.loads(printed)["answer"]


@pytest.mark.parametrize("subject", [models.pipeline, models.network, models.forest])
def test_first_answer(subject, compare, record, c_library, tmp_path):
    name = subject.__name__
    subject = subject()
    X = subject.rows(1)
    files = {"onnxruntime": tmp_path / "model.onnx", "scikit-learn": tmp_path / "model.pickle"}
    onnx.save(subject.model, files["onnxruntime"])
    files["scikit-learn"].write_bytes(pickle.dumps(subject.estimator))

    program = Path(__file__).with_name("first_answer.py")
    row = json.dumps(X[0].tolist())
    sides = {side: partial(run_python, program, file, row) for side, file in files.items()}
    exact = subject.exact(X)
    tolerance = subject.tolerance
    compare("first answer", name, sides, exact, tolerance, read_answer, PROCESS_ROUNDS)

    peaks = {side: json.loads(run())["memory"] for side, run in sides.items()}
    record("memory", name, "bytes", {side: [peak] if peak else [] for side, peak in peaks.items()})

    if name == "network":
        files["C"] = c_library
    sizes = {side: [file.stat().st_size] if file else [] for side, file in files.items()}
    record("file", name, "bytes", sizes)


def find_installed(package, seen):
    """Add a package's name, and those of all that it needs, to seen."""
    if package in seen:
        return
    seen.add(package)
    for text in importlib.metadata.requires(package) or []:
        requirement = Requirement(text)
        if not requirement.marker or requirement.marker.evaluate({"extra": ""}):
            find_installed(requirement.name.lower(), seen)


def size_on_disk(package):
    """Return the bytes of all files that a package has installed, without what Python caches."""
    distribution = importlib.metadata.distribution(package)
    paths = [file.locate() for file in distribution.files if file.suffix != ".pyc"]
    return sum(path.stat().st_size for path in paths if path.is_file())


@pytest.mark.parametrize(
    "way, packages",
    [
        ("onnxruntime", ["onnxruntime"]),
        ("scikit-learn", ["scikit-learn"]),
        ("this tutorial", ["onnx", "onnxruntime", "scikit-learn", "skl2onnx", "pytest"]),
    ],
)
def test_installed(way, packages, record):
    needed = set()
    for package in packages:
        find_installed(package, needed)
    assert "numpy" in needed  # whichever way
    record("installed", way, "bytes", {"size": [sum(map(size_on_disk, needed))]})
    record("packages", way, "packages", {"number": [len(needed)]})


# 6. What do the scripts themselves cost? ----------------------------------------------------------
@pytest.mark.parametrize("name", SCRIPTS)
def test_script(name, compare, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    output = ["--output", tmp_path / "model.onnx"]
    sides = {
        # Importing a script imports all that it uses, and does nothing else.
        "imports": partial(run_python, "-c", f"import {name}; print('verdict')"),
        "script": partial(run_python, ROOT / f"{name}.py", *output),
    }

    def has_verdict(printed):  # a script prints it once all its numbers agree
        return "verdict" in printed

    compare("script", f"`{name}.py`", sides, True, 0, has_verdict, PROCESS_ROUNDS)


# 7. Nothing else ----------------------------------------------------------------------------------
def test_the_page_has_no_row_that_is_no_longer_measured(seen, whole, keep, request):
    if not whole:
        pytest.skip("these are some of the rows, chosen by name")
    questions = {question for question, _ in seen}
    keep(page.RESULTS, "questions", names=questions)
    for question in questions:
        rows = {row for asked, row in seen if asked == question}
        keep(page.RESULTS, "questions", question, "rows", names=rows)
    if request.config.getoption("update"):
        return  # they are forgotten when the session ends
    for question, content in page.read()["questions"].items():
        for row in content["rows"]:
            assert (question, row) in seen, f"{question}, {row}: pytest tests/benchmarks --update"
