"""Ask about an ONNX file: what it is, who should run it, who does, and where two engines part."""

import re
from pathlib import Path

import numpy as np
import onnx

from tests import engines
from tests.check import facts, feed, numpy_node, probes, trial
from tests.check.messages import search
from tests.exercises.first_wrong import find_first_wrong, read_wires
from tests.interop.operators.foresee import UNKNOWN, foresee_file
from tests.kit import apart
from tests.security import inspector

SCHEMA = 1
SECURITY = "tests/security/README.md"
TABLE = "tests/interop/operators/TABLE.md"
PAGE = "tests/check/README.md"
FIRST_WRONG = "tests/exercises/ex13_first_wrong_node.py"
MESSAGE_IS_KNOWN = 0.6  # as near as this, a mistake's mend is worth a line beside an engine's words


class Unreadable(ValueError):
    """What cannot be read, in one line."""


def finding(about, what, cure="", page=""):
    """Return a finding or a note, as the JSON has it."""
    return {"about": about, "what": what, "cure": cure, "page": page}


def read(path):
    """Return a model without weights that lie in other files; Unreadable if it is none."""
    try:
        return inspector.read(path)
    except ValueError as error:
        raise Unreadable(str(error)) from error


# The file itself ----------------------------------------------------------------------------------
def look(path, model, seconds):
    """Return the findings and notes on what is written in a file: by onnx, by the inspector."""
    found = []
    words = facts.ask_checker(path, seconds)
    if words:
        hits = [hit for hit in search(words) if hit["near"] >= MESSAGE_IS_KNOWN]
        cure = hits[0]["cure"] if hits else "build it anew, with the checker at hand"
        page = hits[0]["page"] if hits else "tests/mistakes/README.md"
        found.append(finding("onnx.checker", words, cure, page))
    alarms, looks = inspector.inspect_all(model, folder=path.parent)
    for line in alarms:
        cure = "whoever made the file can say why; without an answer, don't run it"
        found.append(finding("inspector", line, cure, SECURITY))
    cure = f"{inspector.LOOK}, though sound files do so, too"
    return found, [finding("inspector", line, cure, SECURITY) for line in looks]


def look_outside(path, model):
    """Return a finding on numbers that lie outside the file's folder, which are not read."""
    try:
        words = facts.refuse_outside(path, facts.list_external(model))
    except FileNotFoundError as error:
        raise Unreadable(f"{path}: {error}") from error
    if words is None:
        return []
    cure = "nothing was run: put the numbers beside the file, as plain files"
    return [finding("external data", words, cure, SECURITY)]


# Rows ---------------------------------------------------------------------------------------------
def make_rows(path, model, seconds):
    """Return inputs made here, or None; why there are none; how ONNX Runtime fared, if known."""
    try:
        attempts = list(feed.list_attempts(model))
    except (feed.Unfit, ValueError, TypeError, KeyError, MemoryError) as error:
        return None, str(error), None
    found = apart.fresh(
        trial.try_rows, str(path), attempts, seconds=seconds, gigabytes=trial.GIGABYTES
    )
    if found.ended == apart.RETURNED and found.value[0] is not None:
        inputs, outputs, _ = found.value
        return inputs, "", trial.Ran(trial.RUNS, outputs=list(outputs))
    if found.ended != apart.RETURNED:
        return attempts[0], "", trial.describe_end(found, seconds)
    if len(attempts) == 1:
        return attempts[0], "", None  # it is the file that is refused, not our choice of sizes
    words = " ".join(found.value[2].split())
    why = f"none of {len(attempts)} rows made here fit it; the last: {words}"
    return None, why, trial.Ran(UNKNOWN, words)


def read_rows(path, model):
    """Return the inputs of an .npz file, and {output: what is right}."""
    try:
        return feed.choose(model, feed.read_arrays(path))
    except feed.Unfit as error:
        raise Unreadable(str(error)) from error


