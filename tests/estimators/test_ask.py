"""The command: sound pipelines are left in peace, silent ones are told with their step and kind."""

import json
from importlib.util import find_spec

import joblib
import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.datasets import make_classification
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.impute import KNNImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    Normalizer,
    OneHotEncoder,
    SplineTransformer,
    StandardScaler,
)
from sklearn.svm import SVC

from tests.estimators import sound
from tests.estimators.__main__ import RUNS, lines, main, wrapped
from tests.estimators.ask import CURED, FLOAT64, VALUES, Trials, ask
from tests.estimators.reading import Unreadable, read_rows, typed_column
from tests.estimators.verdicts import AGREES, DRIFTS, REFUSED, WRONG

pytestmark = pytest.mark.filterwarnings("ignore")

X, y = make_classification(200, 4, n_informative=3, n_redundant=0, random_state=4)
TEXTS = np.array(["Größe schön", "die Größe"] * 5, object)
CODES = np.column_stack([np.arange(200) % 10, X[:, 0]])
DAYS = np.column_stack([1.7e9 + np.arange(200) * 10, X[:, 1]])
IDS = (DAYS * 10).astype(np.int64)
GAPS = np.where(np.arange(X.size).reshape(X.shape) % 11 == 0, np.nan, X)
LINE = np.linspace(0, 10, 200)[:, None]


def needs_pandas(function):
    return pytest.mark.skipif(find_spec("pandas") is None, reason="no pandas")(function)


def assert_sound(models):
    accused = []
    for name, model, rows in models:
        answer = Trials(model, rows).verdict()
        if answer.verdict != AGREES:
            accused.append(f"{name}: {answer}")
    assert not accused


def test_of_thirty_sound_pipelines_none_is_accused():
    models = list(sound.arrays())
    assert len(models) >= 30
    assert_sound(models)


@needs_pandas
def test_sound_pipelines_of_frames_are_left_in_peace():
    assert_sound(sound.frames())


# Model, rows, verdict, the step (its last word), the kind's file.
SILENT = {
    "a step in the middle": (
        make_pipeline(StandardScaler(), Normalizer("max"), LogisticRegression()).fit(X, y),
        X,
        WRONG,
        "step 2 of 3, normalizer, Normalizer",
        "normalizer_max",
    ),
    "a pipeline in a pipeline": (
        make_pipeline(make_pipeline(StandardScaler(), MaxAbsScaler(clip=True))).fit(X[:50], y[:50]),
        X,
        WRONG,
        "step 1 of 1, pipeline: step 2 of 2, maxabsscaler, MaxAbsScaler",
        "maxabs_clip",
    ),
    "a member without probabilities": (
        make_pipeline(StandardScaler(), OneVsRestClassifier(SVC())).fit(X, y),
        X,
        WRONG,
        "step 2 of 2, onevsrestclassifier, OneVsRestClassifier",
        "scores_of_members",
    ),
    "calibration around a pipeline": (
        CalibratedClassifierCV(make_pipeline(StandardScaler(), LogisticRegression())).fit(X, y),
        X,
        WRONG,
        "the whole, CalibratedClassifierCV",
        "calibrated_pipeline",
    ),
    "categories": (
        HistGradientBoostingClassifier(categorical_features=[0]).fit(CODES, (CODES[:, 0] % 3 == 0)),
        CODES,
        WRONG,
        "the whole, HistGradientBoostingClassifier",
        "boosted_categories",
    ),
    "rounding": (
        make_pipeline(StandardScaler(), LinearRegression()).fit(DAYS, np.arange(200)),
        DAYS,
        DRIFTS,
        "step 1 of 2, standardscaler, StandardScaler",
        "large_numbers",
    ),
    "whole numbers that float32 cannot hold": (
        make_pipeline(StandardScaler(), LogisticRegression()).fit(IDS, y),
        IDS,
        DRIFTS,
        "step 1 of 2, standardscaler, StandardScaler",
        "large_numbers",
    ),
    "right labels, wrong probabilities": (
        make_pipeline(StandardScaler(), LinearDiscriminantAnalysis()).fit(X, y),
        X,
        WRONG,
        "step 2 of 2, lineardiscriminantanalysis, LinearDiscriminantAnalysis",
        "lda_two_classes",
    ),
    "one class": (
        make_pipeline(StandardScaler(), RandomForestClassifier(3)).fit(X, np.full(len(X), 7)),
        X,
        WRONG,
        "step 2 of 2, randomforestclassifier, RandomForestClassifier",
        "one_class",
    ),
    "a smooth process": (
        make_pipeline(StandardScaler(), GaussianProcessRegressor(optimizer=None, alpha=1e-9)).fit(
            LINE, LINE % 3
        ),
        LINE,
        DRIFTS,
        "step 2 of 2, gaussianprocessregressor, GaussianProcessRegressor",
        "smooth_process",
    ),
}
ROUNDING = ("large_numbers", "smooth_process")


