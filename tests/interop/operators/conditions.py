"""What tells the cases that fail from those that do not: a condition for each verdict.

literals(use)                 {"float32", "rank 3", "direction=reverse", "free sizes", ...}
learn([(literals, verdict)])  the smallest conjunctions that failing cases have and no other one
"""

import functools
from dataclasses import dataclass
from itertools import combinations

import onnx

from tests.interop.operators.uses import (
    INSIDE,
    MISSING,
    NAMES,
    ONE_CHANNEL,
    is_free,
    is_open,
    split_type,
)

PLACES = (" constant", " computed", " fed")  # where an input comes from
Option = onnx.defs.OpSchema.FormalParameterOption
NO_AXES = "axes not stated"
RECURRENT = ("LSTM", "GRU", "RNN")
LAST = "its answer is the file's"
CARRIED_FROM = 2  # the inputs of a Loop from here on are carried on, and handed out at last
EACH_STEP = "what each step makes"
SUMMED = "channels summed"  # by a Conv that has not a group for each
STATED = "last sizes that are stated"
FOR_CONDITIONS = {STATED, EACH_STEP, SUMMED}  # which do not make two nodes unlike
UNRANKED = "an answer of unknown rank"
FREE_STEPS = "a free number of steps"
FREE_BATCH = "a free batch"
NO_VALUE = "its value is not stated"  # which is 0 in float32 then
OF_SEQUENCES = (FREE_STEPS, FREE_BATCH)  # what is free of a layer's first two sizes
LONGEST = 3  # literals of a conjunction; what needs more is no condition that a person can use


# What is true of a node ---------------------------------------------------------------------------
@functools.cache
def find_formal(operator, version):
    """Return the formal inputs and outputs of an operator as (names, which may be missing)."""
    domain, _, name = operator.rpartition(".")
    schema = onnx.defs.get_schema(name, version, NAMES.get(domain, domain))
    sides = []
    for side in (schema.inputs, schema.outputs):
        variadic = bool(side) and side[-1].option == Option.Variadic
        sides.append(([(item.name, item.option == Option.Optional) for item in side], variadic))
    return sides


@functools.cache
def is_known(operator, version):
    """Return whether the onnx that is installed knows an operator in a version."""
    try:
        find_formal(operator, version)
    except onnx.defs.SchemaError:
        return False
    return True


@functools.cache
def literals(use):
    """Return what is true of a use, as words; the names of inputs are the standard's."""
    (formal, variadic), (formal_outputs, many_outputs) = find_formal(use.operator, use.version)
    found = {f"version {use.version}", *use.attributes}
    for i, (name, optional) in enumerate(formal):
        word = use.inputs[i] if i < len(use.inputs) else MISSING
        if word == MISSING:
            if optional:
                found.add(f"without {name}")
            continue
        if optional:
            found.add(f"with {name}")
        kind, rank = split_type(word)
        of = "" if i == 0 else f" of {name}"
        found.add(kind + of)
        found.add(f"rank {rank}{of}" if rank is not None else f"unknown rank{of}")
        place = "constant" if i in use.constants else "computed" if i in use.computed else "fed"
        found.add(f"{name} {place}")
        if place != "constant":
            found.add(f"{name} not constant")
    if variadic:
        found.add(f"{min(len(use.inputs), 4)} inputs")
    given = [word for i, word in enumerate(use.inputs) if word and i not in use.constants]
    found.add("free sizes" if any(map(is_free, given)) else "fixed sizes")
    if any(is_free(f"[{sizes_of(word).rstrip(')').rstrip(']').split(',')[-1]}]") for word in given):
        found.add("a free last size")
    elif any(sizes_of(word).strip("])") for word in given):
        found.add(STATED)
    if use.operator in RECURRENT:
        sizes = sizes_of(use.inputs[0]).strip("[])").split(",")
        found |= {word for word, size in zip(OF_SEQUENCES, sizes, strict=False) if is_open(size)}
    if use.operator == "ConstantOfShape" and not any(map(is_value, use.attributes)):
        found.add(NO_VALUE)
    if broadcasts(use.operator, use.version) and may_differ(use.inputs):
        found.add("sizes that may differ")
    if any(word and split_type(word)[1] is None for word in use.outputs):
        found.add(UNRANKED)
    if any(is_empty(word) for word in use.inputs):
        found.add("an empty dimension")
    if has_axes(use.operator, use.version) and not found & {"axes", "axes<0"}:
        found.add(NO_AXES)
    if use.operator == "Loop" and len(use.outputs) > len(use.inputs) - CARRIED_FROM:
        found.add(EACH_STEP)
    if use.operator == "Conv" and ONE_CHANNEL not in use.attributes:
        found.add(SUMMED)
    if many_outputs:
        found.add(f"{min(len(use.outputs), 4)} outputs")
    else:
        for i, (name, _optional) in enumerate(formal_outputs[1:], start=1):
            given = i < len(use.outputs) and use.outputs[i] != MISSING
            found.add(f"output {name}" if given else f"no output {name}")
    if len(use.kept) < len(use.outputs):
        found.add(LAST)
    if use.operator == "QuantizeLinear" and use.kept:
        found.add("its answer goes on")  # engines compute what follows in whole numbers
    if len({sizes_of(word) for word in use.inputs if word}) > 1:
        found.add("other sizes")
    return frozenset(found)


