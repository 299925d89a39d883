"""Cures that keep the fitted model: corrected converters, an edit of the file, options.

    from tests.estimators.cures import mend, options_for, register_converters

    register_converters()                                 once, before to_onnx
    file = to_onnx(model, X[:1], options=options_for(model))
    mend(file, model)                                     names scores what they are

Each corrected converter serves where skl2onnx's answers something else; what the corrected one does
not know it refuses, in words.
"""

import contextlib

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from skl2onnx.common._registration import (
    _converter_pool,
    _shape_calculator_pool,
    register_converter,
    register_shape_calculator,
)
from sklearn.base import is_classifier

from tests.estimators.cures import joined, others, scaling, trees
from tests.estimators.cures.writing import Writer
from tests.estimators.steps import WORDS, last_step, parts

ORIGINALS = dict(_converter_pool)
SHAPES = dict(_shape_calculator_pool)
ZIPMAP = {"zipmap": [True, False, "columns"]}


# For which models ---------------------------------------------------------------------------------
def always(model):
    return True


def is_samme(model):
    return getattr(model, "algorithm", "SAMME") != "SAMME.R"  # before scikit-learn 1.6


def has_sides(model):
    """Return whether a tree, or each tree of a forest, knows where NaN goes; one output only."""
    members = getattr(model, "estimators_", [model])
    one = getattr(model, "n_outputs_", 1) == 1
    return one and all(
        hasattr(getattr(member, "tree_", None), "missing_go_to_left") for member in members
    )


def has_one_class(model):
    return is_classifier(model) and np.shape(model.classes_) == (1,)


def has_several_labels(model):
    return is_classifier(model) and model.n_outputs_ > 1 and model.out_activation_ == "logistic"


def is_mixed(model):
    return model.n_outputs_ > 1 and is_classifier(model)


def has_categories(model):
    return any(
        bool(predictor.nodes["is_categorical"].any())
        for several in model._predictors
        for predictor in several
    )


def counts(model):
    return getattr(model, "loss", None) in ("poisson", "gamma")


def fills_numbers(model):
    statistics = np.asarray(model.statistics_)
    if statistics.dtype.kind not in "fiu":
        return False
    return bool(model.add_indicator or np.isnan(statistics.astype(float)).any())


def is_weighed(model):
    given = set(model.metric_params or {})  # scikit-learn adds p when it predicts
    return "w" in given and given <= {"w", "p"}


# Alias of skl2onnx, for which models, what is written. `around` gets skl2onnx's own converter, too.
TREES = [
    "SklearnDecisionTreeClassifier",
    "SklearnDecisionTreeRegressor",
    "SklearnExtraTreeClassifier",
    "SklearnExtraTreeRegressor",
    "SklearnExtraTreesClassifier",
    "SklearnExtraTreesRegressor",
    "SklearnRandomForestClassifier",
    "SklearnRandomForestRegressor",
]
NEIGHBOURS = ["SklearnKNeighborsClassifier", "SklearnKNeighborsRegressor"]
HISTOGRAMS = [
    "SklearnHistGradientBoostingClassifier",
    "SklearnHistGradientBoostingRegressor",
]
INSTEAD = [
    *[(alias, has_one_class, others.only_class) for alias in [*TREES, *HISTOGRAMS]],
    ("SklearnAdaBoostClassifier", has_one_class, others.only_class),
    ("SklearnLinearClassifier", has_one_class, others.only_class),
    ("SklearnAdaBoostClassifier", is_samme, joined.boosted),
    ("SklearnBaggingClassifier", always, joined.bagged),
    ("SklearnBinarizer", always, scaling.above_threshold),
    (
        "SklearnCalibratedClassifierCV",
        lambda model: model.method != "temperature",
        joined.calibrated,
    ),
    ("SklearnLinearClassifier", others.is_discriminant_of_two, others.discriminant),
    ("SklearnMaxAbsScaler", lambda model: getattr(model, "clip", False), scaling.clipped),
    ("SklearnNormalizer", lambda model: model.norm == "max", scaling.divided_by_largest),
    ("SklearnOneClassSVM", lambda model: model.kernel == "linear", others.plane),
    ("SklearnOneVsOneClassifier", always, joined.one_against_one),
    ("SklearnOneVsRestClassifier", always, joined.one_against_rest),
    ("SklearnOrdinalEncoder", always, others.ordinal),
    ("SklearnPowerTransformer", always, scaling.straightened),
    (
        "SklearnQuantileTransformer",
        lambda model: model.output_distribution == "uniform",
        scaling.placed,
    ),
    ("SklearnSGDClassifier", lambda model: hasattr(model, "predict_proba"), others.by_score),
    ("SklearnSimpleImputer", fills_numbers, scaling.filled),
    ("SklearnStackingClassifier", always, joined.stacked),
    ("SklearnTfidfTransformer", lambda model: model.sublinear_tf, others.sublinear),
    ("SklearnTunedThresholdClassifierCV", always, joined.tuned),
    ("SklearnVotingClassifier", always, joined.voted),
]
AROUND = [
    *[(alias, has_sides, trees.missing) for alias in TREES],
    ("SklearnDecisionTreeClassifier", is_mixed, trees.shallow),
    ("SklearnExtraTreeClassifier", is_mixed, trees.shallow),
    ("SklearnHistGradientBoostingRegressor", counts, trees.exponential),
    *[
        (alias, lambda model: model.weights == "distance", others.by_distance)
        for alias in NEIGHBOURS
    ],
    ("SklearnMLPClassifier", has_several_labels, others.second_half),
    ("SklearnQuadraticDiscriminantAnalysis", always, others.quadratic),
]
AS_ANOTHER = [
    *[(alias, has_categories, trees.with_categories) for alias in HISTOGRAMS],
    *[(alias, is_weighed, others.weighed_distance) for alias in NEIGHBOURS],
]


