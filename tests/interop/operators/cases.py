"""The official test cases of the ONNX standard, restated so that they travel, and how to compare.

The cases come with the onnx package: each a model, its inputs, and the outputs that the standard
expects of it. Most are stated in the newest version of the format, which few engines read; what
they test is much older.
"""

import functools
import warnings
from dataclasses import dataclass
from fnmatch import fnmatch

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from tests.interop.operators.uses import Use, name_operator, read_model
from tests.kit import record

OPSET = 18
ML_OPSET = 3
IR_VERSION = 8

SEVERAL = "several operators"  # what a case tests whose graph has more than one node

# What the standard leaves open, so that two right answers may differ: names of cases (* for any
# end), and the reason.
HALF = "-2.5 / (5 / 255) is -127.5, half way between two whole numbers, but float32 says -127.49998"
OPEN = {
    "test_bernoulli*": "each run draws other random numbers",
    "test_training_dropout*": "which numbers are dropped is drawn at random",
    "test_maxunpool_export_with_output_shape": "people disagree on where an index counts from: "
    "in the output, or in what it is without padding (onnx/onnx#2398)",
    "test_if_opt": "an optional that holds a sequence comes in as many lists as an engine likes",
    "test_dynamicquantizelinear": HALF,
    "test_dynamicquantizelinear_expanded": HALF,
}

# Cases that pass the full check at opset 18 but say something else there.
RENAMED = {
    "test_gridsample": "the modes linear and cubic were called bilinear and bicubic until opset 19",
}

# How far apart two right answers may be: {type: (rtol, atol)}. The cases' own limits are 1e-3 and
# 1e-7. The absolute one is too strict where numbers of about 10 cancel out: float32 keeps 7 digits
# of them. float16 keeps 3 digits, and 5e-3 is five units in the last of them.
TOLERANCES = {
    "float16": (5e-3, 5e-3),
    "float32": (1e-3, 1e-5),
    "float64": (1e-3, 1e-5),
}
OWN_TOLERANCE = (1e-3, 1e-7)

# A Fourier transform adds up many large numbers, most of which cancel out: what is left is as far
# off as the largest number of the answer allows. So is a sum in float16: its steps are 1.6e-2 at
# 16, where 5e-3 is enough for numbers of about one alone.
TRANSFORMS = ("DFT", "STFT")


@dataclass
class Case:
    """One official case: a model that travels or, where that says so, one that is newer."""

    name: str
    operator: str
    model: onnx.ModelProto
    inputs: list
    outputs: list
    newer: bool


def collect():
    """Return all cases, those of one operator first, and {name: reason} of those left out."""
    # Its files compute the cases when they are imported, some of them from infinite numbers.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from onnx.backend.test.case.node import collect_testcases

        official = collect_testcases(None)
    cases = []
    left_out = {}
    for case in sorted(official, key=by_name):
        (data,) = case.data_sets
        inputs = [as_numpy(value) for value in data[0]]
        outputs = [as_numpy(value) for value in data[1]]
        reason = reason_to_leave_out(case.name, [*inputs, *outputs])
        if reason:
            left_out[case.name] = reason
            continue
        model = None
        if not case.name.startswith(tuple(RENAMED)):
            model = restate(case.model)
        newer = model is None
        model = model or case.model
        cases.append(Case(case.name, operator_of(model), model, inputs, outputs, newer))
    cases.sort(key=tests_several)
    return cases, left_out


def tests_several(case):
    return case.operator == SEVERAL


def by_name(case):
    return case.name


def as_numpy(value):
    """Return a tensor as an array; a sequence stays a list of arrays, an empty optional None."""
    if isinstance(value, TensorProto):
        return numpy_helper.to_array(value)
    if isinstance(value, list | tuple):
        return [np.asarray(item) for item in value]
    return None if value is None else np.asarray(value)


def reason_to_leave_out(name, values):
    """Return why a case cannot be compared, or None."""
    for pattern, reason in OPEN.items():
        if fnmatch(name, pattern):
            return reason
    for value in values:
        arrays = value if isinstance(value, list) else [value]
        for array in arrays:
            # bfloat16, float8, int4 and their kind belong to another package, ml_dtypes.
            if array is not None and array.dtype.type.__module__ != "numpy":
                return "numpy itself does not know the type"
    return None


def restate(model):
    """Return the model at opset 18 and IR 8, or None where it is no valid model there."""
    versions = {"": OPSET, "ai.onnx.ml": ML_OPSET}
    restated = onnx.ModelProto()
    restated.CopyFrom(model)
    restated.ir_version = IR_VERSION
    for domain in restated.opset_import:
        if domain.domain not in versions:
            return None
        domain.version = versions[domain.domain]
    try:
        onnx.checker.check_model(restated, full_check=True)
    except Exception:  # of the checker or of the inference of shapes, each has its own
        return None
    return restated


