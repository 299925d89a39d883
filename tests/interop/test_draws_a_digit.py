"""How do I let the visitors of a web page try my model?

How it is done, and how to start it, is in draw_a_digit.html; this file only checks it. It moves
the mouse, a finger and the keys of a Chromium that shows the page, and compares what the page then
shows with numpy. It needs what test_runs_in_chromium.py needs, and bash.
"""

import math
import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import neural_network
from tests.interop.browser import PACKAGE, need_chromium, need_package, serve, start

chromium = need_chromium()
need_package()
PAGE = Path(__file__).parent / "draw_a_digit.html"
MODEL = "neural_network.portable.onnx"
SIDE = 32  # of the drawing area, in its own units, and of the bitmap that becomes 8 x 8
MARGIN = 2.5  # between the bitmap's edge and the middle of a line
PIXEL = 0.1  # of the screen, in units: the drawing area is 320 pixels wide

# Each digit as a hand writes it, most of them without lifting the pen.
DIGITS = [
    ["16,5 10,9 9,17 11,25 16,28 21,25 23,17 21,9 16,5"],
    ["16,4 16,28"],
    ["10,11 12,6 17,5 21,8 21,13 10,27 23,27"],
    ["10,8 15,5 20,8 19,13 14,16 20,18 22,23 16,27 9,25"],
    ["14,4 8,19 24,19", "19,13 17,28"],
    ["22,6 12,6 11,14 16,12.5 20,14 22,18 20,23 16,25 11,24"],
    ["20,4 13,11 10,20 12,26 17,27 21,23 19,18 13,18 10,22"],
    ["9,6 23,6 14,28"],
    ["20,7 15,5 11,9 14,14 20,19 21,25 15,28 10,24 13,18 19,13 20,7"],
    ["21,11 18,6 12,6 10,11 13,16 18,15 21,10 18,28"],
]


# Strokes ------------------------------------------------------------------------------------------
def trace(image):
    """Return the strokes that draw an image (64,): dots where there is ink, joined by lines."""
    inked = np.pad(image.reshape(8, 8) >= 0.5, 1)  # with a blank border
    strokes = []
    for row, column in np.argwhere(inked):
        left, right = inked[row, [column - 1, column + 1]]
        below_left, below, below_right = inked[row + 1, column - 1 : column + 2]
        strokes.append([(column, row)])
        if right:
            strokes.append([(column, row), (column + 1, row)])
        if below:
            strokes.append([(column, row), (column, row + 1)])
        if below_right and not right and not below:  # not joined otherwise
            strokes.append([(column, row), (column + 1, row + 1)])
        if below_left and not left and not below:
            strokes.append([(column, row), (column - 1, row + 1)])
    return [4.0 * np.array(stroke) - 2 for stroke in strokes]  # the middles of blocks of 4 x 4


def read_numbers(text):
    """Return the numbers in a text."""
    return np.array([float(number) for number in re.findall(r"-?\d[\d.e-]*", text)])


def write(digit):
    """Return the strokes of a digit of DIGITS."""
    return [read_numbers(stroke).reshape(-1, 2) for stroke in DIGITS[digit]]


def reduce(strokes, ink):
    """Return the 64 numbers that strokes become: enlarged, centred, thickened, and counted."""
    points = np.concatenate(strokes)
    low = points.min(axis=0)
    high = points.max(axis=0)
    scale = (SIDE - 2 * MARGIN) / max(*(high - low), 1)
    row, column = np.mgrid[:SIDE, :SIDE] + 0.5  # the middle of each pixel
    nearest = np.full((SIDE, SIDE), np.inf)
    for stroke in strokes:
        doubled = np.concatenate([stroke[:1], stroke])  # a dot is a line to itself
        placed = (doubled - (low + high) / 2) * scale + SIDE / 2
        for (x, y), (dx, dy) in zip(placed, np.diff(placed, axis=0), strict=False):
            length = max(dx * dx + dy * dy, 1e-300)  # squared; a dot has none
            share = ((column - x) * dx + (row - y) * dy) / length
            share = share.clip(0, 1)
            distance = (column - x - share * dx) ** 2 + (row - y - share * dy) ** 2
            nearest = np.minimum(nearest, distance)
    bitmap = nearest <= np.sort(nearest, axis=None)[ink - 1]
    return bitmap.reshape(8, 4, 8, 4).sum(axis=(1, 3)).ravel() / 16


