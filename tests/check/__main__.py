"""Ask about your own file, pipeline or error message.

    python -m tests.check mine.onnx                     what it is, who should run it, who does
    python -m tests.check mine.onnx --rows rows.npz     with your rows, and what is right for them
    python -m tests.check mine.onnx --against other.onnx
    python -m tests.check pipeline.joblib rows.csv      a fitted scikit-learn pipeline
    python -m tests.check "Unexpected input data type"  an error message

Status 0: nothing found; 1: an engine refuses, dies or differs, or the inspector found something;
2: not to be read, in one line.
"""

import argparse
import json
import os
import sys
from pathlib import Path

if not __package__:  # run as a folder, from any other: its own modules are not top-level ones
    sys.path[0] = str(Path(__file__).resolve().parent.parent.parent)

from tests.check import ask_model, report
from tests.check.messages import search
from tests.estimators.__main__ import lines
from tests.estimators.ask import ask as ask_estimator
from tests.estimators.reading import Unreadable as UnreadablePipeline
from tests.estimators.reading import read_model, read_rows

SUFFIXES = [".onnx", ".joblib"]


def is_file(argument):
    """Return whether an argument is a file rather than a message."""
    try:
        there = Path(argument).exists()
    except OSError:  # longer than a name may be
        there = False
    return there or argument.lower().endswith(tuple(SUFFIXES))


def tell_progress(words):
    """Say on the terminal what is being done."""
    if sys.stderr.isatty():
        print(f"... {words}", file=sys.stderr, flush=True)


def ask_message(message):
    """Return what a message belongs to, as the JSON has it; status 1 if nothing is known of it."""
    entries = search(message)
    return {
        "schema": ask_model.SCHEMA,
        "subject": "message",
        "message": message,
        "entries": entries,
        "status": 0 if entries else 1,
    }


def ask_pipeline(path, arguments):
    """Return what a fitted pipeline's file makes of its rows, as the JSON has it."""
    if arguments.table is None or arguments.rows or arguments.against:
        raise ask_model.Unreadable(f"{path}: expected its rows beside it, as in {path} rows.csv")
    try:
        model = read_model(path)
        found = ask_estimator(model, read_rows(arguments.table, model))
    except UnreadablePipeline as error:
        raise ask_model.Unreadable(str(error)) from error
    status = 0 if found.agrees() else 1
    return {
        "schema": ask_model.SCHEMA,
        "subject": "pipeline",
        "file": Path(path).name,
        "status": status,
        "pipeline": found.to_dict(),
        "text": list(lines(found)),
    }


def ask(arguments):
    """Return the report on what the arguments name."""
    subject = arguments.subject
    if not is_file(subject):
        return ask_message(subject)
    if not Path(subject).is_file():
        what = "expected a file, found a folder" if Path(subject).exists() else "no such file"
        raise ask_model.Unreadable(f"{subject}: {what}")
    if subject.lower().endswith(".joblib") or (arguments.table and not subject.endswith(".onnx")):
        return ask_pipeline(subject, arguments)
    if arguments.table:
        raise ask_model.Unreadable(f"{subject}: expected --rows rows.npz for an ONNX file")
    if arguments.against:
        return ask_model.ask_two(subject, arguments.against, arguments.rows, tell_progress)
    return ask_model.ask(
        subject,
        arguments.rows,
        tell_progress,
        seconds=arguments.seconds,
        timed=arguments.time,
    )


def positive(text):
    """Return a number of seconds; argparse says what is wrong with another."""
    number = float(text)
    if not 0 < number < 1e6:
        raise ValueError
    return number


def parse(argv):
    """Return the arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.check",
        description="Ask about your own ONNX file, scikit-learn pipeline or error message.",
    )
    parser.add_argument("subject", help="an .onnx file, a .joblib file, or a part of a message")
    parser.add_argument("table", nargs="?", help="for a pipeline: rows as .csv, names on top")
    parser.add_argument("--rows", help="an .npz file: an array for each input")
    parser.add_argument("--against", metavar="OTHER", help="another .onnx file to compare with")
    parser.add_argument(
        "--seconds", type=positive, default=60, help="for each engine; then it is ended"
    )
    parser.add_argument("--time", action="store_true", help="say which nodes take the time")
    parser.add_argument("--json", action="store_true", help="print what was found as JSON")
    return parser.parse_args(argv)


def main(argv=None):
    """Print what was found; return the status."""
    arguments = parse(argv)
    try:
        found = ask(arguments)
    except ask_model.Unreadable as error:
        print(f"error: {report.safe(error)}", file=sys.stderr)
        return 2
    text = json.dumps(found, indent=1) if arguments.json else report.tell(found)
    try:
        print(text, flush=True)
    except BrokenPipeError:  # who reads has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return found["status"]


if __name__ == "__main__":
    sys.exit(main())
