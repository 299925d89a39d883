"""Install the releases, run the cases in each, and record what changed between them.

    python -m tests.releases.measure                    # what is not measured yet
    python -m tests.releases.measure onnxruntime        # one of the tools
    python -m tests.releases.measure --minutes 10       # so long; the next call goes on

Each release gets an environment of its own below the folder that RELEASES_FOLDER names (or below
.venv-releases), and its verdicts are kept there: what is measured is not measured again. The record
is written once all releases of a tool are. Needs Linux, which can copy a process.
"""

import argparse
import os
import pickle
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

from tests.estimators.steps import plain
from tests.interop.operators.cases import read_cases
from tests.interop.operators.measure import CASES
from tests.kit import apart, record
from tests.kit.places import ROOT
from tests.releases import cases as all_cases
from tests.releases import history, runner
from tests.releases.ask import formats_of, write_literals
from tests.releases.history import FORMAT, RESULTS, SCRIPT, USES
from tests.releases.ours import ours
from tests.releases.tools import CHECKER, CONVERTER, ESTIMATORS, TOOLS

SETTING = "RELEASES_FOLDER"
PINS = ["onnx", "onnxruntime", "scikit-learn", "skl2onnx", "numpy"]
WORDS = 120  # letters of what a release says


# Environments -------------------------------------------------------------------------------------
def folder():
    """Return where environments, cases and verdicts lie."""
    return Path(os.environ.get(SETTING, ROOT / ".venv-releases"))


def python_of(environment):
    return environment / ("Scripts" if os.name == "nt" else "bin") / "python"


def install(tool, release):
    """Return the environment of a release, made if need be; RuntimeError in pip's own words."""
    wanted = tool.installs(release)
    environment = folder() / "_".join(wanted).replace("==", "-")
    done = environment / "ok"
    if not done.exists():
        venv.create(environment, with_pip=False, clear=True)
        pip = [sys.executable, "-m", "pip", "--python", python_of(environment), "install", "-q"]
        options = ["--no-deps", "--only-binary=:all:"]
        command = [*pip, *options, *tool.beside(release), *wanted]
        finished = subprocess.run(command, capture_output=True, text=True)
        if finished.returncode:
            raise RuntimeError(last_error(finished.stderr))
        done.touch()
    return environment


def last_error(printed):
    """Return what pip says in the end."""
    lines = [line for line in printed.splitlines() if line.startswith("ERROR: ")]
    return lines[-1].removeprefix("ERROR: ") if lines else printed.strip()[-WORDS:]


# One release --------------------------------------------------------------------------------------
def place():
    """Return the folder of what the pinned packages made: cases and, in it, verdicts."""
    versions = record.versions(PINS)
    name = " ".join(f"{package}-{version}" for package, version in versions.items())
    return folder() / name


def prepare():
    """Return the cases, most of them made once."""
    path = place() / "cases.pickle"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        content = pickle.dumps(list(all_cases.collect()))
        path.with_suffix(".new").write_bytes(content)
        path.with_suffix(".new").replace(path)
    made = pickle.loads(path.read_bytes())
    return [*made, *ours(made)]


def run(python, module, orders):
    """Return what a module of ours makes of orders in another Python."""
    with tempfile.TemporaryDirectory() as work:
        given = Path(work, "orders.pickle")
        written = Path(work, "written.pickle")
        given.write_bytes(pickle.dumps(orders))
        subprocess.run([python, "-m", *module, given, written], cwd=ROOT, check=True)
        return pickle.loads(written.read_bytes())


def judge(case, way, ended, came):
    """Return (verdict, words) on what came of a case."""
    if ended != runner.ANSWER:
        return ended, plain(came)[:WORDS]
    if way == CHECKER:  # it accepts, and answers nothing
        return history.RIGHT, ""
    if not came:  # as MNN, which says nothing besides
        return history.REFUSED, "no outputs"
    try:
        wrong = case.judge(came)
    except Exception as error:  # of an answer that is nothing like the right one
        wrong = f"{type(error).__name__}: {error}"
    return (history.OTHERWISE, wrong[:WORDS]) if wrong else (history.RIGHT, "")


def verdicts_file(tool, release):
    return place() / f"{tool} {release}.json".replace("/", "_")


def run_all(python, way, cases):
    """Return {name: verdict} of cases in another Python."""
    cases = list(cases)
    answers = run(python, ["tests.releases.runner", way], [case.order() for case in cases])
    return {case.name: judge(case, way, *answers[case.name]) for case in cases}


