"""Judge a file: is it what its exercise asks for? Structure first, then numbers.

The runner calls this in a process of its own, `python -m tests.exercises.judge EXERCISE FILE`: a
file that crashes or hangs takes only this process with it.
"""

import importlib
import os
import sys
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import onnx

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # importing onnxruntime reports usage otherwise
import onnxruntime

MEMORY = 2 * 2**30  # bytes; an honest file of these exercises takes a few megabytes


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
    """Raise Wrong if the model is not one for this exercise, whatever its numbers are."""
    stored = {tensor.name for tensor in model.graph.initializer}
    fed = [info for info in model.graph.input if info.name not in stored]
    notation = f"graph ({', '.join(exercise.INPUTS)}) => ({', '.join(exercise.OUTPUTS)}) {{ }}"
    expected = onnx.parser.parse_graph(notation)
    check_side("input", fed, expected.input)
    check_side("output", model.graph.output, expected.output)
    if hasattr(exercise, "complain"):
        complaint = exercise.complain(model)
        if complaint:
            raise Wrong(complaint)


# 2. Numbers ---------------------------------------------------------------------------------------
def tidy(error, path):
    """Return an error's message in one line, without the file's path; a long one keeps its ends."""
    line = " ".join(str(error).replace(str(path), "the file").split())
    if len(line) > 400:
        line = f"{line[:200]} ... {line[-200:]}"
    return line


def run(exercise, path):
    """Return what the file answers: for each of the feeds, the outputs by name."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4  # the exception says the same
    try:
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the only class that onnxruntime's errors have in common
        raise Wrong(f"onnxruntime refuses the file: {tidy(error, path)}") from error
    names = [info.name for info in session.get_outputs()]
    answers = []
    for feed in exercise.feeds():
        try:
            outputs = session.run(names, feed)
        except Exception as error:
            shapes = ", ".join(f"{name} {array.shape}" for name, array in feed.items())
            raise Wrong(f"onnxruntime stops, fed with {shapes}: {tidy(error, path)}") from error
        answers.append(dict(zip(names, outputs, strict=True)))
    return answers


def examine(exercise, path):
    """Return what the file answers; raise Wrong if it cannot be what the exercise asks for."""
    try:
        model = onnx.load(path)
    except Exception as error:  # protobuf, onnx and Python have an error each for this
        raise Wrong(f"onnx cannot read the file: {tidy(error, path)}") from error
    check_structure(exercise, model)
    try:
        onnx.checker.check_model(path, full_check=True)
    except Exception as error:
        raise Wrong(f"the checker refuses the file: {tidy(error, path)}") from error
    return run(exercise, path)


def reference(exercise):
    """Return what the oracle answers, in the form of run; it computes in float64."""
    answers = []
    for feed in exercise.feeds():
        exact = {}
        for name, array in feed.items():
            exact[name] = array.astype(np.float64) if array.dtype == np.float32 else array
        answers.append(exercise.expected(**exact))
    return answers


def distance(array, other):
    """Return for each element how far the arrays are apart; words that differ are infinitely so."""
    if np.issubdtype(other.dtype, np.number):
        return abs(array.astype(np.float64) - other)
    return np.where(array == other, 0.0, np.inf)


def show(value):
    """Return a number or a word, short."""
    return f"{value:.5g}" if isinstance(value, np.floating) else str(value)


def compare(exercise, answers, expected):
    """Return the largest difference; raise Wrong if one is beyond the exercise's tolerance."""
    largest = 0.0
    for answer, right in zip(answers, expected, strict=True):
        for name, other in right.items():
            array = answer[name]
            if array.shape != other.shape:
                raise Wrong(f"{name} has the shape {array.shape}; expected {other.shape}")
            difference = distance(array, other)
            far = ~(difference <= exercise.TOLERANCE)  # NaN is far, too
            if far.any():
                place = tuple(np.argwhere(far)[0])
                element = f"{name}[{', '.join(map(str, place))}]"
                raise Wrong(
                    f"{element} is {show(array[place])}; {exercise.ORACLE} says"
                    f" {show(other[place])} ({far.sum()} of {far.size} differ)"
                )
            largest = max(largest, difference.max(initial=0.0))
    return largest


def agree(exercise, answers, others):
    """Return whether two files answer the same."""
    try:
        compare(exercise, answers, others)
    except Wrong:
        return False
    return True


# 3. Verdict ---------------------------------------------------------------------------------------
def judge(exercise, path):
    """Return whether the file is right, and the verdict in words."""
    answers = None
    try:
        answers = examine(exercise, path)
        largest = compare(exercise, answers, reference(exercise))
    except Wrong as wrong:
        verdict = f"wrong  {wrong}"
        words = recognise(exercise, str(wrong), answers)
        if words and words not in verdict:
            verdict += f"\nlook   {words}"
        return False, verdict
    bound = 1e-17
    while bound < largest:
        bound *= 10
    return True, f"right  at most {bound:.0e} from {exercise.ORACLE}, on rows it has never seen"


@cache
def plant(exercise):
    """Return (words, complaint, answers) of each planted mistake; complaint or answers is None."""
    mistakes = {**exercise.MISTAKES, "the starting file fails in the same way": None}
    planted = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "mistake.onnx")
        for words, mistake in mistakes.items():
            model = exercise.start()
            if mistake:
                model = mistake(model)
            onnx.save(model, path)
            try:
                planted.append((words, None, examine(exercise, path)))
            except Wrong as wrong:
                planted.append((words, str(wrong), None))
    return planted


def recognise(exercise, complaint, answers):
    """Return the words of the planted mistake that fails in the same way, or None.

    That is: with the same answers; or, where the file gives none, with the same complaint.
    """
    for words, its_complaint, its_answers in plant(exercise):
        if answers and its_answers:
            if agree(exercise, answers, its_answers):
                return words
        elif complaint == its_complaint:
            return words
    return None


# 4. The process of its own ------------------------------------------------------------------------
def limit_memory():
    """Let this process have no more than MEMORY, where the system can do that."""
    try:
        import resource  # not on Windows

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    except (ImportError, OSError, ValueError):
        pass


def main(name, file):
    """Print the verdict; the status is 0 if the file is right, otherwise 1."""
    exercise = importlib.import_module(f"tests.exercises.{name}")
    limit_memory()
    right, verdict = judge(exercise, Path(file))
    print(verdict)
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
