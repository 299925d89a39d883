"""What the page says of real files: the record is whole, and each word is that of its engine."""

import re

import pytest

from tests.interop.real import measure, page, smallest
from tests.interop.real.files import FILES
from tests.interop.real.judge import (
    AGREES,
    ALLOWED,
    COARSE,
    DIFFERS,
    ENDS,
    ENGINES,
    GROUPS,
    OF_8_BITS,
    ORACLE,
    ORACLES,
    OUTCOMES,
    REFUSES,
    UNFED,
    VERDICTS,
    tolerance_of,
)
from tests.interop.real.measure import pack, read_changes, read_pairs, unpack
from tests.interop.real.reasons import CHANGE_REASONS, CHANGE_SMALLEST, REASONS, SMALLEST
from tests.kit import record
from tests.kit.places import TESTS

RESULTS = page.read()
OPERATOR = r"[A-Z]\w+ (of opset )?\d+"  # with its version
# How the words begin, or what stands in them, when these engines refuse something.
MARKS = {
    "IREE": "stablehlo|torch|IREE|onnx_importer|OnnxImporter|Error|unsupported",
    "onnx.reference": "Error",
    "onnx2torch": "Error",
    "OpenCV": r"OpenCV\(",
    "OpenVINO": "src/|OpenVINO|plugin|core.cpp|Error",
    "tract": "^TractError",
}


def test_engines_without_a_time_run_all_files_and_the_slowest_comes_first(tmp_path, monkeypatch):
    """Plain C took ten seconds for one file, OpenCV one; of tract the time is known."""
    version = {name: "1" for name in ("OpenCV", "Plain C", "tract")}
    results = {"files": {}, "engines": {}, "costs": {}}
    for name in version:
        results["engines"][name] = {"version": "1", "date": "", "files": sorted(FILES)}
    results["engines"]["tract"]["seconds"] = 5
    results["costs"] = {"OpenCV": {"silero": [1, 1, 0]}, "Plain C": {"silero": [10, 1, 0]}}
    monkeypatch.setattr(measure, "RESULTS", tmp_path / "results.json")
    record.write(measure.RESULTS, results)
    monkeypatch.setattr(measure, "here", lambda: dict.fromkeys(FILES))
    monkeypatch.setattr(measure.engines, "version_of", lambda engine: version.get(engine.NAME))
    monkeypatch.setattr(measure, "prepare_apart", lambda names: dict.fromkeys(names, (None,)))
    monkeypatch.setattr(measure, "describe", lambda path: {})
    monkeypatch.setattr(measure.apart, "POSSIBLE", True)
    ran = []

    def run(_function, engine, work):
        ran.append(engine)
        return {name: {"verdict": AGREES} for name in work}, 7

    monkeypatch.setattr(measure, "run_apart", run)
    assert measure.main(["--timed", "--workers", "1"]) == 0
    assert ran == ["Plain C", "OpenCV"]
    assert measure.time_of("OpenCV") == 7


# The record ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_has_a_verdict_on_every_file(engine):
    command = f"python -m tests.interop.real.measure {engine!r} records it"
    assert engine in RESULTS["engines"], command
    recorded = RESULTS["engines"][engine]
    assert recorded["files"] == sorted(FILES), command
    verdicts = unpack(recorded)
    assert sorted(verdicts) == sorted(FILES)
    assert {found["verdict"] for found in verdicts.values()} <= set(VERDICTS)


CHANGES = [change for names in GROUPS.values() for change in names]


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_has_a_verdict_on_every_file(change):
    command = f"python -m tests.interop.real.changes {change!r} records it"
    assert record.find(RESULTS, ["changes", change, "files"]) == sorted(FILES), command
    for name, found in read_changes(RESULTS, change).items():
        assert found["verdict"] in OUTCOMES
        assert ("size" in found) == (found["verdict"] in [AGREES, COARSE, DIFFERS])
        if "size" in found:
            allowed = max(tolerance_of(name), ALLOWED.get(change, 0))
            assert (found["verdict"] == DIFFERS) == (found["off"] > allowed)
            if found["verdict"] == AGREES:
                assert found["off"] <= tolerance_of(name)
            else:
                assert found["off"] >= tolerance_of(name)  # as recorded, in two digits


