"""How much of the sweep is tried: all of it, or a share."""

import pytest


def pytest_addoption(parser):
    parser.addoption(
        "--share",
        type=int,
        default=1,
        metavar="N",
        help="of what is swept each default and one N-th of the rest, another one each day",
    )


@pytest.fixture(scope="session")
def share(request):
    """Return N: one N-th is tried. --update writes what it tries, which is all."""
    update = request.config.getoption("update")
    return 1 if update else request.config.getoption("share", 1)
