"""The data of the page, light enough for the plain suite: what is named is there, and small."""

import json
import re
from functools import cache

import pytest

from tests.interop.operators import census
from tests.interop.operators import page as operators_page
from tests.kit.page import lacks, split
from tests.lookup import page, programs, records, reports, standard
from tests.lookup.__main__ import main

LIMIT = 1_000_000  # bytes of the page


@pytest.fixture(scope="module", autouse=True)
def read_once():
    """Read the records once: the command reads them at each call, a second each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "read", cache(records.read))
        yield


@pytest.fixture(scope="module")
def found():
    """Return everything that can be looked up."""
    return records.read()


def statements(found):
    """Yield (operator, version, engine, what it makes of the operator) of all that is not right."""
    for operator, said in found["operators"].items():
        for version, cases in said["versions"].items():
            for engine, statement in cases["support"].items():
                yield operator, version, engine, statement


def test_the_page_holds_the_data_and_is_small_enough(found):
    if lacks(page, "index.html"):
        pytest.skip(f"{lacks(page, 'index.html')} is not installed")
    path = page.FOLDER / "index.html"
    assert path.stat().st_size < LIMIT
    _, block, _ = split(path.read_text(encoding="utf-8"), "data")
    held = re.fullmatch(r'<script type="application/json" id="data">\n(.*)</script>\n', block, re.S)
    assert "<" not in held[1]
    assert json.loads(held[1]) == found


def test_the_file_is_the_same_data_an_entry_a_line(found, tmp_path, capsys):
    path = tmp_path / "onnx-compat.json"
    main(["--output", str(path)])
    text = path.read_text(encoding="utf-8")
    assert json.loads(text) == found
    (line,) = [line for line in text.splitlines() if line.startswith('"GRU":')]
    assert json.loads("{" + line.removesuffix(",") + "}") == {"GRU": found["operators"]["GRU"]}
    assert str(path) in capsys.readouterr().out


def test_a_path_that_cannot_be_written_is_one_line(tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--output", str(tmp_path / "missing" / "file.json")])
    assert stopped.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_what_answers_otherwise_is_what_the_table_of_operators_says(found):
    results = operators_page.read()
    expected = {*operators_page.differing(results), *operators_page.differing(results, newer=True)}
    shown = set()
    for operator, _, engine, statement in statements(found):
        if statement["verdict"] == "differs" and "example" in statement:  # the others are restated
            shown.add((operator, engine))
    assert shown == expected


def test_cases_are_counted_once(found):
    for operator, version, engine, statement in statements(found):
        cases = found["operators"][operator]["versions"][version]["cases"]
        ran = sum(statement.get("cases", {}).values())
        assert ran <= cases, (operator, version, engine)
        of_trials = "example" not in found["operators"][operator]["versions"][version]
        which = found["engines"][engine]["cases of an operator"]
        if (census.which_of(engine) if of_trials else which) == "all":
            assert ran == cases or statement["verdict"] == "unknown" or "condition" in statement


def test_each_name_leads_somewhere(found):
    for operator, _, engine, statement in statements(found):
        assert engine in found["engines"]
        assert statement.get("example") is None or statement["example"] in found["examples"]
        if "report" in statement:
            assert statement["report"].startswith("https://"), operator
    for name, groups in found["estimators"].items():
        for group in groups:
            assert "kind" not in group or group["kind"] in found["kinds"], name
    pages = re.findall(r'"(\.\./[^"#]+)', records.dumps(found))
    for link in set(pages):
        assert (page.FOLDER / link).exists(), link


def test_a_program_is_python_and_says_how_to_install_what_it_needs(found):
    for operator, version, engine, _ in statements(found):
        if "example" not in found["operators"][operator]["versions"][version]:
            continue
        text = programs.program_of(found, operator, version, engine)
        assert found["gap"] not in text
        compile(text, f"{operator} in {engine}", "exec")
        first = text.partition("\n")[0]
        assert first.startswith("# pip install ") and "onnx==" in first


def test_numbers_are_written_as_python_reads_them():
    value = {"type": "float64", "shape": [4], "values": [0.1, float("nan"), float("-inf"), 2.0]}
    text = programs.show_array(value)
    assert text == "np.array([0.1, np.nan, -np.inf, 2], np.float32).astype(np.float64)"
    assert programs.show_array({**value, "values": [0.1234567890123]}).endswith("np.float64)")
    assert programs.show_array({"type": "bool", "shape": [2, 0], "values": [[], []]}) == (
        "np.zeros((2, 0), np.bool_)"
    )
    value = {"type": "float32", "shape": [1, 6], "values": [[0.1] * 6]}
    assert programs.show_array(value) == "np.full((1, 6), 0.1, np.float32)"
    assert programs.show_number(-0.0) == "-0.0"


# Reports ------------------------------------------------------------------------------------------
def test_each_answer_without_a_report_says_what_the_standard_says(found):
    used = set()
    for operator, version, engine, statement in statements(found):
        if "answer" in statement and "report" not in statement:
            key = standard.find(operator, version, engine)
            assert key, f"tests/lookup/standard.py lacks {operator}, version {version}, {engine}"
            assert statement["standard"] == standard.SAYS[key]
            used.add(key)
        else:
            assert "standard" not in statement
    assert used == set(standard.SAYS)


def test_a_report_is_complete(found, capsys):
    main(["mnn", "argmax"])
    text = capsys.readouterr().out
    version = max(found["operators"]["ArgMax"]["versions"], key=int)
    assert programs.program_of(found, "ArgMax", version, "MNN").rstrip() in text
    for part in [standard.SAYS["ArgMax"], found["operators"]["ArgMax"]["url"], "`[[1], [1]]`"]:
        assert part in text
    assert f"MNN {found['engines']['MNN']['version']}" in text


@pytest.mark.parametrize("words", [["MNN"], ["Nobody", "ArgMax"], ["MNN", "Relu"]])
def test_what_cannot_be_reported_is_one_line(words, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == 2
    printed = capsys.readouterr()
    assert printed.err.count("\n") == 1 and printed.out == ""


def test_the_most_harmful_answer_comes_first(found):
    for engine, listed in reports.list_unreported(found).items():
        shapes = [statement["answer"].startswith("the shape is") for *_, statement in listed]
        assert shapes == sorted(shapes), engine
