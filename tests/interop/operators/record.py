"""Run the official cases in the engines, and record how each of them ended.

    python -m tests.interop.operators.record              # all engines, what is not recorded yet
    python -m tests.interop.operators.record OpenVINO     # one of them
    python -m tests.interop.operators.record --again      # run what is recorded, say what changed

Each case runs in a process of its own, since some cases end the process, and others never end. The
new process is a copy of one that has imported the engine: that takes a millisecond, importing may
take three seconds. Windows cannot copy processes; there, read what is recorded.
"""

import argparse
import faulthandler
import importlib
import importlib.metadata
import json
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

import onnx

from tests.interop.operators import cases as official
from tests.interop.operators.engines import ENGINES, SLOW

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results"
LIMIT = 60  # seconds for a case; what compiles needs one or two
SHOWN = 350  # a case of so many numbers, or fewer, is recorded with its wrong answer

# Before any import of an engine: they report nothing, keep nothing, and use one thread, so that
# cases do not wait for each other's.
ENVIRONMENT = {
    "ORT_DISABLE_TELEMETRY": "1",
    "OMP_NUM_THREADS": "1",
    "DEV": "PYTHON",  # tinygrad's: slow, but it needs nothing else
    "CACHELEVEL": "0",
    "PARALLEL": "0",
}


def results_file(engine):
    """Return the path of an engine's results."""
    return RESULTS / f"{engine.lower().replace(' ', '_').replace('.', '_')}.json"


def read_results(engine):
    """Return what is recorded of an engine: its version, seconds, {case: verdict}."""
    path = results_file(engine)
    if path.exists():
        return json.loads(path.read_text(encoding="utf-8"))
    return {"version": "", "seconds": 0, "cases": {}}


def write_by_line(path, results):
    """Write results, a case a line: what changes is a line, not the file."""
    lines = []
    for name in sorted(results["cases"]):
        lines.append(f"  {json.dumps(name)}: {json.dumps(results['cases'][name])}")
    head = "{\n"
    for key, value in results.items():
        if key != "cases":
            head += f" {json.dumps(key)}: {json.dumps(value)},\n"
    text = head + ' "cases": {\n' + ",\n".join(lines) + "\n }\n}\n"
    path.write_text(text, encoding="utf-8")


def write_results(engine, results):
    """Write an engine's results."""
    write_by_line(results_file(engine), results)


def write_cases(cases, left_out):
    """Write what the page needs of the cases, which take too long to make for a look at a page."""
    description = official.describe(cases, left_out)
    lines = []
    for name, case in description["cases"].items():
        lines.append(f"  {json.dumps(name)}: {json.dumps(case)}")
    head = f'{{\n "onnx": {json.dumps(description["onnx"])},\n'
    tail = f' "left out": {json.dumps(left_out, indent=2)}\n}}\n'
    text = head + ' "cases": {\n' + ",\n".join(lines) + "\n },\n" + tail
    (FOLDER / "cases.json").write_text(text, encoding="utf-8")


def write_examples(cases):
    """Write, for each engine and operator, the smallest case that is answered differently."""
    by_size = sorted(cases, key=numbers_of)
    lines = []
    for engine in ENGINES:
        results = read_results(engine)["cases"]
        found = set()
        for case in by_size:
            verdict = results.get(case.name, {})
            row = (case.operator, case.newer)
            if "answer" not in verdict or case.operator == official.SEVERAL or row in found:
                continue
            found.add(row)
            row = {"engine": engine, "operator": case.operator, "case": case.name}
            row["why"] = verdict["why"]
            lines.append(json.dumps(row | official.example(case, verdict["answer"])))
    text = "[\n" + ",\n".join(lines) + "\n]\n"
    (FOLDER / "examples.json").write_text(text, encoding="utf-8")


def numbers_of(case):
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
    except Exception as error:
        words = " ".join(f"{type(error).__name__}: {error}".split())
        return {"verdict": "refused", "why": words[:120]}
    sentence = official.difference(case, answer)
    if sentence is None:
        return {"verdict": "agrees"}
    verdict = {"verdict": "differs", "why": sentence}
    arrays = [value for value in answer if hasattr(value, "tolist")]
    if len(arrays) == len(answer) and numbers_of(case) <= SHOWN:
        verdict["answer"] = [array.tolist() for array in arrays]
    return verdict