def tell_source(rows, model, inputs, why=""):
    """Return where the rows come from, why there are none, and their shapes, as the JSON has it."""
    shapes = {}
    for name, array in zip(engines.input_names(model), inputs or [], strict=bool(inputs)):
        shapes[name] = list(array.shape)
    return {"from": "made here" if rows is None else str(rows), "why": why, "shapes": shapes}


# Engines ------------------------------------------------------------------------------------------
def advise(name, each, ran):
    """Return the cure and the page for what an engine did."""
    others = [other for other, one in ran.items() if one and one.verdict == trial.RUNS]
    cure = f"run it in {', '.join(others)}" if others else "no engine that is installed runs it"
    page = TABLE
    hits = [hit for hit in search(each.words) if hit["near"] >= MESSAGE_IS_KNOWN]
    if hits and each.verdict == trial.REFUSES:
        cure = f"{hits[0]['cure']}; or {cure}" if others else hits[0]["cure"]
        page = hits[0]["page"]
    return cure, page


def tell_engines(expected, ran):
    """Return {engine: what is expected and what came of it}, as the JSON has it."""
    told = {}
    for name in sorted({*expected, *ran}, key=str.lower):
        hope = expected.get(name)
        each = ran.get(name)
        told[name] = {
            "expected": hope.verdict if hope else UNKNOWN,
            "node": hope.node if hope else "",
            "why": hope.why if hope else "nothing was measured",
            "page": hope.page if hope else TABLE,
            "ran": each.verdict if each else trial.ABSENT,
            "words": each.words if each else "",
            "off": None if each is None or each.off is None else finite(each.off),
            "seconds": each.seconds if each else None,
        }
    return told


def finite(number):
    """Return a number as JSON has it: infinity as a word."""
    return "inf" if np.isinf(number) else float(f"{number:.2g}")


def judge(ran, right, model):
    """Return how the engines fared, compared with what is right or with one of them, and whom."""
    if trial.draws(model):
        return ran, None
    if right:
        names = engines.output_names(model)
        return trial.judge(ran, [right.get(name) for name in names], "your rows"), None
    base = trial.choose_base(ran)
    if base is None:
        return ran, None
    return trial.judge(ran, ran[base].outputs, base), base


# Where two engines part ---------------------------------------------------------------------------
def settle(parting):
    """Return who is right about a node, by numpy, in a line, and the name of the one who is not."""
    inputs = [parting.inputs.get(name) for name in parting.node.input]
    exact = numpy_node.evaluate(parting.node, inputs, parting.opset)
    if exact is None or parting.wire != parting.node.output[0]:
        return f"numpy has no word here for {parting.node.op_type}: who is right is open", None
    wrong = []
    for name, answer in parting.outputs.items():
        if trial.far(answer, np.asarray(exact)) > trial.DIGITS:
            wrong.append(name)
    if len(wrong) != 1:
        who = "both are" if wrong else "neither is"
        return f"of the two {who} far from numpy, in float64", None
    right = next(name for name in parting.outputs if name not in wrong)
    return f"numpy, in float64, says that {right} is right, and {wrong[0]} is not", wrong[0]


def write_inputs(path, parting):
    """Write what the node read into the current folder; return the file's name, None without one.

    The names in a file are its maker's: signs that could lead elsewhere are replaced.
    """
    place = Path(f"{path.stem}.{plain(parting.wire)[-40:]}.npz")
    arrays = {}
    for number, (name, array) in enumerate(parting.inputs.items()):
        arrays[f"{number}_{plain(name)}"] = array
    try:
        np.savez(place, **arrays)
    except OSError:  # the folder may not be written to
        return None
    return str(place)


def plain(name):
    """Return a name of letters, digits, points and dashes."""
    return re.sub(r"[^\w.-]", "_", name)


