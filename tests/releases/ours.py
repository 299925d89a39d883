"""Cases of ours, for what the official ones leave open: lengths, words, masks, float16.

    for case in ours(official): ...

They are small, and made anew each time: one that is added is run in each release by the next call
of measure.py.
"""

import numpy as np
import onnx
from onnx import AttributeProto, TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from skl2onnx import to_onnx
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from tests.engines import input_names
from tests.interop.operators import cases as official
from tests.interop.operators.uses import name_operator
from tests.releases.cases import Case, by_numbers, of_standard, oldest_ir
from tests.releases.history import ML

# Is it the axes, or the numbers? {name: (axes, lengths)}
REVERSED = {
    "reversed, time first, a length of 0": ((1, 0), [4, 0, 2]),
    "reversed, time first": ((1, 0), [4, 1, 2]),
    "reversed, batch first": ((0, 1), [1, 3, 2, 2, 4]),
}
WORDS = {
    RandomForestClassifier: {"n_estimators": 3, "random_state": 0},
    GradientBoostingClassifier: {"n_estimators": 3, "random_state": 0},
    LogisticRegression: {},
}
# The official cases have next to none in float16: these, of what networks are made of, get one.
HALVED = [
    *("Add", "Sub", "Mul", "Div", "Pow", "Sqrt", "Erf", "Exp", "Clip", "Where", "Gemm", "MatMul"),
    *("Conv", "ConvTranspose", "MaxPool", "AveragePool", "GlobalAveragePool", "BatchNormalization"),
    *("LayerNormalization", "Relu", "LeakyRelu", "Sigmoid", "Tanh", "HardSigmoid", "HardSwish"),
    *("Softmax", "LogSoftmax", "ReduceMean", "ReduceSum", "ReduceMax", "Concat", "Transpose"),
    *("Reshape", "Gather", "Slice", "Split", "Squeeze", "Unsqueeze", "Pad", "Flatten"),
]
EACH = 2  # cases of each operator, the smallest


def make_case(name, node, inputs, opset, check):
    """Return the case of one node, with an input for each of its arrays."""
    infos = []
    for value, array in inputs.items():
        kind = helper.np_dtype_to_tensor_dtype(array.dtype)
        infos.append(helper.make_tensor_value_info(value, kind, array.shape))
    first = infos[0].type.tensor_type.elem_type
    Y = helper.make_tensor_value_info("Y", first, next(iter(inputs.values())).shape)
    model = helper.make_model(
        helper.make_graph([node], "ours", infos, [Y]),
        opset_imports=[helper.make_opsetid("", opset)],
        ir_version=max(official.IR_VERSION, oldest_ir(opset)),
    )
    arrays = list(inputs.values())
    return Case(name, name_operator(node), model.SerializeToString(), arrays, check)


# ReverseSequence ----------------------------------------------------------------------------------
def reverse(X, batch_axis, lengths):
    """Return X with the first so many numbers of each sequence turned round."""
    Y = np.moveaxis(X.copy(), batch_axis, 0)
    for sequence, length in zip(Y, lengths, strict=True):
        sequence[:length] = sequence[:length][::-1]
    return np.moveaxis(Y, 0, batch_axis)


def reversals():
    for name, ((batch_axis, time_axis), lengths) in REVERSED.items():
        shape = (len(lengths), 5)[:: -1 if batch_axis else 1]
        X = np.arange(5 * len(lengths), dtype=np.float32).reshape(shape)
        attributes = {"batch_axis": batch_axis, "time_axis": time_axis}
        node = helper.make_node("ReverseSequence", ["X", "lengths"], ["Y"], **attributes)
        inputs = {"X": X, "lengths": np.int64(lengths)}
        check = (by_numbers, reverse(X, batch_axis, lengths), 0)
        yield make_case(name, node, inputs, official.OPSET, check)


# Attention ----------------------------------------------------------------------------------------
def attend(Q, K, V, mask, softcap=0):
    """Return softmax(softcap(Q @ K.T / sqrt(size)) + mask) @ V; a row that sees nothing is 0."""
    scores = Q @ K.swapaxes(-1, -2) / np.sqrt(Q.shape[-1])
    if softcap:
        scores = softcap * np.tanh(scores / softcap)
    weights = np.exp(scores + mask)
    total = weights.sum(-1, keepdims=True)
    return weights / np.where(total == 0, 1, total) @ V


