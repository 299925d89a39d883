"""Run the official cases in the engines, and record how each of them ended.

    python -m tests.interop.operators.measure              # engines whose version is not recorded
    python -m tests.interop.operators.measure OpenVINO     # one of them
    python -m tests.interop.operators.measure --again      # once more: what changed, and the worse

Each case runs in a copy of a process that has imported the engine, since some cases end the
process, and others never end. Windows and macOS cannot copy it; there, read what is recorded. Where
a case is not answered, it runs once more with constants in place of its inputs, all but the first.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import onnx

from tests import engines
from tests.interop.operators import cases as official
from tests.kit import apart, record
from tests.kit.places import ROOT

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results"
CASES = FOLDER / "cases.json"
EXAMPLES = FOLDER / "examples.json"
TRIALS = FOLDER / "trials.json"
GRAPHS = FOLDER / "graphs.json"
LAST = FOLDER / "last_census.json"
ENGINES = engines.find()
SECONDS = 60  # of a processor's work for a case; what compiles needs one or two
PATIENCE = 10  # times as long by the clock: a busy machine is no verdict on an engine
SEVERITY = ["agrees", "refused", "hangs", "crashes", "differs"]  # nobody notices the last one
NOT_TRIED = "not tried"  # for want of a program that the engine calls: no verdict on the engine
TOGETHER = 25  # trials in a process: to copy it takes longer than most of them
SHOWN = 350  # a case of so many numbers, or fewer, is recorded with its wrong answer

# These compile each case, which takes seconds: {name: how many cases of an operator they run}.
SAMPLED = {"IREE": 2, "tinygrad": 2, "ncnn": 2}

# Before any import of an engine: one thread, so that cases do not wait for each other's.
ENVIRONMENT = {"OMP_NUM_THREADS": "1"}


# One case -----------------------------------------------------------------------------------------
def count_numbers(case):
    """Return how many numbers a case consists of."""
    arrays = official.arrays_of([*case.inputs, *case.outputs])
    return sum(array.size for array in arrays)


def judge(run, case, path):
    """Return the verdict on one case: agrees, refused or differs, and what there is to say."""
    onnx.save(case.model, path)
    try:
        answer = run(path, case.inputs)
        if len(answer) < len(case.outputs):  # whoever wants the others notices
            raise ValueError(f"{len(answer)} of {len(case.outputs)} outputs")
    except FileNotFoundError as error:
        return {"verdict": NOT_TRIED, "why": f"there is no {error.filename}"}
    except Exception as error:
        words = f"{type(error).__name__}: {error}".replace(f"{path.parent}{os.sep}", "")
        words = " ".join(words.split())  # the folder has another name in each run
        return {"verdict": "refused", "why": words[:120]}
    sentence = official.difference(case, answer)
    if sentence is None:
        return {"verdict": "agrees"}
    verdict = {"verdict": "differs", "why": sentence}
    arrays = [value for value in answer if hasattr(value, "tolist")]
    if len(arrays) == len(answer) and count_numbers(case) <= SHOWN:
        verdict["answer"] = [official.shorten(array.tolist()) for array in arrays]
    return verdict


def judge_apart(run, case, seconds=SECONDS):
    """Return the verdict on a case; crashes and hangs are verdicts, too."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.onnx")
        # Memory that nobody wrote is filled: who reads it answers wrongly each time.
        limits = {"seconds": PATIENCE * seconds, "work": seconds}
        outcome = apart.copy(judge, run, case, path, **limits, quiet=True, fill=True)
    if outcome.ended == apart.LATE:
        return {"verdict": "hangs", "why": f"no answer in {seconds} seconds"}
    if outcome.ended == apart.CRASHED:
        return {"verdict": "crashes", "why": outcome.error}
    if outcome.ended == apart.RETURNED:
        return outcome.value
    return {"verdict": "refused", "why": f"{outcome.error}: {outcome.words}"[:120]}


def judge_twice(run, case, seconds=SECONDS):
    """Return the verdict on a case: where there is no answer, that with constants for inputs.

    Unless constants are refused, too.
    """
    verdict = judge_apart(run, case, seconds)
    if verdict["verdict"] not in ("agrees", "differs"):
        constant = official.with_constants(case)
        if constant is not None:
            second = judge_apart(run, constant, seconds)
            if second["verdict"] not in ("refused", verdict["verdict"]):
                verdict = {**second, "constants": True}
    return verdict


