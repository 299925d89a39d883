"""Which releases are measured: of each minor release the newest patch, and what each needs."""

from typing import NamedTuple

from tests.interop.operators.cases import SEVERAL
from tests.releases.history import ESTIMATOR, REAL

PINNED_NUMPY = "numpy==2.4.6"
OLDER_NUMPY = "numpy==1.26.4"  # the newest before 2, for releases that were compiled for it
# The way of convert.py; the others are those of runner.py, or a module of tests/engines.
ESTIMATORS = "estimators"
CHECKER = "checker"
CONVERTER = "converter"


class Tool(NamedTuple):
    """A package in some of its releases, and the way to run a case in it.

    Two packages are joined by a slash, and so are their releases.
    """

    package: str
    way: str
    releases: list
    needs: dict  # {release from which on: packages beside it, without their own}
    without: tuple = ()  # kinds of cases that say nothing of it

    def beside(self, release):
        """Return the packages to install beside a release."""
        found = []
        for first, packages in self.needs.items():
            if self.releases.index(release) >= self.releases.index(first):
                found = packages
        return found

    def installs(self, release):
        """Return the requirements of a release itself."""
        pairs = zip(self.package.split("/"), release.split("/"), strict=True)
        return [f"{package}=={version}" for package, version in pairs]


PROTOBUF = ["protobuf==6.33.6", "ml-dtypes==0.6.0", "typing-extensions==4.16.0"]
ENGINE = ["onnx==1.23.2", *PROTOBUF]  # our modules of engines read the names of inputs with it
ONNX = ["1.18.0", "1.19.1", "1.20.1", "1.21.0", "1.22.0", "1.23.2"]
ONNX_NEEDS = {"1.18.0": [PINNED_NUMPY, *PROTOBUF]}
SCIKIT_LEARN = [
    *("onnxruntime==1.32.0", "flatbuffers==25.12.19", "packaging==26.3", *PROTOBUF),
    *("joblib==1.6.0", "threadpoolctl==3.8.0", "narwhals==2.29.0", "cloudpickle==3.1.2"),
]
OLDER_ONNX = ["onnx==1.17.0", "onnxconverter-common==1.14.0"]
NEWER_SCIPY = [PINNED_NUMPY, "scipy==1.17.1", *SCIKIT_LEARN]

TOOLS = {
    "onnxruntime": Tool(
        "onnxruntime",
        "onnxruntime",
        [
            *("1.16.3", "1.17.3", "1.18.1", "1.19.2", "1.20.1", "1.21.1", "1.22.1", "1.23.2"),
            *("1.24.4", "1.25.1", "1.26.0", "1.27.0", "1.28.0", "1.29.0", "1.30.0", "1.31.1"),
            "1.32.0",
        ],
        {"1.16.3": [OLDER_NUMPY, "packaging==26.3"], "1.19.2": [PINNED_NUMPY, "packaging==26.3"]},
    ),
    "onnx.reference": Tool("onnx", "onnx.reference", ONNX, ONNX_NEEDS, (REAL,)),
    "onnx.checker": Tool("onnx", CHECKER, ONNX, ONNX_NEEDS),
    "onnx.version_converter": Tool("onnx", CONVERTER, ONNX, ONNX_NEEDS),
    # From one to the next, either the converter is another or what it converts.
    "skl2onnx/scikit-learn": Tool(
        "skl2onnx/scikit-learn",
        ESTIMATORS,
        [
            *("1.17.0/1.4.2", "1.17.0/1.5.2", "1.18.0/1.5.2", "1.18.0/1.6.1", "1.19.1/1.6.1"),
            *("1.19.1/1.7.2", "1.20.0/1.7.2", "1.20.0/1.8.0", "1.20.0/1.9.1"),
        ],
        {
            # skl2onnx 1.17 and 1.18 import what onnx 1.17 is the last to have.
            "1.17.0/1.4.2": [*OLDER_ONNX, OLDER_NUMPY, "scipy==1.13.1", *SCIKIT_LEARN],
            "1.17.0/1.5.2": [*OLDER_ONNX, *NEWER_SCIPY],
            "1.19.1/1.6.1": ["onnx==1.23.2", *NEWER_SCIPY],
        },
    ),
    "OpenVINO": Tool(
        "openvino",
        "openvino",
        ["2024.6.0", "2025.4.1", "2026.4.1"],
        {
            "2024.6.0": [OLDER_NUMPY, "packaging==26.3", *ENGINE],
            "2026.4.1": [PINNED_NUMPY, "packaging==26.3", *ENGINE],
        },
        (REAL, ESTIMATOR),
    ),
    "OpenCV": Tool(
        "opencv-python-headless",
        "opencv",
        [
            *("4.8.1.78", "4.9.0.80", "4.10.0.84", "4.11.0.86", "4.12.0.88", "4.13.0.92"),
            *("4.14.0.94", "5.0.0.93"),
        ],
        {"4.8.1.78": [OLDER_NUMPY, *ENGINE], "4.12.0.88": [PINNED_NUMPY, *ENGINE]},
        (REAL, ESTIMATOR),
    ),
    "tract": Tool(
        "tract",
        "tract",
        ["0.21.19", "0.22.4", "0.23.9"],
        {"0.21.19": [PINNED_NUMPY, *ENGINE]},
        (REAL, ESTIMATOR),
    ),
    "MNN": Tool(
        "mnn",
        "mnn",
        ["3.0.0", "3.1.0", "3.2.0", "3.4.1", "3.5.0", "3.6.1"],
        {"3.0.0": [PINNED_NUMPY, *ENGINE]},
        # What has several operators it answers by chance: see its "by chance" on that page.
        (REAL, ESTIMATOR, SEVERAL),
    ),
}
