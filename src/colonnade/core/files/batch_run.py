"""Do one thing with many files: a bad one is reported, and what is done is not done again."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from colonnade.core.errors import FileError, visible
from colonnade.core.files.failures import (
    Failure,
    add_failures,
    list_name,
    read_failures,
    update_failures,
)
from colonnade.core.files.watch import Watch
from colonnade.core.work.memory import Need
from colonnade.core.work.outcomes import Outcome
from colonnade.core.work.parallel import ALONE, Crew
from colonnade.core.work.progress import Progress, silent
from colonnade.core.work.record import HIDDEN
from colonnade.core.work.temporary import remove_left
from colonnade.core.work.writing import ClosedFolderError, check_writable, make_folder

Failed = Callable[[int | None, Exception], None]
"""Called with the number and the error of each frame that could not be done, or with None for the
whole file."""


@dataclass(frozen=True)
class Part:
    """A part of what is done with a file, which any process can do by itself.

    Parameters
    ----------
    number
        Which part.
    frame
        Which frame that is, where the file has several.
    """

    number: int
    frame: int | None = None


THE_WHOLE = Part(0)
"""The only part of a file that is done as one."""


class FileWork(Protocol):
    """What is done with one file; where several processes work, it is sent to them."""

    def are_whole(self) -> bool:
        """Whether all of it is done, and the results still there."""

    def all_lines(self) -> Sequence[str]:
        """What was said of a file that is done."""

    def need(self) -> Need | None:
        """Memory that a process needs for a part; None where that is not known."""

    def parts(self) -> Sequence[Part]:
        """What is not done, in order."""

    def do(self, part: Part, failed: Failed) -> Sequence[str]:
        """Do a part, keep it on the disk, and give the lines of its report."""

    def finish(self) -> Sequence[str]:
        """Write what takes all parts, and give the lines of the report that come after theirs."""


class WholeFile:
    """What is done with a file that has no parts."""

    def need(self) -> Need | None:
        """Nothing is known of it."""
        return None

    def parts(self) -> Sequence[Part]:
        """The whole."""
        return [THE_WHOLE]

    def finish(self) -> Sequence[str]:
        """Nothing is left to do."""
        return []


Begin = Callable[[Path, str], FileWork]
"""Gives what is done with a file, from the file and the name of its results."""


def run_batch(
    files: Mapping[Path, str],
    out: Path,
    command: str,
    begin: Begin,
    say: Callable[[str], None],
    progress: Progress,
    crew: Crew = ALONE,
) -> list[Failure]:
    """Do one thing with every file.

    A file or frame that fails, whatever the error, does not stop the rest. One that changes or
    goes away while it is worked on fails as a whole, as its frames would not belong together. The
    folder keeps a list of what failed, ``failed-COMMAND.csv``, which grows while the batch goes
    on; a single file of which nothing could be made leaves the list as it is.

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
        Called with each line of the report, in the order of the files, whoever does them.
    progress
        Called with the number of finished files and of all; of parts, where one file has several.
    crew
        Who does the parts of the files.

    Returns
    -------
    failures
        The files and frames that could not be done, and why.

    Raises
    ------
    ClosedFolderError
        If nothing can be written into the folder, but something is to be.
    """
    make_folder(out)
    listed = out / list_name(command)
    if listed.exists():
        read_failures(listed)  # a file of that name that is no list must be known before the work
    _tidy(out)
    watch = Watch()
    batch = _Batch(files, out, begin, say, progress, listed, watch, crew)
    watched = nullcontext() if len(files) == 1 else watch  # one file shows how far it is
    with watched, closing(crew.outcomes(_do, batch.items(), _need)) as each:
        for outcome in each:
            batch.take(outcome)
    _tidy(out)
    if batch.done_before:
        say(f"already done: {batch.done_before} of {len(files)} files")
    failures = batch.failures
    if len(files) > 1 or not failures or failures[0].frame is not None:
        try:
            update_failures(listed, files, failures)
        except FileError as error:  # what failed is said all the same
            say(f"{error}; the same command tries again what failed")
    return failures


def _tidy(out: Path) -> None:
    """Remove what processes were writing that died, before this command or for it."""
    remove_left(out)
    remove_left(out / HIDDEN, inside=True)


def run_batch_of_parts(
    files: Mapping[Path, str],
    out: Path,
    command: str,
    begin: Callable[[Path, str, Progress], FileWork],
    say: Callable[[str], None],
    progress: Progress,
    crew: Crew = ALONE,
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
    crew
        Who does the files, where there are several.
    """
    of_parts, of_files = (progress, silent) if len(files) == 1 else (silent, progress)

    def begin_file(path: Path, name: str) -> FileWork:
        return begin(path, name, of_parts)

    who = crew.alone if len(files) == 1 else crew
    return run_batch(files, out, command, begin_file, say, of_files, who)


