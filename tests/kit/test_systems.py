"""Nothing in the scripts and light tests depends on the system, as far as reading them tells."""

import fnmatch
import itertools
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path, PurePosixPath

import pytest

from tests.kit import systems
from tests.kit.places import HEAVY, ROOT, SCRIPTS, TESTS

# {file: [(what is found there, why it is there)]}
ALLOWED = {
    "tests/exercises/answers/ex21_head_that_copies.py": [("language.read_text", "our own")],
    "tests/exercises/first_wrong.py": [("self.open", "a method of its own")],
    "tests/kit/apart.py": [
        ("resource", "suppressed where there is none"),
        ("/proc/self/status", "0 where there is none"),
        ("os.killpg", "asks first whether there is one"),
        ("signal.SIGKILL", "the same"),
    ],
    "tests/kit/test_apart.py": [("/proc/", "skipped where there is none")],
    "tests/kit/clock.py": [
        ("/proc/cpuinfo", "measures on Linux"),
        ("os.sched_getaffinity", "measures on Linux"),
    ],
    "tests/language.py": [("read_text", "our own")],
    "tests/security/cases.py": [("os.link", "a hard link; a case that a system may refuse")],
    "tests/security/test_inspector.py": [
        ("/etc/passwd", "a name in a file, which nobody opens"),
        ("C:\\", "the same"),
    ],
    "tests/test_command_line.py": [("/dev/full", "skipped where there is none")],
    "tests/kit/systems.py": [(place, "the list itself") for place in systems.PLACES],
}
PORTS = [f"{name}{number}" for name in ("com", "lpt") for number in range(10)]
RESERVED = {"con", "prn", "aux", "nul", *PORTS}  # names that Windows keeps for devices


def light_files():
    """Return the scripts, and what plain pytest runs or imports; not the examples of this file."""
    found = [ROOT / f"{name}.py" for name in SCRIPTS]
    for path in sorted(TESTS.rglob("*.py")):
        heavy = path.relative_to(TESTS).parts[0] in HEAVY
        if not heavy and path.name != "test_systems.py":
            found.append(path)
    return found


def test_nothing_depends_on_the_system_but_for_what_says_why():
    left = []
    for path in light_files():
        name = path.relative_to(ROOT).as_posix()
        words = [word for word, _why in ALLOWED.get(name, [])]
        for line in systems.find(path):
            if not any(word in line for word in words):
                left.append(f"{name}, line {line}")
    assert left == []


def test_what_is_allowed_is_there():
    for name, allowed in ALLOWED.items():
        found = systems.find(ROOT / name)
        for word, _why in allowed:
            assert any(word in line for line in found), f"{name}: {word}"


@pytest.mark.parametrize(
    "text, said",
    [
        ("import fcntl", "a module of one system: fcntl"),
        ("from resource import getrusage", "a module of one system: resource"),
        ("import os\nos.fork()", "a name of one system: os.fork"),
        ("import signal\nsignal.signal(signal.SIGALRM, f)", "a name of one system: signal.SIGALRM"),
        ("path = '/tmp/model.onnx'", "a path of one system: /tmp/model.onnx"),
        ("open(path)", "text without an encoding: open"),
        ("path.open('w')", "text without an encoding: path.open"),
        ("path.read_text()", "text without an encoding: path.read_text"),
        ("path.write_text(text)", "text without an encoding: path.write_text"),
    ],
)
def test_what_depends_on_the_system_is_found(text, said, tmp_path):
    file = tmp_path / "file.py"
    file.write_text(text, encoding="utf-8")
    assert [line.partition(": ")[2] for line in systems.find(file)] == [said]


@pytest.mark.parametrize(
    "text",
    [
        "import os\nos.path.join(a, b)",
        "open(path, 'rb')",
        "path.open(mode='wb')",
        "open(path, encoding='utf-8')",
        "path.write_text(text, 'utf-8')",
        "path.read_text('utf-8')",
        "subprocess.run(command, **settings)",
    ],
)
def test_what_does_not_is_not(text, tmp_path):
    file = tmp_path / "file.py"
    file.write_text(text, encoding="utf-8")
    assert systems.find(file) == []


