"""What goes wrong between nodes: where it is found, where it is not, and that it is so."""

import tempfile
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator

from tests import engines
from tests.interop.operators import together
from tests.interop.operators.measure import ENGINES, ENVIRONMENT
from tests.kit import apart

rng = np.random.default_rng(0)
ARRAYS = {
    "one": np.ones((1, 1, 1, 1), np.float32),
    "scalar": np.float32(1),
    "three": np.ones((1, 1, 1), np.float32),
    "row": np.ones((1, 4, 1, 1), np.float32),
    "slopes": np.full((4, 1, 1), 0.5, np.float32),
    "Filters": rng.normal(size=(4, 4, 3, 3)).astype(np.float32),
    "Points": rng.normal(size=(4, 4, 1, 1)).astype(np.float32),
    "Four": np.abs(rng.normal(size=4)).astype(np.float32) + np.float32(1),
    "Square": rng.normal(size=(8, 8)).astype(np.float32),
    "none": np.zeros(0, np.int64),
    "two": np.int64([2]),
    "sizes": np.int64([1, 4, 8, 8]),
    "starts": np.int64([1]),
    "ends": np.int64([5]),
    "last": np.int64([3]),
    "around": np.int64([0, 0, 1, 1, 0, 0, 1, 1]),
    "twice": np.float32([1, 1, 2, 2]),
    "repeats": np.int64([1, 1, 2, 1]),
    "zero": np.float32(0),
    "Narrow": rng.normal(size=(2, 128, 3)).astype(np.float32),
    "Deep": np.zeros((128, 128, 3, 3), np.float32),
    "Broad": np.zeros((16, 8, 10, 5), np.float32),
}
X = rng.normal(size=(1, 4, 8, 8)).astype(np.float32)
SAME = "<pads = [1, 1, 1, 1]>"  # the sizes of what is fed


def is_here(engine):
    return apart.POSSIBLE and engines.version_of(ENGINES[engine]) is not None


def make(nodes, sizes="1, 4, 8, 8"):
    """Return a model that holds of ARRAYS what it reads."""
    text = f'<ir_version: 8, opset_import: ["" : 17]> g (float[{sizes}] X) => (Y) {{ {nodes} }}'
    model = onnx.parser.parse_model(text)
    asked = {wire for node in model.graph.node for wire in node.input}
    for name in sorted(asked & set(ARRAYS)):
        model.graph.initializer.append(numpy_helper.from_array(np.asarray(ARRAYS[name]), name))
    typed = onnx.shape_inference.infer_shapes(model, strict_mode=True)
    onnx.checker.check_model(typed, full_check=True)
    return typed


# What MNN packs -----------------------------------------------------------------------------------
PACKING = {
    "Conv": "c = Conv (X, Filters)",
    "ConvTranspose": "c = ConvTranspose (X, Filters)",
    "BatchNormalization": "c = BatchNormalization (X, Four, Four, Four, Four)",
    "InstanceNormalization": "c = InstanceNormalization (X, Four, Four)",
    "LRN": "c = LRN <size = 3> (X)",
}
LEAVING = {
    "Cast": "l = Cast <to = 1> (c)",
    "Clip": "l = Clip (c, zero)",
    "Concat": "l = Concat <axis = 1> (c, c)",
    "Expand": "l = Expand (c, sizes)",
    "MaxPool": "l = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (c)",
    "Pad": "l = Pad (c, around)",
    "Reshape": "l = Reshape (c, sizes)",
    "Resize": 'l = Resize <mode = "nearest"> (c, , twice)',
    "Slice": "l = Slice (c, starts, ends, last)",
    "Tile": "l = Tile (c, repeats)",
    "Transpose": "l = Transpose <perm = [0, 2, 3, 1]> (c)",
    "Add": "l = Add (c, row)",
    "Mul": "l = Mul (c, c)",
}
for name in ("Dropout", "Erf", "HardSwish", "Identity", "Neg", "Relu", "Sigmoid", "Tanh"):
    LEAVING[name] = f"l = {name} (c)"
