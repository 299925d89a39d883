"""Rows beyond the trained range are not clipped

The graph is one Scaler: `clip=True` leaves no trace in it.
"""

import numpy as np
from sklearn.preprocessing import MaxAbsScaler

from tests.estimators.kinds import Case, append, convert, run

COVERS = ["MaxAbsScaler(clip=True)"]
SHOWS = ["Scaler"]
CURE = "Add the Clip yourself."
REPORTED = None

model = MaxAbsScaler(clip=True).fit([[-2.0], [1.0]])
rows = np.array([[1.0], [4.0]], np.float32)


def before():
    file = convert(model, rows)
    return Case(model.transform(rows), run(file, rows), file)


def after():
    file = convert(model, rows)
    append(
        file,
        """lowest = Constant <value_float = -1.0> ()
           highest = Constant <value_float = 1.0> ()
           cured = Clip (variable, lowest, highest)""",
    )
    return Case(model.transform(rows), run(file, rows), file)