def judge_each(tell, run, cases, folder):
    """Tell the verdict on each case, one after the other in one process."""
    for number, case in enumerate(cases):
        tell(judge(run, case, Path(folder, f"{number}.onnx")))


def judge_many(run, cases, seconds=SECONDS):
    """Return the verdicts on cases, some in a process; what ends it is judged alone once more."""
    verdicts = []
    while len(verdicts) < len(cases):
        batch = cases[len(verdicts) : len(verdicts) + TOGETHER]
        settings = {"seconds": PATIENCE * seconds, "tell": True, "quiet": True, "fill": True}
        with tempfile.TemporaryDirectory() as folder:
            outcome = apart.copy(judge_each, run, batch, folder, **settings)
        verdicts += outcome.told
        if len(outcome.told) < len(batch):
            verdicts.append(judge_apart(run, batch[len(outcome.told)], seconds))
    return verdicts


def worse(earlier, verdict):
    """Return the worse of two verdicts on a case; where they are not the same, it is by chance."""
    if earlier["verdict"] == verdict["verdict"] or verdict["verdict"] == NOT_TRIED:
        return earlier
    worst = max(earlier, verdict, key=lambda one: SEVERITY.index(one["verdict"]))
    return {**worst, "by chance": True}


# What is recorded ---------------------------------------------------------------------------------
def results_file(engine):
    """Return the path of an engine's results."""
    return RESULTS / f"{engine.lower().replace(' ', '_').replace('.', '_')}.json"


def trials_file(engine):
    """Return the path of what became of an engine's trials at other versions and in other ways."""
    return FOLDER / "trials" / results_file(engine).name


def pack(head, verdicts):
    """Return results as they are written: what does not agree, grouped by what there is to say."""
    packed = {**head, "with constants": [], "by chance": []}
    for name, verdict in sorted(verdicts.items()):
        if verdict["verdict"] != "agrees":
            group = packed.setdefault(verdict["verdict"], {})
            group.setdefault(verdict.get("why", ""), []).append(name)
        if "constants" in verdict:
            packed["with constants"].append(name)
        if "by chance" in verdict:
            packed["by chance"].append(name)
        if "answer" in verdict:
            packed.setdefault("answers", {})[name] = verdict["answer"]
    return packed


def unpack(packed, cases):
    """Return {case: verdict} of an engine: what ran, by the head, and is not listed agrees.

    What it ran, and is not among the cases, is left out: another onnx has it no more.
    """
    verdicts = {name: {"verdict": "agrees"} for name in ran(packed, cases)}
    for word in SEVERITY:
        for why, names in packed.get(word, {}).items():
            for name in names:
                verdicts[name] = {"verdict": word, "why": why}
    for names in packed.get(NOT_TRIED, {}).values():
        for name in names:
            verdicts.pop(name, None)
    for name in packed.get("with constants", []):
        verdicts.get(name, {})["constants"] = True
    for name in packed.get("by chance", []):
        verdicts.get(name, {})["by chance"] = True
    for name, answer in packed.get("answers", {}).items():
        verdicts.get(name, {})["answer"] = answer
    return {name: verdict for name, verdict in verdicts.items() if name in cases}


def ran(packed, cases):
    """Return the names of the cases that an engine has run, by the head of its results."""
    if not packed:
        return []
    number = packed["cases of an operator"]
    return list(cases) if number == "all" else official.sample(cases, number)


def keep_smallest(verdicts, cases):
    """Forget the wrong answers to all but the smallest case of each operator."""
    smallest = {}
    for name, verdict in verdicts.items():
        case = cases[name]
        row = (case.operator, case.newer)
        if "answer" in verdict and case.operator != official.SEVERAL:
            smallest.setdefault(row, []).append((count_numbers(case), name))
    kept = {min(found)[1] for found in smallest.values()}
    for name, verdict in verdicts.items():
        if name not in kept:
            verdict.pop("answer", None)


def write_examples(cases):
    """Write the numbers of the cases whose wrong answers are recorded.

    An engine that has not run again may have answered a case that this onnx has no more.
    """
    known = record.read(EXAMPLES)
    names = set()
    for engine in ENGINES:
        names |= record.read(results_file(engine)).get("answers", {}).keys()
    examples = {}
    for name in sorted(names):
        examples[name] = official.example(cases[name]) if name in cases else known[name]
    record.write(EXAMPLES, examples)


