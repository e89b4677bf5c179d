"""A folder of single views, one to a file."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from colonnade.core.arrays import Single
from colonnade.core.errors import ImageError
from colonnade.core.files.batch import expand
from colonnade.core.files.open import read
from colonnade.core.files.tilts import are_tilts, stage_tilt
from colonnade.core.images.repair import as_single
from colonnade.tomo.reconstruct.views import LazyViews

_NUMBER = re.compile(r"((?:(?<=[_ ])-|^-)?\d+)")


class Folder:
    """The views of a folder, in the natural order of their names.

    Parameters
    ----------
    path
        The folder.
    signal
        Which image, in files with several.

    Raises
    ------
    FileError, ImageError
        If a file cannot be read, or the views differ in size.
    """

    def __init__(self, path: Path, signal: int | str | None = None) -> None:
        files = sorted(expand([path]), key=_natural)
        first = read(files[0], signal=signal)
        tilts = [stage_tilt(first.metadata)]
        for file in files[1:]:
            view = read(file, signal=signal)
            if view.shape != first.shape:
                raise ImageError(
                    f"{file} is {view.shape} px, and {files[0]} {first.shape} px; put views of "
                    "one size in a folder"
                )
            tilts.append(stage_tilt(view.metadata))
        known = [tilt for tilt in tilts if tilt is not None]
        # A stage that is not connected says the same of every view.
        self.tilts = known if len(known) == len(files) and are_tilts(known) else None
        self.views = SingleViews(files, first.shape, signal)
        self.pixel_size = first.pixel_size
        self.metadata: Mapping[str, Any] = first.metadata


class SingleViews(LazyViews):
    """Views that are files of their own, each read when it is needed.

    Parameters
    ----------
    files
        In the order of the views.
    shape
        Of each view (y, x) [px].
    signal
        Which image, in files with several.
    """

    def __init__(
        self, files: Sequence[Path], shape: tuple[int, int], signal: int | str | None
    ) -> None:
        super().__init__((len(files), *shape))
        self._files = files
        self._signal = signal

    def band(self, view: int, rows: slice) -> Single:
        """Read some rows of one file."""
        return as_single(read(self._files[view], signal=self._signal).pixels[rows])


def _natural(path: Path) -> list[tuple[int, str]]:
    """Sort key by which view2 comes before view10, and tilt_-60 before tilt_-58."""
    parts = _NUMBER.split(path.name.casefold())
    return [(int(part), "") if place % 2 else (0, part) for place, part in enumerate(parts)]
