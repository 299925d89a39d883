"""results.json: what was measured. Read it, say what is news, save it.

A test hands what it has measured to the fixture `note` of tests/conftest.py. Without --update it is
compared with what is recorded; with --update it is saved, once, when the session ends.
"""

import importlib.metadata
import json
from datetime import date
from pathlib import Path

WIDTH = 100  # a list or a dictionary that fits into so many characters is one line
SHORT = 60  # characters of a value in a line of news


# Files --------------------------------------------------------------------------------------------
def read(path):
    """Return what is recorded in a file; an empty dictionary if nothing is."""
    path = Path(path)
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write(path, results):
    """Write results so that a changed verdict is a changed line; whole or not at all."""
    write_text(path, dumps(results) + "\n")


def write_text(path, text):
    """Write a file whole or not at all: a run may be ended while it writes."""
    path = Path(path)
    complete = path.with_name(f"{path.name}.new")
    complete.write_text(text, encoding="utf-8")
    complete.replace(path)


def dumps(value, indent=0):
    """Return a value as JSON, opened up where it is wider than a line."""
    flat = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or indent + len(flat) <= WIDTH:
        return flat
    inner = " " * (indent + 1)
    lines = []
    if isinstance(value, dict):
        for key, content in value.items():
            name = f"{inner}{json.dumps(key, ensure_ascii=False)}: "
            lines.append(name + dumps(content, indent + 1))
        opening, closing = "{}"
    else:
        for content in value:
            lines.append(inner + dumps(content, indent + 1))
        opening, closing = "[]"
    return "\n".join([opening, ",\n".join(lines), " " * indent + closing])


def plain(value):
    """Return a value as it would be read back: tuples become lists, keys become words."""
    return json.loads(json.dumps(value))


# Entries ------------------------------------------------------------------------------------------
def find(results, keys):
    """Return the entry that keys lead to, each a dictionary deeper; None if there is none."""
    for key in keys:
        if key not in results:
            return None
        results = results[key]
    return results


def put(results, keys, value):
    """Put an entry where keys lead to."""
    *outer, last = keys
    for key in outer:
        results = results.setdefault(key, {})
    results[last] = value


def news(before, after, name=""):
    """Return a line for each entry that differs: "a, b: was 1, is 2"."""
    if isinstance(before, dict) and isinstance(after, dict):
        lines = []
        for key in [*before, *(key for key in after if key not in before)]:
            path = f"{name}, {key}" if name else key
            lines += news(before.get(key), after.get(key), path)
        return lines
    return [] if before == after else [f"{name}: was {short(before)}, is {short(after)}"]


def short(value):
    """Return a value as words that fit on a line."""
    words = str(value)
    return words if len(words) <= SHORT else f"{words[:SHORT]}..."


# What a run depends on ----------------------------------------------------------------------------
def versions(packages):
    """Return {package: version} of what is installed; "not installed" for the rest."""
    found = {}
    for package in packages:
        try:
            found[package] = importlib.metadata.version(package).split("+")[0]  # 2.13.0 of +cpu
        except importlib.metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def today():
    """Return the date, as records have it."""
    return date.today().isoformat()


# What a session measures --------------------------------------------------------------------------
class Notes:
    """What the tests of a session have measured, for the files that it belongs to."""

    def __init__(self):
        self.entries = []  # (test file, path, keys, value)
        self.kept = []  # (test file, path, keys, names)
        self.failed = set()  # test files of which a test failed: what they measured is not saved

    def note(self, source, path, keys, value):
        """Remember what a test of the file `source` has measured."""
        self.entries.append((source, Path(path), keys, plain(value)))

    def keep(self, source, path, keys, names):
        """Remember that of the entries under keys only these names still exist."""
        self.kept.append((source, Path(path), keys, set(names)))

    def save(self):
        """Save what was noted by files whose tests all passed; return what is news, a line each."""
        files = {}
        for source, path, keys, value in self.entries:
            if source not in self.failed:
                put(files.setdefault(path, read(path)), keys, value)
        for source, path, keys, names in self.kept:
            if source not in self.failed:
                entries = find(files.setdefault(path, read(path)), keys) or {}
                for name in set(entries) - names:
                    del entries[name]
        lines = []
        for path, results in files.items():
            before = read(path)
            if results != before:
                lines += [f"{path.parent.name}: {line}" for line in news(before, results)]
                write(path, results)
        return lines
