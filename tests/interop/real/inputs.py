"""What the real files are fed with: sound, pictures, text and bytes, made by rule or from a seed.

Each function takes the path of a file and returns its inputs, in the order of its graph. Where a
package has tables of its own, such as the numbers of letters, they are read from beside the file.
A state that is carried is the one that onnxruntime returns for the piece of sound before.
"""

import ast
import importlib.util
import json
from pathlib import Path

import numpy as np

from tests.engines import onnxruntime
from tests.kit.places import ROOT

RATE = 16000  # samples a second
DIGITS = "20251127"
ARABIC = "السلام عليكم"
HEBREW = "שלום עולם"
CHINESE = "我在北京工作"
KHMER = "ខ្ញុំស្រលាញ់ភាសាខ្មែរ"
THAI = "ฉันรักภาษาไทย"
NAME = "محمد"
FRENCH = "mangeaient"
RUSSIAN = ["переподготовка", "лесоруб"]


# Sound --------------------------------------------------------------------------------------------
def sound(samples, rate=RATE):
    """Return what resembles a voice: a gliding pitch, its overtones, and syllables."""
    time = np.arange(samples) / rate
    pitch = 120 + 40 * np.sin(2 * np.pi * 0.7 * time)
    phase = 2 * np.pi * np.cumsum(pitch) / rate
    voice = sum(np.sin(k * phase) / k for k in range(1, 20))
    syllables = 0.5 - 0.5 * np.cos(2 * np.pi * 4 * time)
    breath = np.random.default_rng(0).normal(0, 0.01, samples)
    return (0.1 * voice * syllables + breath).astype(np.float32)


def pieces(number):
    """Return so many pieces of 512 samples, each after the last 64 of the one before."""
    whole = sound(64 + 512 * (number + 2))[1024:]
    rows = [whole[512 * k : 512 * k + 576] for k in range(number)]
    return np.stack(rows)


def carry(path, first, second, states):
    """Return inputs with the states that a file returns for the piece of sound before.

    first and second: the inputs without them; states: {position among the inputs: zeros}.
    """

    def insert(inputs, found):
        inputs = list(inputs)
        for position, state in sorted(found.items()):
            inputs.insert(position, state)
        return inputs

    answers = onnxruntime.run(path, insert(first, states))[1:]
    carried = dict(zip(sorted(states), answers, strict=True))
    return insert(second, carried)


def sound_and_state(path):
    first, second = pieces(2)
    return carry(path, [first[None]], [second[None]], {1: np.zeros((2, 1, 128), np.float32)})


def sound_state_rate(path):
    first, second = pieces(2)
    rate = np.array(RATE)
    state = np.zeros((2, 1, 128), np.float32)
    return carry(path, [first[None], rate], [second[None], rate], {1: state})


def sound_rate_state(path):
    first, second = pieces(2)
    rate = np.array(RATE)
    state = np.zeros((2, 1, 128), np.float32)
    return carry(path, [first[None], rate], [second[None], rate], {2: state})


def sound_rate_h_c(path):
    first, second = pieces(2)
    rate = np.array(RATE)
    state = np.zeros((2, 1, 64), np.float32)
    return carry(path, [first[None, 64:], rate], [second[None, 64:], rate], {2: state, 3: state})


def pieces_of_sound_h_c(path):
    all_pieces = pieces(16)
    state = np.zeros((1, 1, 128), np.float32)
    return carry(path, [all_pieces[:8]], [all_pieces[8:]], {1: state, 2: state})


def features_and_caches(path):
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, 1, 1, 43)).astype(np.float32)
    states = {1: np.zeros((1, 1, 64), np.float32)}
    for position, length in enumerate([2, 4, 8, 16], start=2):
        states[position] = np.zeros((1, 64, length), np.float32)
    return carry(path, [first], [second], states)


def whole_numbers_of_sound(path):
    return [np.round(32767 * sound(12640))[None].astype(np.float32)]  # as 16-bit sound has them


def spectrogram_of_76(path):
    (spectrogram,) = onnxruntime.run(
        path.with_name("melspectrogram.onnx"), whole_numbers_of_sound(path)
    )
    return [(spectrogram / 10 + 2).reshape(1, -1, 32, 1)[:, :76]]  # as the package scales it


