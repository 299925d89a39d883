"""What goes wrong without a word: a file a kind, found by its name; add one by adding a file.

Each holds its title and reason (the docstring), COVERS (which verdicts of the sweep it explains),
SHOWS (the operators of the graph that give it away), CURE, REPORTED (public reports of the same),
RELATED (of something near it), before() and after(), and explains(step, rows), whether a step that
goes wrong on these rows is of the kind. DRIFTS says that the kind is rounding.
"""

import importlib
import inspect
import pkgutil
import re
from dataclasses import dataclass

import numpy as np
import onnx
import onnxruntime
from skl2onnx import convert_sklearn, to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType

from tests.kit.page import headings

OPSET = {"": 18, "ai.onnx.ml": 3}
SEARCHED = "2026-11-28"  # issues and pull requests, for each kind of which none is named


@dataclass
class Case:
    """What scikit-learn answers, what the file answers, and the file."""

    expected: object
    answered: object
    file: object

    def error(self):
        """Return the largest difference; infinite if one has another shape, or refuses."""
        if self.expected is None or np.shape(self.expected) != np.shape(self.answered):
            return np.inf
        expected = np.asarray(self.expected, float)
        answered = np.asarray(self.answered, float)
        if (np.isnan(expected) != np.isnan(answered)).any():
            return np.inf
        return float(np.nanmax(abs(expected - answered)))


def convert(estimator, sample, **options):
    """Return the file of a fitted estimator, as skl2onnx writes it."""
    return to_onnx(estimator, sample, target_opset=OPSET, options=options)


def convert_texts(estimator, **options):
    """Return the file of a fitted estimator of texts; by default it asks for the locale en_US."""
    types = [("X", StringTensorType([None]))]
    options = {"locale": "C", **options}
    return to_onnx(estimator, initial_types=types, target_opset=OPSET, options=options)


def convert_by(converter, kind, estimator, sample):
    """Return the file of a fitted estimator, in which a converter writes what is of that kind."""

    def shape(operator):
        operator.outputs[0].type = FloatTensorType([None, sample.shape[1]])

    return convert_sklearn(
        estimator,
        initial_types=[("X", FloatTensorType([None, sample.shape[1]]))],
        target_opset=OPSET,
        custom_conversion_functions={kind: converter},
        custom_shape_calculators={kind: shape},
    )


def run(file, rows, output=-1):
    """Return one output of the file, the last one unless said otherwise."""
    content = file.SerializeToString()
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    feeds = {session.get_inputs()[0].name: rows}
    if isinstance(rows, dict):
        feeds = rows
    return session.run(None, feeds)[output]


def append(file, text, **weights):
    """Add nodes, in ONNX's text notation, that read the file's last output and write `cured`."""
    last = file.graph.output[-1]
    graph = onnx.parser.parse_graph(f"g (float[N] {last.name}) => (float[N, M] cured) {{ {text} }}")
    file.graph.initializer.extend(graph.initializer)
    for name, values in weights.items():
        file.graph.initializer.append(onnx.numpy_helper.from_array(values, name))
    file.graph.node.extend(graph.node)
    del file.graph.output[-1]
    file.graph.output.extend(graph.output)
    onnx.checker.check_model(file)


def rewrite(file, instead_of, text, **weights):
    """Put nodes, in ONNX's text notation, where those that write the tensors instead_of stand."""
    graph = onnx.parser.parse_graph(f"g () => () {{ {text} }}")
    nodes = list(file.graph.node)
    gone = [node for node in nodes if node.output[0] in instead_of]
    place = nodes.index(gone[0])
    for node in gone:
        nodes.remove(node)
    nodes[place:place] = graph.node
    del file.graph.node[:]
    file.graph.node.extend(nodes)
    file.graph.initializer.extend(graph.initializer)
    read = {name for node in nodes for name in node.input}
    for tensor in list(file.graph.initializer):
        if tensor.name not in read:
            file.graph.initializer.remove(tensor)
    for name, values in weights.items():
        file.graph.initializer.append(onnx.numpy_helper.from_array(values, name))
    onnx.checker.check_model(file)


def kinds():
    """Return the module of each kind by its name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: importlib.import_module(f"{__name__}.{name}") for name in names}


def nodes(file, shows):
    """Return a line for each node of the operators in shows: what it reads, writes and holds."""
    lines = []
    weights = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in file.graph.initializer}
    for node in file.graph.node:
        if node.op_type not in shows:
            continue
        reads = []
        for name in node.input:
            small = name in weights and weights[name].size == 1
            reads.append(f"{weights[name].item():g}" if small else name)
        held = []
        for attribute in node.attribute:
            value = onnx.helper.get_attribute_value(attribute)
            if isinstance(value, bytes):
                held.append(f"{attribute.name}={value.decode()}")
            elif isinstance(value, int) or attribute.name in shows:
                held.append(f"{attribute.name}={value}")
        attributes = f" <{', '.join(held)}>" if held else ""
        lines.append(f"{', '.join(node.output)} = {node.op_type}{attributes}({', '.join(reads)})")
    return count_through(lines)


def count_through(lines):
    """Return lines in which names such as UU038UU count from 0: skl2onnx counts in a process."""
    numbers = {}

    def rename(match):
        return f"UU{numbers.setdefault(match[0], len(numbers)):03}UU"

    return [re.sub(r"UU\d+UU", rename, line) for line in lines]


def explaining(step, rows, drifts):
    """Return the name of the kind that a step is of when it goes wrong on these rows, or None."""
    for name, kind in kinds().items():
        if getattr(kind, "DRIFTS", False) == drifts and kind.explains(step, rows):
            return name
    return None


def title(name):
    """Return the title of a kind."""
    return inspect.getdoc(kinds()[name]).partition("\n")[0]


def anchor(name):
    """Return where KINDS.md tells of a kind."""
    return headings(f"# {title(name)}\n")[0][2]
