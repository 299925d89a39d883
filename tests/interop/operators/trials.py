"""The official cases at the other versions of their operators, with constants, and of free sizes.

    for trial in collect(official): ...      Trial("test_clip", 6, "as it is", Case(...))

A case counts at a version if it is valid there and says the same. Where an input of today was an
attribute it becomes one again. What an older version means otherwise, by_version.py computes.
"""

import functools
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

from tests.interop.operators import by_version, usual
from tests.interop.operators import cases as official
from tests.interop.operators.between import TRIED, between_others
from tests.interop.operators.conditions import broadcasts
from tests.interop.operators.uses import read_model, split_type

OLDEST = 7
NEWEST = 28
AS_IT_IS = ""
CONSTANTS = "constants"  # all inputs but the first stand in the file
FREE = "free"  # the same, and the sizes of what is fed are open, channels aside
FIRST = "first free"  # the same, but the last size is the file's, of four the last two
WITH_CHANNELS = {  # of which axis 1 is the file's: there, the first alone is open
    *("AveragePool", "BatchNormalization", "Conv", "ConvInteger", "ConvTranspose", "DeformConv"),
    *("DepthToSpace", "GlobalAveragePool", "GlobalLpPool", "GlobalMaxPool", "GridSample"),
    *("GroupNormalization", "InstanceNormalization", "LRN", "LpPool", "MaxPool", "MaxUnpool"),
    *("PRelu", "QLinearConv", "Resize", "SpaceToDepth", "Upsample"),
}
BETWEEN = "between others"  # of free sizes, and with a node before it and behind it
WITH_FREE_SIZES = (9, 10, 11, official.OPSET)  # opsets of older files, and of most
HELD = "held"  # all inputs stand in the file, and a number that is fed multiplies the answer
HALF = "float16"  # with constants, float32 made float16
NAMES_FED = "ABCDEF"
PARAMETERS = {"Expand", "Pad", "Reshape", "Resize", "Slice", "Tile", "TopK"}  # behind the first
USUAL = {"float32", "int64", "int32", "bool"}  # which engines cast to float32
PASSED_ON = {"float32", "float16", "int64", "int32", "bool", "uint8", "int8"}  # between nodes

# What the next opset made an input: {operators: (opset, {input: attribute})}
REDUCTIONS = ["L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod", "SumSquare"]
MOVED = {
    "Clip": (11, {1: "min", 2: "max"}),
    "Dropout": (12, {1: "ratio"}),
    "Pad": (11, {1: "pads", 2: "value"}),
    "ReduceSum": (13, {1: "axes"}),
    "Slice": (10, {1: "starts", 2: "ends", 3: "axes"}),
    "Split": (13, {1: "split"}),
    "Squeeze": (13, {1: "axes"}),
    "TopK": (10, {1: "k"}),
    "Unsqueeze": (13, {1: "axes"}),
    "Upsample": (9, {1: "scales"}),
    **{f"Reduce{name}": (18, {1: "axes"}) for name in REDUCTIONS},
}
FLATTENING = ("Softmax", "LogSoftmax", "Hardmax")  # until 13 over all axes from one on
OTHERWISE = ("Attention", "GroupNormalization")  # another order of operations, another scale


@dataclass
class Trial:
    """A case at one version of its operator, in one way."""

    name: str
    version: int
    way: str
    case: official.Case


def key(name, version, way):
    """Return how a trial is recorded: test_clip@6, or test_clip@6 constants."""
    return f"{name}@{version} {way}".rstrip()


# At a version -------------------------------------------------------------------------------------
@functools.cache
def versions_of(operator):
    """Return the versions of an operator that files of opset 7 or newer use."""
    history = onnx.defs.get_all_schemas_with_history()
    known = {schema.since_version for schema in history if schema.name == operator}
    before = sorted(version for version in known if version <= OLDEST)
    return [*before[-1:], *sorted(known - set(before))]


def opset_of(operator, version):
    """Return the opset at which a version is tried: 18, or the one in reach that is nearest."""
    later = [other for other in versions_of(operator) if other > version]
    last = min(later) - 1 if later else NEWEST
    return min(max(official.OPSET, version), last)