def report_lines(sentence: str, notes: Iterable[str]) -> list[str]:
    """Say what came of a file: a sentence, and below it the notes."""
    return [visible(sentence), *(f"  note: {visible(note)}" for note in notes)]


class ChangedError(FileError):
    """A file is no longer what it was when its first part was begun."""


@dataclass(frozen=True)
class _Seen:
    """What a file was when it was begun.

    Parameters
    ----------
    path
        The file.
    state
        Its size [bytes] and when it was changed [s]; None of a folder, into which results may go,
        and of what is not there. Disks that are shared tell parts of a second differently to
        different machines.
    """

    path: Path
    state: tuple[int, int] | None

    @classmethod
    def now(cls, path: Path) -> "_Seen":
        """Look at a file."""
        if not path.is_file():
            return cls(path, None)
        found = path.stat()
        return cls(path, (found.st_size, int(found.st_mtime)))

    def check(self) -> None:
        """Look again.

        Raises
        ------
        ChangedError
            If the file has gone or changed.
        """
        if self.state is None or _Seen.now(self.path) == self:
            return
        if self.path.exists():
            raise ChangedError(
                f"{self.path} was changed while it was worked on; start again once it is complete"
            )
        raise ChangedError(
            f"{self.path} went away while it was worked on; check the disk or the network, and "
            "start again"
        )


@dataclass(frozen=True, eq=False)
class _Item:
    """A part of a file that is to be done, and what a process needs for it, if that is known."""

    file: "_Open | None"
    seen: _Seen
    work: FileWork
    part: Part
    need: Need | None

    def __getstate__(self) -> dict[str, object]:
        """Give what another process needs, which is not what became of the rest of the file."""
        return {**vars(self), "file": None}


def _need(item: _Item) -> Need | None:
    return item.need


@dataclass(frozen=True, eq=False)
class _Report:
    """What came of a part: lines, and frames that failed."""

    lines: Sequence[str]
    failed: Sequence[tuple[int | None, Exception]]


def _do(item: _Item) -> _Report:
    """Do a part, in whichever process."""
    failed: list[tuple[int | None, Exception]] = []
    item.seen.check()  # before what may be mapped into memory is read, too
    try:
        lines = item.work.do(item.part, lambda frame, error: failed.append((frame, error)))
    except Exception:
        item.seen.check()
        raise
    item.seen.check()
    return _Report(lines, failed)


@dataclass(eq=False)
class _Open:
    """A file that is being done.

    Parameters
    ----------
    path, name
        The file, and what its results are called.
    seen
        What it was when it was begun.
    parts
        What is done of it, in order.
    need
        Memory that a process needs for a part, where there is a limit and that is known.
    last
        Gives the lines that come after those of its parts.
    lines
        What is to be said of the parts of which something has come, by their number.
    said
        Of how many parts that has been said.
    failures
        What could not be done of it.
    """

    path: Path
    name: str
    seen: _Seen
    parts: Sequence[Part] = ()
    need: Need | None = None
    last: Callable[[], Sequence[str]] = tuple
    lines: dict[int, Sequence[str]] = field(default_factory=dict)
    said: int = 0
    failures: list[Failure] = field(default_factory=list)

    @property
    def has_changed(self) -> bool:
        """Whether that is a reason why it failed."""
        return any(isinstance(each.error, ChangedError) for each in self.failures)


