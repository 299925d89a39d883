"""The pages against their code: every block of every question runs, and its assertions hold."""

import importlib.util
import inspect
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import onnx
import onnxruntime
import pytest
from onnxruntime.capi import onnxruntime_pybind11_state as state

import linear_regression
from tests.kit import record
from tests.kit.page import fence
from tests.kit.places import ROOT
from tests.questions import measure, page

INDEX = page.INDEX.read_text(encoding="utf-8")
TEXTS = {name: page.text_of(name) for name in page.THEMES}
QUESTIONS = [each for name in page.THEMES for each in page.find_questions(name, TEXTS[name])]
MEASURED = record.read(page.FILE)["versions"]
FILE = re.compile(r"# (\w+\.py)\n")  # the first line of a block that is a file, not a step
NEEDS = re.compile(r"^\*Needs (.+)\.\*$", flags=re.MULTILINE)  # what a question cannot do without
ANSWER = re.compile(r"\s+\*\*\S[\s\S]*?\.\*\*\s")  # a sentence in bold
NOT_TRIED = "Not tried here"  # what an answer without code has to say of itself


def run_blocks(path, text, begin, end, names):
    """Run the Python between two places of a page; a failure names the line of the page."""
    for block in page.BLOCK.finditer(text, begin, end):
        if block[1] != "python":
            continue
        above = text.count("\n", 0, block.start(2))
        code = "\n" * above + block[2]
        if file := FILE.match(block[2]):
            Path(file[1]).write_text(code, encoding="utf-8")
        else:
            exec(compile(code, path, "exec"), names)


def explain_missing(need, node):
    """Return what to do about what a question needs and this computer lacks, or nothing."""
    if need == "Linux":
        return "" if sys.platform == "linux" else "run it there"
    if need.endswith("GB of memory"):  # only for those who name the question
        named = any(node.name in argument for argument in node.config.args)
        return "" if named else f"pytest '{node.nodeid}'"
    found = importlib.util.find_spec(need.lower())
    return "" if found else "pip install -r tests/questions/requirements.txt"


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.title)
def test_the_blocks_run(question, request, monkeypatch, tmp_path, capfd):
    text = TEXTS[question.page]
    for needs in NEEDS.findall(text, question.begin, question.end):
        for need in needs.split(", "):
            if cure := explain_missing(need, request.node):
                pytest.skip(f"it needs {need}: {cure}")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)  # a block may import the file that another one is
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # for the processes that a block starts
    names = {"__name__": "__main__"}
    run_blocks(page.INDEX, INDEX, 0, len(INDEX), names)  # what every question starts from
    run_blocks(page.FOLDER / question.page, text, question.begin, question.end, names)
    assert capfd.readouterr() == ("", "")  # no warning either, of those that onnxruntime logs


def test_the_drawing_is_that_of_the_first_script(monkeypatch, tmp_path, generated):
    text = TEXTS["file.md"]
    (question,) = [each for each in QUESTIONS if each.title.startswith("How do I get a picture")]
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "__main__"}
    run_blocks(page.INDEX, INDEX, 0, len(INDEX), names)
    run_blocks("file.md", text, question.begin, question.end, names)
    drawing = names["draw"](names["model"].graph)
    generated(page.FOLDER / "file.md", "drawing", fence("mermaid", drawing.splitlines()))


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.title)
def test_a_question_begins_with_its_answer_and_is_answered_in_code_or_says_that_it_is_not(question):
    text = TEXTS[question.page]
    answer = text[question.begin : question.end]
    assert ANSWER.match(answer), answer[:80]
    assert page.answered_in_code(question, text) or NOT_TRIED in answer or "](http" in answer


def test_a_block_is_python_or_a_drawing():
    for text in [INDEX, *TEXTS.values()]:
        assert {language for language, _ in page.BLOCK.findall(text)} <= {"python", "mermaid"}


@pytest.mark.parametrize("name", page.THEMES)
def test_a_page_says_who_answers_what_it_does_not(name):
    opening = TEXTS[name].partition("<!-- contents")[0]
    assert re.search(r"\bNot\s+here: [\s\S]*\]\(", opening), opening


# Parts made of ten lines in, five out -------------------------------------------------------------
TEXT = """# Title

## One?

**Yes.** It is.

```python
# no heading
assert True
```

## Two?

**No.** Not tried here.
"""


