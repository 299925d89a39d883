"""Scripts and light tests as on another system: CRLF, an umlaut, no UTF-8, nothing written beside.

The checkout is copied with CRLF line ends, as git makes it on Windows, into a folder with a space
and an umlaut. The locale C, without help from Python, reads and writes ASCII where nobody says so.
"""

import os
import subprocess
import sys

import pytest

from tests.kit.places import ROOT, SCRIPTS

LOCALES = {
    "C": {"LC_ALL": "C"},
    "ASCII": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}
PLACE = "ein Ordner für Modelle"
# Not tests/kit/test_page.py: it writes the name of its folder, which ASCII cannot hold.
LIGHT = [
    *("tests/kit/test_record.py", "tests/kit/test_graphs.py"),
    *("tests/test_load.py", "tests/test_linear_regression.py", "tests/test_pages.py"),
    *("tests/test_command_line.py", "tests/security/test_inspector.py"),
]


def run(folder, *arguments, **settings):
    """Run Python in a folder, which writes no bytecode."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "80", **settings}
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, env=environment, timeout=600)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """Return a copy of the checkout as another system would have it."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], capture_output=True)
    if listed.returncode:
        pytest.skip("no checkout: git knows no files here")
    copy = tmp_path_factory.mktemp("other") / PLACE
    for name in listed.stdout.decode("utf-8").rstrip("\0").split("\0"):
        place = copy / name
        place.parent.mkdir(parents=True, exist_ok=True)
        content = (ROOT / name).read_bytes()
        if b"\0" not in content:  # as git decides it
            content = content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        place.write_bytes(content)
    for path in copy.rglob("*"):
        if path.is_file():
            path.chmod(0o444)
    return copy


def contents(folder):
    """Return {file: its bytes}."""
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_locale_knows_ascii_alone(tmp_path):
    ask = "import locale; print(locale.getpreferredencoding(False))"
    said = run(tmp_path, "-c", ask, **LOCALES["ASCII"]).stdout.decode("ascii").strip()
    assert said == "ANSI_X3.4-1968" or os.name == "nt"


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_prints_there_what_it_prints_here(name, locale, checkout, tmp_path):
    before = contents(checkout)
    folder = tmp_path / "Modelle für später"
    folder.mkdir()
    here = run(tmp_path, ROOT / f"{name}.py")
    there = run(folder, checkout / f"{name}.py", **LOCALES[locale])
    assert there.stderr.decode() == ""
    assert there.returncode == here.returncode == 0
    assert there.stdout.splitlines() == here.stdout.splitlines()
    files = [path.name for path in sorted(folder.iterdir())]
    assert files == [path.name for path in sorted(tmp_path.glob("*.onnx"))]
    assert files
    assert contents(checkout) == before


@pytest.mark.parametrize("locale", LOCALES)
def test_the_light_tests_pass_there(locale, checkout):
    before = contents(checkout)
    ran = run(checkout, "-m", "pytest", "-q", "-p", "no:cacheprovider", *LIGHT, **LOCALES[locale])
    assert ran.returncode == 0, ran.stdout.decode("utf-8", "replace")[-3000:]
    assert contents(checkout) == before