def attentions():
    random = np.random.default_rng(0)
    Q, K, V = random.normal(size=(3, 1, 2, 4, 8)).astype(np.float32)  # batch, heads, rows, size
    upper = np.triu(np.ones((4, 4), bool), 1)
    shut = upper.copy()
    shut[0] = True
    for what, hidden in {"some numbers masked": upper, "a row masked wholly": shut}.items():
        mask = np.where(hidden, -np.inf, 0).astype(np.float32)
        for opset, softcap in [(23, 0), (24, 0), (23, 2.0), (24, 2.0)]:
            settings = {"softcap": softcap} if softcap else {}
            node = helper.make_node("Attention", ["Q", "K", "V", "mask"], ["Y"], **settings)
            inputs = {"Q": Q, "K": K, "V": V, "mask": mask}
            exact = attend(*(array.astype(np.float64) for array in inputs.values()), softcap)
            name = f"attention, {what}{', softcap' if softcap else ''}, opset {opset}"
            yield make_case(name, node, inputs, opset, (by_numbers, exact, 1e-5))


# Classes whose names are words --------------------------------------------------------------------
def by_words(labels, P, answer):
    """Compare labels and probabilities with scikit-learn's."""
    given, numbers = answer
    if list(given) != list(labels):
        return f"other words for {int(np.sum(given != labels))} of {len(labels)} rows"
    return by_numbers(P, 1e-5, [numbers])


def worded():
    random = np.random.default_rng(0)
    X = random.normal(size=(60, 4)).astype(np.float32)
    for count in (2, 3):
        y = np.array(["no", "perhaps", "yes"])[np.digitize(X[:, 0], [0, 1][: count - 1])]
        for kind, settings in WORDS.items():
            classifier = kind(**settings).fit(X, y)
            model = to_onnx(
                classifier,
                X[:1],
                target_opset={"": official.OPSET, ML: 3},
                options={"zipmap": False},
            )
            model.ir_version = official.IR_VERSION
            check = (by_words, classifier.predict(X), classifier.predict_proba(X))
            name = f"{kind.__name__}, {count} classes named by words"
            operator = name_operator(model.graph.node[0])
            yield Case(name, operator, model.SerializeToString(), [X], check)


# float16 ------------------------------------------------------------------------------------------
def halve(model):
    """Turn what a model has in float32 into float16."""
    values = [*model.graph.input, *model.graph.output, *model.graph.value_info]
    for value in values:
        if value.type.tensor_type.elem_type == TensorProto.FLOAT:
            value.type.tensor_type.elem_type = TensorProto.FLOAT16
    for tensor in model.graph.initializer:
        if tensor.data_type == TensorProto.FLOAT:
            half = numpy_helper.to_array(tensor).astype(np.float16)
            tensor.CopyFrom(numpy_helper.from_array(half, tensor.name))


def halved(case):
    """Return a case's first output in float16: right is what onnx.reference says in float32."""
    inputs = []
    for array in case.inputs:
        single = array is not None and array.dtype == np.float32
        inputs.append(array.astype(np.float16) if single else array)
    model = case.load()
    del model.graph.output[1:]  # those of LayerNormalization stay float32
    exact = []
    for array in inputs:
        half = array is not None and array.dtype == np.float16
        exact.append(array.astype(np.float32) if half else array)
    feeds = dict(zip(input_names(model), exact, strict=True))
    outputs = ReferenceEvaluator(model).run(None, feeds)
    rounded = []
    for array in outputs:
        rounded.append(array.astype(np.float16) if array.dtype == np.float32 else array)
    halve(model)
    onnx.checker.check_model(model, full_check=True)
    name = f"{case.name}, float16"
    return of_standard(name, official.Case(name, case.kind, model, inputs, rounded, False))


def is_single(case):
    """Return whether a case feeds some float32, and no float16, to one node."""
    model = case.load()
    given = [array.dtype for array in case.inputs if isinstance(array, np.ndarray) and array.size]
    tensors = [each.type == AttributeProto.TENSOR for each in model.graph.node[0].attribute]
    return given[:1] == [np.float32] and "float16" not in map(str, given) and not any(tensors)


def halves(cases):
    for operator in HALVED:
        single = [case for case in cases if case.kind == operator and is_single(case)]
        for case in sorted(single, key=Case.size)[:EACH]:
            yield halved(case)


def ours(cases):
    """Yield our cases; those in float16 are made of the given official ones."""
    yield from reversals()
    yield from attentions()
    yield from worded()
    yield from halves(cases)
