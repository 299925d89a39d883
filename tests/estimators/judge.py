"""One configuration's verdict, with its evidence, for a float32 and a float64 file."""

import warnings

import numpy as np
import onnx
from onnx.utils import Extractor
from threadpoolctl import threadpool_limits

from tests.estimators import data
from tests.estimators.compare import BOUND, answers, compare, errors
from tests.estimators.configurations import configurations, has_converter
from tests.estimators.remedies import mend_of
from tests.estimators.steps import Refusal, convert, fit, load, run, stage
from tests.estimators.verdicts import (
    AGREES,
    CRASHED,
    DRIFTS,
    MISSING,
    REFUSED,
    UNFIT,
    WORST_FIRST,
    WRONG,
)
from tests.kit import apart

NEAR = 5  # closer to the bound than this factor: another processor may see the other side
STEP = 2.0**-22  # a nudge: two units in the last place of float32
NUDGES = 8
EXACT = 2**24  # up to here float32 holds every whole number

SECONDS = 10  # of a processor's work, for the files of both precisions: the slowest take two
WAIT = 300  # by the clock, for what does not even work


def judge_apart(name, key, seed=0):
    """Return the result of a configuration; what ends the process, or takes too long, is a verdict.

    Where a process cannot be copied, nothing protects this one.
    """
    if not apart.POSSIBLE:
        return judge_quietly(None, name, key, seed)
    outcome = apart.copy(
        judge_quietly, name, key, seed, seconds=WAIT, work=SECONDS, tell=True, quiet=True
    )
    if outcome.ended == apart.RETURNED:
        return outcome.value
    if outcome.ended == apart.RAISED:  # a mistake of the harness, not a verdict
        raise RuntimeError(f"{name}, {key}: {outcome.error}: {outcome.words}")
    cause = outcome.error or f"no answer after {SECONDS} seconds of work"
    finding = {"verdict": CRASHED, "words": cause}
    known = outcome.told[-1] if outcome.told else {}
    return {"float32": finding, "float64": finding, **known}


def judge_quietly(report, name, key, seed):
    """Return the result on one thread, as processes are what is parallel; without warnings."""
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")
        return judge(configurations(name)[key], seed, report)


def judge(configuration, seed=0, report=None):
    """Return {"float32": finding, "float64": finding, "operators": ...} of one configuration.

    report is called with what is known so far, in case that the rest never comes.
    """
    estimator = configuration.estimator(seed)
    if not has_converter(configuration.name):
        return {"float32": {"verdict": MISSING}, "float64": {"verdict": MISSING}}
    rows = data.make(estimator, configuration.situation, seed, configuration.precomputed)
    try:
        stage("fit", fit, estimator, rows)
        X = some_rows(rows, configuration.situation)
        known = stage("fit", expected, estimator, configuration, rows, X)
    except Refusal as refusal:
        finding = {"verdict": UNFIT, "words": refusal.words}
        return {"float32": finding, "float64": finding}
    result = {}
    by_row = {}
    for dtype in (np.float32, np.float64):
        name = np.dtype(dtype).name
        result[name], by_row[name] = judge_file(estimator, rows.X, X, known, dtype)
        if report:
            report(dict(result))
    for name, other in (("float32", "float64"), ("float64", "float32")):
        if result[name]["verdict"] != WRONG:
            continue
        # What float32 gets wrong and float64 right is rounding. The other way round it need not be.
        rounded = name == "float32" and result[other]["verdict"] == AGREES
        if rounded or drifted(by_row[name], estimator, X, known):
            result[name]["verdict"] = DRIFTS
    if configuration.key == "default" and result["float32"]["verdict"] == AGREES:
        result["operators"] = operators(estimator, rows.X, X, known)
    mend = mend_of(configuration.key)
    if mend and result["float64"]["verdict"] == REFUSED:
        mend(estimator)
        mended, _ = judge_file(estimator, rows.X, X, known, np.float64)
        result["float64"]["mended"] = mended["verdict"]
    return result


def some_rows(rows, situation):
    """Return the rows that are compared: all of them, the first one, or none."""
    X = rows.rows()
    if situation == "no rows":
        return X[:0]
    if situation == "one row":
        return X[:1]
    return X


def expected(estimator, configuration, rows, X):
    """Return scikit-learn's answers; for no rows, which it refuses, those of one row, cut off."""
    if len(X):
        try:
            return answers(estimator, X)
        except ValueError:
            if configuration.situation == "unseen category":
                return {}  # refusing is scikit-learn's answer
            raise
    first = answers(estimator, rows.rows()[:1])
    return {method: answer[:0] for method, answer in first.items()}