# What joins the columns of a frame itself: by the type of the first, or the first alone is read.
JOINED = [
    "SklearnMaxAbsScaler",
    "SklearnMinMaxScaler",
    "SklearnPowerTransformer",
    "SklearnQuadraticDiscriminantAnalysis",
    "SklearnRobustScaler",
    "SklearnScaler",
]


# Registering --------------------------------------------------------------------------------------
def choose(alias):
    """Return a converter that takes the first cure which suits the model, or skl2onnx's own."""
    original = ORIGINALS[alias]

    def convert(scope, operator, container):
        model = operator.raw_operator
        write = Writer(scope, operator, container)
        if alias in JOINED and len(operator.inputs) > 1:
            columns = sum(variable.type.shape[1] or 1 for variable in operator.inputs)
            return write.hand_over(model, write.variable(write.rows(), columns))
        for name, suits, cure in AS_ANOTHER:
            if name == alias and suits(model):
                return cure(write)
        for name, suits, cure in INSTEAD:
            if name == alias and suits(model):
                return cure(write)
        for name, suits, cure in AROUND:
            if name == alias and suits(model):
                return cure(write, lambda: original(scope, operator, container))
        return original(scope, operator, container)

    return convert


def concatenate(scope, operator, container):
    """Put columns side by side: of whole numbers and floats all become floats."""
    kinds = {type(variable.type) for variable in operator.inputs}
    if len(kinds) > 1 and not any("String" in kind.__name__ for kind in kinds):
        return scaling.side_by_side(Writer(scope, operator, container))
    return ORIGINALS["SklearnConcat"](scope, operator, container)


def shape_of_columns(operator):
    """Say that columns of whole numbers and floats become floats."""
    SHAPES["SklearnConcat"](operator)
    kinds = {type(variable.type) for variable in operator.inputs}
    if len(kinds) > 1 and not any("String" in kind.__name__ for kind in kinds):
        writer = scaling.widest(operator.inputs)
        operator.outputs[0].type = writer(operator.outputs[0].type.shape)


def shape_of_imputer(operator):
    """Say how many columns an imputer answers with."""
    SHAPES["SklearnSimpleImputer"](operator)
    if fills_numbers(operator.raw_operator):
        rows = operator.inputs[0].type.shape[0]
        operator.outputs[0].type.shape = [rows, scaling.filled_columns(operator.raw_operator)]


def shape_of_codes(operator):
    """Say that codes are floats, as scikit-learn's are by default."""
    SHAPES["SklearnOrdinalEncoder"](operator)
    operator.outputs[0].type = scaling.widest(operator.inputs)(operator.outputs[0].type.shape)


def register_converters():
    """Make skl2onnx take the corrected converters from now on."""
    for alias in {*JOINED, *(alias for alias, _, _ in [*INSTEAD, *AROUND, *AS_ANOTHER])}:
        options = ORIGINALS[alias].get_allowed_options()
        register_converter(alias, choose(alias), overwrite=True, options=options)
    register_converter("SklearnConcat", concatenate, overwrite=True)
    register_shape_calculator("SklearnConcat", shape_of_columns, overwrite=True)
    register_shape_calculator("SklearnSimpleImputer", shape_of_imputer, overwrite=True)
    register_shape_calculator("SklearnOrdinalEncoder", shape_of_codes, overwrite=True)
    margin = ORIGINALS["SklearnLinearSVC"]  # at the end of a pipeline it is given this option
    options = {**margin.get_allowed_options(), **ZIPMAP}
    register_converter("SklearnLinearSVC", margin._fct, overwrite=True, options=options)


@contextlib.contextmanager
def registered():
    """Use the corrected converters for a while."""
    converters = dict(_converter_pool)
    shapes = dict(_shape_calculator_pool)
    register_converters()
    try:
        yield
    finally:
        _converter_pool.update(converters)
        _shape_calculator_pool.update(shapes)


# Options and edits --------------------------------------------------------------------------------
def options_for(fitted):
    """Return options for to_onnx: scikit-learn's words, in all letters; arrays of probabilities."""
    options = {id(part): WORDS for part in parts(fitted) if hasattr(part, "token_pattern")}
    if is_classifier(fitted):
        options[id(fitted)] = {"zipmap": False}
    return options


def mend(file, fitted):
    """Name the output of a classifier without probabilities what it is: `scores`, one of two."""
    model = last_step(fitted)
    if not is_classifier(model) or hasattr(model, "predict_proba"):
        return file
    graph = file.graph
    (output,) = [one for one in graph.output if one.name == "probabilities"] or [None]
    if output is None:
        return file
    if not hasattr(model, "decision_function"):  # votes, which scikit-learn does not tell
        graph.output.remove(output)
        return file
    columns = np.shape(model.classes_)[0]
    inner = "probabilities"
    if columns == 2:
        second = 0 if type(model).__name__ in ("SVC", "NuSVC") else -1  # skl2onnx's order
        graph.initializer.append(numpy_helper.from_array(np.array([second]), "mended_column"))
        node = helper.make_node("Gather", [inner, "mended_column"], ["scores"], axis=1)
        columns = 1
    else:
        node = helper.make_node("Identity", [inner], ["scores"])
    graph.node.append(node)
    kind = output.type.tensor_type.elem_type or TensorProto.FLOAT
    graph.output.append(helper.make_tensor_value_info("scores", kind, ["N", columns]))
    graph.output.remove(output)
    return file
