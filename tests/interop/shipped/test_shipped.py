"""Each way to ship two models, measured: its files, its first answer, its memory.

Each answer is compared with numpy's in float64 before anything about it is noted. Needs what
.ci/interop installs, and Linux, which tells what a process holds.
"""

import json
import pickle
import platform
import re
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose

import neural_network
import sklearn_converter
from tests.interop import browser, test_runs_in_chromium, test_runs_in_node
from tests.interop.common import need
from tests.interop.shipped import measure, page
from tests.interop.test_runs_in_plain_c import compiler, execute, generator
from tests.kit import record
from tests.kit.clock import describe_machine

torch = need("PyTorch", "torch")

FOLDER = page.RESULTS.parent
ROUNDS = 7
PYTHON = {"scikit-learn": "scikit-learn", "PyTorch": "torch", "onnxruntime": "onnxruntime"}
NODE = "onnxruntime-web"
WAYS = [*PYTHON, NODE, "C"]
NODE_MODULES = FOLDER.parent / "node_modules"
NPM = FOLDER.parent / "package.json"


# 1. Models ----------------------------------------------------------------------------------------
def write(folder, way, model, content):
    """Return the path of a file that was written."""
    path = folder / f"{model.split()[0]}.{way}"
    path.write_bytes(content)
    return path


def compile_to_c(folder, file, features, classes):
    """Return the path of a program in C, compiled from an ONNX file."""
    source = file.with_suffix(".c")
    program = file.with_suffix("")
    execute(generator, "compile", file, source, "--input-dim", "N=1")
    numbers = ["-D", f"FEATURES={features}", "-D", f"CLASSES={classes}"]
    execute(compiler, "-O2", *numbers, FOLDER / "answer.c", source, "-lm", "-o", program)
    return program


def make_case(folder, model, estimator, portable, row, exact, tolerance):
    """Return a model's row and answer, and {way: its file}."""
    onnx_file = write(folder, "onnx", model, portable.SerializeToString())
    files = {
        "scikit-learn": write(folder, "pickle", model, pickle.dumps(estimator)),
        "onnxruntime": onnx_file,
        NODE: onnx_file,
        "C": compile_to_c(folder, onnx_file, len(row), len(exact)),
    }
    return SimpleNamespace(files=files, row=row, exact=exact, tolerance=tolerance)


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    """Return {model: its case}."""
    folder = tmp_path_factory.mktemp("models")
    X_train, X, y_train, _ = sklearn_converter.load_data()
    pipeline = sklearn_converter.train(X_train, y_train)
    iris = make_case(
        folder,
        "Iris classifier",
        pipeline,
        sklearn_converter.build_model(pipeline, X.astype(np.float32), portable=True),
        X[0],
        sklearn_converter.reference(X[:1], pipeline)[0],
        sklearn_converter.TOLERANCE,
    )
    X_train, X, y_train, _ = neural_network.load_data()
    classifier = neural_network.train(X_train, y_train)
    weights = classifier.coefs_
    biases = classifier.intercepts_
    network = make_case(
        folder,
        "network",
        classifier,
        neural_network.inline(neural_network.build_model(weights, biases)),
        X[0],
        neural_network.reference(X[:1], weights, biases)[0],
        neural_network.TOLERANCE,
    )
    state = {}
    for i, (W, B) in enumerate(zip(weights, biases, strict=True)):
        state[f"{2 * i}.weight"] = torch.tensor(W.T, dtype=torch.float32)  # ReLU has the odd ones
        state[f"{2 * i}.bias"] = torch.tensor(B, dtype=torch.float32)
    network.files["PyTorch"] = folder / "network.pt"
    torch.save(state, network.files["PyTorch"])
    return {"Iris classifier": iris, "network": network}


