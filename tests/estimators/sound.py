"""Pipelines as people build them, whose files are right: the command accuses none of them."""

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.datasets import make_classification
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.feature_selection import SelectKBest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Lasso, LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import (
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    RobustScaler,
    StandardScaler,
)
from sklearn.svm import SVC, SVR
from sklearn.tree import DecisionTreeClassifier

ROWS = 240

X, y = make_classification(ROWS, 5, n_informative=4, n_redundant=0, n_classes=3, random_state=2)
TWO = (y > 0).astype(int)
WORDS = np.array(["ash", "birch", "cedar"])[y]
NUMBERS = 3 * X[:, 0] - X[:, 1] ** 2 + 50
COUNTS = np.round(X * 4).astype(np.int64)
CITIES = np.array(["Oslo", "Rome", "Wien"])[np.arange(ROWS) % 3]
TEXTS = np.array(
    [f"{word} tree in {city}" for word, city in zip(WORDS, CITIES, strict=True)], object
)
GAPS = np.where(np.arange(X.size).reshape(X.shape) % 11 == 0, np.nan, X)


def frame():
    """Return floats, whole numbers, booleans and words."""
    import pandas

    return pandas.DataFrame(
        {
            "width": X[:, 0],
            "height": X[:, 1],
            "weight": np.where(np.arange(ROWS) % 13 == 0, np.nan, X[:, 2]),
            "age": 20 + np.arange(ROWS) % 50,
            "city": CITIES,
            "Größe in cm": X[:, 3],
            "Straße, Nummer": np.arange(ROWS) % 90,
        }
    )


def columns(*steps):
    """Return a ColumnTransformer that fills, scales, and encodes."""
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    return ColumnTransformer(
        [
            ("numbers", numbers, ["width", "height", "weight"]),
            ("words", OneHotEncoder(handle_unknown="ignore"), ["city"]),
            *steps,
        ]
    )


def tree(**options):
    return DecisionTreeClassifier(max_depth=4, random_state=0, **options)


def arrays():
    """Yield (name, fitted model, rows) of what is fitted on arrays."""
    trees = {"n_estimators": 20, "random_state": 0}
    members = [("line", LogisticRegression()), ("bayes", GaussianNB())]
    sides = FeatureUnion([("pca", PCA(2)), ("scale", MinMaxScaler())])
    grid = GridSearchCV(
        make_pipeline(StandardScaler(), LogisticRegression()), {"logisticregression__C": [0.1, 1]}
    )
    soft = VotingClassifier(members, voting="soft", flatten_transform=False)
    models = {
        "logistic regression": (make_pipeline(StandardScaler(), LogisticRegression()), X, y),
        "words as classes": (make_pipeline(MinMaxScaler(), LogisticRegression()), X, WORDS),
        "two classes": (make_pipeline(RobustScaler(), LogisticRegression()), X, TWO),
        "plus and minus one": (LogisticRegression(), X, 2 * TWO - 1),
        "forest": (RandomForestClassifier(**trees), X, y),
        "scaled forest": (
            make_pipeline(StandardScaler(), RandomForestClassifier(**trees)),
            X,
            WORDS,
        ),
        "extra trees": (ExtraTreesClassifier(**trees), X, TWO),
        "tree of whole numbers": (tree(), COUNTS, y),
        "line of whole numbers": (make_pipeline(StandardScaler(), LogisticRegression()), COUNTS, y),
        "bagging": (BaggingClassifier(random_state=0), X, y),
        "boosted trees": (GradientBoostingClassifier(**trees), X, y),
        "boosted regression": (GradientBoostingRegressor(**trees), X, NUMBERS),
        "histograms": (HistGradientBoostingClassifier(max_iter=20), X, y),
        "histograms with gaps": (HistGradientBoostingRegressor(max_iter=20), GAPS, NUMBERS),
        "adaboost": (AdaBoostClassifier(tree(), n_estimators=5, random_state=0), X, y),
        "imputer": (
            make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression()),
            GAPS,
            y,
        ),
        "least squares": (make_pipeline(PolynomialFeatures(2), LinearRegression()), X, NUMBERS),
        "ridge": (make_pipeline(StandardScaler(), Ridge()), X, NUMBERS),
        "lasso": (make_pipeline(PCA(3), Lasso(0.1)), X, NUMBERS),
        "regression forest": (RandomForestRegressor(**trees), X, NUMBERS),
        "support vectors": (
            make_pipeline(StandardScaler(), SVC(probability=True, random_state=0)),
            X,
            y,
        ),
        "support vector regression": (make_pipeline(StandardScaler(), SVR()), X, NUMBERS),
        "neighbours": (make_pipeline(StandardScaler(), KNeighborsClassifier()), X, y),
        "neighbours' mean": (KNeighborsRegressor(), X, NUMBERS),
        "perceptrons": (
            make_pipeline(StandardScaler(), MLPClassifier((8,), max_iter=50, random_state=0)),
            X,
            y,
        ),
        "naive Bayes": (GaussianNB(), X, y),
        "stacking": (StackingClassifier(members, LogisticRegression()), X, y),
        "soft votes": (soft, X, y),
        "grid search": (grid, X, y),
        "union": (make_pipeline(sides, LogisticRegression()), X, y),
        "selection": (make_pipeline(SelectKBest(k=3), LogisticRegression()), X, y),
        "calibration": (CalibratedClassifierCV(LogisticRegression(), cv=3), X, TWO),
        "clusters": (make_pipeline(StandardScaler(), KMeans(3, n_init=2, random_state=0)), X, None),
        "outliers": (IsolationForest(**trees), X, None),
        "components": (make_pipeline(StandardScaler(), PCA(2)), X, None),
        "counted words": (make_pipeline(CountVectorizer(), MultinomialNB()), TEXTS, y),
        "weighed words": (make_pipeline(TfidfVectorizer(), LogisticRegression()), TEXTS, y),
        "topics": (make_pipeline(TfidfVectorizer(), TruncatedSVD(2, random_state=0)), TEXTS, None),
    }
    for name, (model, rows, target) in models.items():
        yield name, model.fit(rows, target), rows


def frames():
    """Yield (name, fitted model, rows) of what is fitted on data frames."""
    rows = frame()
    ordinal = ColumnTransformer(
        [("words", OrdinalEncoder(), ["city"]), ("rest", "passthrough", ["width", "height"])]
    )
    ages = ("age", StandardScaler(), ["age"])
    models = {
        "columns": make_pipeline(columns(), LogisticRegression()),
        "columns and whole numbers": make_pipeline(columns(ages), LogisticRegression()),
        "odd names": make_pipeline(
            ColumnTransformer([("scale", StandardScaler(), ["Größe in cm", "Straße, Nummer"])]),
            LogisticRegression(),
        ),
        "columns of a forest": make_pipeline(columns(), RandomForestClassifier(20, random_state=0)),
        "ordinal": make_pipeline(ordinal, tree()),
    }
    for name, model in models.items():
        yield name, model.fit(rows, WORDS), rows
