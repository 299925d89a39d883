"""TensorFlow."""

NAME = "TensorFlow"
EXPORTER = "tf2onnx.convert.from_function"
PACKAGES = "tensorflow-cpu tf2onnx"
BUT = "weights in eager tensors become inputs: the file passes the check and does not run"


def export(network, path, dtype):
    """Write the network."""
    import tensorflow as tf
    import tf2onnx

    X = tf.TensorSpec((None, 64), dtype)  # None stands for any number of rows
    tf2onnx.convert.from_function(network, [X], output_path=path)
