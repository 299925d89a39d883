"""Run the frameworks that cannot live beside the others, each in an environment of its own.

What a framework's file calls ALONE comes on top of the tutorial's own packages, or in place of
those that it names in another version.

    python -m tests.interop.alone [NAME ...]    # what begins with "-" goes to pytest
"""

import os
import subprocess
import sys
import venv

from tests.interop import frameworks
from tests.kit.places import ROOT, TESTS


def choose_packages(alone):
    """Return what pip has to install: ALONE, and the tutorial's packages that it does not name."""
    replaced = {package.split("==")[0] for package in alone.split()}
    packages = alone.split()
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        package = line.split("#")[0].strip()
        if package and package.split("==")[0] not in replaced:
            packages.append(package)
    return packages


def run(framework, options):
    """Install what the framework needs and run its tests; return pytest's status, or pip's."""
    folder = ROOT / f".venv-{framework.NAME.lower().replace(' ', '-')}"
    venv.create(folder, with_pip=True, clear=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    packages = choose_packages(framework.ALONE)
    status = subprocess.run([python, "-m", "pip", "install", *packages]).returncode
    if status:
        return status
    environment = {**os.environ, "INTEROP_REQUIRED": framework.NAME}
    tests = TESTS / "interop" / frameworks.test_file_of(framework)
    command = [python, "-m", "pytest", tests, *options]
    return subprocess.run(command, cwd=ROOT, env=environment).returncode


def main(arguments):
    """Return 1 if a file has failed, else 0."""
    options = [argument for argument in arguments if argument.startswith("-")]
    names = [argument.lower() for argument in arguments if not argument.startswith("-")]
    status = 0
    for name, framework in frameworks.find().items():
        if hasattr(framework, "ALONE") and (not names or name.lower() in names):
            print(f"{name}, alone", flush=True)
            if run(framework, options):
                status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
