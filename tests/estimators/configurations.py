"""What is tried: every estimator of scikit-learn; each word, boolean and None of its options.

Both lists are scikit-learn's own. What they cannot say stands in the tables below, a line each.
"""

import inspect
import warnings
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from importlib.util import find_spec
from zlib import crc32

import numpy as np
from skl2onnx._supported_operators import sklearn_operator_name_map
from sklearn.base import is_classifier
from sklearn.decomposition import PCA
from sklearn.gaussian_process.kernels import RBF, Matern
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.tree import DecisionTreeRegressor
from sklearn.utils import all_estimators
from sklearn.utils._param_validation import Options

CLASSIFIERS = [("line", LogisticRegression()), ("bayes", GaussianNB())]
REGRESSORS = [("line", LinearRegression()), ("tree", DecisionTreeRegressor(max_depth=3))]

# What an estimator cannot be made without.
REQUIRED = {
    "ClassifierChain": {"estimator": LogisticRegression()},
    "ColumnTransformer": {
        "transformers": [("scale", StandardScaler(), [2, 0]), ("pass", "passthrough", [3])]
    },
    "FeatureUnion": {"transformer_list": [("pca", PCA(2)), ("scale", MinMaxScaler())]},
    "FixedThresholdClassifier": {"estimator": LogisticRegression()},
    "FrozenEstimator": {"estimator": LogisticRegression()},
    "GridSearchCV": {"estimator": LogisticRegression(), "param_grid": {"C": [0.1, 1.0]}},
    "MultiOutputClassifier": {"estimator": LogisticRegression()},
    "MultiOutputRegressor": {"estimator": LinearRegression()},
    "OneVsOneClassifier": {"estimator": LogisticRegression()},
    "OneVsRestClassifier": {"estimator": LogisticRegression()},
    "OutputCodeClassifier": {"estimator": LogisticRegression()},
    "Pipeline": {"steps": [("scale", StandardScaler()), ("line", LogisticRegression())]},
    "RFE": {"estimator": LogisticRegression()},
    "RFECV": {"estimator": LogisticRegression()},
    "RandomizedSearchCV": {
        "estimator": LogisticRegression(),
        "param_distributions": {"C": [0.1, 1.0]},
        "n_iter": 2,
    },
    "RegressorChain": {"estimator": LinearRegression()},
    "SelectFromModel": {"estimator": LogisticRegression()},
    "SelfTrainingClassifier": {"estimator": LogisticRegression()},
    "SequentialFeatureSelector": {"estimator": LogisticRegression()},
    "SparseCoder": {"dictionary": [[1.0, 0, 0, 0], [0, 0.6, 0.8, 0]]},
    "StackingClassifier": {"estimators": CLASSIFIERS},
    "StackingRegressor": {"estimators": REGRESSORS},
    "TunedThresholdClassifierCV": {"estimator": LogisticRegression()},
    "VotingClassifier": {"estimators": CLASSIFIERS},
    "VotingRegressor": {"estimators": REGRESSORS},
}

# Where the default proves little on 4 columns and 90 rows, or takes long and proves no more.
SUITABLE = {
    "BayesianGaussianMixture": {"n_components": 3},
    "GaussianMixture": {"n_components": 3},
    "GenericUnivariateSelect": {"param": 60},
    "LocalOutlierFactor": {"novelty": True},
    "RadiusNeighborsClassifier": {"radius": 3.0},
    "RadiusNeighborsRegressor": {"radius": 3.0},
    "SelectKBest": {"k": 2},
    "SelectPercentile": {"percentile": 50},
    "VarianceThreshold": {"threshold": 1.5},
    "SelectFdr": {"alpha": 1e-12},
    "SelectFpr": {"alpha": 1e-12},
    "SelectFwe": {"alpha": 1e-12},
    "HashingVectorizer": {"n_features": 16},
    "FeatureHasher": {"n_features": 16},
    "GaussianRandomProjection": {"n_components": 3},
    "SparseRandomProjection": {"n_components": 3},
    "RandomTreesEmbedding": {"max_depth": 3},
    "MLPClassifier": {"hidden_layer_sizes": (8,)},
    "MLPRegressor": {"hidden_layer_sizes": (8,)},
    "QuantileTransformer": {"n_quantiles": 8},  # of 1000 no conversion was waited for
}
# Where the default is refused: the other options are tried on top of these.
BASE = {
    "KBinsDiscretizer": {"encode": "onehot-dense"},
    "NearestNeighbors": {"radius": None},
    "RandomTreesEmbedding": {"sparse_output": False},
    "VotingClassifier": {"flatten_transform": False},
}
FEWER = 10  # trees, where an ensemble would grow 100: the same arithmetic in a tenth of the time

