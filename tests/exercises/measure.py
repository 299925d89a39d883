"""Measure what fewer bits bring, what a Loop costs, and who runs one; results.json keeps it.

    python -m tests.exercises.measure figures    all that is no time
    python -m tests.exercises.measure times      on a computer that does nothing else
    python -m tests.exercises.measure engines    of tests/engines those that are installed

The page's tables are made from that, by pytest --update.
"""

import argparse
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx.reference import ReferenceEvaluator
from onnxruntime.quantization import quantize_dynamic

import neural_network as script
from tests import engines
from tests.exercises import float16
from tests.exercises.answers import ex07_half_the_size as half
from tests.exercises.answers import ex17_if_and_loop as lynx
from tests.exercises.answers import ex18_eight_bits as eight
from tests.exercises.ex17_if_and_loop import FORMULA
from tests.kit import apart, clock, record

FILE = Path(__file__).with_name("results.json")
PLAIN = "float32"  # the row that all others are compared with
DYNAMIC = "dynamic int8"
STATIC = "static int8"
DYNAMIC_7 = "dynamic int8, weights in 7 bits"
WIDTH = 1024  # of a second network, with random weights, whose products take most of the time
LARGE = 1000.0  # all pixels of a row that misleads its neighbours
UNSCALED = 16  # what the pixels of the digits are divided by, and somebody may forget to
UNROLLED = "unrolled"
YEARS = 100
HISTORIES = {
    "If": [[2.5, 2.8, 3.1], [2.5]],  # one for each branch
    "Loop": [[2.5, 2.8, 3.1]],
    "Scan": [[2.5, 2.8, 3.1]],
}
WRONG = "answers wrongly"
MINUTES = 3  # for an engine to compile and run a file

# Exercise 17 without its If
GATHER = """
   before_end = Constant <value = int64 {-2}> ()
   before = Gather (history, before_end)
"""