def judge_file(estimator, trained, X, known, dtype):
    """Return the finding for one precision, and by output the errors of each row."""
    try:
        model = stage("skl2onnx", convert, estimator, trained, dtype)
        objection = None
        try:
            stage("checker", onnx.checker.check_model, model, True)
        except Refusal as refusal:
            objection = refusal
        session = stage("loading", load, model)
        outputs = stage("running", run, session, X, dtype)
    except Refusal as refusal:
        return {"verdict": REFUSED, "by": refusal.stage, "words": refusal.words}, {}
    finding, by_row = compare_all(estimator, outputs, known)
    if objection:
        finding = {
            "verdict": REFUSED,
            "by": objection.stage,
            "words": objection.words,
            "otherwise": finding["verdict"],
        }
    return finding, by_row


def compare_all(estimator, outputs, known):
    """Return the finding of the worst output, and by output the errors of each row."""
    finding = {"verdict": AGREES, "error": 0.0}
    by_row = {}
    for name, got in outputs.items():
        verdict, error, note, rows = compare(name, got, estimator, known)
        by_row[name] = rows
        new = {"verdict": verdict, "error": float(f"{error:.1g}")}
        if note:
            new["note"] = note
        if BOUND / NEAR < error < BOUND * NEAR:
            new["near"] = True
        if (WORST_FIRST.index(verdict), -error) < (
            WORST_FIRST.index(finding["verdict"]),
            -finding["error"],
        ):
            finding = new
    return finding, by_row


def drifted(by_row, estimator, X, known):
    """Return whether rounding explains a difference: where the row is nudged, the answer moves."""
    moved = nudged(estimator, X, known)
    if moved is not None:
        moved = np.maximum(moved, tied(known))
    if moved is None or any(rows is None for rows in by_row.values()):
        return False
    for rows in by_row.values():
        differing = rows > BOUND
        if (moved[differing] < np.minimum(rows[differing], 1) / 4).any():
            return False
    return True


def nudge(X, random):
    """Return rows whose numbers are moved; whole ones that float32 keeps stay as they are."""
    if hasattr(X, "iloc"):
        moved = X.copy()
        for name in X:
            if getattr(X[name].dtype, "kind", "O") in "fiu":
                moved[name] = nudge(X[name].to_numpy(), random)
        return moved
    if X.dtype.kind in "iu" and abs(X).max(initial=0) > EXACT:
        X = X.astype(float)
    if X.dtype.kind != "f":
        return X
    moved = X * (1 + STEP * random.choice([-1, 1], size=X.shape))
    kept = (np.round(X) == X) & (abs(X) <= EXACT)
    return np.where(kept, X, moved)


def nudged(estimator, X, known):
    """Return how far scikit-learn's own answers move in each row when the row is nudged."""
    tags = getattr(estimator, "__sklearn_tags__", None)  # scikit-learn 1.6 and newer
    if (tags and tags().input_tags.categorical) or getattr(X, "ndim", 0) != 2:
        return None
    random = np.random.default_rng(0)
    moved = np.zeros(len(X))
    for _ in range(NUDGES):
        for method, answer in answers(estimator, nudge(X, random)).items():
            change = errors(answer, known[method])
            if method == "predict" and "predict_proba" in known:
                change = (change > 0).astype(float)
            moved = np.maximum(moved, change)
    return moved


def tied(known):
    """Return 1 for each row whose best two classes, or whose two sides, score alike; else 0."""
    scores = known.get("decision_function", known.get("predict_proba"))
    if scores is None or "predict" not in known or known["predict"].ndim != 1:
        return 0
    if scores.ndim == 2 and scores.shape[1] < 2:  # there was one class
        return 0
    if scores.ndim == 1:
        gap = abs(scores)
    else:
        gap = np.diff(np.sort(scores, axis=1)[:, -2:], axis=1).ravel()
    return (gap <= BOUND * abs(scores).max(initial=0)).astype(float)


def operators(estimator, trained, X, known):
    """Return "core", "core on request" or the domains that the file needs."""
    model = convert(estimator, trained, np.float32)
    needed = foreign(model)
    if not needed:
        return "core"
    avoid = set()
    try:
        while not needed <= avoid:
            avoid |= needed
            model = convert(estimator, trained, np.float32, black_op=avoid)
            last = [model.graph.output[-1].name]
            model = Extractor(model).extract_model([model.graph.input[0].name], last)
            needed = foreign(model)
        if not needed:
            finding, _ = compare_all(estimator, run(load(model), X, np.float32), known)
            if finding["verdict"] == AGREES:
                return "core on request"
    except Exception:  # any refusal means the same: not to be had
        pass
    return "ai.onnx.ml"


def foreign(model):
    """Return the operators of a model that are not core ones."""
    return {node.op_type for node in model.graph.node if node.domain not in ("", "ai.onnx")}
