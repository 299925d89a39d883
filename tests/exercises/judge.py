"""Judge a file: is it what its exercise asks for? Structure first, then numbers, at many sizes.

The runner calls this in a process of its own, since a file may crash or hang the one that runs it.
"""

import os
import tempfile
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import onnx

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # importing onnxruntime reports usage otherwise
import onnxruntime

from tests.exercises.structure import RANDOM, find_unread
from tests.kit.graphs import domain_of, list_nodes, list_operators

FEW = (1, 2, 3)  # every combination of these sizes is fed,
MANY = 65  # this size, with few of the others,
LAST = 500  # each size up to here, and one that is
ALL = range(1, LAST + 1)
BEYOND = (501, 600)  # drawn from these


class Wrong(Exception):
    """Says in words why a file is not the answer."""


# 1. Structure -------------------------------------------------------------------------------------
def describe(info):
    """Return an input or output as ONNX's text notation has it, such as float[N,3] X."""
    if not info.type.HasField("tensor_type"):
        return f"no tensor {info.name}"
    tensor = info.type.tensor_type
    kind = onnx.TensorProto.DataType.Name(tensor.elem_type).lower()
    sizes = [
        dim.dim_param or (str(dim.dim_value) if dim.dim_value else "?") for dim in tensor.shape.dim
    ]
    return f"{kind}[{','.join(sizes)}] {info.name}"


def check_side(side, infos, expected):
    """Raise Wrong unless inputs or outputs have the names, types and free sizes of the exercise."""
    names = ", ".join(info.name for info in infos)
    wanted = ", ".join(info.name for info in expected)
    if names != wanted:
        raise Wrong(f"the {side} is {names or 'missing'}; expected {wanted}")
    for info, right in zip(infos, expected, strict=True):
        difference = f"the {side} is {describe(info)}; expected {describe(right)}"
        tensor = info.type.tensor_type
        if tensor.elem_type != right.type.tensor_type.elem_type:
            raise Wrong(difference)
        sizes = tensor.shape.dim
        right_sizes = right.type.tensor_type.shape.dim
        if len(sizes) != len(right_sizes):
            raise Wrong(difference)
        for size, right_size in zip(sizes, right_sizes, strict=True):
            if size.dim_value and right_size.dim_param:
                raise Wrong(
                    f"{difference}: the size {right_size.dim_param} is frozen; give it a name"
                )
            if size.dim_value and size.dim_value != right_size.dim_value:
                raise Wrong(difference)


def check_structure(exercise, model):
    """Raise Wrong if the model is not one for this exercise; its numbers are not looked at."""
    stored = {tensor.name for tensor in model.graph.initializer}
    fed = [info for info in model.graph.input if info.name not in stored]
    expected = exercise.declare()
    check_side("input", fed, expected.input)
    check_side("output", model.graph.output, expected.output)
    check_operators(model)
    if hasattr(exercise.answer, "complain"):
        try:
            complaint = exercise.answer.complain(model)
        except ValueError as error:  # from inlining
            raise Wrong(tidy(error)) from error
        if complaint:
            raise Wrong(complaint)


def check_operators(model):
    """Raise Wrong if a function may mean two things, or a node answers by chance."""
    operators = list_operators() if model.functions else set()
    for function in model.functions:
        if (domain_of(function), function.name) in operators:
            raise Wrong(f"the function {function.name} has the name and domain of an operator")
    for node in list_nodes(model):
        if node.op_type in RANDOM:
            raise Wrong(f"{node.op_type} answers something else in each call")


def check_that_all_is_read(model):
    """Raise Wrong if a node is there that no output needs."""
    for holder in [model.graph, *model.functions]:
        node = find_unread(holder)
        if node is not None:
            wires = ", ".join(node.output)
            raise Wrong(f"nobody reads what {node.op_type} writes, {wires}: take the node out")


# 2. What is fed -----------------------------------------------------------------------------------
def free_sizes(exercise):
    """Return the names of the free sizes of inputs and outputs, in order."""
    graph = exercise.declare()
    dims = [
        dim for info in [*graph.input, *graph.output] for dim in info.type.tensor_type.shape.dim
    ]
    return list(dict.fromkeys(dim.dim_param for dim in dims if dim.dim_param))


def cut(infos, arrays, name, size):
    """Return the arrays with the axes of that name cut to a size."""
    shorter = {}
    for info in infos:
        array = arrays[info.name]
        for axis, dim in enumerate(info.type.tensor_type.shape.dim):
            if dim.dim_param == name:
                array = array[(slice(None),) * axis + (slice(size),)]
        shorter[info.name] = array
    return shorter


