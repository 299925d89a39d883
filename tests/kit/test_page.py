"""A renderer of pages: ten lines in, five out."""

import types
from pathlib import Path

import pytest

from tests.kit import page

TEXT = """# Title
<!-- contents: written by pytest --update -->
<!-- end of contents -->
## First, `code`
<!-- figure: written by pytest --update -->
old
<!-- end of figure -->
### Below
```
# no heading
```
## First, `code`
"""


def make(folder, pages, **more):
    """Return what find_makers finds: a module that stands in a folder."""
    return types.SimpleNamespace(__file__=str(folder / "page.py"), PAGES=pages, **more)


def test_a_part_is_replaced_and_nothing_else():
    text = page.replace(TEXT, "figure", "new\n")
    assert text == TEXT.replace("old\n", "new\n")
    assert page.split(text, "figure")[1] == "new\n"


@pytest.mark.parametrize("name", ["missing", "open"])
def test_a_part_that_is_not_there_is_an_error(name):
    with pytest.raises(LookupError, match="no line <!-- "):
        page.split(TEXT + "<!-- open: written by pytest --update -->\n", name)


def test_contents_lists_the_headings_and_no_code():
    assert page.contents(TEXT) == (
        "- [First, `code`](#first-code)\n  - [Below](#below)\n- [First, `code`](#first-code-1)\n"
    )


def test_a_page_is_made_of_its_results(tmp_path, monkeypatch):
    monkeypatch.setattr(page, "ROOT", tmp_path.resolve())
    (tmp_path / "README.md").write_text(TEXT, encoding="utf-8")
    pages = {"README.md": {"figure": lambda results: f"{results}\n"}, "picture.svg": str}
    maker = make(tmp_path, pages, read=lambda: 7)
    assert page.write(maker) == ["README.md was written", "picture.svg was written"]
    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert page.split(text, "figure")[1] == "7\n"
    assert "  - [Below](#below)\n" in text
    assert (tmp_path / "picture.svg").read_text(encoding="utf-8") == "7"
    assert page.write(maker) == []


def test_a_page_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    """As where a run is ended: what stood there is there until all of the new page is written."""

    def end(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(page, "ROOT", tmp_path.resolve())
    (tmp_path / "picture.svg").write_text("old", encoding="utf-8")
    monkeypatch.setattr(Path, "replace", end)
    with pytest.raises(KeyboardInterrupt):
        page.write(make(tmp_path, {"picture.svg": str}, read=lambda: 7))
    assert (tmp_path / "picture.svg").read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize("package", ["no_such_package", "numpy==0.1"])
def test_what_cannot_be_made_here_stays_as_it_is(package, tmp_path, monkeypatch):
    monkeypatch.setattr(page, "ROOT", tmp_path.resolve())
    (tmp_path / "picture.svg").write_text("old", encoding="utf-8")
    needs = {"picture.svg": package}
    maker = make(tmp_path, {"picture.svg": str}, NEEDS=needs, read=lambda: 7)
    (line,) = page.write(maker)
    assert line == f"picture.svg stays as it is: {package} is not installed"
    assert (tmp_path / "picture.svg").read_text(encoding="utf-8") == "old"


def test_a_page_that_cannot_be_made_is_told_and_costs_no_other(tmp_path, monkeypatch):
    (tmp_path / "good.svg").write_text("old", encoding="utf-8")
    good = make(tmp_path, {"good.svg": str}, read=lambda: 7)
    bad = make(tmp_path, {"bad.svg": lambda results: results["missing"]}, read=dict)
    bad.__name__ = "bad"
    monkeypatch.setattr(page, "ROOT", tmp_path.resolve())
    monkeypatch.setattr(page, "find_makers", lambda: [bad, good])
    failed, written = page.write_all()
    assert failed == "bad makes no page: KeyError: 'missing'"
    assert written == "good.svg was written"
    (fault,) = page.find_faults()
    assert "KeyError" in fault
    (tmp_path / "good.svg").write_text("spoilt", encoding="utf-8")
    assert len(page.find_faults()) == 2


def test_a_part_that_nothing_writes_is_found(tmp_path):
    (tmp_path / "README.md").write_text(TEXT, encoding="utf-8")
    assert page.unwritten(make(tmp_path, {"README.md": {}}), "README.md") == ["figure"]
    by_test = make(tmp_path, {"README.md": {}}, BY_TESTS={"README.md": ["figure"]})
    assert page.unwritten(by_test, "README.md") == []
    rest = make(tmp_path, {"README.md": {page.OTHERS: lambda results, name: f"{name} {results}\n"}})
    assert page.unwritten(rest, "README.md") == []
    assert "\nfigure 7\n<!-- end" in page.render(rest, "README.md", 7)


def test_a_link_that_leads_nowhere_is_found(tmp_path):
    path = tmp_path / "a.md"
    links = [
        "[a](b.md)",
        "[a](#a-b)",
        "[a](c.md)",
        "[a](#c)",
        "[a](https://onnx.ai)",
        "[a](b.md#here)",
    ]
    path.write_text(
        "# A b\n" + "\n".join(links) + "\n```\n[a](in_code.md)\n```\n", encoding="utf-8"
    )
    (tmp_path / "b.md").write_text('<a id="here"></a>', encoding="utf-8")
    assert page.dead_links(path) == ["c.md", "#c"]


def test_a_table_holds_a_bar_in_its_code():
    cell = page.code("a|b")
    assert page.table(["x", "n:"], [[cell, 1]]) == "| x | n |\n| --- | ---: |\n| `a\\|b` | 1 |\n"
    assert page.code("`") == "`` ` ``"
