"""What skl2onnx's own options make of a classifier's file, and what it is compared with then."""

import numpy as np

NONE = "no option"
OPTIONS = {
    NONE: {},
    "raw_scores": {"raw_scores": True},
    "nocl": {"nocl": True},
    "columns": {"zipmap": "columns"},
    "decision_path": {"decision_path": True},
}


def promised(outputs, option):
    """Return the outputs under the names of what the option promises to put there."""
    if option == "raw_scores" and "probabilities" in outputs:
        return {"label": outputs["label"], "scores": outputs["probabilities"]}
    if option == "columns":
        label, *columns = outputs.values()  # a column a class, by the name of the class
        return {"label": label, "probabilities": np.column_stack([one.ravel() for one in columns])}
    return outputs


def paths(model, rows):
    """Return the nodes that each row passes in a tree, as skl2onnx writes them: "1101" (N, 1)."""
    if hasattr(model, "best_estimator_"):
        return paths(model.best_estimator_, rows)
    if hasattr(model, "steps"):
        return paths(model[-1], model[:-1].transform(rows) if len(model) > 1 else rows)
    passed = model.decision_path(rows).toarray()
    return np.array([["".join(str(int(node)) for node in row)] for row in passed])