# 2. Environments ----------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def environments(tmp_path_factory):
    """Return {way: the start of its command, its packages, its interpreter's name and files}."""
    environments = {"C": SimpleNamespace(start=[], packages={}, name="", files=[], folder=None)}
    for way, root in PYTHON.items():
        folder = tmp_path_factory.mktemp(root)
        packages = measure.find_packages(root)
        python = measure.make_environment(folder, packages)
        environments[way] = SimpleNamespace(
            start=[python, "-I", FOLDER / "answer.py"],
            packages=measure.measure_packages(packages),
            name=f"Python {platform.python_version()}",
            files=measure.list_interpreter(),
            folder=folder,
        )
    asked = "process.execPath + ' ' + process.version"
    said = subprocess.run(
        [test_runs_in_node.node, "-p", asked], capture_output=True, check=True, encoding="utf-8"
    ).stdout
    program, version = said.split()
    environments[NODE] = SimpleNamespace(
        start=[program, FOLDER / "answer.mjs"],
        packages=measure.measure_node_packages(NODE_MODULES),
        name=f"Node.js {version.removeprefix('v')}",
        files=[Path(program)],
        folder=NODE_MODULES,
    )
    return {way: environments[way] for way in WAYS}


def test_an_environment_has_the_files_that_were_counted_and_no_others(environments):
    """Another count: every file that lies in the folder, whoever may have put it there."""
    for way in PYTHON:
        folder = environments[way].folder
        counted = sum(package["bytes"] for package in environments[way].packages.values())
        (place,) = folder.glob("lib/python3.*/site-packages")
        found = measure.size_of_folder(place)
        own = {"python", "python3", f"python{sys.version_info[0]}.{sys.version_info[1]}"}
        for path in [*folder.glob("bin/*"), *folder.glob("share/**/*")]:
            if path.is_file() and path.name not in own and "ctivate" not in path.name:
                found += path.stat().st_size
        assert found == counted, way
        assert len(list(place.glob("*.dist-info"))) == len(environments[way].packages)
    counted = sum(package["bytes"] for package in environments[NODE].packages.values())
    lists = sum(path.stat().st_size for path in NODE_MODULES.glob(".*") if path.is_file())
    links = measure.size_of_folder(NODE_MODULES / ".bin")  # npm's own
    assert measure.size_of_folder(NODE_MODULES) == counted + lists + links


@pytest.mark.parametrize("way", PYTHON)
def test_the_packages_are_those_that_pip_says_are_required(way):
    packages = measure.find_packages(PYTHON[way])
    said = execute(sys.executable, "-W", "ignore", "-m", "pip", "show", *packages)
    required = {PYTHON[way]}
    for names in re.findall(r"^Requires: *(.*)$", said, flags=re.MULTILINE):
        required |= {measure.normalise(name) for name in names.split(", ") if name}
    assert packages.keys() == required


# 3. Answers ---------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def answers(cases, environments, request):
    """Return {model: {way: what each round has measured}}; all ways take turns in every round."""
    rounds = ROUNDS if request.config.getoption("update") else 1
    answers = {}
    for model, case in cases.items():
        ways = [way for way in WAYS if way in case.files]
        answers[model] = {way: [] for way in ways}
        for number in range(rounds + 1):
            for way in ways:
                numbers = [repr(float(x)) for x in case.row]
                command = [*environments[way].start, case.files[way], *numbers]
                found = measure.ask([str(word) for word in command])
                if number > 0:  # before that, files came from the disk
                    answers[model][way].append(found)
    return answers


def test_every_way_answers_as_numpy_does(cases, answers):
    for model, case in cases.items():
        assert answers[model].keys() == case.files.keys()
        for way, rounds in answers[model].items():
            for found in rounds:
                assert_allclose(
                    found["answer"], case.exact, rtol=0, atol=case.tolerance, err_msg=way
                )


def test_only_c_has_nothing_to_load(answers):
    for ways in answers.values():
        for way, rounds in ways.items():
            assert all((found["load"] is None) == (way == "C") for found in rounds)


