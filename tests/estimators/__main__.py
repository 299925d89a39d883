"""Convert a fitted pipeline of your own, and compare every output with scikit-learn on your rows.

    python -m tests.estimators pipeline.joblib rows.csv           add --json for a program

Status 0: the file agrees. 1: it differs, or is refused. 2: something could not be read. Loading a
joblib file runs what is in it: load none that you would not run.
"""

import argparse
import json
import sys
from textwrap import fill

from tests.estimators.ask import CURED, CURES, ask
from tests.estimators.reading import Unreadable, read_model, read_rows
from tests.estimators.verdicts import DRIFTS, SILENT

RUNS = "Loading a joblib file runs what is in it: load none that you would not run."


class Teller:
    """Tells answers; words that were told before are not told again."""

    def __init__(self):
        self.told = set()

    def answer(self, answer):
        """Return an answer in words."""
        words = getattr(answer, "words", "")
        if words and words in self.told and answer.verdict not in SILENT:
            return f"{answer.verdict} in the same words"
        self.told.add(words)
        return str(answer)


def lines(findings):
    """Yield what there is to say to a person, a matter a line."""
    tell = Teller().answer
    yield f"{findings.model}: {tell(findings.answer)}"
    for name, differing in findings.answer.outputs.items():
        yield f"  output {name}: {differing} of {findings.answer.rows} rows differ"
    if findings.verdict == DRIFTS:
        yield "  Drift is rounding: scikit-learn's own answer moves as far, or float64 is right."
    if findings.step:
        yield f"First step that goes wrong: {findings.step}: {tell(findings.step_answer)}"
    if findings.title:
        yield f"Kind: {findings.title} ({findings.page})"
        yield f"Cure: {findings.cure}"
    if findings.ways:
        yield "Tried here:"
    for way, answer in findings.ways.items():
        helps = "helps" if way == findings.helped else "does not help"
        yield f"  {helps}: {way}: {tell(answer)}"
    if any(CURED in way for way in findings.ways):
        yield f"The cures are in {CURES}"
    yield "For information:"
    for what, came in findings.besides.items():
        yield f"  {what}: {tell(came)}"


def wrapped(line):
    """Return a line broken between words, what follows set in; an address stays whole."""
    margin = " " * (4 + len(line) - len(line.lstrip()))
    return fill(line, 100, subsequent_indent=margin, break_long_words=False, break_on_hyphens=False)


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
        print(*map(wrapped, lines(findings)), sep="\n")
    return 0 if findings.agrees() else 1


if __name__ == "__main__":
    sys.exit(main())