def with_attributes(model, inputs, moved):
    """Return a model and inputs whose parameters are attributes, or None."""
    node = model.graph.node[0]
    given = iter([*zip(model.graph.input, inputs, strict=True)])
    kept = []
    for number, name in enumerate(node.input):
        if not name:
            continue
        value, array = next(given)
        if number == 0:
            kept.append(array)
        elif number in moved:
            numbers = np.asarray(array).tolist()
            one = moved[number] in ("min", "max", "ratio", "value", "k")
            if numbers == []:
                return None
            numbers = numbers[0] if one and isinstance(numbers, list) else numbers
            node.attribute.append(helper.make_attribute(moved[number], numbers))
        elif not np.all(array == 1):  # of what had no attribute either: steps of one are none
            return None
        if number:
            model.graph.input.remove(value)
    del node.input[1:]
    for attribute in [*node.attribute]:
        if attribute.name in ("noop_with_empty_axes", "num_outputs"):
            node.attribute.remove(attribute)
    return model, kept


def fits(model, schema):
    """Return whether types are those of a version, and words of attributes stand in its text."""
    graph = model.graph
    types = {value.name: value.type for value in [*graph.input, *graph.output]}
    node = graph.node[0]
    variables = {}
    for names, formal in ((node.input, schema.inputs), (node.output, schema.outputs)):
        for i, name in enumerate(names):
            if not name:
                continue
            parameter = formal[min(i, len(formal) - 1)]
            kind = types[name].tensor_type.elem_type
            if not types[name].HasField("tensor_type"):
                continue
            word = f"tensor({helper.tensor_dtype_to_string(kind).split('.')[1].lower()})"
            if word not in parameter.types:
                return False
            if parameter.is_homogeneous and variables.setdefault(parameter.type_str, word) != word:
                return False
    for attribute in node.attribute:
        value = helper.get_attribute_value(attribute)
        text = schema.attributes[attribute.name].description
        if isinstance(value, bytes) and node.op_type != "Einsum" and value.decode() not in text:
            return False
    return True


def axes_of(node, inputs):
    """Return the axes that a node states."""
    found = []
    for attribute in node.attribute:
        if attribute.name in ("axis", "axes"):
            found += np.atleast_1d(helper.get_attribute_value(attribute)).tolist()
    if node.op_type == "Slice" and len(inputs) > 3:
        found += inputs[3].tolist()
    return found


def forget_defaults(model, old, new):
    """Remove the attributes that a version does not know and that state what it did anyway."""
    node = model.graph.node[0]
    for attribute in [*node.attribute]:
        if attribute.name not in old.attributes and attribute.name in new.attributes:
            default = new.attributes[attribute.name].default_value
            stated = helper.get_attribute_value(attribute)
            if default.type and helper.get_attribute_value(default) == stated:
                node.attribute.remove(attribute)


def means_the_same(case, model, inputs, version):
    """Return whether a case that is valid at a version also says the same there."""
    node = case.model.graph.node[0]
    operator = node.op_type
    axes = axes_of(model.graph.node[0], inputs)
    arrays = official.arrays_of(inputs)
    if operator in OTHERWISE:
        return False
    if operator in FLATTENING and version < 13:
        return (axes or [1])[0] in (-1, arrays[0].ndim - 1)
    if version < 11 and axes and min(axes) < 0:
        return False  # "negative counts from the back" is of opset 11
    if operator in ("Gather", "OneHot") and version < 11:
        return bool(np.all(arrays[operator == "Gather"] >= 0))
    if operator in ("Sum", "Max", "Min", "Mean") and version < 8:
        return len({array.shape for array in arrays}) == 1
    if operator == "ConvTranspose" and version < 11:
        return not {"auto_pad", "output_shape"} & {item.name for item in node.attribute}
    if operator in ("QuantizeLinear", "DequantizeLinear") and version < 13:
        return arrays[1].ndim == 0
    if operator.startswith("Reduce") and version < 18:
        return all(array.size for array in arrays)
    return True


def at_version(case, version):
    """Return a case at a version of its operator, or None."""
    operator = case.operator
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    inputs = case.inputs
    if operator in MOVED and version < MOVED[operator][0]:
        changed = with_attributes(model, inputs, MOVED[operator][1])
        if changed is None:
            return None
        model, inputs = changed
    for domain in model.opset_import:
        domain.version = opset_of(operator, version)
    model.ir_version = max(4, helper.find_min_ir_version_for(model.opset_import))
    schema = onnx.defs.get_schema(operator, model.opset_import[0].version)
    forget_defaults(model, schema, onnx.defs.get_schema(operator, NEWEST))
    try:
        onnx.checker.check_model(model, full_check=True)
        if not fits(model, schema) or not means_the_same(case, model, inputs, version):
            return None
    except Exception:  # of the checker or of the inference of shapes, each has its own
        return None
    return replace(case, model=model, inputs=inputs)


