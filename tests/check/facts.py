"""What a file is, without running it: versions, sizes, where its weights lie, what onnx says."""

import tempfile
from collections import Counter
from pathlib import Path

import onnx

from tests.check.feed import list_inputs, sizes_of
from tests.interop.operators.uses import name_of_element
from tests.kit import apart
from tests.kit.graphs import domain_of, list_nodes, list_subgraphs
from tests.security.inspector import list_messages


def describe_value(value):
    """Return the name, type and sizes of an input or an output; a free size is a word."""
    kind = value.type.WhichOneof("value")
    if kind != "tensor_type":
        return {"name": value.name, "type": kind or "unknown", "shape": None}
    tensor = value.type.tensor_type
    sizes = [size if size != "" else "?" for size in sizes_of(value)]
    return {
        "name": value.name,
        "type": name_of_element(tensor.elem_type),
        "shape": sizes if tensor.HasField("shape") else None,
    }


def list_tensors(model):
    """Return the tensors that a file stores: initializers and constants, at any depth."""
    found = []
    for message in list_messages(model):
        if isinstance(message, onnx.TensorProto):
            found.append(message)
    return found


def list_external(model):
    """Return the places of the weights that lie in other files, in alphabetical order."""
    places = set()
    for tensor in list_tensors(model):
        if tensor.data_location == onnx.TensorProto.EXTERNAL or tensor.external_data:
            entries = {entry.key: entry.value for entry in tensor.external_data}
            places.add(entries.get("location", ""))
    return sorted(places)


def refuse_outside(path, places):
    """Return why a file's external data is not read, or None: it has to lie in the file's folder.

    FileNotFoundError names the one that is missing.
    """
    folder = path.parent.resolve()
    for place in places:
        beside = folder / place
        if not place or Path(place).is_absolute() or ".." in Path(place).parts:
            return f"its numbers lie in {place or 'a file without a name'}, outside its folder"
        if not beside.exists() and not beside.is_symlink():
            raise FileNotFoundError(f"its numbers lie in {place}, which is not there")
        # A hard link has the name of a file in this folder, and the numbers of one elsewhere.
        if beside.resolve() != beside or not beside.is_file() or beside.stat().st_nlink > 1:
            return f"its numbers lie in {place}, which is no plain file of its folder"
    return None


def describe(path, model):
    """Return what a file is, as the JSON has it."""
    operators = Counter(node.op_type for node in list_nodes(model))
    domains = sorted({domain_of(node) or "ai.onnx" for node in list_nodes(model)})
    graphs = [graph for node in list_nodes(model) for graph in list_subgraphs(node)]
    return {
        "bytes": path.stat().st_size,
        "ir_version": model.ir_version,
        "opsets": {each.domain or "ai.onnx": each.version for each in model.opset_import},
        "domains": domains,
        "functions": [f"{each.domain}.{each.name}" for each in model.functions],
        "operators": dict(sorted(operators.items())),
        "nodes": sum(operators.values()),
        "subgraphs": len(graphs),
        "weights": len(model.graph.initializer) + len(model.graph.sparse_initializer),
        "external_data": list_external(model),
        "producer": " ".join(filter(None, [model.producer_name, model.producer_version])),
        "inputs": [describe_value(value) for value in list_inputs(model)],
        "outputs": [describe_value(value) for value in model.graph.output],
    }


def ask_checker(path, seconds):
    """Return what onnx's full check and strict inference object to in a file, or None."""
    outcome = apart.fresh(check_a_copy, str(path), seconds=seconds)
    if outcome.ended == apart.RETURNED:
        return outcome.value
    words = " ".join(f"{outcome.error} {outcome.words}".split())
    return f"onnx ended in another way: {outcome.ended} {words}".strip()


def check_a_copy(path):
    """Return the first line that onnx objects with; the inferred copy is thrown away."""
    try:
        onnx.checker.check_model(path, full_check=True)
        with tempfile.TemporaryDirectory() as folder:
            inferred = str(Path(folder, "inferred.onnx"))
            onnx.shape_inference.infer_shapes_path(
                path, inferred, check_type=True, strict_mode=True
            )
    except Exception as error:  # of the checker, of inference, of the file system
        return " ".join(str(error).split()) or type(error).__name__
    return None