@pytest.mark.parametrize("case", SILENT)
def test_what_is_silent_is_told_with_its_step_and_kind(case):
    model, rows, verdict, step, kind = SILENT[case]
    findings = ask(model, rows)
    assert (findings.verdict, findings.step, findings.kind) == (verdict, step, kind)
    assert findings.helped == (FLOAT64 if kind in ROUNDING else CURED)
    assert findings.cure and findings.page.startswith("tests/estimators/KINDS.md#")


def test_rounding_is_cured_by_float64():
    model, rows, *_ = SILENT["rounding"]
    findings = ask(model, rows)
    assert findings.helped == FLOAT64
    assert findings.ways[findings.helped].verdict == AGREES


def test_words_beyond_ascii_are_cured_by_options():
    findings = ask(make_pipeline(CountVectorizer(), MultinomialNB()).fit(TEXTS, [0, 1] * 5), TEXTS)
    assert findings.verdict == WRONG
    assert "tokenexp" in findings.helped


@needs_pandas
def test_whole_numbers_that_cut_the_others_off_are_cured_by_floats():
    import pandas

    frame = pandas.DataFrame({"age": np.arange(200) % 60, "a": X[:, 0], "b": X[:, 1]})
    findings = ask(make_pipeline(StandardScaler(), LogisticRegression()).fit(frame, y), frame)
    assert findings.verdict == WRONG
    assert findings.helped == "convert and feed all numbers as floats"


