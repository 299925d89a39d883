"""What the sweep can be asked."""


def pytest_addoption(parser):
    parser.addoption(
        "--share",
        type=int,
        default=1,
        metavar="N",
        help="of the sweep each default and one N-th of the rest, another one each day",
    )
