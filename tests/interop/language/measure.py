"""Measure who runs the language model, and what a letter costs; results.json keeps it.

    python -m tests.interop.language.measure engines    of tests/engines those that are installed
    python -m tests.interop.language.measure times      on a computer that does nothing else

The page's tables are made from that, by pytest --update.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import onnx

from tests import engines, language
from tests.exercises.measure import WRONG, conclude, make_session
from tests.interop.language import files
from tests.kit import apart, clock, record

FILE = Path(__file__).with_name("results.json")
FIXED = "runs, sizes fixed"
FEWER = "answers too little"
HOME = "ONNX Runtime"
SECONDS = 900  # for an engine to compile and run all forms
LENGTHS = (16, 64, 256, 1024)
WITHOUT = "without a cache"
WITH = "with a cache"
STANDARD = "with Attention's cache"


# 1. Who runs it -----------------------------------------------------------------------------------
def fix_sizes(model, case):
    """Return the model with the sizes that inputs and outputs of this case have."""
    fixed = onnx.ModelProto()
    fixed.CopyFrom(model)
    pairs = [*zip(fixed.graph.input, case.inputs, strict=True)]
    pairs += zip(fixed.graph.output, case.exact, strict=True)
    for info, array in pairs:
        for dim, size in zip(info.type.tensor_type.shape.dim, np.shape(array), strict=True):
            dim.dim_value = size
    return fixed


def ask(engine, model, case):
    """Return an engine's word on a model, and why, in its own words or in numbers."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder, "model.onnx")
        onnx.save(model, path)
        try:
            outputs = engine.run(path, case.inputs)
        except FileNotFoundError as error:
            return f"not tried: there is no {error.filename} here", str(error)
        except Exception as error:  # each engine has exceptions of its own
            return "refuses", " ".join(f"{type(error).__name__}: {error}".split())[:300]
    names = engines.output_names(model)
    if len(outputs) != len(names):
        return FEWER, f"there are {len(outputs)} outputs in place of {len(names)}"
    for name, output, exact in zip(names, outputs, case.exact, strict=True):
        array = np.asarray(output)
        if array.shape != exact.shape:
            return WRONG, f"{name} has the shape {array.shape} in place of {exact.shape}"
        difference = abs(array.astype(np.float64) - exact).max()
        if not difference <= files.TOLERANCE:
            return WRONG, f"{name} is off by {difference:.2g}"
    return "runs", ""


def try_engine(name, form):
    """Return what an engine makes of a form, and why; where sizes are free it is asked twice."""
    engine = engines.find()[name]
    engine.load()
    case = files.FORMS[form]()
    free = ask(engine, case.model, case)
    if free[0] in ("refuses", FEWER, WRONG):
        word, _ = ask(engine, fix_sizes(case.model, case), case)
        if word == "runs":
            return FIXED, f"{free[0]}: {free[1]}"
    return free


def try_forms(tell, name, forms):
    """Hand over what an engine makes of each form: for a process of its own."""
    for form in forms:
        tell([form, list(try_engine(name, form))])


def measure_engine(name):
    """Return {form: [word, why]} of an engine; None if it does not start.

    A form that ends the process gets that as its verdict; the others run in another one.
    """
    verdicts = {}
    left = list(files.FORMS)
    while left:
        outcome = apart.fresh(try_forms, name, left, tell=True, seconds=SECONDS, gigabytes=16)
        verdicts |= dict(outcome.told)
        left = [form for form in left if form not in verdicts]
        if outcome.ended == apart.RAISED:
            print(f"{name} does not start: {outcome.error}: {outcome.words}")
            return None
        if left:
            verdicts[left.pop(0)] = conclude(outcome)
    return {form: verdicts[form] for form in files.FORMS}


def measure_engines(recorded, names):
    """Return what is recorded with what the installed engines of these names do now.

    RuntimeError if onnxruntime does not run all: then it is not the engines that are wrong.
    """
    measured = dict(recorded)
    for name in names:
        version = engines.version_of(engines.find()[name])
        verdicts = version and measure_engine(name)
        if not verdicts:
            continue
        print(name, {form: word for form, (word, _) in verdicts.items()}, flush=True)
        if name == HOME and any(word != "runs" for word, _ in verdicts.values()):
            raise RuntimeError(f"onnxruntime runs all of them elsewhere; here: {verdicts}")
        measured[name] = {"version": version, "date": record.today(), **verdicts}
    return measured


# 2. What a letter costs ---------------------------------------------------------------------------
def make_sides(length):
    """Return {side: function} that answer P (32,) after a text of so many letters, and numpy's."""
    text = np.resize(language.read_text(), (1, length))
    cache = files.EXERCISES[22].answer
    feed = cache.feed_of(text, length - 1)
    past = files.with_nowhere(feed["past_keys"], feed["past_values"])
    wide_feed = {**feed, "past_keys": past[0], "past_values": past[1]}
    head = make_session(language.parse(language.HEAD))
    cached = make_session(language.parse(cache.CACHED))
    standard = make_session(files.standard(files.CAUSAL, 23))
    exact = language.predict(text[0])[-1]
    return {
        WITHOUT: lambda: head.run(None, {"tokens": text})[-1][0, -1],
        WITH: lambda: cached.run(None, feed)[-1][0, -1],
        STANDARD: lambda: standard.run(None, wide_feed)[-1][0, -1],
    }, exact


def measure_times():
    """Return the seconds that one more letter takes, by the length of the text before it."""
    seconds = {}
    for length in LENGTHS:
        sides, exact = make_sides(length)
        clock.check_answers(sides, exact, files.TOLERANCE)
        seconds[str(length)] = clock.take_turns(sides)
    machine = clock.describe_machine(["onnxruntime"])
    return {"date": record.today(), "machine": machine, "seconds": seconds}


def main():
    """Measure, and record it in results.json."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["engines", "times"])
    parser.add_argument("names", nargs="*", help="engines; without any, all of them")
    arguments = parser.parse_args()
    from tests.interop.language import measure  # not __main__, where no other process finds it

    if arguments.what == "times":
        measured = measure_times()
    else:
        names = arguments.names or list(engines.find())
        measured = measure.measure_engines(record.read(FILE).get("engines", {}), names)
    results = record.read(FILE)  # now, as minutes have passed
    results[arguments.what] = measured
    record.write(FILE, results)


if __name__ == "__main__":
    main()
