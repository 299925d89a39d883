"""Why an engine answers a real file otherwise, as found by hand: {(engine, file): reason}.

The cases that show it are in smallest.py, and tested.
"""

TRAINING = (
    "BatchNormalization of opset 9 to 13 takes the mean and the variance of what it is fed, as in"
    " training, in place of those that the file holds"
)
FREE_LENGTH = "LSTM 14 over a free number of steps; with the number in the file, it is right"
STEPS = (
    "not found out: QuantizeLinear 13 may put what stands between two of its steps on either, and"
    " onnxruntime itself answers otherwise without its optimisations"
)

REASONS = {
    ("IREE", "seizures"): "not found out; the file holds LSTM 14 in both directions",
    ("IREE", "smart turn"): STEPS,
    ("MNN", "PaddleOCR 6, detection"): "not found out: Erf 9 alone is right, and so are the 16"
    " nodes before it",
    ("MNN", "faster-whisper"): FREE_LENGTH,
    ("MNN", "silero, sequence"): FREE_LENGTH,
    ("MNN", "magika, 2025"): "Add 14, the last node of a GELU that is written with Tanh, is right"
    " alone and wrong behind Conv, Slice and Squeeze",
    ("OpenCV", "Thai words, DeepCut"): "Conv 11 with a kernel of 9 numbers in one direction (1 by"
    " 9, 9 by 1, or 9); tried alone, 1 by 8, 1 by 12 and 9 by 9 are right",
    ("OpenCV", "sleep spindles"): "BatchNormalization 15 behind a Conv and a GELU that is written"
    " with Erf; without the Conv it is right",
    ("Plain C", "seizures"): "not found out; the file holds LSTM 14 in both directions",
    ("Plain C", "smart turn"): STEPS,
    ("ncnn", "flashvad"): "not found out: GRU 14 hands on its state without the first dimension",
    ("onnx.reference", "PaddleOCR 4, detection"): TRAINING,
    ("onnx.reference", "PaddleOCR 6, recognition"): TRAINING,
    ("onnx.reference", "PaddleOCR, direction"): TRAINING,
    ("onnx.reference", "wake word, embedding"): TRAINING,
    ("tract", "smart turn"): "Reshape 14 into sizes that are computed, where the number of rows is"
    " free, not found out further",
}
