"""What each way to ship a model needs on disk, and what its process takes until the first answer.

Each way in Python gets an environment of its own, made of nothing but the files that its packages
have installed here: what is forgotten would be missing there. Needs no network.
"""

import json
import os
import re
import subprocess
import sys
import sysconfig
import time
import venv
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement


# 1. On disk ---------------------------------------------------------------------------------------
def normalise(name):
    """Return a package's name as all its spellings are compared: ml_dtypes is ml-dtypes."""
    return re.sub(r"[-_.]+", "-", name).lower()


def find_packages(name, find=distribution):
    """Return {name: distribution} of a package and of all that it needs, each once."""
    packages = {}
    waiting = [name]
    while waiting:
        name = normalise(waiting.pop())
        if name in packages:
            continue
        packages[name] = find(name)
        for text in packages[name].requires or []:
            requirement = Requirement(text)
            if not requirement.marker or requirement.marker.evaluate({"extra": ""}):
                waiting.append(requirement.name)
    return packages


def list_files(package):
    """Return the files that a package has installed, without what Python caches."""
    files = [file for file in package.files if file.suffix != ".pyc"]
    return [file for file in files if file.locate().is_file()]


def measure_packages(packages):
    """Return {name: its version and bytes}."""
    measured = {}
    for name, package in packages.items():
        size = sum(file.locate().stat().st_size for file in list_files(package))
        measured[name] = {"version": package.version, "bytes": size}
    return measured


def make_environment(folder, packages):
    """Make an environment with these packages alone; return its Python's path."""
    venv.create(folder, with_pip=False, symlinks=True)
    place = sysconfig.get_path("purelib", "venv", {"base": str(folder)})
    for package in packages.values():
        for file in list_files(package):
            # Some lie beside the packages, as ../../../bin/f2py.
            target = Path(os.path.normpath(Path(place, file)))
            target.parent.mkdir(parents=True, exist_ok=True)
            os.link(file.locate(), target)  # fails for a file that is there already
    return folder / "bin" / "python"


def list_interpreter():
    """Return the files of Python itself, without its tests and what only compilers need."""
    library = Path(sysconfig.get_path("stdlib"))
    files = [Path(sys.executable).resolve()]
    shared = Path(sysconfig.get_config_var("LIBDIR"), sysconfig.get_config_var("LDLIBRARY"))
    if ".so" in shared.name and shared.exists():  # elsewhere it is within the program
        files.append(shared.resolve())
    unwanted = {"site-packages", "dist-packages", "test", "tests", "__pycache__"}
    for folder, folders, names in os.walk(library):
        folders[:] = [name for name in folders if name not in unwanted and "config-" not in name]
        files += [Path(folder, name) for name in names]
    return files


def measure_node_packages(folder):
    """Return {name: its version and bytes} for what npm has installed in a folder node_modules."""
    listed = json.loads((folder / ".package-lock.json").read_text(encoding="utf-8"))["packages"]
    measured = {}
    for place, package in listed.items():
        # A package's own node_modules would be listed on their own.
        size = size_of_folder(folder.parent / place, without="node_modules")
        name = place.removeprefix("node_modules/")
        measured[name] = {"version": package["version"], "bytes": size}
    return measured


def size_of_folder(top, without=None):
    """Return the bytes of all files below a folder, but for folders of one name."""
    size = 0
    for folder, folders, names in os.walk(top):
        folders[:] = [name for name in folders if name != without]
        size += sum(Path(folder, name).lstat().st_size for name in names)
    return size


def measure_base_image():
    """Return how many packages Debian requires and their bytes, as its dpkg says; or nothing."""
    command = ["dpkg-query", "--show", "--showformat", "${Priority} ${Installed-Size}\\n"]
    try:
        listed = subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout
    except OSError:
        return {}
    lines = [line.split() for line in listed.splitlines()]
    kibibytes = [int(line[1]) for line in lines if line[0] == "required"]
    return {"packages": len(kibibytes), "bytes": 1024 * sum(kibibytes)}


# 2. In a process ----------------------------------------------------------------------------------
def ask(command):
    """Return the answer of a new process, its seconds and memory, the files that it uses.

    It waits after its answer, so that Linux can be asked what it holds.
    """
    clean = {name: os.environ[name] for name in ["PATH", "HOME"] if name in os.environ}
    environment = {**clean, "ORT_DISABLE_TELEMETRY": "1"}
    pipe = subprocess.PIPE
    begin = time.perf_counter()
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=pipe, encoding="utf-8", env=environment
    ) as process:
        line = process.stdout.readline()
        seconds = time.perf_counter() - begin
        if line:
            memory = read_peak(process.pid)
            mapped = read_mapped(process.pid)
        rest, errors = process.communicate("\n", timeout=60)
    assert process.returncode == 0, f"{command}: {errors}"
    return {
        "answer": json.loads(line),
        "seconds": float(f"{seconds:.4g}"),
        "memory": memory,
        "mapped": mapped,
        "load": float(f"{float(rest):.4g}") if rest else None,
    }


def read_peak(process):
    """Return the most memory that a process has held, in bytes."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return 1024 * int(re.search(r"VmHWM:\s*(\d+) kB", status)[1])


def read_mapped(process):
    """Return the files that lie in a process's memory: its program, and all libraries."""
    maps = Path(f"/proc/{process}/maps").read_text(encoding="utf-8")
    paths = {Path(name) for name in re.findall(r" (/.+)$", maps, flags=re.MULTILINE)}
    return {path for path in paths if path.is_file()}
