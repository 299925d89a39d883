"""Raise pins: the names that are pinned, and the files with the versions that are installed.

python -m tests.releases.pins names                    what pip should raise, a requirement each
python -m tests.releases.pins names interop            the same of a dependency group
python -m tests.releases.pins write FILE [GROUP]       the installed versions (in a group)
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


def raised_in(text, group):
    """Return pyproject.toml with one dependency group raised: others are measured elsewhere."""
    section = re.compile(rf"^{group} = \[.*?^\]", re.MULTILINE | re.DOTALL)
    return section.sub(lambda found: raised(found[0]), text)


def main(arguments):
    action, *rest = arguments
    if action == "names":
        print("\n".join(names(*rest)))
        return
    path, *group = rest
    text = Path(path).read_text(encoding="utf-8")
    write_text(path, raised_in(text, *group) if group else raised(text))


if __name__ == "__main__":
    main(sys.argv[1:])
