"""Upscale many files: a bad one is reported, and what is done is not done again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from colonnade.core.files.batch_run import run_batch_of_parts
from colonnade.core.files.canvas import ENDINGS, Canvas, Sheet
from colonnade.core.files.failures import Failure
from colonnade.core.files.source import Source
from colonnade.core.learn.slice_files import SlicedFile, SliceJob, SliceResults
from colonnade.core.work.memory import Footprint
from colonnade.core.work.parallel import ALONE, Crew
from colonnade.core.work.progress import Progress
from colonnade.core.work.record import HIDDEN, Record, file_state
from colonnade.sem.card import SemCard
from colonnade.sem.conditions import Conditions
from colonnade.sem.upscale.maps import Outputs
from colonnade.sem.upscale.picture import draw_picture
from colonnade.sem.upscale.report import write_report
from colonnade.sem.upscale.upscale import (
    LETTERS,
    Work,
    conditions_of,
    factor_of,
    finer_sheet,
)
from colonnade.sem.upscaled import Along, Assessment

RECORDS = Path(HIDDEN, "upscale")
"""Where in the folder of the results lies what is not done yet."""


FOOTPRINT = Footprint(process=750_000_000, pixel=40, thread=30_000_000)
"""What a process needs that upscales, but for the answers of the network."""

ANSWERS = 16_000_000
"""What it needs for these besides, for each pixel that comes of one of the image [bytes]."""


@dataclass(frozen=True, eq=False)
class Job(SliceJob):
    """What is to be done with every file.

    Parameters
    ----------
    report
        Whether to write a page too.
    """

    report: bool = False

    @property
    def along(self) -> Along:
        """What the model makes finer."""
        return "z" if SemCard.of(self.model.card).is_along_z else "plane"


def upscale_files(
    files: Mapping[Path, str],
    out: Path,
    job: Job,
    say: Callable[[str], None],
    progress: Progress,
    crew: Crew = ALONE,
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
    crew
        Who does the files, where there are several.

    Returns
    -------
    failures
        The files and slices that could not be done, and why.
    """

    def begin(path: Path, name: str, of_tiles: Progress) -> UpscaledFile:
        results = Results(out, name, job.format, factor_of(job.model), job.along, job.report)
        folder = out / RECORDS / results.stem
        record = Record(folder, f"{job.identity}\n{file_state(path)}")
        return UpscaledFile(path, results, record, job, of_tiles)

    return run_batch_of_parts(files, out, "upscale", begin, say, progress, crew)


@dataclass(frozen=True)
class Results(SliceResults):
    """Where the results of a file are.

    Parameters
    ----------
    factor
        How many times as fine the image is.
    along
        What has become finer.
    report
        Whether there is a page too.
    """

    factor: int
    along: Along = "plane"
    report: bool = False

    @property
    def stem(self) -> str:
        """What the names of all of them begin with."""
        return f"{self.name}.{LETTERS[self.along]}{self.factor}"

    @property
    def half_width(self) -> Path:
        """Half the width of a 90 % interval of each of its pixels [grey levels]."""
        return self.path(f".trust{ENDINGS[self.format]}")

    @property
    def page(self) -> Path:
        """The report."""
        return self.path(".html")

    @property
    def images(self) -> dict[str, Path]:
        """All that is written slice by slice, by what it shows."""
        return {**super().images, "trust": self.half_width}

    @property
    def places(self) -> dict[str, Path]:
        """Where a reader finds everything."""
        return {**super().places, **({"report": self.page} if self.report else {})}


@dataclass(frozen=True, eq=False)
class UpscaledFile(SlicedFile[Conditions, Work]):
    """One file, what it becomes, and what of that is done; a bad slice is left black."""

    results: Results
    job: Job

    @property
    def footprint(self) -> Footprint:
        """What a process needs; the finer the image becomes, the larger are its tiles."""
        finer = factor_of(self.job.model) ** (1 if self.job.along == "z" else 2)
        return replace(FOOTPRINT, process=FOOTPRINT.process + ANSWERS * finer)

    def measure(self, source: Source) -> Conditions:
        """Measure the spectrum."""
        return conditions_of(source)

    def sheets(self, source: Source) -> Sequence[Sheet]:
        """Describe the finer image, and the half-widths of its intervals."""
        sheet = finer_sheet(source, self.job.model)
        return sheet, replace(sheet, dtype=np.dtype(np.float32))

    def begin(self, source: Source, conditions: Conditions, canvases: Sequence[Canvas]) -> Work:
        """Give the work, whose answers go to these canvases."""
        image, half_width = canvases
        outputs = Outputs(image, half_width, self.record)
        job = self.job
        return Work(source, job.model, conditions, outputs, step=job.step, progress=self.progress)

    def draw(self, work: Work) -> Assessment:
        """Draw the picture, write the page if there is to be one, and give what is to be known."""
        assessment = work.assessment()
        shown = work.shown()
        draw_picture(shown, assessment, self.results.picture)
        if self.job.report:
            write_report(shown, assessment, self.job.model.card, self.results.page)
        return assessment
