"""Reconstruct many series: a bad one is reported, and what is done is not done again."""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import numpy as np

from colonnade.core.errors import FileError
from colonnade.core.files.batch_run import (
    Failed,
    Part,
    WholeFile,
    report_lines,
    run_batch_of_parts,
)
from colonnade.core.files.failures import Failure
from colonnade.core.files.mapped import Mapped, let_go
from colonnade.core.files.ome_zarr import write_ome_zarr
from colonnade.core.files.open import read_volume
from colonnade.core.files.write import write_mrc
from colonnade.core.images.pixel_size import PixelSize
from colonnade.core.images.volume import Volume
from colonnade.core.learn.model import find_model
from colonnade.core.work.contents import write_text
from colonnade.core.work.progress import Progress
from colonnade.core.work.record import HIDDEN, Record, file_state
from colonnade.core.work.writing import atomic, explain
from colonnade.tomo.reconstruct.align.align import align
from colonnade.tomo.reconstruct.align.alignment import SUFFIX, Alignment, load_alignment
from colonnade.tomo.reconstruct.picture import draw_picture
from colonnade.tomo.reconstruct.prepare import Preparation, prepare
from colonnade.tomo.reconstruct.reconstruct import Options, Work, assess, voxel_size
from colonnade.tomo.reconstruct.report import write_report
from colonnade.tomo.reconstruct.shown import Shown
from colonnade.tomo.reconstruct.source import Axis, open_series
from colonnade.tomo.reconstruct.trust.settings import ValidationSettings
from colonnade.tomo.reconstruct.trust.validate import Validation, validate_work
from colonnade.tomo.tilts import TiltSeries

Format = Literal["mrc", "ome-zarr"]
"""What volumes are written as."""

ENDINGS: dict[Format, str] = {"mrc": ".mrc", "ome-zarr": ".ome.zarr"}
"""Ending of the name of each."""

RECORDS = Path(HIDDEN, "reconstruct")
"""Where in the folder of the results lies what is not done yet."""

WHOLE = "whole"
"""The part of a record that says that the whole volume is done."""


@dataclass(frozen=True, eq=False)
class Job:
    """What is to be done with every series.

    Parameters
    ----------
    options
        What reconstructs the volume, and how.
    preparation
        How its views are prepared.
    angles
        A file of angles, or first:last:step [degrees]; what the files say if None.
    axis
        Where the tilt axis runs.
    align
        Whether the views are aligned.
    alignment
        A file with the alignment of another channel; None without one.
    format
        What volumes are written as.
    report
        Whether a page is written, for which the method is put to the test.
    pixel_size
        Replaces that of the files, if there is one [nm].
    signal
        Which stack, in files with several.
    """

    options: Options = field(default_factory=Options)
    preparation: Preparation = field(default_factory=Preparation)
    angles: str | None = None
    axis: Axis = "y"
    align: bool = False
    alignment: Path | None = None
    format: Format = "mrc"
    report: bool = False
    pixel_size: PixelSize | None = None
    signal: str | None = None

    @cached_property
    def identity(self) -> str:
        """Text that determines, together with a file, what comes of it."""
        others = [Path(each) for each in (self.angles, self.alignment) if each is not None]
        if self.options.method == "network":
            others.append(find_model(self.options.model))
        settings: dict[str, Any] = {
            "version": version("colonnade"),
            "options": repr(replace(self.options, workers=1, scheduler=None, memory=None)),
            "preparation": repr(self.preparation),
            "angles": self.angles,
            "axis": self.axis,
            "align": self.align,
            "format": self.format,
            "pixel_size": self.pixel_size,
            "signal": self.signal,
            "files": [file_state(path) for path in others],
        }
        return json.dumps(settings)

    def open(self, path: Path, name: str) -> TiltSeries:
        """Open a series, and prepare its views when they are needed."""
        series = open_series(
            path,
            angles=self.angles,
            axis=self.axis,
            signal=self.signal,
            pixel_size=self.pixel_size,
        )
        return replace(prepare(series, self.preparation), name=name)


