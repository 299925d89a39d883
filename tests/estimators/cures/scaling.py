"""Scalers, imputers and powers: the formulas that scikit-learn has."""

import numpy as np
from onnx import TensorProto
from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType


def clipped(write):
    """MaxAbsScaler(clip=True)."""
    scaled = write("Div", write.rows(), write.model.scale_)
    write("Clip", scaled, np.array(-1.0), np.array(1.0), into=write.outputs[0])


def divided_by_largest(write):
    """Normalizer("max"): by the largest size; rows of zeros stay."""
    rows = write.rows()
    largest = write("ReduceMax", write("Abs", rows), np.array([1]))
    zeros = write("Equal", largest, np.array(0.0))
    write("Where", zeros, rows, write("Div", rows, largest), into=write.outputs[0])


def filled(write):
    """SimpleImputer of numbers: empty columns are dropped, and what was missing may be said."""
    model = write.model
    rows = write.rows()
    gaps = write("IsNaN", rows)
    if not np.isnan(model.missing_values):
        gaps = write("Equal", rows, np.array(float(model.missing_values)))
    statistics = model.statistics_.astype(float)
    filled = write("Where", gaps, np.nan_to_num(statistics), rows)
    kept = np.flatnonzero(~np.isnan(statistics))
    if getattr(model, "keep_empty_features", False):
        kept = np.arange(len(statistics))
    parts = [write("Gather", filled, kept, axis=1)]
    if model.add_indicator:
        said = write("Gather", gaps, model.indicator_.features_.astype(np.int64), axis=1)
        parts.append(write("Cast", said, to=write.float))
    write("Concat", *parts, axis=1, into=write.outputs[0])


def filled_columns(model):
    """Return how many columns SimpleImputer answers with."""
    empty = np.isnan(np.asarray(model.statistics_, float))
    if getattr(model, "keep_empty_features", False):
        empty[:] = False
    return int((~empty).sum()) + (len(model.indicator_.features_) if model.add_indicator else 0)


def placed(write):
    """QuantileTransformer("uniform"): skl2onnx takes thrice the time for twice the quantiles."""
    model = write.model
    rows = write.rows()
    columns = []
    for number in range(model.quantiles_.shape[1]):
        column = write("Gather", rows, np.array([number]), axis=1)
        columns.append(place(write, column, model.quantiles_[:, number], model.references_))
    write("Concat", *columns, axis=1, into=write.outputs[0])


def place(write, column, learned, references):
    """Return where the values of a column (N, 1) lie between quantiles; of equal ones half way."""
    exact = np.diff(learned)
    quantiles = learned.astype(write.dtype)
    width = np.diff(quantiles)
    climb = np.diff(references)[:, None]
    wide = width > 0
    starts = quantiles[:-1]
    climbed = np.array(references[0])
    if wide.any():
        share = write("Div", write("Sub", column, starts[wide]), width[wide])
        share = write("Clip", share, np.array(0.0), np.array(1.0))
        climbed = write("Add", climbed, write("MatMul", share, climb[wide]))
    # Quantiles that are alike, in float64 or only once they are rounded: what is reached there?
    if not wide.all():
        beyond = (starts - learned[:-1])[~wide] / np.where(exact > 0, exact, 1)[~wide]
        reached = np.where(exact[~wide] > 0, np.clip(beyond, 0, 1), 0.5)[:, None]
        for operator, part in (("GreaterOrEqual", reached), ("Greater", 1 - reached)):
            there = write("Cast", write(operator, column, starts[~wide]), to=write.float)
            climbed = write("Add", climbed, write("MatMul", there, climb[~wide] * part))
    climbed = write("Where", write("Equal", column, quantiles[-1:]), np.array(1.0), climbed)
    climbed = write("Where", write("Equal", column, quantiles[:1]), np.array(0.0), climbed)
    return write("Where", write("IsNaN", column), column, climbed)


def straightened(write):
    """PowerTransformer: NaN stays NaN, and a power near 0 is a logarithm."""
    model = write.model
    rows = write.rows()
    powers = model.lambdas_
    if model.method == "box-cox":
        answer = power_of(write, rows, powers)
    else:
        above = power_of(write, write("Add", positive(write, rows), np.array(1.0)), powers)
        negative = positive(write, write("Neg", rows))
        below = power_of(write, write("Add", negative, np.array(1.0)), 2 - powers)
        answer = write("Sub", above, below)  # one of the two is 0
    if model.standardize:
        answer = write("Div", write("Sub", answer, model._scaler.mean_), model._scaler.scale_)
    write("Identity", answer, into=write.outputs[0])


def positive(write, rows):
    """Return what is above 0; 0 elsewhere; NaN stays."""
    return write("Where", write("Less", rows, np.array(0.0)), np.array(0.0), rows)


def power_of(write, values, powers):
    """Return (values ** power - 1) / power, which for small powers is nearly a logarithm."""
    small = abs(powers) < 1e-4
    safe = np.where(small, 1.0, powers)
    raised = write("Div", write("Sub", write("Pow", values, safe), np.array(1.0)), safe)
    logarithm = write("Log", values)
    # log(x) (1 + p log(x) / 2), the first two terms of the series, off by less than p**2
    bent = write("Add", np.array(1.0), write("Mul", logarithm, powers / 2))
    return write("Where", small, write("Mul", logarithm, bent), raised)


def above_threshold(write):
    """Binarizer: what equals the threshold is 0."""
    above = write("Greater", write.rows(), np.array(float(write.model.threshold)))
    write("Cast", above, to=write.float, into=write.outputs[0])


def widest(inputs):
    """Return the type of floats that columns of several types become."""
    double = any(isinstance(variable.type, DoubleTensorType) for variable in inputs)
    return DoubleTensorType if double else FloatTensorType


def side_by_side(write):
    """Columns of several types become floats, whichever comes first."""
    if any(isinstance(variable.type, DoubleTensorType) for variable in write.inputs):
        write.float = TensorProto.DOUBLE
    write("Identity", write.rows(), into=write.outputs[0])
