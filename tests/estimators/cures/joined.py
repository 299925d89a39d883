"""Estimators around others: what a member answers is used as scikit-learn uses it.

skl2onnx takes a member's second output for probabilities, whatever it holds, and the option that
makes scores of them does not reach into a pipeline.
"""

import numpy as np
from sklearn.base import is_regressor

BY_SCORE = ["decision_function", "predict_proba"]
BY_PROBABILITY = ["predict_proba", "decision_function"]


def second_column(write, method, values):
    """Return what a member of two classes says of the second one (N, 1)."""
    return write("Gather", values, np.array([1]), axis=1) if method == "predict_proba" else values


def calibrated(write):
    """CalibratedClassifierCV: the mean of its calibrated members."""
    model = write.model
    answers = []
    for member in model.calibrated_classifiers_:
        if member.method == "temperature":
            raise NotImplementedError("calibration by temperature is not written here")
        if len(member.estimator.classes_) != len(model.classes_):
            raise NotImplementedError("a member that has not seen every class is not written here")
        method, scores = write.response(member.estimator, BY_SCORE)
        two = len(model.classes_) == 2
        if two:
            scores = second_column(write, method, scores)
        columns = []
        for number, calibrator in enumerate(member.calibrators):
            column = write("Gather", scores, np.array([number]), axis=1)
            columns.append(calibrate(write, column, calibrator))
        if two:
            answers.append(write.both(columns[0]))
        else:
            answers.append(write.share(write("Concat", *columns, axis=1)))
    write("Mean", *answers, into=write.outputs[1])
    write.label(write.best(write.outputs[1]), model.classes_)


def calibrate(write, score, calibrator):
    """Return the calibrated score (N, 1): by a sigmoid, or by a line between two learned steps."""
    if hasattr(calibrator, "a_"):
        power = write("Add", write("Mul", score, np.array(calibrator.a_)), np.array(calibrator.b_))
        return write("Sigmoid", write("Neg", power))
    x = calibrator.X_thresholds_.astype(write.dtype)
    y = calibrator.y_thresholds_
    if len(x) == 1:
        return write("Add", write("Mul", score, np.array(0.0)), np.array(y[0]))
    width = np.maximum(np.diff(x), np.finfo(write.dtype).tiny)
    share = write("Div", write("Sub", score, x[:-1]), width)
    climbed = write("Clip", share, np.array(0.0), np.array(1.0))
    return write("Add", write("MatMul", climbed, np.diff(y)[:, None]), np.array(y[0]))


def one_against_rest(write):
    """OneVsRestClassifier: labels by scores where members have them; shares of probabilities."""
    model = write.model
    found = []
    shares = []
    for member in model.estimators_:
        if is_regressor(member):
            raise NotImplementedError("a regressor as a member is not written here")
        method, values = write.response(member, BY_SCORE)
        found.append(second_column(write, method, values))
        if hasattr(model, "predict_proba"):
            shares.append(second_column(write, "predict_proba", write.probabilities(member)))
    scores = found[0] if len(found) == 1 else write("Concat", *found, axis=1)
    threshold = 0.0 if method == "decision_function" else 0.5
    if model.multilabel_:
        write("Identity", write.above(scores, threshold), into=write.outputs[0])
    elif len(found) == 1:
        write.label(write.above(scores, threshold), model.classes_)
    else:
        write.label(write.best(scores), model.classes_)
    if not shares:
        answer = (
            write("Concat", write("Neg", scores), scores, axis=1) if len(found) == 1 else scores
        )
    elif len(shares) == 1:
        answer = write.both(shares[0])
    else:
        answer = write("Concat", *shares, axis=1)
        answer = answer if model.multilabel_ else write.share(answer)
    write("Identity", answer, into=write.outputs[1])


def one_against_one(write):
    """OneVsOneClassifier: votes of the pairs and, for equal votes, how sure they were."""
    model = write.model
    if model.pairwise_indices_ is not None:
        raise NotImplementedError("members that compare rows are not written here")
    count = len(model.classes_)
    pairs = [(i, j) for i in range(count) for j in range(i + 1, count)]
    for_first = np.array([np.eye(count)[i] for i, _ in pairs])
    for_second = np.array([np.eye(count)[j] for _, j in pairs])
    votes = []
    sure = []
    for member in model.estimators_:
        method, values = write.response(member, BY_SCORE)
        sure.append(second_column(write, method, values))
        place = write("Cast", write.index(member), to=write.float)
        votes.append(write("Reshape", place, np.array([-1, 1])))
    seconds = write("Concat", *votes, axis=1)
    firsts = write("Sub", np.array(1.0), seconds)
    counted = write("Add", write("MatMul", firsts, for_first), write("MatMul", seconds, for_second))
    total = write("MatMul", write("Concat", *sure, axis=1), for_second - for_first)
    room = write("Mul", write("Add", write("Abs", total), np.array(1.0)), np.array(3.0))
    scores = write("Add", counted, write("Div", total, room))
    if count > 2:
        write.label(write.best(scores), model.classes_)
    else:
        scores = write("Gather", scores, np.array([1]), axis=1)
        threshold = 0.0 if method == "decision_function" else 0.5
        write.label(write.above(scores, threshold), model.classes_)
        scores = write("Concat", write("Neg", scores), scores, axis=1)
    write("Identity", scores, into=write.outputs[1])


