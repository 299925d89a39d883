"""Read a fitted pipeline and the rows to ask it about; what cannot be read is one line."""

import csv
import re
import warnings
from importlib.util import find_spec

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction import DictVectorizer
from sklearn.utils.validation import check_is_fitted

from tests.estimators.compare import answers
from tests.estimators.steps import parts

WHOLE = re.compile(r"[+-]?\d{1,18}")  # 19 digits may be more than int64 holds
WORD = re.compile(r"[+-]?0\d+")  # 01067 is a postcode: as a number it would lose a digit
COMMA = re.compile(r"[+-]?\d+,\d+")  # where semicolons stand between the cells
DATE = re.compile(r"\d{4}-\d\d?-\d\d?([ T]\d\d?:\d\d.*)?")
TRUTHS = {}
for truth in (True, False):
    TRUTHS.update(dict.fromkeys([str(truth), str(truth).lower(), str(truth).upper()], truth))
GAPS = {"", "NA", "N/A", "NULL", "null", "None", "<NA>"}  # among numbers; NaN is one itself
SHORT = 200  # characters of somebody else's error


class Unreadable(ValueError):
    """What is wrong with a file or with its rows, in one line."""


def one_line(error):
    """Return an error as one short line."""
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return text[:SHORT]


# The pipeline -------------------------------------------------------------------------------------
def read_model(path):
    """Return the fitted estimator of a joblib file. Loading it runs what is in it."""
    import joblib

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of another release; the comparison will tell
            model = joblib.load(path)
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror or error}") from error
    except Exception as error:  # whatever the bytes make unpickling do
        raise Unreadable(f"{path} is no joblib file that loads here: {one_line(error)}") from error
    check_model(model, path)
    return model


def check_model(model, name="the model"):
    """Raise Unreadable if an object is not a fitted estimator."""
    if not isinstance(model, BaseEstimator):
        kind = type(model).__name__
        raise Unreadable(f"{name} holds {kind}, where a fitted scikit-learn estimator was expected")
    try:
        check_is_fitted(model)
    except (NotFittedError, TypeError) as error:
        raise Unreadable(f"{name} holds {type(model).__name__}, which is not fitted") from error


def names_of(model):
    """Return the columns of the frame that a model was fitted on, or None if it was an array."""
    names = getattr(model, "feature_names_in_", None)
    return None if names is None else [str(name) for name in names]


def first_step(model):
    """Return what the rows meet first: of a pipeline, its first step."""
    while True:
        if hasattr(model, "best_estimator_"):
            model = model.best_estimator_
        elif hasattr(model, "steps"):
            model = model.steps[0][1]
        else:
            return model


def reads_texts(model):
    """Return whether a model takes one text a row."""
    return hasattr(first_step(model), "token_pattern")


def learned_words(model):
    """Return the columns, by name or by place, of which an encoder has learned words."""
    found = set()
    for part in parts(model):
        if hasattr(part, "transformers_"):
            places = part._transformer_to_input_indices
            holders = [(step, places.get(name, [])) for name, step, _ in part.transformers_]
        elif part is first_step(model):
            holders = [(part, range(getattr(part, "n_features_in_", 0)))]
        else:
            continue
        names = names_of(part)
        for step, places in holders:
            encoder = next((one for one in parts(step) if hasattr(one, "categories_")), None)
            for place, learned in zip(places, getattr(encoder, "categories_", []), strict=False):
                if all(isinstance(category, str) for category in learned):
                    found.add(names[place] if names else place)
    return found


# The rows -----------------------------------------------------------------------------------------
def read_rows(path, model):
    """Return the rows of a csv file as a model takes them: a frame, an array, or texts."""
    names, columns = read_columns(path)
    if not columns or not columns[0]:
        raise Unreadable(f"{path} has no row of data")
    wanted = names_of(model)
    if wanted is not None:
        return make_frame(path, names, columns, wanted, model)
    if isinstance(first_step(model), DictVectorizer):
        if names is None:
            raise Unreadable(f"{path} does not begin with names, which the model reads")
        typed = [typed_column(cells).tolist() for cells in columns]
        return [dict(zip(names, row, strict=True)) for row in zip(*typed, strict=True)]
    if reads_texts(model):
        if len(columns) != 1:
            raise Unreadable(f"{path} has {len(columns)} columns; the model takes one text a row")
        return np.array(columns[0], object)
    count = getattr(model, "n_features_in_", None)
    if count is not None and count != len(columns):
        raise Unreadable(f"{path} has {len(columns)} columns; the model was fitted on {count}")
    words = learned_words(model)
    typed = [typed_column(cells, place in words) for place, cells in enumerate(columns)]
    kinds = {column.dtype.kind for column in typed}
    if "O" in kinds:
        return np.column_stack([column.astype(object) for column in typed])
    if len(kinds) > 1:
        typed = [column.astype(float) for column in typed]
    return np.column_stack(typed)


