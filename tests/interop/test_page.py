"""What the page says about other runtimes and frameworks, against the results of the last run."""

import re
import tomllib

import pytest

from tests.interop import common, tables
from tests.kit.places import HEAVY, ROOT

FOLDER = tables.FOLDER
SCRIPT = (ROOT / ".ci" / "interop").read_text(encoding="utf-8")
REQUIREMENTS = (FOLDER / "requirements.txt").read_text(encoding="utf-8").splitlines()
# What onnx.ai names under "Frameworks & Converters", the table "Converting to ONNX format" of
# github.com/onnx/tutorials, and the list of onnxmltools.
OFFICIAL = """
Caffe, Caffe2, CatBoost, Chainer, CNTK, Core ML, H2O, Keras, LibSVM, LightGBM, MATLAB, ML.NET,
MXNet, MyCaffe, ncnn, ndonnx, NeoML, Neural Network Libraries, PaddlePaddle, PySpark, PyTorch, SAS,
scikit-learn, Siemens, SINGA, Tengine, TensorFlow, XGBoost
"""
FILES = sorted(tables.read_files(tables.COMES) | tables.read_files(tables.RUNS))


@pytest.mark.parametrize("name", tables.PARTS)
def test_the_page_shows_the_results_of_the_last_run(name, generated):
    generated(tables.PAGE, name, tables.PARTS[name](tables.read_results()))


def test_the_first_sentence_counts_an_engine_only_where_all_its_places_agree():
    page = tables.PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[.*\]\(test_runs_in_\w+\.py\) \| (.*) \|$", page, flags=re.MULTILINE)
    engines = {row.split(" | ")[0] for row in rows}
    counts = []
    for column in range(len(tables.FILES)):
        refused = {row.split(" | ")[0] for row in rows if row.split(" | ")[2 + column] != "✓"}
        counts.append(len(engines - refused))
    everywhere = counts.count(len(engines))
    others = sorted(set(counts) - {len(engines)}, reverse=True)
    sentence = f"Of 8 files {everywhere} give numpy's numbers in all {len(engines)} engines, "
    assert sentence in page
    assert f"apart; the others in {', '.join(map(str, others))}. " in page
    assert len(rows) > len(engines) > 5 and others


def test_the_first_sentence_counts_the_releases_of_today_and_those_with_exceptions_apart():
    page = tables.PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[.*\]\((test_comes_.*\.py)\) \| (.*) \|$", page, flags=re.MULTILINE)
    before = re.findall(r"instead: \[.*\]\((test_comes_from_\w+_before\.py)\)", page)
    ended = [row.split(" | ")[1:3] for file, row in rows if file not in before]
    verdicts = [verdict.strip("*") for verdict, _but in ended]
    buts = [but for verdict, but in ended if verdict == "works" and but]
    clean = verdicts.count("works") - len(buts)
    wrong = sum(but.startswith("wrong: ") for but in buts)
    assert f"Of {len(ended)} frameworks {clean} kept the answers" in page
    assert f"{len(buts)} did with exceptions ({wrong} of them answer otherwise" in page
    assert f"{verdicts.count('broken')} write no file, and " in page
    assert f"and {verdicts.count('answers wrongly')} answers otherwise." in page
    assert len(before) == 2


def test_every_result_is_one_of_the_known_words_or_a_bound():
    spoilt = r"refused|\*\*(differs|invalid|crashes)\*\*"
    known = {
        tables.RUNS: r"agrees|refused|differs|\d+",  # a number is a size
        tables.OPTIMISERS: rf"agrees|(unchanged|\d+ → \d+ nodes).*|{spoilt}",
    }
    for prefix, words in known.items():
        for file in tables.read_files(prefix):
            for column, word in tables.read_results()[file].items():
                assert re.fullmatch(words, word), f"{file}, {column}: {word}"