class _Batch:
    """Gives out the parts of all files, and says in their order what has come of them."""

    def __init__(
        self,
        files: Mapping[Path, str],
        out: Path,
        begin: Begin,
        say: Callable[[str], None],
        progress: Progress,
        listed: Path,
        watch: Watch,
        crew: Crew,
    ) -> None:
        self.files, self.out, self.begin = files, out, begin
        self.say, self.progress, self.listed, self.watch = say, progress, listed, watch
        self.crew = crew
        self.failures: list[Failure] = []
        self.done_before = 0
        self._open: deque[_Open] = deque()
        self._ended = 0
        self._is_writable = False

    def items(self) -> Iterator[_Item]:
        """Give out what is not done, file by file."""
        self.progress(0, len(self.files))
        for path, name in self.files.items():
            self.watch.go_on(path)
            file = _Open(path, name, _Seen.now(path))
            self._open.append(file)
            try:
                work = self._begun(file)
            except ClosedFolderError:  # the other files could not be done either
                raise
            except Exception as error:  # whatever it is, the other files go on
                self._fail(file, None, error)
                continue
            finally:
                if not file.parts:
                    self.watch.end(path)
                self._say_what_has_come()
            yield from (_Item(file, file.seen, work, part, file.need) for part in file.parts)

    def take(self, outcome: Outcome[_Item, _Report]) -> None:
        """Take what has come of a part."""
        item = outcome.item
        file, part = item.file, item.part
        assert file is not None
        if isinstance(outcome.error, ChangedError):
            self._fail_as_changed(file, outcome.error)
            file.lines[part.number] = ()
        elif outcome.error is not None:
            self._fail(file, part.frame, outcome.error)
            file.lines[part.number] = ()
        else:
            report = outcome.value()
            for frame, error in report.failed:
                self._fail(file, frame, error)
            file.lines[part.number] = report.lines
        if file.said + len(file.lines) == len(file.parts):
            self.watch.end(file.path)
        else:
            self.watch.go_on(file.path)
        self._say_what_has_come()

    def _begun(self, file: _Open) -> FileWork:
        work = self.begin(file.path, file.name)
        if work.are_whole():
            self.done_before += 1
            file.last = work.all_lines
        else:
            if not self._is_writable:
                check_writable(self.out)
                self._is_writable = True
            if self.crew.limit is not None:
                file.need = work.need()
                self.crew.check(file.need)
            file.parts, file.last = work.parts(), work.finish
        return work

    def _say_what_has_come(self) -> None:
        """Say what there is to be said in the order of the files, and end those that are done."""
        while self._open:
            file = self._open[0]
            self._say_parts(file)
            if file.said < len(file.parts):
                return
            for line in self._last_lines(file):
                self.say(line)
            self._open.popleft()
            self._ended += 1
            failed = sorted(file.failures, key=_in_order)
            self.failures += failed
            if failed and len(self.files) > 1:
                with suppress(OSError):  # at the end it is said if there is no list
                    add_failures(self.listed, failed)
            self.progress(self._ended, len(self.files))

    def _last_lines(self, file: _Open) -> Sequence[str]:
        try:
            file.seen.check()
            lines = file.last()
            file.seen.check()
        except ChangedError as error:
            self._fail_as_changed(file, error)
        except Exception as error:  # whatever it is, the other files go on
            self._fail(file, None, error)
        else:
            return lines
        return ()

    def _say_parts(self, file: _Open) -> None:
        while file.said < len(file.parts):
            lines = file.lines.pop(file.parts[file.said].number, None)
            if lines is None:
                return
            for line in lines:
                self.say(line)
            file.said += 1
            if len(self.files) == 1 and len(file.parts) > 1:
                self.progress(file.said, len(file.parts))

    def _fail_as_changed(self, file: _Open, error: ChangedError) -> None:
        """Say once, and not of every frame, that a file is not what it was."""
        if not file.has_changed:
            self._fail(file, None, error)

    def _fail(self, file: _Open, frame: int | None, error: Exception) -> None:
        file.failures.append(Failure(file.path, file.name, frame, error))


def _in_order(failure: Failure) -> int:
    return -1 if failure.frame is None else failure.frame
