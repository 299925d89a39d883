"""MXNet, which was retired in 2023."""

NAME = "MXNet"
EXPORTER = "mxnet.onnx.export_model"
PACKAGES = "mxnet numpy"
ALONE = "mxnet==1.9.1 numpy==1.26.4 ml-dtypes==0.5.4"  # numpy 2 is refused by pip
INSTEAD = "[numpy 1.23 and onnx 1.18](test_comes_from_mxnet_before.py), the last that it knows"