def whisper_features(path):
    module = module_beside(path.parent.parent, "_whisper_features.py")
    heard = np.zeros(8 * RATE, np.float32)
    heard[-24000:-8000] = sound(RATE)  # a second of voice, and half a second of silence
    return [module.compute_whisper_log_mel_features(heard)[None].astype(np.float32)]


def two_notes(path):
    time = np.arange(43844) / 22050
    both = np.sin(2 * np.pi * 440 * time) + np.sin(2 * np.pi * 659.26 * time)
    # Without noise the file would take logarithms of next to nothing, which rounding decides.
    noise = np.random.default_rng(0).normal(0, 0.01, 43844)
    return [(0.3 * both + noise).reshape(1, -1, 1).astype(np.float32)]


def nine_seconds_of_sound(path):
    return [sound(144160)[None]]


def logarithmic_spectrum(path):
    """The window and the scale are the package's; 64 random numbers stand for a listener."""
    window = np.hamming(513)[:-1]
    frames = np.lib.stride_tricks.sliding_window_view(sound(RATE), 512)[::256]
    spectrum = np.log(np.abs(np.fft.rfft(frames * window)) ** 2 + 1e-12) / 20
    listener = np.random.default_rng(0).normal(size=(1, 64))
    return [spectrum[None, None].astype(np.float32), listener.astype(np.float32)]


def three_spectrograms(path):
    rng = np.random.default_rng(0)
    spectrograms = rng.uniform(-1, 1, (1, 3, 100, 160)).astype(np.float32)
    return [spectrograms, np.zeros((4, 1, 64), np.float32)]


def standardised_spectrogram(path):
    return [np.random.default_rng(0).normal(size=(1, 100, 60)).astype(np.float32)]


def signal_and_spectrogram(path):
    rng = np.random.default_rng(0)
    time = np.arange(7500) / 250
    spindle = np.sin(2 * np.pi * 13 * time) * np.exp(-((time - 15) ** 2))
    signal = spindle + rng.normal(0, 0.3, 7500)
    spectrogram = rng.normal(size=(1, 15, 7500))
    return [signal.reshape(1, 1, -1).astype(np.float32), spectrogram.astype(np.float32)]


# Tables -------------------------------------------------------------------------------------------
def eight_rows_of_25(path):
    """Probabilities, shares and counts of a junction are random numbers here."""
    return [np.random.default_rng(0).uniform(0, 1, (8, 25))]


# Pictures -----------------------------------------------------------------------------------------
def draw(height, width, times, top=0, left=0, lines=1):
    """Return handwritten digits, dark on white, from 0 to 1: each pixel so many times as large."""
    from sklearn.datasets import load_digits  # a second, which the page does not need

    digits = load_digits()
    picture = np.ones((height, width))
    for line in range(lines):
        for number, digit in enumerate(DIGITS):
            image = digits.images[digits.target == int(digit)][line] / 16
            image = np.kron(image, np.ones((times, times)))
            y = top + line * 10 * times
            x = left + number * 8 * times
            picture[y : y + 8 * times, x : x + 8 * times] -= image
    return picture


def in_colours(picture):
    """Return a picture as three equal channels from -1 to 1."""
    return np.repeat((2 * picture - 1)[None, None], 3, axis=1).astype(np.float32)


def line_of_digits(path):
    return [in_colours(draw(48, 320, 5, top=4))]


def page_of_digits(path):
    return [in_colours(draw(160, 192, 2, top=20, left=20, lines=5))]


def grey_line_of_digits(path):
    return [draw(64, 512, 8)[None, None].astype(np.float32)]


def picture_of_416(path):
    picture = 255 * draw(416, 416, 4, top=40, left=40, lines=7)
    return [np.repeat(picture[None, None], 3, axis=1).astype(np.float32)]


def picture_of_60_by_160(path):
    return [in_colours(draw(60, 160, 2, top=20, left=10))]


# Bytes --------------------------------------------------------------------------------------------
PADDING = 256  # what stands for no byte


def script():
    """Return the bytes of a script of this repository, without the space around them."""
    return (ROOT / "linear_regression.py").read_bytes().strip()


def first_and_last_bytes(path):
    content = script()
    return [np.int32([*content[:1024], *content[-1024:]])[None]]


def three_parts_of_bytes(path):
    content = script()
    middle = len(content) // 2 - 256
    parts = [*content[:512], *content[middle : middle + 512], *content[-512:]]
    return [np.float32(parts)[None]]


