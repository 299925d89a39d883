"""Run the official cases in the engines, and record how each of them ended.

    python -m tests.interop.operators.record              # all engines, what is not recorded yet
    python -m tests.interop.operators.record OpenVINO     # one of them
    python -m tests.interop.operators.record --again      # once more: what changed, and the worse

Each case runs in a process of its own, since some cases end the process, and others never end. The
new process is a copy of one that has imported the engine: that takes a millisecond, importing may
take three seconds. Windows cannot copy processes; there, read what is recorded. Where a case is not
answered, it runs once more with constants in place of its inputs, all but the first.
"""

import argparse
import ctypes
import faulthandler
import importlib
import importlib.metadata
import json
import multiprocessing
import multiprocessing.connection
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
MEMORY = 4 * 2**30  # bytes for a case: before the system looks for a process to end, any process
M_PERTURB = -6  # of the C library's malloc.h
SEVERITY = ["agrees", "refused", "hangs", "crashes", "differs"]  # nobody notices the last one
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


def work(judge, run, case, path, connection):
    """Judge a case in a process of its own, and send the verdict; engines may print, unseen."""
    import resource  # Windows lacks it

    faulthandler.disable()  # pytest's, which would print a page for each crash
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    # Memory that nobody wrote is filled: who reads it answers wrongly each time, not by chance.
    ctypes.CDLL(None).mallopt(M_PERTURB, 85)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    connection.send(judge(run, case, path))
    connection.close()
    os._exit(0)  # engines that end badly after their answer have answered


def judge_twice(run, case, limit=LIMIT):
    """Return the verdict on a case: where there is no answer, that with constants for inputs.

    Unless constants are refused, too.
    """
    verdict = run_alone(run, case, limit)
    if verdict["verdict"] not in ("agrees", "differs"):
        constant = official.with_constants(case)
        if constant is not None:
            second = run_alone(run, constant, limit)
            if second["verdict"] not in ("refused", verdict["verdict"]):
                verdict = {**second, "constants": True}
    return verdict


def run_alone(run, case, limit=LIMIT, judge=judge):
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
    """Run the cases that are not recorded yet, and record them; with again, run all of them.

    Says which verdicts changed, and keeps the worse.
    """
    run, modules, package = ENGINES[engine]
    version = importlib.metadata.version(package)
    results = read_results(engine)
    if results["version"] != version:
        results = {"version": version, "seconds": 0, "cases": {}}
    verdicts = results["cases"]
    names = {case.name for case in cases}
    for name in verdicts.keys() - names:  # of another release of onnx, say
        del verdicts[name]
    for module in modules:
        importlib.import_module(module)
    todo = [case for case in cases if again or case.name not in verdicts]
    start = time.monotonic()
    before = results["seconds"]
    for number, case in enumerate(todo, start=1):
        verdict = judge_twice(run, case)
        earlier = verdicts.get(case.name, verdict)
        verdicts[case.name] = worse(earlier, verdict)
        if earlier["verdict"] != verdict["verdict"]:
            print(f"{engine}: {case.name} was {earlier}, is {verdict}", flush=True)
        seconds = round(time.monotonic() - start)
        if not again:
            results["seconds"] = before + seconds
        if number % 50 == 0 or number == len(todo):
            print(f"{engine}: {number} of {len(todo)}, {seconds} s", flush=True)
            write_results(engine, results)
    write_results(engine, results)


def worse(earlier, verdict):
    """Return the worse of two verdicts on a case; where they are not the same, it is by chance."""
    if earlier["verdict"] == verdict["verdict"]:
        return earlier
    worst = max(earlier, verdict, key=lambda one: SEVERITY.index(one["verdict"]))
    return {**worst, "by chance": True}


def run_side_by_side(engines, cases, again):
    """Record engines, as many at a time as there are cores, those that take longest first.

    Each in a process of its own: they bring libraries that do not agree with each other.
    """
    fork = multiprocessing.get_context("fork")
    waiting = sorted(engines, key=lambda engine: read_results(engine)["seconds"])
    running = []
    while waiting or running:
        while waiting and len(running) < os.cpu_count():
            engine = waiting.pop()
            work = (engine, chosen(engine, cases), again)
            process = fork.Process(target=record, args=work, name=engine)
            process.start()
            running.append(process)
        multiprocessing.connection.wait([process.sentinel for process in running])
        for process in [process for process in running if not process.is_alive()]:
            running.remove(process)
            if process.exitcode:
                print(f"{process.name}: ended with {describe(process.exitcode)}")


def main(argv=None):
    parser = argparse.ArgumentParser(description="Run ONNX's own test cases in other engines.")
    parser.add_argument("engines", nargs="*", metavar="ENGINE", help=", ".join(ENGINES))
    parser.add_argument(
        "--again", action="store_true", help="run all cases once more, keep the worse"
    )
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
    start = time.monotonic()
    run_side_by_side(arguments.engines or list(ENGINES), cases, arguments.again)
    print(f"all of them: {round(time.monotonic() - start)} s")
    write_examples(cases)


if __name__ == "__main__":
    main()