REFUSALS = {
    "a function": (make_pipeline(FunctionTransformer(np.cbrt), LogisticRegression()), X, y),
    "no converter": (
        make_pipeline(StandardScaler(), SplineTransformer(), LinearRegression()),
        X,
        y,
    ),
    "an indicator": (
        make_pipeline(KNNImputer(add_indicator=True), RandomForestClassifier(3)),
        GAPS,
        y,
    ),
    "a target": (TransformedTargetRegressor(LinearRegression(), func=np.exp), X, X[:, 0]),
}
WHAT_HELPS = {
    "a function": ("step 1 of 2, functiontransformer", "convert model[1:] alone"),
    "no converter": ("step 2 of 3, splinetransformer", "convert model[2:] alone"),
    "an indicator": ("step 1 of 2, knnimputer, KNNImputer", "convert model[1:] alone"),
    "a target": ("the whole, TransformedTargetRegressor", "convert model.regressor_"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_is_left_of_a_refused_pipeline_is_tried(case):
    model, rows, target = REFUSALS[case]
    if case == "a target":
        model.set_params(inverse_func=np.log)
    findings = ask(model.fit(rows, target), rows)
    step, help = WHAT_HELPS[case]
    assert findings.verdict == REFUSED
    assert findings.step.startswith(step)
    assert findings.helped.startswith(help)
    assert findings.ways[findings.helped].verdict == AGREES
    printed = [wrapped(line) for line in lines(findings)]
    assert max(len(line) for text in printed for line in text.splitlines()) <= 100
    long = findings.answer.words
    assert sum(long in line for line in lines(findings)) == 1  # its words are told once


@needs_pandas
def test_a_model_that_takes_one_input_gets_the_values_of_the_frame():
    import pandas

    frame = pandas.DataFrame(X, columns=["a b", "c", "d", "e"])
    findings = ask(RandomForestClassifier(3, random_state=0).fit(frame, y), frame)
    assert findings.verdict == REFUSED
    assert findings.helped == VALUES
    scaler = make_pipeline(StandardScaler(), LogisticRegression()).fit(frame, y)
    assert ask(scaler, frame).agrees()


@needs_pandas
def test_columns_with_odd_names_and_a_column_of_texts():
    import pandas

    frame = pandas.DataFrame({"Größe in cm": X[:, 0], "Straße, Ort": "Köln, Łódź", "text": "ab cd"})
    frame.loc[::2, "text"] = "große Bäume"
    scaled = ("scale", StandardScaler(), ["Größe in cm"])
    one = ("one", OneHotEncoder(), ["Straße, Ort"])
    model = make_pipeline(ColumnTransformer([scaled, one]), LogisticRegression()).fit(frame, y)
    assert ask(model, frame).agrees()
    words = ("words", CountVectorizer(), "text")
    model = make_pipeline(ColumnTransformer([scaled, words]), LogisticRegression()).fit(frame, y)
    findings = ask(model, frame)
    assert findings.step == "step 1 of 2, columntransformer: words, CountVectorizer"
    assert findings.kind == "letters_beyond_ascii"
    assert "tokenexp" in findings.helped


# The command --------------------------------------------------------------------------------------
@pytest.fixture
def saved(tmp_path):
    """Return a function that saves a model and rows, and returns the command's arguments."""

    def save(model, rows, header="a,b,c,d"):
        joblib.dump(model, tmp_path / "model.joblib")
        lines = [header] if header else []
        for row in rows:
            lines.append(",".join(str(value) for value in np.atleast_1d(row)))
        (tmp_path / "rows.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return [str(tmp_path / "model.joblib"), str(tmp_path / "rows.csv")]

    return save


def test_the_command_says_that_a_sound_file_agrees(saved, capsys):
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)
    assert main(saved(model, X)) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == RUNS
    assert "agrees on 200 of 200 rows" in printed[1]


def test_the_command_tells_a_silent_file(saved, capsys):
    model, *_ = SILENT["a step in the middle"]
    assert main(saved(model, X)) == 1
    printed = capsys.readouterr().out
    assert "First step that goes wrong: step 2 of 3, normalizer, Normalizer" in printed
    assert "KINDS.md#rows-are-divided-by-their-largest-number" in printed


def test_the_command_writes_json(saved, capsys):
    model, *_ = SILENT["a step in the middle"]
    assert main([*saved(model, X), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["version"] == 1
    assert said["answer"]["verdict"] == WRONG
    assert said["kind"] == "normalizer_max"
    assert said["answer"]["rows"] == 200


UNREADABLE = {
    "no such file": (None, X[:2], "a,b,c,d", "No such file"),
    "no estimator": ({"a": 1}, X[:2], "a,b,c,d", "holds dict"),
    "not fitted": (LogisticRegression(), X[:2], "a,b,c,d", "not fitted"),
    "a column too few": (LogisticRegression().fit(X, y), X[:2, :3], "a,b,c", "fitted on 4"),
    "no rows": (LogisticRegression().fit(X, y), [], "a,b,c,d", "no row"),
    "words": (LogisticRegression().fit(X, y), [["x", "y", "z", "w"]], "a,b,c,d", "refuses"),
    "uneven lines": (LogisticRegression().fit(X, y), X[:2], "a,b,c", "lines have [3, 4]"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_cannot_be_read_is_one_line(case, saved, capsys):
    model, rows, header, words = UNREADABLE[case]
    arguments = saved(model, rows, header)
    if case == "no such file":
        arguments[0] += ".gone"
    assert main(arguments) == 2
    complaint = capsys.readouterr().err
    assert complaint.startswith("error: ") and complaint.count("\n") == 1
    assert words in complaint


def test_bytes_that_are_no_joblib_file_are_one_line(tmp_path, capsys):
    for content in [b"", b"not a pickle", b"\x80\x04.", joblib.__file__.encode()]:
        path = tmp_path / "model.joblib"
        path.write_bytes(content)
        assert main([str(path), str(path)]) == 2
        assert capsys.readouterr().err.count("\n") == 1


# Rows ---------------------------------------------------------------------------------------------
def test_a_column_is_what_its_cells_are():
    assert typed_column(["1", "-2"]).dtype == np.int64
    assert typed_column(["True", "False"]).dtype == bool
    assert typed_column(["1", "2.5"]).dtype == float
    assert np.isnan(typed_column(["1", ""])[1])
    assert typed_column(["1", "x"]).tolist() == ["1", "x"]
    assert typed_column(["9" * 19]).dtype == float
    assert typed_column(["TRUE", "FALSE"]).dtype == bool
    assert np.isnan(typed_column(["1", "NA"])[1])
    assert typed_column(["NA", "x"]).tolist() == ["NA", "x"]  # a country
    assert typed_column(["01067", "50667"]).tolist() == ["01067", "50667"]
    assert typed_column(["0", "0.5"]).tolist() == [0.0, 0.5]


@pytest.mark.parametrize("text", ["a,b\n1.5,2\n", "a;b\n1,5;2\n", "a\tb\n1.5\t2\n", "1.5;2"])
def test_what_stands_between_the_cells_is_seen(text, tmp_path):
    (tmp_path / "rows.csv").write_text(text, encoding="utf-8-sig")
    model = StandardScaler().fit([[1, 2], [3, 4]])
    assert read_rows(tmp_path / "rows.csv", model).tolist() == [[1.5, 2.0]]


def test_words_of_digits_stay_words_where_an_encoder_learned_words(tmp_path):
    model = OneHotEncoder().fit(np.array([["1", 2], ["3", 4]], object))
    (tmp_path / "rows.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert read_rows(tmp_path / "rows.csv", model).tolist() == [["1", 2]]


def test_dictionaries_are_read_by_the_names_of_the_columns(saved):
    model = DictVectorizer().fit([{"a": 1.5, "b": "x"}])
    assert read_rows(saved(model, [(1.5, "x")], "a,b")[1], model) == [{"a": 1.5, "b": "x"}]
    with pytest.raises(Unreadable, match="names"):
        read_rows(saved(model, [(1.5, 2)], None)[1], model)


def months(frame):
    return np.asarray(frame["day"].dt.month)[:, None]


@needs_pandas
def test_dates_are_dates_where_the_model_takes_no_words(tmp_path):
    import pandas

    frame = pandas.DataFrame({"day": pandas.to_datetime(["2024-01-31", "2025-12-01"])})
    frame.to_csv(tmp_path / "rows.csv", index=False)
    columns = ColumnTransformer([("months", FunctionTransformer(months), ["day"])])
    model = make_pipeline(columns, StandardScaler()).fit(frame)
    assert read_rows(tmp_path / "rows.csv", model)["day"].dt.month.tolist() == [1, 12]
    model = OneHotEncoder().fit(frame.astype(str))
    assert read_rows(tmp_path / "rows.csv", model)["day"].tolist() == ["2024-01-31", "2025-12-01"]


def test_a_first_line_of_names_is_none_of_the_rows(saved):
    model = LogisticRegression().fit(X, y)
    for header in ["a,b,c,d", "0,1,2,3", None]:
        rows = read_rows(saved(model, X[:5], header)[1], model)
        assert rows.shape == (5, 4)
        assert np.array_equal(rows, X[:5])


def test_whole_numbers_stay_whole(saved):
    whole = np.arange(40).reshape(10, 4)
    model = LogisticRegression().fit(whole, [0, 1] * 5)
    assert read_rows(saved(model, whole)[1], model).dtype == np.int64


def test_texts_are_one_column(saved):
    model = CountVectorizer().fit(TEXTS)
    assert read_rows(saved(model, TEXTS, "text")[1], model).tolist() == TEXTS.tolist()
    with pytest.raises(Unreadable, match="one text a row"):
        read_rows(saved(model, X[:2])[1], model)


@needs_pandas
def test_a_frame_has_the_columns_of_the_model_in_its_order(saved, tmp_path):
    import pandas

    frame = pandas.DataFrame({"width": [0.5, 1.5], "age": [1, 2], "city": ["Rome", "Oslo"]})
    model = make_pipeline(sound.OneHotEncoder()).fit(frame, [0, 1])
    path = tmp_path / "rows.csv"
    frame[["city", "age", "width"]].to_csv(path)  # with the index, in another order
    rows = read_rows(path, model)
    assert list(rows) == ["width", "age", "city"]
    assert [dtype.kind for dtype in rows.dtypes][:2] == ["f", "i"]
    for columns, words in ((["width"], "lacks"), ([*frame, "age"], "does not know")):
        other = frame[columns].set_axis([*frame, "more"][: len(columns)], axis=1)
        other.to_csv(path, index=False)
        with pytest.raises(Unreadable, match=words):
            read_rows(path, model)