@functools.cache
def literals_in(engine, use):
    """Return what an engine sees of a use."""
    found = literals(use)
    if engine == BY_PATTERNS:
        found = found - {LAST}
    if engine in EAGER:  # what is fed and what was computed is the same to them
        found = frozenset(word for word in found if not word.endswith((" fed", " computed")))
    return found - OF_SIZES if engine in CONCRETE else found


@functools.cache
def broadcasts(operator, version):
    """Return whether the inputs of an operator have to fit each other, size by size."""
    domain, _, name = operator.rpartition(".")
    schema = onnx.defs.get_schema(name, version, NAMES.get(domain, domain))
    return "multidirectional" in schema.doc or operator == "Concat"


@functools.cache
def has_axes(operator, version):
    """Return whether the axes of an operator are an attribute in a version."""
    domain, _, name = operator.rpartition(".")
    return "axes" in onnx.defs.get_schema(name, version, NAMES.get(domain, domain)).attributes


def may_differ(words):
    """Return whether two inputs have, at the same place from the end, sizes unlike each other.

    One of them is free, and none is one: whether they are equal, only the numbers tell.
    """
    rows = [sizes_of(word).rstrip(")").rstrip("]").split(",")[::-1] for word in words if word]
    for one, other in combinations(rows, 2):
        for size, another in zip(one, other, strict=False):
            free = is_open(size) or is_open(another)
            if free and size and another and size != another and "1" not in (size, another):
                return True
    return False


def is_value(attribute):
    return attribute.startswith("value=")


def sizes_of(word):
    return word.partition("[")[2]


def is_empty(word):
    """Return whether a type has a size of none."""
    return "0" in sizes_of(word).rstrip(")").rstrip("]").split(",")


FAR = 2.5  # from the nearest case: less than another type, or another way to compute
# What ran says more of an engine that refuses little. Found on the real files, on packages' and
# unseen ones, each maker's left out in turn: the farthest, up to 4, that added no wrong verdict.
# Of ncnn it says less: nearer, fewer verdicts were wrong.
FAR_IN = {
    **dict.fromkeys(("Apache TVM", "ONNX Runtime", "onnx.reference", "OpenCV", "OpenVINO"), 4),
    **dict.fromkeys(("tinygrad", "tract"), 4),
    "MNN": 3,
    "ncnn": 1.25,
}

BY_PATTERNS = "ncnn"  # pnnx knows nodes by what stands around them: of one that is the last it errs
# Engines that see no free size: they compute with arrays as they come, or take the sizes of these
# before they read the graph.
EAGER = {"onnx.reference", "onnx2torch", "tinygrad"}
CONCRETE = {*EAGER, "ncnn", "Plain C"}
OF_SIZES = {"free sizes", "fixed sizes", "a free last size", "sizes that may differ"}
OF_SIZES |= {*OF_SEQUENCES, STATED}

# Attributes that change how much is computed, hardly how.
AMOUNTS = {
    *("alpha", "axes", "axes<0", "axis", "axis<0", "beta", "bias", "end", "epsilon", "equation"),
    *("hidden_size", "kernel_shape", "keepdims", "lambd", "momentum", "noop_with_empty_axes"),
    *("output_padding", "pads", "perm", "size", "split", "start", "strides", "to", "transA"),
    *("transB", "zero_point", "num_outputs", "blocksize", "seed"),
}


