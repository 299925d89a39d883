"""Ask about a fitted pipeline of your own: is its file right on these rows, and what helps if not?

    findings = ask(model, rows)        rows: an array, a frame or texts, as the model takes them

Each conversion runs in a copy of this process where that is possible: some never end.
"""

import warnings
from dataclasses import asdict, dataclass, field, replace
from textwrap import shorten

import numpy as np
from threadpoolctl import threadpool_limits

from tests.estimators import kinds, options
from tests.estimators.compare import BOUND, answers
from tests.estimators.cures import mend, registered
from tests.estimators.judge import compare_all, drifted
from tests.estimators.reading import Unreadable, check_model, one_line
from tests.estimators.steps import WORDS, Refusal, convert, load, parts, run, stage
from tests.estimators.verdicts import AGREES, CRASHED, DRIFTS, MISNAMED, REFUSED, SILENT, WRONG
from tests.kit import apart

VERSION = 1  # of what to_dict returns
CURED = "convert with the cures"
CURES = "tests.estimators.cures: register_converters() before to_onnx, then mend(file, model)"
FLOAT64 = "convert and feed all numbers as float64"
VALUES = "convert and feed the frame's values, frame.to_numpy(), as one input"
FLOATS = "convert and feed all numbers as floats"
SHORT = 300  # characters of somebody else's error
SECONDS = 15  # of a processor's work for one conversion and its rows


@dataclass
class Answer:
    """What one conversion gave: its verdict, how far off, in how many rows, and why."""

    verdict: str
    error: float = 0.0
    rows: int = 0
    differing: int = 0
    words: str = ""
    outputs: dict = field(default_factory=dict)  # {name: rows that differ}

    def __str__(self):
        if self.verdict == AGREES:
            return f"agrees on {self.rows} of {self.rows} rows, off by {self.error:.1g}"
        if self.verdict in SILENT:
            count = f" in {self.differing} of {self.rows} rows" if self.differing else ""
            return f"{self.verdict}: {self.words}{count}, off by {self.error:.1g}"
        return f"{self.verdict}: {self.words}"


@dataclass
class Findings:
    """All that there is to say of a pipeline on some rows."""

    model: str
    answer: Answer
    step: str = ""  # the first that goes wrong when it gets scikit-learn's own rows
    step_answer: Answer | None = None
    kind: str = ""  # the name of its file in kinds/
    title: str = ""
    cure: str = ""
    page: str = ""
    helped: str = ""  # the way of converting that agrees here
    ways: dict = field(default_factory=dict)  # {way of converting that may help: Answer}
    besides: dict = field(default_factory=dict)  # {what else was tried: Answer or words}

    @property
    def verdict(self):
        return self.answer.verdict

    def agrees(self):
        """Return whether every output of the file agreed on every row."""
        return self.verdict == AGREES

    def to_dict(self):
        """Return the findings as JSON takes them."""
        return {"version": VERSION, **asdict(self)}


# One conversion -----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Way:
    """A way of converting: the precision of floating columns, and what is done beforehand."""

    dtype: str = "float32"
    words: bool = False  # scikit-learn's pattern and letters for what reads texts
    floats: bool = False  # whole numbers and booleans become floats
    values: bool = False  # of a frame, as one array
    cured: bool = False  # with the corrected converters, and mended
    option: str = options.NONE  # of skl2onnx, for the estimator that answers


def as_floats(rows):
    """Return the rows with whole numbers and booleans as floats; words stay words."""
    if hasattr(rows, "iloc"):
        numbers = [name for name in rows if getattr(rows[name].dtype, "kind", "O") in "iub"]
        return rows.astype(dict.fromkeys(numbers, float))
    if isinstance(rows, np.ndarray) and rows.dtype.kind in "iub":
        return rows.astype(float)
    return rows


