"""Convert a fitted pipeline of your own, and compare every output with scikit-learn on your rows.

    python -m tests.estimators pipeline.joblib rows.csv           add --json for a program

Status 0: the file agrees. 1: it differs, or is refused. 2: something could not be read. Loading a
joblib file runs what is in it: load none that you would not run.
"""

import argparse
import json
import sys

from tests.estimators.ask import ask
from tests.estimators.reading import Unreadable, read_model, read_rows
from tests.estimators.verdicts import DRIFTS

RUNS = "Loading a joblib file runs what is in it: load none that you would not run."


def lines(findings):
    """Yield what there is to say to a person."""
    yield f"{findings.model}: {findings.answer}"
    for name, differing in findings.answer.outputs.items():
        yield f"  output {name}: {differing} of {findings.answer.rows} rows differ"
    if findings.verdict == DRIFTS:
        yield "  Drift is rounding: scikit-learn's own answer moves as far, or float64 is right."
    if findings.step:
        yield f"First step that goes wrong: {findings.step}: {findings.step_answer}"
    if findings.title:
        yield f"Kind: {findings.title} ({findings.page})"
        yield f"Cure: {findings.cure}"
    for way, answer in findings.ways.items():
        helps = "helps" if way == findings.helped else "does not help"
        yield f"Tried here: {way}: {helps}: {answer}"
    yield "For information:"
    for what, came in findings.besides.items():
        yield f"  {what}: {came}"


def main(arguments=None):
    """Ask, print, and return the status."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.estimators", description=__doc__.split("\n")[0], epilog=RUNS
    )
    parser.add_argument("pipeline", help="a fitted estimator, saved with joblib.dump")
    parser.add_argument("rows", help="a csv file of rows, as the estimator takes them")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    given = parser.parse_args(arguments)
    try:
        model = read_model(given.pipeline)
        findings = ask(model, read_rows(given.rows, model))
    except Unreadable as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if given.json:
        print(json.dumps(findings.to_dict(), indent=1))
    else:
        print(RUNS)
        print(*lines(findings), sep="\n")
    return 0 if findings.agrees() else 1


if __name__ == "__main__":
    sys.exit(main())
