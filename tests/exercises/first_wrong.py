"""Find the first wrong node of a file: make every wire an output, run it, compare in order.

    exact = {"Z": X @ W + B, ...}                what wires should be: by numpy, by the framework,
    exact = read_wires(other_model, feed)        or by another file with such names
    found = find_first_wrong(model, feed, exact)
    print(found or "all wires are healthy")

What comes after a wrong node is wrong as well; what comes before it is not. A wire that exact does
not have is not judged: its node is then among the suspects. Functions are inlined before. Of an If
the branch that runs is looked into; a wire in the body of a Loop or a Scan is a list, an array for
each step. What is no tensor, and what this feed does not reach, is not judged.
"""

import os
import textwrap
from typing import NamedTuple

import numpy as np
import onnx
from onnx import helper, numpy_helper

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # importing onnxruntime reports usage otherwise
import onnxruntime

from tests.kit.graphs import inline, list_subgraphs, nodes_of

DIGITS = 1e-5  # float32 keeps 7 digits of a wire's largest number; sums and functions cost up to 2


def describe(node):
    """Return a node on a line, such as P = Softmax (H3) axis=1; a graph in it by its name."""
    line = f"{', '.join(node.output)} = {node.op_type} ({', '.join(node.input)})"
    for attribute in node.attribute:
        value = helper.get_attribute_value(attribute)
        line += f" {attribute.name}={attribute.g.name if attribute.HasField('g') else value}"
    return line


class Finding(NamedTuple):
    """The first wrong node, its wire, how far off that is, and how far it may be.

    suspects are the nodes between the healthy wires and this one, itself included. place says in
    which branch or step the node ran; it is empty for a node of the graph itself.
    """

    node: onnx.NodeProto
    wire: str
    off: float
    bound: float
    suspects: list
    place: str = ""

    def __str__(self):
        """Return what was found, a node a line."""
        how = f"off by {self.off:.1e}, and may be by {self.bound:.1e}"
        if np.isinf(self.off):
            how = "of another shape or number of steps, or what is no number differs"
        lines = [f"{self.wire}{self.place} is {how}. Suspects:"]
        for node in self.suspects:
            lines.append(textwrap.shorten(describe(node), 96))  # a forest has long attributes
        return "\n  ".join(lines)


# 1. Every wire an output --------------------------------------------------------------------------
def expose_graph(graph):
    """Make every wire of a graph an output; without types, so for a runtime only."""
    del graph.value_info[:]  # notes about the wires, which may be of another graph
    known = {info.name for info in graph.output}
    for node in graph.node:
        for wire in node.output:
            if wire and wire not in known:  # "" is an output that is left out
                graph.output.append(onnx.ValueInfoProto(name=wire))  # onnxruntime infers the type


def expose(model):
    """Return the model inlined, every wire of its graph an output."""
    exposed = inline(model)
    expose_graph(exposed.graph)
    return exposed


def list_captured(graph):
    """Return the names that a branch or a body reads of the graphs around it."""
    own = {info.name for info in graph.input}
    own.update(tensor.name for tensor in graph.initializer)
    own.update(tensor.values.name for tensor in graph.sparse_initializer)
    read = {info.name for info in graph.output}
    for node in graph.node:
        own.update(node.output)
        read.update(node.input)
        for subgraph in list_subgraphs(node):
            read |= list_captured(subgraph)
    return read - own - {""}


def stand_alone(model, graph, feed):
    """Return a branch or a body as a model that takes the feed, and has every wire as output."""
    alone = onnx.ModelProto(ir_version=model.ir_version, opset_import=model.opset_import)
    alone.graph.CopyFrom(graph)
    del alone.graph.input[:]
    for name, array in feed.items():
        kind = helper.np_dtype_to_tensor_dtype(array.dtype)
        alone.graph.input.append(helper.make_tensor_value_info(name, kind, None))
    for info in alone.graph.output:
        info.ClearField("type")  # its shape may be another graph's
    expose_graph(alone.graph)
    return alone


# 2. Run -------------------------------------------------------------------------------------------
class Place(NamedTuple):
    """Where a graph stands: the names of the graphs around it and itself, and its step in each."""

    graphs: tuple = ()
    steps: tuple = ()  # None for the branch of an If

    def enter(self, graph, step=None):
        """Return the place of a graph inside this one."""
        return Place((*self.graphs, graph), (*self.steps, step))

    def repeated(self):
        """Return whether the graph may run more than once, as the body of a Loop does."""
        return any(step is not None for step in self.steps)

    def __str__(self):
        """Return the place as words to put behind a wire."""
        words = ""
        for (wires, attribute), step in zip(self.graphs, self.steps, strict=True):
            words += f", in {attribute} of {', '.join(filter(None, wires))}"
            words += "" if step is None else f", step {step}"
        return words


class Run(NamedTuple):
    """A node that has run, the values of the wires that it sees and writes, and its place."""

    node: onnx.NodeProto
    values: dict
    place: Place


