"""Upscale many files: a bad one is reported, and what is done is not done again."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import numpy as np

from colonnade.core.files.batch_run import run_batch
from colonnade.core.files.canvas import ENDINGS, SHARD_SIDE, Format, open_canvas, place_canvas
from colonnade.core.files.failures import Failure
from colonnade.core.files.source import PixelSize, Source, open_source
from colonnade.core.learn.model import Model
from colonnade.core.work.contents import write_text
from colonnade.core.work.progress import Progress, silent
from colonnade.core.work.record import Record, file_state
from colonnade.sem.card import SemCard
from colonnade.sem.upscale.maps import Outputs
from colonnade.sem.upscale.picture import draw_picture
from colonnade.sem.upscale.predict import TILE
from colonnade.sem.upscale.report import write_report
from colonnade.sem.upscale.upscale import (
    LETTERS,
    Work,
    conditions_of,
    factor_of,
    finer_sheet,
)
from colonnade.sem.upscaled import Along

RECORDS = Path(".colonnade", "upscale")
"""Where in the folder of the results lies what is not done yet."""

WHOLE = "whole"
"""The part of a record that says that all slices of the file are done."""


@dataclass(frozen=True, eq=False)
class Job:
    """What is to be done with every file.

    Parameters
    ----------
    model
        The network.
    format
        What the images are written as.
    report
        Whether to write a page too.
    pixel_size
        Replaces that of the files, if there is one [nm].
    signal
        Which image, in files with several.
    frame
        Which frame of stacks; all of them, as a volume, if None.
    """

    model: Model
    format: Format = "tiff"
    report: bool = False
    pixel_size: PixelSize | None = None
    signal: str | None = None
    frame: int | None = None

    def open(self, path: Path, name: str) -> Source:
        """Open a file."""
        source = open_source(path, signal=self.signal, frame=self.frame, name=name)
        return source.calibrated(self.pixel_size)

    @property
    def along(self) -> Along:
        """What the model makes finer."""
        return "z" if SemCard.of(self.model.card).is_along_z else "plane"

    @cached_property
    def identity(self) -> str:
        """Text that determines, together with a file, what comes of it."""
        settings = {
            "version": version("colonnade"),
            "model": sha256(self.model.path.read_bytes()).hexdigest(),
            "tile": TILE,
            "format": self.format,
            "pixel_size": self.pixel_size,
            "signal": self.signal,
            "frame": self.frame,
        }
        return json.dumps(settings)


def upscale_files(
    files: Mapping[Path, str],
    out: Path,
    job: Job,
    say: Callable[[str], None],
    progress: Progress,
) -> list[Failure]:
    """Upscale every file, and write for each what `Results` names.

    A file or slice that fails, whatever the error, does not stop the rest. What was done before,
    by the same version with the same model and options, is not done again unless its file has
    changed.

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
        Called with the number of finished files and of all; of tiles, where there is one file.

    Returns
    -------
    failures
        The files and slices that could not be done, and why.
    """
    alone = len(files) == 1

    def begin(path: Path, name: str) -> UpscaledFile:
        results = Results(out, name, factor_of(job.model), job.format, job.along)
        folder = out / RECORDS / results.stem
        record = Record(folder, f"{job.identity}\n{file_state(path)}")
        return UpscaledFile(path, results, record, job, progress if alone else silent)

    return run_batch(files, out, "upscale", begin, say, silent if alone else progress)


@dataclass(frozen=True)
class Results:
    """Where the results of a file are.

    Parameters
    ----------
    out
        Their folder.
    name
        What they are called.
    factor
        How many times as fine the image is.
    format
        What it is written as.
    along
        What has become finer.
    """

    out: Path
    name: str
    factor: int
    format: Format
    along: Along = "plane"

    @property
    def stem(self) -> str:
        """What the names of all of them begin with."""
        return f"{self.name}.{LETTERS[self.along]}{self.factor}"

    @property
    def image(self) -> Path:
        """The finer image."""
        return self._path(ENDINGS[self.format])

    @property
    def half_width(self) -> Path:
        """Half the width of a 90 % interval of each of its pixels [grey levels]."""
        return self._path(f".trust{ENDINGS[self.format]}")

    @property
    def picture(self) -> Path:
        """What to look at."""
        return self._path(".png")

    @property
    def numbers(self) -> Path:
        """What is to be known beside the pixels, for programs."""
        return self._path(".json")

    @property
    def page(self) -> Path:
        """The report."""
        return self._path(".html")

    def lines(self, report: bool) -> Iterator[str]:
        """Say where everything is."""
        yield f"  image   {self.image}"
        yield f"  trust   {self.half_width}"
        yield f"  picture {self.picture}"
        if report:
            yield f"  report  {self.page}"

    def are_there(self, report: bool) -> bool:
        """Whether all files are there."""
        wanted = [self.image, self.half_width, self.picture, self.numbers]
        return all(path.exists() for path in (*wanted, *([self.page] if report else [])))

    def _path(self, ending: str) -> Path:
        return self.out / f"{self.stem}{ending}"


@dataclass(frozen=True, eq=False)
class UpscaledFile:
    """One file, its results, and what of them is done.

    Parameters
    ----------
    path
        The file.
    results
        Where they are to be.
    record
        Keeps what is done, and the images until all of them is.
    job
        What is to be done.
    progress
        Called with the number of finished tiles and of all.
    """

    path: Path
    results: Results
    record: Record
    job: Job
    progress: Progress

    def are_whole(self) -> bool:
        """Whether all slices are done, and the results still there."""
        return self.record.has(WHOLE) and self.results.are_there(self.job.report)

    def all_lines(self) -> list[str]:
        """What was said of a file that is done."""
        said = [str(line) for line in json.loads(self.record.read(WHOLE))]
        return [*said, *self.results.lines(self.job.report)]

    def make(self, failed: Callable[[int | None, Exception], None]) -> Iterator[str]:
        """Do the slices that are not done, and write the results."""
        try:
            yield from self._make(failed)
        finally:
            if self.record.is_empty:
                self.record.sweep()

    def _make(self, failed: Callable[[int | None, Exception], None]) -> Iterator[str]:
        job = self.job
        source = job.open(self.path, self.results.name)
        conditions = conditions_of(source)
        # Larger tiles than usual would take too much memory.
        step = min(SHARD_SIDE // job.model.card.factor, TILE) if job.format == "ome-zarr" else 1
        with closing(self._begin(source)) as outputs:
            work = Work(source, job.model, conditions, outputs, step=step, progress=self.progress)
            done_before = len(work.done())
            self._do(work, failed)
            done = work.done()
            if not done:
                return
            lines = self._describe(work)
        for canvas, target in self._canvases.items():
            place_canvas(canvas, target)
        if len(done) == source.count:
            self.record.put(WHOLE, json.dumps(lines))
        yield from lines
        yield from self.results.lines(job.report)
        if source.count > 1 and done_before:
            yield f"  already done: {done_before} of {source.count} slices"

    def _do(self, work: Work, failed: Callable[[int | None, Exception], None]) -> None:
        """Do the slices that are not done; one that fails is left black."""
        for index in range(work.source.count):
            try:
                work.do(index)
            except Exception as error:  # whatever it is, the other slices go on
                if work.source.count == 1:
                    raise
                failed(index, error)
                work.leave_out(index)

    def _describe(self, work: Work) -> list[str]:
        """Write what is to be looked at and read, and give the lines of the report."""
        assessment = work.assessment()
        shown = work.shown()
        content = json.dumps(assessment.to_json(), indent=1, ensure_ascii=False)
        write_text(self.results.numbers, content + "\n")
        draw_picture(shown, assessment, self.results.picture)
        if self.job.report:
            write_report(shown, assessment, self.job.model.card, self.results.page)
        return [assessment.sentence, *(f"  note: {note}" for note in assessment.notes)]

    @property
    def _canvases(self) -> dict[Path, Path]:
        """Where the images are until they are done, and then."""
        ending, folder = ENDINGS[self.job.format], self.record.folder
        return {
            folder / f"image{ending}": self.results.image,
            folder / f"trust{ending}": self.results.half_width,
        }

    def _begin(self, source: Source) -> Outputs:
        """Begin the images, or go on with those that were begun, or even were done."""
        for canvas, target in self._canvases.items():
            if not self.record.is_empty and not canvas.exists():
                if target.exists():
                    target.rename(canvas)
                else:
                    self.record.clear()
        self.record.begin()
        self.record.forget(WHOLE)
        sheet = finer_sheet(source, self.job.model)
        sheets = (sheet, replace(sheet, dtype=np.dtype(np.float32)))
        image, half_width = (
            open_canvas(canvas, each, self.job.format)
            for canvas, each in zip(self._canvases, sheets, strict=True)
        )
        return Outputs(image, half_width, self.record)
