"""What the scanners of others find, miss and suspect: each verdict is compared with the record."""

import importlib
import os
import re
import socket
import sys
from pathlib import Path

import onnx
import pytest
from onnx import helper

from tests.exercises import registry
from tests.interop.real import files
from tests.kit import apart, record
from tests.mistakes.right import plant_model
from tests.security import inspector
from tests.security.cases import CASES, WEIGHTS, strange, with_weights_in
from tests.security.page import SCANNED
from tests.security.scanners import tools

INSTALL = "pip install -r tests/security/scanners/requirements.txt, into an environment of its own"
TOOLS = list(tools.TOOLS)
OTHERS = list(tools.COMMANDS)
SECONDS = 300  # for one file, on a busy machine
WORK = 20  # of a processor's work, after which a scan is said not to come back

pytestmark = [
    pytest.mark.skipif(not apart.POSSIBLE, reason="needs a process that can be lost"),
    pytest.mark.filterwarnings("ignore"),  # of the tools' own next versions
]


@pytest.fixture(scope="module", autouse=True)
def settled(tmp_path_factory):
    """Let the tools keep what they remember in a home of their own, and send nothing."""
    os.environ["HOME"] = str(tmp_path_factory.mktemp("home"))
    os.environ.update(tools.QUIET)


@pytest.fixture
def noted(note):
    """Return a function that notes what was measured, and with which versions."""

    def check(*keys, value):
        note(SCANNED, *keys, value=value)
        note(SCANNED, "versions", value=record.versions(OTHERS))
        note(SCANNED, "date", value=record.today(), compare=False)

    return check


def scan(name, path):
    """Return what a tool finds, in a copy of this process that has no network."""
    for module in tools.MODULES[name]:
        try:
            importlib.import_module(module)
        except ModuleNotFoundError as error:
            pytest.fail(f"{error}: {INSTALL}", pytrace=False)
    result = apart.copy(
        tools.scan, name, path, tell=True, quiet=True, seconds=SECONDS, work=WORK, gigabytes=8
    )
    assert result.told == (), f"{name} asked for {result.told}"
    if result.ended != apart.RETURNED:
        return [(tools.LOST, f"{result.ended} {result.error}".strip())]
    return result.value


def make_twin(path, folder):
    """Write the file as it is without what was tried, and return its path."""
    folder.mkdir()
    try:
        model = inspector.read(path)
    except ValueError:
        model = plant_model()
    if inspector.external_data(model):
        (folder / "weights.bin").write_bytes(WEIGHTS)
        return with_weights_in(folder, "weights.bin")
    domains = {node.domain for node in model.graph.node}
    if model.graph.name == "strange" and domains == {""}:
        return strange(folder, [helper.make_node("Neg", ["X"], ["Y"])])
    onnx.save(plant_model(), folder / "model.onnx")
    return folder / "model.onnx"


# What was tried -----------------------------------------------------------------------------------
@pytest.mark.parametrize("name", TOOLS)
def test_what_a_tool_says_of_each_case_is_on_the_page(name, tmp_path, noted):
    verdicts = {}
    for number, (what, (make, _)) in enumerate(CASES.items()):
        above = tmp_path / str(number)
        (above / "inside").mkdir(parents=True)
        path = make(above / "inside")
        twin = make_twin(path, above / "twin")
        word, words = tools.verdict(scan(name, path), scan(name, twin))
        if word:
            verdicts[what] = [word, words.replace(str(above.resolve()), "FOLDER")[:200]]
    noted("cases", name, value=verdicts)


def test_a_path_out_is_found_by_whom_its_makers_say(tmp_path):
    """By hand, for fear that a scanner that finds nothing, or another's findings, be recorded."""
    (tmp_path / "inside").mkdir()
    path = CASES["data outside: `../secret.bin`"][0](tmp_path / "inside")
    said = {name: scan(name, path) for name in TOOLS}
    assert [level for level, words in said["modelaudit"] if "-25882" in words] == ["critical"]
    assert ("CRITICAL", "ONNX_EXTERNAL_DATA_ESCAPE: ../secret.bin") in said["aisbom-cli"]
    assert [level for level, words in said["hayward"] if "path-like" in words] == ["medium"]
    assert said["weightguard"] == said["palisade"] == []
    assert said["modelscan"] == [("skipped", "SCAN_NOT_SUPPORTED")]
    assert said["our inspector"][0][1].endswith("../secret.bin, outside of the folder: W")