@pytest.mark.parametrize("file", tables.read_files(tables.COMES))
def test_every_framework_has_a_verdict_and_what_belongs_to_it(file):
    row = tables.read_results()[file]
    package = r"[\w-]+ \d[\w.]*"
    known = {
        "verdict": "|".join(tables.VERDICTS),
        "version": f"{package}(, {package})*",
        "mended": r"\de-\d\d",
        "run on": r"\d{4}-\d\d-\d\d",
        **dict.fromkeys(tables.PRECISIONS, r"\de-\d\d|refused|> \d[\d.]*"),
        **dict.fromkeys(tables.KINDS, "✓|refused|differs"),
    }
    for column, word in row.items():
        assert re.fullmatch(known[column], word), f"{column}: {word}"
    assert {"verdict", "version", "run on"} <= row.keys()
    works = row["verdict"] == "works"
    assert works == ("INSTEAD" not in tables.read_constants(FOLDER / file))
    if works:
        assert re.fullmatch(r"\de-\d\d", row["float32"])  # a file that works has its bound
    page = tables.PAGE.read_text(encoding="utf-8")
    (shown,) = re.findall(rf"^\| \[.*\]\({file}\) \| (.*) \|$", page, flags=re.MULTILINE)
    version, verdict, _but, day = shown.split(" | ")
    assert [version, verdict.strip("*"), day] == [row["version"], row["verdict"], row["run on"]]


def test_every_framework_that_the_official_lists_name_is_on_the_page():
    page = tables.PAGE.read_text(encoding="utf-8")
    section = page.split("## Bring it from there\n")[1].split("\n## ")[0]
    for name in re.split(r",\s+", OFFICIAL.strip()):
        assert re.search(rf"\b{re.escape(name)}\b", section, flags=re.IGNORECASE), name


@pytest.mark.parametrize("file", FILES)
def test_a_file_begins_with_the_lines_that_install_it_and_try_it(file):
    text = (FOLDER / file).read_text(encoding="utf-8")
    docstring = text.split('"""')[1]
    (install,) = re.findall(r"^Install it:  (.*)$", docstring, flags=re.MULTILINE)
    (command,) = re.findall(r"^Try it:      (.*)$", docstring, flags=re.MULTILINE)
    assert command == f"pytest tests/interop/{file}"
    if file.startswith(tables.RUNS):
        assert len(re.findall(r"^Rows go in:  .", docstring, flags=re.MULTILINE)) == 1
    alone = tables.read_constants(FOLDER / file).get("ALONE", "").split()
    exact = REQUIREMENTS + alone
    pinned = {line.split("==")[0] for line in exact}
    program, word, *packages = install.split()
    assert word == "install" and packages
    for package in packages:
        if program == "npm":
            assert f'"{package}": ' in (FOLDER / "package.json").read_text(encoding="utf-8")
        else:
            assert package in exact or package.lower() in pinned


def test_the_page_s_command_is_the_script_that_the_workflow_runs():
    workflow = (ROOT / ".github" / "workflows" / "interop.yml").read_text(encoding="utf-8")
    assert "```\nbash .ci/interop\n```" in tables.PAGE.read_text(encoding="utf-8")
    assert "- run: bash .ci/interop\n" in workflow
    for event in ("  schedule:\n", "  workflow_dispatch:\n", '      - "tests/interop/**"\n'):
        assert event in workflow  # weekly, by hand, and when its files change


def test_pip_and_uv_install_the_same_runtimes_and_frameworks():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(project["dependency-groups"]["interop"]) <= set(REQUIREMENTS)


def test_the_tutorial_s_own_packages_have_the_same_versions_there():
    own = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    for package in ("onnx", "onnxruntime", "scikit-learn", "skl2onnx", "pytest"):
        (version,) = re.findall(rf"^{package}==(\S+)$", own, flags=re.MULTILINE)
        assert f"{package}=={version}" in REQUIREMENTS


def test_the_script_requires_everything_and_the_plain_test_command_leaves_it_alone():
    assert re.search(r"^INTEROP_REQUIRED=all pytest tests/interop ", SCRIPT, flags=re.MULTILINE)
    assert re.search(r'^python -m tests.interop.alone "\$@" ', SCRIPT, flags=re.MULTILINE)
    assert FOLDER.name in HEAVY


def test_the_script_asks_pip_for_everything_that_the_page_calls_gone():
    (asked,) = re.findall(r"^for package in (.*); do$", SCRIPT, flags=re.MULTILINE)
    assert asked.split() == list(tables.GONE.values())
    assert tables.read_results()["test_cannot_be_installed.py"].keys() == tables.GONE.keys()


def test_torch_is_installed_first_and_by_its_exact_version():
    first = re.findall(r"^pip install (.*)", SCRIPT, flags=re.MULTILINE)[0]
    assert first in REQUIREMENTS and first.startswith("torch==")


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