def tell_parting(path, inputs, name, keep):
    """Return where an engine parts from ONNX Runtime, as the JSON has it, or None."""
    parting = trial.find_parting(path, inputs, name)
    if parting is None:
        return None
    words, wrong = settle(parting)
    return {
        "engine": name,
        "node": str(parting),
        "name": parting.node.name,
        "operator": parting.node.op_type,
        "opset": parting.opset,
        "wire": parting.wire,
        "off": finite(parting.off),
        "who": words,
        "wrong": wrong,
        "inputs": write_inputs(path, parting) if keep else None,
        "page": FIRST_WRONG,
    }


# All of it ----------------------------------------------------------------------------------------
def probe(path, inputs, looks, seconds):
    """Return the notes of some looks; one that ends the process is a note, too."""
    left = list(looks)
    notes = []
    while left:
        outcome = apart.fresh(
            probes.probe,
            str(path),
            inputs,
            left,
            tell=True,
            seconds=seconds,
            gigabytes=trial.GIGABYTES,
        )
        notes += [finding("rows", *note) for _, note in outcome.told if note]
        if outcome.ended == apart.RETURNED or not outcome.told:
            break
        last, _ = outcome.told[-1]
        how = f"did not end in {seconds} s" if outcome.ended == apart.LATE else "ended it"
        cure = "run it in a process of its own, with limits"
        what = f"to try {last} {how}: {outcome.ended} {outcome.error}".strip()
        notes.append(finding("rows", what, cure, SECURITY))
        left = left[left.index(last) + 1 :]
    return notes


def turn_verdict(ran, base, partings):
    """Return how the engines fared, the blame put on the one that numpy says is wrong."""
    wrong = {parting["wrong"] for parting in partings if parting["wrong"]}
    if base not in wrong:
        return ran
    turned = dict(ran)
    for parting in partings:
        if parting["wrong"] == base:
            other = parting["engine"]
            words = f"from {other} at {parting['node']}, where numpy agrees with {other}"
            turned[base] = ran[base]._replace(verdict=trial.DIFFERS, words=words)
            turned[other] = ran[other]._replace(verdict=trial.RUNS, words="")
    return turned


def ask(path, rows=None, progress=print, keep=True, seconds=trial.SECONDS, timed=False):
    """Return all that is known and found about an ONNX file, as the JSON has it.

    With timed, the slowest nodes are among the notes; with keep, what a node read where two engines
    part is written to a file.
    """
    path = Path(path).resolve()
    model = read(path)
    outside = look_outside(path, model)
    right = {}
    if rows is not None:
        given, right = read_rows(rows, model)
    progress("checks and inspects it")
    found, notes = look(path, model, seconds)
    findings = [*outside, *found]
    report = {
        "schema": SCHEMA,
        "subject": "model",
        "file": path.name,
        "is": facts.describe(path, model),
        "rows": None,
        "engines": {},
        "partings": [],
        "findings": findings,
        "notes": notes,
    }
    expected = foresee_safely(path, seconds)
    if outside:
        report["engines"] = tell_engines(expected, leave_alone("not run: its numbers lie outside"))
        report["status"] = 1
        return report
    if rows is None:
        inputs, why, known = make_rows(path, model, seconds)
    else:
        inputs, why, known = given, "", None
    if inputs is None:
        ran = leave_alone("not run: give rows that fit, with --rows")
        if known is not None:
            cure = "give rows that fit, with --rows rows.npz"
            findings.append(finding("rows", f"nothing was run: {why}", cure, PAGE))
    else:
        ran = trial.run_all(path, inputs, progress, seconds, {trial.BASE[0]: known})
    ran, base = judge(ran, right, model)
    for name, each in ran.items():
        if each and each.verdict == trial.DIFFERS and name != trial.BASE[0] and inputs is not None:
            progress(f"looks for the node at which {name} parts")
            parting = tell_parting(path, inputs, name, keep)
            report["partings"] += [parting] if parting else []
    ran = turn_verdict(ran, base, report["partings"])
    report["engines"] = tell_engines(expected, ran)
    nodes = {parting["engine"]: parting["node"] for parting in report["partings"]}
    for name, each in ran.items():
        if each and each.verdict in [trial.REFUSES, trial.DIFFERS, trial.CRASHES]:
            what = f"{each.verdict}: {each.words}"
            what += f"; first at {nodes[name]}" if name in nodes else ""
            findings.append(finding(name, what, *advise(name, each, ran)))
    report["rows"] = tell_source(rows, model, inputs, why)
    if inputs is not None and ran[trial.BASE[0]].verdict == trial.RUNS:
        progress("tries odd rows")
        looks = [] if trial.draws(model) else list(probes.LOOKS)
        looks += [probes.TIME] if timed else []
        if probes.DIGITS_KEPT in looks and ran[trial.BASE[1]].verdict != trial.RUNS:
            looks.remove(probes.DIGITS_KEPT)
        report["notes"] += probe(path, inputs, looks, seconds)
    report["status"] = 1 if findings else 0
    return report


