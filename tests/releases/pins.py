"""Raise pins: the names that are pinned, and the files with the versions that are installed.

python -m tests.releases.pins names                    what pip should raise, a requirement each
python -m tests.releases.pins names interop            the same of a dependency group
python -m tests.releases.pins write FILE ...           the installed version for each pin
"""

import importlib.metadata
import re
import sys
import tomllib
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement

from tests.kit.places import ROOT

PIN = re.compile(r'^(\s*"?)([A-Za-z0-9_.-]+)==([^\s";,]+)([^#\n]*)(.*)$', re.MULTILINE)
# By its exact version alone torch stays without CUDA, and torchvision brings the torch it wants.
KEPT = {"torch", "torchvision"}


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


def raised(text):
    """Return a file with the installed versions; what is for other systems or Pythons stays."""

    def replace(match):
        before, name, version, rest, comment = match.groups()
        marker = rest.partition(";")[2].strip(' ",')
        if not marker or Marker(marker).evaluate():
            version = version_of(name) or version
        return f"{before}{name}=={version}{rest}{comment}"

    return PIN.sub(replace, text)


def main(arguments):
    action, *rest = arguments
    if action == "names":
        print("\n".join(names(*rest)))
        return
    for path in map(Path, rest):
        path.write_text(raised(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
