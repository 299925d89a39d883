"""Two sets of records are compared by verdict; pins are raised; wheels are asked for by system."""

import re
import shutil
import subprocess
from collections import Counter

import pytest

from tests.interop.operators import measure as operators
from tests.kit import record
from tests.kit.places import ROOT
from tests.releases import newer, page, pins, wheels
from tests.releases.newer import Change, Found

ESTIMATORS = "tests/estimators/results.json"
ENGINE = "tests/interop/operators/results/onnx_runtime.json"
REAL = "tests/interop/real/results.json"
MISTAKES = "tests/mistakes/results.json"
STRANGERS = "tests/security/results.json"
PLACES = "tests/interop/results.json"
WHEELS = "tests/releases/wheels.json"
RECORDS = [ESTIMATORS, ENGINE, REAL, MISTAKES, STRANGERS, PLACES, WHEELS]


@pytest.fixture
def checkout(tmp_path):
    """Return a function that makes a folder with the records, one of them changed."""

    def make(name, file=None, change=None):
        for each in [*RECORDS, "tests/interop/operators/cases.json", "requirements.txt"]:
            place = tmp_path / name / each
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / each, place)
        if change:
            content = record.read(tmp_path / name / file)
            change(content)
            record.write(tmp_path / name / file, content)
        return tmp_path / name

    return make


def changes(before, after):
    return newer.compare(newer.read(before), newer.read(after))


def test_what_is_recorded_is_read_from_every_record(checkout):
    groups = Counter(group.split(",")[0] for group, _subject in newer.read(checkout("a")))
    expected = {"estimators", "operators", "real files", "mistakes", "security", "runtimes"}
    assert expected | {"frameworks", "wheels"} == set(groups)
    recorded = record.read(ROOT / ESTIMATORS)["estimators"]
    assert groups["estimators"] == 2 * sum(len(each["ran"]) for each in recorded.values())
    assert min(groups.values()) >= 20


def test_the_same_verdicts_with_other_dates_are_no_change(checkout):
    def later(content):
        content["date"] = "2030-01-01"
        content["seconds"] = 1e6

    assert changes(checkout("a"), checkout("b", ENGINE, later)) == []


def break_case(content):
    """Record that a case which agrees differs."""
    content["version"] = "1.99.0"
    content.setdefault("differs", {})["off by 3"] = ["test_abs"]


def test_a_case_that_became_wrong_is_worse_and_names_both_versions(checkout, capsys):
    before = checkout("a")
    after = checkout("b", ENGINE, break_case)
    (change,) = changes(before, after)
    assert (change.group, change.subject) == ("operators, onnx_runtime", "Abs: test_abs")
    assert change.worse()
    assert newer.main([str(before), str(after)]) == 1
    printed = capsys.readouterr().out.splitlines()
    was = record.read(ROOT / ENGINE)["version"]
    assert re.match(r"worse: operators, onnx_runtime: agrees -> differs: 1 \(", printed[0])
    assert f"onnx_runtime {was}, " in printed[0] and "-> onnx_runtime 1.99.0, " in printed[0]
    assert printed[1] == "    Abs: test_abs: off by 3"
    assert newer.main([str(after), str(before)]) == 0  # the other way round it became better
    assert capsys.readouterr().out.startswith("better: ")


@pytest.mark.parametrize("version", ["1.99.0", record.read(ROOT / ENGINE)["version"]])
def test_a_case_that_another_onnx_has_no_more_is_gone_from_an_engine_that_ran_again(
    version, checkout
):
    def forget(content):
        content["version"] = version
        content.setdefault("refused", {})["no"] = ["test_that_was"]
        content["with constants"].append("test_that_was")

    found = changes(checkout("a"), checkout("b", ENGINE, forget))
    expected = ["not in these cases: test_that_was"] if version == "1.99.0" else []
    assert [change.subject for change in found] == expected
    assert not any(change.worse() for change in found)


def break_estimator(content):
    packed = content["estimators"]["Ridge"]
    packed["found"].append({"is": {"verdict": "wrong"}, "float32": ["default"]})


def break_real_file(content):
    engine = content["engines"]["ONNX Runtime"]
    failed = {name for entries in engine.values() if isinstance(entries, dict) for name in entries}
    name = next(name for name in engine["files"] if name not in failed)
    engine.setdefault("answers otherwise", {})[name] = "off"


