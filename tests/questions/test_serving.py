"""The page's server: what it refuses, and a few seconds of what tests/interop does for longer."""

import importlib.util
import json
import subprocess
import sys
import time

import numpy as np
import pytest

import linear_regression
from tests.kit.places import ROOT
from tests.questions import serving

pytest.importorskip("flask", reason="pip install -r tests/questions/requirements.txt")
pytest.importorskip("waitress", reason="pip install -r tests/questions/requirements.txt")

WORDS = {400: b"<p>", 413: b"exceeds max_body", 415: b"Content-Type was not"}  # a sentence


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    """Return the port of a server."""
    with serving.serving(tmp_path_factory.mktemp("serving")) as port:
        yield port


@pytest.fixture
def serve(tmp_path, monkeypatch):
    """Return the page's serve.py as a module."""
    serving.write_server(tmp_path)
    monkeypatch.chdir(tmp_path)
    spec = importlib.util.spec_from_file_location("serve", "serve.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", serving.BAD)
def test_a_bad_request_is_refused_in_words_and_harms_nobody(name, port):
    content_type, body, expected = serving.BAD[name]
    with serving.connect(port) as connection:
        status, answer = serving.post(connection, body, content_type)
    assert status == expected
    assert WORDS[expected] in answer
    with serving.connect(port) as connection:
        assert serving.ask(connection, np.array([[58, 18, 80]])) == 0


def test_a_request_that_is_far_too_long_is_refused_before_it_is_sent(port):
    with serving.connect(port) as connection:
        connection.putrequest("POST", "/predict")
        connection.putheader("Content-Type", serving.JSON)
        connection.putheader("Content-Length", "10000000000")
        connection.endheaders()
        answer = connection.getresponse()
        assert answer.status == 413
        assert WORDS[413] in answer.read()


@pytest.mark.parametrize(
    "sent, received, allowed",
    [
        (1, 2, {0}),  # before the first replacement
        (2, 10, {0, 1}),  # it took place meanwhile
        (4, 5, {0, 1}),  # or was about to
        (6, 9, {1}),  # it has taken place: the old model may not answer any more
        (9, 11, {0, 1}),  # the second one has begun, and does not end
    ],
)
def test_a_request_may_be_answered_by_the_model_in_place_and_by_no_older_one(
    sent, received, allowed, tmp_path
):
    load = serving.Load(0, tmp_path)
    load.placements.append(serving.Placement(model=1, begin=3, end=6))
    load.placements.append(serving.Placement(model=0, begin=10))
    assert load.find_allowed(sent, received) == allowed


def test_an_answer_that_is_neither_models_or_both_models_is_noticed(monkeypatch):
    rows = np.array([[58.0, 18, 80], [50, 18, 89]])
    exact = (rows @ serving.W + serving.B)[:, 0]
    answers = {0: exact, 1: exact + 1, "mixed": exact + np.arange(2), "short": exact[:1]}
    for name, answer in answers.items():
        body = json.dumps({"stack_loss": answer.tolist()}).encode()
        monkeypatch.setattr(serving, "post", lambda *_, body=body: (200, body))
        if name in (0, 1):
            assert serving.ask(None, rows) == name
        else:
            with pytest.raises(AssertionError):
                serving.ask(None, rows)


def test_under_load_every_answer_is_right_while_files_are_replaced(tmp_path):
    counted = serving.measure(tmp_path, seconds=1)
    assert counted["replacements"] >= len(serving.DAMAGED)  # each kind of damage was tried


def await_trial(serve):
    """Let the server notice a new file, and wait until its trial has ended."""
    session = serve.model.get_session()
    serving.wait_until(lambda: not serve.model.trial.locked(), "the trial does not end")
    return session


@pytest.mark.parametrize("cut", [0.25, 0.5, 0.75, 0.95])
def test_a_file_that_is_cut_off_is_refused(cut, serve, tmp_path):
    content = serving.MODELS[0]
    path = tmp_path / "cut_off.onnx"
    path.write_bytes(content[: int(cut * len(content))])
    with pytest.raises(ValueError, match=r"\w"):
        serve.load(path)


@pytest.mark.parametrize("name", serving.DAMAGED)
def test_a_damaged_file_is_refused_once_and_does_not_start_a_server(name, serve, tmp_path, caplog):
    (tmp_path / serving.FILE).write_bytes(serving.DAMAGED[name])
    session = serve.model.session
    for _ in range(3):
        assert await_trial(serve) is session
    assert serve.model.session is session
    assert len(caplog.messages) == 1
    assert "\n" not in caplog.messages[0]
    with pytest.raises(ValueError, match=r"\w"):
        serve.NewestModel(serving.FILE)


def test_a_file_that_never_answers_is_refused_and_nobody_waits_for_it(
    serve, tmp_path, caplog, monkeypatch
):
    monkeypatch.setattr(serve, "SECONDS", 5)
    (tmp_path / serving.FILE).write_bytes(serving.NEVER_ANSWERS)
    session = serve.model.session
    began = time.perf_counter()
    for _ in range(100):
        assert serve.model.get_session() is session
    assert time.perf_counter() - began < 1  # the trial takes five
    assert serve.model.trial.locked()
    await_trial(serve)
    assert serve.model.session is session
    assert "timed out" in caplog.messages[0]


def test_a_new_model_is_served_after_its_trial(serve, tmp_path):
    (tmp_path / serving.FILE).write_bytes(serving.MODELS[1])
    old = await_trial(serve)
    new = serve.model.get_session()
    assert new is not old
    X, _ = linear_regression.load_data()
    exact = X @ serving.W + serving.B + 1
    Y = linear_regression.predict(new, X)
    np.testing.assert_allclose(Y, exact, rtol=0, atol=linear_regression.TOLERANCE)


def test_a_file_that_is_gone_changes_nothing(serve, tmp_path):
    (tmp_path / serving.FILE).unlink()
    assert serve.model.get_session() is serve.model.session
    assert not serve.model.trial.locked()


def test_a_server_without_a_file_says_so_and_ends(tmp_path):
    serving.write_server(tmp_path)
    (tmp_path / serving.FILE).unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        command = [sys.executable, "serve.py", "0"]
        ended = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60)
    assert ended.returncode == 1
    assert b"FileNotFoundError" in ended.stderr