# Text ---------------------------------------------------------------------------------------------
def module_beside(folder, name):
    """Return a module of a package, which is not installed, from its file."""
    spec = importlib.util.spec_from_file_location(Path(name).stem, folder / name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def constants(path):
    """Return {name: value} of the constants of a module, which is not run."""
    found = {}
    for statement in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            try:
                found[statement.targets[0].id] = ast.literal_eval(statement.value)
            except ValueError:
                continue  # it is computed
    return found


def table(path, name):
    """Return a table of a package from its file in JSON."""
    return json.loads(path.with_name(name).read_text(encoding="utf-8"))


def arabic_letters(path):
    numbers = table(path, "input_id_map.json")
    hints = table(path, "hint_id_map.json")
    letters = np.int64([numbers[letter] for letter in ARABIC])
    none = np.full_like(letters, hints[""])
    return [letters[None], none[None], np.int64([len(letters)])]


def hebrew_letters(path):
    module = module_beside(path.parent, "__init__.py")
    numbers = [module._CHAR_TO_ID[module.normalize(letter)] for letter in HEBREW]
    return [np.float32(numbers)[None]]


def chinese_letters(path):
    lines = path.with_name("word.dic").read_text(encoding="utf-8").splitlines()
    numbers = {}
    for line in lines:
        number, tab, letter = line.partition("\t")
        if tab:
            numbers[letter] = int(number)
    letters = np.int64([numbers[letter] for letter in CHINESE])
    return [letters[None], np.int64([len(letters)])]


def khmer_letters(path):
    numbers = table(path, "config.json")["char2id"]
    letters = np.int64([numbers[letter] for letter in KHMER])
    return [letters[None], np.ones((1, len(letters)), bool)]


def thai_letters(path):
    numbers = table(path, "attacut-c-characters.json")
    return [np.int64([numbers.get(letter, numbers["<UNK>"]) for letter in THAI])[None]]


def thai_letters_and_kinds(path):
    """Each letter stands behind its 20 neighbours: those after it, then those before, backwards."""
    tables = constants(path.parent.parent / "deepcut.py")
    numbers = {letter: number for number, letter in enumerate(tables["CHARS"])}
    kinds = {}
    for letters, kind in tables["CHAR_TYPE"].items():
        kinds.update(dict.fromkeys(letters, tables["CHAR_TYPES"].index(kind)))
    padded = " " * 10 + THAI + " " * 10
    rows = []
    for place in range(10, 10 + len(THAI)):
        after = padded[place + 1 : place + 11]
        before = padded[place - 10 : place]
        rows.append(after + before[::-1] + padded[place])
    letters = [[numbers[letter] for letter in row] for row in rows]
    other = tables["CHAR_TYPES"].index("o")
    return [np.float32(letters), np.float32([[kinds.get(x, other) for x in row] for row in rows])]


def arabic_name(path):
    numbers = {token: number for number, token in enumerate(table(path, "vocab.json")["tokens"])}
    letters = np.int64([numbers[letter] for letter in NAME])
    return [letters[None], np.zeros((1, len(letters)), bool)]


def name_so_far(path):
    encoder = path.with_name("encoder.onnx")
    memory, mask, hidden = onnxruntime.run(encoder, arabic_name(encoder))
    numbers = {token: number for number, token in enumerate(table(path, "vocab.json")["tokens"])}
    prefix = np.int64([[numbers[token] for token in ["<BOS>", "M", "u"]]])
    return [prefix, memory, mask, hidden]


def french_word(path):
    """The lemma so far is the word's own beginning."""
    letters = table(path, "lemma_type_vocab.json")["itos"]
    numbers = {letter: number for number, letter in enumerate(letters)}
    word = [numbers[letter] for letter in FRENCH]
    source = np.int64([[*word, numbers["<eos>"]]])
    return [source, np.int64([[numbers["<bos>"], *word[:3]]])]


def russian_words(path):
    settings = table(path, "config.json")
    numbers = settings["mapping"]["tokenizer_vocab"]
    rows = np.full((len(RUSSIAN), settings["model_specs"]["maxlen"]), numbers["<PAD>"], np.int32)
    for row, word in zip(rows, RUSSIAN, strict=True):
        row[: len(word)] = [numbers[letter] for letter in word]
    return [rows]
