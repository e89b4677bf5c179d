"""What methods give, as NumPy's own files: the volume, and half the width of its interval."""

from pathlib import Path

import numpy as np

from colonnade.core.errors import FileError
from colonnade.core.work.writing import atomic
from colonnade.tomo.bench.case import Reconstructed, TestSeries

SUFFIX = ".npz"
"""Of what a method gave for a series."""


def write_output(output: Reconstructed, path: Path) -> None:
    """Write what a method gave."""
    with atomic(path) as temporary, temporary.open("wb") as file:
        if output.half_width is None:
            np.savez_compressed(file, volume=output.volume)
        else:
            np.savez_compressed(file, volume=output.volume, half_width=output.half_width)


def no_output(test: TestSeries) -> Reconstructed:
    """Stand for what a method that failed gives: nothing at all."""
    return Reconstructed(np.zeros_like(test.truth))


def kept_output(folder: Path, name: str) -> Reconstructed:
    """Read what a method gave for a series in a run.

    Raises
    ------
    FileError
        If the run does not hold it.
    """
    path = folder / f"{name}{SUFFIX}"
    try:
        with np.load(path) as file:
            return Reconstructed(file["volume"], file.get("half_width"))
    except (OSError, ValueError, KeyError) as error:
        raise FileError(f"{path} is not what a run writes ({error}); run it again") from error
