"""What methods give, as TIFF: the finer image, then half the width of its interval if known."""

from pathlib import Path

import numpy as np

from colonnade.core.errors import FileError, ImageError
from colonnade.core.files.open import read_frames
from colonnade.core.files.write import write_tiff
from colonnade.sem.bench.case import TestImage, Upscaling

SUFFIX = ".tif"
"""Of what a method gave for an image."""


def write_output(output: Upscaling, path: Path) -> None:
    """Write what a method gave."""
    if output.half_width is None:
        write_tiff(path, output.image)
    else:
        write_tiff(path, np.stack([output.image, output.half_width]))


def read_output(path: Path) -> Upscaling:
    """Read what a method gave, or an image that was made elsewhere.

    Raises
    ------
    FileError, ImageError
        If it cannot be read, or has more than two frames.
    """
    frames = read_frames(path)
    if len(frames) > 2:
        raise ImageError(f"{path} has {len(frames)} frames; a result is a single image")
    image, *half_width = (np.asarray(frame.pixels, np.float32) for frame in frames)
    return Upscaling(image, half_width[0] if half_width else None)


def no_output(image: TestImage) -> Upscaling:
    """Stand for what a method that failed gives: all one grey."""
    grey = np.full_like(image.pair.high, image.pair.low.mean())
    return Upscaling(grey)


def kept_output(folder: Path, name: str) -> Upscaling:
    """Read what a method gave for an image in a run.

    Raises
    ------
    FileError
        If the run does not hold it.
    """
    path = folder / f"{name}{SUFFIX}"
    try:
        return read_output(path)
    except ImageError as error:
        raise FileError(f"{path} is not what a run writes ({error}); run it again") from error
