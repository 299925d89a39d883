"""README.md: its program, its transcripts, its pictures and its table of doors, against runs.

All but the prose is written by `pytest --update`.
"""

import re

import numpy as np
import onnx
import pytest

import neural_network
import sklearn_converter
from tests.kit.page import fence, find_pages, split
from tests.kit.places import HEAVY, ROOT, SCRIPTS, TESTS
from tests.page import DOORS

README = ROOT / "README.md"


def read():
    return README.read_text(encoding="utf-8")


def test_the_first_picture_leads_from_each_script_through_its_files_to_a_runtime(runs, generated):
    ideas = ["a formula, by hand", "an operator of your own", "a scikit-learn pipeline"]
    low = '%%{init: {"flowchart": {"nodeSpacing": 10, "rankSpacing": 30, "padding": 8}}}%%'
    lines = [low, "flowchart LR"]
    for name, idea in zip(SCRIPTS, ideas, strict=True):
        files = ",<br/>".join(sorted(path.name for path in runs[name].folder.iterdir()))
        script = f'{name}["<b>{name}.py</b><br/>{idea}"]'
        lines.append(f'    {script} --> {name}_files["{files}"] --> runtime')
    lines.append('    runtime["onnxruntime,<br/>or another runtime"] --> numbers')
    lines.append('    numbers["the numbers that numpy<br/>computes in float64"]')
    generated(README, "picture", fence("mermaid", lines))


# What programs print ------------------------------------------------------------------------------
@pytest.mark.parametrize("name", SCRIPTS)
def test_a_transcript_is_what_the_script_prints(name, runs, generated):
    lines = runs[name].process.stdout.splitlines()
    generated(README, name, fence("", [f"$ python {name}.py", *lines]))


def program(name):
    """Return a program of the page, without the comment that says what it prints."""
    block = re.fullmatch(r"```python\n(.*)```\n", split(read(), name)[1], re.DOTALL)[1]
    return re.sub(r"(?m)(^# .*\n)+\Z", "", block)


@pytest.fixture
def run_program(terminal, tmp_path, generated):
    """Return a function that runs a program, and asserts that the page shows what it prints.

    Nothing may be reported: unless told not to, onnxruntime keeps an identity and a database at
    home from its import.
    """

    def run(folder, name, before=""):
        home = tmp_path / "home"
        home.mkdir()
        settings = {"HOME": str(home), "ORT_DISABLE_TELEMETRY": None}
        finished = terminal(folder, "-c", before + program(name), **settings)
        assert (finished.returncode, finished.stderr, list(home.iterdir())) == (0, "", [])
        comment = [f"# {line}" for line in finished.stdout.splitlines()]
        generated(README, name, fence("python", [*program(name).splitlines(), *comment]))
        return finished.stdout

    return run


def test_the_first_program_prints_what_is_shown(run_program, tmp_path):
    assert "3., 5., 7." in run_program(tmp_path, "program")  # 2 x + 1 for 1, 2 and 3


def test_the_prediction_needs_the_file_and_no_package_that_made_it(runs, run_program):
    packages = ["onnx", "sklearn", "skl2onnx", "scipy", "joblib", "sklearn_converter"]
    blocked = f"import sys; sys.modules.update(dict.fromkeys({packages}))\n"
    printed = run_program(runs["sklearn_converter"].folder, "prediction", blocked)
    pipeline = sklearn_converter.train(*sklearn_converter.load_data()[::2])
    P = pipeline.predict_proba([[5.1, 3.5, 1.4, 0.2]])[0]  # the first of Fisher's table, a setosa
    assert printed == f"setosa, with probability {P.max():.3f}\n"


# The rest -----------------------------------------------------------------------------------------
def test_every_page_has_a_door():
    folders = {path.parent for path in find_pages() if path.name == "README.md"} - {ROOT}
    assert {folder.relative_to(TESTS).as_posix() for folder in folders} == set(DOORS)


def test_ci_runs_the_commands_that_the_page_recommends():
    section = read().split("## Run it")[1].split("\n## ")[0]
    (block,) = re.findall(r"^```\n(.*?)```$", section, re.M | re.S)
    unix = block.splitlines()
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line in unix] == [*unix[:2], unix[3]]
    assert unix[2] == ".venv/bin/python linear_regression.py"  # .ci/run calls it from elsewhere
    first, begin = re.search(r"`(py .*?)`, and the others begin with `(.*?)`", section).groups()
    others = [line.replace(".venv/bin/", begin) for line in unix[1:]]
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert f"- run: {' && '.join([first, others[0], others[2]])}\n" in workflow
    assert "- run: bash .ci/run\n" in workflow


def test_the_page_names_what_plain_pytest_leaves_out_and_the_versions_that_ci_tries():
    section = " ".join(read().split("## Run it")[1].split("\n## ")[0].split())
    *others, last = HEAVY
    assert f"{', '.join(others)} and {last} need more of both" in section
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    versions = re.search(r"python: \[(.*)\]", workflow)[1].replace('"', "").split(", ")
    assert f"It takes Python {versions[0]} to {versions[-1]};" in section
    where = (TESTS / "questions" / "versions.md").read_text(encoding="utf-8")
    assert f"**Python {versions[0]} to {versions[-1]}, on " in where


def test_the_opset_changes_together_with_that_of_dense(monkeypatch):
    X, _, y, _ = neural_network.load_data()
    classifier = neural_network.train(X[:100], y[:100])
    values = classifier.coefs_, classifier.intercepts_
    for opset in (13, 21):
        monkeypatch.setattr(neural_network, "OPSET", opset)
        with pytest.raises(onnx.checker.ValidationError, match=r"[Oo]pset import"):
            neural_network.inline(neural_network.build_model(*values))
    for opset in (13, 21):
        monkeypatch.setattr(neural_network, "OPSET", opset)
        text = neural_network.DENSE
        monkeypatch.setattr(neural_network, "DENSE", re.sub('"" : [0-9]+', f'"" : {opset}', text))
        session = neural_network.load_model(
            neural_network.inline(neural_network.build_model(*values)).SerializeToString()
        )
        P = neural_network.predict(session, X)
        np.testing.assert_allclose(P, classifier.predict_proba(X), atol=neural_network.TOLERANCE)


def test_the_recipes_for_contributors_name_what_is_there():
    text = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(?:\w+ )*(?:-r )?((?:tests|\.ci)/[^`: ]*)", text))
    assert len(named) > 12
    for path in named:
        assert list(ROOT.glob(re.sub("NN|NAME|title", "*", path))), path
