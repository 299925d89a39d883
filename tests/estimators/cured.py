"""How many of the files that are silently wrong are right with the cures: some minutes.

python -m tests.estimators.cured
"""

import sys
import warnings
from pathlib import Path

from threadpoolctl import threadpool_limits

from tests.estimators import data, page
from tests.estimators.ask import Way, judge_way
from tests.estimators.configurations import configurations
from tests.estimators.judge import some_rows
from tests.estimators.steps import Refusal, fit, stage
from tests.estimators.verdicts import AGREES, CRASHED, DRIFTS, SILENT, UNFIT
from tests.kit import apart, record

FILE = Path(__file__).with_name("cured.json")
SECONDS = 30


def judge_cured(name, key, seed=1):
    """Return the verdict of a configuration with the cures, on other data than the sweep's."""
    configuration = configurations(name)[key]
    estimator = configuration.estimator(seed)
    rows = data.make(estimator, configuration.situation, seed, configuration.precomputed)
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")
        try:
            stage("fit", fit, estimator, rows)
        except Refusal:
            return UNFIT
        X = some_rows(rows, configuration.situation)
        words = hasattr(estimator, "token_pattern")
        answer = judge_way(estimator, X, Way(cured=True, words=words))
        if answer.verdict not in SILENT:
            return answer.verdict
        double = judge_way(estimator, X, Way("float64", cured=True, words=words))
        return DRIFTS if double.verdict == AGREES else answer.verdict


def read():
    """Return {configuration: [verdict before, verdict with the cures]}."""
    return record.read(FILE).get("found", {})


def main(arguments):
    """Try each configuration whose float32 file is silently off, and note its verdict now."""
    found = {} if "--anew" in arguments else read()
    for name, key, result in page.rows(page.read_sweep()):
        before = result["float32"]["verdict"]
        said = f"{name}({key})"
        if before not in SILENT or said in found:
            continue
        outcome = apart.copy(judge_cured, name, key, seconds=300, work=SECONDS, quiet=True)
        after = outcome.value if outcome.ended == apart.RETURNED else CRASHED
        found[said] = [before, after]
        versions = record.versions(page.PACKAGES)
        record.write(FILE, {"versions": versions, "date": record.today(), "found": found})
        print(f"{said}: {before} -> {after} {outcome.words}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
