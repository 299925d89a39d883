"""Run the cases at other versions of their operators and in other ways, and record how each ended.

    python -m tests.interop.operators.census              # engines whose version is not recorded
    python -m tests.interop.operators.census OpenVINO     # one of them

What takes too long is left for another call: it goes on where the last one stopped. It also records
how the expanded cases and the real files that are here use their operators.
"""

import os
import sys
import time

import onnx

from tests import engines
from tests.interop.operators import cases as official
from tests.interop.operators import measure, recorded, trials
from tests.interop.operators.measure import ENGINES, GRAPHS, LAST, SAMPLED, TRIALS, trials_file
from tests.interop.operators.uses import read_model, without_functions
from tests.kit import record

# Engines that do not run all trials, since each takes a tenth of a second, or a second. Plain C and
# ncnn are told the sizes of the inputs before.
WHICH = {
    "Apache TVM": recorded.KINDS,
    "onnx2torch": recorded.KINDS,
    "Plain C": recorded.NOT_FREE_KINDS,
    **dict.fromkeys(SAMPLED, recorded.FEW),
}
MINUTES = 10  # of an engine, in one call
AT_ONCE = 100  # trials, before what they gave is written


def which_of(engine):
    """Return which trials an engine runs."""
    return WHICH.get(engine, recorded.ALL)


def known_verdicts(engine, uses):
    """Return {trial: verdict} of those that this version of an engine has run, and their seconds.

    uses: the trials that were recorded when it ran.
    """
    packed = record.read(trials_file(engine))
    if packed.get("version") != engines.version_of(ENGINES[engine]):
        return {}, 0
    return recorded.unpack(packed, uses), packed.get("seconds", 0)


def of_same_nodes(verdicts, before, uses):
    """Return the verdicts of trials that are still of the same node; others have to run again."""
    return {name: found for name, found in verdicts.items() if uses.get(name) == before[name]}


def save(engine, verdicts, seconds):
    """Record an engine's verdicts; of the trials that have none, that they are still to be run."""
    head = {
        "version": engines.version_of(ENGINES[engine]),
        "onnx": onnx.__version__,
        "date": record.today(),
        "trials": which_of(engine),
        "seconds": round(seconds),
    }
    names = recorded.chosen(recorded.read(TRIALS), which_of(engine))
    left = {"verdict": recorded.NOT_TRIED, "why": "yet"}
    packed = recorded.pack({name: verdicts.get(name, left) for name in names})
    record.write(trials_file(engine), {**head, "verdicts": packed})


def run(engine, cases):
    """Run an engine's trials, {name: case}, that have no verdict yet; save a hundred at a time."""
    module = ENGINES[engine]
    uses = recorded.read(TRIALS)
    names = recorded.chosen(uses, which_of(engine))
    verdicts, before = known_verdicts(engine, uses)
    left = [name for name in names if name not in verdicts and name in cases]
    module.load()
    start = time.monotonic()
    while left and time.monotonic() - start < 60 * MINUTES:
        found = measure.judge_many(module.run, [cases[name] for name in left[:AT_ONCE]])
        verdicts |= dict(zip(left[:AT_ONCE], found, strict=True))
        left = left[AT_ONCE:]
        save(engine, verdicts, before + time.monotonic() - start)
    print(f"{engine}: {len(names) - len(left)} of {len(names)} trials are recorded")


def real_uses():
    """Return {"maker: file": uses} of the real files that are here."""
    from tests.interop.real.files import FILES

    found = {}
    for name, file in FILES.items():
        if file.where().exists():
            model = onnx.load(file.where(), load_external_data=False)
            found[f"{file.maker}: {name}"] = read_model(without_functions(model))
    return found


def write_uses(cases):
    """Write the uses of the expanded cases, and of the real files: of those not here, as before."""
    found = {}
    if GRAPHS.exists():
        found = {name: uses for name, uses in recorded.read_graphs(GRAPHS).items() if ": " in name}
    for case in cases:
        if case.operator == official.SEVERAL:
            found[case.name] = read_model(case.model)
    if recorded.REAL.exists():
        found |= real_uses()
    recorded.write_graphs(GRAPHS, found)


def main(argv=None):
    arguments = sys.argv[1:] if argv is None else argv
    here = arguments[:1] == ["--here"]
    named = arguments[1:] if here else arguments
    unknown = set(named) - set(ENGINES)
    if unknown:
        print(
            f"error: unknown {', '.join(unknown)}; expected {', '.join(ENGINES)}", file=sys.stderr
        )
        sys.exit(2)
    cases, _left_out = official.collect()
    found = list(trials.collect(cases))
    if here:
        run(named[0], {trials.key(one.name, one.version, one.way): one.case for one in found})
        return
    before = recorded.read(TRIALS)
    recorded.write(TRIALS, found)
    uses = recorded.read(TRIALS)
    write_uses(cases)
    left = {}
    for engine in named or ENGINES:
        verdicts, seconds = known_verdicts(engine, before)
        verdicts = of_same_nodes(verdicts, before, uses)
        names = recorded.chosen(uses, which_of(engine))
        save(engine, verdicts, seconds)
        if verdicts.keys() < set(names):
            left[engine] = len(set(names) - verdicts.keys())
    start = time.monotonic()
    measure.run_each("tests.interop.operators.census", left)
    seconds = round(time.monotonic() - start)
    print(f"{', '.join(left) or 'nothing'}: {seconds} s")
    if left.keys() == ENGINES.keys():  # how long new trials take all of them together
        found = {"date": record.today(), "cores": os.cpu_count(), "seconds": seconds}
        record.write(LAST, {**found, "trials": max(left.values()), "runs": sum(left.values())})


if __name__ == "__main__":
    main()