# Options that scikit-learn takes only together with others; * stands for any name.
TOGETHER = {
    "*(metric='mahalanobis')": {"metric_params": {"VI": np.diag([1.0, 2.0, 1.0, 0.5])}},
    "*(metric='seuclidean')": {"metric_params": {"V": np.array([1.0, 2.0, 1.0, 0.5])}},
    "ExtraTrees*(oob_score=True)": {"bootstrap": True},
    "GenericUnivariateSelect(param='all')": {"mode": "k_best"},
    "HistGradientBoostingRegressor(loss='quantile')": {"quantile": 0.3},
    "LinearSVR(dual=False)": {"loss": "squared_epsilon_insensitive"},
    "LogisticRegression(penalty='elasticnet')": {"solver": "saga", "l1_ratio": 0.5},
    "LogisticRegressionCV(penalty='elasticnet')": {"solver": "saga", "l1_ratios": [0.5]},
    "LogisticRegression*(penalty='l1')": {"solver": "saga"},
    "LogisticRegression*(dual=True)": {"solver": "liblinear"},
    "NeighborhoodComponentsAnalysis(init='lda')": {"n_components": 2},
    "OrdinalEncoder(handle_unknown='use_encoded_value')": {"unknown_value": 7},
    "RadiusNeighborsClassifier(metric='cityblock')": {"radius": 30.0},
    "RadiusNeighborsClassifier(metric='l1')": {"radius": 30.0},
    "RadiusNeighborsClassifier(metric='manhattan')": {"radius": 30.0},
    "RadiusNeighborsClassifier(metric='sqeuclidean')": {"radius": 30.0},
    "Ridge(solver='lbfgs')": {"positive": True},
    "RidgeClassifier(solver='lbfgs')": {"positive": True},
    "SGDRegressor(learning_rate='pa?')": {"loss": "epsilon_insensitive"},
    "StackingClassifier(stack_method='decision_function')": {
        "estimators": [("line", LogisticRegression()), ("ridge", RidgeClassifier())]
    },
    "TunedThresholdClassifierCV(refit=False)": {"cv": 0.7},
    "*DiscriminantAnalysis(shrinkage='auto')": {"solver": "eigen"},
}
# Options that need data of another kind.
DATA = {
    "*Regressor(criterion='poisson')": "positive target",
    "GradientBoostingClassifier(loss='exponential')": "two classes",
    "HistGradientBoostingRegressor(loss='gamma')": "positive target",
    "HistGradientBoostingRegressor(loss='poisson')": "positive target",
    "LogisticRegression*(dual=True)": "two classes",
    "LogisticRegression*(solver='liblinear')": "two classes",
    "PowerTransformer(method='box-cox')": "positive rows",
}

WEIGHED = {"metric_params": {"w": [4.0, 1.0, 0.0, 2.0]}}  # columns count differently

# What scikit-learn itself does not fit on the rows of data.py, and what that needs.
NEEDS = {
    "*(cv='prefit')": "members that are fitted already",
    "*(input='file*": "files, or their names, instead of texts",
    "*(large numbers)": "numbers nearer to 0: the fit itself fails on these",
    "*(max_iter=None)": "a number where None is allowed, and means nothing",
    "*(metric='haversine')": "two columns, of latitude and longitude",
    "*(metric='pyfunc')": "a function among `metric_params`",
    "*(n_neighbors=None)": "a number where None is allowed, and means nothing",
    "*(p=None)": "a number where None is allowed, and means nothing",
    "*(prefit=True)": "members that are fitted already",
    "*(radius=None)": "a number where None is allowed, and means nothing",
    "*(token_pattern=None)": "a tokenizer of one's own",
    "FeatureHasher(input_type=*": "pairs, or lists of words, instead of dictionaries",
    "KernelPCA(kernel='sigmoid')": "rows whose kernel has no negative eigenvalue",
    "OneVsRestClassifier(several outputs)": "a yes or no a label, instead of a class a column",
    "QuantileRegressor(solver='interior-point')": "scipy before 1.11",
    "TargetEncoder(target_type='multiclass')": "three classes or more",
}

# Numbers, lists and functions that change the formula, which no constraint lists.
BY_HAND = {
    "CountVectorizer": [{"ngram_range": (1, 2)}, {"stop_words": ["fox"]}, {"max_features": 4}],
    "FunctionTransformer": [{"func": np.log1p}],
    "GaussianProcessRegressor": [{"kernel": Matern()}, {"kernel": RBF(2.0)}],
    "GaussianProcessClassifier": [{"kernel": RBF(2.0)}],
    "HistGradientBoostingClassifier": [{"max_iter": 10}],
    "HistGradientBoostingRegressor": [{"max_iter": 10}],
    "KBinsDiscretizer": [{"n_bins": [2, 3, 4, 5]}],
    "KNeighborsClassifier": [{"p": 1}, {"p": 3}, WEIGHED],
    "KNeighborsRegressor": [{"p": 1}, {"p": 3}, WEIGHED],
    "LogisticRegression": [{"class_weight": {0: 1, 1: 2, 2: 3}}],
    "MinMaxScaler": [{"feature_range": (2, 3)}],
    "OneHotEncoder": [{"min_frequency": 32}, {"max_categories": 2}],
    "OrdinalEncoder": [{"max_categories": 2}, {"min_frequency": 32}],
    "PLSRegression": [{"n_components": 1}],
    "PolynomialFeatures": [{"degree": 3}, {"degree": (2, 3)}],
    "QuantileTransformer": [{"n_quantiles": 20}],
    "SimpleImputer": [{"strategy": "constant", "fill_value": 3.5}],
    "TfidfVectorizer": [{"ngram_range": (1, 2)}, {"stop_words": ["fox"]}, {"max_features": 4}],
    "VotingClassifier": [{"weights": [1, 3]}, {"weights": np.array([1, 3])}],
    "VotingRegressor": [{"weights": [1, 3]}, {"weights": np.array([1, 3])}],
}

