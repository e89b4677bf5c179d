"""Keep what the readers of other packages say and raise from the user.

Several threads may read at once, beside threads that do something else. So nothing is switched
off for the whole process: filters that are attached once ask whether their own thread is reading.
"""

import logging
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from pathlib import Path
from typing import Any

from colonnade.core.errors import ColonnadeError, FileError

_IS_READING = ContextVar("is_reading", default=False)


@contextmanager
def reading(path: Path, name: str) -> Iterator[None]:
    """Turn whatever a reader raises into one FileError, and keep its warnings quiet.

    Parameters
    ----------
    path
        The file that is read.
    name
        The name of its format.
    """
    try:
        with _quiet():
            try:
                yield
            except Exception as error:
                traceback.clear_frames(error.__traceback__)  # closes what a reader left open
                raise
    except ColonnadeError:
        raise
    except ModuleNotFoundError as error:
        raise FileError(f"{path} needs a package that is not installed: {error}") from error
    except MemoryError as error:
        raise FileError(f"{path} needs more memory than there is, or is damaged") from error
    except Exception as error:  # the readers raise nearly every type on a damaged file
        why = str(error).strip().split("\n")[0].rstrip(".")[:120] or "no reason given"
        raise FileError(
            f"{path} cannot be read as {name}: it is damaged, cut short or of another format "
            f"({type(error).__name__}: {why})"
        ) from error


def import_reader(name: str) -> Any:
    """Import the module of a reader, and keep its loggers quiet while a file is read with it."""
    module = import_module(name)
    package = name.partition(".")[0]
    below = [known for known in logging.root.manager.loggerDict if known.startswith(f"{package}.")]
    for logger in (package, *below):
        logging.getLogger(logger).addFilter(_outside_of_reading)  # a second time adds nothing
    return module


def _outside_of_reading(record: logging.LogRecord) -> bool:
    return not _IS_READING.get()


class _WhileReading(type):
    """Makes every warning one of a kind, as long as this thread reads a file."""

    def __subclasscheck__(cls, subclass: type) -> bool:
        return _IS_READING.get()


class _ReaderWarning(Warning, metaclass=_WhileReading):
    """What a filter of warnings names to mean all that come while this thread reads."""


@contextmanager
def _quiet() -> Iterator[None]:
    token = _IS_READING.set(True)
    # Whoever has put another filter before ours since, or taken ours away, is answered here.
    if not warnings.filters or warnings.filters[0][2] is not _ReaderWarning:
        warnings.simplefilter("ignore", category=_ReaderWarning)
    try:
        yield
    finally:
        _IS_READING.reset(token)