# In other ways ------------------------------------------------------------------------------------
def is_open(axis, rank, way, operator):
    """Return whether an axis is free: all but channels, or that of rows and those of sequences."""
    if way == FIRST and operator in WITH_CHANNELS:
        return axis == 0
    if way == FIRST:
        return axis < max(1, rank - (2 if rank > 3 else 1))
    return axis != 1 or rank == 1


def with_free_sizes(case, way=FREE):
    """Return a case whose inputs' sizes are open in a way, but for ones; None if none is."""
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    some = False
    # How many numbers a file computes for a shape, say, is known: as many as there are axes.
    opened = model.graph.input[: 1 if case.operator in PARAMETERS else None]
    for value in opened:
        sizes = value.type.tensor_type.shape.dim
        for axis, size in enumerate(sizes):
            if size.dim_value > 1 and is_open(axis, len(sizes), way, case.operator):
                size.dim_param = f"size{size.dim_value}"
                some = True
    del model.graph.value_info[:]  # which would state sizes that are open now
    for value in model.graph.output:
        for size in value.type.tensor_type.shape.dim:
            size.Clear()
    return replace(case, model=model) if some else None


def with_all_held(case):
    """Return a case that follows from its file alone, but for the number that multiplies it.

    None where it has several answers, or a type that some engines do not cast.
    """
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    graph = model.graph
    use = read_model(model)[0]
    kinds = {split_type(word)[0] for word in (*use.inputs, *use.outputs) if word}
    if len(graph.output) != 1 or not kinds <= USUAL:
        return None
    for value, array in zip(graph.input, case.inputs, strict=True):
        graph.initializer.append(numpy_helper.from_array(np.asarray(array), value.name))
    del graph.input[:]
    graph.input.append(helper.make_tensor_value_info("times", onnx.TensorProto.FLOAT, []))
    graph.node[0].name = TRIED
    given = graph.output[0].name
    graph.node.append(helper.make_node("Cast", [given], ["as float"], to=onnx.TensorProto.FLOAT))
    graph.node.append(helper.make_node("Mul", ["as float", "times"], ["answer"]))
    graph.output[0].name = "answer"
    graph.output[0].type.tensor_type.elem_type = onnx.TensorProto.FLOAT
    right = case.outputs[0].astype(np.float32) * np.float32(2)
    try:
        onnx.checker.check_model(model, full_check=True)
    except Exception:  # the inference of shapes has its own
        return None
    return replace(case, model=model, inputs=[np.array(2, np.float32)], outputs=[right])


def in_float16(case):
    """Return a case whose float32 is float16, or None."""
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    graph = model.graph
    arrays = [*case.inputs, *case.outputs]
    arrays += [numpy_helper.to_array(tensor) for tensor in graph.initializer]
    largest = [np.abs(array).max() for array in arrays if array.dtype == np.float32 and array.size]
    if not largest or not max(largest) < 1000:  # float16 ends at 65504
        return None
    for tensor in graph.initializer:
        if tensor.data_type == onnx.TensorProto.FLOAT:
            half = numpy_helper.to_array(tensor).astype(np.float16)
            tensor.CopyFrom(numpy_helper.from_array(half, tensor.name))
    for value in [*graph.input, *graph.output]:
        if value.type.tensor_type.elem_type == onnx.TensorProto.FLOAT:
            value.type.tensor_type.elem_type = onnx.TensorProto.FLOAT16
    try:
        onnx.checker.check_model(model, full_check=True)
    except Exception:  # where the operator has no float16
        return None
    inputs = [as_half(array) for array in case.inputs]
    return replace(case, model=model, inputs=inputs, outputs=[*map(as_half, case.outputs)])


def as_half(array):
    return array.astype(np.float16) if array.dtype == np.float32 else array


