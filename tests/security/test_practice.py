"""Safe practice: what unpickling does, checksums and signatures, a process of its own."""

import hashlib
import hmac
import pickle
import threading
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

import linear_regression
from tests.kit import apart
from tests.mistakes.right import X_PLANT, plant_model
from tests.security.cases import endless, terabytes
from tests.security.run import run_apart

ROWS = {"X": X_PLANT.astype(np.float32)}


@pytest.fixture
def folder(tmp_path):
    """Return a folder that has a folder above it, which belongs to the test as well."""
    (tmp_path / "inside").mkdir()
    return tmp_path / "inside"


# Safe practice ------------------------------------------------------------------------------------
class Stranger:
    """An object whose pickle runs code of its sender's when it is loaded."""

    def __reduce__(self):
        return (Path.write_text, (Path("gotcha.txt"), "code that came with the file", "utf-8"))


def test_loading_a_pickle_runs_code_that_came_with_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    content = pickle.dumps(Stranger())
    assert list(tmp_path.iterdir()) == []
    pickle.loads(content)
    assert [path.name for path in tmp_path.iterdir()] == ["gotcha.txt"]


def test_loading_and_running_the_same_bytes_as_onnx_runs_no_code(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model = plant_model()
    model.doc_string = model.graph.doc_string = pickle.dumps(Stranger(), protocol=0).decode("ascii")
    onnx.helper.set_model_props(model, {"code": model.doc_string})
    model = onnx.load_from_string(model.SerializeToString())
    linear_regression.load_model(model.SerializeToString()).run(None, ROWS)
    with pytest.raises(Exception, match=r"INVALID_PROTOBUF|No graph was found"):
        linear_regression.load_model(pickle.dumps(Stranger()))
    assert list(tmp_path.iterdir()) == []


def test_a_checksum_notices_one_bit_and_a_signature_a_stranger():
    content = plant_model().SerializeToString()
    checksum = hashlib.sha256(content).hexdigest()
    damaged = bytes([content[0] ^ 1]) + content[1:]
    assert hashlib.sha256(damaged).hexdigest() != checksum

    # Whoever can replace the file can replace a checksum beside it, but not a signature.
    key = b"a secret that sender and receiver share"
    signature = hmac.new(key, content, "sha256").digest()
    assert hmac.compare_digest(hmac.new(key, content, "sha256").digest(), signature)
    forged = hmac.new(b"another secret", damaged, "sha256").digest()
    assert not hmac.compare_digest(hmac.new(key, damaged, "sha256").digest(), forged)


def test_a_process_of_its_own_answers_the_same(folder):
    path = folder / "model.onnx"
    onnx.save(plant_model(), path)
    outputs = run_apart(path, ROWS)
    expected = linear_regression.load_model(path).run(None, ROWS)
    assert len(outputs) == 1
    np.testing.assert_array_equal(outputs[0], expected[0])


def test_a_process_of_its_own_keeps_the_order_of_many_outputs(folder):
    nodes = []
    infos = []
    for i in range(13):
        nodes.append(onnx.helper.make_node("Constant", [], [f"Y{i}"], value_int=i))
        infos.append(onnx.helper.make_tensor_value_info(f"Y{i}", onnx.TensorProto.INT64, []))
    graph = onnx.helper.make_graph(nodes, "many", [], infos)
    opset = onnx.helper.make_opsetid("", 18)
    onnx.save(onnx.helper.make_model(graph, opset_imports=[opset], ir_version=8), folder / "m.onnx")
    assert [int(output) for output in run_apart(folder / "m.onnx", {})] == list(range(13))


def test_a_process_of_its_own_ends_in_time(folder):
    with pytest.raises(RuntimeError, match="late"):
        run_apart(endless(folder), ROWS, seconds=1)


@pytest.mark.skipif(not apart.POSSIBLE, reason="other systems don't keep the limit")
def test_a_process_of_its_own_runs_out_of_memory_alone(folder):
    with pytest.raises(RuntimeError, match=r"allocate|memory"):
        run_apart(terabytes(folder), ROWS)


def test_an_endless_run_can_be_ended_from_outside(folder):
    options = onnxruntime.RunOptions()
    timer = threading.Timer(0.2, setattr, [options, "terminate", True])
    session = linear_regression.load_model(endless(folder))
    timer.start()
    with pytest.raises(Exception, match="terminate flag"):
        session.run(None, ROWS, options)
    timer.join()