def test_each_spoilt_answer_has_a_reason_and_no_reason_is_left_over():
    spoilt = set()
    for change in CHANGES:
        for name, found in read_changes(RESULTS, change).items():
            if found["verdict"] == DIFFERS:
                spoilt.add((change, name))
    assert set(CHANGE_REASONS) == spoilt
    for reason in CHANGE_REASONS.values():
        assert re.search(OPERATOR, reason), "no operator, or not its version"


def test_the_files_are_those_that_the_page_promises():
    recorded = RESULTS["files"]
    assert sorted(recorded) == sorted(FILES)
    assert len(FILES) >= 15
    assert len({file.maker for file in FILES.values()}) >= 5
    operators = set().union(*(found["operators"] for found in recorded.values()))
    wanted = {"Conv", "LSTM", "GRU", "If", "Loop", "ConvTranspose", "Resize", "Softmax"}
    assert wanted | {"DequantizeLinear", "ConvInteger", "TreeEnsemble"} <= operators
    opsets = {found["opset"] for found in recorded.values()}
    assert {11, 12, 13, 15, 16, 17, 18, 21} <= opsets
    assert any("FLOAT16" in found["weights"] for found in recorded.values())
    exporters = " ".join(found["exporter"] for found in recorded.values())
    for exporter in ["pytorch", "tf2onnx", "jax2tf", "PaddlePaddle", "keras2onnx", "spox"]:
        assert exporter in exporters


def test_what_the_page_did_not_find_is_not_there():
    """If a file has it now, the sentence goes."""
    for found in RESULTS["files"].values():
        assert not {"StringNormalizer", "TfIdfVectorizer"} & set(found["operators"])


KIND = "weights of 8 bits"


def test_the_answers_that_count_are_their_engines_own():
    for name in RESULTS["files"]:
        _seconds, _megabytes, off = RESULTS["costs"][page.oracle_of(name)][name]
        assert off == 0
    assert set(RESULTS["engines"][ORACLE].get(DIFFERS, {})) == set(ORACLES)
    assert {
        name for name in RESULTS["files"] if page.has(RESULTS["files"][name], KIND)
    } == OF_8_BITS


@pytest.mark.parametrize("engine", ENGINES)
def test_a_record_is_of_the_version_that_is_pinned(engine):
    """Of each another: or somebody has mixed up two records."""
    pins = (TESTS / "interop" / "requirements.txt").read_text(encoding="utf-8")
    version = RESULTS["engines"][engine]["version"]
    package = re.escape(ENGINES[engine].PACKAGE)
    assert re.search(rf"^{package}=={re.escape(version)}$", pins, re.MULTILINE | re.IGNORECASE)


@pytest.mark.parametrize("engine", MARKS)
def test_the_words_of_a_refusal_are_those_of_its_engine(engine):
    """Or somebody has mixed up two records."""
    for words in RESULTS["engines"][engine].get(REFUSES, {}).values():
        assert re.search(MARKS[engine], words), words
    others = [other for other in ("OpenCV", "tract") if other != engine]
    for words in RESULTS["engines"][engine].get(REFUSES, {}).values():
        assert not any(re.search(MARKS[other], words) for other in others), words


@pytest.mark.parametrize("engine", ENGINES)
def test_what_was_answered_has_its_costs_and_what_was_not_has_none(engine):
    verdicts = unpack(RESULTS["engines"][engine])
    answered = {n for n, found in verdicts.items() if found["verdict"] in (AGREES, DIFFERS)}
    assert set(RESULTS["costs"][engine]) == answered
    for name, (seconds, megabytes, off) in RESULTS["costs"][engine].items():
        assert seconds > 0
        assert megabytes > 10
        assert (verdicts[name]["verdict"] == DIFFERS) == (off > tolerance_of(name))