def place(browser, stroke):
    """Return where on the screen the points of a stroke are."""
    box = browser.find("#pad")
    unit = box["width"] / SIDE
    return [{"x": box["x"] + x * unit, "y": box["y"] + y * unit} for x, y in stroke]


# Page ---------------------------------------------------------------------------------------------
def see(browser):
    """Return what the page shows once it has answered: strokes, X (1, 64), P (1, 10) and words."""
    browser.wait("document.querySelector('main')?.ariaBusy === 'false'")
    main = "document.querySelector('main')"
    text = browser.evaluate(f"new XMLSerializer().serializeToString({main})")
    page = ElementTree.fromstring(text)
    lines = page.find(".//*[@id='lines']").get("d", "").split("M")[1:]
    cells = page.findall(".//*[@id='picture']//{*}td")
    rows = page.findall(".//*[@id='bars']//{*}tr")
    sixteenths = [float(cell.text) for cell in cells]
    widths = [row.find(".//{*}div").get("style") for row in rows]
    percents = [read_numbers(width)[0] for width in widths]
    return SimpleNamespace(
        strokes=[read_numbers(line).reshape(-1, 2) for line in lines],
        X=np.array([sixteenths]) / 16,
        P=np.array([percents]) / 100,
        texts=[row[-1].text for row in rows],
        marked=[digit for digit, row in enumerate(rows) if row.get("class") == "largest"],
        verdict=page.find(".//*[@id='verdict']").text,
    )


def assert_is_clear(shown):
    """Assert that the page shows no drawing and no answer."""
    assert shown.strokes == []
    assert not shown.X.any()
    assert not shown.P.any()
    assert shown.marked == []
    assert shown.verdict == "Draw a digit"


@pytest.fixture(scope="module")
def folder(runs):
    """Return a folder with all that the page needs."""
    # While Chromium ends, it may still write to its profile.
    with TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        shutil.copy(PAGE, folder)
        shutil.copy(runs["neural_network"].folder / MODEL, folder)
        (folder / "node_modules").symlink_to(PACKAGE.parent)
        yield folder


@pytest.fixture(scope="module")
def url(folder):
    """Return the address at which the folder is served."""
    with serve(folder) as address:
        yield address


@pytest.fixture(scope="module")
def chrome(folder):
    """Return a running browser."""
    with start(chromium, folder) as browser:
        yield browser


@pytest.fixture
def browser(chrome, url):
    """Return a browser that shows the page as it is at first."""
    chrome.load(f"{url}/{PAGE.name}")
    assert_is_clear(see(chrome))
    return chrome


@pytest.fixture(scope="module")
def ink():
    """Return how many of a bitmap's 1,024 pixels a digit of the training data inks on average."""
    X_train, _, _, _ = neural_network.load_data()
    return round(X_train.mean() * SIDE * SIDE)


@pytest.fixture
def check(browser, digits, ink):
    """Return a function that asserts that the page shows these strokes, and answers as numpy."""

    def check_answer(strokes):
        shown = see(browser)
        assert len(shown.strokes) == len(strokes)
        for line, stroke in zip(shown.strokes, strokes, strict=True):
            assert_array_equal(line[0], line[1])  # a line begins as a dot
            assert_allclose(line[1:], stroke, rtol=0, atol=PIXEL)
        # The same operations in the same order, in float64: the same bits.
        assert_array_equal(shown.X[0], reduce(shown.strokes, ink))
        P = neural_network.reference(shown.X, digits.weights, digits.biases)
        assert_allclose(shown.P, P, rtol=0, atol=neural_network.TOLERANCE)
        assert_allclose(np.array(shown.texts, float), P[0], rtol=0, atol=0.00051)  # 3 decimals
        assert shown.marked == [P.argmax()]
        assert shown.verdict == f"It reads a {P.argmax()}"
        return shown

    return check_answer


