"""Raise pins: the names that are pinned, and the files with the versions that are installed.

python -m tests.releases.pins names                    what pip should raise, a requirement each
python -m tests.releases.pins names interop            the same of a dependency group
python -m tests.releases.pins write FILE               the installed version for each pin, there
                                                       and where another file has the same pin
"""

import importlib.metadata
import re
import sys
import tomllib
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement

from tests.kit.places import ROOT
from tests.kit.record import write_text

PIN = re.compile(r'^(\s*"?)([A-Za-z0-9_.-]+)==([^\s";,]+)([^#\n]*)(.*)$', re.MULTILINE)
# By its exact version alone torch stays without CUDA, and torchvision brings the torch it wants.
# Another matplotlib draws the same pictures in other bytes.
KEPT = {"torch", "torchvision", "matplotlib"}
# The tutorial wants an older one than the other frameworks.
APART = {"protobuf"}


def names(group=None):
    """Return the requirements to install: without their versions, but for those that are kept."""
    content = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = content["dependency-groups"][group] if group else content["project"]["dependencies"]
    constraints = content["tool"]["uv"]["constraint-dependencies"] if not group else []
    found = []
    for text in listed:
        name = Requirement(text).name
        found.append(text if name in KEPT else name)
    return found + constraints


def version_of(name):
    """Return the installed version of a package, None if there is none."""
    try:
        return importlib.metadata.version(name).split("+")[0]
    except importlib.metadata.PackageNotFoundError:
        return None


def replaced(text, choose):
    """Return a file with other versions: choose(name, version) of each pin that holds here."""

    def replace(match):
        before, name, version, rest, comment = match.groups()
        marker = rest.partition(";")[2].strip(' ",')
        if not marker or Marker(marker).evaluate():
            version = choose(name, version)
        return f"{before}{name}=={version}{rest}{comment}"

    return PIN.sub(replace, text)


def raised(text):
    """Return a file with the installed versions; what is for other systems or Pythons stays."""
    return replaced(text, lambda name, version: version_of(name) or version)


def pinned(text):
    """Return {package: version} of the pins of a file that hold here."""
    found = {}

    def note(name, version):
        found[name] = version
        return version

    replaced(text, note)
    return found


def write(path, root=ROOT):
    """Raise the pins of a file, and the same pins of others: pip takes the groups together."""
    text = raised(path.read_text(encoding="utf-8"))
    write_text(path, text)
    versions = {name: version for name, version in pinned(text).items() if name not in APART}
    for other in [root / "pyproject.toml", *sorted((root / "tests").rglob("requirements.txt"))]:
        if other.resolve() != path.resolve():
            shared = replaced(other.read_text(encoding="utf-8"), versions.get)
            write_text(other, shared)


def main(arguments):
    action, *rest = arguments
    if action == "names":
        print("\n".join(names(*rest)))
    else:
        write(Path(*rest))


if __name__ == "__main__":
    main(sys.argv[1:])
