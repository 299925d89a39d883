"""The answer to exercise 12, Free the batch: what is right, one way to it, and mistakes."""

import numpy as np
import onnx
from onnx import numpy_helper

from tests.exercises.draw import feed_images, feed_scans
from tests.exercises.ex12_free_batch import train
from tests.kit.graphs import list_subgraphs

ORACLE = "numpy"
TOLERANCE = 1e-5  # float32: sums near 30 are good to 1e-5; Softmax divides by 4
draw = feed_images
special = feed_scans


def expected(X):
    """Return the probabilities of each row alone, by the distances."""
    P = []
    for row in X:
        distances = ((train() - row) ** 2).sum(axis=1)  # (10, 64) -> (10,)
        E = np.exp(distances.min() - distances)
        P.append(E / E.sum())
    return {"P": np.array(P)}


def infer_rows(model):
    """Return how many rows P has by the nodes alone: a number, or 0 for a free size."""
    bare = onnx.ModelProto()
    bare.CopyFrom(model)
    del bare.graph.value_info[:]
    bare.graph.output[0].type.tensor_type.ClearField("shape")
    inferred = onnx.shape_inference.infer_shapes(bare)
    sizes = inferred.graph.output[0].type.tensor_type.shape.dim
    return sizes[0].dim_value if sizes else 0


def list_notes(holder):
    """Return the notes about wires in a graph or a function, those of its subgraphs included."""
    notes = list(holder.value_info)
    for node in holder.node:
        for graph in list_subgraphs(node):
            notes += list_notes(graph)
    return notes


def complain(model):
    """Return that the nodes are free, and a note inside is not; or None."""
    if infer_rows(model) != 0:
        return None  # not free yet: the numbers will tell
    for holder in [model.graph, *model.functions]:
        for info in list_notes(holder):
            sizes = info.type.tensor_type.shape.dim
            if len(sizes) > 1 and sizes[0].dim_value == 1:
                return f"a note in model.graph.value_info still says that {info.name} has 1 row"
    return None


def free_ends(model):
    """Give the first size of input and output a name."""
    for info in [*model.graph.input, *model.graph.output]:
        info.type.tensor_type.shape.dim[0].dim_param = "N"


def find_target(model, name):
    """Return the tensor of a name: an initializer, or what a Constant node writes."""
    for tensor in model.graph.initializer:
        if tensor.name == name:
            return tensor
    for node in model.graph.node:
        if node.op_type == "Constant" and node.output[0] == name:
            return node.attribute[0].t
    raise ValueError(f"{name} is computed; expected a constant")


def free_targets(model, rows=0):
    """Let each Reshape whose target begins with 1 take over the number of rows."""
    for node in model.graph.node:
        if node.op_type == "Reshape":
            tensor = find_target(model, node.input[1])
            target = numpy_helper.to_array(tensor).copy()
            if target[0] == 1:
                target[0] = rows
                tensor.CopyFrom(numpy_helper.from_array(target, tensor.name))


def solve(model):
    """Free input and output, then the targets, and drop the notes about the wires inside."""
    free_ends(model)
    free_targets(model)
    del model.graph.value_info[:]
    return model


# Mistakes: each takes the starting model, and earns the words beside its name below.
def set_target(model, name, target):
    """Give a target other numbers."""
    tensor = find_target(model, name)
    tensor.CopyFrom(numpy_helper.from_array(np.array(target), tensor.name))


def input_only(model):
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_param = "N"
    return model


def ends_only(model):
    free_ends(model)
    return model


def first_target_only(model):
    solve(model)
    set_target(model, "flat", [1, -1])
    return model


def notes_kept(model):
    free_ends(model)
    free_targets(model)
    return model


def seven(model):
    free_ends(model)
    free_targets(model, rows=7)
    del model.graph.value_info[:]
    return model


def rows_as_colours(model):
    solve(model)
    set_target(model, "square", [1, -1, 8, 8])
    return model


def twice_what_remains(model):
    free_ends(model)
    free_targets(model, rows=-1)
    del model.graph.value_info[:]
    return model


def ten_rows(model):
    solve(model)
    set_target(model, "flat", [10, -1])
    model.graph.node[-2].output[0] = "columns"
    turn = onnx.helper.make_node("Transpose", ["columns"], ["logits"], perm=[1, 0])
    model.graph.node.insert(4, turn)
    return model


MISTAKES = {
    "the output is float[1,10] P; expected float[N,10] P": input_only,
    "only the ends are free: a Reshape inside still has the target {1, 1, 8, 8}": ends_only,
    "the target {1, -1} makes one long row of all: {0, -1} or {-1, 10}": first_target_only,
    "a note in model.graph.value_info still says that image has 1 row": notes_kept,
    "seven rows are a frozen batch as well: 0 takes over as many as there are": seven,
    "{1, -1, 8, 8} makes of seven rows an image in seven colours": rows_as_colours,
    "{-1, -1}: one size may be what remains, not two; {0, -1} or {-1, 10}": twice_what_remains,
    "Reshape goes on reading row by row: {10, -1} mixes the rows, it does not turn them": ten_rows,
}
