"""Keep what the readers of other packages say and raise from the user."""

import logging
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from colonnade.core.errors import ColonnadeError, FileError

_CHATTY = ("rsciio", "tifffile", "PIL", "h5py", "zarr")


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


@contextmanager
def _quiet() -> Iterator[None]:
    import_module("rsciio")  # its import sets a level of its own
    levels = {logger: logger.level for logger in map(logging.getLogger, _CHATTY)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for logger in levels:
            logger.setLevel(logging.CRITICAL + 1)
        try:
            yield
        finally:
            for logger, level in levels.items():
                logger.setLevel(level)