# Tests --------------------------------------------------------------------------------------------
def test_the_page_answers_as_numpy_to_test_digits_drawn_stroke_by_stroke(browser, check, digits):
    for image in digits.X[:20]:
        strokes = trace(image)
        for stroke in strokes:
            browser.drag(place(browser, stroke))
        check(strokes)
        browser.click("#clear")
        assert_is_clear(see(browser))


def test_the_training_digits_are_of_about_the_same_amount_of_ink_as_the_page_says():
    X_train, _, y_train, _ = neural_network.load_data()
    for digit in range(10):
        assert_allclose(X_train[y_train == digit].mean(), X_train.mean(), rtol=0.1)


def test_the_page_says_how_many_of_the_test_digits_it_recognises(digits, ink, generated):
    """The numbers are numpy's, which the test above finds equal to the page's."""
    _, _, _, y = neural_network.load_data()
    X = np.array([reduce(trace(image), ink) for image in digits.X])
    P = neural_network.reference(X, digits.weights, digits.biases)
    right = (P.argmax(axis=1) == y).mean()
    assert right > 0.8
    tenths = math.floor(10 * right)  # so that a digit more or less does not change the page
    text = (
        f"Of {len(y)} test digits, redrawn by a program, more than {tenths} in 10 are recognised."
    )
    generated(PAGE, "share", f"    {text}\n")


def test_the_answer_follows_the_line_as_it_grows(browser, check):
    (five,) = write(5)
    points = place(browser, five)
    browser.mouse("mousePressed", points[0])
    check([five[:1]])
    for count in range(2, len(five) + 1):
        browser.mouse("mouseMoved", points[count - 1])
        shown = check([five[:count]])
    assert shown.verdict == "It reads a 5"
    browser.mouse("mouseReleased", points[-1])
    browser.mouse("mouseMoved", points[0], button="none", buttons=0)  # draws no more
    check([five])


@pytest.mark.parametrize("digit", range(10))
def test_a_finger_draws_and_the_network_reads_each_digit(browser, check, digit):
    strokes = write(digit)
    for stroke in strokes:
        browser.swipe(place(browser, stroke))
    assert check(strokes).verdict == f"It reads a {digit}"


def test_a_line_stays_within_the_drawing_area(browser, check):
    browser.drag(place(browser, [(16, 16), (40, 20), (16, 40)]))
    check([np.array([(16, 16), (31, 20), (16, 31)])])


def test_a_second_finger_and_the_other_button_draw_nothing(browser, check):
    points = place(browser, [(8, 8), (24, 8), (8, 24), (24, 24)])
    first, moved, second, second_moved = points
    first["id"] = moved["id"] = 0
    second["id"] = second_moved["id"] = 1
    browser.touch("touchStart", [first])
    browser.touch("touchStart", [first, second])
    browser.touch("touchMove", [moved, second_moved])
    browser.touch("touchEnd", [])
    (elsewhere,) = place(browser, [(16, 16)])
    browser.mouse("mousePressed", elsewhere, button="right", buttons=2)
    browser.mouse("mouseReleased", elsewhere, button="right", buttons=2)
    check([np.array([(8, 8), (24, 8)])])


def test_the_keyboard_draws(browser, check):
    assert browser.find("#pen")["width"] == 0  # not shown
    browser.press("Tab")
    browser.press(*["ArrowUp"] * 5, *["ArrowLeft"] * 4, " ")
    browser.press(*["ArrowRight"] * 8, " ")
    browser.press(*["ArrowDown"] * 10, *["ArrowLeft"] * 5, " ")
    pen = browser.find("#pen")
    (end,) = place(browser, [(13, 25)])
    assert pen["x"] + pen["width"] / 2 == pytest.approx(end["x"])
    assert pen["y"] + pen["height"] / 2 == pytest.approx(end["y"])
    seven = np.array([(7, 5), (23, 5), (13, 25)])
    assert check([seven]).verdict == "It reads a 7"
    browser.press("Enter", *["ArrowUp"] * 5, " ", *["ArrowRight"] * 20, " ")
    check([seven, np.array([(13, 15), (31, 15)])])  # not beyond the edge
    browser.press("Delete")
    assert_is_clear(see(browser))
    browser.press(" ")
    check([np.array([(15, 15)])])  # the pen is back in the middle
    mouse = np.array([(8, 8), (24, 8)])
    browser.drag(place(browser, mouse))
    browser.press(" ")
    check([np.array([(15, 15)]), mouse, np.array([(15, 15)])])  # not from the mouse's line on
    browser.press("Backspace")
    assert_is_clear(see(browser))
    browser.press("Tab")
    assert browser.evaluate("document.activeElement.id") == "clear"


