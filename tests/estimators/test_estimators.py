"""Every estimator of scikit-learn with every option: is the verdict still the recorded one?

All:  pytest tests/estimators/test_estimators.py           one:  ... -k KNeighborsClassifier
With --update the results are recorded and the page is written anew.
"""

import time

import pytest

from tests.estimators import record
from tests.estimators.configurations import classes
from tests.estimators.pool import Pool


class Sweep:
    """The configurations of the chosen estimators, judged side by side in other processes."""

    def __init__(self, names, reporter):
        self.reporter = reporter
        self.pool = Pool()
        self.began = time.monotonic()
        self.done = 0
        self.futures = {}
        for name in names:
            self.futures[name] = {key: self.pool.submit(name, key) for key in record.keys(name)}
        self.total = sum(len(futures) for futures in self.futures.values())
        self.found = {}

    def results(self, name):
        """Wait for an estimator's results, and return them by configuration."""
        self.found[name] = {}
        for key, future in self.futures[name].items():
            self.found[name][key] = future.result()
            self.done += 1
            self.progress(name)
        return self.found[name]

    def progress(self, name):
        """Show how far the run is, where it runs in a terminal."""
        if self.reporter.isatty:
            filled = 30 * self.done // self.total
            bar = "#" * filled + "-" * (30 - filled)
            seconds = time.monotonic() - self.began
            line = f"[{bar}] {self.done} of {self.total}, {seconds:.0f} s, {name}"
            self.reporter.rewrite(line[:79], erase=True)


@pytest.fixture(scope="module")
def recorded():
    """Return what the last recorded run found."""
    return record.load() if record.FILE.exists() else {"estimators": {}}


@pytest.fixture(scope="module")
def sweep(request, recorded):
    """Start everything that was asked for at once; with --update record it at this module's end.

    So it is recorded before the kinds are, and before the page is written: see test_page.py.
    """
    names = []
    for item in request.session.items:
        if item.function is test_verdicts:
            names.append(item.callspec.params["name"])
    running = Sweep(names, request.config.pluginmanager.get_plugin("terminalreporter"))
    yield running
    running.pool.close()
    if request.config.getoption("update"):
        write(recorded, running)


def write(recorded, running):
    """Record the run: all of it, or of a partial run the estimators that it had."""
    known = classes()
    estimators = {name: old for name, old in recorded["estimators"].items() if name in known}
    for name, found in running.found.items():
        old = estimators.get(name, {})
        estimators[name] = {key: record.merged(old.get(key, {}), found[key]) for key in found}
        if "data frame" in old and "data frame" not in found:
            estimators[name]["data frame"] = old["data frame"]
    results = {**recorded, "estimators": estimators}
    if len(running.found) == len(classes()):
        results["versions"] = record.versions()
        results["date"] = record.today()
        results["seconds"] = round(time.monotonic() - running.began)
    record.save(results)


@pytest.mark.parametrize("name", sorted(classes()))
def test_verdicts(name, sweep, recorded, request):
    """The verdicts are those that the page shows; what is better or worse is said."""
    found = sweep.results(name)
    lines = record.news(name, recorded["estimators"].get(name, {}), found)
    if request.config.getoption("update"):
        print(*lines, sep="\n")
    else:
        assert not lines, "\n".join(lines) + "\npytest tests/estimators --update records it"


def test_nothing_is_gone(recorded):
    """The page shows no estimator that scikit-learn no longer has."""
    assert set(recorded["estimators"]) == set(classes())
