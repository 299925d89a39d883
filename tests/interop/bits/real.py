"""Two files of others, to be given fewer bits: a convolution of sound, a transformer of text.

Which package ships them, and where they lie, is said by tests/interop/real/files.py.
"""

import numpy as np
import onnx
from numpy.lib.stride_tricks import sliding_window_view
from onnx import TensorProto, numpy_helper, version_converter
from onnx.reference import ReferenceEvaluator

from tests.engines import input_names, onnxruntime
from tests.interop.bits.networks import Network
from tests.interop.real import files, inputs

OPSET = 18  # onnx.reference answers a BatchNormalization of opset 13 otherwise
FRAMES = 76  # of a spectrogram, that the file takes
SECONDS = 30
ROWS = 40  # windows of sound; a window costs onnx.reference half a second
LETTERS = 300


def load(name):
    """Return path and model of a real file, at opset 18, with all its weights inside."""
    path = files.FILES[name].where()
    return path, version_converter.convert_version(onnx.load(path), OPSET)


def in_float64(model, feed):
    """Return the last output by onnx.reference, all weights and casts being float64."""
    exact = onnx.ModelProto()
    exact.CopyFrom(model)
    tensors = list(exact.graph.initializer)
    for node in exact.graph.node:
        for attribute in node.attribute:
            if node.op_type == "Cast" and attribute.i == TensorProto.FLOAT:
                attribute.i = TensorProto.DOUBLE
            if attribute.HasField("t"):
                tensors.append(attribute.t)
    for tensor in tensors:
        if tensor.data_type == TensorProto.FLOAT:
            array = numpy_helper.to_array(tensor).astype(float)
            tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))
    wide = {}
    for name, array in feed.items():
        wide[name] = array.astype(float) if array.dtype == np.float32 else array
    return ReferenceEvaluator(exact).run(None, wide)[-1]


def wake_word():
    """Return the network that describes windows of sound by 96 numbers, those of a row each."""
    path, model = load("wake word, embedding")
    (name,) = input_names(model)
    samples = np.round(32767 * inputs.sound(SECONDS * inputs.RATE))[None].astype(np.float32)
    (spectrogram,) = onnxruntime.run(path.with_name("melspectrogram.onnx"), [samples])
    frames = (spectrogram / 10 + 2).reshape(-1, 32)  # as the package scales it
    windows = sliding_window_view(frames, FRAMES, axis=0)[::8].transpose(0, 2, 1)[..., np.newaxis]
    windows = np.random.default_rng(0).permutation(windows)
    feed = {name: windows[:ROWS]}
    first = {name: windows[:1]}
    seen = [{name: windows[i : i + 20]} for i in range(ROWS, 3 * ROWS, 20)]
    exact = in_float64(model, feed)
    return Network(model, seen, feed, exact, first, exact[:1], False, abs(exact).max())


def khmer():
    """Return the network that says of each letter whether a word begins with it; a text a call."""
    path, model = load("Khmer words")
    (letters, _) = inputs.khmer_letters(path)
    names = input_names(model)
    random = np.random.default_rng(0)

    def write(length):
        """Return a text that is cut out of the sentence, piece by piece."""
        pieces = []
        while sum(map(len, pieces)) < length:
            begin = random.integers(letters.size - 6)
            pieces.append(letters[0, begin : begin + random.integers(2, 7)])
        text = np.concatenate(pieces)[np.newaxis, :length]
        return dict(zip(names, [text, np.ones_like(text, dtype=bool)], strict=True))

    feed = write(LETTERS)
    first = write(1)
    seen = [write(100) for _ in range(10)]
    exact = in_float64(model, feed)
    unit = abs(exact).max()
    return Network(model, seen, feed, exact, first, in_float64(model, first), True, unit)


FILES = {"wake word, embedding": wake_word, "Khmer words": khmer}