def in_other_ways(case, version, seen):
    """Yield (way, case): with constants, with free sizes, in float16.

    Up to opset 18, which most files have; with free sizes at the versions of some opsets, in
    float16 once for the same attributes.
    """
    if not all_arrays(case.inputs) or any(not value.size for value in case.inputs):
        return
    operator = case.operator
    constant = official.with_constants(case) if len(case.inputs) > 1 else None
    if constant and version <= official.OPSET:
        yield CONSTANTS, constant
    usual = {version_at(operator, opset) for opset in WITH_FREE_SIZES}
    free = with_free_sizes(constant or case) if case.inputs and version in usual else None
    if free:
        yield FREE, free
        # What has to fit another input is free there as well: both are fed.
        rows = with_free_sizes(case if broadcasts(operator, version) else constant or case, FIRST)
        if rows and read_model(rows.model) != read_model(free.model):
            yield FIRST, rows
    use = read_model(case.model)[0]
    kind = (operator, use.attributes, len(use.inputs), HALF)
    if version == version_at(operator, official.OPSET) and kind not in seen:
        half = in_float16(constant or case) if all_arrays(case.outputs) else None
        if half:
            seen.add(kind)
            yield HALF, half


def version_at(operator, opset):
    """Return an operator's version at an opset, or None."""
    return max((version for version in versions_of(operator) if version <= opset), default=None)


def all_arrays(values):
    return all(isinstance(value, np.ndarray) for value in values)


def signature(use):
    """Return what two cases have in common if they differ in sizes and numbers alone."""
    kinds = [split_type(word) if word else None for word in (*use.inputs, *use.outputs)]
    return (use.operator, use.version, use.attributes, *kinds)


def shipped():
    """Return the cases of one node that PyTorch once exported; they come with onnx, too."""
    from onnx.backend.test.loader import load_model_tests

    found = []
    for kind in ("pytorch-converted", "pytorch-operator"):
        for test in load_model_tests(kind=kind):
            folder = Path(test.model_dir)
            model = onnx.load(folder / "model.onnx")
            if len(model.graph.node) > 1:
                continue
            inputs, outputs = read_data(folder / "test_data_set_0")
            weights = {tensor.name for tensor in model.graph.initializer}
            for value in [*model.graph.input]:
                if value.name in weights:  # as they stood until IR 3
                    model.graph.input.remove(value)
            operator = official.operator_of(model)
            found.append(official.Case(test.name, operator, model, inputs, outputs, False))
    return found


def read_data(folder):
    """Return the inputs and the outputs of a data set as arrays."""
    sides = []
    for side in ("input", "output"):
        paths = sorted(folder.glob(f"{side}_*.pb"), key=number_of)
        tensors = [onnx.load_tensor(path) for path in paths]
        sides.append([numpy_helper.to_array(tensor) for tensor in tensors])
    return sides


def number_of(path):
    return int(path.stem.rpartition("_")[2])


def make_case(name, example, version):
    """Return an example of by_version.py as a case."""
    values = []
    for i, array in enumerate(example.inputs):
        kind = helper.np_dtype_to_tensor_dtype(array.dtype)
        values.append(helper.make_tensor_value_info(f"input{i}", kind, array.shape))
    tensors = []
    for i, array in enumerate(example.constants):
        tensors.append(numpy_helper.from_array(np.asarray(array), f"constant{i}"))
    right = np.asarray(example.right, np.float32)
    output = helper.make_tensor_value_info("output", onnx.TensorProto.FLOAT, right.shape)
    names = [value.name for value in [*values, *tensors]]
    node = helper.make_node(example.operator, names, ["output"], **example.attributes)
    graph = helper.make_graph([node], example.operator, values, [output], tensors)
    imports = [helper.make_opsetid("", opset_of(example.operator, version))]
    model = helper.make_model(graph, opset_imports=imports)
    model.ir_version = max(4, helper.find_min_ir_version_for(model.opset_import))
    onnx.checker.check_model(model)
    return official.Case(name, example.operator, model, example.inputs, [right], False)


