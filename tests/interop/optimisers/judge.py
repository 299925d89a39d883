"""Let each optimiser rewrite ONNX's own test cases, and record what became of them.

    python -m tests.interop.optimisers.judge             # those whose version is not recorded yet
    python -m tests.interop.optimisers.judge onnxsim     # one of them, in any case
    python -m tests.interop.optimisers.judge --again     # all, only to say what changed

A case is optimised, checked, and run by onnxruntime in a process of its own; the answer is compared
with the one that the standard expects. Each comes twice: as it is, and with its inputs but the
first as constants, as most files have them, which leaves an optimiser more to do. "nothing" comes
first: an optimiser is given the files that are answered rightly as they are.
"""

import argparse
import dataclasses
import importlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

import onnx

from tests.engines import onnx_reference
from tests.interop.operators import cases as official
from tests.interop.optimisers.tools import TOOLS
from tests.kit import apart, record
from tests.kit.graphs import nodes_of

RESULTS = Path(__file__).with_name("results.json")
CONSTANTS = ", constants"  # how the names of the second form of the cases end
NOTHING = "nothing"
GOOD = ["agrees", "unchanged"]  # of these, results.json has the numbers alone
SECONDS = 60  # for a case; what compiles needs one or two


def by_nothing(source, target):
    """Copy the file. What does not agree then says nothing of an optimiser, which is not asked."""
    shutil.copy(source, target)


JUDGED = {NOTHING: (by_nothing, "onnxruntime"), **TOOLS}


def both_forms(cases):
    """Return {name: case} of the cases, each followed by its form with constants, if it has one."""
    forms = {}
    for case in cases:
        forms[case.name] = case
        constant = official.with_constants(case)
        if constant is not None:
            name = case.name + CONSTANTS
            forms[name] = dataclasses.replace(constant, name=name)
    return forms


def operators(graph):
    """Return the operators of a graph in their order, those of the graphs inside it included."""
    return [(node.domain, node.op_type) for node in nodes_of(graph)]


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
    return target.exists()


def run_apart(function, optimise, case, seconds):
    """Return the outcome of a function on a case, in a copy of this process."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.onnx")
        return apart.copy(function, optimise, case, path, seconds=seconds, quiet=True, fill=True)


def verdict_on(optimise, case, seconds=SECONDS):
    """Return the verdict on one case; who crashes may be the optimiser, or who runs its file."""
    outcome = run_apart(judge, optimise, case, seconds)
    if outcome.ended == apart.RETURNED:
        return outcome.value
    if outcome.ended == apart.LATE:
        verdict = {"verdict": "hangs", "why": f"no answer in {seconds} seconds"}
    else:
        verdict = {"verdict": "crashes", "why": outcome.error}
    if run_apart(only_optimise, optimise, case, seconds).value:
        return {"verdict": "invalid", "why": f"to read its file: {verdict['why']}"}
    return verdict


# The records -------------------------------------------------------------------------------------
def read(tool):
    """Return what is recorded of an optimiser: version, date, counts, and what went wrong."""
    return record.read(RESULTS).get("official cases", {}).get(tool, {})


def group(verdicts):
    """Return {case: verdict} as it is recorded: good ones counted, bad ones by what went wrong."""
    grouped = {verdict: 0 for verdict in GOOD}
    for name, found in sorted(verdicts.items()):
        if found["verdict"] in GOOD:
            grouped[found["verdict"]] += 1
        else:
            reasons = grouped.setdefault(found["verdict"], {})
            besides = reasons.setdefault(found["why"], {})
            besides.setdefault(found.get("beside", ""), []).append(name)
    return grouped


def spread_out(grouped):
    """Return {case: verdict} of the bad ones, from what is recorded."""
    verdicts = {}
    for verdict, reasons in grouped.items():
        if isinstance(reasons, dict):
            for why, besides in reasons.items():
                for beside, names in besides.items():
                    found = {"verdict": verdict, "why": why}
                    if beside:
                        found["beside"] = beside
                    verdicts.update(dict.fromkeys(names, found))
    return verdicts


def judge_all(optimise, forms, say):
    """Return {case: verdict} for all cases, and say how far it has come."""
    verdicts = {}
    for number, (name, case) in enumerate(forms.items(), start=1):
        verdicts[name] = verdict_on(optimise, case)
        if number % 100 == 0 or number == len(forms):
            say(f"{number} of {len(forms)}")
    return verdicts


def record_tool(tool, forms, again):
    """Judge and record an optimiser; again: only say what changed."""
    optimise, package = JUDGED[tool]
    for module in ("onnxruntime", "onnx.reference", package):
        importlib.import_module(module)

    def say(words):
        print(f"{tool}: {words}", flush=True)

    verdicts = judge_all(optimise, forms, say)
    earlier = read(tool)
    found = {**record.versions([package]), "onnx": onnx.__version__, "run on": record.today()}
    found["files"] = len(forms)
    if tool == NOTHING:
        found["forms with constants"] = sum(name.endswith(CONSTANTS) for name in forms)
    found |= group(verdicts)
    if again:
        before = spread_out(earlier)
        for name, verdict in verdicts.items():
            old = before.get(name, {"verdict": "good"})["verdict"]
            new = "good" if verdict["verdict"] in GOOD else verdict["verdict"]
            if old != new:
                say(f"{name} was {old}, is {verdict}")
    else:
        results = record.read(RESULTS)
        record.put(results, ["official cases", tool], found)
        record.write(RESULTS, results)


def forms_for(tool, forms):
    """Return those of the cases that an optimiser is given."""
    if tool == NOTHING:
        return forms
    bad = spread_out(read(NOTHING))
    return {name: case for name, case in forms.items() if name not in bad}


def is_recorded(tool, forms):
    """Return whether an optimiser's record is of what is installed."""
    _, package = JUDGED[tool]
    wanted = {**record.versions([package]), "onnx": onnx.__version__, "files": len(forms)}
    return wanted.items() <= read(tool).items()


def main(argv=None):
    parser = argparse.ArgumentParser(description="Let optimisers rewrite ONNX's own test cases.")
    parser.add_argument("tools", nargs="*", metavar="TOOL", help=", ".join(JUDGED))
    parser.add_argument("--again", action="store_true", help="compare with what is recorded")
    arguments = parser.parse_args(argv)
    unknown = set(arguments.tools) - set(JUDGED)
    if unknown:
        parser.error(f"unknown {', '.join(sorted(unknown))}; expected {', '.join(JUDGED)}")
    if not apart.POSSIBLE:
        parser.error("this needs Linux, which can copy a process")
    # Before an import: they report nothing, and cases do not wait for each other's threads.
    os.environ.update({"ORT_DISABLE_TELEMETRY": "1", "OMP_NUM_THREADS": "1"})
    cases, _left_out = official.collect()
    forms = both_forms(cases)
    status = 0
    for tool in arguments.tools or JUDGED:
        given = forms_for(tool, forms)
        if arguments.tools or arguments.again or not is_recorded(tool, given):
            # A process for each, as their libraries may not agree with each other.
            outcome = apart.copy(
                record_tool, tool, given, arguments.again, seconds=6 * 3600, gigabytes=16
            )
            if outcome.ended != apart.RETURNED:
                print(f"{tool}: {outcome.ended} {outcome.error} {outcome.words}")
                status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
