"""What the standard says where an engine answers otherwise and nobody has reported it.

In our own words, of the smallest example that is recorded. Where engines, or versions of the
operator, go wrong by different sentences of the standard, they stand behind the operator.
"""

SAYS = {
    "ArgMax": (
        "Of equally large numbers the index of the first one is meant or, with "
        "`select_last_index=1`, that of the last one."
    ),
    "ArgMin": (
        "Of equally small numbers the index of the first one is meant or, with "
        "`select_last_index=1`, that of the last one."
    ),
    ("Attention", "ONNX Runtime"): (
        "The fourth output, with `qk_matmul_output_mode=2`, holds the scores after the mask"
        " is added. With `is_causal=1` and a past, query i sees the keys up to i plus the "
        "length of the past; the others' scores are minus infinity."
    ),
    ("Attention", "OpenVINO"): (
        "With `is_causal=1` and a past, query i sees the keys up to i plus the length of the past."
    ),
    ("Attention", "OpenCV"): ("A query of which the masks leave no key answers zeros."),
    ("Attention", "tract"): (
        "With `is_causal=1` and a past, query i sees the keys up to i plus the length of the past."
    ),
    ("Attention", "25"): (
        "A query sees no more than `left_window_size` positions to its left and "
        "`right_window_size` to its right."
    ),
    "BatchNormalization": (
        "With `training_mode=1` the second and third output are the running mean and "
        "variance: the input's times `momentum`, plus the batch's times 1 - `momentum`."
    ),
    "BitShift": (
        "By less than nothing, or by as many bits as the type has or more, a left shift "
        "leaves 0; a right shift leaves -1 of a negative number, and 0 of any other."
    ),
    "Celu": (
        "max(0, x) + min(0, alpha (exp(x / alpha) - 1)): the part below zero is multiplied "
        "by alpha."
    ),
    "ConvInteger": (
        "Padding stands for the number zero, which the zero point of the input writes: it "
        "adds nothing to the sum."
    ),
    ("ConvTranspose", "MNN"): ("Of an input (N, C, L) the output has three dimensions, too."),
    ("ConvTranspose", "onnx2torch"): (
        "`output_shape` says how large the output is; the padding follows from it."
    ),
    "CumSum": (
        "Each number becomes the sum of those before it and itself; from the end only with "
        "`reverse=1`."
    ),
    "DequantizeLinear": ("(x - zero point) * scale, in the shape of x."),
    "Det": ("The determinant keeps its sign: of [[a, b], [c, d]] it is ad - bc."),
    "DFT": ("Since version 20 the axis is the third input; the transform goes along that one."),
    "Dropout": (
        "Outside of training nothing is dropped: the first output is the input, and the "
        "mask, the second output, is true everywhere."
    ),
    "DynamicQuantizeLinear": (
        "The result is of uint8, from 0 to 255: round(x / scale), a half to the even "
        "neighbour, plus the zero point."
    ),
    "Expand": (
        "Both shapes are broadcast to each other: a 1 in the second input leaves the size "
        "of the first."
    ),
    "Gather": (
        "The output has the shape of the data with the axis replaced by the shape of the indices."
    ),
    "GatherElements": ("An index below zero counts from the end of the axis."),
    ("Gelu", "MNN"): (
        "Unless `approximate` is `tanh`, x / 2 (1 + erf(x / sqrt(2))) is meant, not its "
        "approximation by tanh."
    ),
    ("Gelu", "OpenCV"): ("With `approximate=tanh` the approximation by tanh is meant, not erf."),
    "GridSample": ("With `mode=cubic` each point is interpolated by the 16 pixels around it."),
    ("GRU", "MNN"): (
        "The second output, Y_h, is the last state alone, in the shape (directions, batch, "
        "hidden size)."
    ),
    "GRU": (
        "With `direction=reverse` the sequence is read from its end; Y_h is the state after"
        " the last step that was read, that of the sequence's first element."
    ),
    "IsInf": (
        "With `detect_positive=0` positive infinity gives false, with `detect_negative=0` "
        "negative infinity does."
    ),
    "LayerNormalization": (
        "The second and third output, Mean and InvStdDev, have the shape of X with 1 for "
        "each axis that is normalised."
    ),
    "Less": (
        "Each number of the first input is compared with its partner in the second; the "
        "result is true where it is smaller."
    ),
    "LpPool": (
        "`dilations` says how far apart the numbers of a window lie: with 2 a window of 2 spans 3."
    ),
    ("LSTM", "MNN"): (
        "The second output, Y_h, is the last state alone, in the shape (directions, batch, "
        "hidden size)."
    ),
    ("LSTM", "OpenVINO"): (
        "The eighth input, P, holds weights by which the cell's state enters the gates (peepholes)."
    ),
    "LSTM": (
        "With `direction=reverse` the sequence is read from its end; Y_h is the state after"
        " the last step that was read, that of the sequence's first element."
    ),
    "Max": ("The largest of all inputs, of which there may be any number."),
    "Min": ("The smallest of all inputs, of which there may be any number."),
    ("MaxPool", "MNN"): (
        "`dilations` says how far apart the numbers of a window lie: with 2 a window of 2 spans 3."
    ),
    ("MaxPool", "OpenCV"): (
        "With `storage_order=1` the indices of the second output count along columns."
    ),
    ("Mod", "Apache TVM"): (
        "With `fmod=0` a finite number modulo an infinite one of the other sign is that "
        "infinite one."
    ),
    "Mod": ("With `fmod=0` the result is A - floor(A / B) B, which has the sign of B."),
    "NegativeLogLikelihoodLoss": (
        "What `ignore_index` names counts neither in the sum nor in the number by which the"
        " mean divides."
    ),
    "NonMaxSuppression": (
        "The output has a row (batch, class, box) for each box that is kept; a box without "
        "a better one beside it is kept."
    ),
    "NonZero": (
        "The output has a row for each dimension and a column for each number that is not zero."
    ),
    "OneHot": ("An index outside of -depth to depth - 1 has no hot place: all of its row is off."),
    ("QuantizeLinear", "13"): (
        "The result is of the zero point's type, here uint8: what does not fit into 0 to "
        "255 becomes the nearest that does. Each slice along `axis` has its scale and zero "
        "point."
    ),
    ("QuantizeLinear", "28"): (
        "The result is of the zero point's type, here uint16: what does not fit into 0 to "
        "65,535 becomes the nearest that does."
    ),
    ("ReduceL1", "MNN"): (
        "Only the axes of the second input are reduced; with `keepdims=1` each of them "
        "keeps the size 1, the others keep theirs."
    ),
    ("ReduceL1", "ncnn"): ("Without axes, or with an empty list of them, all axes are reduced."),
    ("ReduceL2", "MNN"): (
        "Only the axes of the second input are reduced; with `keepdims=1` each of them "
        "keeps the size 1, the others keep theirs."
    ),
    ("ReduceL2", "ncnn"): ("Without axes, or with an empty list of them, all axes are reduced."),
    "ReduceLogSum": (
        "Only the axes of the second input are reduced; with `keepdims=1` each of them "
        "keeps the size 1, the others keep theirs."
    ),
    "ReduceLogSumExp": (
        "Only the axes of the second input are reduced; with `keepdims=1` each of them "
        "keeps the size 1, the others keep theirs."
    ),
    ("ReduceMax", "ncnn"): (
        "With `keepdims=1`, the default, each axis that is reduced keeps the size 1; "
        "without axes all are reduced."
    ),
    ("ReduceMax", "tract"): ("The largest of no numbers is minus infinity, if the type has it."),
    ("ReduceMax", "OpenCV"): (
        "The largest of no booleans is the smallest value of the type: false."
    ),
    "ReduceMean": ("Without axes, or with an empty list of them, all axes are reduced."),
    ("ReduceMin", "ncnn"): (
        "With `keepdims=1`, the default, each axis that is reduced keeps the size 1; "
        "without axes all are reduced."
    ),
    ("ReduceMin", "tract"): ("The smallest of no numbers is infinity, if the type has it."),
    "ReduceSum": (
        "Without axes, or with an empty list of them, all axes are reduced unless "
        "`noop_with_empty_axes=1`."
    ),
    "ReduceSumSquare": (
        "Only the axes of the second input are reduced; with `keepdims=1` each of them "
        "keeps the size 1, the others keep theirs."
    ),
    ("Resize", "MNN"): (
        "`half_pixel_symmetric` places the new pixels symmetrically about the middle of the"
        " old ones, also where the scale does not divide the size."
    ),
    ("Resize", "ncnn"): (
        "With `exclude_outside=1` what lies outside of the image has no weight, and the "
        "weights inside are scaled to a sum of 1."
    ),
    ("Resize", "OpenVINO"): (
        "With `keep_aspect_ratio_policy=not_larger` the image keeps its proportions, and is"
        " as large as fits into `sizes`."
    ),
    "RMSNormalization": (
        "The numbers of all axes from `axis` on are divided by the root of their common "
        "mean square."
    ),
    ("RNN", "MNN"): (
        "The second output, Y_h, is the last state alone, in the shape (directions, batch, "
        "hidden size)."
    ),
    ("RNN", "tract"): (
        "With `direction=reverse` the sequence is read from its end; Y_h is the state after"
        " the last step that was read, that of the sequence's first element."
    ),
    "Round": ("A half goes to the even neighbour: 0.5 to 0, 1.5 and 2.5 to 2."),
    "ScatterElements": (
        "With `reduction=add` the updates are added to what stands there, several to one "
        "place, too."
    ),
    "ScatterND": ("With `reduction=max` the larger of the update and what stands there remains."),
    "Shrink": ("x + bias below -lambd, x - bias above lambd, and 0 between."),
    "SoftmaxCrossEntropyLoss": (
        "What `ignore_index` names counts neither in the sum nor in the number by which the"
        " mean divides."
    ),
    "SpaceToDepth": (
        "Since version 28 `mode` says how the blocks are ordered: with `CRD` the depth "
        "comes before the place inside of a block."
    ),
    "Split": (
        "With `num_outputs` the parts are equally large, rounded up, and the last one is smaller."
    ),
    "Tile": ("Each axis is repeated as often as the second input says."),
    "Unique": ("With `axis` whole slices are compared, and each is kept once."),
}


def find(operator, version, engine):
    """Return the key of what the standard says of an engine's answer, or None."""
    for key in ((operator, version), (operator, engine), operator):
        if key in SAYS:
            return key
    return None