NOT_LEFT = {  # one number in front is added rightly, as it is measured
    "MatMul": "l = MatMul (c, Square)",
    "Softmax": "l = Softmax <axis = 1> (c)",
    "ReduceMean": "l = ReduceMean <axes = [3]> (c)",
    "GlobalAveragePool": "l = GlobalAveragePool (c)",
    "Add": "l = Add (c, X)",
    "PRelu": "l = PRelu (c, slopes)",
}
HARMLESS = {
    "the number behind": "Y = Add (c, one)",
    "of no rank": "Y = Add (scalar, c)",
    "of a lower rank": "Y = Add (three, c)",
    "one for each channel": "Y = Add (row, c)",
    "one that is computed": "m = ReduceMax (X)  Y = Add (m, c)",
}
NEVER_PACKED = {
    "what is fed": "Y = Add (one, X)",
    "a Relu of what is fed": "r = Relu (X)  Y = Add (one, r)",
}


def behind(nodes):
    return make(f"c = Conv {SAME} (X, Filters)  {nodes}")


def has(model, feature):
    return feature in together.find_together(model)


@pytest.mark.parametrize("name", PACKING)
def test_one_number_in_front_of_what_is_packed_is_found(name):
    assert has(make(f"{PACKING[name]}  Y = Add (one, c)"), together.NUMBER_FIRST)


@pytest.mark.parametrize("operator", sorted(together.OF_TWO))
def test_it_is_found_for_each_operator_of_two(operator):
    assert has(behind(f"Y = {operator} (one, c)"), together.NUMBER_FIRST)


@pytest.mark.parametrize("name", LEAVING)
def test_it_is_found_behind_what_leaves_channels_packed(name):
    assert has(behind(f"{LEAVING[name]}  Y = Add (one, l)"), together.NUMBER_FIRST)


def test_it_is_found_in_arrays_of_three_axes():
    first_row = "p = MaxPool <kernel_shape = [8, 1], strides = [8, 1]> (c)  s = Squeeze (p, two)"
    assert has(behind(f"{first_row}  Y = Add (three, s)"), together.NUMBER_FIRST)


@pytest.mark.parametrize("name", NOT_LEFT)
def test_it_is_not_found_behind_what_unpacks(name):
    assert not has(behind(f"{NOT_LEFT[name]}  Y = Add (one, l)"), together.NUMBER_FIRST)


@pytest.mark.parametrize("nodes", [*HARMLESS.values(), *NEVER_PACKED.values()])
def test_it_is_not_found_where_it_does_no_harm(nodes):
    assert not has(behind(nodes), together.NUMBER_FIRST)


@pytest.mark.skipif(not is_here("MNN"), reason="MNN is not installed")
def test_mnn_does_so():
    """All that is found above is answered otherwise, and all that is not is right."""
    wrong = {}
    for name, nodes in PACKING.items():
        wrong[name] = make(f"{nodes}  Y = Add (one, c)"), True
    for name, nodes in LEAVING.items():
        wrong[f"{name} behind"] = behind(f"{nodes}  Y = Add (one, l)"), True
    for name, nodes in NOT_LEFT.items():
        wrong[f"{name} in front"] = behind(f"{nodes}  Y = Add (one, l)"), False
    for name, nodes in {**HARMLESS, **NEVER_PACKED}.items():
        wrong[name] = behind(nodes), False
    contents = [model.SerializeToString() for model, _ in wrong.values()]
    found = apart.fresh(run_in_mnn, contents, environment=ENVIRONMENT)
    assert found.ended == apart.RETURNED, found.words
    assert dict(zip(wrong, found.value, strict=True)) == {name: w for name, (_, w) in wrong.items()}


