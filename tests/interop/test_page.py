"""What the READMEs say about other runtimes and frameworks, against the results of the last run."""

import json
import re
import tomllib

import pytest

from tests.conftest import ROOT
from tests.interop import common, tables

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
    for event in ("  schedule:\n", "  workflow_dispatch:\n", '      - "tests/interop/**"\n'):
        assert event in workflow  # weekly, by hand, and when its files change


def test_pip_and_uv_install_the_same_runtimes_and_frameworks():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(project["dependency-groups"]["interop"]) <= set(LOCKED)


def test_the_tutorial_s_own_packages_have_the_same_versions_there():
    own = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    for package in ("onnx", "onnxruntime", "scikit-learn", "skl2onnx", "pytest"):
        (version,) = re.findall(rf"^{package}==(\S+)$", own, flags=re.MULTILINE)
        assert f"{package}=={version}" in LOCKED


def test_the_script_requires_everything_and_the_plain_test_command_leaves_it_alone():
    script = (ROOT / ".ci" / "interop").read_text(encoding="utf-8")
    assert re.search(r"^INTEROP_REQUIRED=all pytest tests/interop ", script, flags=re.MULTILINE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "interop" in project["tool"]["pytest"]["ini_options"]["norecursedirs"]


def test_torch_is_installed_first_and_by_its_exact_version():
    script = (ROOT / ".ci" / "interop").read_text(encoding="utf-8")
    first = re.findall(r"^pip install .*", script, flags=re.MULTILINE)[0]
    assert first.removeprefix("pip install ") in LOCKED and "torch==" in first


@pytest.mark.parametrize(
    "measured, before, shown",
    [
        (9.1e-7, None, "1e-06"),  # the nearest power of ten
        (2.9e-6, "1e-06", "1e-06"),
        (9.1e-6, "1e-06", "1e-06"),  # within a factor of ten: noise
        (1.1e-5, "1e-06", "1e-05"),
        (9.1e-8, "1e-06", "1e-07"),
        (0.0, None, "1e-17"),
        (9.1e-7, "refused", "1e-06"),  # a new release accepts it
        ("refused", "1e-06", "refused"),
    ],
)
def test_noise_does_not_rewrite_a_figure_and_news_does(measured, before, shown):
    assert tables.shown(measured, before) == shown


@pytest.mark.parametrize("required", ["", "jax", "JAX, tract", "ALL"])
def test_what_is_missing_is_skipped_by_name_and_fails_where_it_is_required(required, monkeypatch):
    monkeypatch.setenv("INTEROP_REQUIRED", required)
    expected = pytest.fail.Exception if required in ("JAX, tract", "ALL") else pytest.skip.Exception
    with pytest.raises(expected, match=r"tract does not start: .*no_such_module.*bash .ci/interop"):
        common.need("tract", "no_such_module")
    with pytest.raises(expected, match=r"tract does not start: .*no-such-program.*apt-get install"):
        common.need_program("tract", "no-such-program", install="apt-get install tract")


def test_a_name_that_is_unknown_is_refused_and_the_known_ones_are_listed(monkeypatch):
    monkeypatch.setenv("INTEROP_REQUIRED", "jax,torch")
    with pytest.raises(pytest.UsageError, match=r"unknown torch; expected all, or .* pytorch,"):
        common.required()
