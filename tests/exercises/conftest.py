"""What the tests of the exercises share: the digits."""

from functools import cache

import pytest

import neural_network


@pytest.fixture(scope="module", autouse=True)
def read_once():
    """Read the digits once: the exercises ask for them again and again, five milliseconds each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(neural_network, "load_data", cache(neural_network.load_data))
        yield