def convert_by(model, rows, way):
    """Return the file that a way of converting gives."""
    words = WORDS if way.words else None
    said = options.OPTIONS[way.option]
    if not way.cured:
        return convert(model, rows, np.dtype(way.dtype), words, said)
    with registered():
        file = convert(model, rows, np.dtype(way.dtype), words, said)
        return mend(file, model)


def judge_way(model, rows, way):
    """Return the Answer of one way of converting."""
    try:
        known = stage("scikit-learn", answers, model, rows)
        fed = as_floats(rows) if way.floats else rows
        fed = rows.to_numpy(float) if way.values else fed
        dtype = np.dtype(way.dtype)
        file = stage("skl2onnx", convert_by, model, fed, way)
        session = stage("loading", load, file)
        outputs = stage("running", run, session, fed, dtype)
        outputs = options.promised(outputs, way.option)
        if way.option == "decision_path":
            known["decision_path"] = options.paths(model, rows)
    except Refusal as refusal:
        said = shorten(f"{refusal.stage}: {refusal.whole}", SHORT, placeholder=" ...")
        return Answer(REFUSED, rows=len(rows), words=said)
    finding, by_row = compare_all(model, outputs, known)
    verdict = finding["verdict"]
    if verdict == WRONG and stage("nudging", drifted, by_row, model, rows, known):
        verdict = DRIFTS
    counts = {}
    for name, errors in by_row.items():
        counts[name] = len(rows) if errors is None else int((errors > BOUND).sum())
    return Answer(
        verdict,
        finding["error"],
        len(rows),
        max(counts.values(), default=0),
        finding.get("note", ""),
        counts,
    )


def judge_quietly(model, rows, way):
    """Return the Answer on one thread and without warnings."""
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")
        return judge_way(model, rows, way)


def attempt(model, rows, way):
    """Return the Answer of one way of converting; what ends the process is one, too."""
    if not apart.POSSIBLE:
        return judge_quietly(model, rows, way)
    outcome = apart.copy(
        judge_quietly, model, rows, way, seconds=5 * SECONDS, work=SECONDS, quiet=True
    )
    if outcome.ended == apart.RETURNED:
        return outcome.value
    words = outcome.words or outcome.error or f"no answer after {SECONDS} seconds of work"
    return Answer(CRASHED, rows=len(rows), words=words)


class Trials:
    """The ways of converting one model, each tried once on the same rows."""

    def __init__(self, model, rows):
        self.model = model
        self.rows = rows
        self.found = {}

    def answer(self, way):
        """Return the Answer of one way of converting."""
        if way not in self.found:
            self.found[way] = attempt(self.model, self.rows, way)
        return self.found[way]

    def verdict(self, way=Way()):
        """Return the Answer of a way, the plain one; what float64 gets right was rounding."""
        answer = self.answer(way)
        if answer.verdict == WRONG:
            # Of whole numbers: rounding, unless one column cut the others off, which floats mend.
            whole = has_whole_numbers(self.rows)
            cut_off = whole and self.answer(replace(way, floats=True)).verdict == AGREES
            for floats in {False, whole and not cut_off}:
                double = replace(way, dtype="float64", floats=floats)
                if self.answer(double).verdict == AGREES:
                    answer.verdict = DRIFTS
        return answer


# Steps --------------------------------------------------------------------------------------------
def inner_steps(model, rows):
    """Yield (name, estimator, its rows as scikit-learn makes them) of what a model is made of."""
    if hasattr(model, "steps"):
        for number, (name, step) in enumerate(model.steps, 1):
            if step in (None, "passthrough"):
                continue
            yield f"step {number} of {len(model.steps)}, {name}", step, rows
            if number < len(model.steps):
                rows = dense(step.transform(rows))
    elif hasattr(model, "transformers_"):
        from sklearn.utils import _safe_indexing

        for name, step, columns in model.transformers_:
            if hasattr(step, "transform"):
                chosen = _safe_indexing(rows, columns, axis=1)
                texts = hasattr(chosen, "iloc") and chosen.ndim == 1
                yield name, step, chosen.to_numpy(object) if texts else chosen
    elif hasattr(model, "transformer_list"):
        for name, step in model.transformer_list:
            if hasattr(step, "transform"):
                yield name, step, rows
    for name in ("best_estimator_", "regressor_"):
        if hasattr(model, name):
            yield name, getattr(model, name), rows


