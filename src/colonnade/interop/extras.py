"""Packages that only those have who use them."""

from importlib import import_module
from typing import Any

from colonnade.core.errors import MissingExtraError


def optional(module: str, what: str, extra: str) -> Any:
    """Import a module of an optional package.

    Parameters
    ----------
    module
        Its full name.
    what
        What cannot be done without it, as a sentence begins.
    extra
        What is to be installed.

    Raises
    ------
    MissingExtraError
        If the package is not there.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingExtraError(what, extra) from error
