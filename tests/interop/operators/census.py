"""Run the cases at other versions of their operators and in other ways, and record how each ended.

    python -m tests.interop.operators.census              # engines whose version is not recorded
    python -m tests.interop.operators.census OpenVINO     # one of them

It also records how the expanded cases and the real files that are here use their operators.
"""

import subprocess
import sys
import time

import onnx

from tests import engines
from tests.interop.operators import cases as official
from tests.interop.operators import measure, recorded, trials
from tests.interop.operators.measure import ENGINES, GRAPHS, SAMPLED, TRIALS, trials_file
from tests.interop.operators.uses import read_model, without_functions
from tests.kit import record
from tests.kit.places import ROOT

FIXING = ("Plain C", "ncnn")  # they are told the sizes of the inputs before


def which_of(engine):
    """Return which trials an engine runs."""
    if engine in SAMPLED:
        return recorded.ONE
    return recorded.NOT_FREE if engine in FIXING else recorded.ALL


def run(engine, cases):
    """Run an engine's trials, {name: case}, and record their verdicts."""
    module = ENGINES[engine]
    names = recorded.chosen(recorded.read(TRIALS), which_of(engine))
    module.load()
    start = time.monotonic()
    verdicts = measure.judge_many(module.run, [cases[name] for name in names])
    head = {
        "version": engines.version_of(module),
        "onnx": onnx.__version__,
        "date": record.today(),
        "trials": which_of(engine),
        "seconds": round(time.monotonic() - start),
    }
    packed = recorded.pack(dict(zip(names, verdicts, strict=True)))
    record.write(trials_file(engine), {**head, "verdicts": packed})


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
    recorded.write(TRIALS, found)
    write_uses(cases)
    for engine in named or ENGINES:
        versions = record.read(trials_file(engine)).get("version")
        if named or versions != engines.version_of(ENGINES[engine]):
            command = [sys.executable, "-m", "tests.interop.operators.census", "--here", engine]
            subprocess.run(command, cwd=ROOT, env={**measure.os.environ, **measure.ENVIRONMENT})


if __name__ == "__main__":
    main()