# Names of files -----------------------------------------------------------------------------------
def names_of_files():
    """Return the names of what the repository holds, as a checkout has them."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("no checkout: git knows no files here")
    return listed.stdout.decode("utf-8").rstrip("\0").split("\0")


def test_no_two_names_differ_by_their_case_alone():
    """On Windows and macOS one of them would be overwritten by the other."""
    names = names_of_files()
    folders = {str(parent) for name in names for parent in PurePosixPath(name).parents}
    every = [*names, *folders]
    assert len({name.lower() for name in every}) == len(every)


def test_windows_takes_every_name():
    for name in names_of_files():
        for part in PurePosixPath(name).parts:
            assert not set(part) & set('<>:"\\|?*'), name
            assert part.partition(".")[0].lower() not in RESERVED, name
            assert not part.endswith((".", " ")), name
        assert len(name) < 160, name  # of 260 with the folder of the checkout


# Workflows ----------------------------------------------------------------------------------------
def commands_of(path):
    """Return the commands of a workflow, a text for each `run`."""
    found = []
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        opening = re.match(r"( *)(?:- )?run: (.*)", line)
        if not opening:
            continue
        block = [opening[2]]
        if opening[2] == "|":
            inside = rf"(?:{opening[1]}  .*|\s*)"
            block = list(itertools.takewhile(re.compile(inside).fullmatch, lines[number + 1 :]))
        found.append(textwrap.dedent("\n".join(block)))
    return found


WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_each_command_of_a_workflow_is_one_that_a_shell_reads(path):
    bash = shutil.which("bash") or pytest.skip("no bash here")
    commands = commands_of(path)
    assert commands
    for command in commands:
        given = re.sub(r"\$\{\{.*?\}\}", "own", command)
        read = subprocess.run([bash, "-n", "-c", given], capture_output=True, text=True)
        assert read.stderr == "", command
        for script in re.findall(r"\.ci/\w+", given):
            assert (ROOT / script).is_file(), script


def test_each_script_of_ci_is_one_that_a_shell_reads():
    bash = shutil.which("bash") or pytest.skip("no bash here")
    for path in sorted((ROOT / ".ci").iterdir()):
        text = path.read_text(encoding="utf-8")  # by its text: a CRLF checkout is no mistake
        read = subprocess.run([bash, "-n", "-c", text], capture_output=True, text=True)
        assert read.stderr == "", path.name


def test_each_script_of_ci_is_run_by_a_workflow_or_by_another_script():
    scripts = sorted((ROOT / ".ci").iterdir())
    lines = [line for path in WORKFLOWS for text in commands_of(path) for line in text.splitlines()]
    for path in scripts:
        lines += path.read_text(encoding="utf-8").splitlines()
    run = [line for line in lines if not line.lstrip().startswith("#")]
    for path in scripts:
        assert any(f".ci/{path.name}" in line for line in run), path.name


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_what_starts_a_workflow_is_there(path):
    """A path that matches no file starts nothing, and nobody hears of it."""
    text = path.read_text(encoding="utf-8")
    names = names_of_files()
    for pattern in re.findall(r'^ {6}- "(.+?)"', text, re.MULTILINE):
        assert fnmatch.filter(names, pattern), pattern
    for cron in re.findall(r'cron: "(.*?)"', text):
        minute, hour, *_, weekday = map(int, cron.replace("*", "0").split())
        assert minute < 60 and hour < 24 and weekday < 7


def test_the_weekly_workflow_raises_each_kind_of_pins_that_the_script_knows():
    text = (ROOT / ".github" / "workflows" / "newer.yml").read_text(encoding="utf-8")
    kinds = re.search(r"kind: \[(.*)\]", text)[1].split(", ")
    script = (ROOT / ".ci" / "newer").read_text(encoding="utf-8")
    assert re.findall(r"^    (\w+)\) ", script, re.MULTILINE) == kinds
    limit = int(re.search(r"timeout-minutes: (\d+)", text)[1])
    assert limit >= 120
    assert '"$RUNNER_TEMP/changes.txt"' in text.split("tee ")[1].splitlines()[0]
    assert "--body-file" in text


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_what_a_workflow_refers_to_is_there(path):
    text = path.read_text(encoding="utf-8")
    for name in re.findall(r"\bsteps\.(\w+)", text):
        assert re.search(rf"^ +-? *id: {name}$", text, re.MULTILINE), name
    for name in re.findall(r"\bmatrix\.(\w+)", text):
        assert re.search(rf"^ +{name}: \[.+\]$", text, re.MULTILINE), name
    for command in commands_of(path):
        for name in set(re.findall(r"\$\{?([A-Z_]+)", command)):
            given = name.startswith(("GITHUB_", "RUNNER_"))
            assert given or re.search(rf"^ +{name}: ", text, re.MULTILINE), name


def run_step_of_newer(folder, **settings):
    """Run the step that opens a pull request, with a gh that notes what it is asked for."""
    gh = folder / "gh"
    gh.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > "$RUNNER_TEMP/asked"\n', encoding="utf-8")
    gh.chmod(0o755)
    command = commands_of(ROOT / ".github" / "workflows" / "newer.yml")[1]
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", command],  # as "shell: bash" is
        cwd=folder / "checkout",
        env={**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", **settings},
        capture_output=True,
        encoding="utf-8",
    )


@pytest.mark.skipif(sys.platform == "win32", reason="its gh is a script for a shell")
@pytest.mark.parametrize("changed", [True, False])
def test_the_weekly_workflow_opens_a_pull_request_with_the_difference(changed, tmp_path):
    def git(*words):
        who = ["-c", "user.name=a", "-c", "user.email=a@b"]
        command = ["git", "-C", tmp_path / "checkout", *who, *words]
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout

    if not (shutil.which("git") and shutil.which("bash")):
        pytest.skip("no git, or no bash")
    (tmp_path / "checkout").mkdir()
    subprocess.run(["git", "init", "-q", "--bare", tmp_path / "remote"], check=True)
    page = tmp_path / "checkout" / "page.md"
    page.write_text("old\n", encoding="utf-8")
    git("init", "-q")
    git("remote", "add", "origin", str(tmp_path / "remote"))
    git("add", "page.md")
    git("commit", "-qm", "old")
    page.with_name("page.md.new").write_text("half", encoding="utf-8")
    if changed:
        page.write_text("new\n", encoding="utf-8")
    (tmp_path / "changes.txt").write_text("worse: " + 70_000 * "a", encoding="utf-8")
    settings = {"KIND": "own", "GITHUB_RUN_ID": "7", "RUNNER_TEMP": str(tmp_path)}
    done = run_step_of_newer(tmp_path, **settings)
    assert done.returncode == 0, done.stderr
    pushed = git("ls-remote", "--heads", "origin").split()[1::2]
    assert pushed == (["refs/heads/newer-own-7"] if changed else [])
    assert (tmp_path / "asked").exists() == changed
    if changed:
        assert git("show", "--name-only", "--format=", "HEAD").split() == ["page.md"]
        asked = (tmp_path / "asked").read_text(encoding="utf-8").splitlines()
        assert asked[:4] == ["pr", "create", "--title", "The newest that install (own)"]
        body = Path(asked[5]).read_text(encoding="utf-8")
        assert body.startswith("worse: aaa") and len(body) == 60_000