def test_each_silent_answer_has_a_reason_with_operator_and_version_and_no_reason_is_left_over():
    silent = page.list_pairs(RESULTS, DIFFERS)
    assert sorted(REASONS) == silent
    for reason in REASONS.values():
        assert re.search(OPERATOR, reason), "no operator, or not its version"


def test_each_smallest_case_is_there_and_belongs_to_a_silent_answer():
    assert set(SMALLEST) <= set(REASONS)
    assert set(CHANGE_SMALLEST) <= set(CHANGE_REASONS)
    cases = set(SMALLEST.values()).union(*CHANGE_SMALLEST.values())
    assert all(hasattr(smallest, case) for case in cases)


def test_each_answer_that_counts_has_a_second_opinion():
    assert all(page.confirmed_by(RESULTS, name) for name in RESULTS["files"])


# The renderer, on a made-up record ----------------------------------------------------------------
MADE_UP = {
    "files": {
        "silero": {"operators": ["If", "Conv"], "opset": 16, "exporter": "spox", "nodes": 3}
        | {"bytes": 2_300_000, "weights": ["FLOAT"]},
        "smart turn": {"operators": ["DequantizeLinear", "MatMul", "Softmax"], "opset": 18}
        | {"exporter": "onnx.quantize 0.1.0", "nodes": 4, "bytes": 8_700_000, "weights": []},
    },
    "engines": {
        ORACLE: {"version": "1", "files": ["silero", "smart turn"], "date": "2026-01-02"},
        "OpenCV": {
            "version": "5",
            "files": ["silero", "smart turn"],
            "date": "2026-01-03",
            "again": "2026-01-04",
            REFUSES: {"silero": "no | If"},
            DIFFERS: {"smart turn": "output 0 is off by 1e+00 of its largest number"},
        },
    },
    "nodes": {"OpenCV": {"silero": ["If", 16, "If_0"], "smart turn": ["Gemm", 13, "g"]}},
    "costs": {
        ORACLE: {"silero": [0.5, 100.0, 0.0], "smart turn": [1.5, 300.0, 0.0]},
        "OpenCV": {"smart turn": [2.5, 400.0, 1.0]},
    },
}


def test_the_tables_say_what_is_recorded():
    words = "2 engines: of 4 pairs tried 2 are answered rightly, 1 are refused, **1 answer"
    assert words in page.figure(MADE_UP)
    assert "| silero | ✓ | refuses |" in page.verdicts(MADE_UP)
    assert "| smart turn | ✓ | **otherwise** |" in page.verdicts(MADE_UP)
    row = "| OpenCV 5 | 0 | 1 | 1 | 0 | 0 | 0 | 2.5 (2.5) | 400 (400) | 2026-01-03 | 2026-01-04 |"
    assert row in page.counts(MADE_UP)
    assert "| ONNX Runtime 1 | 2 | 0 | 0 | 0 | 0 | 0 | 1 (1.5) | 200 (300) |" in page.counts(
        MADE_UP
    )
    assert "| OpenCV | If 16 | 1 | silero | `no \\| If` |" in page.refused(MADE_UP)
    assert "from Gemm of version 13, `g` on" in page.silent(MADE_UP)
    assert "silero, smart turn **there is no second opinion**" in page.oracles(MADE_UP)
    row = (
        "| silero | silero-vad 6.2.3 | whether somebody speaks, for two sampling rates | spox | 16 "
    )
    assert row + "| 3 | 2.3 | convolution, If |" in page.files(MADE_UP)


def test_the_table_of_kinds_counts_the_files_that_agree():
    lines = page.kinds(MADE_UP).splitlines()
    assert lines[2] == "| ONNX Runtime | 2 | 0 | **1** | **1** | **1** | **1** |"
    assert lines[3] == "| OpenCV | 0 | 1 | 0 | 0 | 0 | 0 |"


def test_the_advice_counts_what_is_recorded():
    made_up = {"files": MADE_UP["files"], "engines": {**MADE_UP["engines"]}, "nodes": {}}
    made_up["engines"]["tract"] = {"version": "1", "files": ["silero"], "date": "2026-01-02"}
    sentence = page.advice(made_up)
    most = "ONNX Runtime (2, and 0 otherwise), tract (1, and 0 otherwise), OpenCV (0, and 1"
    assert f"answered by {most}" in sentence
    assert "none otherwise, ONNX Runtime answers the most (2)" in sentence


