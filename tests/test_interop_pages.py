"""What the READMEs say about other runtimes and frameworks, against the results of the last run."""

import json
import re
import tomllib

from conftest import ROOT
from interop import tables

RESULTS = json.loads(tables.RESULTS.read_text(encoding="utf-8"))
LOCKED = (ROOT / "tests" / "interop" / "requirements.txt").read_text(encoding="utf-8").splitlines()


def test_the_page_of_tables_holds_the_measured_figures():
    assert tables.PAGE.read_text(encoding="utf-8") == tables.page(RESULTS)


def test_the_readme_holds_the_picture_and_the_counts():
    text = tables.README.read_text(encoding="utf-8")
    begin, end = text.index(tables.BEGIN) + len(tables.BEGIN), text.index(tables.END)
    assert text[begin:end] == tables.summary()


def test_every_result_is_a_power_of_ten_within_the_tolerance_or_says_refused():
    cells = [cell for row in RESULTS.values() for cell in row.values()]
    errors = [float(cell) for cell in cells if cell != "refused"]
    assert len(errors) > 40 and max(errors) <= 1e-4
    assert all(re.fullmatch(r"1e-\d\d", cell) for cell in cells if cell != "refused")


def test_the_readme_s_command_is_the_script_that_the_workflow_runs():
    workflow = (ROOT / ".github" / "workflows" / "interop.yml").read_text(encoding="utf-8")
    assert "```\nbash .ci/interop\n```" in tables.summary()
    assert "- run: bash .ci/interop\n" in workflow


def test_pip_and_uv_install_the_same_runtimes_and_frameworks():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(project["dependency-groups"]["interop"]) <= set(LOCKED)


def test_the_tutorial_s_own_packages_have_the_same_versions_there():
    own = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    for package in ("onnx", "onnxruntime", "scikit-learn", "skl2onnx", "pytest"):
        (version,) = re.findall(rf"^{package}==(\S+)$", own, flags=re.MULTILINE)
        assert f"{package}=={version}" in LOCKED


def test_torch_is_installed_first_and_by_its_exact_version():
    script = (ROOT / ".ci" / "interop").read_text(encoding="utf-8")
    first = re.findall(r"^pip install .*", script, flags=re.MULTILINE)[0]
    assert first.removeprefix("pip install ") in LOCKED and "torch==" in first