def make_session(model):
    """Return a session of one thread, so that the number of processors does not matter."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3  # no warnings of constants that no node reads
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


def describe_machine():
    """Return the machine, the versions, and whether it has instructions for products of bytes."""
    machine = clock.describe_machine(["onnxruntime", "onnx", "numpy"])
    if clock.read_cpuinfo():
        machine["VNNI"] = clock.has_vnni()
    return machine


# 1. Fewer bits ------------------------------------------------------------------------------------
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
        DYNAMIC: eight.dynamic(build()),
        STATIC: eight.calibrate(build(), X),
        DYNAMIC_7: eight.quantise(build_inlined(), quantize_dynamic, reduce_range=True),
        "dynamic int8, function left in": eight.functions_left(build()),
    }


def make_digits_network():
    """Return the variants of the network of exercise 7, images that are new to it, and digits."""
    X_train, X, _, y = script.load_data()
    network = half.train()
    variants = make_variants(network.coefs_, network.intercepts_, X_train)
    return variants, X.astype(np.float32), y


def make_wide_network():
    """Return the variants of a network of random weights, and rows for it."""
    random = np.random.default_rng(0)
    weights = [random.normal(size=(WIDTH, WIDTH)) / WIDTH**0.5 for _ in range(3)]
    biases = [random.normal(size=WIDTH) for _ in range(3)]
    X = random.normal(size=(100, WIDTH)).astype(np.float32)
    return make_variants(weights, biases, X), X


def answer_alone(session, X):
    """Return the probabilities of each row of X, fed in a call of its own."""
    return np.concatenate([script.predict(session, row[np.newaxis]) for row in X])


def answer_beside(session, X, neighbour):
    """Return the probabilities of the rows of X, fed in one call with another row."""
    return script.predict(session, np.concatenate([X, neighbour[np.newaxis]]))[:-1]


def measure_bits():
    """Return {name: row}: what each variant weighs and answers, and whether rows are in its way."""
    variants, X, y = make_digits_network()
    wide, _ = make_wide_network()
    network = half.train()
    exact = script.reference(X.astype(np.float64), network.coefs_, network.intercepts_)
    rows = {}
    for name, model in variants.items():
        session = make_session(model)
        P = script.predict(session, X)
        alone = answer_alone(session, X)
        labels = alone.argmax(axis=1)
        large = answer_beside(session, X, np.full_like(X[0], LARGE)).argmax(axis=1)
        unscaled = answer_beside(session, X, UNSCALED * X[0]).argmax(axis=1)
        rows[name] = {
            "bytes": model.ByteSize() / variants[PLAIN].ByteSize(),
            "wide bytes": wide[name].ByteSize() / wide[PLAIN].ByteSize(),
            "right": float((P.argmax(axis=1) == y).mean()),
            "changed": int((P.argmax(axis=1) != exact.argmax(axis=1)).sum()),
            "off": float(abs(P - exact).max()),
            "nodes": len(script.optimise(model.SerializeToString()).graph.node),
            "rows": len(X),
            "moved": float(abs(P - alone).max()),
            "misled": int((large != labels).sum()),
            "misled by one unscaled": int((unscaled != labels).sum()),
        }
    for name in (DYNAMIC, DYNAMIC_7):
        P = ReferenceEvaluator(variants[name]).run(None, {"X": X})[0]
        rows[name]["off in whole arithmetic"] = float(abs(P - exact).max())
    return rows


# 2. Forms of a forecast ---------------------------------------------------------------------------
def unroll(years):
    """Return a forecast of so many years without a Loop: the same nodes again for each."""
    lines = ["one_row = Constant <value = int64[1] {1}> ()"]
    names = []
    last = "last"
    before = "before"
    for i in range(years):
        lines.append(f"from_last_{i} = Mul ({last}, weight_of_last)")
        lines.append(f"from_before_{i} = Mul ({before}, weight_of_before)")
        lines.append(f"sum_{i} = Add (from_last_{i}, from_before_{i})")
        lines.append(f"year_{i} = Add (sum_{i}, constant)")
        lines.append(f"row_{i} = Reshape (year_{i}, one_row)")
        names.append(f"row_{i}")
        before = last
        last = f"year_{i}"
    lines.append(f"forecast = Concat <axis = 0> ({', '.join(names)})")
    return "\n".join([*lines, "}"])


def make_forms():
    """Return {form: model} of a forecast of YEARS, and a feed for them."""
    forms = {
        UNROLLED: lynx.solve(None, GATHER, unroll(YEARS)),
        "Loop": lynx.solve(None, GATHER),
        "Loop, and an If before it": lynx.solve(None),
        "Scan": lynx.solve(None, GATHER, lynx.SCAN),
    }
    return forms, {"history": np.array([2.5, 2.8], np.float32), "steps": np.array(YEARS)}


# 3. Times -----------------------------------------------------------------------------------------
def compare_times(sessions, feed, plain):
    """Return {name: times as long as the plain one takes}, the best of each one's rounds."""
    calls = {name: partial(session.run, None, feed) for name, session in sessions.items()}
    rounds = clock.take_turns(calls)
    best = {name: min(seconds) for name, seconds in rounds.items()}
    return {name: best[name] / best[plain] for name in best}


def measure_times():
    """Return the times of the variants and of the forms, as multiples of the first one's."""
    variants, X, _ = make_digits_network()
    wide, wide_X = make_wide_network()
    sessions = {name: make_session(model) for name, model in variants.items()}
    wide_sessions = {name: make_session(model) for name, model in wide.items()}
    forms, feed = make_forms()
    form_sessions = {name: make_session(model) for name, model in forms.items()}
    return {
        "date": record.today(),
        "machine": describe_machine(),
        "digits": compare_times(sessions, {"X": X}, PLAIN),
        "wide, 1 row": compare_times(wide_sessions, {"X": wide_X[:1]}, PLAIN),
        "wide, 100 rows": compare_times(wide_sessions, {"X": wide_X}, PLAIN),
        "forms": compare_times(form_sessions, feed, UNROLLED),
    }


