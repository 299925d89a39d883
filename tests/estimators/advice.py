"""What to do about each kind of refusal: a pattern of its words, and a sentence."""

import re

FEWER_INPUTS = (
    "Convert with the frame's values, `frame.to_numpy()`, or select columns in a pipeline."
)
FLOAT32 = "Convert with a float32 sample."
ROWS = "Do not call the file without rows."

ADVICE = [
    (r"metric='.*' is not implemented", "Use euclidean, manhattan, minkowski or cosine."),
    (r"at most . input|Only one input|multiple inputs|does not support the case", FEWER_INPUTS),
    (r"ArrayFeatureExtractor node|num_indices = 0", ROWS),
    (r"Type Error|bound to different types|supported with double|Conflicted constraint", FLOAT32),
    (r"Could not find an implementation", FLOAT32),
    (r"not supported between instances|has no attribute", "Convert with the default, or float32."),
    (r"wrong type", "Convert with a sample of the type in the message; mostly float32."),
    (r"TreeEnsemble.*attributes", "Install protobuf below 7: it took the booleans in this list."),
    (r"SVM.*attributes", "Compute the kernel in the file: `linear`, `poly`, `rbf`, `sigmoid`."),
    (r"n_neighbors at the same time", "Set `radius=None`."),
    (
        r"onehot encoding|sparse outputs",
        "Ask for a dense answer: `encode='onehot-dense'` or the like.",
    ),
    (r"Only binary classification|binary classification or 1d", "Two classes only."),
    (r"flatten_transform", "Set `flatten_transform=False`."),
    (r"Inferred shape and existing shape differ", "The full check finds a shape declared wrongly."),
    (r"strip_accents|tokenizer='word'", "Normalise the texts before the file; analyse by word."),
    (r"weights is callable", "Write `weights='uniform'`."),
    (r"Solve", "No runtime has this operator."),
    (r"Infrequent categories", "Merge rare categories before the file."),
    (r"transform function is None|transform fun", "Do it before the file; it holds no Python."),
    (r"need at least one array|StringNormalizer|Reshape", ROWS),
    (r"Incompatible dimensions|Graph attribute inferencing", FEWER_INPUTS),
    (r"Unknown Category|OneHotEncoder", "As scikit-learn does: it refuses the row, too."),
]


def advice(words):
    """Return what to do about a refusal in these words."""
    for pattern, sentence in ADVICE:
        if re.search(pattern, words):
            return sentence
    return "Leave the option at its default, or choose another estimator."


def gist(words):
    """Return the words of a refusal without the names and numbers that differ from case to case."""
    text = re.sub(r"\[ONNXRuntimeError\] : \d+ : \w+ : ", "", words)
    text = re.sub(r"'[^']*'|\"[^\"]*\"|\([^)]*\)|\[[^\]]*\]|<[^>]*>|Sklearn\w+|\d+", "…", text)
    text = re.sub(r"(…\s*)+", "… ", text)
    return text.replace("|", " ")[:75].strip()
