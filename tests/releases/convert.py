"""Fit, convert and compare estimators, with the skl2onnx and scikit-learn that are installed here.

    python -m tests.releases.convert ORDERS VERDICTS

ORDERS holds {name: (estimator, rows to fit on, their target, unseen rows)}, made by the pinned
packages; the verdict of each is written to VERDICTS, {name: (verdict, words)}. Linux only.
"""

import pickle
import sys
import warnings
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from tests.estimators import steps, verdicts
from tests.estimators.compare import answers
from tests.estimators.configurations import Configuration, classes, has_converter
from tests.estimators.data import Data
from tests.estimators.judge import judge_file
from tests.kit import apart
from tests.releases.history import CRASHES, HANGS, OTHERWISE, REFUSED, RIGHT, TOO_NEW

SECONDS = 300  # by the clock: a busy machine is no verdict
SAME = {verdicts.AGREES: RIGHT, verdicts.WRONG: OTHERWISE}


def judge(name, X, y, unseen):
    """Return (verdict, words) of one estimator's default or, by its rows, of two classes."""
    if name not in classes():
        return TOO_NEW, "this scikit-learn has no such estimator"
    if not has_converter(name):
        return verdicts.MISSING, ""
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")
        estimator = Configuration(name, "default", {}).estimator()
        rows = Data(X, y, unseen)
        try:
            steps.fit(estimator, rows)
            known = answers(estimator, rows.rows())
        except Exception as error:  # of this scikit-learn, which says no to the rows
            return verdicts.UNFIT, steps.plain(f"{type(error).__name__}: {error}")[:150]
        finding, _ = judge_file(estimator, X, rows.rows(), known, np.float32)
    words = finding.get("words", finding.get("note", ""))
    return SAME.get(finding["verdict"], finding["verdict"]), words


def judge_apart(order):
    """Return the same; the end of a process is a verdict, too."""
    outcome = apart.copy(judge, *order, seconds=SECONDS, quiet=True)
    if outcome.ended == apart.RETURNED:
        return outcome.value
    if outcome.ended == apart.RAISED:
        return REFUSED, f"{outcome.error}: {outcome.words}"
    return (HANGS if outcome.ended == apart.LATE else CRASHES), outcome.error


def main(orders, written):
    found = {}
    for name, order in pickle.loads(Path(orders).read_bytes()).items():
        found[name] = judge_apart(order)
    Path(written).write_bytes(pickle.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