def break_mistake(content):
    name, groups = next(iter(content["mistakes"].items()))
    content["mistakes"][name] = {"pinned": {**next(iter(groups.values())), "noticed": "nobody"}}


def break_stranger(content):
    what, groups = next(iter(content["strangers"].items()))
    content["strangers"][what] = {
        "pinned": {**next(iter(groups.values())), "onnxruntime": "accepts"}
    }


def break_place(content):
    content["runtimes"]["tract"]["linear"] = "differs"


def break_framework(content):
    content["frameworks"]["PyTorch"]["verdict"] = "answers wrongly"


def break_wheel(content):
    (pin,) = [
        line
        for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines()
        if line.startswith("onnx==")
    ]
    content["without a wheel"]["Linux, ARM"]["3.12"].append(pin)


@pytest.mark.parametrize(
    "file, broken",
    [
        (ESTIMATORS, break_estimator),
        (REAL, break_real_file),
        (MISTAKES, break_mistake),
        (STRANGERS, break_stranger),
        (PLACES, break_place),
        (PLACES, break_framework),
        (WHEELS, break_wheel),
    ],
)
def test_what_became_worse_in_each_record_is_seen(checkout, file, broken):
    (change,) = changes(checkout("a"), checkout("b", file, broken))
    assert change.worse()


def test_what_is_new_or_gone_is_said_and_is_not_worse():
    one = {("estimators", "a"): Found("differs", "1", ("agrees", "differs"))}
    lines = newer.describe(newer.compare({}, one)) + newer.describe(newer.compare(one, {}))
    assert lines[0].startswith("new: estimators: - -> differs: 1")
    assert lines[2].startswith("gone: estimators: differs -> -: 1")
    assert not any(change.worse() for change in newer.compare({}, one))


def test_the_worse_come_first_and_of_a_kind_the_smallest():
    scale = ("agrees", "refused", "differs")

    def change(subject, was, now, size):
        return Change("g", subject, Found(was, "1", scale), Found(now, "2", scale, "", size))

    found = [
        change("better", "differs", "agrees", 1),
        change("large", "agrees", "differs", 9),
        change("small", "agrees", "differs", 2),
    ]
    lines = newer.describe(found)
    assert [line.split(":")[0].strip() for line in lines] == [
        "worse",
        "small",
        "large",
        "better",
        "better",
    ]
    assert "g: agrees -> differs: 2 (1 -> 2)" in lines[0]


def test_a_record_that_cannot_be_read_is_one_line_and_status_2(checkout, capsys):
    broken = checkout("b")
    (broken / ESTIMATORS).write_text("{", encoding="utf-8")
    with pytest.raises(SystemExit) as end:
        newer.main([str(checkout("a")), str(broken)])
    assert end.value.code == 2
    assert "a record cannot be read: JSONDecodeError" in capsys.readouterr().err.splitlines()[-1]


def test_what_was_written_anew_is_taken_over_whole(tmp_path):
    for name in ("before", "after"):
        folder = tmp_path / name
        folder.mkdir()
        for file in ("page.md", "same.json", "code.py"):
            (folder / file).write_text(f"{file} {name}", encoding="utf-8")
        (folder / "same.json").write_text("{}", encoding="utf-8")
        subprocess.run(["git", "init", "-q", folder], check=True)
        subprocess.run(["git", "-C", folder, "add", "-A"], check=True)
    before, after = tmp_path / "before", tmp_path / "after"
    names = newer.changed_files(before, after)
    assert names == ["page.md"]  # code is nobody's record
    newer.take(before, after, names)
    assert (before / "page.md").read_text(encoding="utf-8") == "page.md after"
    assert not list(before.glob("*.new"))


# Pins ---------------------------------------------------------------------------------------------
def test_pins_are_raised_to_what_is_installed_and_nothing_else_is_touched(monkeypatch):
    monkeypatch.setattr(pins, "version_of", {"onnx": "9.9", "numpy": "9.1"}.get)
    text = (
        "# numpy==1.0 is no pin\n"
        "numpy==2.4.6 ; python_full_version < '3'\n"
        "numpy==2.5.5 ; python_full_version >= '3'\n"
        "onnx==1.23.2 # why\n"
        '    "onnx==1.23.2", # in a group\n'
        "unknown==1.0\n"
    )
    assert pins.raised(text).splitlines() == [
        "# numpy==1.0 is no pin",
        "numpy==2.4.6 ; python_full_version < '3'",
        "numpy==9.1 ; python_full_version >= '3'",
        "onnx==9.9 # why",
        '    "onnx==9.9", # in a group',
        "unknown==1.0",
    ]


