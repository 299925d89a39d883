"""The mistakes, a module for each topic; a new one is found wherever it stands in here."""

import importlib
import pkgutil

from tests.mistakes.catalogue import MISTAKES


def collect():
    """Import every module in here, and return the mistakes in them."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return MISTAKES