def boosted(write):
    """AdaBoostClassifier: each member's label counts by its weight."""
    model = write.model
    classes = len(model.classes_)
    total = model.estimator_weights_.sum()
    votes = []
    for member, weight in zip(model.estimators_, model.estimator_weights_, strict=False):
        right = write.one_hot(write.index(member), classes)
        other = -1 / (classes - 1)
        vote = write("Add", write("Mul", right, np.array(1 - other)), np.array(other))
        votes.append(write("Mul", vote, np.array(weight / total)))
    decision = write("Sum", *votes)
    write.label(write.best(decision), model.classes_)
    # With two classes scikit-learn halves the difference of the two columns, which are opposite.
    write(
        "Softmax",
        write("Div", decision, np.array(float(classes - 1))),
        axis=1,
        into=write.outputs[1],
    )


def bagged(write):
    """BaggingClassifier: the mean of its members' probabilities, or of their votes."""
    model = write.model
    count = len(model.classes_)
    votes = []
    for member, features in zip(model.estimators_, model.estimators_features_, strict=True):
        if len(member.classes_) != count:
            raise NotImplementedError("a member that has not seen every class is not written here")
        chosen = write("Gather", write.rows(), np.asarray(features, np.int64), axis=1)
        inputs = [write.variable(chosen, len(features))]
        if hasattr(member, "predict_proba"):
            votes.append(write.probabilities(member, inputs))
        else:
            votes.append(write.one_hot(write.index(member, inputs), count))
    write("Mean", *votes, into=write.outputs[1])
    write.label(write.best(write.outputs[1]), model.classes_)


def stacked(write):
    """StackingClassifier: what each member answers by its own method, then the last estimator."""
    model = write.model
    columns = []
    members = [member for member in model.estimators_ if member != "drop"]
    methods = [method for method in model.stack_method_ if method is not None]
    for member, method in zip(members, methods, strict=False):
        if method == "predict":
            labels = write("Cast", write.member(member)[0].full_name, to=write.float)
            columns.append(write("Reshape", labels, np.array([-1, 1])))
            continue
        _, values = write.response(member, [method])
        columns.append(second_column(write, method, values) if len(model.classes_) == 2 else values)
    if model.passthrough:
        columns.append(write.rows())
    joined = write.variable(
        write("Concat", *columns, axis=1), model.final_estimator_.n_features_in_
    )
    last = model.final_estimator_
    label, scores = write.member(last, [joined])[:2]
    places = write.flat(label.full_name)  # the last estimator has learned places, not classes
    write.label(places, model.classes_)
    write("Identity", scores.full_name, into=write.outputs[1])


def voted(write):
    """VotingClassifier: the mean of probabilities, or the class that most labels name."""
    model = write.model
    weights = model._weights_not_none
    weights = np.ones(len(model.estimators_)) if weights is None else np.array(weights, float)
    votes = []
    for member, weight in zip(model.estimators_, weights / weights.sum(), strict=True):
        if model.voting == "soft":
            vote = write.probabilities(member)
        else:
            vote = write.one_hot(write.flat(write.member(member)[0].full_name), len(model.classes_))
        votes.append(write("Mul", vote, np.array(weight)))
    write("Sum", *votes, into=write.outputs[1])
    write.label(write.best(write.outputs[1]), model.classes_)


def tuned(write):
    """TunedThresholdClassifierCV: the positive class where its score reaches the best threshold."""
    model = write.model
    methods = BY_PROBABILITY if model.response_method == "auto" else [model.response_method]
    method, values = write.response(model.estimator_, methods)
    score = second_column(write, method, values)
    positive = model._curve_scorer._get_pos_label()
    places = np.array([0, 1])
    if positive is not None and positive == model.classes_[0]:
        score = (
            write("Sub", np.array(1.0), score) if method == "predict_proba" else write("Neg", score)
        )
        places = np.array([1, 0])
    reached = write("GreaterOrEqual", score, np.array(model.best_threshold_))
    write.label(write("Where", reached, places[1:], places[:1]), model.classes_)
    probabilities = values
    if method != "predict_proba":
        probabilities = write.probabilities(model.estimator_)
    write("Identity", probabilities, into=write.outputs[1])
