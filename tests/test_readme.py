"""README.md: its program, its transcripts, its pictures and its table of doors, against runs.

All but the prose is written by `pytest --update`.
"""

import re

import numpy as np
import onnx
import pytest

import neural_network
import sklearn_converter
from tests.kit.page import fence, find_pages
from tests.kit.places import HEAVY, ROOT, SCRIPTS, TESTS
from tests.page import DOORS

README = ROOT / "README.md"


def read():
    return README.read_text(encoding="utf-8")


# Pictures of graphs, in Mermaid -------------------------------------------------------------------
def shaped(name, sizes):
    """Return a label such as X (N, 3)."""
    sizes = [str(size) for size in sizes]
    return f"{name} ({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


def label_value(info):
    dims = info.type.tensor_type.shape.dim
    return shaped(info.name, [dim.dim_param or dim.dim_value for dim in dims])


def draw(graph):
    """Return a graph as a flowchart, a line for each node.

    A box is called by the tensor in it or, for a node, by the node's first output. A label is given
    where the box comes first.
    """
    boxes = {info.name: f'{info.name}(["{label_value(info)}"])' for info in graph.input}
    for tensor in graph.initializer:
        boxes[tensor.name] = f'{tensor.name}[("{shaped(tensor.name, tensor.dims)}")]'
    maker = {name: name for name in boxes}  # of a tensor: the name of the box that it leaves
    lines = ["flowchart LR"]
    for node in graph.node:
        sources = [boxes.pop(maker[name], maker[name]) for name in node.input]
        box = node.output[0]
        lines.append(f'    {" & ".join(sources)} --> {box}["{node.op_type}"]')
        maker.update(dict.fromkeys(node.output, box))
    for info in graph.output:
        lines.append(f'    {maker[info.name]} --> out_{info.name}(["{label_value(info)}"])')
    return fence("mermaid", lines)


def test_the_picture_of_the_regression_is_that_of_the_saved_file(runs, generated):
    graph = onnx.load(runs["linear_regression"].folder / "linear_regression.onnx").graph
    generated(README, "linear_regression graph", draw(graph))


def test_a_drawing_shows_every_node_and_every_wire():
    """By hand, for a graph with a wire that splits, an initializer and two outputs."""
    model = onnx.parser.parse_model("""<ir_version: 8, opset_import: ["": 18]>
    g (float[N,2] X) => (float[N,2] Y, float[N,2] Z) <float[2] B = {1, 2}> {
       Y = Relu (X)
       Z = Add (Y, B)
    }""")
    assert draw(model.graph).splitlines() == [
        "```mermaid",
        "flowchart LR",
        '    X(["X (N, 2)"]) --> Y["Relu"]',
        '    Y & B[("B (2,)")] --> Z["Add"]',
        '    Y --> out_Y(["Y (N, 2)"])',
        '    Z --> out_Z(["Z (N, 2)"])',
        "```",
    ]


def test_the_first_picture_leads_from_each_script_through_its_files_to_a_runtime(runs, generated):
    ideas = ["a formula, by hand", "an operator of your own", "a scikit-learn pipeline"]
    low = '%%{init: {"flowchart": {"nodeSpacing": 10, "rankSpacing": 30, "padding": 8}}}%%'
    lines = [low, "flowchart LR"]
    for name, idea in zip(SCRIPTS, ideas, strict=True):
        files = ",<br/>".join(sorted(path.name for path in runs[name].folder.iterdir()))
        script = f'{name}["<b>{name}.py</b><br/>{idea}"]'
        lines.append(f'    {script} --> {name}_files["{files}"] --> runtime')
    lines.append('    runtime["onnxruntime,<br/>or another runtime"] --> numbers')
    lines.append('    numbers["the numbers that numpy<br/>computes in float64"]')
    generated(README, "picture", fence("mermaid", lines))


# What programs print ------------------------------------------------------------------------------
@pytest.mark.parametrize("name", SCRIPTS)
def test_a_transcript_is_what_the_script_prints(name, runs, generated):
    lines = runs[name].process.stdout.splitlines()
    generated(README, name, fence("", [f"$ python {name}.py", *lines]))


def program(name):
    """Return a program of the page."""
    return re.search(rf"<!-- {name}: run by a test -->\n```python\n(.*?)```", read(), re.DOTALL)[1]