CHANGED = {
    "files": {"silero": {}},
    "changes": {
        "float16": {
            "versions": {"onnx": "1", "onnxruntime": "2"},
            "date": "2026-01-02",
            "files": ["silero"],
            DIFFERS: {"silero": "output 0 is off by 2e-01 of its largest number"},
        },
    },
    "change costs": {"float16": {"silero": [0.5, 0.2]}},
    "change nodes": {"float16": {"silero": ["Pow", 13, "p"]}},
}


def test_the_tables_of_changes_say_what_is_recorded(monkeypatch):
    monkeypatch.setattr(page, "GROUPS", {"opsets": [], "fewer bits": ["float16"]})
    monkeypatch.setitem(page.CHANGE_REASONS, ("float16", "silero"), "squares")
    assert "| silero | **otherwise** 0.50 |" in page.changed(CHANGED)
    row = (
        "| float16 | onnxruntime 2 |  |  | 1 |  |  |  |  |  |  | 0.50 (0.50 to 0.50) | 2026-01-02 |"
    )
    assert row in page.changes(CHANGED)
    line = "- **float16, silero**: output 0 is off by 2e-01 of its largest number, from Pow of "
    assert page.spoilt(CHANGED) == line + "version 13, `p` on: squares.\n"


def test_files_that_a_change_spoils_for_one_reason_share_a_line(monkeypatch):
    monkeypatch.setattr(page, "GROUPS", {"opsets": [], "fewer bits": ["float16"]})
    differs = {"a": "off by 1", "b": "off by 2", "c": "off by 3"}
    changed = {"files": [*"abc"], "versions": {}, "answers otherwise": differs}
    for name, reason in (("a", "squares"), ("b", "roots"), ("c", "squares")):
        monkeypatch.setitem(page.CHANGE_REASONS, ("float16", name), reason)
    monkeypatch.setitem(page.CHANGE_SMALLEST, ("float16", "b"), ["x", "y"])
    lines = page.spoilt({"changes": {"float16": changed}}).splitlines()
    assert lines == [
        "- **float16, a**: off by 1; **c**: off by 3: squares.",
        "- **float16, b**: off by 2: roots. Smallest cases: [x](smallest.py), [y](smallest.py).",
    ]


def test_what_is_packed_is_unpacked():
    verdicts = {
        "a": {"verdict": AGREES},
        "b": {"verdict": REFUSES, "why": "no"},
        "c": {"verdict": ENDS, "why": "SIGSEGV"},
    }
    assert unpack({"files": ["a", "b", "c"], **pack(verdicts)}) == verdicts


def test_a_program_reads_pairs_with_their_nodes():
    pairs = read_pairs(MADE_UP)
    assert pairs["silero", "OpenCV"] == (REFUSES, ["If", 16, "If_0"])
    assert pairs["silero", ORACLE] == (AGREES, None)


@pytest.mark.parametrize(
    ("verdict", "why", "expected"),
    [
        ("refuses", "RuntimeError: ncnn does not load what pnnx wrote", True),
        ("refuses", "TypeError: ncnn takes float32 alone", False),
        ("refuses", "KeyError: 'float64'", False),
        ("ends the process", "SIGSEGV", True),
        ("too slow", "", False),
    ],
)
def test_no_node_is_looked_for_where_a_file_fails_at_what_it_is_fed(verdict, why, expected):
    assert measure.is_of_a_node({"verdict": verdict, "why": why}) == expected


def test_no_node_is_recorded_where_a_file_fails_at_what_it_is_fed():
    results = record.read(measure.RESULTS)
    for engine, recorded in results["engines"].items():
        verdicts = measure.unpack(recorded)
        for name in results["nodes"].get(engine, {}):
            assert not any(words in verdicts[name].get("why", "") for words in UNFED)