def test_a_page_is_read_as_questions_with_and_without_code():
    one, two = page.find_questions("a.md", TEXT)
    assert (one.title, two.title) == ("One?", "Two?")
    assert TEXT[two.begin : two.end].strip() == "**No.** Not tried here."
    assert page.count({"a.md": TEXT}) == (2, 1)
    assert page.list_questions({"pages": {"a.md": TEXT}}) == (
        "- [Title](a.md)\n  - [One?](a.md#one)\n  - [Two?](a.md#two)\n"
    )


def test_the_tables_show_what_is_recorded():
    read = {"opsets": "7 to 9", "IR versions": "3 to 4", "newest of both": "no", "on": "today"}
    results = {
        "versions": {
            "onnx": "1",
            "opset": 9,
            "IR version": 5,
            "runtimes": {"b 2": read | {"wrong labels": 3}, "a": read},
        },
        "lowering": {
            "onnx": "1",
            "onnxruntime": "2",
            "on": "today",
            "cases": 3,
            "wrong": [],
            "as low as it exists": 1,
            "stuck": {"Pad": [18, 18], "Loop": [16, 18], "Pow": [15, 15]},
        },
    }
    found = {"results": results, "pages": {"a.md": TEXT}}
    assert page.make_table(found).splitlines()[2:4] == [
        "| a | 7 to 9 | 3 to 4 | no | today |",
        "| b 2 | 7 to 9 | 3 to 4 | no | today |",
    ]
    assert page.make_table_of_releases(found).splitlines()[2:] == ["| b 2 | 3 | today |"]
    lowering = page.make_table_of_lowering(found).splitlines()
    assert lowering[2:4] == ["| 18 | Pad, Loop (16) |", "| 15 | Pow |"]
    assert "The other 1 operators" in lowering[-1]
    assert page.figure(found).startswith(
        "2 questions, 1 of them answered in code that is run. b 2 label 3 of 284 rows wrongly"
    )


def test_the_errors_of_onnxruntime_have_no_class_in_common_but_exception():
    errors = [each for each in vars(state).values() if inspect.isclass(each)]
    errors = [each for each in errors if issubclass(each, Exception)]
    assert len(errors) > 5
    assert {each.__bases__ for each in errors} == {(Exception,)}


# The records --------------------------------------------------------------------------------------
def test_the_installed_onnxruntime_reads_what_the_table_says():
    expected = MEASURED["runtimes"].get(f"onnxruntime {onnxruntime.__version__}")
    if expected is None or MEASURED["onnx"] != onnx.__version__:
        pytest.skip("not measured: python -m tests.questions.measure versions")
    assert measure.measure_onnxruntime() | {"on": expected["on"]} == expected


def test_what_was_measured_with_another_onnx_is_forgotten():
    results = {"versions": {"onnx": onnx.__version__, "runtimes": {"a": 1, "b": 2}}, "load": 3}
    measure.note_versions(results, {"b": 4})
    assert results["versions"]["runtimes"] == {"a": 1, "b": 4}
    results["versions"]["onnx"] = "another"
    measure.note_versions(results, {"b": 5})
    assert results["versions"]["runtimes"] == {"b": 5}
    assert results["versions"]["opset"] == onnx.defs.onnx_opset_version()
    assert results["load"] == 3


def test_how_far_down_the_converter_gets_is_told_for_a_case():
    text = """<ir_version: 8, opset_import: ["": 18]>
    g (float[2,3,4] X) => (float[2,3,4] Y) { Y = Softmax <axis = 1> (X) }"""
    softmax = onnx.parser.parse_model(text)
    X = np.zeros((2, 3, 4), np.float32)
    case = SimpleNamespace(model=softmax, inputs=[X], outputs=[X + 1 / 3])
    opset, right = measure.lower(case)
    assert opset < 13
    assert not right  # there, Softmax is of both last axes
    softmax.graph.node[0].op_type = "Identity"
    del softmax.graph.node[0].attribute[:]
    case = SimpleNamespace(model=softmax, inputs=[X], outputs=[X])
    assert measure.lower(case) == (16, True)


def test_the_scripts_choose_the_newest_opset_that_every_engine_of_the_table_reads():
    rows = MEASURED["runtimes"].values()
    opsets = [measure.parse(row["opsets"]) for row in rows]
    ir_versions = [measure.parse(row["IR versions"]) for row in rows]
    assert max(set.intersection(*opsets)) == linear_regression.OPSET
    assert linear_regression.IR_VERSION in set.intersection(*ir_versions)
