"""Mistakes with files: damaged ones, ones that are no model, weights in a second file."""

import hashlib
import json
import os
import pickle

import numpy as np
import onnx

import linear_regression
import sklearn_converter
from tests.mistakes.catalogue import Attempt, Result, mistake
from tests.mistakes.right import X_PLANT, X_TEST, B, W, flower_pipeline, plant, plant_model

NO_PROTOBUF = "Unable to parse proto from file"
NO_VERSION = "The model does not have an ir_version set properly"


def whole():
    """Return the bytes of the regression's file, as if fetched from where they are right."""
    return plant_model().SerializeToString()


def fetched_again(mended, content):
    """Return the attempt with what a bad copy holds or, mended, what the checksum demands."""
    checksum = hashlib.sha256(whole()).hexdigest()  # kept beside the file
    if mended and hashlib.sha256(content).hexdigest() != checksum:
        content = whole()
    return plant(content)


@mistake(
    "the file is truncated, by a full disk or a broken download",
    "a [checksum]"
    "(../questions/saving.md#how-do-i-keep-a-checksum-beside-a-file-and-refuse-another) beside the "
    "file; where it differs, fetch the file again",
    shows=NO_PROTOBUF,
    tell="it is shorter than the original; it begins with a byte 8, the IR version's",
)
def truncated_file(mended, folder):
    return fetched_again(mended, whole()[:-40])


@mistake(
    "the file is empty: protobuf takes it for a model without fields",
    "fetch it again; who writes it writes it "
    "[whole or not at all](../questions/saving.md#how-do-i-write-a-file-whole-or-not-at-all)",
    shows=NO_VERSION,
    tell="it has no bytes",
)
def empty_file(mended, folder):
    return fetched_again(mended, b"")


@mistake(
    "a text file was renamed to `.onnx`; its letters happen to be valid protobuf",
    "look at the file's beginning, and fetch the right one",
    shows=NO_VERSION,
    tell="it begins with letters",
)
def text_file_renamed(mended, folder):
    return fetched_again(mended, b"This is not a model.\n" * 10)


@mistake(
    "git fetched a pointer instead of a large file",
    "`git lfs pull`",
    shows=NO_PROTOBUF,
    tell="it begins with `version https://git-lfs`",
)
def pointer_to_a_large_file(mended, folder):
    checksum = hashlib.sha256(whole()).hexdigest()
    lines = ["version https://git-lfs.github.com/spec/v1", f"oid sha256:{checksum}", "size 268"]
    return fetched_again(mended, "\n".join([*lines, ""]).encode())


@mistake(
    "a JSON file is no ONNX model",
    "export with the framework's ONNX exporter",
    shows=NO_PROTOBUF,
    tell="it begins with `{`",
)
def json_file(mended, folder):
    stored = json.dumps({"weights": W.tolist(), "bias": B.tolist()}).encode()
    if mended:
        numbers = json.loads(stored)
        weights = np.array(numbers["weights"])
        bias = np.array(numbers["bias"])
        return plant(linear_regression.build_model(weights, bias))
    return plant(stored)


@mistake(
    "a pickle is no ONNX model",
    "load it where you trust its sender, and convert it with skl2onnx",
    shows=NO_PROTOBUF,
    tell="it begins with a byte 128",
)
def pickle_file(mended, folder):
    stored = pickle.dumps(flower_pipeline(), protocol=4)
    if not mended:
        return plant(stored)
    pipeline = pickle.loads(stored)
    X = X_TEST.astype(np.float32)
    return Attempt(
        sklearn_converter.build_model(pipeline, X), {"X": X}, pipeline.predict_proba(X_TEST)
    )


def save_with_external_data(folder, model=None):
    """Save the regression with its weights in a second file, and return the path."""
    path = folder / "model.onnx"
    options = {"save_as_external_data": True, "location": "weights.bin", "size_threshold": 0}
    onnx.save(model or plant_model(), path, **options)
    return path


@mistake(
    "the weights are in a second file that was not copied along",
    "keep both in one folder",
    shows="Data of TensorProto ( tensor name: W) should be stored in",
)
def external_data_missing(mended, folder):
    path = save_with_external_data(folder)
    if not mended:
        (folder / "weights.bin").unlink()
    return plant(path)


@mistake(
    "the model names a data file outside its folder: an accident, or an attack",
    "put the data file beside the model, and name it without a folder",
    shows="points outside the directory",
)
def external_data_outside_the_folder(mended, folder):
    path = save_with_external_data(folder)
    (folder / "weights.bin").rename(folder.parent / "weights.bin")
    model = onnx.load(path, load_external_data=False)
    for tensor in model.graph.initializer:
        for entry in tensor.external_data:
            if entry.key == "location" and not mended:
                entry.value = "../weights.bin"
    path.write_bytes(model.SerializeToString())
    if mended:
        (folder.parent / "weights.bin").rename(folder / "weights.bin")
    return plant(path)


@mistake(
    "weights are appended to a data file that is there already: saved three times, it is three "
    "times as large",
    "delete the data file first, or save into a folder of its own",
    shows="the data file grows with every save",
    surprise=True,
)
def external_data_saved_again(mended, folder):
    sizes = []
    for _ in range(3):
        if mended:
            (folder / "weights.bin").unlink(missing_ok=True)
        save_with_external_data(folder)
        sizes.append((folder / "weights.bin").stat().st_size)
    return Result(np.array(sizes), np.full(3, sizes[0]))


@mistake(
    "written beside and then put into place, a file replaces the symlink that stood there; who "
    "reads what it pointed to still gets the old model",
    "`os.replace(new, link.resolve())`: put it where the link points",
    shows="the old model's answers",
)
def symlink_replaced(mended, folder):
    (folder / "store").mkdir()
    real = folder / "store" / "model.onnx"
    link = folder / "current.onnx"
    onnx.save(linear_regression.build_model(W * 0, B), real)
    link.symlink_to(real)
    onnx.save(plant_model(), folder / "new.onnx")
    os.replace(folder / "new.onnx", link.resolve() if mended else link)
    session = linear_regression.load_model(real)
    return Result(linear_regression.predict(session, X_PLANT), X_PLANT @ W + B)