def reconstruct_files(
    files: Mapping[Path, str],
    out: Path,
    job: Job,
    say: Callable[[str], None],
    progress: Progress,
) -> list[Failure]:
    """Reconstruct every series, and write for each what `Results` names.

    A series that fails, whatever the error, does not stop the rest. What was done before, by the
    same version with the same options, is not done again unless its file has changed.

    Parameters
    ----------
    files
        The files, and what to call the results of each.
    out
        Folder for the results.
    job
        What is to be done with each file.
    say
        Called with each line of the report.
    progress
        Called with the number of finished files and of all; of slices, where there is one file.

    Returns
    -------
    failures
        The series that could not be done, and why.
    """

    def begin(path: Path, name: str, of_slices: Progress) -> SeriesFile:
        results = Results(out, name, job.options.method, job.format)
        record = Record(out / RECORDS / results.stem, f"{job.identity}\n{file_state(path)}")
        return SeriesFile(path, results, record, job, of_slices)

    return run_batch_of_parts(files, out, "reconstruct", begin, say, progress)


@dataclass(frozen=True)
class Results:
    """Where the results of a series are.

    Parameters
    ----------
    out
        Their folder.
    name
        What they are called.
    method
        What reconstructed it.
    format
        What the volume is written as.
    """

    out: Path
    name: str
    method: str
    format: Format

    @property
    def stem(self) -> str:
        """What the names of most of them begin with."""
        return f"{self.name}.{self.method}"

    @property
    def volume(self) -> Path:
        """The volume."""
        return self.out / f"{self.stem}{ENDINGS[self.format]}"

    @property
    def errors(self) -> Path:
        """How far off each voxel may be, by a network."""
        return self.out / f"{self.stem}.error{ENDINGS[self.format]}"

    @property
    def volumes(self) -> list[Path]:
        """All that there is of each voxel, as `Slices.volumes` has it."""
        return [self.volume, self.errors] if self.method == "network" else [self.volume]

    @property
    def picture(self) -> Path:
        """What to look at."""
        return self.out / f"{self.stem}.png"

    @property
    def numbers(self) -> Path:
        """What is to be known beside the voxels, for programs."""
        return self.out / f"{self.stem}.json"

    @property
    def alignment(self) -> Path:
        """Where the tilt axis is and how views are shifted, to be used again."""
        return self.out / f"{self.name}{SUFFIX}"

    @property
    def page(self) -> Path:
        """The report."""
        return self.out / f"{self.stem}.html"

    def are_there(self, report: bool) -> bool:
        """Whether the volume and what is said of it are there."""
        wanted = [*self.volumes, self.picture, self.numbers, *([self.page] if report else [])]
        return all(path.exists() for path in wanted)


