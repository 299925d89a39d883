"""Files with one weight changed: what the sweep must notice."""

import numpy as np
from onnx import AttributeProto, ModelProto, TensorProto, numpy_helper

TRIES = 4  # of each weight's elements, spread over it
CONSTANTS = [10.0, -10.0, 0.7]  # each is tried until one is noticed

# What a file holds without using it, or uses so that a constant cancels: no test can notice it.
INERT = {
    "nodes_hitrates": "a statistic of the training that no runtime reads",
    "TfIdfVectorizer.weights": "mode=TF counts without them",
}

CANCELS = "what is added to all scores, or to all columns of a centred kernel, cancels"
QUANTILES = ["quantiles", "references", "quantiles_neg_rev", "references_neg_rev"]
RBF = {
    f"{operator}.kernel_params": "offset and degree, which this kernel has not"
    for operator in ("SVMClassifier", "SVMRegressor")
}
INERT_FOR = {  # by the name of a weight, or of one element of it
    "AdaBoostRegressor": dict.fromkeys(
        ["negate", "TreeEnsembleRegressor.target_weights", "TreeEnsembleRegressor.nodes_values"],
        "the answer is a weighted median of ten trees, which one tree seldom moves",
    ),
    "BayesianGaussianMixture": {"Ad_Addcst": CANCELS},
    "CalibratedClassifierCV": {"n_classes": "used where all probabilities are 0"},
    "ComplementNB": {"class_log_prior": CANCELS},
    "GaussianMixture": {"Ad_Addcst": CANCELS},
    "IsolationForest": {
        "TreeEnsembleRegressor.nodes_values": "both sides of a last threshold are as deep"
    },
    "KNNImputer": {"cst5": "a row that is nobody's neighbour; others are noticed"},
    "KernelPCA": {"Di_Divcst": CANCELS, "Ad_Addcst": CANCELS},
    "LocalOutlierFactor": {"dist_k_Gathercst": "of an outlier, which is nobody's neighbour"},
    "NuSVC": RBF,
    "NuSVR": RBF,
    "OneClassSVM": RBF,
    "OneVsRestClassifier": dict.fromkeys(
        ["LinearClassifier.coefficients", "LinearClassifier.intercepts"],
        "of the class *not this one*, whose score nothing reads",
    ),
    "PowerTransformer": {"Imputer.imputed_value_floats": "for NaN, which these rows do not have"},
    "QuantileTransformer": {
        **{f"{name}[{at}]": "filled up beyond the ends" for name in QUANTILES for at in (0, 22)},
        "Eq_Equalcst": "at its ends a column is 0 or 1 by the quantiles, too",
        "Eq_Equalcst1": "at its ends a column is 0 or 1 by the quantiles, too",
    },
    "SVC": RBF,
    "SVR": RBF,
}


def weights(model):
    """Yield (name, values, where it stands) of each list of floats in the file."""
    for number, tensor in enumerate(model.graph.initializer):
        if tensor.data_type in (TensorProto.FLOAT, TensorProto.DOUBLE):
            yield tensor.name, numpy_helper.to_array(tensor), ("initializer", number, 0)
    for number, node in enumerate(model.graph.node):
        for place, attribute in enumerate(node.attribute):
            if attribute.type == AttributeProto.FLOATS:
                name = f"{node.op_type}.{attribute.name}"
                yield name, np.array(attribute.floats), ("node", number, place)


def leaves(model, where):
    """Return the positions in a list of thresholds with which nothing is compared."""
    kind, number, place = where
    if kind == "initializer" or model.graph.node[number].attribute[place].name != "nodes_values":
        return set()
    for attribute in model.graph.node[number].attribute:
        if attribute.name == "nodes_modes":
            return {at for at, mode in enumerate(attribute.strings) if mode == b"LEAF"}
    return set()


def changed(model, where, position, constant):
    """Return the model with a constant added to one element of one weight."""
    mutant = ModelProto()
    mutant.CopyFrom(model)
    kind, number, place = where
    if kind == "node":
        mutant.graph.node[number].attribute[place].floats[position] += constant
        return mutant
    tensor = mutant.graph.initializer[number]
    values = numpy_helper.to_array(tensor).copy()
    values.ravel()[position] += constant
    tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
    return mutant


def survivors(model, noticed):
    """Return (tried, names of elements whose change noticed(model) did not notice)."""
    tried = 0
    silent = []
    for name, values, where in weights(model):
        if any(inert in name for inert in INERT):
            continue
        skipped = leaves(model, where)
        positions = [at for at in range(values.size) if at not in skipped]
        spread = np.linspace(0, len(positions) - 1, min(len(positions), TRIES)).astype(int)
        for position in sorted({positions[at] for at in spread}):
            tried += 1
            mutants = (changed(model, where, position, constant) for constant in CONSTANTS)
            if not any(noticed(mutant) for mutant in mutants):
                silent.append(f"{name}[{position}]")
    return tried, silent