def judge_twice(run, case, path):
    """Judge a case and, where it is refused, once more with constants in place of inputs."""
    verdict = judge(run, case, path)
    if verdict["verdict"] == "refused":
        constant = official.with_constants(case)
        if constant is not None:
            second = judge(run, constant, path)
            if second["verdict"] != "refused":
                verdict = {**second, "constants": True}
    return verdict


def work(judge, run, case, path, connection):
    """Judge a case in a process of its own, and send the verdict; engines may print, unseen."""
    faulthandler.disable()  # pytest's, which would print a page for each crash
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    connection.send(judge(run, case, path))
    connection.close()
    os._exit(0)  # engines that end badly after their answer have answered


def run_alone(run, case, limit=LIMIT, judge=judge_twice):
    """Return the verdict on a case; crashes and hangs are verdicts, too."""
    fork = multiprocessing.get_context("fork")
    receiver, sender = fork.Pipe(duplex=False)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.onnx")
        process = fork.Process(target=work, args=(judge, run, case, path, sender))
        process.start()
        sender.close()
        try:
            if receiver.poll(limit):
                verdict = receiver.recv()
            else:
                verdict = {"verdict": "hangs", "why": f"no answer in {limit} seconds"}
        except EOFError:  # it ended without a word
            process.join()
            verdict = {"verdict": "crashes", "why": describe(process.exitcode)}
        process.kill()
        process.join()
    return verdict


def describe(status):
    """Return how a process ended, in words."""
    return signal.Signals(-status).name if status < 0 else f"status {status}"


def chosen(engine, cases):
    """Return the cases that an engine runs."""
    return official.sample(cases, SLOW[engine]) if engine in SLOW else cases


def record(engine, cases, again):
    """Run the cases that are not recorded yet, and record them; with again, say what changed."""
    run, modules, package = ENGINES[engine]
    version = importlib.metadata.version(package)
    results = read_results(engine)
    earlier = results["cases"]
    if again or results["version"] != version:
        results = {"version": version, "seconds": 0, "cases": {}}
    names = {case.name for case in cases}
    for name in results["cases"].keys() - names:  # of another release of onnx, say
        del results["cases"][name]
    for module in modules:
        importlib.import_module(module)
    todo = [case for case in cases if case.name not in results["cases"]]
    start = time.monotonic()
    before = results["seconds"]
    for number, case in enumerate(todo, start=1):
        results["cases"][case.name] = run_alone(run, case)
        results["seconds"] = round(before + time.monotonic() - start)
        if number % 50 == 0 or number == len(todo):
            print(f"{engine}: {number} of {len(todo)}, {results['seconds']} s", flush=True)
            if not again:
                write_results(engine, results)
    if not again:
        write_results(engine, results)
    else:
        for name, verdict in results["cases"].items():
            old = earlier.get(name, {}).get("verdict")
            if old != verdict["verdict"]:
                print(f"{engine}: {name} was {old}, is {verdict}", flush=True)


def main(argv=None):
    parser = argparse.ArgumentParser(description="Run ONNX's own test cases in other engines.")
    parser.add_argument("engines", nargs="*", metavar="ENGINE", help=", ".join(ENGINES))
    parser.add_argument("--again", action="store_true", help="compare with what is recorded")
    arguments = parser.parse_args(argv)
    unknown = set(arguments.engines) - set(ENGINES)
    if unknown:
        parser.error(f"unknown {', '.join(sorted(unknown))}; expected {', '.join(ENGINES)}")
    os.environ.update(ENVIRONMENT)
    sys.modules["openvino_telemetry"] = None  # OpenVINO's, which reports usage
    cases, left_out = official.collect()
    print(f"{len(cases)} cases; {len(left_out)} are left out")
    RESULTS.mkdir(exist_ok=True)
    write_cases(cases, left_out)
    fork = multiprocessing.get_context("fork")
    for engine in arguments.engines or ENGINES:
        # A process for each engine: they bring libraries that do not agree with each other.
        work = (engine, chosen(engine, cases), arguments.again)
        process = fork.Process(target=record, args=work)
        process.start()
        process.join()
        if process.exitcode:
            print(f"{engine}: ended with {describe(process.exitcode)}")
    write_examples(cases)


if __name__ == "__main__":
    main()