@dataclass(frozen=True, eq=False)
class SeriesFile(WholeFile):
    """One series, its results, and what of them is done.

    Parameters
    ----------
    path
        The file, or the folder of views.
    results
        Where they are to be.
    record
        Keeps what is done, and the slices until all of them are.
    job
        What is to be done.
    progress
        Called with the number of finished slices and of all.
    """

    path: Path
    results: Results
    record: Record
    job: Job
    progress: Progress

    def are_whole(self) -> bool:
        """Whether the volume is done, and the results still there."""
        return self.record.has(WHOLE) and self.results.are_there(self.job.report)

    def all_lines(self) -> list[str]:
        """What was said of a series that is done."""
        self._remove_scratch()  # a process may have died before it could
        return [str(line) for line in json.loads(self.record.read(WHOLE))["lines"]]

    def do(self, part: Part, failed: Failed) -> Sequence[str]:
        """Reconstruct the slices that are not done, and write the results."""
        try:
            return self._make()
        finally:
            if self.record.is_empty:
                self.record.sweep()

    def _make(self) -> list[str]:
        begun = time.perf_counter()
        series = self.job.open(self.path, self.results.name)
        kept = self._kept_volumes()
        if not kept and not (self.record.folder / SCRATCH).exists():
            self._begin_anew()
        found = self._align(series)
        if found is not None:
            series = found.apply(series)
        work = Work.of(series, self.job.options)
        self.record.begin()
        if kept:
            seconds = float(json.loads(self.record.read(WHOLE))["seconds"])
            lines = self._describe(work, kept, seconds, found)
        else:
            lines = self._reconstruct(work, begun, found)
        self._remove_scratch()
        return lines

    def _begin_anew(self) -> None:
        """Forget which slices are done, as they are not there, but not that views are aligned."""
        aligned = self.record.has(ALIGNED)
        self.record.clear()
        if aligned:
            self.record.put(ALIGNED)

    def _remove_scratch(self) -> None:
        (self.record.folder / SCRATCH).unlink(missing_ok=True)

    def _reconstruct(self, work: Work, begun: float, found: Alignment | None) -> list[str]:
        """Reconstruct the volume in a file that is kept until it is whole, and write it."""
        plan, series = work.plan, work.series
        shape = (plan.volumes, series.shape[1], plan.depth, plan.width)
        with _scratch(self.record.folder, shape) as slices:
            self._do(work, slices)
            volumes = [
                Volume(Mapped(one.transpose(1, 0, 2)), voxel_size(series), series.name)
                for one in slices
            ]
            for volume, path in zip(volumes, self.results.volumes, strict=True):
                self._write(volume, path)
            return self._describe(work, volumes, time.perf_counter() - begun, found)

    def _kept_volumes(self) -> list[Volume]:
        """Open what an earlier run made, where only what is said of it is missing."""
        paths = self.results.volumes
        if self.record.has(WHOLE) and all(path.exists() for path in paths):
            return [read_volume(path) for path in paths]
        return []

    def _align(self, series: TiltSeries) -> Alignment | None:
        """Align the series, or take the alignment that is given, or that an earlier run found."""
        if self.job.alignment is not None:
            return load_alignment(self.job.alignment)
        if not self.job.align:
            return None
        if self.record.has(ALIGNED) and self.results.alignment.exists():
            return load_alignment(self.results.alignment)
        found = align(series)
        found.save(self.results.alignment)
        self.record.put(ALIGNED)
        return found

    def _do(self, work: Work, slices: "np.memmap[Any, Any]") -> None:
        """Reconstruct the blocks that are not done, and write down what their slices leave."""
        height = work.series.shape[1]
        missing = [block for block in work.blocks if not self.record.has(_part(block))]
        done = height - sum(block.stop - block.start for block in missing)
        self.progress(done, height)
        for block, found in work.do(missing):
            slices[:, block] = found.volumes
            slices.flush()
            let_go(slices)
            self.record.put(_part(block), json.dumps(found.residual.tolist()))
            done += block.stop - block.start
            self.progress(done, height)

    def _write(self, volume: Volume, path: Path) -> None:
        write = write_mrc if self.job.format == "mrc" else write_ome_zarr
        write(path, volume)

    def _describe(
        self, work: Work, volumes: Sequence[Volume], seconds: float, alignment: Alignment | None
    ) -> list[str]:
        """Write what is to be looked at and read, and give the lines of the report."""
        results, shown = self.results, Shown.of(*volumes)
        left = [json.loads(self.record.read(_part(block))) for block in work.blocks]
        assessment = assess(work, np.concatenate(left).mean(0), seconds, alignment)
        said = assessment.to_json()
        lines = report_lines(assessment.sentence, assessment.notes)
        draw_picture(shown, assessment, results.picture)
        kinds = zip(("volume", "errors"), results.volumes, strict=False)
        files = [f"  {kind}  {path}" for kind, path in kinds]
        files.append(f"  picture {results.picture}")
        if self.job.report:
            validation = _validated(work)
            if validation is not None:
                said["validation"] = validation.to_json()
                lines.append(f"  test: {validation.sentence}")
            power = shown.spectrum(assessment.angles)
            said["missing_wedge"] = {"directions": power.wedge.missing, "power": power.in_missing}
            write_report(
                shown, assessment, results.page, validation=validation, alignment=alignment
            )
            files.append(f"  report  {results.page}")
        write_text(results.numbers, json.dumps(said, indent=1, ensure_ascii=False) + "\n")
        self.record.put(WHOLE, json.dumps({"lines": lines + files, "seconds": seconds}))
        return lines + files


def _validated(work: Work) -> Validation | None:
    """Put the method to the test, if there are views enough."""
    enough = work.series.shape[0] >= ValidationSettings.least_views
    return validate_work(work) if enough else None


ALIGNED = "aligned"
"""The part of a record that says that the alignment is done."""

SCRATCH = "slices.raw"
"""Holds the slices (volume, y, z, x) in single precision until all of them are done."""


def _part(block: slice) -> str:
    return f"slices {block.start} to {block.stop}"


@contextmanager
def _scratch(folder: Path, shape: tuple[int, ...]) -> Iterator["np.memmap[Any, Any]"]:
    """Slices (volume, y, z, x) in a file whose room on the disk is held."""
    path, size = folder / SCRATCH, 4 * int(np.prod(shape, dtype=np.int64))
    try:
        if not path.exists():
            with atomic(path) as temporary, temporary.open("wb") as file:
                if hasattr(os, "posix_fallocate"):
                    os.posix_fallocate(file.fileno(), 0, size)
                file.truncate(size)
        slices = np.memmap(path, np.float32, "r+", shape=shape)
    except OSError as error:
        raise FileError(f"{path} cannot be written: {explain(error)}") from error
    yield slices