def operator_of(model):
    """Return the name of the one operator that the model tests, or SEVERAL."""
    if len(model.graph.node) > 1:
        return SEVERAL
    return name_operator(model.graph.node[0])


def sample(cases, number):
    """Return the names of the first so many cases of each operator, of those that travel and newer.

    None that tests several operators.
    """
    chosen = []
    seen = {}
    for name, case in cases.items():
        kind = (case["operator"], case["newer"])
        seen[kind] = seen.get(kind, 0) + 1
        if seen[kind] <= number and case["operator"] != SEVERAL:
            chosen.append(name)
    return chosen


def with_constants(case):
    """Return the case with every input but the first as a constant of the file, or None.

    Most files have the axes, shapes and weights of an operator as constants, and some engines take
    them in no other way; in the official cases all of them are inputs.
    """
    others = case.inputs[1:]
    if not others or any(not isinstance(value, np.ndarray) for value in others):
        return None
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    for value, array in zip(case.model.graph.input[1:], others, strict=True):
        model.graph.initializer.append(numpy_helper.from_array(array, value.name))
    del model.graph.input[1:]
    return Case(case.name, case.operator, model, case.inputs[:1], case.outputs, case.newer)


def difference(case, answer):
    """Return None where a case's outputs and an answer agree, or a sentence on how they differ."""
    tolerances = TOLERANCES
    if computes_in_float16(case.model.graph):  # whatever type its answer is given in
        largest = max((np.abs(array).max() for array in floats_of(case.outputs)), default=0)
        rtol, atol = TOLERANCES["float16"]
        tolerances = dict.fromkeys(TOLERANCES, (rtol, atol * max(1, float(largest))))
    return difference_of_lists(case.outputs, answer, case.operator in TRANSFORMS, tolerances)


def computes_in_float16(graph):
    """Return whether a graph is fed float16, holds such weights, or casts to it."""
    kinds = [value.type.tensor_type.elem_type for value in graph.input]
    kinds += [tensor.data_type for tensor in graph.initializer]
    for node in graph.node:
        kinds += [one.i for one in node.attribute if node.op_type == "Cast" and one.name == "to"]
    return onnx.TensorProto.FLOAT16 in kinds


def floats_of(outputs):
    """Return the finite floating-point numbers of each output."""
    arrays = [np.asarray(array) for array in arrays_of(outputs)]
    floats = [array[np.isfinite(array)] for array in arrays if array.dtype.kind == "f"]
    return [array for array in floats if array.size]


def difference_of_lists(expected, answer, of_largest, tolerances):
    """Return None where two lists of outputs agree, or how they differ."""
    if len(answer) != len(expected):
        return f"{len(answer)} outputs in place of {len(expected)}"
    for right, given in zip(expected, answer, strict=True):
        if isinstance(right, list):
            sentence = difference_of_lists(right, list(given), of_largest, tolerances)
        else:
            sentence = difference_of_arrays(right, given, of_largest, tolerances)
        if sentence:
            return sentence
    return None


def difference_of_arrays(right, given, of_largest, tolerances):
    """Return None where two arrays agree in shape and numbers, or how they differ.

    What an engine's Python cannot express is no difference: types are not compared (some have
    fewer, and hand over a bool as a number, or bits without a word on their sign), a scalar may be
    an array of one number, and an array of none may be None.
    """
    if right is None or given is None:
        empty = right is given or (right is not None and right.size == 0)
        return None if empty else "nothing in place of a value, or a value of nothing"
    given = np.asarray(given)
    if right.shape == () and given.shape == (1,):
        given = given.reshape(())
    signs = right.dtype.kind + given.dtype.kind
    if signs in ("iu", "ui") and right.dtype.itemsize == given.dtype.itemsize:
        given = given.view(right.dtype)
    if given.shape != right.shape:
        return f"the shape is {list(given.shape)} in place of {list(right.shape)}"
    if right.dtype.kind in "OUS":
        same = right.astype(str).tolist() == given.astype(str).tolist()
        return None if same else "other words"
    rtol, atol = tolerances.get(right.dtype.name, OWN_TOLERANCE)
    exact = right.astype(float)
    numbers = given.astype(float)
    if of_largest:
        atol = atol * np.abs(exact).max()
    if np.allclose(numbers, exact, rtol=rtol, atol=atol, equal_nan=True):
        return None
    same = (numbers == exact) | (np.isnan(numbers) & np.isnan(exact))
    if np.any(~same & ~(np.isfinite(numbers) & np.isfinite(exact))):
        return "a number in place of an infinite one or of none, or the other way round"
    return f"off by {np.abs(numbers - exact)[~same].max():.2g}"


