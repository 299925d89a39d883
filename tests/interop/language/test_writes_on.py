"""How do I let the visitors of a web page write with a language model?

How it is done, and how to start it, is in write_on.html; this file only checks it. It types in a
Chromium that shows the page, and compares what the page then shows with plain Python. It needs what
test_runs_in_chromium.py needs, and bash.
"""

import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tests import language
from tests.interop.browser import PACKAGE, need_chromium, need_package, serve, start
from tests.interop.language import __main__ as program

chromium = need_chromium()
need_package()
PAGE = Path(__file__).with_name("write_on.html")
HTML = PAGE.read_text(encoding="utf-8")
MOST = 160
KNOWN = "the cat sat on the mat. who sat on the cat?"


@pytest.fixture(scope="module")
def folder():
    """Return a folder with all that the page needs, as a visitor's server has it."""
    # While Chromium ends, it may still write to its profile.
    with TemporaryDirectory(ignore_cleanup_errors=True) as name:
        served = Path(name, "language")
        served.mkdir()
        shutil.copy(PAGE, served)
        program.main([str(served)])
        Path(name, "node_modules").symlink_to(PACKAGE.parent)
        yield Path(name)


@pytest.fixture(scope="module")
def url(folder):
    """Return the address at which the page is served."""
    with serve(folder) as address:
        yield f"{address}/language/{PAGE.name}"


@pytest.fixture(scope="module")
def chrome(folder):
    """Return a running browser."""
    with start(chromium, folder) as browser:
        yield browser


@pytest.fixture
def browser(chrome, url):
    """Return a browser that shows the page as it is at first."""
    chrome.load(url)
    chrome.wait("document.querySelector('#status')?.textContent === 'Ready'")
    return chrome


def type_into(browser, selector, text):
    """Replace what stands in a field by typing."""
    browser.evaluate(f"document.querySelector('{selector}').select()")
    browser.call("Input.insertText", text=text)


def choose(browser, selector, value):
    """Set a slider or a number."""
    browser.evaluate(f"document.querySelector('{selector}').value = {value}")


def text_of(browser, selector):
    """Return the text of an element."""
    return browser.evaluate(f"document.querySelector('{selector}').textContent")


def write(browser):
    """Press the button, wait, and return what the page has written in bold."""
    browser.click("#go")
    browser.wait("/written$|^Error|first$/.test(document.querySelector('#status').textContent)")
    assert "letters written" in text_of(browser, "#status")
    return text_of(browser, "#written b")


def chances(seed):
    """Yield the page's numbers by chance, in Python."""
    bits = (seed + 1) * 2654435769 % 2**32
    while True:
        bits ^= bits << 13 & 0xFFFFFFFF
        bits ^= bits >> 17
        bits ^= bits << 5 & 0xFFFFFFFF
        yield (bits >> 8) / 2**24


def write_in_python(text, temperature, seed):
    """Return what is written after a text, and the say of each place and letter at the last one."""
    tokens = language.encode(text).tolist()
    written = ""
    chance = chances(seed)
    while len(written) < MOST and not written.endswith("."):
        letter, A, P = language.write(tokens, temperature, next(chance))
        tokens.append(letter)
        written += language.ALPHABET[letter]
    return written, A, P


@pytest.mark.parametrize("temperature, seed", [(0.05, 7), (0.4, 7), (0.4, 8), (1.5, 7)])
def test_the_text_goes_on_as_in_python(browser, temperature, seed):
    type_into(browser, "#known", KNOWN)
    type_into(browser, "#typed", "The dog saw the m")
    choose(browser, "#temperature", temperature)
    choose(browser, "#seed", seed)
    written = write(browser)
    exact, A, P = write_in_python(f"{KNOWN} The dog saw the m", temperature, seed)
    assert written == exact
    assert text_of(browser, "#written") == f"The dog saw the m{exact}"

    marks = "[...document.querySelectorAll('#read mark')]"
    says = browser.evaluate(
        f"{marks}.map((mark) => parseInt(mark.style.getPropertyValue('--say')))"
    )
    expected = 100 * A[A >= 0.005]
    assert_allclose(says, expected, rtol=0, atol=0.51)  # percents, rounded
    rows = "[...document.querySelectorAll('#bars tr')]"
    names = browser.evaluate(f"{rows}.map((row) => row.cells[0].textContent)")
    numbers = browser.evaluate(f"{rows}.map((row) => row.cells[2].textContent)")
    tokens = [language.ALPHABET.index(" " if name == "space" else name) for name in names]
    assert_allclose(np.array(numbers, float), P[tokens], rtol=0, atol=0.00051)  # 3 decimals
    assert_allclose(P[tokens], np.sort(P)[::-1][: len(tokens)], rtol=0, atol=1e-6)


