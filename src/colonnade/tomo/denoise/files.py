"""Denoise many files: a bad one is reported, and what is done is not done again."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from colonnade.core.files.batch_run import run_batch
from colonnade.core.files.canvas import ENDINGS, SHARD_SIDE, Format, open_canvas, place_canvas
from colonnade.core.files.failures import Failure
from colonnade.core.files.source import PixelSize, Source, open_source
from colonnade.core.learn.model import Model
from colonnade.core.work.contents import write_text
from colonnade.core.work.progress import Progress, silent
from colonnade.core.work.record import Record, file_state
from colonnade.tomo.denoise.denoise import TILE, Output, Work, conditions_of
from colonnade.tomo.denoise.picture import draw_picture

RECORDS = Path(".colonnade", "denoise")
"""Where in the folder of the results lies what is not done yet."""

WHOLE = "whole"
"""The part of a record that says that all slices of the file are done."""

SUFFIX = ".denoised"
"""What the names of all results end with, but for what kind of file each is."""


@dataclass(frozen=True, eq=False)
class Job:
    """What is to be done with every file.

    Parameters
    ----------
    model
        The network.
    format
        What the images are written as.
    pixel_size
        Replaces that of the files, if there is one [nm].
    signal
        Which image, in files with several.
    frame
        Which frame of stacks; all of them, as a volume, if None.
    """

    model: Model
    format: Format = "tiff"
    pixel_size: PixelSize | None = None
    signal: str | None = None
    frame: int | None = None

    def open(self, path: Path, name: str) -> Source:
        """Open a file."""
        source = open_source(path, signal=self.signal, frame=self.frame, name=name)
        return source.calibrated(self.pixel_size)

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


def denoise_files(
    files: Mapping[Path, str],
    out: Path,
    job: Job,
    say: Callable[[str], None],
    progress: Progress,
) -> list[Failure]:
    """Denoise every file, and write for each what `Results` names.

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

    def begin(path: Path, name: str) -> DenoisedFile:
        results = Results(out, name, job.format)
        record = Record(out / RECORDS / name, f"{job.identity}\n{file_state(path)}")
        return DenoisedFile(path, results, record, job, progress if alone else silent)

    return run_batch(files, out, "denoise", begin, say, silent if alone else progress)


@dataclass(frozen=True)
class Results:
    """Where the results of a file are.

    Parameters
    ----------
    out
        Their folder.
    name
        What they are called.
    format
        What the image is written as.
    """

    out: Path
    name: str
    format: Format

    @property
    def image(self) -> Path:
        """The denoised image."""
        return self._path(ENDINGS[self.format])

    @property
    def picture(self) -> Path:
        """What to look at."""
        return self._path(".png")

    @property
    def numbers(self) -> Path:
        """What is to be known beside the pixels, for programs."""
        return self._path(".json")

    def lines(self) -> Iterator[str]:
        """Say where everything is."""
        yield f"  image   {self.image}"
        yield f"  picture {self.picture}"

    def are_there(self) -> bool:
        """Whether all files are there."""
        return all(path.exists() for path in (self.image, self.picture, self.numbers))

    def _path(self, ending: str) -> Path:
        return self.out / f"{self.name}{SUFFIX}{ending}"


@dataclass(frozen=True, eq=False)
class DenoisedFile:
    """One file, its results, and what of them is done.

    Parameters
    ----------
    path
        The file.
    results
        Where they are to be.
    record
        Keeps what is done, and the image until all of it is.
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
        return self.record.has(WHOLE) and self.results.are_there()

    def all_lines(self) -> list[str]:
        """What was said of a file that is done."""
        said = [str(line) for line in json.loads(self.record.read(WHOLE))]
        return [*said, *self.results.lines()]

    def make(self, failed: Callable[[int | None, Exception], None]) -> Iterator[str]:
        """Do the slices that are not done, and write the results."""
        try:
            yield from self._make(failed)
        finally:
            if self.record.is_empty:
                self.record.sweep()

    def _make(self, failed: Callable[[int | None, Exception], None]) -> Iterator[str]:
        source = self.job.open(self.path, self.results.name)
        conditions = conditions_of(source)
        # Larger tiles than usual would take too much memory.
        step = min(SHARD_SIDE, TILE) if self.job.format == "ome-zarr" else 1
        with closing(self._begin(source)) as output:
            work = Work(
                source, self.job.model, conditions, output, step=step, progress=self.progress
            )
            done_before = len(work.done())
            self._do(work, failed)
            done = work.done()
            if not done:
                return
            lines = self._describe(work)
        place_canvas(self._canvas, self.results.image)
        if len(done) == source.count:
            self.record.put(WHOLE, json.dumps(lines))
        yield from lines
        yield from self.results.lines()
        if source.count > 1 and done_before:
            yield f"  already done: {done_before} of {source.count} slices"

    def _do(self, work: Work, failed: Callable[[int | None, Exception], None]) -> None:
        """Do the slices that are not done; one that fails is left as it was measured."""
        for index in range(work.source.count):
            try:
                work.do(index)
            except Exception as error:  # whatever it is, the other slices go on
                if work.source.count == 1:
                    raise
                failed(index, error)
                work.leave(index)

    def _describe(self, work: Work) -> list[str]:
        """Write what is to be looked at and read, and give the lines of the report."""
        assessment = work.assessment()
        content = json.dumps(assessment.to_json(), indent=1, ensure_ascii=False)
        write_text(self.results.numbers, content + "\n")
        draw_picture(work.shown(), assessment, self.results.picture)
        return [assessment.sentence, *(f"  note: {note}" for note in assessment.notes)]

    @property
    def _canvas(self) -> Path:
        """Where the image is until it is done."""
        return self.record.folder / f"image{ENDINGS[self.job.format]}"

    def _begin(self, source: Source) -> Output:
        """Begin the image, or go on with one that was begun, or even was done."""
        if not self.record.is_empty and not self._canvas.exists():
            if self.results.image.exists():
                self.results.image.rename(self._canvas)
            else:
                self.record.clear()
        self.record.begin()
        self.record.forget(WHOLE)
        return Output(open_canvas(self._canvas, source.finer(1), self.job.format), self.record)