@pytest.fixture
def run_program(terminal, tmp_path):
    """Return a function that runs a program of the page, and asserts that it reports nothing.

    Unless told not to, onnxruntime keeps an identity and a database at home from its import.
    """

    def run(folder, name, before=""):
        home = tmp_path / "home"
        home.mkdir()
        settings = {"HOME": str(home), "ORT_DISABLE_TELEMETRY": None}
        finished = terminal(folder, "-c", before + program(name), **settings)
        assert (finished.returncode, finished.stderr, list(home.iterdir())) == (0, "", [])
        return finished.stdout

    return run


def test_the_first_program_prints_what_is_shown(run_program, tmp_path, generated):
    printed = run_program(tmp_path, "program")
    assert "3., 5., 7." in printed  # 2 x + 1 for 1, 2 and 3
    generated(README, "answer", fence("", printed.splitlines()))


def test_the_prediction_needs_the_file_and_no_package_that_made_it(runs, run_program, generated):
    packages = ["onnx", "sklearn", "skl2onnx", "scipy", "joblib", "sklearn_converter"]
    blocked = f"import sys; sys.modules.update(dict.fromkeys({packages}))\n"
    printed = run_program(runs["sklearn_converter"].folder, "prediction", blocked)
    pipeline = sklearn_converter.train(*sklearn_converter.load_data()[::2])
    P = pipeline.predict_proba([[5.1, 3.5, 1.4, 0.2]])[0]  # the first of Fisher's table, a setosa
    assert printed == f"setosa, with probability {P.max():.3f}\n"
    generated(README, "predicted", fence("", printed.splitlines()))


# The rest -----------------------------------------------------------------------------------------
def test_every_page_has_a_door():
    folders = {path.parent for path in find_pages() if path.name == "README.md"} - {ROOT}
    assert {folder.relative_to(TESTS).as_posix() for folder in folders} == set(DOORS)


def commands():
    """Return the commands of "Run it" as lists of lines, those for Windows last."""
    section = read().split("## Run it")[1].split("\n## ")[0]
    return [block.splitlines() for block in re.findall(r"^```\n(.*?)```$", section, re.M | re.S)]


def test_ci_runs_the_commands_that_the_page_recommends():
    unix, windows = commands()
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line in unix] == [*unix[:2], unix[3]]
    assert unix[2] == ".venv/bin/python linear_regression.py"  # .ci/run calls it from elsewhere
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert f"- run: {' && '.join([*windows[:2], windows[3]])}\n" in workflow
    assert "- run: bash .ci/run\n" in workflow
    same = [line.replace("py ", "python3 ", 1).replace("\\", "/") for line in windows]
    assert [line.replace("Scripts", "bin") for line in same] == unix


def test_the_page_names_what_plain_pytest_leaves_out_and_the_versions_that_ci_tries():
    section = " ".join(read().split("## Run it")[1].split("\n## ")[0].split())
    *others, last = HEAVY
    assert f"{', '.join(others)} and {last} need more of both" in section
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    versions = re.search(r"python: \[(.*)\]", workflow)[1].replace('"', "").split(", ")
    assert f"It takes Python {versions[0]} to {versions[-1]};" in section


def test_constants_can_be_edited_as_the_page_says(monkeypatch):
    monkeypatch.setattr(neural_network, "HIDDEN", (7,))
    X, _, y, _ = neural_network.load_data()
    classifier = neural_network.train(X[:100], y[:100])
    assert [W.shape for W in classifier.coefs_] == [(64, 7), (7, 10)]
    values = classifier.coefs_, classifier.intercepts_
    for opset in (13, 21):
        monkeypatch.setattr(neural_network, "OPSET", opset)
        with pytest.raises(onnx.checker.ValidationError, match=r"[Oo]pset import"):
            neural_network.inline(neural_network.build_model(*values))
    for opset in (13, 21):
        monkeypatch.setattr(neural_network, "OPSET", opset)
        text = neural_network.DENSE
        monkeypatch.setattr(neural_network, "DENSE", re.sub('"" : [0-9]+', f'"" : {opset}', text))
        session = neural_network.load_model(
            neural_network.inline(neural_network.build_model(*values)).SerializeToString()
        )
        P = neural_network.predict(session, X)
        np.testing.assert_allclose(P, classifier.predict_proba(X), atol=neural_network.TOLERANCE)


def test_the_recipes_for_contributors_name_what_is_there():
    text = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(?:\w+ )*(?:-r )?((?:tests|\.ci)/[^`: ]*)", text))
    assert len(named) > 12
    for path in named:
        assert list(ROOT.glob(re.sub("NN|NAME|title", "*", path))), path