def read_columns(path):
    """Return the names of the columns (None without a first line of names), and their cells."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            comma = separator(file.readline())
            file.seek(0)
            lines = [line for line in csv.reader(file, strict=True, delimiter=comma) if line]
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror or error}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise Unreadable(f"{path} is no csv file in UTF-8: {one_line(error)}") from error
    if not lines:
        raise Unreadable(f"{path} is empty")
    widths = {len(line) for line in lines}
    if len(widths) > 1:
        raise Unreadable(f"{path}: its lines have {sorted(widths)} columns; expected the same")
    names = None
    if holds_names(lines[0]):
        names, *lines = lines
    columns = [list(cells) for cells in zip(*lines, strict=True)]
    if comma == ";":
        columns = [with_points(cells) for cells in columns]
    if names and names[0] == "" and len(names) > 1:  # the index that pandas writes
        del names[0]
        del columns[:1]
    return names, columns


def separator(line):
    """Return what stands most often between the cells of a first line, a comma if nothing does."""
    outside = re.sub(r'"[^"]*"', "", line)
    return max(",;\t", key=outside.count)


def with_points(cells):
    """Return the cells of a column of numbers with a point where a decimal comma stands."""
    full = [cell for cell in cells if cell not in GAPS]
    if all(is_number(cell) or COMMA.fullmatch(cell) for cell in full):
        return [cell.replace(",", ".") for cell in cells]
    return cells


def holds_names(line):
    """Return whether the first line of a file names columns: no numbers, or pandas' 0, 1, 2, ..."""
    cells = line[1:] if line[0] == "" else line
    if cells == [str(number) for number in range(len(cells))] and len(cells) > 1:
        return True
    return not any(is_number(cell) or cell in TRUTHS for cell in cells)


def is_number(cell):
    """Return whether a cell is a number."""
    try:
        float(cell)
    except ValueError:
        return False
    return True


def typed_column(cells, words=False):
    """Return a column as whole numbers, booleans, floats or words; what is empty is NaN."""
    full = [cell for cell in cells if cell not in GAPS]
    if words or any(WORD.fullmatch(cell) for cell in full):
        return np.array([cell if cell else np.nan for cell in cells], object)
    if full and all(cell in TRUTHS for cell in cells):
        return np.array([TRUTHS[cell] for cell in cells])
    if len(full) == len(cells) and all(WHOLE.fullmatch(cell) for cell in cells):
        return np.array([int(cell) for cell in cells], np.int64)
    if all(is_number(cell) for cell in full):
        return np.array([np.nan if cell in GAPS else float(cell) for cell in cells])
    return np.array([cell if cell else np.nan for cell in cells], object)


def make_frame(path, names, columns, wanted, model):
    """Return the frame of the columns that a model was fitted on, in the model's order."""
    if find_spec("pandas") is None:
        raise Unreadable("the model was fitted on a data frame: pip install pandas")
    import pandas

    if names is None:
        raise Unreadable(f"{path} does not begin with names; expected {', '.join(wanted)}")
    lacking = [name for name in wanted if name not in names]
    if lacking:
        raise Unreadable(f"{path} lacks columns of the model: {', '.join(lacking)}")
    foreign = [name for name in names if name not in wanted]
    if foreign:
        said = f"{path} has columns that the model does not know: {', '.join(foreign)}"
        raise Unreadable(f"{said}; leave them out")
    cells = dict(zip(names, columns, strict=True))
    words = learned_words(model)
    typed = {name: typed_column(cells[name], name in words) for name in wanted}
    return with_dates(pandas.DataFrame(typed), model)


def with_dates(frame, model):
    """Return a frame with dates for what looks like dates, if the model takes no words there."""
    import pandas

    dated = frame.copy()
    for name in frame:
        if all(isinstance(cell, str) and DATE.fullmatch(cell) for cell in frame[name]):
            dated[name] = pandas.to_datetime(frame[name])
    if dated.dtypes.equals(frame.dtypes):
        return frame
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            answers(model, frame[:1])
        except Exception:  # any estimator's own
            return dated
    return frame
