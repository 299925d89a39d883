"""The data is what its schema says; the schema is no empty promise: what is wrong is refused.

It needs jsonschema, which the group interop of pyproject.toml brings.
"""

import copy
import json

import pytest

from tests.lookup import records
from tests.lookup.page import FOLDER

jsonschema = pytest.importorskip("jsonschema")


@pytest.fixture(scope="module")
def validator():
    """Return a validator of the schema, which itself is checked."""
    schema = json.loads((FOLDER / "onnx-compat.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.fixture(scope="module")
def found():
    """Return everything that can be looked up, as its file would be read."""
    return json.loads(records.dumps(records.read()))


def test_the_data_is_what_the_schema_says(validator, found):
    faults = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(found)]
    assert faults == []


def invent_a_verdict(found):
    found["operators"]["GRU"]["versions"]["14"]["support"]["tract"]["verdict"] = "perhaps"


def forget_a_date(found):
    del found["engines"]["tract"]["date"]


def misspell_a_name(found):
    found["operators"]["GRU"]["versions"]["14"]["suport"] = {}


def add_an_estimator_without_verdict(found):
    found["estimators"]["Mine"] = [{"precision": ["float32"], "with": ["default"]}]


def count_in_words(found):
    found["operators"]["GRU"]["versions"]["14"]["cases"] = "six"


WRONG = [
    invent_a_verdict,
    forget_a_date,
    misspell_a_name,
    add_an_estimator_without_verdict,
    count_in_words,
]


@pytest.mark.parametrize("spoil", WRONG)
def test_the_schema_refuses_what_is_wrong(validator, found, spoil):
    spoilt = copy.deepcopy(found)
    spoil(spoilt)
    assert not validator.is_valid(spoilt)