def choose_sizes(exercise, random):
    """Return the combinations of free sizes for the main feeds: {name: size}."""
    names = free_sizes(exercise)
    least = getattr(exercise.answer, "LEAST", {})
    few = [sorted({*FEW, least.get(name, 1)}) for name in names]
    chosen = []
    for large in (MANY, int(random.integers(*BEYOND, endpoint=True))):
        for name in names:
            others = {other: int(random.integers(1, 4)) for other in names}
            chosen.append({**others, name: large})
    chosen += [dict(zip(names, sizes, strict=True)) for sizes in product(*few)]
    return chosen


@cache
def main_feeds(exercise, seed):
    """Return the feeds that every file gets: of many sizes, and those that are worth a look."""
    random = np.random.default_rng(seed)
    answer = exercise.answer
    feeds = [answer.draw(random, **sizes) for sizes in choose_sizes(exercise, random)]
    if hasattr(answer, "special"):
        feeds += answer.special(random)
    return feeds


def expect(exercise, feed):
    """Return what the oracle answers for one feed; it computes in float64."""
    exact = {}
    for name, array in feed.items():
        exact[name] = array.astype(np.float64) if array.dtype == np.float32 else array
    return exercise.answer.expected(**exact)


@cache
def main_answers(exercise, seed):
    """Return what the oracle answers for the main feeds."""
    return [expect(exercise, feed) for feed in main_feeds(exercise, seed)]


def sweep(exercise, seed, sizes=ALL):
    """Yield (feed, right answers) for each of the sizes, of each free size.

    The first free size counts rows that have nothing to do with each other, unless the exercise
    says so: the answer for fewer rows is then a part of the answer for all.
    """
    random = np.random.default_rng(seed)
    graph = exercise.declare()
    rows = getattr(exercise.answer, "ROWS", "N")
    names = sorted(free_sizes(exercise), key=lambda name: name != rows)  # rows are fast
    for name in names:
        others = {other: int(random.integers(1, 5)) for other in names if other != name}
        if name == rows:
            longest = exercise.answer.draw(random, **others, **{name: max(sizes)})
            exact = expect(exercise, longest)
        for size in sizes:
            if name == rows:
                right = cut(graph.output, exact, name, size)
                yield cut(graph.input, longest, name, size), right
            else:
                feed = exercise.answer.draw(random, **others, **{name: size})
                yield feed, expect(exercise, feed)


# 3. Numbers ---------------------------------------------------------------------------------------
def tidy(error, path=""):
    """Return an error's message in one line, without the file's path; a long one keeps its ends."""
    text = str(error).replace(str(path), "the file") if path else str(error)
    line = " ".join(text.split())
    if len(line) > 400:
        line = f"{line[:200]} ... {line[-200:]}"
    return line


def load(path):
    """Return the file as a model; raise Wrong if it is none."""
    try:
        return onnx.load(path)
    except Exception as error:  # protobuf, onnx and Python have an error each for this
        raise Wrong(f"onnx cannot read the file: {tidy(error, path)}") from error


def open_session(path, settings=None):
    """Return a session of one thread; raise Wrong if checker or onnxruntime refuses the file.

    settings are those of onnxruntime that an exercise asks for: {"session. ...": "..."}.
    """
    try:
        onnx.checker.check_model(path, full_check=True)
    except Exception as error:
        raise Wrong(f"the checker refuses the file: {tidy(error, path)}") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4  # the exception says the same
    for key, value in (settings or {}).items():
        options.add_session_config_entry(key, value)
    try:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the only class that onnxruntime's errors have in common
        raise Wrong(f"onnxruntime refuses the file: {tidy(error, path)}") from error


def show_shapes(feed):
    """Return the names and shapes of a feed."""
    return ", ".join(f"{name} {array.shape}" for name, array in feed.items())


def run(session, feed):
    """Return the outputs by name; raise Wrong if onnxruntime stops."""
    names = [info.name for info in session.get_outputs()]
    try:
        outputs = session.run(names, feed)
    except Exception as error:
        raise Wrong(f"onnxruntime stops, fed with {show_shapes(feed)}: {tidy(error)}") from error
    # A copy, for what the session hands out keeps all the memory of the session in use.
    copies = [output.copy() for output in outputs]
    return dict(zip(names, copies, strict=True))


