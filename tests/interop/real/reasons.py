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
    "rounding, which the file makes large: fed with the same bytes, none of its 78 parts from"
    " QuantizeLinear 13 to QuantizeLinear 13 is more than a step off what float64 answers, and {}"
    " are off at all, in {} numbers or fewer; one of the input's 64000 bytes moved by a step,"
    " float64 answers 0.91 to 0.95 (of 8 tries) in place of 0.956; onnxruntime answers 0.965, this"
    " {}, and onnxruntime with VNNI 0.933, with which this agrees"
)

REASONS = {
    ("IREE", "seizures"): "LSTM 14 in both directions, of free steps and rows, behind another node;"
    " with the rows in the file it is right",
    ("IREE", "smart turn"): STEPS.format(11, 8, 0.928),
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
    ("Plain C", "smart turn"): STEPS.format(12, 4, 0.908),
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
    ("IREE", "smart turn"): "between_two_steps",
    ("Plain C", "smart turn"): "between_two_steps",
}
for pair, reason in REASONS.items():
    if reason == TRAINING:
        SMALLEST[pair] = "batch_normalization_by_its_own_statistics"

# {(change, file): why the changed file answers otherwise}
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
    ("dynamic int8", "basic pitch"): "Log 13 of squares from 1e-10 to 58, of which half are below"
    " 1.3e-4: what Conv 11 in 8 bits leaves of them is chance; without the 26 Convs in front of it"
    " it agrees (7e-2)",
    ("dynamic int8", "PaddleOCR 6, detection"): "no node alone: of 83 Conv 11 the worst, whose"
    " filters reach from 1e-6 to 0.41 and have one step, is off by 2e-1, all by 6e-1; leaving out"
    " the worst, one after another, it agrees without 35; in float32 with rounded weights 5e-1, in"
    " steps of each filter 9e-2; with rounded inputs of Conv 2e-1",
    ("static int8", "PaddleOCR 4, detection"): "Sigmoid 6 of numbers from -110 to 76, which decides"
    " between 0 and 1; 3 % of the pixels are off by more than 1e-1, and with a hundredth of noise"
    " on its input the original is off by 1e+00, too; no node alone: of 492 roundings 88 are off"
    " by more than 1e-1 alone; with QInt16, which the weights of Conv 11 get, too, as they are"
    " held by Constant, it agrees (1e-2)",
    ("static int8", "PaddleOCR, direction"): "QLinearConv 10 of uint8 by int8, which onnxruntime"
    " makes of it, adds up pairs in 16 bits, and stops at 32767, on a processor that has AVX2 and"
    " no VNNI: 7 of 46 are wrong when fed rightly, by up to 80 steps; with VNNI, or with QUInt8,"
    " it agrees (2e-3)",
}
# Why several files of a change answer otherwise. Figures are in the order of the files.
SHARED_REASONS = [
    (
        "dynamic int8",
        ["faster-whisper", "silero, one rate", "silero, opset 15", "silero, sequence"],
        "Conv 11 has a step for all filters, of which one reaches 55 (faster-whisper: 21, one rate:"
        " 7.6), and 99 % of the weights are below 0.36 (0.31, 0.27); in float32 with weights in"
        " steps of each filter it agrees (5e-2, 3e-2, 4e-2, 8e-2), or without 3 of the 6 Convs"
        " (faster-whisper: 4) it does; per_channel=True does nothing for Conv",
        ["filters_of_unlike_size"],
    ),
    (
        "dynamic int8",
        ["PaddleOCR 6, recognition", "ddddocr, detection"],
        "Conv 11 has a step for all filters, which reach from 0.17 to 41 (ddddocr: from 0.0015 to"
        " 0.034): alone it is off by 1e+00 (2e-1); in float32 with weights in steps of each filter"
        " it agrees (4e-3, 5e-2), or without that Conv and a second one (7e-2, 8e-2);"
        " per_channel=True does nothing for Conv",
        ["filters_of_unlike_size"],
    ),
    (
        "static int8",
        ["faster-whisper", "silero, for OpenVINO", "silero, sequence"],
        "Conv 11 has a step for all filters, of which one reaches 55 (faster-whisper: 21), and 99 %"
        " of the weights are below 0.36 (0.31); and Sqrt 13 is fed with squares from 1e-6 to 31 in"
        " steps of 0.12, of which half are below 0.011 (for OpenVINO: 1e-5, 41, 0.16, 0.014); one"
        " cured, the other is left; with per_channel=True, reduce_range=True, and without Pow, Add"
        " and Sqrt it agrees (7e-2, 7e-2, 8e-2; for OpenVINO with initialisers in place of"
        " Constant, which per_channel=True passes by)",
        ["filters_of_unlike_size", "function_of_squares"],
    ),
    (
        "static int8",
        ["silero, one rate", "silero, opset 15"],
        "Relu 14 behind Conv 11 is taken away, as QuantizeLinear cuts off what is negative, but the"
        " branches of If (16, 13) read what is in front of that; with this alone, and nothing"
        " rounded, it is off by 1e+00 (4e+00); QDQKeepRemovableActivations keeps it, and what is"
        " left is as in silero, sequence; with its cure, too, it agrees (5e-2, 6e-2)",
        ["relu_that_branches_read", "filters_of_unlike_size", "function_of_squares"],
    ),
    (
        "static int8",
        ["PaddleOCR 6, detection", "PaddleOCR 6, recognition", "ddddocr, detection"],
        "Conv 11 has a step for all filters, as in dynamic int8: weights rounded alone 6e-1, 1e+00,"
        " 2e-1; what is between the nodes rounded alone 4e-1, 1e+00, 2e-1; one cured, the other is"
        " left; in opset 13 with per_channel=True and QInt16 between the nodes it agrees (8e-2,"
        " 1e-2, 5e-2)",
        ["filters_of_unlike_size"],
    ),
]

# {(change, file): the cases in smallest.py that show it}
CHANGE_SMALLEST = {
    ("dynamic int8", "PaddleOCR 6, detection"): ["filters_of_unlike_size"],
    ("dynamic int8", "basic pitch"): ["logarithm_of_a_product"],
    ("dynamic int8", "wake word, spectrogram"): ["logarithm_of_a_product"],
    ("static int8", "PaddleOCR 4, detection"): ["sigmoid_that_decides"],
    ("static int8", "PaddleOCR, direction"): ["filter_of_bytes"],
    ("static int8", "dnsmos"): ["function_of_squares"],
    ("static int8", "wake word, spectrogram"): ["function_of_squares"],
}
for change, names, reason, cases in SHARED_REASONS:
    for name in names:
        CHANGE_REASONS[change, name] = reason
        CHANGE_SMALLEST[change, name] = cases
