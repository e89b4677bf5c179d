"""What a network makes of a file, slice by slice, so that nothing is lost or done twice."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from math import prod
from pathlib import Path
from typing import Generic, TypeVar

from colonnade.core.files.batch_run import Failed, Part, WholeFile, report_lines
from colonnade.core.files.canvas import (
    ENDINGS,
    SHARD_SIDE,
    Canvas,
    Format,
    Sheet,
    open_canvas,
    place_canvas,
)
from colonnade.core.files.frames import LARGEST_READ
from colonnade.core.files.source import Source, open_source
from colonnade.core.images.pixel_size import PixelSize
from colonnade.core.images.repaired import BAND_PIXELS
from colonnade.core.learn.model import Model
from colonnade.core.learn.slice_work import TILE, Assessed, SliceWork
from colonnade.core.work.contents import write_text
from colonnade.core.work.memory import Footprint, Need
from colonnade.core.work.progress import Progress
from colonnade.core.work.record import Record

WHOLE = "whole"
"""The part of a record that says that all slices of the file are done."""


@dataclass(frozen=True, eq=False)
class SliceJob:
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

    @property
    def step(self) -> int:
        """Tiles are a multiple of so many pixels [px]."""
        if self.format != "ome-zarr":
            return 1
        # Larger tiles than usual would take too much memory.
        return min(SHARD_SIDE // self.model.card.factor, TILE)

    @cached_property
    def identity(self) -> str:
        """Text that determines, together with a file, what comes of it."""
        settings = {
            "version": version("colonnade"),
            "model": self.model.digest,
            "tile": TILE,
            "format": self.format,
            "pixel_size": self.pixel_size,
            "signal": self.signal,
            "frame": self.frame,
        }
        return json.dumps(settings)


@dataclass(frozen=True)
class SliceResults(ABC):
    """Where the results of a file are.

    Parameters
    ----------
    out
        Their folder.
    name
        What they are called.
    format
        What the images are written as.
    """

    out: Path
    name: str
    format: Format

    @property
    @abstractmethod
    def stem(self) -> str:
        """What the names of all of them begin with."""

    @property
    def image(self) -> Path:
        """The image that the network makes."""
        return self.path(ENDINGS[self.format])

    @property
    def picture(self) -> Path:
        """What to look at."""
        return self.path(".png")

    @property
    def numbers(self) -> Path:
        """What is to be known beside the pixels, for programs."""
        return self.path(".json")

    @property
    def images(self) -> dict[str, Path]:
        """All that is written slice by slice, by what it shows."""
        return {"image": self.image}

    @property
    def places(self) -> dict[str, Path]:
        """Where a reader finds everything."""
        return {**self.images, "picture": self.picture}

    def lines(self) -> Iterator[str]:
        """Say where everything is."""
        for kind, path in self.places.items():
            yield f"  {kind:7} {path}"

    def are_there(self) -> bool:
        """Whether all files are there."""
        return all(path.exists() for path in (*self.places.values(), self.numbers))

    def path(self, ending: str) -> Path:
        """Where the file of this ending is."""
        return self.out / f"{self.stem}{ending}"


Conditions = TypeVar("Conditions")
"""What a network is told of a whole image, as a wing has it."""

Doing = TypeVar("Doing", bound=SliceWork)


@dataclass(frozen=True, eq=False)
class SlicedFile(WholeFile, ABC, Generic[Conditions, Doing]):
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
    results: SliceResults
    record: Record
    job: SliceJob
    progress: Progress

    @abstractmethod
    def measure(self, source: Source) -> Conditions:
        """Measure what the network is told of the whole image."""

    @property
    @abstractmethod
    def footprint(self) -> Footprint:
        """What a process needs, and for each pixel of a band in which slices are mended."""

    @abstractmethod
    def sheets(self, source: Source) -> Sequence[Sheet]:
        """Describe the images that come of it."""

    @abstractmethod
    def begin(self, source: Source, conditions: Conditions, canvases: Sequence[Canvas]) -> Doing:
        """Give the work, whose answers go to these canvases."""

    @abstractmethod
    def draw(self, work: Doing) -> Assessed:
        """Write what is to be looked at, and give what is to be known."""

    def are_whole(self) -> bool:
        """Whether all slices are done, and the results still there."""
        return self.record.has(WHOLE) and self.results.are_there()

    def all_lines(self) -> list[str]:
        """What was said of a file that is done."""
        said = [str(line) for line in json.loads(self.record.read(WHOLE))]
        return [*said, *self.results.lines()]

    def need(self) -> Need:
        """Say what a process needs: slices that are not large are read whole."""
        source = self.job.open(self.path, self.results.name)
        pixels = prod(source.shape[-2:])
        whole = pixels * source.dtype.itemsize
        held = source.held + (whole if whole <= LARGEST_READ else 0)
        return self.footprint.need(min(pixels, BAND_PIXELS), held)

    def do(self, part: Part, failed: Failed) -> Sequence[str]:
        """Do the slices that are not done, and write the results."""
        try:
            return list(self._make(failed))
        finally:
            if self.record.is_empty:
                self.record.sweep()

    def _make(self, failed: Failed) -> Iterator[str]:
        source = self.job.open(self.path, self.results.name)
        conditions = self.measure(source)
        with self._canvases(source) as canvases:
            work = self.begin(source, conditions, canvases)
            done_before = len(work.done())
            _do(work, failed)
            done = work.done()
            if not done:
                return
            lines = self._describe(work)
        for begun, target in self._targets.items():
            place_canvas(begun, target)
        if len(done) == source.count:
            self.record.put(WHOLE, json.dumps(lines))
        yield from lines
        yield from self.results.lines()
        if source.count > 1 and done_before:
            yield f"  already done: {done_before} of {source.count} slices"

    def _describe(self, work: Doing) -> list[str]:
        """Write what is to be looked at and read, and give the lines of the report."""
        assessment = self.draw(work)
        content = json.dumps(assessment.to_json(), indent=1, ensure_ascii=False)
        write_text(self.results.numbers, content + "\n")
        return report_lines(assessment.sentence, assessment.notes)

    @property
    def _targets(self) -> dict[Path, Path]:
        """Where the images are until they are done, and then."""
        ending, folder = ENDINGS[self.job.format], self.record.folder
        return {folder / f"{kind}{ending}": path for kind, path in self.results.images.items()}

    @contextmanager
    def _canvases(self, source: Source) -> Iterator[list[Canvas]]:
        """Begin the images, or go on with those that were begun, or even were done."""
        for begun, target in self._targets.items():
            if not self.record.is_empty and not begun.exists():
                if target.exists():
                    target.rename(begun)
                else:
                    self.record.clear()
        self.record.begin()
        self.record.forget(WHOLE)
        with ExitStack() as opened:
            yield [
                opened.enter_context(closing(open_canvas(begun, sheet, self.job.format)))
                for begun, sheet in zip(self._targets, self.sheets(source), strict=True)
            ]


def _do(work: SliceWork, failed: Failed) -> None:
    """Do the slices that are not done."""
    for index in range(work.source.count):
        try:
            work.do(index)
        except Exception as error:  # whatever it is, the other slices go on
            if work.source.count == 1:
                raise
            failed(index, error)
            work.leave_out(index)