def examine(exercise, path, seed):
    """Return model, session and the answers to the main feeds; raise Wrong if one can't be had."""
    model = load(path)
    check_structure(exercise, model)
    session = open_session(path, getattr(exercise.answer, "SETTINGS", None))
    answers = [run(session, feed) for feed in main_feeds(exercise, seed)]
    return model, session, answers


def distance(array, other):
    """Return for each element how far the arrays are apart; words that differ are infinitely so."""
    if np.issubdtype(other.dtype, np.number):
        with np.errstate(invalid="ignore"):  # a wrong file may answer infinities
            return abs(array.astype(np.float64) - other)
    return np.where(array == other, 0.0, np.inf)


def show(value):
    """Return a number or a word, short."""
    return f"{value:.5g}" if isinstance(value, np.floating) else str(value)


def compare(answer_module, answer, right):
    """Return the largest difference; raise Wrong if one is beyond the exercise's tolerance."""
    largest = 0.0
    for name, other in right.items():
        array = answer[name]
        if array.shape != other.shape:
            raise Wrong(f"{name} has the shape {array.shape}; expected {other.shape}")
        difference = distance(array, other)
        far = ~(difference <= answer_module.TOLERANCE)  # NaN is far, too
        if far.any():
            place = tuple(np.argwhere(far)[0])
            element = f"{name}[{', '.join(map(str, place))}]"
            raise Wrong(
                f"{element} is {show(array[place])}; {answer_module.ORACLE} says"
                f" {show(other[place])} ({far.sum()} of {far.size} differ)"
            )
        largest = max(largest, difference.max(initial=0.0))
    return largest


def compare_all(exercise, feeds, answers, expected):
    """Return the largest difference of all answers; Wrong says what was fed, too."""
    largest = 0.0
    for feed, answer, right in zip(feeds, answers, expected, strict=True):
        try:
            largest = max(largest, compare(exercise.answer, answer, right))
        except Wrong as wrong:
            raise Wrong(f"{wrong}, fed with {show_shapes(feed)}") from wrong
    return largest


def agree(exercise, answers, others):
    """Return whether two files answer the same, be it without end or no number."""
    tolerance = exercise.answer.TOLERANCE
    for answer, other in zip(answers, others, strict=True):
        for name, array in answer.items():
            if array.shape != other[name].shape:
                return False
            if array.dtype.kind != "f":
                same = np.array_equal(array, other[name])
            else:
                same = np.allclose(array, other[name], tolerance, tolerance, equal_nan=True)
            if not same:
                return False
    return True


# 4. Verdict ---------------------------------------------------------------------------------------
def judge(exercise, path, seed, sizes=ALL, hints=True):
    """Return whether the file is right, and the verdict in words; hints say where to look."""
    answers = None
    try:
        model, session, answers = examine(exercise, path, seed)
        feeds = main_feeds(exercise, seed)
        largest = compare_all(exercise, feeds, answers, main_answers(exercise, seed))
        check_that_all_is_read(model)
        for feed, right in sweep(exercise, seed, sizes):
            answer = run(session, feed)
            largest = max(largest, compare_all(exercise, [feed], [answer], [right]))
    except Wrong as wrong:
        verdict = f"wrong  {wrong}"
        words = recognise(exercise, str(wrong), answers, seed) if hints else None
        if words and words not in verdict:
            verdict += f"\nlook   {words}"
        return False, verdict
    bound = 1e-17
    while bound < largest:
        bound *= 10
    return True, f"right  at most {bound:.0e} from {exercise.answer.ORACLE}, on rows drawn anew"


@cache
def plant(exercise, seed):
    """Return (words, complaint, answers) of each planted mistake; complaint or answers is None."""
    mistakes = {**exercise.answer.MISTAKES, "the starting file fails in the same way": None}
    planted = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "mistake.onnx")
        for words, mistake in mistakes.items():
            model = exercise.start()
            if mistake:
                model = mistake(model)
            onnx.save(model, path)
            try:
                _, _, answers = examine(exercise, path, seed)
                planted.append((words, None, answers))
            except Wrong as wrong:
                planted.append((words, str(wrong), None))
    return planted


def recognise(exercise, complaint, answers, seed):
    """Return the words of the planted mistake that fails in the same way, or None.

    That is: with the same answers; or, where the file gives none, with the same complaint.
    """
    for words, its_complaint, its_answers in plant(exercise, seed):
        if answers and its_answers:
            if agree(exercise, answers, its_answers):
                return words
        elif complaint == its_complaint:
            return words
    return None
