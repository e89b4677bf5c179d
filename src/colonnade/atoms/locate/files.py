"""Find the columns in many files: a bad one is reported, and what is done is not done again."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property, lru_cache, partial
from importlib.metadata import version
from math import prod
from pathlib import Path
from typing import Any

from colonnade.atoms.locate.locate import Options, Result, calibrated, locate_frame
from colonnade.atoms.locate.results import FileResults
from colonnade.core.files.batch_run import THE_WHOLE, Failed, FileWork, Part, run_batch
from colonnade.core.files.failures import Failure
from colonnade.core.files.open import Frames, read_frames
from colonnade.core.images.levels import check_ordinary
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.images.repair import repair
from colonnade.core.images.series.threads import registration_bytes
from colonnade.core.learn.model import Model
from colonnade.core.work.memory import Footprint, Need
from colonnade.core.work.parallel import ALONE, Crew
from colonnade.core.work.progress import Progress, silent
from colonnade.core.work.record import HIDDEN, Record, file_state

RECORDS = Path(HIDDEN, "locate")
"""Where in the folder of the results it is written down what is done."""

FOOTPRINT = Footprint(process=500_000_000, pixel=55, thread=120_000_000)
"""What a process needs that finds the columns of a frame, if these are nine pixels apart; each
thread fits a part of them."""

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
            "options": asdict(self.options),
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
    crew: Crew = ALONE,
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
        Called with the number of finished files and of all; of frames, or of tenths of the only
        frame, where there is one file.
    crew
        Who does the frames.

    Returns
    -------
    failures
        The files and frames that could not be done, and why.
    """
    of_frame = progress if len(files) == 1 else silent

    def begin(path: Path, name: str) -> FileWork:
        if job.average:
            name = f"{name}.average"
        record = Record(out / RECORDS / name, f"{job.identity}\n{file_state(path)}")
        work = AveragedFile if job.average else LocatedFile
        return work(path, FileResults(out, name, record, job.candidates), job, of_frame)

    return run_batch(files, out, "locate", begin, say, progress, crew)


@lru_cache(maxsize=1)
def _opened(path: Path, signal: str | None, frame: int | None, identity: str) -> Frames:
    """Open a file in a state that an identity determines once for all of its frames."""
    return read_frames(path, signal=signal, frame=frame)


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
        Called with the number of finished tenths of the only frame and of all.
    """

    path: Path
    results: FileResults
    job: Job
    progress: Progress = silent

    def __reduce__(self) -> tuple[Any, ...]:
        # Only the process that shows the progress can be told of it.
        return type(self), (self.path, self.results, self.job)

    def are_whole(self) -> bool:
        """Whether all frames are done, and the results still there."""
        return self.results.are_whole()

    def all_lines(self) -> list[str]:
        """What was said of a file that is done."""
        return self.results.all_lines()

    @property
    def frames(self) -> Frames:
        """The frames that are asked for."""
        identity = self.results.record.identity
        return _opened(self.path, self.job.signal, self.job.frame, identity)

    def need(self) -> Need:
        """Say what a process needs, which holds one frame whole; films are registered too."""
        frames, pixels = self.frames, prod(self.frames.shape)
        finishing = registration_bytes(pixels) if self._is_film else 0
        return FOOTPRINT.need(pixels, frames.held, finishing)

    @property
    def _is_film(self) -> bool:
        return len(self.frames) > 1 and self.frames.kind != TILT_SERIES

    def parts(self) -> Sequence[Part]:
        """Every frame; what is said of those that are done is said again."""
        count = len(self.frames)
        self.results.begin(count)  # before several processes write
        return [Part(number, number if count > 1 else None) for number in range(count)]

    def do(self, part: Part, failed: Failed) -> Sequence[str]:
        """Find the columns of a frame, if that is not done."""
        number, results = part.number, self.results
        if not results.has(number):
            advance = self.progress if part.frame is None else silent
            found = self.job.locate(self.frames[number], advance)
            results.add(number, found, labelled=part.frame is not None)
        return results.lines(number)[:1]

    def finish(self) -> Sequence[str]:
        """Write the table of all frames that could be done."""
        frames, results, is_film = self.frames, self.results, self._is_film
        _opened.cache_clear()
        first = next(iter(results.done(len(frames))), 0)
        if first:
            results.draw(first, calibrated(frames[first], self.job.pixel_size))
        if not is_film:
            return results.finish(len(frames), None)
        # What only films need takes longer to import than an image to be read.
        from colonnade.atoms.locate.films.film import follow_frames

        return results.finish(len(frames), partial(follow_frames, frames))


@dataclass(frozen=True, eq=False)
class AveragedFile(LocatedFile):
    """The columns of the average of the frames of one file."""

    def need(self) -> Need:
        """Say what a process needs, which registers the frames, and then holds their average."""
        pixels = prod(self.frames.shape)
        need = FOOTPRINT.need(pixels, self.frames.held)
        return replace(need, process=max(need.process, need.resting + registration_bytes(pixels)))

    def parts(self) -> Sequence[Part]:
        """All frames together."""
        return [THE_WHOLE]

    def do(self, part: Part, failed: Failed) -> Sequence[str]:
        """Average the frames that can be read, and write the image and its columns."""
        from colonnade.atoms.locate.films.average import locate_average

        frames, readable = self.frames, []
        for number in range(len(frames)):
            try:
                pixels = frames[number].pixels
                check_ordinary(pixels)
                repair(pixels)
                readable.append(number)
            except Exception as error:  # whatever it is, the other frames go on
                failed(number, error)
        job = self.job
        averaged = locate_average(frames, job.model, job.options, job.pixel_size, readable)
        self.results.add_average(averaged, readable)
        return self.results.lines(0)[:1]

    def finish(self) -> Sequence[str]:
        """Write the table of the average."""
        _opened.cache_clear()
        return self.results.finish(1, None)
