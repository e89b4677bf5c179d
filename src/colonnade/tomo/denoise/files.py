"""Denoise many files: a bad one is reported, and what is done is not done again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from colonnade.core.files.batch_run import run_batch_of_parts
from colonnade.core.files.canvas import Canvas, Sheet
from colonnade.core.files.failures import Failure
from colonnade.core.files.source import Source
from colonnade.core.learn.slice_files import SlicedFile, SliceJob, SliceResults
from colonnade.core.work.memory import Footprint
from colonnade.core.work.parallel import ALONE, Crew
from colonnade.core.work.progress import Progress
from colonnade.core.work.record import HIDDEN, Record, file_state
from colonnade.tomo.denoise.conditions import Conditions
from colonnade.tomo.denoise.denoise import Output, Work, conditions_of
from colonnade.tomo.denoise.denoised import Assessment
from colonnade.tomo.denoise.picture import draw_picture

RECORDS = Path(HIDDEN, "denoise")
"""Where in the folder of the results lies what is not done yet."""

FOOTPRINT = Footprint(process=320_000_000, pixel=40)
"""What a process needs that denoises."""

SUFFIX = ".denoised"
"""What the names of all results end with, but for what kind of file each is."""


class Job(SliceJob):
    """What is to be done with every file."""


def denoise_files(
    files: Mapping[Path, str],
    out: Path,
    job: Job,
    say: Callable[[str], None],
    progress: Progress,
    crew: Crew = ALONE,
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
    crew
        Who does the files, where there are several.

    Returns
    -------
    failures
        The files and slices that could not be done, and why.
    """

    def begin(path: Path, name: str, of_tiles: Progress) -> DenoisedFile:
        results = Results(out, name, job.format)
        record = Record(out / RECORDS / name, f"{job.identity}\n{file_state(path)}")
        return DenoisedFile(path, results, record, job, of_tiles)

    return run_batch_of_parts(files, out, "denoise", begin, say, progress, crew)


class Results(SliceResults):
    """Where the results of a file are."""

    @property
    def stem(self) -> str:
        """What the names of all of them begin with."""
        return f"{self.name}{SUFFIX}"


@dataclass(frozen=True, eq=False)
class DenoisedFile(SlicedFile[Conditions, Work]):
    """One file, the denoised image, and what of it is done; a bad slice is left as it was."""

    footprint = FOOTPRINT

    def measure(self, source: Source) -> Conditions:
        """Measure the noise."""
        return conditions_of(source)

    def sheets(self, source: Source) -> Sequence[Sheet]:
        """Describe the denoised image."""
        return [source.finer(1)]

    def begin(self, source: Source, conditions: Conditions, canvases: Sequence[Canvas]) -> Work:
        """Give the work, whose answers go to this canvas."""
        (image,) = canvases
        output = Output(image, self.record)
        job = self.job
        return Work(source, job.model, conditions, output, step=job.step, progress=self.progress)

    def draw(self, work: Work) -> Assessment:
        """Draw the picture, and give what is to be known."""
        assessment = work.assessment()
        draw_picture(work.shown(), assessment, self.results.picture)
        return assessment
