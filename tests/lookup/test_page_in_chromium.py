"""Is what is asked found, and what is copied true? A Chromium uses the page as people do.

Try it:  npm install --prefix tests/lookup
         pytest tests/lookup/test_page_in_chromium.py

It opens the file from the disk, once with MiniSearch beside it and once without.
"""

import itertools
import json
import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests import engines
from tests.interop.browser import need_chromium, start
from tests.interop.common import missing
from tests.lookup import programs, records, run
from tests.lookup.page import FOLDER

LIBRARY = FOLDER / "node_modules"
chromium = need_chromium()
WAYS = ["with MiniSearch", "alone"]


@pytest.fixture(scope="module")
def found():
    """Return everything that can be looked up."""
    return records.read()


@pytest.fixture(scope="module")
def folder():
    """Return a folder with a folder for each way to have the page."""
    # While Chromium ends, it may still write to its profile.
    with TemporaryDirectory(ignore_cleanup_errors=True) as name:
        for way in WAYS:
            place = Path(name, way)
            place.mkdir()
            shutil.copy(FOLDER / "index.html", place)
        if LIBRARY.is_dir():
            (Path(name, WAYS[0]) / "node_modules").symlink_to(LIBRARY)
        yield Path(name)


@pytest.fixture(scope="module")
def chrome(folder):
    """Return a running browser."""
    with start(chromium, folder) as browser:
        yield browser


@pytest.fixture
def show(chrome, folder):
    """Return a function that opens the page at an address, and returns the browser."""

    def load(address="", way=WAYS[1], **screen):
        if way == WAYS[0] and not LIBRARY.is_dir():
            missing("Chromium", "there is no MiniSearch", "npm install --prefix tests/lookup")
        chrome.load("about:blank")
        chrome.load((folder / way / "index.html").as_uri() + address, **screen)
        chrome.wait("typeof follow === 'function' && document.readyState === 'complete'")
        return chrome

    return load


def ask(browser, words):
    """Type into the box that has the focus."""
    browser.evaluate("document.querySelector('#query').focus()")
    browser.call("Input.insertText", text=words)


def read(browser, selector):
    """Return the texts of the elements of a kind."""
    return browser.evaluate(
        f"[...document.querySelectorAll({json.dumps(selector)})].map((one) => one.textContent)"
    )


def heading(browser):
    """Return the heading of what is shown."""
    return read(browser, "#shown h2")[0]


def enter(browser):
    """Press Enter as a keyboard does, so that a link is followed, too."""
    key = {"key": "Enter", "windowsVirtualKeyCode": 13}
    browser.call("Input.dispatchKeyEvent", type="keyDown", text="\r", **key)
    browser.call("Input.dispatchKeyEvent", type="keyUp", **key)


# Finding ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("way", WAYS)
def test_the_page_asks_nobody(show, way):
    browser = show(way=way)
    names = browser.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
    assert all(name.startswith("file:") for name in names)
    (searcher,) = read(browser, "#searcher")
    assert ("MiniSearch" in searcher) == (way == WAYS[0])
    browser.wait("document.activeElement.id === 'query'")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "words, title",
    [
        ("gru", "GRU"),
        ("KNNImp", "KNNImputer"),
        ("openvino", "OpenVINO"),
        ("pytorch", "from PyTorch"),
        ("opset 13", "opset 13"),
        ("onnxruntime 1.27", "onnxruntime 1.27.0"),
        ("non max", "NonMaxSuppression"),
        ("type: tensor(double)", "has unsupported type: tensor(double)"),
        ("implementation for BitCast(26)", "BitCast"),
        ("What changes on a GPU", "What changes on a GPU?"),
    ],
)
def test_what_is_typed_is_found_and_enter_shows_it(show, way, words, title):
    browser = show(way=way)
    ask(browser, words)
    assert title in read(browser, "#found .title")[:3]
    (status,) = read(browser, "#status")
    assert re.match(r"\d+ found", status)
    first = read(browser, "#found .title")[0]
    enter(browser)
    browser.wait("document.querySelector('#shown h2')?.textContent !== 'Everything'")
    assert heading(browser) == first
    assert browser.evaluate("location.hash.length") > 1
    assert read(browser, "#found .title") == []