# What is recorded --------------------------------------------------------------------------------
# {"cases": {operator: {case: use}}, "newer": the same, "left out": {reason: cases}}, where the use
# of Clip in a case is written as "13: float32[3] float32[] -> float32[3]; attribute; attribute".
NOT_GIVEN = "-"
IN_THE_FILE = "="  # in front of the type of a constant
COMPUTED = "~"  # in front of the type of what other nodes compute, or get


def write_use(use):
    """Return how a case uses its operator in one line."""
    inputs = []
    for i, word in enumerate(use.inputs):
        mark = IN_THE_FILE if i in use.constants else COMPUTED if i in use.computed else ""
        inputs.append(mark + (word or NOT_GIVEN))
    outputs = []
    for i, word in enumerate(use.outputs):
        outputs.append((COMPUTED if i in use.kept else "") + (word or NOT_GIVEN))
    types = f"{use.version}: {' '.join(inputs)} -> {' '.join(outputs)}"
    return "; ".join([types, *sorted(use.attributes)])


@functools.cache  # engines and pages read the same records, of a hundred thousand lines
def read_use(operator, line):
    """Return the use of an operator from its line."""
    signature, *attributes = line.split("; ")
    version, _, types = signature.partition(": ")
    inputs, outputs = (side.split() for side in types.split("->"))
    return Use(
        operator,
        None if version == "None" else int(version),
        tuple(map(read_type, inputs)),
        tuple(map(read_type, outputs)),
        frozenset(attributes),
        marked(inputs, IN_THE_FILE),
        marked(inputs, COMPUTED),
        marked(outputs, COMPUTED),
    )


def read_type(word):
    word = word.lstrip(IN_THE_FILE + COMPUTED)
    return "" if word == NOT_GIVEN else word


def marked(words, mark):
    return frozenset(i for i, word in enumerate(words) if word.startswith(mark))


def write_cases(path, cases, left_out):
    """Write what is recorded of the cases: to make them takes too long for a look at a page."""
    recorded = {"onnx": onnx.__version__, "left out": {}, "cases": {}, "newer": {}}
    for name, reason in left_out.items():
        recorded["left out"].setdefault(reason, []).append(name)
    for case in sorted(cases, key=by_operator):
        group = recorded["newer" if case.newer else "cases"].setdefault(case.operator, {})
        # The first use is that of the node itself: those inside a Loop come behind it.
        several = case.operator == SEVERAL
        group[case.name] = "" if several else write_use(read_model(case.model)[0])
    record.write(path, recorded)


def by_operator(case):
    return case.operator.lower()


def read_cases(path):
    """Return {case: its operator, use and whether it is newer}, in the order in which they run."""
    found = {}
    recorded = record.read(path)
    for group in ("cases", "newer"):
        for operator, lines in recorded[group].items():
            for name, line in lines.items():
                use = read_use(operator, line) if line else None
                found[name] = {"operator": operator, "use": use, "newer": group == "newer"}

    def in_order(name):
        return found[name]["operator"] == SEVERAL, name

    return {name: found[name] for name in sorted(found, key=in_order)}


def arrays_of(values):
    """Return the arrays among inputs or outputs, those inside sequences included."""
    arrays = []
    for value in values:
        items = value if isinstance(value, list) else [value]
        arrays.extend(item for item in items if item is not None)
    return arrays


def example(case):
    """Return the numbers of a case as a dictionary to be written as JSON."""
    node = case.model.graph.node[0]
    attributes = {}
    for attribute in node.attribute:
        value = helper.get_attribute_value(attribute)
        if isinstance(value, bytes):
            value = value.decode()
        if isinstance(value, float | int | str | list):
            attributes[attribute.name] = shorten(value)
    present = iter(case.inputs)
    inputs = []
    for name in node.input:
        inputs.append(as_json(next(present)) if name else None)  # without a name: not given
    return {
        "attributes": attributes,
        "inputs": inputs,
        "outputs": [number for number, name in enumerate(node.output) if name],
        "expected": [as_json(value) for value in case.outputs],
    }


def shorten(value):
    """Return a number of float32 with the digits that it has: 0.1, not 0.10000000149011612."""
    if isinstance(value, list):
        return [shorten(item) for item in value]
    if isinstance(value, float):
        with np.errstate(over="ignore"):  # of float64
            single = np.float32(value)
        return float(str(single)) if single == value else value
    return value


def as_json(value):
    """Return an array as its type, its shape, which empty lists do not tell, and nested lists."""
    if isinstance(value, list):
        return [as_json(item) for item in value]
    values = shorten(value.tolist())
    return {"type": value.dtype.name, "shape": list(value.shape), "values": values}
