"""Run small files of exporters whole in the engines and, where one fails, their nodes alone.

    python -m tests.interop.operators.corpus FOLDER            # first write the files
    python -m tests.interop.operators.whole FOLDER prepare     # then what is right, by ONNX Runtime
    python -m tests.interop.operators.whole FOLDER OpenVINO    # and then an engine, or some

The real files that are here give nodes, too; whole they are run by tests/interop/real. What takes
too long is left for another call. Nodes that an engine ran in a whole file are not tried alone.
"""

import pickle
import sys
import time
from pathlib import Path

import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator

from tests import engines
from tests.engines import input_names, onnxruntime
from tests.interop.operators import cases as official
from tests.interop.operators import measure, page, probes, recorded
from tests.interop.operators.between import between_others
from tests.interop.operators.blocks import BEYOND
from tests.interop.operators.corpus import list_files, read_inputs
from tests.interop.operators.measure import ENGINES, GRAPHS
from tests.interop.operators.parts import all_values, parts_of
from tests.interop.operators.trials import by_onnxruntime
from tests.interop.operators.uses import read_model, read_nodes, without_functions
from tests.interop.real import judge, nodes
from tests.interop.real.files import here
from tests.kit import record

MINUTES = 10  # of an engine, in one call
AT_ONCE = 50  # nodes, before what they gave is written
SHORT = 160  # characters of an engine's words that are recorded


# What there is to run -----------------------------------------------------------------------------
def answer(path, inputs, name):
    """Return ONNX Runtime's answer, without its optimisations; where it is wrong, another's."""
    model = onnx.load(path)
    if name == f"{page.PROBES}: {BEYOND}":
        feed = dict(zip(input_names(model), inputs, strict=True))
        return ReferenceEvaluator(model).run(None, feed)
    values = all_values(model, inputs)
    return [values[value.name] for value in model.graph.output]


def reverse(array):
    return np.array(np.flip(array))


def halve(array):
    return np.asarray(array / 2, array.dtype) if array.dtype.kind == "f" else array


def is_deaf(path, inputs):
    """Return whether half of what a file is fed, and its reverse, give the answer that it gives.

    Numbers that went wrong inside would not show in such an answer.
    """
    right = onnxruntime.run(path, inputs)
    for change in (halve, reverse):
        answer = onnxruntime.run(path, [change(array) for array in inputs])
        if judge.compare(answer, right, judge.TOLERANCE)[0]:
            return False
    return True


def nudge(array):
    """Return the numbers next to those of an array: every other one above, the rest below."""
    if not isinstance(array, np.ndarray) or array.dtype != np.float32:
        return array
    largest = np.finfo(np.float32).max
    towards = np.resize(np.float32([largest, -largest]), array.shape)
    return np.where(np.isfinite(array), np.nextafter(array, towards), array)


def is_unsteady(path, inputs, tolerance):
    """Return whether a rounding of what a file is fed shows in its answer: no engine can be right.

    At half of what an engine may be off by, it takes a good part of that.
    """
    right = onnxruntime.run(path, inputs)
    other = onnxruntime.run(path, [nudge(array) for array in inputs])
    return judge.compare(other, right, tolerance / 2)[0] is not None


def is_shaky(case):
    """Return whether a node that was cut out tells nothing: a rounding shows, or it can't run."""
    try:
        other = by_onnxruntime(case.model, [nudge(array) for array in case.inputs])
    except Exception:  # in ONNX Runtime, which ran it in its file
        return True
    return bool(official.difference(case, other))


def reason_to_leave_out(path, inputs, name):
    """Return why what engines answer to a file would tell nothing of them, or ""."""
    if is_deaf(path, inputs):
        return "whatever it is fed, it answers the same"
    if is_unsteady(path, inputs, tolerance_of(name)):
        return "it answers otherwise to what is rounded otherwise"
    return ""


def prepare(folder):
    """Record how the files use operators, and write what is right of each, and of its nodes."""
    graphs = dict(recorded.read_graphs(GRAPHS))
    wholes = {}
    found = {}
    sources = {}
    for name, file in here().items():
        sources[f"{file.maker}: {name}"] = (file.where(), file.make(file.where()))
    real = set(sources)
    asked = {}
    features = {recorded.UNSEEN: {}, GRAPHS: {}}
    for name, path in list_files(folder).items():
        sources[name] = (path, read_inputs(path))
    for name, (path, inputs) in sources.items():
        try:
            model = onnx.load(path)
            asks = name not in real and not name.startswith(page.PROBES)
            reason = reason_to_leave_out(path, inputs, name) if asks else ""
            if reason:
                graphs.pop(name, None)
                print(f"{name}: {reason}; left out", flush=True)
                continue
            uses = read_model(without_functions(model))
            found_there = probes.features_of(model)
            if name in real or name.startswith(page.UNSEEN):
                where = GRAPHS if name in real else recorded.UNSEEN
                features[where][name] = found_there
            elif told := [one for one in found_there if one in probes.RECORDED]:
                features[GRAPHS][name] = told  # for what files tell, not a probe alone
            if name not in real:
                wholes[name] = (path, inputs, answer(path, inputs, name))
            if name.startswith(page.UNSEEN):
                asked[name] = uses
                continue
            graphs[name] = uses
            for part in parts_of(model, inputs):
                found.setdefault(page.key_of(part.use), part)
        except Exception as error:  # of what ONNX Runtime does not run either
            print(f"{name}: {type(error).__name__}: {str(error)[:200]}", flush=True)
    recorded.write_graphs(GRAPHS, graphs)
    recorded.write_graphs(recorded.UNSEEN, asked)
    for where, found_there in features.items():
        recorded.write_features(where, found_there)
    named = {name: nodes_named(name, path) for name, (path, _) in sources.items() if name in real}
    numbers = recorded.number_of_uses(GRAPHS)
    parts = {}
    for part in found.values():
        case = official.Case("", part.use.operator, part.model, part.inputs, part.right, False)
        if not is_shaky(case):
            parts[numbers[recorded.line_of(part.use)]] = case
    recorded.write_parts(GRAPHS, sorted(parts), named)
    Path(folder, "prepared.pickle").write_bytes(pickle.dumps((wholes, parts)))
    print(f"{len(wholes)} files, {len(parts)} nodes")


