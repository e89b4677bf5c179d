"""Open a tilt series: a stack in one file, or a folder of single views."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from colonnade.core.files.formats import SUFFIXES
from colonnade.core.files.open import read_volume
from colonnade.core.images.pixel_size import PixelSize, along_both_axes
from colonnade.core.images.volume import Voxels
from colonnade.tomo.reconstruct.angles import choose_angles
from colonnade.tomo.reconstruct.folder import Folder
from colonnade.tomo.reconstruct.moved import Move, Moved, check_square
from colonnade.tomo.reconstruct.views import Turned
from colonnade.tomo.tilts import TiltSeries

Axis = Literal["y", "x"] | float
"""Along which the tilt axis runs in the views, or its direction from y towards x [degrees]."""

_DEGREES = {"y": 0.0, "x": 90.0}
"""Direction of an axis, from y towards x [degrees]."""


def open_series(
    path: str | Path,
    *,
    angles: str | Path | None = None,
    axis: Axis = "y",
    signal: int | str | None = None,
    pixel_size: PixelSize | None = None,
) -> TiltSeries:
    """Open a tilt series without reading more of it than is needed.

    Parameters
    ----------
    path
        A stack of any microscope format, or a folder of single views.
    angles
        A file of angles, or ``"start:stop:step"`` [degrees]; by default what the file says, or
        else what the ``.tlt``, ``.rawtlt`` or ``.mdoc`` beside it says.
    axis
        Where the tilt axis runs; views are turned so that it runs along y.
    signal
        Which stack of a file that holds several, or which image of the files of single views: its
        index or its title.
    pixel_size
        Size of a pixel [nm], if the file says none or a wrong one.

    Returns
    -------
    TiltSeries
        ``metadata["notes"]`` lists, in sentences, what was doubted.

    Raises
    ------
    FileError
        If a file cannot be read.
    ImageError
        If it holds no stack, if nobody says the angles, or if they are not as many as the views.
    """
    path = Path(path)
    found = _open(path, signal)
    chosen, doubts = choose_angles(path, found.views.shape[0], found.tilts, angles)
    notes = [*found.metadata.get("notes", ()), *doubts]
    series = TiltSeries(
        found.views,
        chosen.tilts,
        found.pixel_size if pixel_size is None else along_both_axes(pixel_size),
        path.stem,
        {**found.metadata, "notes": notes},
    )
    return turn_series(series, axis)


def turn_series(series: TiltSeries, axis: Axis) -> TiltSeries:
    """Turn views so that what ran along an axis runs along y.

    Quarter turns leave the pixels as they are; what is left is resampled, when it is needed.
    """
    degrees = _DEGREES[axis] if isinstance(axis, str) else axis
    quarters = round(degrees / 90)
    for _ in range(quarters % 4):
        size = series.pixel_size and series.pixel_size[::-1]
        series = replace(series, views=Turned(series.views), pixel_size=size)
    rest = degrees - 90 * quarters
    if not rest:
        return series
    check_square(series)
    return replace(series, views=Moved(series.views, Move(rest, np.zeros((series.shape[0], 2)))))


@dataclass(frozen=True, eq=False)
class _Found:
    """What a file or a folder holds."""

    views: Voxels
    tilts: Sequence[float] | None
    pixel_size: tuple[float, float] | None
    metadata: Mapping[str, Any]


def _open(path: Path, signal: int | str | None) -> _Found:
    if path.is_dir() and path.suffix.lower() not in SUFFIXES:
        folder = Folder(path, signal)
        return _Found(folder.views, folder.tilts, folder.pixel_size, folder.metadata)
    volume = read_volume(path, signal=signal)
    _, *sizes = volume.voxel_size
    known = [size for size in sizes if size is not None]
    pixel_size = (known[0], known[1]) if len(known) == 2 else None
    return _Found(volume.voxels, volume.metadata.get("tilts"), pixel_size, volume.metadata)
