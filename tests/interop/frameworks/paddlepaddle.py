"""PaddlePaddle."""

NAME = "PaddlePaddle"
EXPORTER = "paddle.onnx.export"
PACKAGES = "paddlepaddle paddle2onnx onnx"
ALONE = "paddlepaddle==3.3.1 paddle2onnx==2.1.0 onnx==1.17.0"
BUT = "exporting runs `pip install`, unless told not to; an error in it ends the program"


def export(network, path, dtype, **options):
    """Write the network."""
    import paddle

    X = paddle.static.InputSpec([None, 64], dtype, "X")  # None stands for any number of rows
    name = str(path.with_suffix(""))  # the exporter adds .onnx
    paddle.onnx.export(network, name, input_spec=[X], opset_version=18, **options)
