"""Proofs and pages, beside the three scripts."""

import os

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # before anything below imports onnxruntime
