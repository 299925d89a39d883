"""The page against its code: every block of every question runs, and its assertions hold."""

import importlib.util
import json
import re
import sys
from pathlib import Path

import onnx
import onnxruntime
import pytest

import linear_regression
from tests.kit.places import ROOT
from tests.questions import versions

PAGE = Path(__file__).with_name("README.md")
TEXT = PAGE.read_text(encoding="utf-8")
MEASURED = json.loads(versions.FILE.read_text(encoding="utf-8"))
BLOCK = re.compile(r"^```(.*)\n([\s\S]*?)^```$", flags=re.MULTILINE)
FILE = re.compile(r"# (\w+\.py)\n")  # the first line of a block that is a file, not a step
NEEDS = re.compile(r"^\*Needs (.+)\.\*$", flags=re.MULTILINE)  # what a question cannot do without
ANSWER = re.compile(r"\s+\*\*\S[\s\S]*?\.\*\*\s")  # a sentence in bold
HEADING = re.compile(r"^(##+) (.+)$", flags=re.MULTILINE)


def read_questions():
    """Return {heading: where its text begins and ends}, from each ### to the next heading."""
    found = list(HEADING.finditer(BLOCK.sub(hide, TEXT)))
    ends = [match.start() for match in found[1:]] + [len(TEXT)]
    questions = {}
    for match, end in zip(found, ends, strict=True):
        if match[1] == "###":
            questions[match[2]] = (match.end(), end)
    return questions


def hide(match):
    """Return a match's text with its comments hidden, which look like headings."""
    return match[0].replace("#", " ")


QUESTIONS = read_questions()
OPENING = (0, min(QUESTIONS.values())[0])  # its block prepares what every question starts from


def run_blocks(begin, end, names):
    """Run the Python between two places of the page; a failure names the line of the page."""
    for block in BLOCK.finditer(TEXT, begin, end):
        if block[1] != "python":
            continue
        above = TEXT.count("\n", 0, block.start(2))
        code = "\n" * above + block[2]
        if file := FILE.match(block[2]):
            Path(file[1]).write_text(code, encoding="utf-8")
        else:
            exec(compile(code, PAGE, "exec"), names)


def explain_missing(need, node):
    """Return what to do about what a question needs and this computer lacks, or nothing."""
    if need == "Linux":
        return "" if sys.platform == "linux" else "run it there"
    if need.endswith("GB of memory"):  # only for those who name the question
        named = any(node.name in argument for argument in node.config.args)
        return "" if named else f"pytest '{node.nodeid}'"
    found = importlib.util.find_spec(need.lower())
    return "" if found else "pip install -r tests/questions/requirements.txt"


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_blocks_run(question, request, monkeypatch, tmp_path, capfd):
    begin, end = QUESTIONS[question]
    for needs in NEEDS.findall(TEXT, begin, end):
        for need in needs.split(", "):
            if cure := explain_missing(need, request.node):
                pytest.skip(f"it needs {need}: {cure}")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)  # a block may import the file that another one is
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # for the processes that a block starts
    names = {"__name__": "__main__"}
    run_blocks(*OPENING, names)
    run_blocks(begin, end, names)
    assert capfd.readouterr() == ("", "")  # no warning either, of those that onnxruntime logs


def test_every_block_is_python():
    assert {language for language, _ in BLOCK.findall(TEXT)} == {"python"}


def test_every_question_begins_with_its_answer():
    for begin, end in QUESTIONS.values():
        assert ANSWER.match(TEXT, begin, end), TEXT[begin : begin + 80]


def test_the_table_of_contents(generated):
    lines = []
    for level, title in HEADING.findall(BLOCK.sub(hide, TEXT)):
        indent = "" if level == "##" else "  "
        lines.append(f"{indent}- [{title}](#{anchor(title)})\n")
    generated(PAGE, "contents", "".join(lines))


def anchor(heading):
    """Return the name by which a link on GitHub reaches a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_the_figure(generated):
    releases = {name: row.get("wrong labels") for name, row in MEASURED["runtimes"].items()}
    wrong = [name for name, labels in sorted(releases.items()) if labels]
    figure = (
        f"{len(QUESTIONS)} questions, each answered in code that is run. {' and '.join(wrong)}"
        f" label {releases[wrong[0]]} of 284 rows wrongly, without a word: how would you know?\n"
    )
    generated(PAGE, "figure", figure)


def test_the_tables_of_versions(generated):
    generated(PAGE, "versions", versions.make_table(MEASURED))
    generated(PAGE, "releases", versions.make_table_of_releases(MEASURED))


def test_the_sentence_on_the_load_test(generated):
    counted = json.loads(PAGE.with_name("load.json").read_text(encoding="utf-8"))
    sentence = (
        f"{counted['clients']} clients at once for {counted['seconds']} seconds got"
        f" {counted['answers']:,} answers, each right and none lost, while the file was replaced"
        f" {counted['replacements']:,} times and {counted['damaged files']:,} damaged ones were"
        f" refused, like {counted['bad requests']:,} bad requests.\n"
    )
    generated(PAGE, "load", sentence)


def test_the_installed_onnxruntime_reads_what_the_table_says():
    expected = MEASURED["runtimes"].get(f"onnxruntime {onnxruntime.__version__}")
    if expected is None or MEASURED["onnx"] != onnx.__version__:
        pytest.skip("not measured: python -m tests.questions.versions")
    assert versions.measure_onnxruntime() == expected


def test_the_scripts_choose_the_newest_opset_that_every_runtime_of_the_table_reads():
    rows = MEASURED["runtimes"].values()
    opsets = [versions.parse(row["opsets"]) for row in rows]
    ir_versions = [versions.parse(row["IR versions"]) for row in rows]
    assert max(set.intersection(*opsets)) == linear_regression.OPSET
    assert linear_regression.IR_VERSION in set.intersection(*ir_versions)


def test_every_link_into_the_repository_leads_somewhere():
    for target in re.findall(r"\]\((?!https://)([^)]+)\)", TEXT):
        file, _, section = target.partition("#")
        path = PAGE.parent / file if file else PAGE
        assert path.exists(), target
        if section:
            headings = HEADING.findall(path.read_text(encoding="utf-8"))
            assert section in [anchor(title) for _, title in headings], target
