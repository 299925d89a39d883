"""What came of each mistake in three environments, kept in results.json beside the page.

    pinned   the versions of requirements.txt
    oldest   the lower bounds of pyproject.toml
    mixed    the newest onnx with the oldest onnxruntime: a file from somebody who updated first

`pytest --update` records what it sees in the environment that it runs in, and nothing in any other.
A plain run is compared with what is recorded for its environment. Only the pinned one has to be
complete: a new mistake shows the other columns once somebody has recorded them.
"""

import json
import re
from functools import cache
from importlib.metadata import version

from tests.kit.places import ROOT

FILE = ROOT / "tests" / "mistakes" / "results.json"
PACKAGES = ["onnx", "onnxruntime", "skl2onnx", "scikit-learn"]


def stated(text, relation):
    """Return {package: version} as a file states them, with == or with >=."""
    versions = {}
    for package in PACKAGES:
        found = re.search(rf'^[ "]*{package}{relation}([\d.]+)', text, flags=re.MULTILINE)
        versions[package] = found[1]
    return versions


def environments():
    """Return {name: {package: version}} of the three environments."""
    pinned = stated((ROOT / "requirements.txt").read_text(encoding="utf-8"), "==")
    oldest = stated((ROOT / "pyproject.toml").read_text(encoding="utf-8"), ">=")
    mixed = {**pinned, "onnxruntime": oldest["onnxruntime"]}
    return {"pinned": pinned, "oldest": oldest, "mixed": mixed}


def same_release(installed, wanted):
    """Return whether two versions are the same, as 1.3 and 1.3.0 are."""
    return installed.removesuffix(".0") == wanted.removesuffix(".0")


@cache
def here():
    """Return the name of the environment that this process runs in, None if it is another."""
    for name, versions in environments().items():
        if all(same_release(version(package), versions[package]) for package in PACKAGES):
            return name
    return None


def read():
    """Return {environment: {"versions": ..., topic: {row: ...}}} as recorded."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def write(results):
    """Write {environment: {"versions": ..., topic: {row: ...}}}."""
    FILE.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def record(topic, row, outcome):
    """Write what came of a row in this environment; elsewhere nothing is recorded."""
    name = here()
    if name is None:
        return
    results = read()
    environment = results.setdefault(name, {})
    environment["versions"] = {package: version(package) for package in PACKAGES}
    environment.setdefault(topic, {})[row] = outcome
    write(results)


def forget(topic, rows):
    """Drop what is recorded of any other row than these, in every environment."""
    results = read()
    for environment in results.values():
        kept = {row: environment[topic][row] for row in environment[topic] if row in rows}
        environment[topic] = kept
    write(results)


def recorded(topic, row):
    """Return what is recorded for this environment, None if nothing is."""
    return read().get(here(), {}).get(topic, {}).get(row)
