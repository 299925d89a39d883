"""Where things stand in the repository."""

from pathlib import Path

TESTS = Path(__file__).parent.parent
ROOT = TESTS.parent
SCRIPTS = ["linear_regression", "neural_network", "sklearn_converter"]

# These folders need more packages, or minutes: unless one is named, only its page is checked.
HEAVY = ["benchmarks", "estimators", "interop", "lookup", "releases", "scanners"]
