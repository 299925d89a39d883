"""The README against the scripts: its transcripts, its pictures, its commands."""

import re

import onnx
import pytest

from tests.conftest import ROOT, SCRIPTS

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
TRANSCRIPTS = [text for _, text in BLOCKS if text.startswith("$ ")]
IDEA, *GRAPHS, _ = [text for kind, text in BLOCKS if kind == "mermaid"]  # the last is interop's
COMMANDS = [line.strip() for kind, text in BLOCKS if kind != "mermaid" for line in text.split("\n")]


def read_diagram(text):
    """Return the boxes {id: label} and the arrows {(id, id)} of a Mermaid flowchart."""
    box = r'(\w+)(?:[\[(]+"([^"]+)"[\])]+)?'
    boxes, arrows = {}, set()
    head, *lines = text.splitlines()
    assert head == "flowchart LR"
    for line in lines:
        match = re.fullmatch(rf" +{box} --> {box}", line)
        assert match, f"not an arrow: {line}"
        source, source_label, target, target_label = match.groups()
        labels = {source: source_label, target: target_label}
        boxes |= {
            name: label for name, label in labels.items() if label
        }  # given once, then implied
        arrows.add((source, target))
    return boxes, arrows


def shaped(name, dims):
    """Return a label such as X (N, 3)."""
    return f"{name} ({', '.join(map(str, dims))}{',' if len(dims) == 1 else ''})"


def dims_of(value):
    return [dim.dim_param or dim.dim_value for dim in value.type.tensor_type.shape.dim]


def draw(nodes, inputs, outputs):
    """Return boxes and arrows as a diagram must have them.

    A node's box is called by the node's first output, a tensor's box by the tensor; a graph output
    has a box of its own, called out_ and its name. inputs and outputs are {name: label}.
    """
    boxes, arrows, producer = dict(inputs), set(), {name: name for name in inputs}
    for node in nodes:
        alpha = [a for a in node.attribute if a.name == "alpha"]
        setting = "".join(f", {a.ref_attr_name or f'alpha = {a.f:g}'}" for a in alpha)
        boxes[node.output[0]] = node.op_type + setting
        producer |= dict.fromkeys(node.output, node.output[0])
        arrows |= {(producer[name], node.output[0]) for name in node.input}
    boxes |= {f"out_{name}": label for name, label in outputs.items()}
    arrows |= {(producer[name], f"out_{name}") for name in outputs}
    return boxes, arrows


def draw_graph(graph):
    inputs = {value.name: shaped(value.name, dims_of(value)) for value in graph.input}
    stored = {tensor.name: shaped(tensor.name, tensor.dims) for tensor in graph.initializer}
    outputs = {value.name: shaped(value.name, dims_of(value)) for value in graph.output}
    return draw(graph.node, inputs | stored, outputs)


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_transcript_is_what_the_script_prints(name, runs):
    assert f"$ python {name}.py\n{runs[name].process.stdout}" in TRANSCRIPTS


def test_the_transcript_of_a_prediction_is_what_the_script_prints(runs, terminal):
    command, answer = TRANSCRIPTS[-1].split("\n", 1)
    script, *arguments = command.removeprefix("$ python ").split()
    assert (script, arguments[0]) == ("sklearn_converter.py", "--predict")
    finished = terminal(runs["sklearn_converter"].folder, ROOT / script, *arguments)
    assert finished.stdout == answer
    assert len(TRANSCRIPTS) == len(SCRIPTS) + 1  # and there is no other transcript


def test_every_diagram_has_the_nodes_and_edges_of_the_saved_graph(runs):
    models = {name: onnx.load(runs[name].folder / f"{name}.onnx") for name in SCRIPTS}
    linear, network, converted = (draw_graph(models[name].graph) for name in SCRIPTS)
    dense = models["neural_network"].functions[0]
    names = [{name: name for name in side} for side in (dense.input, dense.output)]
    expected = [linear, draw(dense.node, *names), network, converted]
    assert [read_diagram(text) for text in GRAPHS] == expected


def test_the_picture_of_the_idea_has_the_files_that_the_scripts_write(runs):
    boxes, arrows = read_diagram(IDEA)
    shown = {
        (boxes[a].split("<br/>")[0], boxes[b]) for a, b in arrows if boxes[b].endswith(".onnx")
    }
    written = {
        (f"{name}.py", path.name) for name in SCRIPTS for path in runs[name].folder.iterdir()
    }
    assert shown == written


def test_ci_runs_the_test_command_of_the_readme():
    command = next(line for line in COMMANDS if line.endswith("/pytest"))
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_the_workflow_runs_the_windows_form_of_the_test_command():
    command = next(line for line in COMMANDS if line.endswith("\\pytest"))
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert f"- run: {command}\n" in workflow
    assert "- run: bash .ci/run\n" in workflow


def test_every_link_into_the_repository_leads_somewhere():
    for target in re.findall(r"\]\((?!https://|#)([^)]+)\)", README):
        assert (ROOT / target.split("#")[0]).exists(), target
