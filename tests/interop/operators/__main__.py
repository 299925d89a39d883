"""Tell what ONNX's own test cases say of a file: which engines run the operators as it uses them.

    python -m tests.interop.operators mine.onnx
    python -m tests.interop.operators mine.onnx --json

Needs only the onnx package: what the engines did is recorded beside this file.
"""

import argparse
import json
import os
import sys

import onnx

from tests.interop.operators import page
from tests.interop.operators.cases import IR_VERSION, ML_OPSET, OPSET
from tests.interop.operators.foresee import foresee, without_functions
from tests.interop.operators.uses import OTHER_RANKS, find_like, read_model

STATED = {"": OPSET, "ai.onnx": OPSET, "ai.onnx.ml": ML_OPSET}
SAID = {
    "differs": "answers differently, without a word",
    "crashes": "ends the process, or never ends",
    "none": "refuses",
    "some": "refuses",
}
RIGHT = {
    "": "right in every case that is like its nodes",
    OTHER_RANKS: "right in every case of its types, in other ranks",
}


def ended(verdict, use):
    """Return how a case ended, for a use: some engines need constants where it has none."""
    if "constants" in verdict and not use.constant:
        return {"verdict": "refused"}
    return verdict


def judge(use, names, verdicts, engine):
    """Return a word for what became of the cases like a use, the cases that earn it, and all."""
    words = {name: ended(verdicts[name], use) for name in names if name in verdicts}
    word = page.cell(words, words)
    if (use.operator, engine) in page.BESIDES and word == "all":
        return "some", [page.BESIDES[use.operator, engine]], words
    worst = "none" if word == "some" else word  # a case alone is refused, or it is not
    guilty = [name for name in words if page.cell(words, [name]) == worst]
    return word, guilty, words


def describe_engine(engine, verdicts, tried, untried):
    """Return what there is to say of an engine, a line each, the worst first.

    tried: {use: (cases like it, "" or OTHER_RANKS)}; untried: whether something has none.
    """
    bad = {word: {} for word in SAID}
    right = {ranks: [] for ranks in RIGHT}
    sampled = []
    for use, (names, ranks) in tried.items():
        word, guilty, ran = judge(use, names, verdicts, engine)
        if word == "all":
            right[ranks].append(use.operator)
        elif word == "":
            sampled.append(use.operator)
        else:
            those, all_of_them = bad[word].setdefault((use.operator, ranks), ({}, {}))
            those.update(dict.fromkeys(guilty))
            all_of_them.update(dict.fromkeys(ran))
    lines = []
    for word, found in bad.items():
        for (operator, ranks), (guilty, ran) in found.items():
            first = next(iter(guilty))
            which = "of its types, in other ranks" if ranks else "like it"
            count = f"in {len(guilty)} of {len(ran)} cases {which}" if first in ran else "at times"
            lines.append(f"{SAID[word]}: {operator} {count}, as in {first}")
    for ranks, operators in right.items():
        if operators:
            lines.append(f"{RIGHT[ranks]}: {join(operators)}")
    if sampled:
        lines.append(f"not tried in this engine, which ran a sample: {join(sampled)}")
    if untried:
        lines.append("not tried: what is listed first")
    return lines


def join(operators):
    """Return operators, each once, in alphabetical order."""
    return ", ".join(sorted(set(operators), key=str.lower))


def find_novelties(model):
    """Return what a file has and no case, or hardly any, a line each."""
    lines = []
    for opset in model.opset_import:
        if opset.version != STATED.get(opset.domain, opset.version):
            name = opset.domain or "ai.onnx"
            lines.append(f"opset {opset.version} of {name}: most cases have {STATED[opset.domain]}")
    if model.ir_version > IR_VERSION:
        lines.append(f"IR version {model.ir_version}: most cases have {IR_VERSION}")
    if model.functions:
        names = join(f"{function.domain}.{function.name}" for function in model.functions)
        lines.append(
            f"the functions {names}: no case has any; inlined, as neural_network.py does it, the "
            f"file is what follows"
        )
    for value in model.graph.input:
        if any(not dim.HasField("dim_value") for dim in value.type.tensor_type.shape.dim):
            lines.append("free sizes: no case has any")
            break
    return lines


def find_uses(model):
    """Return {use: cases like it} and {use: why there are none}."""
    cases = {}
    for name, case in page.read_cases(page.CASES).items():
        if case["use"]:
            cases[name] = case["use"]
    tried = {}
    untried = {}
    for use in dict.fromkeys(read_model(model)):
        names, why = find_like(use, cases)
        if names:
            tried[use] = names, why
        else:
            untried[use] = why
    return tried, untried


def tell(name, model):
    """Print what the recorded results say of a model."""
    tried, untried = find_uses(without_functions(model))
    operators = join(use.operator for use in [*tried, *untried])
    print(f"{name} uses {operators or 'no operator'}.")
    news = find_novelties(model)
    news += sorted({f"{use.operator}: {why}" for use, why in untried.items()}, key=str.lower)
    if news:
        print("\nNot tried in any engine:")
        for line in news:
            print(f"  {line}")
    for engine, verdicts in page.read()["verdicts"].items():
        print(f"\n{engine}")
        for line in describe_engine(engine, verdicts, tried, bool(news)):
            print(f"  {line}")
    print("\nWhat an engine makes of the nodes together, only a run of the file tells.")


def tell_program(model):
    """Print what is expected of each engine as JSON."""
    engines = {}
    for engine, expected in foresee(model).items():
        engines[engine] = {
            "expected": expected.verdict,
            "node": expected.node,
            "operator": expected.operator,
            "why": expected.why,
            "page": expected.page,
        }
    print(json.dumps({"engines": engines}, indent=2))


def load(name):
    """Return a model, without weights that lie in other files; they have to be there, though."""
    model = onnx.load(name, load_external_data=False)
    if not model.HasField("graph"):
        raise ValueError("expected an ONNX file, found no graph in it")
    onnx.checker.check_model(name)  # by its name: then it finds those files beside it
    return model


def main(argv=None):
    parser = argparse.ArgumentParser(
        prog="python -m tests.interop.operators",
        description="Tell what ONNX's own test cases say of a file's operators, engine by engine.",
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
            tell_program(model)
        else:
            tell(name, model)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads it has seen enough, as in "| head"
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
