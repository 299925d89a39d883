"""All nodes of a model, and any model without its functions: `inline`.

    for node in list_nodes(model): ...      those in branches, bodies and functions as well
    flat = inline(model)                    each call of a function replaced by the function's nodes

onnx.inliner forgets the defaults of functions. Where a function has the name of an operator, it
takes the function; onnxruntime and onnx.reference take the operator. Here defaults are stated
before, and what may mean two things is refused.
"""

import os
from functools import cache

import onnx
from onnx import helper, inliner

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # importing onnxruntime reports usage otherwise
from onnxruntime.capi.onnxruntime_pybind11_state import get_all_operator_schema


# 1. Nodes -----------------------------------------------------------------------------------------
def list_subgraphs(node):
    """Return the graphs that a node holds: branches of an If, the body of a Loop or a Scan."""
    graphs = []
    for attribute in node.attribute:
        graphs += [*attribute.graphs]
        if attribute.HasField("g"):
            graphs.append(attribute.g)
    return graphs


def nodes_of(holder):
    """Return the nodes of a graph or a function, those of its subgraphs included, at any depth."""
    nodes = []
    for node in holder.node:
        nodes.append(node)
        for graph in list_subgraphs(node):
            nodes += nodes_of(graph)
    return nodes


def list_nodes(model):
    """Return the nodes of a model's graph and functions, subgraphs included (no training_info)."""
    nodes = nodes_of(model.graph)
    for function in model.functions:
        nodes += nodes_of(function)
    return nodes


# 2. Names -----------------------------------------------------------------------------------------
def domain_of(thing):
    """Return the domain of a node, a function or an opset import; the standard's has two names."""
    return "" if thing.domain == "ai.onnx" else thing.domain


def identify(thing):
    """Return (domain, name, overload) of a function, or of the one that a node calls."""
    name = thing.name if isinstance(thing, onnx.FunctionProto) else thing.op_type
    return domain_of(thing), name, thing.overload


def show(identity):
    """Return an identity in ONNX's text notation, such as tutorial.Dense or tutorial.Dense:wide."""
    domain, name, overload = identity
    return f"{domain or 'ai.onnx'}.{name}" + (f":{overload}" if overload else "")


@cache  # a hundredth of a second
def list_operators():
    """Return {(domain, name)} of the operators that onnx and onnxruntime know, of any version."""
    schemas = [*onnx.defs.get_all_schemas(), *get_all_operator_schema()]
    return {(domain_of(schema), schema.name) for schema in schemas}


# 3. Without functions -----------------------------------------------------------------------------
def refuse_ambiguous(model):
    """Raise ValueError if it is open what the model's functions mean."""
    operators = list_operators()
    seen = set()
    for function in model.functions:
        identity = identify(function)
        name = show(identity)
        if identity in seen:
            raise ValueError(f"cannot inline {name}: expected one function of that name")
        seen.add(identity)
        if identity[:2] in operators:
            raise ValueError(
                f"cannot inline {name}: the function has an operator's name: onnx's inliner takes"
                " the function, onnxruntime the operator; expected another name"
            )
        passed = set(function.input) & set(function.output)
        if passed:
            raise ValueError(
                f"cannot inline {name}: its input {min(passed)} is its output, too; expected a node"
                " between them, such as Identity"
            )


def take_outermost(functions):
    """Remove from {identity: function}, and return, the functions that no other of them calls."""
    called = set()
    for function in functions.values():
        called.update(identify(node) for node in nodes_of(function))
    outermost = [identity for identity in functions if identity not in called]
    if not outermost:
        names = ", ".join(show(identity) for identity in functions)
        raise ValueError(f"cannot inline {names}: expected no function that calls itself")
    return [functions.pop(identity) for identity in outermost]


def state_defaults(model):
    """State the default of each attribute in the graph's calls that rely on it."""
    functions = {identify(function): function for function in model.functions}
    for node in nodes_of(model.graph):
        function = functions.get(identify(node))
        if function is None:
            continue
        stated = {attribute.name for attribute in node.attribute}
        for default in function.attribute_proto:
            if default.name not in stated:
                node.attribute.append(default)


def import_domains(flat, model):
    """Import what the nodes use and no more: some runtimes refuse a domain that they don't know."""
    imports = list(model.opset_import)
    for function in model.functions:
        imports += function.opset_import
    versions = {domain_of(opset): opset.version for opset in reversed(imports)}  # the model's win
    used = {domain_of(node) for node in nodes_of(flat.graph)}
    del flat.opset_import[:]
    for domain in sorted(used & set(versions)):
        flat.opset_import.append(helper.make_opsetid(domain, versions[domain]))


def refuse_left_over(flat):
    """Raise ValueError if a node is neither an operator nor was replaced by a function."""
    operators = list_operators()
    identities = {identify(node) for node in nodes_of(flat.graph)}
    left = [show(each) for each in sorted(identities) if each[:2] not in operators]
    if left:
        raise ValueError(
            f"cannot inline {', '.join(left)}: expected a function of that name, for the versions"
            " that the model imports"
        )


def inline(model):
    """Return the model with each call of a function replaced by the function's nodes.

    A function of another opset than the model's is converted to the model's: such a file does not
    pass the checker, if an operator has changed in between. ValueError says what cannot be inlined.
    """
    refuse_ambiguous(model)
    flat = onnx.ModelProto()
    flat.CopyFrom(model)
    functions = {identify(function): function for function in model.functions}
    # From the outside in: only when a call stands in the graph is it known which of its attributes
    # are given, as it may hand on those of the function around it.
    while functions:
        outermost = take_outermost(functions)
        del flat.functions[:]
        flat.functions.extend(outermost)
        state_defaults(flat)
        try:
            flat = inliner.inline_local_functions(flat, convert_version=True)
        except RuntimeError as error:  # from the converter of versions
            names = ", ".join(show(identify(function)) for function in outermost)
            raise ValueError(f"cannot inline {names}: {error}") from error
    del flat.functions[:]
    refuse_left_over(flat)
    if model.functions:
        import_domains(flat, model)
    return flat
