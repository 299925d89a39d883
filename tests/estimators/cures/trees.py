"""Trees: where missing values go, categories, several outputs, and the last exp."""

import copy

import numpy as np


def nodes_since(write, before):
    """Return the nodes of trees that were written since there were so many nodes."""
    new = write.container.nodes[before:]
    return [node for node in new if node.op_type.startswith("TreeEnsemble")]


def attribute(node, name):
    """Return one attribute of a node."""
    return next(attribute for attribute in node.attribute if attribute.name == name)


def missing(write, original):
    """Trees and forests: each threshold's side for NaN, which the tree has learned."""
    before = len(write.container.nodes)
    original()
    members = getattr(write.model, "estimators_", [write.model])
    sides = [np.asarray(member.tree_.missing_go_to_left) for member in members]
    for node in nodes_since(write, before):
        tracks = attribute(node, "nodes_missing_value_tracks_true")
        tree = attribute(node, "nodes_treeids").ints
        place = attribute(node, "nodes_nodeids").ints
        modes = attribute(node, "nodes_modes").strings
        pairs = zip(tree, place, modes, strict=True)
        tracks.ints[:] = [mode != b"LEAF" and int(sides[t][n]) for t, n, mode in pairs]


def shallow(write, original):
    """A tree of several outputs: a leaf holds shares of all its classes, not only one."""
    model = write.model
    before = len(write.container.nodes)
    original()
    for node in write.container.nodes[before:]:
        # The shares become 0 and 1 by a Cast to bool; what is not 0 is not 1 where a leaf is mixed.
        if node.op_type == "Cast" and attribute(node, "to").i == 9:
            attribute(node, "to").i = write.float
    assert model.n_outputs_ > 1


def exponential(write, original):
    """HistGradientBoostingRegressor of counts: its trees add up to a logarithm."""
    before = len(write.container.nodes)
    original()
    (node,) = nodes_since(write, before)
    write("Exp", write.rename(node, 0), into=write.outputs[0])


def with_categories(write):
    """HistGradientBoosting with categories: each split by a set of them reads a column of its own.

    The column says whether the row's category is in the set; the split becomes a threshold on it.
    """
    model = copy.copy(write.model)
    columns, positions = ordered_columns(model)
    rows = write("Gather", write.rows(), columns, axis=1)
    tables = {}  # {feature: [for each split whether the set has the category]}
    model._predictors = copy.deepcopy(model._predictors)
    places = []
    for predictor in [one for several in model._predictors for one in several]:
        for node in predictor.nodes:
            if node["is_categorical"] and not node["is_leaf"]:
                bits = predictor.raw_left_cat_bitsets[node["bitset_idx"]]
                sets = tables.setdefault(int(node["feature_idx"]), [])
                known = [bool(bits[c // 32] >> np.uint32(c % 32) & 1) for c in range(256)]
                places.append((node, int(node["feature_idx"]), len(sets)))
                sets.append([*known, bool(node["missing_go_to_left"])])
    first = len(columns)
    starts = {}
    parts = [rows]
    for feature, sets in tables.items():
        starts[feature] = first
        first += len(sets)
        parts.append(membership(write, rows, feature, sets, positions.get(feature)))
    for node, feature, number in places:
        node["feature_idx"] = starts[feature] + number
        node["num_threshold"] = 0.5
        node["is_categorical"] = 0
    write.hand_over(model, write.variable(write("Concat", *parts, axis=1), first))


def ordered_columns(model):
    """Return the columns in the order in which the trees know them, and codes by category."""
    if getattr(model, "_preprocessor", None) is None:
        return np.arange(model.n_features_in_), {}
    columns = []
    codes = {}
    for name, transformer, chosen in model._preprocessor.transformers_:
        where = np.arange(model.n_features_in_)[chosen]
        if name == "encoder":
            for number, categories in enumerate(transformer.categories_):
                codes[len(columns) + number] = np.asarray(categories)
        columns += list(where)
    return np.array(columns), codes


def membership(write, rows, feature, sets, categories):
    """Return (N, sets): 0 where a row's category is in the set, and so goes left, 1 elsewhere."""
    column = write("Gather", rows, np.array(feature), axis=1)
    unknown = 256  # the last place says where a missing value goes
    if categories is None:
        categories = np.arange(256.0)
    known = [float(category) for category in categories if category == category]
    place = write(
        "LabelEncoder",
        column if write.dtype == np.float32 else write("Cast", column, to=1),
        domain="ai.onnx.ml",
        keys_floats=known,
        values_int64s=list(range(len(known))),
        default_int64=unknown,
    )
    table = 1.0 - np.array(sets, float).T  # (257, sets)
    return write("Gather", table, place, axis=0)
