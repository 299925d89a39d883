"""`.ci/newer` from its beginning to its end, with measurements that are made up, and the workflow.

Everything is the script's own but for what installs or measures: a Python that writes into the
records of the copy what the test says, and that may end the script as a full disk or a user would.
"""

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.kit import record
from tests.kit.places import ROOT

BASH = shutil.which("bash")
ENGINE = "tests/interop/operators/results/onnx_runtime.json"
PAGE = "tests/mistakes/README.md"
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a script for Linux")

# What stands in for Python: what the test hangs onto a step happens in it, the first time alone.
PYTHON = """#!/usr/bin/env bash
printf '%s\\n' "$*" >> "$STAND_IN/called"
case "$*" in
  "-m venv"*) mkdir -p "${@: -1}/bin"
    cp "$0" "${@: -1}/bin/python"
    exit ;;
  *"tests.releases.newer"*--take) step=take ;;
  *"tests.releases.newer"*) step=compare ;;
  *"pins names"*) echo matplotlib
    exit ;;
  *"pins write"*) exit ;;
  "-m pip install --upgrade"*) step=pins ;;
  *wheels*) step=wheels ;;
  *operators.measure*) step=operators ;;
  *estimators*) step=estimators ;;
  "-m pytest --update") step=pages ;;
  "-m tests.kit.page") step=whole ;;
esac
if [ -n "${step:-}" ] && [ -f "$STAND_IN/$step" ]; then
  mv "$STAND_IN/$step" "$STAND_IN/now"
  . "$STAND_IN/now"
fi
case "${step:-}" in take | compare) exec "$REAL" "$@" ;; esac
"""
WORSE = f"""
"$REAL" - << 'end'
from pathlib import Path
from tests.kit import record
path = Path({ENGINE!r})
packed = record.read(path)
packed["version"] = "1.99.0"
packed.setdefault("differs", {{}})["off by 3"] = ["test_abs"]
record.write(path, packed)
end
"""
HALF = f"printf '# Half a page' > {PAGE}\nkill -TERM 0\nsleep 60\n"


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    """Return a checkout of the repository as it is here, committed."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], capture_output=True)
    if listed.returncode:
        pytest.skip("no checkout: git knows no files here")
    folder = tmp_path_factory.mktemp("pristine")
    for name in listed.stdout.decode("utf-8").rstrip("\0").split("\0"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    commit(folder)
    return folder


def commit(folder):
    git = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@b"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "all"]):
        subprocess.run([*git, *command], check=True)


class Checkout:
    """A checkout in which `.ci/newer` is called, and what happens in its steps."""

    def __init__(self, pristine, tmp_path):
        self.folder = tmp_path / "a checkout"
        self.stand_in = tmp_path / "stand in"
        self.work = tmp_path / "work"
        shutil.copytree(pristine, self.folder)
        self.stand_in.mkdir()
        python = self.stand_in / "python3"
        python.write_text(PYTHON, encoding="utf-8")
        python.chmod(0o755)

    def at(self, step, happens):
        """Let something happen in a step, once."""
        (self.stand_in / step).write_text(happens, encoding="utf-8")

    def call(self, *arguments):
        """Call the script in a process group of its own, which a step may end."""
        settings = {"STAND_IN": str(self.stand_in), "REAL": sys.executable}
        settings["NEWER_FOLDER"] = str(self.work)
        settings["PATH"] = f"{self.stand_in}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            [BASH, ".ci/newer", *arguments],
            cwd=self.folder,
            env={**os.environ, **settings},
            capture_output=True,
            encoding="utf-8",
            start_new_session=True,
            timeout=300,
        )

    def changed(self):
        """Return the files that are not as they were committed."""
        command = ["git", "-C", self.folder, "status", "--porcelain"]
        shown = subprocess.run(command, capture_output=True, encoding="utf-8").stdout
        return sorted(line[3:].strip('"') for line in shown.splitlines())

    def called(self, word):
        """Return how often Python was called with a word among its arguments."""
        return (self.stand_in / "called").read_text(encoding="utf-8").count(word)


@pytest.fixture
def checkout(pristine, tmp_path):
    made = Checkout(pristine, tmp_path)
    made.at("pins", 'printf "" > "$(dirname "$0")/pytest"; chmod +x "$(dirname "$0")/pytest"')
    return made


def test_a_verdict_that_became_worse_is_status_1_and_is_taken_over_with_its_versions(checkout):
    checkout.at("operators", WORSE)
    done = checkout.call()
    lines = done.stdout.splitlines()
    was = record.read(ROOT / ENGINE)["version"]
    assert re.match(r"worse: operators, onnx_runtime: agrees -> differs: 1 \(", lines[0])
    assert f"(onnx_runtime {was}, " in lines[0] and "-> onnx_runtime 1.99.0, " in lines[0]
    assert lines[1] == "    Abs: test_abs: off by 3"
    assert lines[2:4] == [
        "in all: 1 verdicts changed, 1 became worse",
        f"taken over: {ENGINE}",
    ]
    assert lines[-1] == "compare, status 1: in all: 1 verdicts changed, 1 became worse"
    assert done.returncode == 1
    assert checkout.changed() == [ENGINE]
    assert record.read(checkout.folder / ENGINE)["version"] == "1.99.0"
    # Its end was reached: another call measures all of it anew, and finds nothing.
    done = checkout.call()
    assert (done.returncode, checkout.called("operators.measure")) == (0, 2)
    assert "in all: 0 verdicts changed, 0 became worse\ntaken over: nothing\n" in done.stdout


def test_where_nothing_changed_nothing_is_taken_over(checkout):
    done = checkout.call()
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "in all: 0 verdicts changed, 0 became worse",
        "taken over: nothing",
    ]
    assert checkout.changed() == []


def test_the_pages_are_those_of_the_new_operators_before_a_test_of_the_estimators_looks(checkout):
    checkout.call()
    called = (checkout.stand_in / "called").read_text(encoding="utf-8").splitlines()
    steps = [line for line in called if "--update" in line or "operators.measure" in line]
    assert steps == [
        "-m tests.interop.operators.measure ONNX Runtime onnx.reference",
        "-m pytest tests/kit/test_page.py --update",
        "-m pytest tests/estimators --update",
        "-m pytest --update",
    ]


@pytest.mark.parametrize("step", ["operators", "estimators", "pages"])
def test_ended_in_the_middle_it_leaves_the_checkout_alone_and_goes_on(checkout, step):
    checkout.at(step, HALF)
    assert checkout.call().returncode < 0
    assert checkout.changed() == []
    (checkout.work / "own" / "copy" / PAGE).write_bytes((ROOT / PAGE).read_bytes())  # as a run does
    done = checkout.call()
    assert done.returncode == 0, done.stdout
    assert checkout.changed() == []
    order = ["-m venv", "operators.measure", "pytest tests/estimators", "pytest --update"]
    ended = {"operators": 1, "estimators": 2, "pages": 3}[step]
    assert [checkout.called(word) for word in order] == [1 + (n == ended) for n in range(4)]


def test_ended_while_it_takes_over_it_goes_on_and_still_says_what_became_worse(checkout):
    checkout.at("operators", WORSE)
    checkout.at("estimators", f"echo >> {PAGE}\n")
    copied = f'cp "$STAND_IN/../work/own/copy/{ENGINE}" {ENGINE}\n'
    checkout.at("take", f"{copied}kill -TERM 0\nsleep 60\n")
    assert checkout.call().returncode < 0
    assert checkout.changed() == [ENGINE]
    done = checkout.call()
    assert done.returncode == 1
    assert done.stdout.startswith("worse: operators, onnx_runtime: agrees -> differs: 1 (")
    assert f"taken over: {PAGE}\n" in done.stdout
    assert checkout.changed() == sorted([ENGINE, PAGE])
    assert checkout.called("operators.measure") == 1


def test_in_another_state_of_the_checkout_it_begins_anew(checkout):
    checkout.at("estimators", "kill -TERM 0\nsleep 60\n")
    assert checkout.call().returncode < 0
    (checkout.folder / "README.md").write_text("# Other\n", encoding="utf-8")
    done = checkout.call()
    assert (done.returncode, checkout.called("operators.measure")) == (0, 2)
    assert (checkout.folder / "README.md").read_text(encoding="utf-8") == "# Other\n"


def test_a_test_that_fails_is_status_1_by_its_name_and_what_was_measured_is_taken_over(checkout):
    checkout.at("pages", f"echo >> {PAGE}\necho 'FAILED test_a.py::test_b - it is 3'\nexit 1\n")
    done = checkout.call()
    assert done.returncode == 1
    assert f"taken over: {PAGE}\n" in done.stdout
    assert done.stdout.splitlines()[-1] == "    FAILED test_a.py::test_b - it is 3"


@pytest.mark.parametrize("step", ["whole", "compare"])
def test_a_page_or_record_that_is_not_whole_is_not_taken_over(checkout, step):
    checkout.at("estimators", f"echo >> {PAGE}\n")
    checkout.at(step, f"echo 'error: {PAGE}'\nexit 2\n")
    done = checkout.call()
    assert done.returncode == 1
    assert "taken over: nothing: " in done.stdout
    assert f"{step}, status 2: error: {PAGE}" in done.stdout
    assert checkout.changed() == []


WEEKLY = """
site="$(dirname "$0")/../lib/python3.11/site-packages"
mkdir -p "$site/onnx-1.23.2.dist-info" "$site/onnx_weekly-1.24.0.dev1.dist-info"
printf 'Name: onnx\\nVersion: 1.23.2\\n' > "$site/onnx-1.23.2.dist-info/METADATA"
printf 'Name: w\\nVersion: 1.24.0.dev1\\n' > "$site/onnx_weekly-1.24.0.dev1.dist-info/METADATA"
"""


def test_early_releases_are_only_told_of_and_onnx_has_the_version_of_the_weekly_one(checkout):
    install = (checkout.stand_in / "pins").read_text(encoding="utf-8")
    checkout.at("pins", install + WEEKLY)
    checkout.at("operators", WORSE)
    done = checkout.call("early")
    assert done.returncode == 1
    assert done.stdout.startswith("worse: operators, onnx_runtime: agrees -> differs: 1 (")
    assert "taken over" not in done.stdout
    assert checkout.changed() == []
    assert checkout.called("--pre") == 2
    (metadata,) = checkout.work.glob("early/venv/lib/*/site-packages/onnx-*/METADATA")
    assert metadata.read_text(encoding="utf-8") == "Name: onnx\nVersion: 1.24.0.dev1\n"


def test_what_does_not_install_is_status_2_and_is_tried_again(checkout):
    install = (checkout.stand_in / "pins").read_text(encoding="utf-8")
    checkout.at("pins", "echo 'ERROR: no network'\nexit 1\n")
    done = checkout.call()
    assert (done.returncode, done.stdout) == (2, "")
    assert "ERROR: no network" in done.stderr
    checkout.at("pins", install)
    assert checkout.call().returncode == 0


def test_another_kind_is_one_line_and_status_2(checkout):
    done = checkout.call("latest")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: latest: expected own, interop or early\n"
    assert not checkout.work.exists()
