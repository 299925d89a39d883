"""Tell what each engine is expected to do with a file, from what it did with cases like its nodes.

    python -m tests.interop.operators mine.onnx
    python -m tests.interop.operators mine.onnx --json

Needs only the packages of the scripts: what the engines did is recorded beside this file.
"""

import argparse
import dataclasses
import json
import os
import sys
from pathlib import Path

import onnx

from tests.interop.operators.foresee import (
    CRASHES,
    DIFFERS,
    OF_REAL,
    REFUSES,
    RUNS,
    UNKNOWN,
    foresee_file,
)
from tests.interop.operators.uses import read_model, without_functions

SAID = {
    RUNS: "runs",
    REFUSES: "refuses",
    DIFFERS: "answers otherwise, without a word",
    CRASHES: "ends the process, or never ends",
    UNKNOWN: "not known",
}


def tell(name, model):
    """Print what is expected of each engine, a line or two each."""
    operators = sorted({use.operator for use in read_model(without_functions(model))})
    print(f"{name} uses {', '.join(operators) or 'no operator'}.\n")
    said = foresee_file(name)
    for engine, expected in said.items():
        at = f": {expected.operator}, node {expected.node}" if expected.node else ""
        print(f"{engine}: {SAID[expected.verdict]}{at}")
        if expected.why:
            print(f"  {expected.why}")
    if any(expected.measured for expected in said.values()):
        print(f"\nMeasured: this file is one of those that were run, see {OF_REAL}.")
    else:
        print("\nExpected, not run: what an engine makes of the file itself, only a run tells.")


def tell_program(name):
    """Print what is expected of each engine as JSON."""
    engines = {}
    for engine, expected in foresee_file(name).items():
        fields = dataclasses.asdict(expected)
        engines[engine] = {"expected": fields.pop("verdict"), **fields}
    print(json.dumps({"engines": engines}, indent=2))


def load(name):
    """Return a model, without weights that lie in other files; they have to be there, though."""
    if Path(name).is_dir():
        raise ValueError("expected an ONNX file, found a folder")
    model = onnx.load(name, load_external_data=False)
    if not model.HasField("graph"):
        raise ValueError("expected an ONNX file, found no graph in it")
    onnx.checker.check_model(name)  # by its name: then it finds those files beside it
    return model


def main(argv=None):
    parser = argparse.ArgumentParser(
        prog="python -m tests.interop.operators",
        description="Tell what each engine is expected to do with a file, node by node.",
    )
    parser.add_argument("file", help="an ONNX file")
    parser.add_argument("--json", action="store_true", help="for a program")
    arguments = parser.parse_args(argv)
    name = arguments.file
    try:
        model = load(name)
    except Exception as error:  # of the file system, of protobuf or of the checker
        words = " ".join(str(error).split())
        print(f"error: {name}: {words or 'expected an ONNX file'}", file=sys.stderr)
        sys.exit(2)
    try:
        if arguments.json:
            tell_program(name)
        else:
            tell(name, model)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads it has seen enough, as in "| head"
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
