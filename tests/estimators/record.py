"""What the last run found: read, compared with a new run, written. One line a configuration."""

import datetime
import json
import platform
from importlib.metadata import version
from pathlib import Path

from skl2onnx._supported_operators import sklearn_operator_name_map

from tests.estimators.configurations import classes, configurations
from tests.estimators.judge import AGREES, CRASHED, DRIFTS, MISNAMED, MISSING, REFUSED, UNFIT, WRONG

FILE = Path(__file__).with_name("results.json")
PACKAGES = ["scikit-learn", "skl2onnx", "onnx", "onnxruntime", "numpy", "protobuf"]
PRECISIONS = ["float32", "float64"]

BEST_FIRST = [AGREES, DRIFTS, REFUSED, MISSING, UNFIT, MISNAMED, WRONG, CRASHED]


def keys(name):
    """Return what is tried of an estimator: without a converter, its options say nothing."""
    if classes()[name] not in sklearn_operator_name_map:
        return ["default"]
    return list(configurations(name))


def load():
    """Return the recorded results."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def versions():
    """Return the packages that a verdict depends on, and Python."""
    found = {package: version(package) for package in PACKAGES}
    return {"Python": platform.python_version(), **found}


def today():
    """Return the date of this run."""
    return datetime.date.today().isoformat()


def save(results):
    """Write the results, one line a configuration, so that a change is a changed line."""
    lines = []
    for name, value in results.items():
        if name != "estimators":
            lines.append(f"{json.dumps(name)}: {json.dumps(value)}")
    estimators = []
    for name, found in sorted(results["estimators"].items()):
        rows = ",\n".join(f"  {json.dumps(key)}: {json.dumps(found[key])}" for key in found)
        estimators.append(f"{json.dumps(name)}: {{\n{rows}\n}}")
    lines.append('"estimators": {\n' + ",\n".join(estimators) + "\n}")
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def merged(old, new):
    """Return a new result that keeps which other verdicts kernels and seeds have seen before."""
    if "also" in old:
        new = {**new, "also": old["also"]}
    return new


def news(name, old, new):
    """Return a line for each verdict of an estimator that is not the recorded one."""
    lines = []
    for key, result in new.items():
        if key not in old:
            lines.append(f"{name}({key}) is new: {result['float32']['verdict']}")
            continue
        for precision in PRECISIONS:
            before = old[key][precision]["verdict"]
            now = result[precision]["verdict"]
            if now == before or now in old[key].get("also", {}).get(precision, []):
                continue
            better = BEST_FIRST.index(now) < BEST_FIRST.index(before)
            change = "better" if better else "worse"
            words = result[precision].get("words", result[precision].get("note", ""))
            lines.append(f"{change}: {name}({key}), {precision}: {before} -> {now} {words}")
    for key in old:
        if key not in new and key != "data frame":  # pandas need not be there
            lines.append(f"{name}({key}) is gone: {old[key]['float32']['verdict']}")
    return lines