def leave_alone(words):
    """Return {engine: that it was not asked, and why}, None for those that are not installed."""
    found = {}
    for name, engine in engines.find().items():
        there = engines.version_of(engine) is not None
        found[name] = trial.Ran(UNKNOWN, words) if there else None
    return found


def foresee_safely(path, seconds):
    """Return what each engine is expected to do, in a process of its own: files may be hostile."""
    outcome = apart.fresh(foresee_file, str(path), seconds=seconds)
    return outcome.value if outcome.ended == apart.RETURNED else {}


# Two files ----------------------------------------------------------------------------------------
def compare_files(path, other, inputs):
    """Return how far two files are apart, and the first node where they part: for a process."""
    answers = [trial.run(trial.BASE[0], each, inputs) for each in [path, other]]
    off, differs = trial.compare(*answers, trial.SAME_ENGINE)
    if not differs:
        return off, None, ""
    names = engines.input_names(onnx.load(path, load_external_data=False))
    fed = dict(zip(names, inputs, strict=True))
    others = engines.input_names(onnx.load(other, load_external_data=False))
    wires = read_wires(onnx.load(other), dict(zip(others, inputs, strict=True)))
    try:
        found = find_first_wrong(onnx.load(path), fed, wires)
    except ValueError as error:
        return off, None, str(error)
    why = "" if found else "no wire of a name that both have is too far off"
    return off, " ".join(str(found).split()) if found else None, why


def ask_two(path, other, rows=None, progress=print):
    """Return how far two files are apart on the same rows, as the JSON has it."""
    path = Path(path).resolve()
    other = Path(other).resolve()
    models = [read(each) for each in [path, other]]
    for each, model in zip([path, other], models, strict=True):
        if look_outside(each, model):
            raise Unreadable(f"{each}: its numbers lie outside its folder, and nothing was run")
    if rows is None:
        inputs, why, _ = make_rows(path, models[0], trial.SECONDS)
    else:
        inputs, why = read_rows(rows, models[0])[0], ""
    if inputs is None:
        raise Unreadable(f"{path}: {why}; give rows with --rows")
    progress("runs both")
    outcome = apart.fresh(
        compare_files, str(path), str(other), inputs, seconds=120, gigabytes=trial.GIGABYTES
    )
    report = {"schema": SCHEMA, "subject": "two models", "file": path.name, "against": other.name}
    report["rows"] = tell_source(rows, models[0], inputs)
    if outcome.ended != apart.RETURNED:
        words = " ".join(f"{outcome.error}: {outcome.words}".split())
        return {**report, "status": 1, "off": None, "node": None, "why": words, "findings": []}
    off, node, why = outcome.value
    differs = node is not None or why != ""
    found = []
    if differs:
        cure = "build that node as the other file has it, or ask which of the two is right"
        found.append(finding("both", node or why, cure, FIRST_WRONG))
    return {
        **report,
        "status": 1 if differs else 0,
        "off": finite(off),
        "node": node,
        "why": why,
        "findings": found,
    }