@functools.cache
def weight(literal):
    """Return how much it tells two nodes apart that one of them has this and the other has not.

    Each node has a version, a type and a rank: where these differ, both literals count.
    """
    if literal.endswith(" not constant") or literal in FOR_CONDITIONS:
        return 0
    if literal.endswith(" not stated") or literal.startswith(
        ("its answer is", "fixed sizes", "no output ", "without ")
    ):
        return 0.2
    if literal.endswith((*PLACES, " in a row")) or literal.startswith("unknown rank"):
        return 0.2
    if literal.startswith(("rank ", "other sizes", "version ", INSIDE, UNRANKED)):
        return 0.4
    if literal in ("a free last size", "sizes that may differ"):
        return 0.4
    if literal.endswith((" inputs", " outputs")):
        return 0.4
    if literal in ("free sizes", "an empty dimension", *OF_SEQUENCES):
        return 0.7
    if literal in AMOUNTS or literal.startswith(("with ", "output ")) or " of " in literal:
        return 1.0
    return 3.0


@functools.cache
def distance(words, others):
    """Return how far apart two uses of an operator are."""
    return round(sum(map(weight, words ^ others)), 1)


# Conditions ---------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Rule:
    """A conjunction that holds for failing cases and for no other one; () holds for all."""

    conjunction: tuple
    verdict: str
    examples: tuple  # the cases that it explains


def rank(literal):
    """Return how likely a literal is the reason: types and words first, what is odd last."""
    order = (
        not literal.startswith(("float", "int", "uint", "bool", "string", "sequence", "complex")),
        literal.startswith(("version ", "no ", "without ", "fixed ")),
        literal.startswith(("rank ", "other ")),
        literal.endswith(PLACES),
    )
    return (order[1] or order[2] or order[3], *order, literal)


def learn(evidence):
    """Return the rules of some evidence, [(name, literals, verdict)], and what none explains.

    verdict: "" for what ran. Each rule is the shortest there is, and of these the one that
    explains most.
    """
    # Of equal words one is enough: whether one ran counts, not how many.
    passing = {frozenset(words) for _name, words, verdict in evidence if not verdict}
    allowed = masks_of(passing)
    rules = []
    unexplained = []
    for wanted in sorted({verdict for _name, _words, verdict in evidence} - {""}):
        left = {name: words for name, words, verdict in evidence if verdict == wanted}
        if not passing:
            rules.append(Rule((), wanted, tuple(left)))
            continue
        while left:
            rule = find_rule(left, allowed, len(passing), wanted)
            if rule is None:
                unexplained += [(name, words, wanted) for name, words in left.items()]
                break
            rules.append(rule)
            for name in rule.examples:
                left.pop(name, None)
    return rules, unexplained


def describe(rule):
    """Return a rule's condition as words."""
    return f"only with {', '.join(rule.conjunction)}" if rule.conjunction else "always"


def masks_of(all_words):
    """Return {literal: a number whose bit i says whether it is among the i-th words}."""
    masks = {}
    for i, words in enumerate(all_words):
        for word in words:
            masks[word] = masks.get(word, 0) | 1 << i
    return masks


def find_rule(left, allowed, passing, verdict):
    """Return the shortest conjunction of what is left that no passing case has, or None.

    allowed: the masks of so many passing cases.
    """
    names = list(left)
    failing = masks_of(left.values())
    everything = (1 << passing) - 1
    for length in range(1, LONGEST + 1):
        best = None
        for conjunction in combinations(sorted(failing, key=rank), length):
            covered = (1 << len(names)) - 1
            for word in conjunction:
                covered &= failing[word]
            if not covered:
                continue
            hit = everything
            for word in conjunction:
                hit &= allowed.get(word, 0)
            if not hit and (best is None or covered.bit_count() > best[0].bit_count()):
                best = covered, conjunction
        if best:
            covered, conjunction = best
            examples = [name for i, name in enumerate(names) if covered >> i & 1]
            return Rule(conjunction, verdict, tuple(examples))
    return None
