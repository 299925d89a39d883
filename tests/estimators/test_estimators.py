"""Every estimator of scikit-learn with every option: is the verdict still the recorded one?

All:  pytest tests/estimators/test_estimators.py           one:  ... -k KNeighborsClassifier
Each default and a quarter of the rest, another quarter each day:  pytest tests/estimators --share 4
"""

import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.estimators import page, steps, verdicts
from tests.estimators.configurations import classes, drawn, keys, today
from tests.estimators.data import TRAINED, UNSEEN
from tests.estimators.judge import judge_apart
from tests.kit import record


def chosen(name, share, day):
    """Return the configurations of an estimator that are judged on a day: the default is one."""
    found = []
    for key in keys(name):
        if key == verdicts.DEFAULT or drawn(f"{name}({key})", share, day):
            found.append(key)
    return found


class Sweep:
    """The configurations of the chosen estimators, judged side by side in other processes."""

    def __init__(self, names, reporter, share):
        self.reporter = reporter
        self.pool = ThreadPoolExecutor(os.cpu_count())
        self.began = time.monotonic()
        self.done = 0
        self.futures = {}
        for name in names:
            tried = chosen(name, share, today())
            self.futures[name] = {key: self.pool.submit(judge_apart, name, key) for key in tried}
        self.total = sum(len(futures) for futures in self.futures.values())

    def results(self, name):
        """Wait for an estimator's results, and return them by configuration."""
        found = {}
        for key, future in self.futures[name].items():
            found[key] = future.result()
            self.done += 1
            self.progress(name)
        return found

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
    return page.read()


@pytest.fixture(scope="module")
def sweep(request, share):
    """Start everything that was asked for at once."""
    names = []
    for item in request.session.items:
        if item.function is test_verdicts:
            names.append(item.callspec.params["name"])
    running = Sweep(names, request.config.pluginmanager.get_plugin("terminalreporter"), share)
    yield running
    running.pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("name", sorted(classes()))
def test_verdicts(name, sweep, recorded, note, request):
    """The verdicts are those that the page shows; what is better or worse is said."""
    found = sweep.results(name)
    old = recorded["estimators"].get(name, {})
    left_out = set(keys(name)) - set(found)
    old = {key: result for key, result in old.items() if key not in left_out}
    kept = verdicts.pack(verdicts.merged(old, found))
    if not left_out:
        note(page.FILE, "estimators", name, value=kept, compare=False)
    lines = verdicts.news(name, old, found)
    if request.config.getoption("update"):
        print(*lines, sep="\n")
    else:
        assert not lines, "\n".join(lines) + "\npytest tests/estimators --update records it"


def test_each_configuration_has_its_day():
    for name in ("LogisticRegression", "KMeans"):
        days = [chosen(name, 4, day) for day in range(4)]
        assert all(verdicts.DEFAULT in day for day in days)
        assert {key for day in days for key in day} == set(keys(name)) == set(chosen(name, 1, 9))
        assert sum(map(len, days)) == len(keys(name)) + 3


def test_nothing_is_gone(recorded, keep, request):
    """The page shows no estimator that scikit-learn no longer has."""
    keep(page.FILE, "estimators", names=classes())
    assert request.config.getoption("update") or set(recorded["estimators"]) <= set(classes())


def test_the_record_says_what_it_was_made_with(sweep, note):
    """Versions and date belong to a whole run; the settings are those of this code."""
    if len(sweep.futures) == len(classes()):
        note(page.FILE, "versions", value=record.versions(page.PACKAGES), compare=False)
        note(page.FILE, "date", value=record.today(), compare=False)
    settings = {
        "target_opset": steps.OPSET,
        "zipmap": False,
        "locale": steps.LOCALE,
        "threads": 1,
        "trained": TRAINED,
        "unseen": UNSEEN,
    }
    note(page.FILE, "settings", value=settings)
