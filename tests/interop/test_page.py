"""What the page says about other runtimes and frameworks, against the results of the last run."""

import copy
import re
import tomllib

import pytest

from tests.interop import common, frameworks, page
from tests.interop.files import FILES, KINDS, PORTABLE
from tests.interop.frameworks import catboost, jax, keras
from tests.interop.runtimes import ENGINES, PLACES, file_of
from tests.kit.places import HEAVY, ROOT

FOLDER = page.FOLDER
FRAMEWORKS = page.FRAMEWORKS
PAGE = (FOLDER / "README.md").read_text(encoding="utf-8")
SCRIPT = (ROOT / ".ci" / "interop").read_text(encoding="utf-8")
REQUIREMENTS = (FOLDER / "requirements.txt").read_text(encoding="utf-8").splitlines()
# What onnx.ai names under "Frameworks & Converters", the table "Converting to ONNX format" of
# github.com/onnx/tutorials, and the list of onnxmltools.
OFFICIAL = """
Caffe, Caffe2, CatBoost, Chainer, CNTK, Core ML, H2O, Keras, LibSVM, LightGBM, MATLAB, ML.NET,
MXNet, MyCaffe, ncnn, ndonnx, NeoML, Neural Network Libraries, PaddlePaddle, PySpark, PyTorch, SAS,
scikit-learn, Siemens, SINGA, Tengine, TensorFlow, XGBoost
"""


# The first sentence -------------------------------------------------------------------------------
def make_results(**changed):
    """Return results in which every place agrees on every file, but for {place: {file: word}}."""
    runtimes = {place: dict.fromkeys(FILES, "agrees") for place in PLACES}
    for place, words in changed.items():
        runtimes[place] |= words
    works = {name: {"verdict": "works"} for name in FRAMEWORKS}
    return {"runtimes": runtimes, "frameworks": works}


def test_an_engine_counts_for_a_file_only_where_it_agrees_in_all_its_places():
    engines = len(ENGINES)
    everywhere = dict.fromkeys(FILES, engines)
    assert page.count_engines(make_results()) == (engines, everywhere)
    _, counts = page.count_engines(make_results(tract={"linear": "refused"}))
    assert counts == everywhere | {"linear": engines - 1}
    _, counts = page.count_engines(make_results(Chromium={"network": "differs"}))
    assert counts == everywhere | {"network": engines - 1}
    unknown = make_results()
    del unknown["runtimes"]["IREE"]  # not measured is not right
    assert page.count_engines(unknown)[1] == dict.fromkeys(FILES, engines - 1)
    with pytest.raises(LookupError, match=r"IREE yet: bash \.ci/interop --update"):
        page.figure(unknown)


def test_a_framework_counts_as_working_only_without_exceptions_beside_it():
    results = make_results()
    for name, framework in FRAMEWORKS.items():
        if framework not in (catboost, jax, keras) and not hasattr(framework, "BEFORE"):
            results["frameworks"][name] = {"verdict": "broken"}
    assert page.count_frameworks(results) == {
        "all": len(FRAMEWORKS) - 2,  # two are older releases
        "works": 1,  # Keras
        "but": 2,  # CatBoost and JAX
        "wrong somewhere": 1,  # CatBoost
        "broken": len(FRAMEWORKS) - 5,
        "answers wrongly": 0,
    }


def test_the_first_sentence_says_what_the_tables_show():
    """Counted once more, in the tables of the page."""
    places = []
    ways = {}
    for file, line in re.findall(r"^\| \[[^]]*\]\((\S+\.py)\) \| (.*) \|$", PAGE, re.MULTILINE):
        cells = line.split(" | ")
        if file.startswith("test_comes_"):
            ways[file] = cells
        elif len(cells) > len(FILES):
            places.append(cells)
    engines = {cells[0] for cells in places}
    counts = []
    for column in range(len(FILES)):
        others = {cells[0] for cells in places if cells[3 + column] != "✓"}
        counts.append(len(engines - others))
    everywhere = counts.count(len(engines))
    others = sorted(set(counts) - {len(engines)}, reverse=True)
    assert f"Of 8 files {everywhere} give numpy's numbers in all {len(engines)} engines, " in PAGE
    assert f"apart; the others in {', '.join(map(str, others))}. " in PAGE

    before = re.findall(r"instead: \[.*\]\((test_comes_from_\w+_before\.py)\)", PAGE)
    today = [cells for file, cells in ways.items() if file not in before]
    verdicts = [cells[1].strip("*") for cells in today]
    buts = [cells[2] for cells in today if cells[1] == "works" and cells[2]]
    wrong = sum(but.startswith("wrong: ") for but in buts)
    clean = verdicts.count("works") - len(buts)
    assert f"Of {len(today)} frameworks {clean} kept the answers" in PAGE
    assert f"{len(buts)} did with exceptions ({wrong} of them answer otherwise" in PAGE
    assert f"{verdicts.count('broken')} write no file, and " in PAGE
    assert f"and {verdicts.count('answers wrongly')} answers otherwise." in PAGE


