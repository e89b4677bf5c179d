"""Do one thing with many files: a bad one is reported, and what is done is not done again."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from colonnade.core.files.failures import Failure, list_name, read_failures, update_failures
from colonnade.core.work.progress import Progress, silent
from colonnade.core.work.writing import make_folder


class FileWork(Protocol):
    """What is done with one file."""

    def are_whole(self) -> bool:
        """Whether all of it is done, and the results still there."""

    def all_lines(self) -> Sequence[str]:
        """What was said of a file that is done."""

    def make(self, failed: Callable[[int | None, Exception], None]) -> Iterator[str]:
        """Do what is not done, and give the lines of the report.

        Parameters
        ----------
        failed
            Called with the number and the error of each frame that could not be done, or with
            None for the whole file.
        """


def run_batch(
    files: Mapping[Path, str],
    out: Path,
    command: str,
    begin: Callable[[Path, str], FileWork],
    say: Callable[[str], None],
    progress: Progress,
) -> list[Failure]:
    """Do one thing with every file.

    A file or frame that fails, whatever the error, does not stop the rest. The folder keeps a
    list of what failed, ``failed-COMMAND.csv``; a single file of which nothing could be made
    leaves the list as it is.

    Parameters
    ----------
    files
        The files, and what to call the results of each.
    out
        Folder for the results.
    command
        What the command is called that does it.
    begin
        Gives what is done with a file, from the file and the name of its results.
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
    listed = out / list_name(command)
    if listed.exists():
        read_failures(listed)  # a file of that name that is no list must be known before the work
    batch = _Batch(begin)
    for done, (path, name) in enumerate(files.items()):
        progress(done, len(files))
        for line in batch.lines(path, name):
            say(line)
    progress(len(files), len(files))
    if batch.done_before:
        say(f"already done: {batch.done_before} of {len(files)} files")
    failures = batch.failures
    if len(files) > 1 or not failures or failures[0].frame is not None:
        update_failures(listed, files, failures)
    return failures


def run_batch_of_parts(
    files: Mapping[Path, str],
    out: Path,
    command: str,
    begin: Callable[[Path, str, Progress], FileWork],
    say: Callable[[str], None],
    progress: Progress,
) -> list[Failure]:
    """Do one thing with every file, part by part: where there is one file its parts are counted.

    Parameters
    ----------
    files, out, command, say
        As for `run_batch`.
    begin
        Gives what is done with a file, from the file, the name of its results, and what is called
        with the number of its finished parts and of all.
    progress
        Called with the number of finished files and of all; of parts, where there is one file.
    """
    of_parts, of_files = (progress, silent) if len(files) == 1 else (silent, progress)

    def begin_file(path: Path, name: str) -> FileWork:
        return begin(path, name, of_parts)

    return run_batch(files, out, command, begin_file, say, of_files)


def report_lines(sentence: str, notes: Iterable[str]) -> list[str]:
    """Say what came of a file: a sentence, and below it the notes."""
    return [sentence, *(f"  note: {note}" for note in notes)]


class _Batch:
    """What failed of a batch, and how many of its files were done before."""

    def __init__(self, begin: Callable[[Path, str], FileWork]) -> None:
        self.begin = begin
        self.failures: list[Failure] = []
        self.done_before = 0

    def lines(self, path: Path, name: str) -> Iterator[str]:
        """Make the results of a file unless they are there, and give the lines of its report."""

        def failed(frame: int | None, error: Exception) -> None:
            self.failures.append(Failure(path, name, frame, error))

        try:
            work = self.begin(path, name)
            if work.are_whole():
                self.done_before += 1
                yield from work.all_lines()
            else:
                yield from work.make(failed)
        except Exception as error:  # whatever it is, the other files go on
            failed(None, error)