def nodes_named(name, path):
    """Return {node: number of its use} of the nodes of a real file that some engine stops at."""
    results = record.read(recorded.REAL)["nodes"].values()
    stops = [files.get(name.partition(": ")[2]) for files in results]
    wanted = {stop[2] for stop in stops if stop}
    numbers = recorded.number_of_uses(GRAPHS)
    found = {}
    for node, use in read_nodes(without_functions(onnx.load(path))):
        title = node.name or node.output[0]
        if title in wanted and recorded.line_of(use) in numbers:
            found[title] = numbers[recorded.line_of(use)]
    return dict(sorted(found.items()))


# In an engine -------------------------------------------------------------------------------------
def read_found(engine):
    """Return what is recorded of this version of an engine: {file: verdict}, {node: verdict}."""
    packed = record.read(recorded.wholes_file(engine))
    if packed.get("version") != engines.version_of(ENGINES[engine]):
        return {"version": engines.version_of(ENGINES[engine]), "seconds": 0}, {}, {}
    return packed, *recorded.unpack_wholes(packed)


def run(folder, engine):
    """Run an engine's files, and the nodes of those that it does not run; save on the way."""
    module = ENGINES[engine]
    wholes, parts = pickle.loads(Path(folder, "prepared.pickle").read_bytes())
    head, verdicts, alone = read_found(engine)
    module.load()
    start = time.monotonic()
    before = head["seconds"]

    def is_late():
        return time.monotonic() - start > 60 * MINUTES

    def save():
        head["date"] = record.today()
        head["seconds"] = round(before + time.monotonic() - start)
        recorded.write_wholes(engine, head, verdicts, alone)

    for name, (path, inputs, right) in wholes.items():
        if name in verdicts or is_late():
            continue
        found = judge.judge_apart(module.run, path, inputs, right, tolerance_of(name))
        verdicts[name] = {"verdict": found["verdict"], "why": found.get("why", "")[:SHORT]}
        tells = not name.startswith((page.PROBES, page.UNSEEN))
        guilty = find_guilty(path, found) if tells else None
        if guilty is not None:
            verdicts[name]["use"] = recorded.number_of_uses(GRAPHS)[recorded.line_of(guilty)]
        save()
    ran = ran_uses(engine)
    left = [number for number in parts if number not in alone]
    uses = recorded.list_uses(GRAPHS)
    left = [number for number in left if page.key_of(uses[number]) not in ran]
    while left and not is_late():
        some = left[:AT_ONCE]
        cases = [parts[number] for number in some]
        cases = [between_others(case) or case for case in cases]
        found = measure.judge_many(module.run, cases)
        alone |= dict(zip(some, found, strict=True))
        left = left[AT_ONCE:]
        save()
    print(f"{engine}: {len(verdicts)} of {len(wholes)} files; {len(left)} nodes are left")


def tolerance_of(name):
    """Return how far a file's answer may be off; a block's ten times less, which files repeat."""
    if name.endswith(", float16"):
        return judge.TOLERANCE_OF_16_BITS
    if name.startswith(page.OF_8_BITS) or name.endswith((", static", ", 8 bits", "between bytes")):
        return judge.TOLERANCE_OF_8_BITS
    return judge.TOLERANCE / 10 if name.startswith(page.PROBES) else judge.TOLERANCE


def find_guilty(path, found):
    """Return the use of the node that an engine's words name, where it refuses a file, or None."""
    if found["verdict"] != judge.REFUSES:
        return None
    model = without_functions(onnx.load(path))
    node = nodes.by_words(model, found["why"])
    uses = [use for other, use in read_nodes(model) if node is not None and other == node]
    return uses[0] if uses else None


def ran_uses(engine):
    """Return what the nodes are like that an engine ran in a whole file."""
    graphs = recorded.read_graphs(GRAPHS)
    names = recorded.ran_whole(engine, graphs)
    return {page.key_of(use) for name in names for use in graphs[name]}


def main(argv=None):
    folder, *named = sys.argv[1:] if argv is None else argv
    unknown = set(named) - {*ENGINES, "prepare", "--here"}
    if unknown or not Path(folder).is_dir():
        words = f"expected a folder, and of: prepare, {', '.join(ENGINES)}"
        print(f"error: {', '.join(unknown) or folder}: {words}", file=sys.stderr)
        sys.exit(2)
    if named == ["prepare"]:
        prepare(folder)
    elif named[:1] == ["--here"]:
        run(folder, named[1])
    else:
        measure.run_each("tests.interop.operators.whole", named or ENGINES, folder)


if __name__ == "__main__":
    main()