# 4. Who runs If, Loop and Scan --------------------------------------------------------------------
def make_portable(operator):
    """Return a forecast with that operator, and for how many years it is.

    The engines are fed one array, called X; steps is a constant in the file.
    """
    if operator == "If":
        years = 1
        decide = lynx.DECIDE
        repeat = "unused = Identity (steps)" + FORMULA.replace("(mean,", "(before,")
    else:
        years = 7
        decide = GATHER
        repeat = lynx.SCAN if operator == "Scan" else lynx.REPEAT
    model = onnx.parser.parse_model((lynx.HEAD + decide + repeat).replace("history", "X"))
    del model.graph.input[1]
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.array(years), "steps"))
    model.graph.output[0].type.tensor_type.shape.dim[0].dim_value = years
    return model, years


def try_engine(name, operator):
    """Return what an engine makes of the operator, and why, in its own words or in numbers."""
    engine = engines.find()[name]
    engine.load()
    model, years = make_portable(operator)
    for history in HISTORIES[operator]:
        exact = lynx.expected(np.array(history), years)["forecast"]
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            path = Path(folder, "model.onnx")
            onnx.save(model, path)
            try:
                outputs = engine.run(path, [np.array(history, np.float32)])
            except FileNotFoundError as error:
                return f"not tried: there is no {error.filename} here", str(error)
            except Exception as error:  # each engine has exceptions of its own
                return "refuses", " ".join(f"{type(error).__name__}: {error}".split())[:200]
        forecast = np.asarray(outputs[0])
        if forecast.shape != exact.shape:
            return WRONG, f"the shape is {forecast.shape} in place of {exact.shape}"
        if not np.allclose(forecast, exact, rtol=0, atol=1e-4):
            return WRONG, f"{forecast[0]:.4g} in place of {exact[0]:.4g}"
    return "runs", ""


def conclude(outcome):
    """Return an engine's word on an operator, and why; None for an engine that does not start."""
    if outcome.ended == apart.RETURNED:
        return list(outcome.value)
    if outcome.ended == apart.RAISED:
        return None
    words = {apart.CRASHED: "crashes", apart.LATE: "does not end", apart.MEMORY: "takes too much"}
    return [words[outcome.ended], outcome.error]


def measure_engine(name, try_one):
    """Return {operator: [word, why]}, each in a process of its own; None if it does not start."""
    verdicts = {}
    for operator in HISTORIES:
        outcome = apart.fresh(try_one, name, operator, seconds=60 * MINUTES, gigabytes=8)
        verdicts[operator] = conclude(outcome)
        if verdicts[operator] is None:
            print(f"{name} does not start: {outcome.error}: {outcome.words}")
            return None
    return verdicts


def measure_engines(recorded):
    """Return what is recorded with what the installed engines do now.

    RuntimeError if onnxruntime does not run all: then it is not the engines that are wrong.
    """
    from tests.exercises.measure import try_engine  # not __main__, where no process finds it

    measured = dict(recorded)
    for name, engine in engines.find().items():
        version = engines.version_of(engine)
        verdicts = version and measure_engine(name, try_engine)
        if not verdicts:
            continue
        if name == "ONNX Runtime" and any(word != "runs" for word, _ in verdicts.values()):
            raise RuntimeError(f"onnxruntime runs all of them elsewhere; here: {verdicts}")
        measured[name] = {"version": version, "date": record.today(), **verdicts}
    return measured


def measure_figures():
    """Return all that is no time."""
    forms, _ = make_forms()
    return {
        "date": record.today(),
        "machine": describe_machine(),
        "bits": measure_bits(),
        "float16": float16.measure(),
        "forms": {name: model.ByteSize() for name, model in forms.items()},
    }


def main():
    """Measure, and record it in results.json."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["figures", "times", "engines"])
    what = parser.parse_args().what
    if what == "figures":
        measured = measure_figures()
    elif what == "times":
        measured = measure_times()
    else:
        measured = measure_engines(record.read(FILE).get("engines", {}))
    results = record.read(FILE)  # now, as minutes have passed
    results[what] = measured
    record.write(FILE, results)


if __name__ == "__main__":
    main()
