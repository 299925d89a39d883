"""Write the file that write_on.html runs: python -m tests.interop.language FOLDER."""

import argparse
from pathlib import Path

import onnx

from tests import language

FILE = "three_heads.onnx"


def main(argv=None):
    """Write it into the folder of the argument, or into the current one."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.interop.language", description=__doc__.partition(":")[0]
    )
    parser.add_argument("folder", type=Path, nargs="?", default=Path())
    folder = parser.parse_args(argv).folder
    if not folder.is_dir():
        parser.exit(2, f"error: {folder}: no such folder; expected one to write {FILE} into\n")
    onnx.save(language.parse(language.THREE_HEADS), folder / FILE)
    print(f"{folder / FILE} was written")


if __name__ == "__main__":
    main()
