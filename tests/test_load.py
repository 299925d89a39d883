"""What a session takes: many threads, many sessions."""

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import neural_network as script
from tests.kit.places import ROOT


def test_eight_threads_share_a_session_and_get_the_answers_of_one(runs):
    session = script.load_model(runs["neural_network"].folder / "neural_network.onnx")
    X = np.random.default_rng(0).uniform(size=(100, 64))
    alone = [script.predict(session, row[np.newaxis]) for row in X]
    with ThreadPoolExecutor(max_workers=8) as threads:
        answers = list(
            threads.map(lambda i: script.predict(session, X[i % 100, np.newaxis]), range(5_000))
        )
    assert len(answers) == 5_000
    for i, P in enumerate(answers):
        np.testing.assert_array_equal(P, alone[i % 100])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no getrusage")
def test_100_sessions_made_and_dropped_leave_the_memory_as_it_was(runs, terminal):
    program = f"""if True:
        import gc, resource, sys
        sys.path.insert(0, {str(ROOT)!r})
        import linear_regression as script, numpy as np
        X = np.zeros((10, 3))

        def peak(sessions):
            for _ in range(sessions):
                script.predict(script.load_model("linear_regression.onnx"), X)
            gc.collect()
            unit = 1 if sys.platform == "darwin" else 1024  # bytes there, kibibytes elsewhere
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit

        first = peak(20)
        print(peak(100) - first)"""
    finished = terminal(runs["linear_regression"].folder, "-c", program)
    assert finished.stderr == ""
    assert int(finished.stdout) < 4 * 2**20  # 100 sessions kept would be some 16 MB