def measure(tool, release, cases):
    """Write the verdicts of a release on the cases, those that have one aside."""
    asked = TOOLS[tool]
    path = verdicts_file(tool, release)
    known = record.read(path)
    verdicts = known.get("verdicts", {})
    start = time.monotonic()
    python = python_of(install(asked, release))
    if asked.way == ESTIMATORS:
        orders = all_cases.estimator_rows()
        verdicts |= run(python, ["tests.releases.convert"], orders)
    else:
        left = [case for case in cases if case.name not in verdicts]
        verdicts |= run_all(python, asked.way, left)
    seconds = known.get("seconds", 0) + round(time.monotonic() - start)
    record.write(path, {"date": record.today(), "seconds": seconds, "verdicts": verdicts})
    wrong = sum(verdict != history.RIGHT for verdict, _words in verdicts.values())
    print(f"{tool} {release}: {wrong} of {len(verdicts)} not right, {seconds} s", flush=True)


def is_measured(tool, release, cases):
    """Return whether a release has a verdict on each case."""
    known = record.read(verdicts_file(tool, release)).get("verdicts", {})
    return bool(known) and {case.name for case in cases} <= set(known)


def cases_of(tool, cases):
    """Return the cases that a tool is asked about; estimators are made anew by each release."""
    asked = TOOLS[tool]
    if asked.way == ESTIMATORS:
        return []
    if asked.way == CONVERTER:
        return list(all_cases.conversions([case for case in cases if case.kind == SCRIPT]))
    return [case for case in cases if case.kind not in asked.without]


# What is recorded ---------------------------------------------------------------------------------
def pack(tool, cases):
    """Return what is recorded of a tool."""
    releases = TOOLS[tool].releases
    found = {release: record.read(verdicts_file(tool, release)) for release in releases}
    verdicts = {release: each["verdicts"] for release, each in found.items()}
    kinds = {case.name: case.kind for case in cases}
    sizes = {case.name: case.size() for case in cases}
    if TOOLS[tool].way == ESTIMATORS:
        kinds = {name: name.partition(", ")[0] for name in verdicts[releases[0]]}
        sizes = dict.fromkeys(kinds, 0)
    mark_too_new(verdicts, cases)
    packed = history.pack(verdicts, kinds, sizes, releases)
    return {
        "date": max(each["date"] for each in found.values()),
        "made by": record.versions(PINS),
        "releases": releases,
        "cases": len(kinds),
        "seconds": sum(each["seconds"] for each in found.values()),
        "histories": packed,
        "words": history.pack_words(packed, verdicts, releases),
    }


def mark_too_new(verdicts, cases):
    """Mark what a release refuses in a format that it refuses whatever is in the file."""
    formats = {case.name: formats_of(case.load()) for case in cases if case.kind != FORMAT}
    for found in verdicts.values():
        for name, named in formats.items():
            verdicts_of_formats = [found.get(each, [history.RIGHT])[0] for each in named]
            if history.REFUSED in verdicts_of_formats and found[name][0] == history.REFUSED:
                found[name] = (history.TOO_NEW, "")


def uses_of(cases):
    """Return {operator: {case: use}}, but for what the page of operators records."""
    known = read_cases(CASES)
    found = {}
    for case in cases:
        if case.kind not in all_cases.NO_OPERATOR and case.name not in known:
            found.setdefault(case.kind, {})[case.name] = write_literals(case.load())
    return found


def main(argv=None):
    parser = argparse.ArgumentParser(description="Run the cases in release after release.")
    parser.add_argument("tools", nargs="*", metavar="TOOL", help=", ".join(TOOLS))
    parser.add_argument("--minutes", type=float, default=1e6, help="begin nothing after so long")
    arguments = parser.parse_args(argv)
    unknown = set(arguments.tools) - set(TOOLS)
    if unknown:
        parser.error(f"unknown {', '.join(sorted(unknown))}; expected {', '.join(TOOLS)}")
    if not apart.POSSIBLE:
        parser.error("this needs Linux, which can copy a process")
    start = time.monotonic()
    everything = prepare()
    record.write(USES, uses_of(everything))
    for tool in arguments.tools or TOOLS:
        cases = cases_of(tool, everything)
        for release in TOOLS[tool].releases:
            if is_measured(tool, release, cases):
                continue
            if time.monotonic() - start > 60 * arguments.minutes:
                print(f"{tool} {release} and what follows: not yet; call it again")
                return 1
            measure(tool, release, cases)
        results = record.read(RESULTS)
        results[tool] = pack(tool, cases)
        record.write(RESULTS, {name: results[name] for name in TOOLS if name in results})
    return 0


if __name__ == "__main__":
    sys.exit(main())
