"""Mend a file of which onnxruntime says: Unsupported model IR version: 14, max supported ... 13.

Change the file, not the program: the IR version is a number to set, the opset is to be converted.
The mended file has to give the predictions that numpy computes in float64.
"""

import tempfile
from pathlib import Path

import onnx
from numpy.testing import assert_, assert_allclose, assert_raises_regex
from onnx.version_converter import convert_version

import linear_regression as script


def main():
    X, Y = script.load_data()
    W, B = script.train(X, Y)
    model = convert_version(script.build_model(W, B), onnx.defs.onnx_opset_version())  # the newest
    model.ir_version = 99  # not the 14 of the message: your onnxruntime may know that one
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "colleague.onnx")
        script.save_model(model, path)
        with assert_raises_regex(Exception, "Unsupported model IR version: 99"):
            script.onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        mended = onnx.load(path)  # onnx reads what a runtime refuses
        mended.ir_version = 8  # this and opset 18 load everywhere
        mended = convert_version(mended, 18)  # it loses functions of your own: inline them before
        onnx.checker.check_model(mended, full_check=True)
        script.save_model(mended, path)
        Y_onnx, Y_numpy = script.predict(script.load_model(path), X), script.reference(X, W, B)
    assert_allclose(Y_onnx, Y_numpy, rtol=0, atol=1e-4)  # float32 keeps 7 digits of terms near 100
    versions = [(each.opset_import[0].version, each.ir_version) for each in (model, mended)]
    assert_(versions[1] == (18, 8), f"opset and IR version are {versions[1]}")
    print("opset, IR version", *versions, sep="\n")


if __name__ == "__main__":
    main()
