"""Find the columns of a film in the average of its frames."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from colonnade.atoms.columns import Columns
from colonnade.atoms.locate.films.images import Images
from colonnade.atoms.locate.locate import (
    DEFAULT,
    Options,
    Result,
    calibrated,
    locate_frame,
)
from colonnade.core.errors import ImageError
from colonnade.core.images.levels import check_ordinary
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.images.pixel_size import PixelSize
from colonnade.core.images.series.register import Average, average
from colonnade.core.images.series.settings import REGISTRATION_DEFAULTS, RegistrationSettings
from colonnade.core.learn.model import Model


@dataclass(frozen=True, eq=False)
class Averaged:
    """The columns of the average of a film's frames.

    Parameters
    ----------
    result
        The average, its columns, and how they were found.
    average
        How the frames lie on it.
    """

    result: Result
    average: Average


def locate_average(
    frames: Sequence[Micrograph],
    model: Model,
    options: Options = DEFAULT,
    pixel_size: PixelSize | None = None,
    numbers: Sequence[int] | None = None,
    settings: RegistrationSettings = REGISTRATION_DEFAULTS,
) -> Averaged:
    """Register the frames of a film as wholes and row by row, and find columns in their mean.

    Parameters
    ----------
    frames
        The film; only one frame at a time is in memory.
    model, options
        With which network columns are found, and how.
    pixel_size
        Size of a pixel [nm], where the film has none or a wrong one.
    numbers
        Which frames are averaged; all of them by default.
    settings
        How frames are registered.

    Raises
    ------
    ImageError
        If there is one frame alone, or grey levels are too vast or too tiny to be added up.
    """
    numbers = range(len(frames)) if numbers is None else numbers
    if len(numbers) < 2:
        raise ImageError("there is one frame; an average needs several")
    for number in numbers:
        check_ordinary(frames[number].pixels)
    made = average(Images(frames, numbers), settings)
    first = frames[numbers[0]]
    notes = [*first.metadata.get("notes", ()), _note(made)]
    image = Micrograph(
        made.pixels, first.pixel_size, "average", {**first.metadata, "notes": notes}
    )
    found = locate_frame(calibrated(image, pixel_size), model, options)
    candidates = _with_jitter(found.candidates, made)
    return Averaged(replace(found, candidates=candidates), made)


def _with_jitter(columns: Columns, made: Average) -> Columns:
    """Raise standard errors by what jitter leaves in an average.

    Of the shifts of the rows that a column covers the mean over all frames remains, which nothing
    tells from the specimen.
    """
    rows = np.maximum(2 * np.sqrt(np.pi) * columns.width, 1.0)
    left = made.jitter[:, None] / np.sqrt(len(made.drift) * rows)
    sigma_y, sigma_x = np.hypot([columns.sigma_y, columns.sigma_x], left)
    return replace(columns, sigma_y=sigma_y, sigma_x=sigma_x)


def _note(made: Average) -> str:
    """Say what was averaged, and what was taken out."""
    down, right = made.drift.range
    jitter_y, jitter_x = made.jitter
    return (
        f"{len(made.drift)} frames were averaged; a drift of {down:.3g} px along y and "
        f"{right:.3g} px along x was taken out, and a jitter of rows of {jitter_y:.1f} and "
        f"{jitter_x:.1f} px"
    )