def run_in_mnn(contents):
    """Return whether MNN answers each model otherwise than onnx.reference."""
    otherwise = []
    ENGINES["MNN"].load()
    with tempfile.TemporaryDirectory() as folder:
        for content in contents:
            path = Path(folder, "model.onnx")
            path.write_bytes(content)
            (answer,) = ENGINES["MNN"].run(path, [X])
            (right,) = ReferenceEvaluator(onnx.load(path)).run(None, {"X": X})
            # Sums of 36 products in float32, and MNN's own exponentials.
            otherwise.append(not np.allclose(answer, right, rtol=1e-3, atol=1e-3))
    return otherwise


# What tract steps before --------------------------------------------------------------------------
STEPS = "<strides = [2, 2]>"
STEPPED = {
    "at once": f"c = Conv (X, Points)  Y = Conv {STEPS} (c, Points)",
    "behind a sum": f"""c = Conv (X, Points)  s = Add (c, X)  r = Relu (s)
        Y = Conv {STEPS} (r, Points)""",
    "by two": f"""c = Conv (X, Points)  r = Relu (c)
        a = Conv {STEPS} (r, Points)  b = Conv {STEPS} (r, Points)  Y = Add (a, b)""",
}
NOT_STEPPED = {
    "in steps of one": "c = Conv (X, Points)  Y = Conv (c, Points)",
    "of what is fed": f"Y = Conv {STEPS} (X, Points)",
    "behind a larger filter": f"c = Conv {SAME} (X, Filters)  Y = Conv {STEPS} (c, Points)",
    "behind a pool": f"""c = Conv (X, Points)  p = MaxPool <kernel_shape = [2, 2]> (c)
        Y = Conv {STEPS} (p, Points)""",
    "read by another": f"""c = Conv (X, Points)  r = Relu (c)  a = Conv {STEPS} (r, Points)
        b = Conv <strides = [2, 2], pads = [1, 1, 1, 1]> (r, Filters)  Y = Add (a, b)""",
}


@pytest.mark.parametrize("name", STEPPED)
def test_steps_behind_a_conv_of_one_by_one_are_found_in_a_free_batch(name):
    assert has(make(STEPPED[name], "N, 4, 8, 8"), together.STEPPED)
    assert not has(make(STEPPED[name]), together.STEPPED)


@pytest.mark.parametrize("name", NOT_STEPPED)
def test_steps_elsewhere_are_not(name):
    assert not has(make(NOT_STEPPED[name], "N, 4, 8, 8"), together.STEPPED)


@pytest.mark.skipif(not is_here("tract"), reason="tract is not installed")
@pytest.mark.parametrize("name", [*STEPPED, *NOT_STEPPED])
def test_tract_does_so(name, tmp_path):
    path = tmp_path / "model.onnx"
    onnx.save(make({**STEPPED, **NOT_STEPPED}[name], "N, 4, 8, 8"), path)
    ENGINES["tract"].load()
    outcome = apart.copy(ENGINES["tract"].run, str(path), [X])
    assert outcome.ended == (apart.RAISED if name in STEPPED else apart.RETURNED), outcome.words


# Sizes --------------------------------------------------------------------------------------------
def test_only_a_shape_without_sizes_is_one():
    nodes = "c = ConstantOfShape <value = float[1] {2.0}> (none)  Y = Add (X, c)"
    assert has(make(nodes), together.NO_SIZES)
    assert not has(make(nodes.replace("none", "sizes")), together.NO_SIZES)


@pytest.mark.parametrize(
    ("gaps", "groups", "found"), [(558, 1, False), (559, 1, True), (280, 1, False), (280, 2, True)]
)
def test_columns_are_a_filter_with_its_gaps_for_each_answer_and_channel(gaps, groups, found):
    """128 channels * (2 * 559 + 1) * 7500 answers * 4 bytes: 4,296,960,000, of 4,294,967,296."""
    settings = f"dilations = [{gaps}], pads = [{gaps}, {gaps}], group = {groups}"
    model = make(f"Y = Conv <{settings}> (X, Narrow)", f"1, {128 * groups}, 7500")
    assert has(model, together.COLUMNS) == found


