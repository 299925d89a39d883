"""The words of each case: what it says, the reason, the mend, and who reported it.

`says` is what a reader would search for: a part of the message, of an exception or a warning. Where
it is empty, nothing is said. The code is the class of the same name in cases/, in the module named.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """What the page says of a case."""

    module: str
    title: str
    says: str
    reason: str
    mend: str
    report: str  # owner/repository#number; empty where none was found


CASES = {
    # Values -----------------------------------------------------------------------------------
    "IfOnAValue": Words(
        "pytorch_values",
        "an `if` on a value",
        "Could not guard on data-dependent expression Eq(u0, 1)",
        "the export runs without values, and which way to go hangs on one",
        "`torch.cond`, or `torch.where` where both ways may be computed",
        "pytorch/pytorch#143222",
    ),
    "IfOnAValueTraced": Words(
        "pytorch_values",
        "the same with `dynamo=False`",
        "Converting a tensor to a Python boolean might cause the trace to be incorrect",
        "the older exporter follows the example, and forgets the other way",
        "`torch.cond`, and the exporter of today",
        "aeolusguan/BridgeDepth#10",
    ),
    "LoopByItem": Words(
        "pytorch_values",
        "a loop of `n.item()` steps",
        "Could not extract specialized integer from data-dependent expression u0",
        "`range` wants a number while the graph is being made",
        "`while_loop`, a prototype in PyTorch; it becomes Loop",
        "pytorch/pytorch#143222",
    ),
    "IfNothingIsLeft": Words(
        "pytorch_values",
        "an `if` on how many were selected",
        "Could not guard on data-dependent expression Eq(u0, 0)",
        "the size of `x[x > 0]` is a value, too",
        "say it without the case: `torch.where`, and a count of at least 1",
        "pytorch/pytorch#163146",
    ),
    "SliceByItem": Words(
        "pytorch_values",
        "a slice of `n.item()` elements",
        "",
        "it was refused as depending on data",
        "nothing: it is exported today",
        "pytorch/pytorch#136083",
    ),
    "NumberAsArgument": Words(
        "pytorch_values",
        "a Python number among the arguments",
        "",
        "a number is a constant; only tensors become inputs",
        "`torch.tensor(3.0)` in the example",
        "pytorch/pytorch#136179",
    ),
    "CountsItsCalls": Words(
        "pytorch_values",
        "a buffer that the network changes",
        "",
        "a file keeps nothing from one call to the next: each call is the first",
        "let the state in and out",
        "pytorch/pytorch#112256",
    ),
    "ViewFilledInPlace": Words(
        "pytorch_values",
        "a view, changed in place, with `dynamo=False`",
        "",
        "the older exporter does not know that the view shares its numbers",
        "the exporter of today, which does",
        "pytorch/pytorch#95050",
    ),
    "SameTensorTwice": Words(
        "pytorch_values",
        "one tensor as two arguments of the example",
        "",
        "the export takes the two inputs for one, and reads only one of them",
        "an example of two tensors",
        "pytorch/pytorch#139646",
    ),
    # Sizes ------------------------------------------------------------------------------------
    "RowByRow": Words(
        "pytorch_sizes",
        "a loop over rows, `Dim.DYNAMIC`",
        "Found the following conflicts between user-specified ranges and inferred ranges",
        "the loop is unrolled for the rows of the example",
        "compute all rows in one call: no loop",
        "huggingface/optimum#2219",
    ),
    "RowByRowByAxes": Words(
        "pytorch_sizes",
        "a loop over rows, `dynamic_axes`",
        "Found the following conflicts between user-specified ranges and inferred ranges",
        "the same: `dynamic_axes` is turned into `dynamic_shapes`",
        "no loop, and `dynamic_shapes`",
        "pytorch/pytorch#148886",
    ),
    "RowByRowByDim": Words(
        "pytorch_sizes",
        'a loop over rows, `Dim("N")`',
        "Got invalid dimensions for input",
        "`torch.export` would say *Constraints violated (N)*; this exporter tries once more with a"
        " weaker wish, and writes a file for the rows of the example",
        "`Dim.DYNAMIC`, which insists; and no loop",
        "pytorch/pytorch#133653",
    ),
    "IfOnASize": Words(
        "pytorch_sizes",
        "an `if` on a free size",
        "",
        "the example's way is taken for all sizes; that it holds for some only is forgotten",
        "make a tensor of the size, and ask that: `torch.tensor(X.shape[0]) == 2`",
        "",
    ),
    "OneRowAsExample": Words(
        "pytorch_sizes",
        "an example of one row, to be free",
        "",
        "it was refused, *batch was inferred to be a constant (1)*",
        "nothing: it is exported today; where it is not, take an example of two rows",
        "ultralytics/ultralytics#20370",
    ),
    "ShapesByNewNames": Words(
        "pytorch_sizes",
        "`dynamic_shapes` by the names of `input_names`",
        "its top-level keys must be the arg names",
        "they go by the arguments of `forward`; `input_names` comes later",
        "a tuple, one entry for each argument",
        "pytorch/pytorch#166001",
    ),
    "PoolToOtherSizes": Words(
        "pytorch_sizes",
        "`AdaptiveAvgPool2d(3)` of 8 x 8",
        "",
        "it was refused: 3 does not divide 8",
        "nothing: it is exported today",
        "pytorch/pytorch#120477",
    ),
    # Operators --------------------------------------------------------------------------------
    "OperatorUnknown": Words(
        "pytorch_operators",
        "`torch.cdist`",
        "No ONNX function found for <OpOverload(op='aten._cdist_forward'",
        "nobody wrote down how ONNX says it; the same words come for `linalg.inv`, `linalg.svd`,"
        " `kthvalue`, `searchsorted`, `erfinv` and others",
        "the formula: a norm of differences",
        "microsoft/onnxscript#1647",
    ),
    "RunningProduct": Words(
        "pytorch_operators",
        "`torch.cumprod`",
        "No ONNX function found for <OpOverload(op='prims.prod'",
        "the same; the name is that of what it is made of",
        "for numbers above 0: the exponential of a sum of logarithms",
        "pytorch/pytorch#102948",
    ),
    "Median": Words(
        "pytorch_operators",
        "`torch.median`",
        "No ONNX function found for <OpOverload(op='aten.median'",
        "the same",
        "sort, and take the middle",
        "",
    ),
    "CustomOperator": Words(
        "pytorch_operators",
        "an operator of your own, `torch.library.custom_op`",
        "No ONNX function found for <OpOverload(op='tutorial.cube'",
        "Python is inside, of which the exporter sees the shape alone",
        "`custom_translation_table`: say in onnxscript what it computes",
        "pytorch/pytorch#147374",
    ),
    "ComplexOperator": Words(
        "pytorch_operators",
        "`exp` of complex numbers",
        "No decompositions registered for the complex-valued input",
        "ONNX computes in real numbers; only some operators have a form for pairs of them",
        "real and imaginary part by themselves",
        "pytorch/pytorch#126972",
    ),
    "ComplexRotation": Words(
        "pytorch_operators",
        "rotary positions by `view_as_complex` and `polar`",
        "",
        "it was refused: no operator `aten::polar`",
        "nothing: it is exported today, in pairs of real numbers",
        "onnx/onnx#6480",
    ),
    "Spectrum": Words(
        "pytorch_operators",
        "`torch.fft.rfft`",
        "",
        "it was refused",
        "nothing: it is exported today, as DFT",
        "pytorch/pytorch#107588",
    ),
    "MeanByIndex": Words(
        "pytorch_operators",
        '`scatter_reduce` with "mean"',
        "",
        "ScatterElements has no mean, and the exporter leaves the division out",
        "a sum and a count, by `scatter_add`",
        "pytorch/pytorch#101535",
    ),
    "EncoderTraced": Words(
        "pytorch_operators",
        "`TransformerEncoderLayer`, `eval()`, `dynamo=False`",
        "Exporting the operator 'aten::_transformer_encoder_layer_fwd' to ONNX",
        "in `eval()` without gradients the layer is one operator, which the older exporter lacks",
        "the exporter of today",
        "pytorch/pytorch#177013",
    ),
    "ScriptedModule": Words(
        "pytorch_operators",
        "a module of `torch.jit.script`",
        "Exporting a ScriptModule is not supported",
        "the exporter of today begins with the Python code",
        "export the module as it was before",
        "pytorch/pytorch#151714",
    ),
    "QuantisedModule": Words(
        "pytorch_operators",
        "a module that PyTorch has quantised",
        "does not have a field with name '__obj_flatten__'",
        "its weights are packed for PyTorch's own kernels",
        "export it in float32, and quantise the file, as in"
        " [exercise 18](../../exercises/ex18_eight_bits.py)",
        "pytorch/pytorch#137111",
    ),
    "BFloat16": Words(
        "pytorch_operators",
        "a module in bfloat16",
        "Could not find an implementation for Gemm(13)",
        "the file is right; onnxruntime on a processor computes little in bfloat16",
        "`.float()` before",
        "",
    ),
    # The file ---------------------------------------------------------------------------------
    "WeightsBeside": Words(
        "pytorch_files",
        "the file copied without its neighbour",
        "External data path does not exist",
        "weights go to a second file, NAME.onnx.data",
        "`external_data=False`, up to 2 GB; or copy both, under their names",
        "unit8co/darts#2930",
    ),
    "TiedWeights": Words(
        "pytorch_files",
        "one matrix at both ends, `dynamo=False`",
        "",
        "folding constants turns one of the two around, and they are no longer the same",
        "the exporter of today",
        "pytorch/pytorch#108342",
    ),
    "UnusedInput": Words(
        "pytorch_files",
        "an argument that nothing reads, `dynamo=False`",
        "Invalid input name: mask",
        "the older exporter drops it",
        "the exporter of today, which keeps it",
        "pytorch/pytorch#104949",
    ),
    "InputIsOutput": Words(
        "pytorch_files",
        "an output that is the input",
        "",
        "the output's name became the input's",
        "nothing: both have their names today",
        "pytorch/pytorch#173076",
    ),
    "OlderOpset": Words(
        "pytorch_files",
        "`opset_version=11`",
        "Failed to convert the model to the target version 11",
        "the exporter writes 18 and converts, which fails for many operators, and 18 it stays",
        "`dynamo=False`; or a newer runtime",
        "airockchip/ultralytics_yolo11#17",
    ),
    "NoOnnxscript": Words(
        "pytorch_files",
        "PyTorch without onnxscript",
        "No module named 'onnxscript'",
        "the exporter of today needs a package that PyTorch does not bring",
        "`pip install onnxscript`",
        "open-edge-platform/anomalib#3050",
    ),
    # Transformers -----------------------------------------------------------------------------
    "CacheTraced": Words(
        "transformers_cache",
        "a language model, `dynamo=False`",
        "DynamicCache",
        "the cache that it answers is an object of Transformers'",
        "the exporter of today, and a module around it that answers a tensor",
        "pytorch/pytorch#153998",
    ),
    # Keras and tf2onnx ------------------------------------------------------------------------
    "NeverCalled": Words(
        "keras_models",
        "a model just built",
        "The model provided has never called",
        "its shapes come with the first call",
        "call it once before",
        "",
    ),
    "FromKeras": Words(
        "keras_models",
        "`tf2onnx.convert.from_keras`",
        "keras_tensor",
        "written for Keras 2: with TensorFlow 2.16 came Keras 3",
        '`model.export(path, format="onnx")`',
        "onnx/tensorflow-onnx#2348",
    ),
    "NewerOpset": Words(
        "keras_models",
        "`opset_version=21`",
        "Opset 21 is not supported yet",
        "tf2onnx ends at 18",
        "18, and `onnx.version_converter` behind it",
        "",
    ),
    "ImagesTurned": Words(
        "keras_models",
        "layers that vary images, RandomRotation",
        "No Op registered for",
        "they stay in the graph, as operators of TensorFlow's that ONNX does not have",
        "export the layers behind them: with `training=False` they do nothing",
        "keras-team/keras#21346",
    ),
    "Normalised": Words(
        "keras_models",
        "the layer Normalization",
        "are missing from input feed",
        "its mean and variance are constants of TensorFlow's, which become inputs",
        "the layer Rescaling, with numbers",
        "",
    ),
    "WordsAsColumn": Words(
        "keras_models",
        "the layer StringLookup",
        "No Op registered for LookupTableFindV2",
        "its table stays behind in TensorFlow",
        "look words up before the file, or by LabelEncoder of ai.onnx.ml",
        "onnx/tensorflow-onnx#2080",
    ),
    "OperatorOfTensorFlow": Words(
        "keras_models",
        "`tf.linalg.inv`",
        "Tensorflow op [MatrixInverse: MatrixInverse] is not supported",
        "tf2onnx says so in its log, and writes the file all the same",
        "the formula",
        "onnx/tensorflow-onnx#2080",
    ),
    "RecurrentLayers": Words(
        "keras_models",
        "GRU, and LSTM in both directions",
        "",
        "older releases refused some; *CudnnRNNV3*, on a graphics card, was not tried",
        "nothing: exported today, GRU as a Loop",
        "keras-team/keras#21390",
    ),
}
