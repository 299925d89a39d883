"""What a model is made of, wherever it hides: functions inlined, branches and bodies looked into.

An exercise's complain(model) asks with these; a node that no output needs does not count.
"""

import onnx

from tests.kit.graphs import domain_of, inline, list_subgraphs, nodes_of

# Their answers change from call to call.
RANDOM = {
    "Bernoulli",
    "Multinomial",
    "RandomNormal",
    "RandomNormalLike",
    "RandomUniform",
    "RandomUniformLike",
}


def outputs_of(holder):
    """Return the names of the outputs of a graph or of a function."""
    if isinstance(holder, onnx.FunctionProto):
        return list(holder.output)
    return [info.name for info in holder.output]


def reads_of(node):
    """Return the names that a node reads, those that its subgraphs read among them."""
    names = {name for name in node.input if name}
    for graph in list_subgraphs(node):
        names.update(outputs_of(graph))  # a branch may answer a wire from outside
        for inner in nodes_of(graph):
            names.update(name for name in inner.input if name)
    return names


def needed(holder):
    """Return the nodes of a graph or a function that its outputs need, in order."""
    wanted = set(outputs_of(holder))
    nodes = []
    for node in reversed(holder.node):
        if wanted.intersection(node.output):
            nodes.append(node)
            wanted |= reads_of(node)
    nodes.reverse()
    return nodes


def find_unread(holder):
    """Return a node that the outputs of a graph, function or subgraph do not need, or None."""
    nodes = needed(holder)
    if len(nodes) < len(holder.node):
        return next(node for node in holder.node if node not in nodes)
    for node in nodes:
        for graph in list_subgraphs(node):
            unread = find_unread(graph)
            if unread is not None:
                return unread
    return None


def flatten(model):
    """Return the graph with all functions inlined, and without the nodes that no output needs."""
    graph = inline(model).graph
    nodes = needed(graph)
    del graph.node[:]
    graph.node.extend(nodes)
    return graph


def operators_in(holder):
    """Return {operator} of the nodes at any depth, with the domain unless it is the standard's."""
    operators = set()
    for node in nodes_of(holder):
        domain = domain_of(node)
        operators.add(f"{domain}.{node.op_type}" if domain else node.op_type)
    return operators


def carried(holder, sources, through=None):
    """Return the names that depend on the sources other than by nodes for which through is true."""
    names = set(sources)
    for node in holder.node:
        if names & reads_of(node) and not (through and through(node)):
            names.update(node.output)
    return names


def constants_of(graph):
    """Return the stored tensors at any depth, sparse ones by their values: (name, tensor)."""
    tensors = [(tensor.name, tensor) for tensor in graph.initializer]
    tensors += [(sparse.values.name, sparse.values) for sparse in graph.sparse_initializer]
    for node in graph.node:
        for attribute in node.attribute:
            if node.op_type == "Constant" and attribute.HasField("t"):
                tensors.append((node.output[0], attribute.t))
            if node.op_type == "Constant" and attribute.HasField("sparse_tensor"):
                tensors.append((node.output[0], attribute.sparse_tensor.values))
        for subgraph in list_subgraphs(node):
            tensors += constants_of(subgraph)
    return tensors
