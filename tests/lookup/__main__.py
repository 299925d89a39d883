"""Write what the page to search holds as data: onnx-compat.json, which its schema describes.

python -m tests.lookup                   beside the schema
python -m tests.lookup --output PATH     somewhere else
"""

import argparse
import sys
from pathlib import Path

from tests.lookup import records
from tests.lookup.page import FOLDER

FILE = FOLDER / "onnx-compat.json"


def main(argv=None):
    parser = argparse.ArgumentParser(
        prog="python -m tests.lookup", description="Write what the page to search holds as JSON."
    )
    parser.add_argument("--output", type=Path, default=FILE, metavar="PATH")
    path = parser.parse_args(argv).output
    try:
        path.write_text(records.dumps(records.read()), encoding="utf-8")
    except OSError as error:
        print(f"error: cannot write {path}: {error.strerror}", file=sys.stderr)
        sys.exit(2)
    print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