# All cases ----------------------------------------------------------------------------------------
def measure(engine, cases, described, again):
    """Run an engine's cases and record their verdicts; say which have changed, and keep the worse.

    cases: {name: case}; described: what is recorded of them.
    """
    module = ENGINES[engine]
    path = results_file(engine)
    head = {
        "version": engines.version_of(module),
        "onnx": onnx.__version__,
        "date": record.today(),
        "cases of an operator": SAMPLED.get(engine, "all"),
    }
    module.load()
    start = time.monotonic()
    verdicts = {}
    for name in ran(head, described):
        verdicts[name] = judge_twice(module.run, cases[name])
    head["seconds"] = round(time.monotonic() - start)
    earlier = record.read(path)
    if again and earlier and earlier["version"] == head["version"]:
        head = {key: earlier[key] for key in head}
        before = unpack(earlier, described)
        for name, verdict in verdicts.items():
            was = before.get(name, verdict)
            if verdict["verdict"] not in (was["verdict"], NOT_TRIED):
                print(f"{engine}: {name} was {was}, is {verdict}", flush=True)
            verdicts[name] = worse(was, verdict)
            if "answer" in verdict and verdicts[name]["verdict"] == "differs":
                verdicts[name].setdefault("answer", verdict["answer"])
    keep_smallest(verdicts, cases)
    record.write(path, pack(head, verdicts))


def is_recorded(engine):
    """Return whether the results of an engine are those of the versions that are installed."""
    recorded = record.read(results_file(engine))
    versions = (recorded.get("version"), recorded.get("onnx"))
    return versions == (engines.version_of(ENGINES[engine]), onnx.__version__)


def set_aside(before, cases):
    """Note the cases of a newer onnx that an engine has not run, lest they count as right."""
    for engine in ENGINES:
        packed = record.read(results_file(engine))
        new = set(ran(packed, cases)) - set(ran(packed, before))
        if new and packed["onnx"] != onnx.__version__:
            why = f"they are newer than onnx {packed['onnx']}, whose cases it ran"
            untried = packed.setdefault(NOT_TRIED, {})
            untried[why] = sorted(new.union(untried.get(why, [])))
            record.write(results_file(engine), packed)


def run_each(module, named, *arguments):
    """Run a module for each engine in a new process: their libraries do not agree.

    As many at a time as there are cores; return their statuses.
    """

    def run_one(engine):
        command = [sys.executable, "-m", module, *arguments, "--here", engine]
        status = subprocess.run(command, cwd=ROOT, env={**os.environ, **ENVIRONMENT}).returncode
        if status:
            print(f"{engine}: ended with status {status}")
        return status

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(run_one, named))


def main(argv=None):
    parser = argparse.ArgumentParser(description="Run ONNX's own test cases in other engines.")
    parser.add_argument("engines", nargs="*", metavar="ENGINE", help=", ".join(ENGINES))
    parser.add_argument(
        "--again", action="store_true", help="run all cases once more, keep the worse"
    )
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    unknown = set(arguments.engines) - set(ENGINES)
    if unknown:
        parser.error(f"unknown {', '.join(sorted(unknown))}; expected {', '.join(ENGINES)}")
    named = arguments.engines or list(ENGINES)
    if not arguments.here and not arguments.again:
        for engine in [engine for engine in named if is_recorded(engine)]:
            print(f"{engine}: recorded already; --again runs it once more")
            named.remove(engine)
    cases, left_out = official.collect()
    cases = {case.name: case for case in cases}
    if arguments.here:
        for engine in named:
            measure(engine, cases, official.read_cases(CASES), arguments.again)
        return 0
    print(f"{len(cases)} cases; {len(left_out)} are left out")
    RESULTS.mkdir(exist_ok=True)
    newer = CASES.with_name(f"{CASES.name}.newer")
    official.write_cases(newer, cases.values(), left_out)
    if CASES.exists():
        set_aside(official.read_cases(CASES), official.read_cases(newer))
    newer.replace(CASES)
    start = time.monotonic()
    again = ["--again"] if arguments.again else []
    statuses = run_each("tests.interop.operators.measure", named, *again)
    print(f"{', '.join(named) or 'nothing'}: {round(time.monotonic() - start)} s")
    write_examples(cases)
    return 1 if any(statuses) else 0


if __name__ == "__main__":
    sys.exit(main())