def test_a_key_that_draws_does_not_scroll(browser):
    browser.evaluate("addEventListener('keydown', (event) => window.last = event.defaultPrevented)")
    browser.press("Tab")
    for key in ("ArrowUp", "ArrowDown", " ", "Enter", "Delete"):
        browser.press(key)
        assert browser.evaluate("last"), key
    browser.press("Tab")
    assert not browser.evaluate("last")


def test_a_screen_reader_finds_everything_by_its_name(browser, check):
    nodes = browser.call("Accessibility.getFullAXTree")["nodes"]
    names = [(node["role"]["value"], node["name"]["value"]) for node in nodes if "name" in node]
    assert ("application", "Drawing area") in names
    assert ("button", "Clear") in names
    assert ("table", "What it sees") in names
    assert ("table", "What it answers") in names
    assert [name for role, name in names if role == "rowheader"] == list("0123456789")
    assert "status" in [role for role, _ in names]
    (pad,) = [node for node in nodes if node["role"]["value"] == "application"]
    assert pad["description"]["value"].startswith("Draw with the mouse or a finger.")


def read_shades(browser, style):
    """Return a colour of each of the 64 cells, from 0 (black) to 1 (white)."""
    cells = "[...document.querySelectorAll('#picture td')]"
    colours = browser.evaluate(f"{cells}.map((cell) => getComputedStyle(cell).{style})")
    scales = {"rgb": 255, "color": 1}  # rgb(128, 128, 128) and color(srgb 0.5 0.5 0.5)
    return np.array([read_numbers(colour)[0] / scales[colour.split("(")[0]] for colour in colours])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_picture_is_as_dark_as_its_numbers_say_and_they_can_be_read(chrome, url, scheme):
    chrome.load(f"{url}/{PAGE.name}", scheme=scheme)
    see(chrome)
    for stroke in write(7):
        chrome.drag(place(chrome, stroke))
    (X,) = see(chrome).X
    shades = read_shades(chrome, "backgroundColor")
    paper = shades[X == 0][0]
    ink = shades[X == 1][0]
    assert (paper > ink) == (scheme == "light")
    assert_allclose(shades, paper + (ink - paper) * X, rtol=0, atol=0.005)  # 1 of 255, rounded
    assert abs(shades - read_shades(chrome, "color")).min() > 0.4


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_suits_narrow_and_wide_screens_light_and_dark(chrome, url, width, scheme):
    chrome.load(f"{url}/{PAGE.name}", width, scheme)
    see(chrome)
    assert chrome.evaluate("document.documentElement.scrollWidth") <= width
    pad = chrome.find("#pad")
    bars = chrome.find("#bars")
    assert 300 < pad["width"] == pad["height"] <= 320
    assert bars["bottom"] <= 800  # in sight while the line grows
    if width == 360:
        assert pad["bottom"] < bars["top"]
    else:
        assert pad["right"] < bars["left"]
    colour = chrome.evaluate("getComputedStyle(document.querySelector('#lines')).stroke")
    assert colour == {"light": "rgb(0, 0, 0)", "dark": "rgb(255, 255, 255)"}[scheme]


@pytest.mark.parametrize("lost", ["node_modules", MODEL])
def test_the_page_names_what_is_missing(chrome, url, folder, lost):
    partial_folder = folder / f"without_{lost}"
    partial_folder.mkdir()
    for name in {PAGE.name, "node_modules", MODEL} - {lost}:
        (partial_folder / name).symlink_to(folder / name)
    chrome.load(f"{url}/{partial_folder.name}/{PAGE.name}", width=360)
    verdict = "document.querySelector('#verdict')?.textContent"
    chrome.wait(f"{verdict}.startsWith('Error: ')")
    assert lost in chrome.evaluate(verdict).replace(partial_folder.name, "")
    assert chrome.evaluate("document.documentElement.scrollWidth") <= 360
    assert chrome.find(".bar")["width"] == 0