def open_session(model):
    """Return a session of one thread: others would cost more than they take off one row's work."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    providers = ["CPUExecutionProvider"]
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=providers)


class Tracer:
    """Runs a model, and then what is inside its nodes: alone, and fed with what it was fed with."""

    def __init__(self, model):
        self.model = expose(model)
        self.sessions = {}
        self.sources = {}  # {wire: the wires that it was made from}, across the borders of graphs
        self.controls = {}  # {wires of a Loop: the wires that say how often its body runs}
        self.inside = {"If": self.run_if, "Loop": self.run_loop, "Scan": self.run_scan}

    def run(self, feed):
        """Yield a Run for each node, in order; what is inside a node comes before it."""
        feed = {name: np.asarray(array) for name, array in feed.items()}
        yield from self.run_graph(self.model.graph, feed, {}, Place())

    def open(self, graph, feed, place):
        """Return the session of a graph."""
        if place.graphs not in self.sessions:
            alone = stand_alone(self.model, graph, feed) if place.graphs else self.model
            self.sessions[place.graphs] = open_session(alone)
        return self.sessions[place.graphs]

    def run_graph(self, graph, feed, around, place):
        """Yield the runs of a graph, and return the values of all wires that it sees."""
        session = self.open(graph, feed, place)
        names = [info.name for info in session.get_outputs()]
        values = {**around, **feed, **dict(zip(names, session.run(names, feed), strict=True))}
        for tensor in graph.initializer:
            values.setdefault(tensor.name, numpy_helper.to_array(tensor))
        for node in graph.node:
            if node.op_type in self.inside and not node.domain and reads_tensors(node, values):
                yield from self.inside[node.op_type](node, values, place)
            else:
                self.connect(node.output, [node.input] * len(node.output))
            yield Run(node, values, place)
        return values

    def run_inside(self, graph, inputs, values, place):
        """Yield the runs of a branch or a body, and return its outputs."""
        feed = {info.name: array for info, array in zip(graph.input, inputs, strict=True)}
        for name in list_captured(graph):
            feed[name] = values[name]
        inner = yield from self.run_graph(graph, feed, values, place)
        return [inner[info.name] for info in graph.output]

    def connect(self, wires, sources):
        """Note for each wire from which others it was made."""
        for wire, names in zip(wires, sources, strict=True):
            self.sources.setdefault(wire, set()).update(names)

    def run_if(self, node, values, place):
        """Run the branch that was chosen."""
        attribute = "then_branch" if values[node.input[0]].item() else "else_branch"
        graph = attributes_of(node)[attribute]
        self.connect(node.output, [[info.name] for info in graph.output])
        for each in [node, *nodes_of(graph)]:
            self.connect(each.output, [node.input[:1]] * len(each.output))
        place = place.enter((tuple(node.output), attribute))
        yield from self.run_inside(graph, [], values, place)

    def run_loop(self, node, values, place):
        """Run the body as often as the Loop did."""
        graph = attributes_of(node)["body"]
        count, condition, *states = (values[name] if name else None for name in node.input)
        into = [info.name for info in graph.input]
        out = [info.name for info in graph.output]
        control = [*node.input[:2], out[0]]
        self.controls[tuple(node.output)] = control
        self.connect(into[2:], [[name] for name in node.input[2:]])
        self.connect(node.output, [[name, *control] for name in out[1:]])
        self.connect(node.output[: len(states)], [[name] for name in node.input[2:]])
        step = 0
        going = condition is None or condition.item()
        while going and (count is None or step < count.item()):
            inputs = [np.array(step), np.array(True), *states]
            inside = place.enter((tuple(node.output), "body"), step)
            outputs = yield from self.run_inside(graph, inputs, values, inside)
            going = outputs[0].item()
            states = outputs[1 : len(states) + 1]
            self.connect(into[2:], [[name] for name in out[1 : len(states) + 1]])
            step += 1

    def run_scan(self, node, values, place):
        """Run the body for each element that the Scan takes."""
        attributes = attributes_of(node)
        graph = attributes["body"]
        taken = attributes["num_scan_inputs"]
        first = len(node.input) - taken
        states = [values[name] for name in node.input[:first]]
        arrays = []
        axes = attributes.get("scan_input_axes", [0] * taken)
        backwards = attributes.get("scan_input_directions", [0] * taken)
        for name, axis, back in zip(node.input[first:], axes, backwards, strict=True):
            array = np.moveaxis(values[name], axis, 0)
            arrays.append(array[::-1] if back else array)
        into = [info.name for info in graph.input]
        out = [info.name for info in graph.output]
        self.connect(into, [[name] for name in node.input])
        self.connect(node.output, [[name] for name in out])
        self.connect(node.output[:first], [[name] for name in node.input[:first]])
        for step in range(len(arrays[0])):
            inputs = [*states, *(np.array(array[step, ...]) for array in arrays)]
            inside = place.enter((tuple(node.output), "body"), step)
            outputs = yield from self.run_inside(graph, inputs, values, inside)
            states = outputs[:first]
            self.connect(into[:first], [[name] for name in out[:first]])

    def find_steps(self, run, wire, healthy):
        """Return the Finding of a wire that ran too often, or not often enough."""
        for wires, _ in run.place.graphs:
            self.connect([wire], [self.controls.get(wires, [])])
        return self.find(run, wire, healthy - {wire}, np.inf, 0.0)

    def find(self, run, wrong, healthy, off, bound):
        """Return the Finding of a wrong wire; suspects go back to the wires that are healthy."""
        needed = set()
        open_wires = [wrong]
        while open_wires:
            wire = open_wires.pop()
            if wire not in needed:
                needed.add(wire)
                open_wires += self.sources.get(wire, set()) - healthy
        nodes = nodes_of(self.model.graph)
        suspects = [node for node in nodes if needed.intersection(node.output)]
        suspects.sort(key=lambda node: node == run.node)
        return Finding(run.node, wrong, off, bound, suspects, str(run.place))


def reads_tensors(node, values):
    """Return whether all that a node and its graphs read is tensors, so that it can run again."""
    read = set(node.input) - {""}
    for graph in list_subgraphs(node):
        read |= list_captured(graph)
    return all(isinstance(values.get(name), np.ndarray) for name in read)


def attributes_of(node):
    """Return {name: value} of a node's attributes."""
    return {each.name: helper.get_attribute_value(each) for each in node.attribute}