def test_a_pin_is_raised_wherever_it_stands_and_protobuf_in_its_own_file_alone(
    monkeypatch, tmp_path
):
    installed = {"onnx": "9.9", "protobuf": "6.9", "pandas": "8.8"}
    monkeypatch.setattr(pins, "version_of", installed.get)
    before = {
        "requirements.txt": "onnx==1.1\nprotobuf==6.1 # why\n",
        "pyproject.toml": 'a = [ # why\n    "onnx==1.1",\n    "pandas==2.1",\n]\n',
        "tests/interop/requirements.txt": "onnx==1.1\nprotobuf==7.1\n",
        "tests/more/requirements.txt": "-r ../../requirements.txt\npandas==2.1\n",
    }
    for name, text in before.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    pins.write(tmp_path / "requirements.txt", tmp_path)
    after = {name: (tmp_path / name).read_text(encoding="utf-8") for name in before}
    expected = {name: text.replace("onnx==1.1", "onnx==9.9") for name, text in before.items()}
    expected["requirements.txt"] = "onnx==9.9\nprotobuf==6.9 # why\n"
    assert after == expected


def test_every_package_of_the_tutorial_and_of_interop_is_raised_but_for_the_torch_without_cuda():
    assert {"onnx", "onnxruntime", "skl2onnx", "scikit-learn", "numpy", "pytest"} < set(
        pins.names()
    )
    assert "protobuf<7" in pins.names()
    interop = pins.names("interop")
    assert [name for name in interop if "==" in name] == ["torch==2.13.0", "torchvision==0.28.0"]
    engines = {engine.PACKAGE for engine in operators.ENGINES.values()}
    packages = {re.split("[=<]", name)[0] for name in [*interop, *pins.names()]}
    assert {"openvino", "tract", "mnn"} <= packages & {each.lower() for each in engines}


# Wheels -------------------------------------------------------------------------------------------
def test_the_pins_are_those_of_the_system_that_is_asked_about():
    text = (
        "colorama==0.4.6 ; sys_platform == 'win32'\n"
        "numpy==2.4.6 ; python_full_version < '3.12'\n"
        "numpy==2.5.5 ; python_full_version >= '3.12'\n"
        "onnx==1.23.2 # why\n"
        "    # via something\n"
    )
    assert wheels.pins(text, "win32", "3.11") == ["colorama==0.4.6", "numpy==2.4.6", "onnx==1.23.2"]
    assert wheels.pins(text, "darwin", "3.14") == ["numpy==2.5.5", "onnx==1.23.2"]


def test_pins_without_a_wheel_are_all_found_one_refusal_after_the_other(monkeypatch):
    def refuse(command, **_settings):
        for name in ("b==2", "c==3"):
            if name in command:
                said = f"WARNING: x\nERROR: No matching distribution found for {name}\n"
                return subprocess.CompletedProcess(command, 1, "", said)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(wheels.subprocess, "run", refuse)
    assert wheels.ask(["a==1", "b==2", "c==3"], ["win_amd64"], "3.11") == ["b==2", "c==3"]


def test_another_failure_of_pip_is_no_missing_wheel(monkeypatch):
    def fail(command, **_settings):
        return subprocess.CompletedProcess(command, 1, "", "ERROR: no network")

    monkeypatch.setattr(wheels.subprocess, "run", fail)
    with pytest.raises(RuntimeError, match="no network"):
        wheels.ask(["a==1"], ["win_amd64"], "3.11")


def test_the_page_shows_what_the_index_said():
    asked = {"macOS 14, Intel": {"3.11": ["onnxruntime==1.32.0"], "3.12": []}}
    results = {page.WHEELS: {"date": "2026-01-02", "without a wheel": asked}}
    assert page.wheels_table(results).splitlines()[-1] == "| macOS 14, Intel | onnxruntime | ✓ |"
    recorded = record.read(wheels.FILE)["without a wheel"]
    assert set(recorded) == set(wheels.SYSTEMS)
    assert all(list(each) == wheels.PYTHONS for each in recorded.values())
