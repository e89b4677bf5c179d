"""Real series, of which some views are left out: within the range of tilts, or beyond its ends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from colonnade.core.arrays import Array, Indices, Single
from colonnade.core.bench.case import Case
from colonnade.core.errors import ImageError
from colonnade.core.files.batch import expand, output_names
from colonnade.core.files.write import write_mrc
from colonnade.core.work.progress import Progress
from colonnade.core.work.writing import atomic, make_folder
from colonnade.tomo.bench.case import MethodInput
from colonnade.tomo.reconstruct.align.align import align
from colonnade.tomo.reconstruct.align.alignment import SUFFIX, load_alignment
from colonnade.tomo.reconstruct.align.direction import runs_along_x
from colonnade.tomo.reconstruct.named import holds_views
from colonnade.tomo.reconstruct.noise import measure_view_noise
from colonnade.tomo.reconstruct.prepare import prepare
from colonnade.tomo.reconstruct.source import open_series, turn_series
from colonnade.tomo.reconstruct.weight import LEAST_VIEWS, left_out
from colonnade.tomo.tilts import TiltSeries

SERIES = "views"
"""Name of the benchmark's series of real ones."""

KEPT, LEFT = "series", "left out"
"""Folders of what methods are given, as MRC with its tilts beside it, and of what is left out."""

INTERIOR = "interior"
"""Views within the range of tilts are left out."""

EVERY = 6
"""Of so many views one is left out then."""

BEYOND = (60.0, 45.0)
"""Or those at higher tilts, on both sides [degrees]."""

ROWS = 16
"""So many neighbouring rows of the views are used, those in which most is shown."""


@dataclass(frozen=True, eq=False)
class LeftOut:
    """One real series without some of its views.

    Parameters
    ----------
    case
        Where it stands in the benchmark.
    kept
        Views that methods are given.
    noise
        Standard deviation of the noise of each of them, as it is measured [grey levels].
    angles
        Of the views that are left out [degrees].
    sinograms
        Those views (y, view, x).
    """

    case: Case
    kept: TiltSeries
    noise: Array
    angles: tuple[float, ...]
    sinograms: Single

    @property
    def input(self) -> MethodInput:
        """What a method is given."""
        return MethodInput(self.kept, self.noise, self.kept.shape[2], self.case.name)

    @property
    def pixel_count(self) -> int:
        """How many voxels a method has to give."""
        return int(np.prod(self.input.shape))


@dataclass(frozen=True)
class TestSet:
    """The series that methods are run on.

    Parameters
    ----------
    data
        Folder of real series.
    cases
        Every series, with each kind of views that are left out.
    """

    data: Path
    cases: tuple[Case, ...]

    @classmethod
    def of(cls, data: Path) -> "TestSet":
        """List the series of a folder."""
        return cls(data, tuple(list_cases(data)))

    def prepare(self, folder: Path, progress: Progress) -> None:
        """Align series, and leave views out, where the folder of a run does not hold them yet."""
        for part in (KEPT, LEFT):
            make_folder(folder / part)
        for done, case in enumerate(self.cases):
            progress(done, len(self.cases))
            if not _left(folder, case).exists():
                _keep(folder, case, self.data)
        progress(len(self.cases), len(self.cases))

    def differing(self, folder: Path) -> int:
        """Count the series that are not the same as everyone else's; nobody else has them."""
        return 0


@cache
def _paths(data: Path) -> dict[str, Path]:
    """Files of the series in a folder, or the folder itself if it holds the views of one."""
    paths = expand([data], holds_views)
    return dict(zip(output_names(paths), paths, strict=True))


def list_cases(data: Path) -> Iterator[Case]:
    """List each series of a folder with each kind of views that can be left out of it.

    Raises
    ------
    ImageError
        If no series has views enough.
    """
    found = [
        Case(SERIES, f"{name}, {kind}", np.nan, 0)
        for name, path in _paths(data).items()
        for kind in kinds(open_series(path).angles)
    ]
    if not found:
        raise ImageError(
            f"no series in {data} has so many views that {LEAST_VIEWS} are left where others are "
            "left out"
        )
    yield from found


def kinds(angles: Sequence[float]) -> dict[str, Indices]:
    """Numbers of the views that are left out, by what is said of them.

    Parameters
    ----------
    angles
        Tilts of all views [degrees].
    """
    steep = np.abs(angles)
    wanted = {INTERIOR: np.asarray(left_out(angles, EVERY), np.intp)}
    wanted |= {f"beyond {limit:g} degrees": np.flatnonzero(steep > limit) for limit in BEYOND}
    return {
        kind: left
        for kind, left in wanted.items()
        if len(left) and len(angles) - len(left) >= LEAST_VIEWS
    }


@lru_cache(maxsize=1)
def _aligned(path: Path) -> tuple[TiltSeries, Array]:
    """Prepare and align a series, and measure its noise; of its rows those with most in them."""
    series = open_series(path)
    if runs_along_x(np.stack([series.view(number) for number in range(series.shape[0])])):
        series = turn_series(series, 90.0)
    series = prepare(series)
    beside = path.with_name(f"{path.stem}{SUFFIX}")
    alignment = load_alignment(beside) if beside.exists() else align(series)
    series = alignment.apply(series)
    noise = measure_view_noise(series)
    first = _fullest(series)
    rows = np.asarray(series.views[:, first : first + ROWS, :], np.float32)
    return replace(series, views=rows), noise


def _fullest(series: TiltSeries) -> int:
    """First of the rows that show most."""
    profile = series.view(int(np.argmin(np.abs(series.degrees)))).mean(1, dtype=np.float64)
    sums = np.convolve(profile, np.ones(min(ROWS, len(profile))), mode="valid")
    return int(np.argmax(sums))


def _keep(folder: Path, case: Case, data: Path) -> None:
    name, _, kind = case.axis.rpartition(", ")
    series, noise = _aligned(_paths(data)[name])
    left = kinds(series.angles)[kind]
    kept = np.setdiff1d(np.arange(len(series.angles)), left)
    views, path = np.asarray(series.views), _kept(folder, case)
    with atomic(path.with_suffix(".rawtlt")) as temporary:
        angles = "".join(f"{angle:.6g}\n" for angle in series.degrees[kept])
        temporary.write_text(angles, encoding="utf-8")
    write_mrc(path, views[kept])
    with atomic(_left(folder, case)) as temporary, temporary.open("wb") as file:
        np.savez_compressed(
            file,
            noise=noise[kept],
            angles=series.degrees[left],
            sinograms=views[left].transpose(1, 0, 2),
        )


def read_left_out(folder: Path, case: Case) -> LeftOut:
    """Read a series that was prepared before."""
    kept = open_series(_kept(folder, case))
    with np.load(_left(folder, case)) as file:
        angles = tuple(map(float, file["angles"]))
        return LeftOut(case, kept, file["noise"], angles, file["sinograms"])


def _kept(folder: Path, case: Case) -> Path:
    return folder / KEPT / f"{case.name}.mrc"


def _left(folder: Path, case: Case) -> Path:
    return folder / LEFT / f"{case.name}.npz"
