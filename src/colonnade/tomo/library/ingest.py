"""Bring tilt series whose volumes are known, from elsewhere, into a library."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from colonnade.core.data.library import Library
from colonnade.core.errors import ColonnadeError, FileError, warn
from colonnade.core.files.batch import expand
from colonnade.core.files.open import read_volume
from colonnade.core.work.outcomes import reason
from colonnade.core.work.progress import Progress
from colonnade.core.work.temporary import remove_left
from colonnade.tomo.library.show import show_library
from colonnade.tomo.library.sources import VIEWS, VOLUME, PaddedEntry
from colonnade.tomo.reconstruct.noise import measure_view_noise
from colonnade.tomo.reconstruct.source import open_series
from colonnade.tomo.simulate.series import SimulatedSeries
from colonnade.tomo.tilts import TiltSeries

TRUE = ".volume"
"""Before the ending of the name of a volume, after the name of its series."""


def import_library(
    folder: Path, out: Path, *, pixel_size: float | None, progress: Progress
) -> str:
    """Write series and their volumes as a library, and say in sentences what there is.

    Parameters
    ----------
    folder
        Holds series with their tilts, aligned, and for each series NAME its volume NAME.volume, in
        any format: as wide and as high as the views, in their grey levels for each voxel.
    out
        Folder of the library; one that was begun with the same files is continued.
    pixel_size
        Must be None: a library of series keeps no size of pixels.
    progress
        Called with the number of finished series and of all.
    """
    if pixel_size is not None:
        raise ColonnadeError(
            "a library of series keeps no size of a pixel; leave out --pixel-size"
        )
    pairs = _find(folder)
    opened = list(_opened(pairs))
    if not opened:
        raise FileError(f"none of the {len(pairs)} series in {folder} can be used")
    most = max(len(pair.series.angles) for pair in opened)
    library = _create(out, opened, most)
    remove_left(out, inside=True)
    for number, pair in enumerate(opened):
        if not library.has(number):
            library.put(number, PaddedEntry(most)(pair.labelled()))
        progress(number + 1, len(opened))
    return show_library(out)


@dataclass(frozen=True, eq=False)
class _Pair:
    """A series and its volume.

    Parameters
    ----------
    path
        Of the series.
    series
        The views and their tilts.
    truth
        File of the volume.
    """

    path: Path
    series: TiltSeries
    truth: Path

    def check(self) -> None:
        """Refuse a volume that is not of these views."""
        _, height, width = read_volume(self.truth).shape
        if (height, width) != self.series.shape[1:]:
            raise FileError(
                f"{self.truth.name} is {height} rows high and {width} wide, and the views of "
                f"{self.path.name} are {self.series.shape[1]} and {self.series.shape[2]}"
            )

    def labelled(self) -> SimulatedSeries:
        """Read both, and measure the noise of the views."""
        views = np.asarray(self.series.views[:, :, :], np.float32)
        series = TiltSeries(views, self.series.angles, name=self.path.stem)
        whole = slice(None)
        return SimulatedSeries(
            series=series,
            truth=np.asarray(read_volume(self.truth).block((whole, whole, whole)), np.float32),
            family=self.path.stem,
            noise=measure_view_noise(series),
            shifts=np.zeros((len(views), 2)),
            axis_offset=0.0,
            axis_angle=0.0,
            beam=np.ones(len(views)),
            background=0.0,
        )


def _find(folder: Path) -> list[tuple[Path, Path]]:
    """Give series and volumes by their names."""
    if not folder.is_dir():
        raise FileError(f"there is no folder {folder}")
    files = expand([folder])
    truths = {path.stem.removesuffix(TRUE): path for path in files if path.stem.endswith(TRUE)}
    pairs = [(path, truths[path.stem]) for path in files if path.stem in truths]
    if not pairs:
        raise FileError(
            f"{folder} holds no series NAME.mrc with its volume NAME.volume.mrc, in any format"
        )
    return pairs


def _opened(pairs: Sequence[tuple[Path, Path]]) -> Iterator[_Pair]:
    """Open series that can be used, and warn of those that cannot."""
    for path, truth in pairs:
        try:
            pair = _Pair(path, open_series(path), truth)
            pair.check()
        except ColonnadeError as error:
            warn(f"{path.name} is left out: {reason(error)}")
        else:
            yield pair


def _create(out: Path, opened: Sequence[_Pair], most: int) -> Library:
    shapes = {read_volume(pair.truth).shape for pair in opened}
    if len(shapes) > 1:
        sizes = " and ".join(" x ".join(map(str, shape)) for shape in sorted(shapes))
        raise FileError(f"a library holds volumes of one size, and these are {sizes}; sort them")
    (shape,) = shapes
    identity = sha256()
    for pair in opened:
        for path in (pair.path, pair.truth):
            identity.update(path.read_bytes())
    return Library.create(
        out,
        f"series from elsewhere\nsha256 = {identity.hexdigest()}\n",
        size={VIEWS: (most, *shape[1:]), VOLUME: shape},
        count=len(opened),
        kinds={VIEWS: "f4", VOLUME: "f4"},
    )
