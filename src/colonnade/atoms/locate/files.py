"""Find the columns in many files: a bad one is reported, and what is done is not done again."""

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from importlib.metadata import version
from pathlib import Path

from colonnade.atoms.locate.films.average import locate_average
from colonnade.atoms.locate.films.film import follow_frames
from colonnade.atoms.locate.locate import WHOLE, Options, Result, calibrated, locate_frame
from colonnade.atoms.locate.results import FileResults
from colonnade.core.files.batch_run import FileWork, run_batch_of_parts
from colonnade.core.files.failures import Failure
from colonnade.core.files.open import read_frames
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.images.repair import repair
from colonnade.core.learn.model import Model
from colonnade.core.work.progress import Progress
from colonnade.core.work.record import Record, file_state

RECORDS = Path(".colonnade", "locate")
"""Where in the folder of the results it is written down what is done."""

TILT_SERIES = "tilt series"
"""Files of this kind are no films: a column is elsewhere in each view, for good reasons."""


@dataclass(frozen=True, eq=False)
class Job:
    """What is to be done with every file.

    Parameters
    ----------
    model
        The network that finds the columns.
    options
        How they are to be found.
    pixel_size
        Replaces that of the files, if there is one [nm].
    signal
        Which image, in files with several.
    frame
        Which frame of stacks; all of them if None.
    average
        Whether the frames of a film are averaged, and columns are found in that image.
    candidates
        Whether everything that may be a column is written too.
    """

    model: Model
    options: Options
    pixel_size: float | None
    signal: str | None
    frame: int | None
    average: bool = False
    candidates: bool = False

    def locate(self, image: Micrograph, progress: Progress) -> Result:
        """Find the columns of one frame."""
        image = calibrated(image, self.pixel_size)
        return locate_frame(image, self.model, self.options, progress=progress)

    @cached_property
    def identity(self) -> str:
        """Text that determines, together with a file, what is found in it."""
        settings = {
            "version": version("colonnade"),
            "model": self.model.digest,
            "options": dataclasses.asdict(self.options),
            "pixel_size": self.pixel_size,
            "signal": self.signal,
            "frame": self.frame,
            "average": self.average,
            "candidates": self.candidates,
        }
        return json.dumps(settings)


def locate_files(
    files: Mapping[Path, str],
    out: Path,
    job: Job,
    say: Callable[[str], None],
    progress: Progress,
) -> list[Failure]:
    """Find the columns of every file, and write a table and a picture for each.

    A file or frame that fails, whatever the error, does not stop the rest. What was done before,
    by the same version with the same model and options, is not done again unless its file has
    changed. The folder keeps a list of what failed, ``failed-locate.csv``; a single file of which
    nothing could be made leaves the list as it is.

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
        Called with the number of finished files and of all; of tenths of frames, where there is
        one file.

    Returns
    -------
    failures
        The files and frames that could not be done, and why.
    """

    def begin(path: Path, name: str, of_frames: Progress) -> FileWork:
        if job.average:
            name = f"{name}.average"
        record = Record(out / RECORDS / name, f"{job.identity}\n{file_state(path)}")
        work = AveragedFile if job.average else LocatedFile
        return work(path, FileResults(out, name, record, job.candidates), job, of_frames)

    return run_batch_of_parts(files, out, "locate", begin, say, progress)


@dataclass(frozen=True, eq=False)
class LocatedFile:
    """The columns of one file.

    Parameters
    ----------
    path
        The file.
    results
        What was found in it, and where that goes.
    job
        What is to be done with it.
    progress
        Called with the number of finished tenths of frames and of all.
    """

    path: Path
    results: FileResults
    job: Job
    progress: Progress

    def are_whole(self) -> bool:
        """Whether all frames are done, and the results still there."""
        return self.results.are_whole()

    def all_lines(self) -> list[str]:
        """What was said of a file that is done."""
        return self.results.all_lines()

    def make(self, failed: Callable[[int | None, Exception], None]) -> Iterator[str]:
        """Do the frames that are not done, and write the table of all that could be done."""
        job, results = self.job, self.results
        frames = read_frames(self.path, signal=job.signal, frame=job.frame)
        several = len(frames) > 1
        done_before = sum(map(results.has, range(len(frames))))
        for number in range(len(frames)):
            advance = self._of_frame(number, len(frames))
            try:
                if not results.has(number):
                    found = job.locate(frames[number], advance)
                    results.add(number, found, labelled=several)
                yield results.lines(number)[0]
            except Exception as error:  # whatever it is, the other frames go on
                failed(number if several else None, error)
            advance(WHOLE, WHOLE)
        film = several and frames.kind != TILT_SERIES
        yield from results.finish(len(frames), partial(follow_frames, frames) if film else None)
        if done_before:
            yield f"  already done: {done_before} of {len(frames)} frames"

    def _of_frame(self, number: int, frames: int) -> Progress:
        """Give what is called with how far a frame is."""

        def advance(done: int, total: int) -> None:
            self.progress(number * WHOLE + done * WHOLE // total, frames * WHOLE)

        return advance


@dataclass(frozen=True, eq=False)
class AveragedFile(LocatedFile):
    """The columns of the average of the frames of one file."""

    def make(self, failed: Callable[[int | None, Exception], None]) -> Iterator[str]:
        """Average the frames that can be read, and write the image and its columns."""
        self.progress(0, 1)
        frames = read_frames(self.path, signal=self.job.signal, frame=self.job.frame)
        readable = []
        for number in range(len(frames)):
            try:
                repair(frames[number].pixels)
                readable.append(number)
            except Exception as error:  # whatever it is, the other frames go on
                failed(number, error)
        job = self.job
        averaged = locate_average(frames, job.model, job.options, job.pixel_size, readable)
        self.results.add_average(averaged, readable)
        self.progress(1, 1)
        yield self.results.lines(0)[0]
        yield from self.results.finish(1, None)
