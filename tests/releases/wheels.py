"""Ask the index whether every pin has a wheel for the systems that nobody here has.

    python -m tests.releases.wheels        writes wheels.json; needs the network; a few minutes

Nothing is installed or run: that there is a wheel does not say that it works.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from packaging.markers import Marker

from tests.kit import record
from tests.kit.places import ROOT

FILE = Path(__file__).with_name("wheels.json")
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
GLIBC = ["manylinux_2_28", "manylinux_2_27", "manylinux_2_24", "manylinux_2_17", "manylinux2014"]
# {system: (sys.platform, the platforms whose wheels it takes)}
SYSTEMS = {
    "Windows, x86-64": ("win32", ["win_amd64"]),
    "Windows, ARM": ("win32", ["win_arm64"]),
    "macOS 14, ARM": ("darwin", ["macosx_14_0_arm64"]),
    "macOS 14, Intel": ("darwin", ["macosx_14_0_x86_64"]),
    "Linux, ARM": ("linux", [f"{glibc}_aarch64" for glibc in GLIBC]),
}
MISSING = re.compile(r"No matching distribution found for ([\w.-]+==\S+)")


def pins(text, platform, python):
    """Return the pins of a requirements file that hold on a system: pip would ask this one's."""
    there = {
        "sys_platform": platform,
        "python_version": python,
        "python_full_version": f"{python}.0",
    }
    found = []
    for line in text.splitlines():
        pin, _, marker = line.split("#")[0].partition(";")
        if pin.strip() and (not marker or Marker(marker.strip()).evaluate(there)):
            found.append(pin.strip())
    return found


def ask(wanted, platforms, python):
    """Return the pins without a wheel; RuntimeError in pip's own words if it was something else."""
    missing = []
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-deps"]
    command += ["--ignore-installed", "--only-binary=:all:", "--implementation", "cp"]
    # Without the last, pip compares what a package requires with the Python that runs pip.
    command += ["--python-version", python, "--ignore-requires-python"]
    for platform in platforms:
        command += ["--platform", platform]
    with tempfile.TemporaryDirectory() as folder:
        while wanted:
            done = subprocess.run(
                [*command, "--target", folder, *wanted], capture_output=True, text=True
            )
            if done.returncode == 0:
                break
            found = MISSING.search(done.stderr)
            if not found or found[1] not in wanted:
                raise RuntimeError(done.stderr[-300:])
            missing.append(found[1])
            wanted = [pin for pin in wanted if pin != found[1]]
    return missing


def main():
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    missing = {}
    for system, (platform, platforms) in SYSTEMS.items():
        for python in PYTHONS:
            wanted = pins(text, platform, python)
            found = ask(wanted, platforms, python)
            print(f"{system}, Python {python}: {len(wanted)} asked, without: {found}", flush=True)
            missing.setdefault(system, {})[python] = found
    record.write(FILE, {"date": record.today(), "without a wheel": missing})


if __name__ == "__main__":
    main()
