"""Measure what fewer bits bring, and keep the answers in measured_bits.json.

    python -m tests.exercises.measure_bits

The page's table is made from that, by pytest --update. Times are ratios, since they belong to a
computer: measure on one that does nothing else.
"""

import json
import time
from functools import partial
from pathlib import Path

import numpy as np
import onnxruntime

import neural_network as script
from tests.exercises.answers import ex07_half_the_size as half
from tests.exercises.answers import ex18_eight_bits as eight

FILE = Path(__file__).with_name("measured_bits.json")
PLAIN = "float32"  # the row that all others are compared with
WIDTH = 1024  # of a second network, with random weights, whose products take most of the time


# 1. Time ------------------------------------------------------------------------------------------
def seconds(call):
    """Return how long a call takes: the mean of so many that a clock can tell."""
    count = 1
    while True:
        begin = time.perf_counter()
        for _ in range(count):
            call()
        duration = time.perf_counter() - begin
        if duration > 0.01:
            return duration / count
        count *= 2


def fastest(calls):
    """Return {name: seconds}, each the best of ten rounds; in turns, so that all have the same."""
    best = dict.fromkeys(calls, float("inf"))
    for _ in range(10):
        for name, call in calls.items():
            best[name] = min(best[name], seconds(call))
    return best


def make_session(model):
    """Return a session of one thread, so that the number of processors does not matter."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3  # no warnings of constants that no node reads
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


# 2. Fewer bits ------------------------------------------------------------------------------------
def make_variants(weights, biases, X):
    """Return {name: model}: a network in fewer bits, each in its own way; X calibrates."""

    def build():
        return script.build_model(weights, biases)

    def build_inlined():
        return script.inline(build())

    return {
        PLAIN: build_inlined(),
        "stored as float16": half.solve(build_inlined()),
        "stored as int8": eight.weights_only(build()),
        "computed in float16": half.compute_in_float16(build_inlined()),
        "dynamic int8": eight.dynamic(build()),
        "static int8": eight.calibrate(build(), X),
        "dynamic int8, function left in": eight.functions_left(build()),
    }


def make_wide_network():
    """Return random weights, biases and rows of the second network."""
    random = np.random.default_rng(0)
    weights = [random.normal(size=(WIDTH, WIDTH)) / WIDTH**0.5 for _ in range(3)]
    biases = [random.normal(size=WIDTH) for _ in range(3)]
    X = random.normal(size=(100, WIDTH)).astype(np.float32)
    return weights, biases, X


def compare_times(variants, X):
    """Return {name: times as long as the plain one takes} for these rows."""
    calls = {}
    for name, model in variants.items():
        calls[name] = partial(make_session(model).run, None, {"X": X})
    best = fastest(calls)
    return {name: best[name] / best[PLAIN] for name in variants}


def measure():
    """Return {name: row}: what each variant weighs, answers, and takes."""
    X_train, X, _, y = script.load_data()
    network = half.train()
    exact = script.reference(X, network.coefs_, network.intercepts_)
    X = X.astype(np.float32)
    variants = make_variants(network.coefs_, network.intercepts_, X_train)
    times = compare_times(variants, X)

    wide_weights, wide_biases, wide_X = make_wide_network()
    wide = make_variants(wide_weights, wide_biases, wide_X)
    times_of_one = compare_times(wide, wide_X[:1])
    times_of_many = compare_times(wide, wide_X)

    rows = {}
    for name, model in variants.items():
        P = script.predict(make_session(model), X)
        executed = script.optimise(model.SerializeToString())
        rows[name] = {
            "bytes": model.ByteSize() / variants[PLAIN].ByteSize(),
            "wide bytes": wide[name].ByteSize() / wide[PLAIN].ByteSize(),
            "right": float((P.argmax(axis=1) == y).mean()),
            "changed": int((P.argmax(axis=1) != exact.argmax(axis=1)).sum()),
            "off": float(abs(P - exact).max()),
            "nodes": len(executed.graph.node),
            "time": times[name],
            "wide time of 1": times_of_one[name],
            "wide time of 100": times_of_many[name],
        }
    return rows


def make_table(rows):
    """Return the page's table."""
    lines = [
        "| the network | bytes | right | changed | P off by | nodes run | time"
        " | wide: bytes | 1 row | 100 rows |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, row in rows.items():
        cells = [
            name,
            f"{row['bytes']:.0%}",
            f"{row['right']:.1%}",
            str(row["changed"]),
            f"{row['off']:.0e}",
            str(row["nodes"]),
            f"{row['time']:.1f}",
            f"{row['wide bytes']:.0%}",
            f"{row['wide time of 1']:.1f}",
            f"{row['wide time of 100']:.1f}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main():
    """Measure, and write what was found to measured_bits.json."""
    measured = {"onnxruntime": onnxruntime.__version__, "rows": measure()}
    FILE.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
