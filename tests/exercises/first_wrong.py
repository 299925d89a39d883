"""Find the first wrong node of a file: make every wire an output, run it, compare in order.

    exact = {"Z": X @ W + B, ...}                what wires should be: by numpy, by the framework,
    exact = read_wires(other_model, feed)        or by another file with such names
    found = find_first_wrong(model, feed, exact)
    print(found or "all wires are healthy")

What comes after a wrong node is wrong as well; what comes before it is not. A wire that exact does
not have is not judged: its node is then among the suspects.
"""

import textwrap
from typing import NamedTuple

import numpy as np
import onnx
from onnx import helper, inliner

from neural_network import load_model
from tests.kit.graphs import nodes_of as list_nodes

DIGITS = 1e-5  # float32 keeps 7 digits of a wire's largest number; sums and functions cost up to 2


def describe(node):
    """Return a node on a line, such as P = Softmax (H3) axis=1."""
    line = f"{', '.join(node.output)} = {node.op_type} ({', '.join(node.input)})"
    for attribute in node.attribute:
        line += f" {attribute.name}={helper.get_attribute_value(attribute)}"
    return line


class Finding(NamedTuple):
    """The first wrong node, its wire, how far off that is, and how far it may be.

    suspects are the nodes between the healthy wires and this one, itself included.
    """

    node: onnx.NodeProto
    wire: str
    off: float
    bound: float
    suspects: list

    def __str__(self):
        """Return what was found, a node a line."""
        how = f"off by {self.off:.1e}, and may be by {self.bound:.1e}"
        if np.isinf(self.off):
            how = "of another shape, or what is no number differs"
        lines = [f"{self.wire} is {how}. Suspects:"]
        for node in self.suspects:
            lines.append(textwrap.shorten(describe(node), 96))  # a forest has long attributes
        return "\n  ".join(lines)


# 1. Every wire an output --------------------------------------------------------------------------
def state_defaults(model):
    """State the default of each attribute in the calls that rely on it: the inliner forgets it."""
    functions = {(function.domain, function.name): function for function in model.functions}
    for holder in [model.graph, *model.functions]:
        for node in list_nodes(holder):
            function = functions.get((node.domain, node.op_type))
            if function:
                stated = {attribute.name for attribute in node.attribute}
                for default in function.attribute_proto:
                    if default.name not in stated:
                        node.attribute.append(default)


def expose(model):
    """Return the model inlined, every wire an output; without types, so for a runtime only."""
    exposed = onnx.ModelProto()
    exposed.CopyFrom(model)
    if model.functions:
        state_defaults(exposed)
        exposed = inliner.inline_local_functions(exposed, convert_version=True)
    graph = exposed.graph
    del graph.value_info[:]  # notes about the wires, which may be of another graph
    known = {info.name for info in graph.output}
    for node in graph.node:
        for wire in node.output:
            if wire and wire not in known:  # "" is an output that is left out
                graph.output.append(onnx.ValueInfoProto(name=wire))  # onnxruntime infers the type
    return exposed


def run_exposed(exposed, feed):
    """Return what every output of the model is for one feed, by name."""
    session = load_model(exposed.SerializeToString())
    names = [info.name for info in session.get_outputs()]
    return dict(zip(names, session.run(names, feed), strict=True))


def read_wires(model, feed):
    """Return what every wire of the inlined model is for one feed, by name."""
    return run_exposed(expose(model), feed)


# 2. Compare ---------------------------------------------------------------------------------------
def bound_of(exact, rounded):
    """Return how far a healthy wire may be off; rounded is None, or what float32 makes of exact."""
    if exact.dtype.kind != "f":
        return 0.0
    finite = np.abs(exact[np.isfinite(exact)])
    bound = DIGITS * finite.max(initial=0.0)
    if rounded is not None:  # where large numbers cancel, float32 loses more, in numpy as well
        bound = max(bound, 10 * np.abs(rounded - exact).max(initial=0.0))
    return float(bound)


def distance(wire, exact):
    """Return how far a wire is off: infinitely, if its shape is another, or a word, or NaN."""
    if np.shape(wire) != exact.shape:
        return np.inf
    same = wire == exact
    if exact.dtype.kind not in "fiu":
        return 0.0 if np.all(same) else np.inf
    same |= np.isnan(wire) & np.isnan(exact)
    off = np.abs(np.where(same, 0, wire) - np.where(same, 0, exact).astype(np.float64))
    return float(np.nan_to_num(off, nan=np.inf).max(initial=0.0))


def find_suspects(graph, wrong, healthy):
    """Return the nodes that the wrong wire comes from, back to the wires that are healthy."""
    suspects = []
    needed = {wrong}
    for node in reversed(graph.node):
        if needed.intersection(node.output):
            suspects.append(node)
            needed.update(set(node.input) - healthy)
    suspects.reverse()
    return suspects


def find_first_wrong(model, feed, exact, rounded=None):
    """Return the Finding for one feed, None if every wire that exact has is healthy.

    exact and rounded are {wire: array}: the right answers, and the same computed in float32, which
    shows how far float32 strays at each wire. Without it, 5 digits of the largest number count.
    """
    exposed = expose(model)
    wires = run_exposed(exposed, feed)
    healthy = set()
    for node in exposed.graph.node:
        for wire in node.output:
            if wire not in exact:
                continue
            right = np.asarray(exact[wire])
            bound = bound_of(right, rounded[wire] if rounded else None)
            off = distance(wires[wire], right)
            if off > bound:
                return Finding(node, wire, off, bound, find_suspects(exposed.graph, wire, healthy))
            healthy.add(wire)
    return None