# Sound files --------------------------------------------------------------------------------------
def count(name, paths):
    """Return {file: [word, words]} of those sound files that a tool has something to say about."""
    suspected = {}
    for file, path in paths.items():
        word, words = tools.verdict(scan(name, path))
        if word:
            suspected[file] = [word, words[:200]]
    return {"files": len(paths), "suspected": suspected}


@pytest.mark.parametrize("name", TOOLS)
def test_what_a_tool_suspects_of_the_scripts_files(name, runs, noted):
    paths = {}
    for script in runs.values():
        paths |= {path.name: path for path in sorted(script.folder.glob("*.onnx"))}
    noted("sound", "what the three scripts write", name, value=count(name, paths))


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """Return {exercise: path} of the exercises' answers."""
    paths = {}
    for exercise in registry.find().values():
        paths[exercise.name] = tmp_path_factory.mktemp(exercise.name) / "model.onnx"
        onnx.save(exercise.answer.solve(exercise.start()), paths[exercise.name])
    return paths


@pytest.mark.parametrize("name", TOOLS)
def test_what_a_tool_suspects_of_the_exercises_answers(name, answers, noted):
    noted("sound", "the answers of the exercises", name, value=count(name, answers))


@pytest.mark.parametrize("name", TOOLS)
def test_what_a_tool_suspects_of_real_files(name, noted):
    paths = {title: file.where() for title, file in files.here().items()}
    if len(paths) < len(files.FILES):
        pytest.skip("not all files are here: python -m tests.interop.real.files")
    noted("sound", "real files", name, value=count(name, paths))


# The network --------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", OTHERS)
def test_which_computers_a_tool_asks_for_unless_it_is_told_not_to(name, tmp_path, noted):
    onnx.save(plant_model(), tmp_path / "model.onnx")
    result = apart.copy(
        tools.start,
        tools.COMMANDS[name],
        tmp_path / "model.onnx",
        tell=True,
        quiet=True,
        seconds=SECONDS,
    )
    assert result.value == (3 if name == "modelscan" else 0), result  # 3: it read no file
    noted("network", name, value=sorted(set(result.told)))


def test_a_tool_that_asks_for_a_computer_is_noticed(monkeypatch, tmp_path):
    def talk(path):
        socket.create_connection(("localhost", 9))

    monkeypatch.setitem(tools.TOOLS, "hayward", talk)
    with pytest.raises(AssertionError, match=r"hayward asked for .*localhost"):
        scan("hayward", tmp_path / "model.onnx")


# All in one environment ---------------------------------------------------------------------------
def test_pip_refuses_them_beside_the_other_runtimes_in_words(note):
    answer = Path(sys.prefix) / "together.txt"
    if not answer.exists():
        pytest.skip("nobody has asked pip: see .ci/tools")
    said = answer.read_text(encoding="utf-8")
    assert "Traceback" not in said
    errors = re.findall("^ERROR: (Cannot install .*)$", said, re.MULTILINE)
    note(SCANNED, "together", value=errors)


# The verdict --------------------------------------------------------------------------------------
def test_a_verdict_is_what_a_tool_does_not_say_of_the_twin():
    of_twin = [("info", "numbers in 'weights.bin': skipped"), ("high", "domain: stranger")]
    assert tools.verdict(of_twin, of_twin) == ("", "")
    assert tools.verdict([("info", "numbers in 'a.bin'")], of_twin) == ("", "")
    assert tools.verdict([("info", "a new thing")], of_twin) == ("notes", "info: a new thing")
    both = [("low", "a small thing"), ("CRITICAL", "a grave thing")]
    assert tools.verdict(both, of_twin) == ("warns", "CRITICAL: a grave thing")
    skipped = [("skipped", "NOT_SUPPORTED")]
    assert tools.verdict(skipped, skipped) == ("skipped", "NOT_SUPPORTED")
    assert tools.verdict([("no answer", "late")]) == ("no answer", "late")
