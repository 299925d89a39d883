"""MXNet with packages as old as it is."""

import onnx

NAME = "MXNet with numpy 1.23"
EXPORTER = "mxnet.onnx.export_model"
PACKAGES = "mxnet numpy onnx"
BEFORE = "MXNet"
ALONE = (
    "mxnet==1.9.1 numpy==1.23.5 onnx==1.18.0 "
    "ml-dtypes==0.5.4 scikit-learn==1.3.2 scipy==1.11.4"  # which know this numpy
)
BUT = "an onnx newer than 1.18 is reported as missing"


def save(network, folder, X):
    """Write the network as MXNet does, and return its two files: graph and weights."""
    import mxnet

    network.hybridize()
    network(mxnet.nd.array(X, dtype=X.dtype))  # the graph is known once it has been called
    network.export(str(folder / "model"))
    return str(folder / "model-symbol.json"), str(folder / "model-0000.params")


def export(network, path, X):
    """Write the network; X (N, 64) is an example of its input."""
    import mxnet.onnx

    symbol, parameters = save(network, path.parent, X)
    free = {"dynamic": True, "dynamic_input_shapes": [("N", 64)]}  # or the batch size is frozen
    mxnet.onnx.export_model(symbol, parameters, [X.shape], X.dtype.type, str(path), **free)
    model = onnx.load(path)
    del model.graph.input[1:]  # the weights, which whoever runs the file could replace
    onnx.save(model, path)
