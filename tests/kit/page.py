"""Pages: their generated parts, their links, and the order in which --update writes them.

A part stands between `<!-- NAME: written by pytest --update -->` and `<!-- end of NAME -->`. The
page.py of a folder has

    read()     the recorded results
    PAGES      {"README.md": {"figure": figure, ...}, "picture.svg": picture}: a function of the
               results for each part or, for a file without parts, for the whole file
    BY_TESTS   {"README.md": ["transcript"]}: parts that tests write by the fixture `generated`,
               because a run makes them and nothing records it (may be missing)
    NEEDS      {"picture.svg": "matplotlib"}: a package beyond the six that a file is made with, or
               one in a version of its own, as in "onnx==1.23.2" (may be missing); without it the
               file stays as it is

A part called "contents" needs no function: it lists the headings that follow it, and leads to the
page to search. What stands under OTHERS is a function of the results and a name, for all parts that
are not named. `python -m tests.kit.page` says which pages are not what their records make of them.
"""

import importlib
import importlib.metadata
import importlib.util
import os
import re
import sys
from pathlib import Path

from tests.kit import record
from tests.kit.places import ROOT, TESTS

LONGEST = 450  # lines of a page that is read; tables to look something up in stand in TABLE.md
CONTENTS = "contents"
SEARCH = TESTS / "lookup" / "index.html"
OTHERS = "*"


# Parts --------------------------------------------------------------------------------------------
def fences(name):
    """Return the two comments between which a part stands."""
    return f"<!-- {name}: written by pytest --update -->\n", f"<!-- end of {name} -->\n"


def names_of(text):
    """Return the names of the parts of a page."""
    return re.findall(r"^<!-- (.*): written by pytest --update -->$", text, re.MULTILINE)


def split(text, name):
    """Return what stands before a part, in it, and after it; LookupError if there is none."""
    begin, end = fences(name)
    before, found, rest = text.partition(begin)
    if not found:
        raise LookupError(f"no line {begin.strip()}")
    part, found, after = rest.partition(end)
    if not found:
        raise LookupError(f"no line {end.strip()}")
    return before, part, after


def replace(text, name, part):
    """Return a page with another text in a part."""
    before, _, after = split(text, name)
    begin, end = fences(name)
    return before + begin + part + end + after


# Markdown -----------------------------------------------------------------------------------------
def table(head, rows):
    """Return a table; a head that ends with a colon, as in "bytes:", aligns its column right."""
    rules = ["---:" if name.endswith(":") else "---" for name in head]
    names = [name.removesuffix(":") for name in head]
    lines = [names, rules, *rows]
    return "".join(f"| {' | '.join(str(cell) for cell in line)} |\n" for line in lines)


def code(text):
    """Return text as code, which a table may hold."""
    text = text.replace("|", "\\|")
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def fence(kind, lines):
    """Return lines as a block, without the space that some of them end with."""
    return "".join(f"{line.rstrip()}\n" for line in [f"```{kind}", *lines, "```"])


