"""Maps of many tables of columns: a table, a picture and a sentence for each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.columns import Columns, write_table
from colonnade.atoms.maps.column_map import ColumnMap, MapOptions
from colonnade.atoms.maps.distortion import map_distortion
from colonnade.atoms.maps.kinds import map_maker
from colonnade.core.errors import ColonnadeError
from colonnade.core.figures.plots import save_figure
from colonnade.core.files.batch import output_names
from colonnade.core.files.batch_run import Failed, Part, WholeFile, report_lines, run_batch
from colonnade.core.files.failures import Failure
from colonnade.core.files.open import read_frames
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.images.pixel_size import along_both_axes
from colonnade.core.work.parallel import ALONE, Crew
from colonnade.core.work.progress import Progress

TABLE = ".columns.csv"
"""Ending of a table of columns."""


@dataclass(frozen=True, eq=False)
class Job:
    """What is to be made of every table.

    Parameters
    ----------
    kind
        Of map.
    options
        What is asked of it.
    image
        The image that the columns are of, if it is known.
    pixel_size
        Replaces that of the table, if there is one [nm].
    """

    kind: str
    options: MapOptions
    image: Path | None
    pixel_size: float | None


def find_tables(named: Sequence[Path]) -> dict[Path, str]:
    """Tables of columns that were named or lie in folders, and what to call what is made of them.

    Raises
    ------
    ColonnadeError
        If there is none, or something is no table.
    """
    found: list[Path] = []
    for path in named:
        if path.is_dir():
            inside = sorted(each for each in path.iterdir() if each.name.endswith(TABLE))
            if not inside:
                raise ColonnadeError(f"the folder {path} holds no table of columns, *{TABLE}")
            found += inside
        elif path.suffix.lower() != ".csv":
            raise ColonnadeError(
                f"{path} is no table of columns; colonnade locate makes one of an image"
            )
        else:
            found.append(path)
    return dict(zip(found, output_names([_of_image(path) for path in found]), strict=True))


def _of_image(table: Path) -> Path:
    """Name of a file whose stem is what the image was called."""
    return table.with_name(table.name.removesuffix(".csv").removesuffix(".columns") + ".csv")


def map_tables(
    files: Mapping[Path, str],
    out: Path,
    job: Job,
    say: Callable[[str], None],
    progress: Progress,
    crew: Crew = ALONE,
) -> list[Failure]:
    """Make a map of every table; what fails does not stop the rest.

    Parameters
    ----------
    files
        The tables, and what to call the results of each.
    out
        Folder for the results.
    job
        What is to be made.
    say
        Called with each line of the report.
    progress
        Called with the number of finished tables and of all.
    crew
        Who makes them.
    """
    map_maker(job.kind)

    def begin(path: Path, name: str) -> MappedTable:
        return MappedTable(path, name, out, job)

    return run_batch(files, out, f"map-{job.kind}", begin, say, progress, crew)


@dataclass(frozen=True, eq=False)
class MappedTable(WholeFile):
    """The map of one table.

    Parameters
    ----------
    path
        The table.
    name
        What the results are called.
    out
        Folder for the results.
    job
        What is to be made.
    """

    path: Path
    name: str
    out: Path
    job: Job

    def are_whole(self) -> bool:
        """Maps take seconds, so they are made again."""
        return False

    def all_lines(self) -> list[str]:
        """Nothing, as nothing is kept."""
        return []

    def do(self, part: Part, failed: Failed) -> Sequence[str]:
        """Make the map of each frame, and write one table and one picture."""
        return list(self._make(failed))

    def _make(self, failed: Failed) -> Iterator[str]:
        columns = self._columns()
        made: dict[int, ColumnMap] = {}
        for number, each in _frames(columns).items():
            try:
                made[number] = self._map(each, number)
            except Exception as error:  # whatever it is, the other frames go on
                failed(number if "frame" in columns.labels else None, error)
                continue
            notes = (*_unknown_errors(each), *made[number].notes)
            where = f", frame {number}" if "frame" in columns.labels else ""
            yield from report_lines(f"{self.name}{where}: {made[number].sentence}", notes)
        if made:
            yield from self._written(made, "frame" in columns.labels)

    def _map(self, columns: Columns, number: int) -> ColumnMap:
        if self.job.options.undistort:
            columns = map_distortion(columns, None, self.job.options).corrected
        return map_maker(self.job.kind)(columns, self._image(number), self.job.options)

    def _columns(self) -> Columns:
        columns = Columns.from_csv(self.path)
        if (size := self.job.pixel_size) is not None:
            return columns.with_pixel_size(along_both_axes(size))
        return columns

    @cached_property
    def _images(self) -> Sequence[Micrograph]:
        return () if self.job.image is None else read_frames(self.job.image)

    def _image(self, number: int) -> Micrograph | None:
        frames = self._images
        return frames[number if number < len(frames) else 0] if frames else None

    def _written(self, made: Mapping[int, ColumnMap], several: bool) -> Iterator[str]:
        path = self.out / f"{self.name}.{self.job.kind}"
        parts = [_with_frame(each.table(), number, several) for number, each in made.items()]
        table = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        write_table(table, path.with_name(f"{path.name}.csv"))
        yield f"  table   {path}.csv"
        first = next(iter(made))
        save_figure(made[first].figure(self._image(first)), path.with_name(f"{path.name}.png"))
        yield f"  picture {path}.png"


def _unknown_errors(columns: Columns) -> tuple[str, ...]:
    """Say that a table has no standard errors, so that those of a map are made up."""
    if np.isfinite(columns.sigma_y).any():
        return ()
    return (
        "the table has no standard errors of positions; 1 px is taken for each, so the errors of "
        "this map are of no use",
    )


def _frames(columns: Columns) -> dict[int, Columns]:
    """The columns of each frame; of one, where the table does not say."""
    if "frame" not in columns.labels:
        return {0: columns}
    frame = columns.labels["frame"]
    return {int(number): columns[frame == number] for number in np.unique(frame)}


def _with_frame(
    table: Mapping[str, NDArray[Any]], number: int, several: bool
) -> dict[str, NDArray[Any]]:
    if not several:
        return dict(table)
    length = len(next(iter(table.values())))
    return {"frame": np.full(length, number), **table}