def read_wires(model, feed):
    """Return what every wire of the inlined model is for one feed, by name.

    A wire in the body of a Loop or a Scan is a list, an array for each step. Of two wires that have
    the same name, in two branches that both ran, there is neither.
    """
    wires = {}
    homes = {}
    for node, values, place in Tracer(model).run(feed):
        for wire in filter(None, node.output):
            homes.setdefault(wire, set()).add(place.graphs)
            if place.repeated():
                wires.setdefault(wire, []).append(values[wire])
            else:
                wires[wire] = values[wire]
    return {wire: value for wire, value in wires.items() if len(homes[wire]) == 1}


# 3. Compare ---------------------------------------------------------------------------------------
def bound_of(wire, exact, rounded):
    """Return how far a healthy wire may be off; rounded is None, or what float32 makes of exact.

    It is a number: where float32 overflows in numpy as well, the wire is not excused, but found.
    """
    if "f" not in (wire.dtype.kind, exact.dtype.kind):
        return 0.0
    finite = np.isfinite(exact)
    bound = DIGITS * np.abs(exact[finite]).max(initial=0.0)
    if rounded is not None:  # where large numbers cancel, float32 loses more, in numpy as well
        lost = np.abs(rounded[finite] - exact[finite])
        bound = max(bound, 10 * lost[np.isfinite(lost)].max(initial=0.0))
    return float(bound)


def distance(wire, exact):
    """Return how far a wire is off: infinitely, if its shape is another, or a word, or NaN."""
    if wire.shape != exact.shape:
        return np.inf
    same = wire == exact
    if exact.dtype.kind in "fiu":
        same |= np.isnan(wire) & np.isnan(exact)
    if np.all(same):
        return 0.0
    if exact.dtype.kind not in "fiu":
        return np.inf
    off = np.abs(np.where(same, 0, wire) - np.where(same, 0, exact).astype(np.float64))
    return float(np.nan_to_num(off, nan=np.inf).max()) or np.inf  # float64 may not tell whole ones


def pick(arrays, place, step):
    """Return what belongs to a step of a body; of a wire elsewhere there is one array."""
    return np.asarray(arrays[step] if place.repeated() else arrays)


def find_first_wrong(model, feed, exact, rounded=None):
    """Return the Finding for one feed, None if every wire that exact has is healthy.

    exact and rounded are {wire: array}: the right answers, and the same computed in float32, which
    shows how far float32 strays at each wire. Without it, 5 digits of the largest number count.
    ValueError says that no wire was judged, or that two have the same name.
    """
    tracer = Tracer(model)
    healthy = set()
    runs = {}  # {wire: its last Run}
    steps = {}  # {wire: how often it ran}
    for run in tracer.run(feed):
        for wire in run.node.output:
            value = run.values.get(wire)
            if wire not in exact or not isinstance(value, np.ndarray):
                continue
            if runs.setdefault(wire, run).place.graphs != run.place.graphs:
                raise ValueError(f"two wires are called {wire}; expected a name for each")
            runs[wire] = run
            step = steps.get(wire, 0)
            steps[wire] = step + 1
            if run.place.repeated() and step == len(exact[wire]):
                return tracer.find_steps(run, wire, healthy)
            right = pick(exact[wire], run.place, step)
            bound = bound_of(
                value, right, pick(rounded[wire], run.place, step) if rounded else None
            )
            off = distance(value, right)
            if off > bound:
                return tracer.find(run, wire, healthy, off, bound)
            healthy.add(wire)
    if not runs:
        raise ValueError(
            f"no wire was judged; exact has {', '.join(exact)}, which are none or did not run"
        )
    for wire, run in runs.items():
        if run.place.repeated() and steps[wire] < len(exact[wire]):
            return tracer.find_steps(run, wire, healthy)
    return None
