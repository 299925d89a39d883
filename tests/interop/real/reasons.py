"""Why an engine answers a real file otherwise, as found by hand: {(engine, file): reason}.

The cases that show it are in smallest.py, and tested.
"""

TRAINING = (
    "BatchNormalization of opset 9 to 13 takes the mean and the variance of what it is fed, as in"
    " training, in place of those that the file holds"
)
FREE_LENGTH = (
    "LSTM 14 over a free number of steps, its states fed; with the number in the file, it is right"
)
STEPS = (
    "not found out: QuantizeLinear 13 may put what stands between two of its steps on either, and"
    " onnxruntime itself answers otherwise without its optimisations"
)

REASONS = {
    ("IREE", "seizures"): "LSTM 14 in both directions, of free steps and rows, behind another node;"
    " with the rows in the file it is right",
    ("IREE", "smart turn"): STEPS,
    ("MNN", "PaddleOCR 6, detection"): "a GELU that is written with Erf 9 is computed by its"
    " approximation with Tanh, two ten-thousandths off each time",
    ("MNN", "faster-whisper"): FREE_LENGTH,
    ("MNN", "silero, sequence"): FREE_LENGTH,
    ("MNN", "magika, 2025"): "Add 14 of one number, of as many axes as the other input has and in"
    " front of it, behind a Conv; behind the other input, or of fewer axes, it is right",
    ("MNN", "French lemmas"): "DequantizeLinear 13 of uint8 that the file does not hold; of weights"
    " it is right",
    ("ONNX Runtime", "French lemmas"): "MatMulInteger 10 of uint8 by int8 adds up pairs in 16 bits,"
    " and stops at 32767, on a processor that has AVX2 and no VNNI",
    ("OpenCV", "Thai words, DeepCut"): "Conv 11 with a kernel of 9 numbers in one direction (1 by"
    " 9, 9 by 1, or 9); tried alone, 1 by 8, 1 by 12 and 9 by 9 are right",
    ("OpenCV", "sleep spindles"): "BatchNormalization 15 behind a Conv and a GELU that is written"
    " with Erf; without the Conv it is right",
    ("Plain C", "seizures"): "LSTM 14 in both directions, which alone is answered otherwise as well"
    " ([recurrent](../recurrent/README.md))",
    ("Plain C", "smart turn"): STEPS,
    ("ncnn", "flashvad"): "GRU 14 hands on its state without the first dimension",
    ("onnx.reference", "PaddleOCR 4, detection"): TRAINING,
    ("onnx.reference", "PaddleOCR 6, recognition"): TRAINING,
    ("onnx.reference", "PaddleOCR, direction"): TRAINING,
    ("onnx.reference", "wake word, embedding"): TRAINING,
    (
        "tract",
        "smart turn",
    ): "QuantizeLinear 13 of a Softmax 13 whose input DequantizeLinear 13 makes:"
    " each number is the largest; of a Softmax of what else is computed, it is right",
}

# Pairs that end otherwise in some runs and agree in others; the worse is recorded.
BY_CHANCE = {("OpenCV", "Thai words, DeepCut")}

# {(engine, file): the case in smallest.py that shows it}
SMALLEST = {
    ("MNN", "PaddleOCR 6, detection"): "gelu_alone",
    ("IREE", "seizures"): "lstm_both_ways_of_what_is_computed",
    ("MNN", "French lemmas"): "bytes_that_are_fed",
    ("MNN", "magika, 2025"): "one_number_in_front",
    ("MNN", "faster-whisper"): "lstm_over_a_free_number_of_steps",
    ("MNN", "silero, sequence"): "lstm_over_a_free_number_of_steps",
    ("OpenCV", "Thai words, DeepCut"): "conv_with_a_kernel_of_nine_in_a_row",
    ("OpenCV", "sleep spindles"): "normalization_behind_conv_and_gelu",
    ("ONNX Runtime", "French lemmas"): "product_of_bytes",
    ("tract", "smart turn"): "softmax_between_bytes",
    ("ncnn", "flashvad"): "gru_that_hands_on_its_state",
}
for pair, reason in REASONS.items():
    if reason == TRAINING:
        SMALLEST[pair] = "batch_normalization_by_its_own_statistics"

# {(change, file): why the changed file answers otherwise}
STEPS_OF_8_BITS = "not found out; int8 has 256 steps for a range, and nothing else was looked for"
CHANGE_REASONS = {
    ("onnxslim", "ddddocr, quantised"): "the file declares its output as 1 by any length, which it"
    " is not; onnxslim believes it, and makes a constant of a shape that Concat 11 computes",
    ("float16", "PaddleOCR 4, detection"): "variances of BatchNormalization 9 are as large as 1e8;"
    " the tool cuts them off at 65504, where float16 ends",
    ("float16", "basic pitch"): "Log 13 of squares of which some are 1e-10; float16 has none below"
    " 6e-8 but 0",
    ("float16", "magika, 2024"): "Mul 14 makes 8e5, and float16 ends at 65504: infinity, and no"
    " number from there on",
    ("float16", "wake word, spectrogram"): "Conv 11 makes 3e5 of sound in 16 bits, and float16 ends"
    " at 65504: infinity, and no number from there on",
    ("dynamic int8", "wake word, spectrogram"): "MatMul 13 is fed with powers from 5e2 to 1e11,"
    " whose logarithm is the answer; 256 steps keep the largest only",
    ("static int8", "wake word, spectrogram"): "Log 13 of powers from 5e2 to 1e11; 256 steps keep"
    " the largest only",
    ("static int8", "dnsmos"): "Log 6 of powers of a spectrum; 256 steps keep the largest only",
}
TOO_FEW_STEPS = {
    "dynamic int8": [
        "PaddleOCR 6, detection",
        "PaddleOCR 6, recognition",
        "basic pitch",
        "ddddocr, detection",
        "faster-whisper",
        "silero, opset 15",
        "silero, sequence",
    ],
    "static int8": [
        "PaddleOCR 4, detection",
        "PaddleOCR 6, detection",
        "PaddleOCR 6, recognition",
        "PaddleOCR, direction",
        "ddddocr, detection",
        "faster-whisper",
        "silero, for OpenVINO",
        "silero, one rate",
        "silero, opset 15",
        "silero, sequence",
    ],
}
for change, names in TOO_FEW_STEPS.items():
    CHANGE_REASONS |= dict.fromkeys([(change, name) for name in names], STEPS_OF_8_BITS)
