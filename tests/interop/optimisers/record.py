"""Let each optimiser rewrite ONNX's own test cases, and record what became of them.

    python -m tests.interop.optimisers.record             # all optimisers, what is not recorded yet
    python -m tests.interop.optimisers.record onnxsim     # one of them
    python -m tests.interop.optimisers.record --again     # run what is recorded, say what changed

A case is optimised, checked, and run by onnxruntime in a process of its own; the answer is compared
with the one that the standard expects. Each comes twice: as it is, and with its inputs but the
first as constants, as most files have them, which leaves an optimiser more to do.
"""

import argparse
import dataclasses
import importlib
import importlib.metadata
import json
import multiprocessing
import os
import shutil
from pathlib import Path

import onnx

from tests.engines import onnx_reference
from tests.interop.operators import cases as official
from tests.interop.operators.measure import ENVIRONMENT, judge_apart
from tests.interop.optimise import TOOLS, operators
from tests.kit import record as kit

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results"
CONSTANTS = ", constants"  # how the names of the second form of the cases end
NOTHING = "nothing"


def by_nothing(source, target):
    """Copy the file. What does not agree then says nothing of an optimiser, and is left out."""
    shutil.copy(source, target)


RECORDED = {NOTHING: (by_nothing, "onnxruntime"), **TOOLS}


def both_forms(cases):
    """Return the cases, each followed by its form with constants where there is one."""
    forms = []
    for case in cases:
        forms.append(case)
        constant = official.with_constants(case)
        if constant is not None:
            forms.append(dataclasses.replace(constant, name=case.name + CONSTANTS))
    return forms


# What becomes of a case --------------------------------------------------------------------------
def judge(optimise, case, path):
    """Return the verdict on what an optimiser makes of one case, and what there is to say."""
    target = path.with_name("optimised.onnx")
    onnx.save(case.model, path)
    try:
        optimise(path, target)
    except Exception as error:
        return {"verdict": "refused", "why": words_of(error, path.parent)}
    try:
        optimised = onnx.load(target)
        onnx.checker.check_model(optimised, full_check=True)
    except Exception as error:
        beside = f"onnxruntime {ask(call, case, target)}"
        return {"verdict": "invalid", "why": words_of(error, path.parent), "beside": beside}
    missing = names_of(case.model.graph) - names_of(optimised.graph)
    if missing:  # a valid file, but whoever called the original is refused by it
        return {"verdict": "other inputs", "why": f"without {', '.join(sorted(missing))}"}
    try:
        answer = call(case, target)
    except Exception as error:
        return {"verdict": "invalid", "why": words_of(error, path.parent)}
    sentence = official.difference(case, answer)
    if sentence is not None:
        # A second engine, which shares nothing with the first: is it the file that is wrong?
        before = ask(call_reference, case, path)
        after = ask(call_reference, case, target)
        beside = f"onnx.reference {before} before, {after} after"
        return {"verdict": "differs", "why": sentence, "beside": beside}
    same = operators(case.model.graph) == operators(optimised.graph)
    return {"verdict": "unchanged" if same else "agrees"}


def names_of(graph):
    """Return the names of a graph's inputs and outputs."""
    return {value.name for value in [*graph.input, *graph.output]}


def call(case, path):
    """Return onnxruntime's answer, asked in the words of the original: its inputs, its outputs."""
    import onnxruntime

    graph = case.model.graph
    names = [value.name for value in graph.input]
    feed = dict(zip(names, case.inputs, strict=True))
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run([value.name for value in graph.output], feed)


def call_reference(case, path):
    """Return the answer of onnx.reference."""
    return onnx_reference.run(path, case.inputs)


def ask(engine, case, path):
    """Return how an engine answers: it agrees, differs, or refuses."""
    try:
        answer = engine(case, path)
    except Exception:
        return "refuses"
    return "agrees" if official.difference(case, answer) is None else "differs"


def words_of(error, folder):
    """Return what an exception says, on one line, cut short, without the temporary folder."""
    words = f"{type(error).__name__}: {error}".replace(f"{folder}/", "")
    return " ".join(words.split())[:300]


def only_optimise(optimise, case, path):
    """Return whether an optimiser writes a file, whatever that is worth."""
    onnx.save(case.model, path)
    target = path.with_name("optimised.onnx")
    optimise(path, target)
    return {"verdict": "written" if target.exists() else "not written"}


def verdict_on(optimise, case, limit=60):
    """Return the verdict on one case; who crashes may be the optimiser, or who runs its file."""
    verdict = judge_apart(optimise, case, limit, judge)
    if verdict["verdict"] in ("crashes", "hangs"):
        alone = judge_apart(optimise, case, limit, only_optimise)
        if alone["verdict"] == "written":
            return {"verdict": "invalid", "why": f"to read its file: {verdict['why']}"}
    return verdict


# The records -------------------------------------------------------------------------------------
def results_file(tool):
    """Return the path of an optimiser's results."""
    return RESULTS / f"{tool.lower().replace(', ', '_').replace(' ', '_')}.json"


def read_results(tool):
    """Return what is recorded of an optimiser: its version, {case: verdict}."""
    path = results_file(tool)
    if path.exists():
        return json.loads(path.read_text(encoding="utf-8"))
    return {"version": "", "cases": {}}


def write_results(tool, results):
    """Write an optimiser's results."""
    kit.write(results_file(tool), results)


def record(tool, cases, again):
    """Optimise the cases that are not recorded yet, and record them; again: say what changed."""
    optimise, package = RECORDED[tool]
    for module in ("onnxruntime", "onnx.reference", package):
        importlib.import_module(module)
    version = importlib.metadata.version(package)
    earlier = read_results(tool)
    results = {"version": version, "cases": {}}
    names = {case.name for case in cases}
    if not again and earlier["version"] == version:
        known = {name: value for name, value in earlier["cases"].items() if name in names}
        results["cases"].update(known)
    todo = [case for case in cases if case.name not in results["cases"]]
    for number, case in enumerate(todo, start=1):
        verdict = verdict_on(optimise, case)
        results["cases"][case.name] = verdict
        old = earlier["cases"].get(case.name, verdict)
        if again and old["verdict"] != verdict["verdict"]:
            print(f"{tool}: {case.name} was {old['verdict']}, is {verdict}", flush=True)
        if number % 100 == 0 or number == len(todo):
            print(f"{tool}: {number} of {len(todo)}", flush=True)
            if not again:
                write_results(tool, results)


def main(argv=None):
    parser = argparse.ArgumentParser(description="Let optimisers rewrite ONNX's own test cases.")
    parser.add_argument("tools", nargs="*", metavar="TOOL", help=", ".join(RECORDED))
    parser.add_argument("--again", action="store_true", help="compare with what is recorded")
    arguments = parser.parse_args(argv)
    unknown = set(arguments.tools) - set(RECORDED)
    if unknown:
        parser.error(f"unknown {', '.join(sorted(unknown))}; expected {', '.join(RECORDED)}")
    os.environ.update(ENVIRONMENT)
    cases, _left_out = official.collect()
    RESULTS.mkdir(exist_ok=True)
    forms = both_forms(cases)
    fork = multiprocessing.get_context("fork")
    for tool in arguments.tools or RECORDED:
        # A process for each, as their libraries may not agree with each other.
        process = fork.Process(target=record, args=(tool, forms, arguments.again))
        process.start()
        process.join()
        if process.exitcode:
            print(f"{tool}: ended with status {process.exitcode}")


if __name__ == "__main__":
    main()