# What is recorded ---------------------------------------------------------------------------------
VERSIONS = r"[\w-]+ \d[\w.]*(, [\w-]+ \d[\w.]*)*"
DAY = r"\d{4}-\d\d-\d\d"


@pytest.mark.parametrize("place", PLACES)
def test_every_place_is_recorded_with_version_and_date(place):
    row = page.read()["runtimes"].get(place, {})
    assert row.keys() == {*FILES, "version", "run on"}, "bash .ci/interop --update records it"
    assert {row[column] for column in FILES} <= page.SIGNS.keys()
    assert re.fullmatch(VERSIONS, row["version"]) and re.fullmatch(DAY, row["run on"])
    assert (FOLDER / file_of(place)).exists()


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_every_framework_is_recorded_with_what_belongs_to_its_verdict(name):
    row = page.read()["frameworks"].get(name, {})
    assert {"verdict", "version", "run on"} <= row.keys(), "bash .ci/interop --update records it"
    known = {
        "verdict": "|".join(page.VERDICTS),
        "version": VERSIONS,
        "mended": r"\de-\d\d",
        "run on": DAY,
        **dict.fromkeys(page.PRECISIONS, r"\de-\d\d|refused|> \d[\d.]*"),
        **dict.fromkeys(KINDS, "✓|refused|differs"),
    }
    for column, word in row.items():
        assert re.fullmatch(known[column], word), f"{column}: {word}"
    works = row["verdict"] == "works"
    assert works != hasattr(FRAMEWORKS[name], "INSTEAD")
    if works:
        assert re.fullmatch(r"\de-\d\d", row["float32"])  # a file that works has its bound
    assert (FOLDER / frameworks.test_file_of(FRAMEWORKS[name])).exists()


def test_a_table_shows_what_is_recorded():
    results = copy.deepcopy(page.read())
    results["runtimes"]["tract"] = {"linear": "differs", "version": "tract 7", "run on": "today"}
    row = "| [tract](../engines/tract.py) | tract | Rust | tract 7 | **differs** |"
    assert f"{row}{'  |' * 7} today |" in page.runtimes(results)
    results["frameworks"]["Keras"] = {"verdict": "broken", "version": "8", "run on": "today"}
    row = "| [Keras](test_comes_from_keras.py) | 8 | **broken** |  | today |"
    assert row in page.sources(results)
    assert "Keras" not in page.exports(results)
    results["plain C"]["source of linear"] = "9"
    assert f"| `{PORTABLE['linear']}` | 9 | 2 |" in page.plain_c(results)


def test_every_framework_that_the_official_lists_name_is_on_the_page():
    section = PAGE.split("## Bring it from there\n")[1].split("\n## ")[0]
    for name in re.split(r",\s+", OFFICIAL.strip()):
        assert re.search(rf"\b{re.escape(name)}\b", section, flags=re.IGNORECASE), name


# How it is installed ------------------------------------------------------------------------------
@pytest.mark.parametrize("name", FRAMEWORKS)
def test_a_file_begins_with_the_lines_that_install_it_and_try_it(name):
    file = frameworks.test_file_of(FRAMEWORKS[name])
    docstring = (FOLDER / file).read_text(encoding="utf-8").split('"""')[1]
    (install,) = re.findall(r"^Install it:  pip install (.*)$", docstring, flags=re.MULTILINE)
    (command,) = re.findall(r"^Try it:      (.*)$", docstring, flags=re.MULTILINE)
    assert command == f"pytest tests/interop/{file}"
    exact = REQUIREMENTS + getattr(FRAMEWORKS[name], "ALONE", "").split()
    pinned = {line.split("==")[0] for line in exact}
    for package in install.split():
        assert package in exact or package.lower() in pinned


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_is_installed_with_the_others(name):
    pinned = {line.split("==")[0] for line in REQUIREMENTS}
    words = ENGINES[name].INSTALL.split("pip install ")[1].split(",")[0].split()
    for package in words:
        assert package in REQUIREMENTS or package.lower() in pinned


def test_the_page_s_command_is_the_script_that_the_workflow_runs():
    workflow = (ROOT / ".github" / "workflows" / "interop.yml").read_text(encoding="utf-8")
    assert "```\nbash .ci/interop\n```" in PAGE
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
    assert asked.split() == list(page.GONE.values())
    assert set(page.read()["gone"]) == {*page.GONE, "run on"}


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
