"""Encoders, neighbours, texts, discriminants and planes."""

import copy

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis


def ordinal(write):
    """OrdinalEncoder: rare categories together, missing ones, and unknown ones."""
    model = write.model
    unknown = model.unknown_value
    columns = []
    place = 0
    for variable in write.inputs:
        width = variable.type.shape[1] or 1
        for number in range(width):
            column = variable.full_name
            if width > 1:
                column = write("Gather", column, np.array([number]), axis=1)
            columns.append(codes(write, column, variable, place, unknown))
            place += 1
    write("Concat", *columns, axis=1, into=write.outputs[0])


def codes(write, column, variable, place, unknown):
    """Return the codes (N, 1) of one column."""
    model = write.model
    categories = model.categories_[place]
    values = np.arange(len(categories), dtype=float)
    if getattr(model, "_infrequent_enabled", False):
        mapping = model._default_to_infrequent_mappings[place]
        values = values if mapping is None else np.array(mapping, float)
    gap = [category is None or category != category for category in categories]
    default = np.nan if unknown is None else float(unknown)
    words = type(variable.type).__name__ == "StringTensorType"
    if words:
        keys = {"keys_strings": [str(c) for c, g in zip(categories, gap, strict=True) if not g]}
    else:
        column = write("Cast", column, to=1)
        keys = {"keys_floats": [float(c) for c, g in zip(categories, gap, strict=True) if not g]}
    known = [value for value, missing in zip(values, gap, strict=True) if not missing]
    coded = write(
        "LabelEncoder",
        column,
        domain="ai.onnx.ml",
        values_floats=known,
        default_float=default,
        **keys,
    )
    if any(gap):
        missing = (
            write("Equal", column, np.array("nan", object)) if words else write("IsNaN", column)
        )
        coded = write("Where", missing, np.array(model.encoded_missing_value, np.float32), coded)
    return write("Cast", coded, to=write.float)


def by_distance(write, original):
    """KNeighbors*(weights="distance"): distances are positive, skl2onnx takes their negatives."""
    before = len(write.container.initializers)
    original()
    for tensor in write.container.initializers[before:]:
        if tensor.name.startswith("wei_Mulcst"):
            tensor.float_data[:] = [1.0]


def weighed_distance(write):
    """KNeighbors*(metric_params={"w": w}): columns are stretched instead."""
    model = copy.copy(write.model)
    power = model.effective_metric_params_.get("p", model.p)
    stretch = np.asarray(model.metric_params["w"], float) ** (1 / power)
    model.metric_params = None
    model._fit_X = np.asarray(model._fit_X) * stretch
    write.hand_over(model, write.variable(write("Mul", write.rows(), stretch), len(stretch)))


def sublinear(write):
    """TfidfTransformer(sublinear_tf=True): a count c is 1 + log(c), and 0 stays 0."""
    model = write.model
    counts = write.rows()
    logged = write("Log", write("Max", counts, np.array(1.0)))
    found = write("Greater", counts, np.array(0.0))
    values = write("Where", found, write("Add", logged, np.array(1.0)), np.array(0.0))
    if model.use_idf:
        values = write("Mul", values, model.idf_)
    if model.norm is not None:
        order = {"l1": "ReduceL1", "l2": "ReduceL2"}[model.norm]
        size = write(order, values, np.array([1]))
        nothing = write("Equal", size, np.array(0.0))
        values = write("Div", values, write("Where", nothing, np.array(1.0), size))
    write("Identity", values, into=write.outputs[0])


def is_discriminant_of_two(model):
    return isinstance(model, LinearDiscriminantAnalysis) and len(model.classes_) == 2


def discriminant(write):
    """LinearDiscriminantAnalysis of two classes: a sigmoid of the score."""
    score = write.scores(write.model)
    second = write("Sigmoid", score)
    write("Identity", write.both(second), into=write.outputs[1])
    write.label(write.above(score, 0.0), write.model.classes_)


def quadratic(write, original):
    """QuadraticDiscriminantAnalysis: a label a row, not a row of labels."""
    before = len(write.container.nodes)
    original()
    for node in write.container.nodes[before:]:
        if write.outputs[0] in node.output:
            write("Reshape", write.rename(node, 0), np.array([-1]), into=write.outputs[0])
            return


def second_half(write, original):
    """MLPClassifier of several labels: a probability a label, not that of its contrary, too."""
    count = write.model.n_outputs_
    before = len(write.container.nodes)
    original()
    for node in write.container.nodes[before:]:
        if write.outputs[1] in node.output:
            both = write.rename(node, 0)
            write("Gather", both, np.arange(count, 2 * count), axis=1, into=write.outputs[1])
            return


def by_score(write):
    """SGDClassifier with probabilities: the label is that of the largest score."""
    model = write.model
    score = write.scores(model)
    if len(model.classes_) == 2:
        write.label(write.above(score, 0.0), model.classes_)
    else:
        write.label(write.best(score), model.classes_)
    if model.loss == "log_loss":
        probability = write("Sigmoid", score)
    else:
        clipped = write("Clip", score, np.array(-1.0), np.array(1.0))
        probability = write("Div", write("Add", clipped, np.array(1.0)), np.array(2.0))
    two = len(model.classes_) == 2
    answer = write.both(probability) if two else write.share(probability)
    write("Identity", answer, into=write.outputs[1])


def plane(write):
    """OneClassSVM(kernel="linear"): one plane, `dual_coef_ @ support_vectors_`."""
    model = write.model
    normal = (model.dual_coef_ @ model.support_vectors_).ravel()
    weighed = write("MatMul", write.rows(), normal[:, None])
    score = write("Add", weighed, np.asarray(model.intercept_, float), into=write.outputs[1])
    inside = write("Greater", score, np.array(0.0))
    label = write("Where", inside, np.array(1), np.array(-1))
    write("Reshape", label, np.array([-1, 1]), into=write.outputs[0])


def only_class(write):
    """A classifier that has learned one class: the same answer for each row."""
    model = write.model
    answer = model.predict_proba(np.zeros((1, model.n_features_in_)))
    count = write("Gather", write("Shape", write.inputs[0].full_name), np.array([0]))
    shape = write("Concat", count, np.array([answer.shape[1]]), axis=0)
    write("Expand", answer, shape, into=write.outputs[1])
    write.label(write("Expand", np.array([0]), count), model.classes_)
