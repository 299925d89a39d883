"""Damage the files of all three scripts, and record what came of it.

Run it:  python -m tests.security.measure     in about a minute
Then:    pytest --update                      writes the pages
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.kit import record
from tests.kit.places import ROOT, SCRIPTS
from tests.security.damage import choose_places, count
from tests.security.page import FILE


def main():
    """Record how many damaged models are refused, answer as before, or otherwise."""
    counts = {}
    with tempfile.TemporaryDirectory() as folder:
        for script in SCRIPTS:
            command = [sys.executable, str(ROOT / f"{script}.py")]
            subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        for path in sorted(Path(folder).iterdir()):
            counts[path.name] = count(path, choose_places(path.stat().st_size))
            print(path.name, counts[path.name], flush=True)
    results = record.read(FILE)
    versions = record.versions(["onnxruntime"])
    results["damage"] = {"date": record.today(), **versions, "counts": counts}
    record.write(FILE, results)


if __name__ == "__main__":
    main()