def test_of_sizes_that_are_not_known_nothing_is_said():
    nodes = "Y = Conv <dilations = [4096], pads = [4096, 4096]> (X, Narrow)"
    assert not has(make(nodes, "1, 128, L"), together.COLUMNS)


@pytest.mark.parametrize("side, found", [(184, False), (185, True)])
@pytest.mark.parametrize("rows", ["1", "N"])
def test_convolutions_of_over_ten_billion_products_are_found(side, found, rows):
    # Two of 128 * 128 * 9 products for each of 184 * 184 places are just under ten billion.
    nodes = f"c = Conv {SAME} (X, Deep)  Y = Conv {SAME} (c, Deep)"
    assert has(make(nodes, f"{rows}, 128, {side}, {side}"), together.PRODUCTS) == found


def test_products_of_sizes_that_are_free_are_not_counted():
    nodes = f"c = Conv {SAME} (X, Deep)  Y = Conv {SAME} (c, Deep)"
    assert not has(make(nodes, "1, 128, H, 1000"), together.PRODUCTS)


@pytest.mark.parametrize("side, found", [(111, False), (112, True)])
@pytest.mark.parametrize("rows", ["1", "N"])
def test_columns_of_over_ten_million_numbers_are_found(side, found, rows):
    # 2 groups of 8 * 10 * 5 numbers for each of 111 * 111 places are 9.9 million.
    nodes = "Y = ConvTranspose <group = 2> (X, Broad)"
    assert has(make(nodes, f"{rows}, 16, {side}, {side}"), together.SPREAD) == found


# An answer of one dimension -----------------------------------------------------------------------
ONE_DIMENSION = "1, 128, 8"


@pytest.mark.parametrize(
    ("nodes", "sizes", "found"),
    [
        ("c = Conv (X, Narrow)  Y = Relu (c)", ONE_DIMENSION, True),
        ("c = Conv (X, Narrow)  Y = Sigmoid (c)", ONE_DIMENSION, False),
        ("c = Conv (X, Narrow)  r = Relu (c)  Y = Sigmoid (r)", ONE_DIMENSION, False),
        ("Y = Relu (X)", ONE_DIMENSION, False),
        ("c = Conv (X, Filters)  Y = Relu (c)", "1, 4, 8, 8", False),
    ],
)
def test_a_relu_of_a_conv_over_one_dimension_is_found_where_it_is_the_answer(nodes, sizes, found):
    assert has(make(nodes, sizes), together.RECTIFIED) == found


@pytest.mark.parametrize(
    ("places", "found"),
    [
        (range(60), True),
        (range(59), False),
        ([*range(59), 58], False),  # the same sizes once more are no more programs
    ],
)
def test_sixty_products_of_sizes_that_differ_are_found(places, found):
    lines = []
    for i, place in enumerate(places):
        lines.append(f"c{i} = Conv <pads = [{place}, 0, 0, 0]> (X, Points)")
    nodes = "  ".join(lines)
    assert has(make(f"{nodes}  Y = Relu (c0)"), together.VARIED) == found


@pytest.mark.parametrize(("times", "found"), [(59, False), (60, True)])
def test_products_of_like_attributes_differ_in_their_sizes(times, found):
    nodes = together.stack(times, "Points", [0, 0, 1, 0])  # each answer is a row longer
    assert has(make(nodes), together.VARIED) == found


def test_the_file_of_many_sizes_makes_each_of_its_own():
    model, _inputs = together.make_together()[together.VARIED]
    shapes = set()
    for value in model.graph.value_info:
        shapes.add(tuple(dim.dim_value for dim in value.type.tensor_type.shape.dim))
    assert len(shapes) == len(model.graph.node)