def make_usual(number, node, opset):
    """Return a node of usual.py as a case at an opset, or None where it is not valid, or open."""
    places = dict(zip(NAMES_FED, node.fed, strict=False))
    fed = {name: array for name, array in places.items() if array is not None}
    held = {f"W{i}": array for i, array in enumerate(node.held) if array is not None}
    names = [name if name in fed else "" for name in places]
    names += ["" if array is None else f"W{i}" for i, array in enumerate(node.held)]
    values = []
    for name, array in fed.items():
        kind = helper.np_dtype_to_tensor_dtype(array.dtype)
        values.append(helper.make_tensor_value_info(name, kind, array.shape))
    attributes = {}
    for name, value in node.attributes.items():
        array = isinstance(value, np.ndarray)
        attributes[name] = numpy_helper.from_array(value) if array else value
    tensors = [numpy_helper.from_array(np.asarray(array), name) for name, array in held.items()]
    outputs = [f"Y{i}" for i in range(node.outputs)]
    made = helper.make_node(node.operator, names, outputs, **attributes)
    empty = [helper.make_empty_tensor_value_info(name) for name in outputs]
    graph = helper.make_graph([made], node.operator, values, empty, tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    model.ir_version = max(4, helper.find_min_ir_version_for(model.opset_import))
    moved = MOVED.get(node.operator)
    if moved and opset < moved[0]:
        for i, name in moved[1].items():
            if i < len(names) and names[i]:
                numbers = held[names[i]].tolist()
                made = graph.node[0]
                model.graph.node[0].attribute.append(helper.make_attribute(name, numbers))
        del model.graph.node[0].input[1:]
        del model.graph.initializer[:]
    try:
        model = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True)
        onnx.checker.check_model(model, full_check=True)
        right = by_onnxruntime(model, [*fed.values()])
        given = node.right if isinstance(node.right, list) else [node.right]
        other = by_reference(model, fed) if node.right is None else given
    except Exception:  # of whoever refuses it
        return None
    case = official.Case(f"usual {number}", node.operator, model, [*fed.values()], right, False)
    return None if official.difference(case, other) else case


def by_onnxruntime(model, inputs):
    """Return what ONNX Runtime answers, with its inputs in the order of the graph."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    data = model.SerializeToString()
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    names = [value.name for value in model.graph.input]
    return session.run(None, dict(zip(names, inputs, strict=True)))


def by_reference(model, fed):
    from onnx.reference import ReferenceEvaluator

    return ReferenceEvaluator(model).run(None, fed)


def usual_trials():
    """Yield the trials of usual.py at the versions that opsets 11, 13 and 18 have.

    What follows from the file alone is tried once for an operator's types, ranks and modes.
    """
    held = set()
    for number, node in enumerate(usual.list_nodes()):
        seen = set()
        for opset in usual.OPSETS:
            version = version_at(node.operator, opset)
            case = None if version in seen or version is None else make_usual(number, node, opset)
            seen.add(version)
            if case:
                yield Trial(case.name, version, AS_IT_IS, case)
                newest = version == version_at(node.operator, official.OPSET)
                for way in (FREE, FIRST) if newest else ():
                    free = with_free_sizes(case, way)
                    if free:
                        yield Trial(case.name, version, way, free)
                        yield from in_a_network(case.name, version, way, free)
                use = read_model(case.model)[0]
                modes = sorted(word for word in use.attributes if "=" in word)
                kind = (use.operator, *map(split_type, use.inputs), *modes)
                alone = with_all_held(case) if newest and kind not in held else None
                if alone:
                    held.add(kind)
                    yield Trial(case.name, version, HELD, alone)
                half = in_float16(case) if newest and all_arrays(case.outputs) else None
                if half and half.inputs[0].dtype == np.float16:
                    yield Trial(case.name, version, HALF, half)


def in_a_network(name, version, way, case):
    """Yield the trial of a case of free sizes between other nodes, where there is one."""
    other = between_others(case) if way == FREE else None
    if other:
        yield Trial(name, version, BETWEEN, other)


def of_cases(cases):
    """Yield cases at other versions, and in other ways."""
    seen = set()
    for case in cases:
        node = case.model.graph.node[0]
        if case.operator == official.SEVERAL or node.domain:
            continue
        own = read_model(case.model)[0].version if len(case.model.graph.initializer) == 0 else 0
        for version in versions_of(node.op_type):
            there = case if version == own else at_version(case, version)
            if there is None:
                continue
            if version != own:
                yield Trial(case.name, version, AS_IT_IS, there)
            use = read_model(there.model)[0]
            kinds = {split_type(word)[0] for word in use.inputs if word}
            if signature(use) in seen or not kinds <= PASSED_ON:
                continue
            seen.add(signature(use))
            for way, other in in_other_ways(there, version, seen):
                yield Trial(case.name, version, way, other)
                yield from in_a_network(case.name, version, way, other)


def collect(cases):
    """Yield the trials that measure.py does not run as cases."""
    yield from of_cases([*cases, *shipped()])
    for name, example in by_version.EXAMPLES.items():
        for version in example.versions:
            yield Trial(name, version, AS_IT_IS, make_case(name, example, version))
    yield from usual_trials()
