"""README.md: its program, its transcripts, its pictures and its table of doors, against runs.

All but the prose is written by `pytest --update`.
"""

import re

import onnx
import pytest

from tests.kit.page import fence, find_pages
from tests.kit.places import ROOT, SCRIPTS, TESTS
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
    lines = ["flowchart LR"]
    for name, idea in zip(SCRIPTS, ideas, strict=True):
        files = [path.name for path in sorted(runs[name].folder.iterdir())]
        boxes = [f'{name}{i}[("{file}")]' for i, file in enumerate(files)]
        lines.append(f'    {name}["{name}.py<br/>{idea}"] --> {" & ".join(boxes)} --> runtime')
    lines.append('    runtime["onnxruntime,<br/>or another runtime"] --> numbers')
    lines.append('    numbers["the numbers that numpy<br/>computes in float64"]')
    generated(README, "picture", fence("mermaid", lines))


# What programs print ------------------------------------------------------------------------------
@pytest.mark.parametrize("name", SCRIPTS)
def test_a_transcript_is_what_the_script_prints(name, runs, generated):
    lines = runs[name].process.stdout.splitlines()
    generated(README, name, fence("", [f"$ python {name}.py", *lines]))


def test_the_prediction_that_is_recommended_gives_what_the_transcript_shows(runs, terminal):
    arguments = re.search(r"`python sklearn_converter.py (--predict [^`]*)`", read())[1]
    folder = runs["sklearn_converter"].folder
    finished = terminal(folder, ROOT / "sklearn_converter.py", *arguments.split())
    assert f"elsewhere  {finished.stdout}" in read()


def test_the_first_program_prints_what_is_shown(terminal, tmp_path, generated):
    block = re.search(r"<!-- program: run by a test -->\n```python\n(.*?)```", read(), re.DOTALL)
    (tmp_path / "first.py").write_text(block[1], encoding="utf-8")
    finished = terminal(tmp_path, "first.py")
    assert "3., 5., 7." in finished.stdout  # 2 x + 1 for 1, 2 and 3
    generated(README, "answer", fence("", finished.stdout.splitlines()))


# The rest -----------------------------------------------------------------------------------------
def test_every_page_has_a_door():
    folders = {path.parent for path in find_pages() if path.name == "README.md"} - {ROOT}
    assert {folder.relative_to(TESTS).as_posix() for folder in folders} == set(DOORS)


def commands():
    return [line.strip() for line in read().splitlines() if " && " in line]


def test_ci_runs_the_test_command_of_the_readme():
    command = next(line for line in commands() if line.endswith("/pytest"))
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_the_workflow_runs_the_windows_form_of_the_test_command():
    command = next(line for line in commands() if line.endswith("\\pytest"))
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert f"- run: {command}\n" in workflow
    assert "- run: bash .ci/run\n" in workflow