def without_blocks(text):
    """Return a page without its blocks of code, in which a # is no heading."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def headings(text):
    """Return (depth, title, anchor) of each heading, the anchors as GitHub makes them."""
    found = []
    used = {}
    for marks, title in re.findall(r"^(#+) (.+)$", without_blocks(text), re.MULTILINE):
        shown = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", title)
        anchor = re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-")
        times = used.get(anchor, 0)
        used[anchor] = times + 1
        found.append((len(marks), shown, f"{anchor}-{times}" if times else anchor))
    return found


def contents(text):
    """Return the list of the headings of the second depth, those of the third below them."""
    lines = []
    for depth, title, anchor in headings(text):
        if depth in (2, 3):
            lines.append(f"{'  ' * (depth - 2)}- [{title}](#{anchor})\n")
    return "".join(lines)


def search_line(folder):
    """Return the line that leads from a page of a folder to the page to search."""
    address = Path(os.path.relpath(SEARCH, folder)).as_posix()
    return f"- [Search everything: an operator, an estimator, a message]({address})\n"


def anchors(text):
    """Return what a link may lead to inside a page."""
    named = re.findall(r'<a (?:id|name)="([^"]+)"', text)
    return {anchor for _, _, anchor in headings(text)} | set(named)


def dead_links(page):
    """Return the links of a page into the repository that lead nowhere."""
    dead = []
    known = {}  # {file: its anchors}
    text = without_blocks(page.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\((?!https?://)([^)\s]+)\)", text):
        file, _, section = target.partition("#")
        found = page.parent / file if file else page
        there = found.exists()
        if there and section and found.suffix != ".html":  # its script makes what it leads to
            if found not in known:
                known[found] = anchors(found.read_text(encoding="utf-8"))
            there = section in known[found]
        if not there:
            dead.append(target)
    return dead


# All pages ----------------------------------------------------------------------------------------
def find_pages():
    """Return the files in Markdown; packages of others, which an install brings, are none."""
    found = [ROOT / "README.md", ROOT / ".github" / "CONTRIBUTING.md"]
    for path in sorted(TESTS.rglob("*.md")):
        if not {"node_modules", "site-packages"} & set(path.parts):
            found.append(path)
    return found


def find_makers():
    """Return the page.py of each folder, imported; the deepest come first: others quote them."""
    files = sorted(TESTS.rglob("page.py"), key=lambda path: (-len(path.parts), path))
    makers = []
    for path in files:
        if path.parent.name != "kit":
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            makers.append(importlib.import_module(name))
    return [maker for maker in makers if hasattr(maker, "PAGES")]


def folder_of(maker):
    """Return the folder that a page.py makes pages for."""
    return Path(maker.__file__).parent


def others(maker, file, text):
    """Return the parts of a page that neither page.py nor a test names."""
    named = {CONTENTS, *maker.PAGES[file], *getattr(maker, "BY_TESTS", {}).get(file, [])}
    return [name for name in names_of(text) if name not in named]


def render(maker, file, results):
    """Return what a file of a folder has to be, its text as it is now being the rest."""
    made = maker.PAGES[file]
    if callable(made):
        return made(results)
    text = (folder_of(maker) / file).read_text(encoding="utf-8")
    for name, function in made.items():
        if name != OTHERS:
            text = replace(text, name, function(results))
    if OTHERS in made:
        for name in others(maker, file, text):
            text = replace(text, name, made[OTHERS](results, name))
    if CONTENTS in names_of(text):
        _, _, after = split(text, CONTENTS)
        text = replace(text, CONTENTS, contents(after) + search_line(folder_of(maker)))
    return text


def lacks(maker, file):
    """Return the package that making a file needs and that is not installed here, or None."""
    needed = getattr(maker, "NEEDS", {}).get(file, "")
    package, _, version = needed.partition("==")
    if not package or not importlib.util.find_spec(package):
        return needed or None
    other = version and importlib.metadata.version(package) != version
    return needed if other else None


def unwritten(maker, file):
    """Return the parts of a page that nothing writes."""
    made = maker.PAGES[file]
    if callable(made) or OTHERS in made:
        return []
    return others(maker, file, (folder_of(maker) / file).read_text(encoding="utf-8"))


def write(maker):
    """Write the pages of a folder; return a line for each that has changed, or may have to."""
    lines = []
    results = maker.read()
    for file in maker.PAGES:
        path = folder_of(maker) / file
        name = path.resolve().relative_to(ROOT).as_posix()
        if lacks(maker, file):
            lines.append(f"{name} stays as it is: {lacks(maker, file)} is not installed")
            continue
        before = path.read_text(encoding="utf-8") if path.exists() else None
        text = render(maker, file, results)
        if text != before:
            record.write_text(path, text)
            lines.append(f"{name} was written")
    return lines


def write_all():
    """Write the pages of all folders, the top README last; return what there is to say, by line."""
    lines = []
    for maker in find_makers():
        try:
            lines += write(maker)
        except Exception as error:  # of one folder; the others are written all the same
            lines.append(f"{maker.__name__} makes no page: {type(error).__name__}: {error}")
    return lines


def find_faults():
    """Return a line for each page that is not what its records make of it, or cannot be made."""
    faults = []
    for maker in find_makers():
        for file in maker.PAGES:
            path = folder_of(maker) / file
            try:
                if lacks(maker, file) or render(maker, file, maker.read()) == path.read_text(
                    "utf-8"
                ):
                    continue
                faults.append(f"{path}: written, and differs again")
            except Exception as error:
                faults.append(f"{path}: {type(error).__name__}: {error}")
    return faults


if __name__ == "__main__":
    sys.exit("\n".join(find_faults()) or 0)