def dense(rows):
    """Return rows that onnxruntime can be fed with."""
    return rows.toarray() if hasattr(rows, "toarray") else rows


def has_columns(rows):
    """Return whether a step got any column."""
    return getattr(rows, "ndim", 2) == 1 or rows.shape[1] > 0


def first_wrong(model, rows, bad):
    """Return (path, step, rows, Answer) of the first step with a bad verdict, or None."""
    for name, step, given in inner_steps(model, rows):
        if not has_columns(given):
            continue
        answer = Trials(step, given).verdict()
        if answer.verdict in bad:
            inner = first_wrong(step, given, bad)
            if inner:
                return (f"{name}: {inner[0]}", *inner[1:])
            return f"{name}, {type(step).__name__}", step, given, answer
    return None


# What helps ---------------------------------------------------------------------------------------
def kinds_of(rows):
    """Return a letter for the type of each column of a frame, as numpy has them."""
    return [getattr(dtype, "kind", "O") for dtype in rows.dtypes]


def has_whole_numbers(rows):
    """Return whether any column holds whole numbers or booleans."""
    if hasattr(rows, "iloc"):
        return any(kind in "iub" for kind in kinds_of(rows))
    return isinstance(rows, np.ndarray) and rows.dtype.kind in "iub"


def ways(model, rows):
    """Yield (what to do, Way) for each way of converting that may help."""
    if has_whole_numbers(rows):
        yield FLOATS, Way(floats=True)
    yield CURED, Way(cured=True)
    if has_whole_numbers(rows):
        yield f"both: {FLOATS}, and {CURED}", Way(floats=True, cured=True)
    if hasattr(rows, "iloc") and all(kind in "fiub" for kind in kinds_of(rows)):
        yield VALUES, Way(values=True)
        yield f"{VALUES}, and {CURED}", Way(values=True, cured=True)
    if any(hasattr(part, "token_pattern") for part in parts(model)):
        said = ", ".join(f"{name}={value!r}" for name, value in WORDS.items())
        yield f"give what reads texts the options {said}", Way(words=True)
        yield f"these options, and {CURED}", Way(words=True, cured=True)
    yield FLOAT64, Way("float64", floats=has_whole_numbers(rows))


def try_ways(findings, trials):
    """Note what each way of converting gives, up to the first that agrees."""
    for what, way in ways(trials.model, trials.rows):
        findings.ways[what] = trials.answer(way)
        if findings.ways[what].verdict == AGREES:
            findings.helped = what
            return
    if findings.verdict in SILENT:
        return
    for what, part, given in without_the_start(trials.model, trials.rows):
        for also, way in (("", Way()), (f", {CURED}", Way(floats=True, cured=True))):
            findings.ways[what + also] = attempt(part, given, way)
            if findings.ways[what + also].verdict == AGREES:
                findings.helped = what + also
                return


def without_the_start(model, rows):
    """Yield (what to do, estimator, its rows): what is left without the steps before it."""
    if hasattr(model, "regressor_"):
        what = "convert model.regressor_, and apply inverse_func to what it answers"
        yield what, model.regressor_, rows
    for start in range(1, len(getattr(model, "steps", []))):
        given = dense(model[:start].transform(rows))
        what = f"convert model[{start}:] alone, and transform the rows with model[:{start}] before"
        yield what, model[start:], given


# What else was tried ------------------------------------------------------------------------------
def missing(rows):
    """Return for each row whether a value is missing in it."""
    if hasattr(rows, "iloc"):
        return rows.isna().to_numpy().any(axis=1)
    if isinstance(rows, np.ndarray) and rows.dtype.kind == "f":
        return np.isnan(rows).reshape(len(rows), -1).any(axis=1)
    return np.zeros(len(rows), bool)