def test_the_same_seed_writes_the_same_and_another_another(browser):
    texts = []
    for seed in (1, 1, 2):
        choose(browser, "#seed", seed)
        texts.append(write(browser))
    assert texts[0] == texts[1] != texts[2]


def test_a_name_that_nobody_knew_is_known_from_then_on(browser):
    """What is typed is learned at once: its end is found in its beginning."""
    choose(browser, "#temperature", 0.05)
    type_into(browser, "#typed", "my name is zuzanna. hello, zuz")
    assert write(browser).startswith("anna.")


def test_a_text_without_a_full_stop_ends_after_so_many_letters(browser):
    """What was read holds none, so that none can be copied."""
    choose(browser, "#temperature", 0.4)
    type_into(browser, "#known", "nanana na nana")
    type_into(browser, "#typed", "na na")
    written = write(browser)
    assert len(written) == MOST and set(written) == set("na ")
    assert text_of(browser, "#status") == f"{MOST} letters written"


def test_letters_that_it_does_not_know_are_spaces(browser):
    type_into(browser, "#known", "")
    type_into(browser, "#typed", "Ä_1 a! a")
    write(browser)
    assert set(text_of(browser, "#read")) <= set(" a")


def test_nothing_typed_and_nothing_known_gets_a_word(browser):
    type_into(browser, "#known", "")
    browser.evaluate("document.querySelector('#typed').value = ''")
    browser.click("#go")
    browser.wait("document.querySelector('#status').textContent === 'Type something first'")


def test_a_screen_reader_finds_everything_by_its_name(browser):
    nodes = browser.call("Accessibility.getFullAXTree")["nodes"]
    named = [node for node in nodes if "name" in node]
    # Chromium 150 keeps the space between a label's word and its field.
    names = {(node["role"]["value"], node["name"]["value"].strip()) for node in named}
    assert names >= {
        ("textbox", "What it has read before"),
        ("textbox", "What you write"),
        ("button", "Write on"),
        ("slider", "Temperature"),
        ("spinbutton", "Seed"),
        ("status", ""),
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_suits_narrow_and_wide_screens_light_and_dark(chrome, url, width, scheme):
    chrome.load(url, width, scheme)
    chrome.wait("document.querySelector('#status')?.textContent === 'Ready'")
    write(chrome)
    assert chrome.evaluate("document.documentElement.scrollWidth") <= width
    colour = chrome.evaluate("getComputedStyle(document.querySelector('#written')).color")
    assert colour == {"light": "rgb(0, 0, 0)", "dark": "rgb(255, 255, 255)"}[scheme]


@pytest.mark.parametrize("lost", ["node_modules", program.FILE])
def test_the_page_names_what_is_missing(chrome, url, folder, lost):
    elsewhere = folder / f"without_{lost}" / "language"
    elsewhere.mkdir(parents=True)
    shutil.copy(PAGE, elsewhere)
    if lost == "node_modules":
        program.main([str(elsewhere)])
    else:
        (elsewhere.parent / "node_modules").symlink_to(PACKAGE.parent)
    chrome.load(url.replace("/language", f"/without_{lost}/language"))
    chrome.wait("document.querySelector('#status')?.textContent.startsWith('Error: ')")
    assert lost in text_of(chrome, "#status").replace(f"without_{lost}", "")
    assert chrome.evaluate("document.querySelector('#go').disabled")


def test_page_and_file_have_one_alphabet():
    (alphabet,) = re.findall(r'const ALPHABET = "(.*)";', HTML)
    model = language.parse(language.THREE_HEADS)
    stored = {each.key: each.value for each in model.metadata_props}
    assert alphabet == stored["alphabet"] == language.ALPHABET
    assert f"const MOST = {MOST};" in HTML
