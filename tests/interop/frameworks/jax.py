"""JAX."""

NAME = "JAX"
EXPORTER = "jax2onnx.to_onnx"
PACKAGES = "jax jax2onnx"
BUT = "`jax.lax.reduce_window`: the file passes the check and does not run"


def export(network, path, dtype, shape=(64,)):
    """Write the network for inputs of that shape, and any number of them."""
    import jax2onnx

    jax2onnx.to_onnx(
        network,
        [("N", *shape)],  # a name, or the batch size is frozen
        enable_double_precision=dtype == "float64",
        return_mode="file",  # the default returns the model, and ignores the path
        output_path=path,
    )