def with_a_gap(rows):
    """Return the first row without its first floating number, or None if it has none."""
    if hasattr(rows, "iloc"):
        row = rows[:1].copy()
        for name in row:
            if getattr(row[name].dtype, "kind", "O") == "f":
                row[name] = np.nan
                return row
        return None
    if isinstance(rows, np.ndarray) and rows.dtype.kind == "f" and rows.ndim == 2:
        row = rows[:1].copy()
        row[0, 0] = np.nan
        return row
    return None


def answers_anyway(model, row):
    """Convert a model, and run the file on a row that scikit-learn refuses."""
    file = convert(model, row, np.dtype("float32"))
    run(load(file), row, np.dtype("float32"))


def ask_without_refusal(model, row):
    """Return what came of a row that scikit-learn refuses."""
    if not apart.POSSIBLE:
        return "scikit-learn refuses it"
    outcome = apart.copy(answers_anyway, model, row, work=SECONDS, quiet=True)
    if outcome.ended == apart.RETURNED:
        return "scikit-learn refuses it, the file answers"
    return "scikit-learn refuses it, and the file does not answer"


def besides(trials):
    """Return {what else was tried: what came of it}; none of it changes the verdict."""
    model = trials.model
    rows = trials.rows
    found = {}
    if has_whole_numbers(rows):
        found["all numbers as floats"] = trials.answer(Way(floats=True))
    found["float64"] = trials.answer(Way("float64", floats=has_whole_numbers(rows)))
    gaps = missing(rows)
    if gaps.any() and not gaps.all():
        found["rows without gaps"] = attempt(model, rows[~gaps], Way())
    row = with_a_gap(rows)
    if row is None:
        return found
    try:
        stage("scikit-learn", answers, model, row)
        found["one row with a gap"] = attempt(model, row, Way())
    except Refusal:
        found["one row with a gap"] = ask_without_refusal(model, row)
    return found


# All of it ----------------------------------------------------------------------------------------
def describe(model):
    """Return the classes that a model is made of, in a line."""
    steps = [step for _, step in getattr(model, "steps", []) if hasattr(step, "get_params")]
    names = ", ".join(type(step).__name__ for step in steps)
    return f"{type(model).__name__} of {names}" if names else type(model).__name__


def check_rows(model, rows):
    """Raise Unreadable if scikit-learn itself does not answer for the rows."""
    if len(rows) == 0:
        raise Unreadable("there is no row")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = answers(model, rows)
    except Exception as error:  # any estimator's own
        raise Unreadable(f"scikit-learn refuses these rows: {one_line(error)}") from error
    if not found:
        raise Unreadable(f"{type(model).__name__} neither predicts nor transforms rows")


def ask(model, rows):
    """Return Findings: the verdict on these rows, the step, the kind, and what helps.

    Raises Unreadable if the model is not fitted, or does not take the rows.
    """
    check_model(model)
    check_rows(model, rows)
    trials = Trials(model, rows)
    findings = Findings(describe(model), trials.verdict())
    if not findings.agrees():
        blame(findings, model, rows)
        try_ways(findings, trials)
    findings.besides = besides(trials)
    return findings


def blame(findings, model, rows):
    """Note the first step that goes wrong, and the kind that explains it."""
    bad = SILENT if findings.verdict in SILENT else [findings.verdict, WRONG, MISNAMED]
    path, step, given, answer = first_wrong(model, rows, bad) or (
        f"the whole, {type(model).__name__}",
        model,
        rows,
        findings.answer,
    )
    findings.step = path
    findings.step_answer = answer
    if answer.verdict in SILENT:
        name = kinds.explaining(step, given, answer.verdict == DRIFTS)
        if name:
            findings.kind = name
            findings.title = kinds.title(name)
            findings.cure = kinds.kinds()[name].CURE
            findings.page = f"tests/estimators/KINDS.md#{kinds.anchor(name)}"
