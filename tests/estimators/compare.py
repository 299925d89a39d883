"""One output of the file beside what scikit-learn answers: the same, misnamed, or different."""

from operator import itemgetter

import numpy as np
from sklearn.base import is_regressor

from tests.estimators.verdicts import AGREES, MISNAMED, WRONG

# The largest difference that is called agreement, as a part of the output's largest value. float32
# keeps 6e-8 of each number; a sum over 90 rows, and a difference that cancels one digit or two,
# cost a factor of a thousand. What a wrong formula costs starts well above that.
BOUND = 1e-4
UNBOUNDED = 1e9

# What the name of an output promises, in scikit-learn's words.
MEANS = {
    "label": "predict",
    "probabilities": "predict_proba",
    "scores": "decision_function",
    "GPmean": "predict",
    "decision_path": "decision_path",
    "index": "neighbour",
    "distance": "distance",
}
METHODS = ["predict", "predict_proba", "decision_function", "score_samples", "transform"]


def answers(estimator, X):
    """Return what scikit-learn answers for the rows by method; its error if no method answers."""
    found = {}
    refused = None
    for method in METHODS:
        if hasattr(estimator, method):
            try:
                answer = getattr(estimator, method)(X)
            except (ValueError, TypeError, NotImplementedError, AttributeError) as error:
                refused = error  # a method that these rows, or this option, do not allow
                continue
            if isinstance(answer, tuple):  # of PLS: the rows come first
                answer = answer[0]
            found[method] = dense(answer)
    if hasattr(estimator, "kneighbors"):
        distance, neighbour = estimator.kneighbors(X)
        found["distance"] = distance
        found["neighbour"] = neighbour
    if not found and refused:
        raise refused
    return found


def dense(answer):
    """Return a plain array, rows first, of what may be sparse, a frame or an array an output."""
    if hasattr(answer, "toarray"):
        answer = answer.toarray()
    if isinstance(answer, list) and len({np.shape(part) for part in answer}) > 1:
        answer = np.concatenate(answer, axis=-1)
    answer = np.asarray(answer)
    return np.moveaxis(answer, 1, 0) if answer.ndim == 3 else answer


def promised(name, estimator, known):
    """Return the method whose answer an output of that name should hold."""
    if name == "scores" and "decision_function" not in known:
        return "transform"  # of clusterers: distances from the centres
    if name in MEANS:
        return MEANS[name]
    if is_regressor(estimator) or "transform" not in known:
        return "predict"
    return "transform"


def is_text(array):
    """Return whether an array holds words."""
    return array.dtype.kind in "OUS"


def errors(got, wanted):
    """Return the difference in each row, as a part of the largest value wanted; labels: 0 or 1."""
    if len(got) == 0:
        return np.zeros(0)
    if is_text(wanted) or is_text(got):
        return label_errors(got, wanted)
    got = got.astype(float).reshape(len(got), -1)
    wanted = wanted.astype(float).reshape(len(wanted), -1)
    finite = np.isfinite(wanted)
    scale = abs(wanted[finite]).max(initial=0) or 1.0
    with np.errstate(invalid="ignore", over="ignore"):
        difference = abs(got - wanted) / scale
    difference[(got == wanted) | (np.isnan(got) & np.isnan(wanted))] = 0  # infinities and NaN
    difference[~(difference < UNBOUNDED)] = UNBOUNDED  # NaN or infinite in one of the two only
    return difference.max(axis=1, initial=0)


def label_errors(got, wanted):
    """Return 1 for each row whose label differs in any way, 0 for the others."""
    if len(got) == 0:
        return np.zeros(0)
    different = got.astype(str) != wanted.astype(str)
    if not is_text(wanted) and not is_text(got):
        different = got != wanted
    return different.reshape(len(got), -1).max(axis=1, initial=0).astype(float)


def same_shape(got, wanted):
    """Return whether the shapes agree; a column of one stands for a row of numbers."""
    if got.shape == wanted.shape:
        return True
    one_column = (len(wanted), 1)
    return {got.shape, wanted.shape} == {one_column, (len(wanted),)}


def disguises(known):
    """Yield (what it is, values) for what an output may hold instead of what its name says."""
    for method, values in known.items():
        if is_text(values):
            continue
        yield method, values
        if method == "decision_function" and values.ndim == 1:
            yield "decision_function, first negative", np.column_stack([-values, values])
            yield "decision_function, then negative", np.column_stack([values, -values])
            yield "1 - decision_function, decision_function", np.column_stack([1 - values, values])
        if method in ("decision_function", "score_samples"):
            yield f"-{method}", -values


def nearest_disguise(got, known):
    """Return (what it is, values) of the nearest answer of that shape, or (None, None)."""
    found = []
    for what, values in disguises(known):
        if same_shape(got, values):
            error = errors(got.reshape(values.shape), values).max(initial=0)
            found.append((error, what, values))
    if is_text(got) or not found:
        return None, None
    return min(found, key=itemgetter(0))[1:]


def same_in_another_order(got, wanted):
    """Return whether each column wanted is one of the columns that came, if not the same one."""
    if is_text(got) or len(got) == 0:
        return False
    places = set()
    for column in wanted.T:
        differences = [errors(other[:, None], column[:, None]).max() for other in got.T]
        places.add(int(np.argmin(differences)))
        if min(differences) > BOUND:
            return False
    return len(places) == wanted.shape[1]


def compare(name, got, estimator, known):
    """Return (verdict, error, note, error in each row) of one output."""
    got = dense(got)
    if not known:
        return WRONG, UNBOUNDED, "the file answers what scikit-learn refuses", None
    method = promised(name, estimator, known)
    wanted = known.get(method)
    if wanted is not None and same_shape(got, wanted):
        if is_text(got) != is_text(wanted):
            return MISNAMED, 0.0, f"{name} is {got.dtype}, {method} {wanted.dtype}", None
        measure = label_errors if name in ("label", "index") else errors
        by_row = measure(got.reshape(wanted.shape), wanted)
        if by_row.max(initial=0) <= BOUND:
            return AGREES, by_row.max(initial=0), "", by_row
        if got.shape == wanted.shape and got.ndim == 2 and same_in_another_order(got, wanted):
            return MISNAMED, 0.0, f"the columns of {name} stand in another order", None
    what, values = (None, None) if name == "label" else nearest_disguise(got, known)
    if what and what != method:
        misnamed = errors(got.reshape(values.shape), values)
        if misnamed.max(initial=0) <= BOUND:
            return MISNAMED, misnamed.max(initial=0), f"{name} holds {what}", misnamed
        if wanted is None:
            return WRONG, misnamed.max(), f"{name} is not even {what}", misnamed
    if wanted is None:
        return MISNAMED, 0.0, f"there is {name}, but no {method}", None
    if not same_shape(got, wanted):
        return MISNAMED, 0.0, f"{name} has shape {got.shape}, {method} {wanted.shape}", None
    return WRONG, by_row.max(), f"{name} is not {method}", by_row