# Situations that no constraint of a parameter names.
SITUATIONS = [
    "two classes",
    "words as classes",
    "several outputs",
    "missing values",
    "unseen category",
    "numbers as categories",
    "large numbers",
    "no rows",
    "one row",
    "data frame",
]


@dataclass
class Configuration:
    """One thing to try: an estimator with one option or in one situation."""

    name: str
    key: str
    options: dict
    situation: str = "default"
    precomputed: str | None = None

    def estimator(self, seed=0):
        """Return the estimator, not yet fitted."""
        return build(self.name, self.options, seed)


@cache
def classes():
    """Return every estimator of scikit-learn by name."""
    return dict(all_estimators())


def has_converter(name):
    """Return whether skl2onnx knows an estimator."""
    return classes()[name] in sklearn_operator_name_map


def build(name, options, seed=0):
    """Return the estimator of that name with these options instead of the default ones."""
    kind = classes()[name]
    parameters = inspect.signature(kind).parameters
    given = {**REQUIRED.get(name, {}), **SUITABLE.get(name, {})}
    if "n_estimators" in parameters and parameters["n_estimators"].default in (50, 100):
        given["n_estimators"] = FEWER
    if "random_state" in parameters:
        given["random_state"] = seed
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some are deprecated, and converted all the same
        return kind(**{**given, **options})


def choices(constraints):
    """Yield each word, boolean and None that a parameter's constraints allow."""
    if not isinstance(constraints, list):
        return  # "no_validation"
    for constraint in constraints:
        if constraint is None:
            yield None
        elif isinstance(constraint, str) and constraint in ("boolean", "verbose"):
            yield from (False, True)
        elif isinstance(constraint, Options):
            yield from sorted(constraint.options, key=str)


# What says how to work and not what to answer; `scoring` only chooses among candidates of one kind.
IRRELEVANT = {"verbose", "copy", "copy_X", "copy_x", "n_jobs", "warm_start", "memory", "scoring"}


def options_of(name):
    """Return (parameter, value) for every option of an estimator that is not its default."""
    kind = classes()[name]
    signature = inspect.signature(kind).parameters
    found = []
    for parameter, constraints in getattr(kind, "_parameter_constraints", {}).items():
        if parameter not in signature or parameter in IRRELEVANT:
            continue
        for value in choices(constraints):
            default = signature[parameter].default
            if (value is default or value == default) or (parameter, value) in found:
                continue
            found.append((parameter, value))
    return found


def situations_of(name):
    """Return the situations that suit an estimator."""
    estimator = build(name, {})
    tags = estimator.__sklearn_tags__()
    inputs = tags.input_tags
    targets = tags.target_tags
    numeric = inputs.two_d_array and not inputs.categorical
    suits = {
        "two classes": is_classifier(estimator),
        "words as classes": is_classifier(estimator) or targets.one_d_labels,
        "several outputs": targets.multi_output and targets.required and targets.single_output,
        "missing values": inputs.allow_nan and numeric,
        "unseen category": inputs.categorical and not inputs.positive_only,
        "numbers as categories": inputs.categorical and not inputs.positive_only,
        "large numbers": numeric and not inputs.pairwise,
        "no rows": True,
        "one row": True,
        "data frame": numeric and not inputs.pairwise and find_spec("pandas") is not None,
    }
    return [situation for situation in SITUATIONS if suits[situation]]


def beside(table, name, key):
    """Return what a table says of a configuration, or None."""
    for pattern, said in table.items():
        if fnmatchcase(f"{name}({key})", pattern):
            return said
    return None


def keys(name):
    """Return what is tried of an estimator: without a converter, its options say nothing."""
    return list(configurations(name)) if has_converter(name) else ["default"]


def today():
    """Return the number of the day, which draws another share of what is tried."""
    return date.today().toordinal()


def drawn(said, share, day):
    """Return whether a name is in the one n-th of all names that has its turn on a day."""
    return (crc32(said.encode()) + day) % share == 0


def configurations(name):
    """Return every Configuration of an estimator by its key, the default one first."""
    base = BASE.get(name, {})
    found = {"default": Configuration(name, "default", {})}
    for parameter, value in options_of(name):
        key = f"{parameter}={value!r}"
        options = {**base, parameter: value, **(beside(TOGETHER, name, key) or {})}
        situation = beside(DATA, name, key) or "default"
        square = parameter if value == "precomputed" else None
        found[key] = Configuration(name, key, options, situation, square)
    for options in BY_HAND.get(name, []):
        key = ", ".join(f"{parameter}={value!r}" for parameter, value in options.items())
        found[key] = Configuration(name, key, {**base, **options})
    for situation in situations_of(name):
        found[situation] = Configuration(name, situation, base, situation)
    return found
