"""Find the columns in many files: a bad one is reported, and what is done is not done again."""

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from colonnade.atoms.locate.locate import Options, Result, calibrated, locate_frame
from colonnade.atoms.locate.results import FileResults
from colonnade.core.files.failures import LIST_NAME, Failure, read_failures, update_failures
from colonnade.core.files.open import read_frames
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.learn.model import Model
from colonnade.core.work.progress import Progress
from colonnade.core.work.record import Record, file_state
from colonnade.core.work.writing import make_folder

RECORDS = Path(".colonnade", "locate")
"""Where in the folder of the results it is written down what is done."""


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
    """

    model: Model
    options: Options
    pixel_size: float | None
    signal: str | None
    frame: int | None

    def locate(self, image: Micrograph) -> Result:
        """Find the columns of one frame."""
        return locate_frame(calibrated(image, self.pixel_size), self.model, self.options)

    @cached_property
    def identity(self) -> str:
        """Text that determines, together with a file, what is found in it."""
        settings = {
            "version": version("colonnade"),
            "model": sha256(self.model.path.read_bytes()).hexdigest(),
            "options": dataclasses.asdict(self.options),
            "pixel_size": self.pixel_size,
            "signal": self.signal,
            "frame": self.frame,
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
    changed. The folder keeps a list of what failed, ``failed.csv``; a single file of which nothing
    could be made leaves the list as it is.

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
        Called with the number of finished files and of all.

    Returns
    -------
    failures
        The files and frames that could not be done, and why.
    """
    make_folder(out)
    listed = out / LIST_NAME
    if listed.exists():
        read_failures(listed)  # a file of that name that is no list must be known before the work
    tally = _Tally()
    for done, (path, name) in enumerate(files.items()):
        progress(done, len(files))
        for line in _locate_file(path, name, out, job, tally):
            say(line)
    progress(len(files), len(files))
    if tally.done_before:
        say(f"already done: {tally.done_before} of {len(files)} files")
    failures = tally.failures
    if len(files) > 1 or not failures or failures[0].frame is not None:
        update_failures(listed, files, failures)
    return failures


@dataclass
class _Tally:
    """What failed of a batch, and how many of its files were done before."""

    failures: list[Failure] = field(default_factory=list)
    done_before: int = 0


def _locate_file(path: Path, name: str, out: Path, job: Job, tally: _Tally) -> Iterator[str]:
    """Make the results of a file unless they are there, and give the lines of its report."""
    try:
        record = Record(out / RECORDS / name, f"{job.identity}\n{file_state(path)}")
        results = FileResults(out, name, record)
        if results.are_whole():
            tally.done_before += 1
            yield from results.all_lines()
        else:
            yield from _locate_frames(path, results, job, tally)
    except Exception as error:  # whatever it is, the other files go on
        tally.failures.append(Failure(path, name, None, error))


def _locate_frames(path: Path, results: FileResults, job: Job, tally: _Tally) -> Iterator[str]:
    """Do the frames that are not done, and write the table of all that could be done."""
    frames = read_frames(path, signal=job.signal, frame=job.frame)
    several = len(frames) > 1
    done_before = sum(map(results.has, range(len(frames))))
    for number in range(len(frames)):
        try:
            if not results.has(number):
                results.add(number, job.locate(frames[number]), labelled=several)
            yield results.lines(number)[0]
        except Exception as error:  # whatever it is, the other frames go on
            frame = number if several else None
            tally.failures.append(Failure(path, results.name, frame, error))
    yield from results.finish(len(frames))
    if done_before:
        yield f"  already done: {done_before} of {len(frames)} frames"