def find_system_files(environment, case, way, rounds):
    """Return {path: bytes} of what was used and belongs to the system itself."""
    own = {case.files[way], *environment.files}
    used = set.union(*(found["mapped"] for found in rounds))
    system = {}
    for path in used - own:
        inside = environment.folder and path.is_relative_to(environment.folder)
        if not inside:
            system[str(path)] = path.stat().st_size
    return system


@pytest.fixture(scope="module")
def fetched(cases):
    """Return {path: bytes} of what a browser fetches for the network, but for page and rows."""
    paths = set()

    class Counting(browser.Handler):
        def do_GET(self):
            paths.add(self.path)
            super().do_GET()

    case = cases["network"]
    with (
        pytest.MonkeyPatch.context() as patch,
        TemporaryDirectory(ignore_cleanup_errors=True) as place,
    ):
        folder = Path(place)
        patch.setattr(browser, "Handler", Counting)
        feed = {"X": np.array([case.row])}
        page = test_runs_in_chromium.show_in(folder, case.files[NODE], feed)
        wanted = sorted(paths - {"/page.html", "/rows.json", "/favicon.ico"})
        sizes = {path: (folder / path[1:]).stat().st_size for path in wanted}
    shown = [float(cell.get("title")) for cell in page.findall(".//{*}td")]
    assert_allclose(shown, case.exact, rtol=0, atol=case.tolerance)
    return sizes


def test_a_browser_fetches_the_model_the_package_and_its_webassembly(fetched):
    assert {Path(path).suffix for path in fetched} == {".onnx", ".mjs", ".wasm"}


# 4. Results ---------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def results(cases, environments, answers, fetched):
    """Return what results.json holds."""
    ways = {}
    for way, environment in environments.items():
        system = {}
        models = {}
        for model, case in cases.items():
            if way in case.files:
                rounds = answers[model][way]
                system |= find_system_files(environment, case, way, rounds)
                models[model] = {
                    "file": case.files[way].stat().st_size,
                    "seconds": [found["seconds"] for found in rounds],
                    "memory": [found["memory"] for found in rounds],
                    "load": [found["load"] for found in rounds if found["load"] is not None],
                }
        size = sum(path.stat().st_size for path in environment.files)
        ways[way] = {
            "packages": environment.packages,
            "interpreter": {"name": environment.name, "bytes": size},
            "system": system,
            "models": models,
        }
    machine = describe_machine()
    return {
        "machine": {key: machine[key] for key in ["processor", "cores", "system", "Python"]},
        "run on": record.today(),
        "base image": measure.measure_base_image(),
        "browser": fetched,
        "ways": ways,
    }


def test_the_results_are_those_of_this_run(results, note):
    """All of them are saved by --update; compared are the packages, and roughly the memory."""
    for key, value in results.items():
        note(page.RESULTS, key, value=value, compare=False)
    shown = page.read()["ways"]
    assert list(results["ways"]) == list(shown)
    for way, found in results["ways"].items():
        packages = describe(way, found["packages"])
        # PyTorch for the CPU (+cpu) is another package, with less in it, than PyTorch for GPUs.
        label = packages.get("torch", [""])[0].partition("+")[2]
        if (
            way != "PyTorch"
            or label == shown[way]["packages"]["torch"]["version"].partition("+")[2]
        ):
            assert packages == describe(way, shown[way]["packages"]), way
        for model in found["models"]:
            now = statistics.median(found["models"][model]["memory"])
            then = statistics.median(shown[way]["models"][model]["memory"])
            assert 0.5 < now / then < 2, way  # another system counts shared pages otherwise


def describe(way, packages):
    """Return the names of packages, their versions where they are pinned, and roughly their sizes.

    npm installs what its packages need as new as it is.
    """
    pinned = json.loads(NPM.read_text(encoding="utf-8"))["dependencies"]
    found = {}
    for name, package in packages.items():
        version = package["version"] if way not in pinned or name in pinned else ""
        found[name] = (version, page.show(package["bytes"]))
    return found