def test_a_letter_may_be_wrong_with_minisearch(show):
    browser = show(way=WAYS[0])
    ask(browser, "LayerNormalisation")
    assert "LayerNormalization" in read(browser, "#found .title")[:3]


def test_what_is_nowhere_is_said(show):
    browser = show()
    ask(browser, "xyzzy")
    assert read(browser, "#status") == ["0 found"]
    browser = show("#xyzzy")
    assert heading(browser) == "Nothing is called xyzzy"


def test_the_arrow_keys_walk_through_what_was_found(show):
    browser = show()
    ask(browser, "conv")
    browser.press("ArrowDown", "ArrowDown")
    second = read(browser, "#found .title")[1]
    assert browser.evaluate("document.activeElement.textContent").startswith(second)
    browser.press("ArrowUp", "ArrowUp")
    assert browser.evaluate("document.activeElement.id") == "query"
    browser.press("ArrowDown", "ArrowDown")
    enter(browser)
    browser.wait("document.querySelector('#shown h2')?.textContent !== 'Everything'")
    assert heading(browser) == second
    assert browser.evaluate("document.activeElement.tagName") == "H2"


# Addresses ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "address, title",
    [
        ("#GRU", "GRU"),
        ("#gru", "GRU"),
        ("#KNNImputer", "KNNImputer"),
        ("#ONNX-Runtime", "ONNX Runtime"),
        ("#from-PyTorch", "from PyTorch"),
        ("#opset-18", "opset 18"),
        ("#mistake-zipmap_left_on", "a list of dictionaries, one for each row"),
    ],
)
def test_an_address_is_followed(show, address, title):
    browser = show(address)
    assert heading(browser) == title
    assert title in browser.evaluate("document.title")


def test_an_address_may_name_the_engine(show):
    browser = show("#GRU/OpenVINO/14")
    assert browser.evaluate("document.querySelector('#engine').value") == "OpenVINO"
    browser.wait("document.activeElement.id === 'program'")
    assert all(name.startswith("OpenVINO, version ") for name in read(browser, "#shown h4"))


def test_everything_has_an_address_of_its_own(show, found):
    browser = show()
    addresses = browser.evaluate("[...entries.keys()]")
    sections = ["operators", "estimators", "kinds", "engines", "frameworks", "releases"]
    count = sum(len(found[section]) for section in [*sections, "mistakes", "exports", "questions"])
    formats = [name for name in addresses if re.fullmatch(r"(opset|IR-version)-\d+", name)]
    assert len(addresses) == count + len(formats)
    for address in addresses:
        browser.evaluate(f"location.hash = encodeURIComponent({json.dumps(address)}); follow()")
        title = heading(browser)
        assert title and not title.startswith("Nothing"), address


# What is shown ------------------------------------------------------------------------------------
def test_an_operator_shows_engines_by_versions(show, found):
    browser = show("#GRU")
    words = browser.evaluate("WORDS")
    rows = read(browser, "#shown tbody tr")
    versions = list(reversed(found["operators"]["GRU"]["versions"]))
    assert read(browser, "#shown thead th") == ["engine", *(f"version {one}" for one in versions)]
    said = found["operators"]["GRU"]["versions"][versions[0]]
    for engine, row in zip(found["engines"], rows, strict=True):
        verdict = said["support"].get(engine, {"verdict": "runs"})["verdict"]
        assert row.startswith(f"{engine}{words[verdict]}")


def test_an_estimator_shows_verdicts_kinds_and_cures(show, found):
    browser = show("#KNNImputer")
    (text,) = read(browser, "#shown")
    for group in found["estimators"]["KNNImputer"]:
        assert ": ".join([group["verdict"], " and ".join(group["precision"])]) in text
        assert all(name in text for name in group["with"])
        if "kind" in group:
            assert found["kinds"][group["kind"]]["title"] in text


# Programs -----------------------------------------------------------------------------------------
def test_the_page_composes_the_programs_that_are_tested(show, found):
    browser = show()
    for operator, said in found["operators"].items():
        for version, cases in said["versions"].items():
            if "example" not in cases:
                continue  # only cases of other versions were restated
            for engine in found["engines"]:
                arguments = json.dumps([operator, version, engine])
                text = browser.evaluate(f"programOf(...{arguments})")
                assert text == programs.program_of(found, operator, version, engine)


@pytest.mark.parametrize(
    "operator, engine",
    [("TopK", "OpenVINO"), ("IsInf", "Apache TVM"), ("Celu", "tract"), ("Relu", "ONNX Runtime")],
)
def test_what_is_copied_runs_and_prints_what_the_page_claims(show, found, operator, engine):
    if engines.version_of(records.ENGINES[engine]) != found["engines"][engine]["version"]:
        pytest.skip(f"{engine} {found['engines'][engine]['version']} is not installed")
    browser = show(f"#{operator}/{engine.replace(' ', '-')}")
    browser.evaluate("document.querySelector('#copy').scrollIntoView()")
    browser.click("#copy")
    browser.wait("document.querySelector('#copy + span').textContent.trim() === 'Copied'")
    browser.evaluate("document.body.append(make('textarea', { id: 'paste' }))")
    browser.evaluate("document.querySelector('#paste').focus()")
    browser.call("Input.dispatchKeyEvent", type="keyDown", key="v", commands=["paste"])
    browser.wait("document.querySelector('#paste').value !== ''")
    copied = browser.evaluate("document.querySelector('#paste').value")
    (claim,) = read(browser, "#claim")
    outcome = run.run(copied, engine)
    assert outcome.ended == "returned", outcome
    _, right, answer = re.split(r"^right:$|^.*\d:$", outcome.value, flags=re.MULTILINE)
    same = right.split() == answer.split()
    assert ("another one" in claim) != same, outcome.value


# For everybody ------------------------------------------------------------------------------------
def test_a_screen_reader_finds_everything_by_its_name(show):
    browser = show("#GRU")
    nodes = browser.call("Accessibility.getFullAXTree")["nodes"]
    names = [(node["role"]["value"], node["name"]["value"]) for node in nodes if "name" in node]
    label = "An operator, an estimator, an engine, a framework, a version, or a piece of an error"
    assert any(role == "searchbox" and name.startswith(label) for role, name in names)
    assert ("combobox", "Engine") in names
    assert ("combobox", "Version of the operator") in names
    assert ("button", "Copy the program") in names
    assert ("rowheader", "OpenVINO") in names
    assert {"main", "navigation", "search", "status", "table"} <= {role for role, _ in names}
    assert all(name for role, name in names if role in ("link", "button", "heading", "region"))
    levels = browser.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map((h) => h.tagName)")
    steps = [int(after[1]) - int(before[1]) for before, after in itertools.pairwise(levels)]
    assert levels[0] == "H1" and max(steps) <= 1


def luminance(colour):
    """Return how light a colour is, as WCAG 2 counts it."""
    scale = 255 if colour.startswith("rgb") else 1
    parts = [float(part) / scale for part in re.findall(r"[\d.]+", colour)[:3]]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_written_can_be_read(show, scheme):
    browser = show("#GRU", scheme=scheme)
    texts = "#shown a, #shown .runs, #shown .differs, .note, code, pre, h1 a, dt, dd"
    pairs = browser.evaluate(
        f"[...document.querySelectorAll('{texts}')].map((one) => {{"
        " let below = one;"
        " const clear = (each) => getComputedStyle(each).backgroundColor === 'rgba(0, 0, 0, 0)';"
        " while (below.parentElement && clear(below)) below = below.parentElement;"
        " return [getComputedStyle(one).color, getComputedStyle(below).backgroundColor]; })"
    )
    canvas = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 18, 18)"}[scheme]  # Chromium's own
    assert len(pairs) > 30
    for text, ground in pairs:
        ground = canvas if ground == "rgba(0, 0, 0, 0)" else ground
        one, other = sorted([luminance(text), luminance(ground)])
        assert (other + 0.05) / (one + 0.05) >= 4.5, (text, ground)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(
    "address", ["", "#Attention", "#KNNImputer", "#OpenVINO", "#mistake-columns_renamed"]
)
def test_the_page_suits_narrow_and_wide_screens(show, width, scheme, address):
    browser = show(address, width=width, scheme=scheme)
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    ask(browser, "tensor(double)")
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    assert browser.find("#query")["height"] >= 44
