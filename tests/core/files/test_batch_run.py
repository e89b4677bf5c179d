"""Commands that write into one folder keep what they failed at apart."""

import errno
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import pytest
from left_over import half_written

from colonnade.core.errors import ImageError, TooLargeError
from colonnade.core.files.batch import inputs
from colonnade.core.files.batch_run import (
    Failed,
    FileWork,
    Part,
    WholeFile,
    run_batch,
    run_batch_of_parts,
)
from colonnade.core.files.failures import Failure, read_failures
from colonnade.core.work.memory import Need
from colonnade.core.work.parallel import Crew
from colonnade.core.work.progress import Progress
from colonnade.core.work.writing import ClosedFolderError


@dataclass(frozen=True)
class Work(WholeFile):
    """Is never done, and can be done unless it is said why not."""

    why_not: str = ""

    def are_whole(self) -> bool:
        return False

    def all_lines(self) -> list[str]:
        return []

    def do(self, part: Part, failed: Failed) -> Sequence[str]:
        if self.why_not:
            raise ImageError(self.why_not)
        return ["done"]


def test_two_commands_in_one_folder_have_each_its_own_list(tmp_path: Path) -> None:
    files = {tmp_path / "a.tif": "a", tmp_path / "b.tif": "b"}

    def run(command: str, bad: str) -> None:
        def begin(path: Path, name: str) -> Work:
            return Work("too dark" if name == bad else "")

        run_batch(files, tmp_path, command, begin, lambda _: None, lambda *_: None)

    run("locate", bad="a")
    run("upscale", bad="b")
    assert read_failures(tmp_path / "failed-locate.csv") == {tmp_path / "a.tif": "a"}
    assert read_failures(tmp_path / "failed-upscale.csv") == {tmp_path / "b.tif": "b"}
    run("upscale", bad="")
    assert [path.name for path in tmp_path.glob("*.csv")] == ["failed-locate.csv"]


@pytest.mark.parametrize(("names", "steps"), [("a", [(1, 2)]), ("ab", [(0, 2), (1, 2), (2, 2)])])
def test_parts_are_counted_where_there_is_one_file_and_else_files(
    tmp_path: Path, names: str, steps: list[tuple[int, int]]
) -> None:
    counted: list[tuple[int, int]] = []

    def begin(path: Path, name: str, of_parts: Progress) -> Work:
        of_parts(1, 2)
        return Work()

    files = {tmp_path / f"{name}.tif": name for name in names}
    run_batch_of_parts(
        files, tmp_path, "locate", begin, lambda _: None, lambda *step: counted.append(step)
    )
    assert counted == steps


FOUR_FRAMES = """
import os, signal, time
from dataclasses import dataclass, field
from pathlib import Path

from colonnade.core.errors import ImageError, TooLargeError
from colonnade.core.files.batch_run import Part


@dataclass(frozen=True)
class FourFrames:
    name: str
    folder: Path

    def are_whole(self):
        return False

    def all_lines(self):
        return []

    def parts(self):
        return [Part(number, number) for number in range(4)]

    def do(self, part, failed):
        time.sleep(0.2 - 0.05 * part.number)  # the first takes longest
        if part.number == 1:
            raise ImageError("too dark")
        died = self.folder / "died"
        if part.number == 2 and not died.exists():
            died.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return [f"{self.name} {part.number}"]

    def finish(self):
        return [f"{self.name} whole"]
"""
"""In a module of its own, as fresh processes cannot import this file."""


def test_several_processes_say_everything_in_order_and_one_that_dies_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "four_frames.py").write_text(FOUR_FRAMES)
    monkeypatch.syspath_prepend(tmp_path)
    frames = import_module("four_frames").FourFrames
    files = {tmp_path / f"{name}.tif": name for name in "ab"}
    said: list[str] = []

    def begin(path: Path, name: str) -> FileWork:
        work: FileWork = frames(name, tmp_path)
        return work

    failures = run_batch(
        files, tmp_path, "locate", begin, said.append, lambda *_: None, Crew(workers=2)
    )
    assert said == [
        line for name in "ab" for line in (f"{name} 0", f"{name} 2", f"{name} 3", f"{name} whole")
    ]
    assert [(each.name, each.frame) for each in failures] == [("a", 1), ("b", 1)]


@dataclass(frozen=True)
class Frames:
    """Three frames, during the second of which something befalls the file."""

    path: Path
    befalls: Callable[[Path], object]
    done: list[str]

    def are_whole(self) -> bool:
        return False

    def need(self) -> None:
        pass

    def all_lines(self) -> list[str]:
        return []

    def parts(self) -> list[Part]:
        return [Part(number, number) for number in range(3)]

    def do(self, part: Part, failed: Failed) -> Sequence[str]:
        if part.number == 1:
            self.befalls(self.path)
        self.path.read_bytes()
        self.done.append(f"{self.path.stem} {part.number}")
        return []

    def finish(self) -> Sequence[str]:
        self.done.append(f"{self.path.stem} whole")
        return []


@pytest.mark.parametrize(
    ("befalls", "said"),
    [
        (Path.unlink, "went away while it was worked on"),
        (lambda path: path.write_text("a longer text"), "was changed while it was worked on"),
    ],
)
def test_a_file_that_changes_or_goes_away_fails_once_and_the_others_go_on(
    tmp_path: Path, befalls: Callable[[Path], object], said: str
) -> None:
    for name in "abc":
        (tmp_path / f"{name}.tif").write_text("a text")
    done: list[str] = []
    out = tmp_path / "out"

    def run(*named: Path) -> list[str]:
        def begin(path: Path, name: str) -> Frames:
            return Frames(path, befalls if name == "b" else Path.stat, done)

        files = inputs(list(named))
        failures = run_batch(files, out, "locate", begin, lambda _: None, lambda *_: None)
        return [failure.sentence for failure in failures]

    (sentence,) = run(tmp_path)
    assert sentence.startswith(f"{tmp_path / 'b.tif'} {said}")
    assert "b 0" in done
    assert not {"b 2", "b whole"} & set(done)
    assert done[-4:] == ["c 0", "c 1", "c 2", "c whole"]
    done.clear()
    (tmp_path / "b.tif").write_text("a text")
    befalls = Path.stat
    assert run(out / "failed-locate.csv") == []
    assert done == ["b 0", "b 1", "b 2", "b whole"]


def test_results_in_the_folder_of_the_input_are_no_change_of_it(tmp_path: Path) -> None:
    def begin(path: Path, name: str) -> Frames:
        return Frames(path / "view.tif", lambda _: (path / "result").touch(), [])

    (tmp_path / "view.tif").touch()
    files = {tmp_path: "views"}
    assert run_batch(files, tmp_path, "locate", begin, lambda _: None, lambda *_: None) == []


@dataclass(frozen=True)
class Done(Work):
    """Was done before."""

    def are_whole(self) -> bool:
        return True

    def all_lines(self) -> list[str]:
        return ["done before"]


def test_a_closed_folder_is_told_before_the_work_where_there_is_some(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise OSError(errno.EROFS, "a disk that is only read")

    monkeypatch.setattr(Path, "touch", refuse)
    files = {tmp_path / name: name for name in "ab"}
    said: list[str] = []

    def run(second: Work) -> None:
        def begin(path: Path, name: str) -> Work:
            return Done() if name == "a" else second

        run_batch(files, tmp_path, "locate", begin, said.append, lambda *_: None)

    run(Done())
    assert said == ["done before", "done before", "already done: 2 of 2 files"]
    with pytest.raises(ClosedFolderError, match=r"nothing can be written into .* read-only"):
        run(Work())
    assert list(tmp_path.iterdir()) == []


def test_a_list_that_cannot_be_written_is_said_and_hides_no_failure(tmp_path: Path) -> None:
    files = {tmp_path / name: name for name in "ab"}
    said: list[str] = []

    def begin(path: Path, name: str) -> Work:
        if name == "b":  # when the list was looked for, and before it is written
            (tmp_path / "failed-locate.csv").mkdir()
        return Work(f"{name} is too dark")

    failures = run_batch(files, tmp_path, "locate", begin, said.append, lambda *_: None)
    assert [str(failure.error) for failure in failures] == ["a is too dark", "b is too dark"]
    assert said[-1].endswith("the same command tries again what failed")


@pytest.mark.skipif(os.name == "nt", reason="Windows tells no process of another")
def test_what_a_command_that_was_killed_was_writing_goes_with_the_next(tmp_path: Path) -> None:
    names = ("b.columns.csv", "b.ome.zarr", ".colonnade/locate/b/000001.csv")
    left = [half_written(tmp_path / name) for name in names]
    theirs = half_written(tmp_path / "album" / "c.csv")
    files = {tmp_path / "a.tif": "a"}

    def begin(path: Path, name: str) -> Work:
        assert not any(each.exists() for each in left)
        left[0].touch()  # as a process that works for this command and dies
        return Work()

    run_batch(files, tmp_path, "locate", begin, lambda _: None, lambda *_: None)
    assert not left[0].exists()
    assert theirs.exists()


STOPPED = """
import os, signal, time
from dataclasses import dataclass
from pathlib import Path

from colonnade.core.files.batch_run import WholeFile


@dataclass(frozen=True)
class Stopped(WholeFile):
    name: str
    folder: Path

    def are_whole(self):
        return False

    def all_lines(self):
        return []

    def do(self, part, failed):
        mark = self.folder / "stopped"
        if self.name == "b" and not mark.exists():
            mark.write_text(str(os.getpid()))
            os.kill(os.getpid(), signal.SIGSTOP)
        return [self.name]
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows stops no process")
def test_a_file_whose_disk_does_not_answer_is_named_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "stopped_files.py").write_text(STOPPED)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("colonnade.core.files.watch.PATIENCE", 1.0)
    stopped = import_module("stopped_files").Stopped
    said: list[str] = []
    named: list[str] = []

    def begin(path: Path, name: str) -> FileWork:
        work: FileWork = stopped(name, tmp_path)
        return work

    def stopped_process() -> int:
        mark = tmp_path / "stopped"
        return int(mark.read_text() or 0) if mark.exists() else 0

    def note(sentence: str) -> None:
        if f"nothing has come of {tmp_path / 'b.tif'} for" not in sentence:
            return  # on a busy machine nothing has begun by then
        named.append(sentence)
        while not (process := stopped_process()):
            time.sleep(0.01)
        os.kill(process, signal.SIGKILL)

    monkeypatch.setattr("colonnade.core.files.watch.warn", note)
    files = {tmp_path / f"{name}.tif": name for name in "abcdefgh"}
    run_batch(files, tmp_path, "upscale", begin, said.append, lambda *_: None, Crew(workers=2))
    assert len(named) == 1
    assert said == list("abcdefgh")


@dataclass(frozen=True)
class Large(Work):
    """Needs so much memory, and notes what is done of it."""

    size: int = 0
    done: list[int] = field(default_factory=list)

    def need(self) -> Need:
        return Need(self.size)

    def parts(self) -> Sequence[Part]:
        self.done.append(self.size)
        return super().parts()


def test_a_file_that_needs_too_much_memory_is_refused_before_anything_of_it_is_done(
    tmp_path: Path,
) -> None:
    sizes, done = {"a": 2 * 10**9, "b": 9 * 10**9, "c": 10**9}, list[int]()

    def begin(path: Path, name: str) -> Work:
        return Large(size=sizes[name], done=done)

    def run(crew: Crew) -> list[Failure]:
        files = {tmp_path / f"{name}.tif": name for name in sizes}
        return run_batch(files, tmp_path, "locate", begin, lambda _: None, lambda *_: None, crew)

    (failure,) = run(Crew(memory=3 * 10**9))
    assert isinstance(failure.error, TooLargeError)
    assert failure.sentence.endswith(
        "this needs about 9 GB of memory and may take 3 GB; give it more with --memory, or take a "
        "smaller part of it"
    )
    assert done == [2 * 10**9, 10**9]
    assert run(Crew(memory=3 * 10**9, largest=9 * 10**9)) == []
    assert run(Crew()) == []  # there is no limit


def test_the_only_file_is_done_by_this_process_alone_within_the_same_limit(
    tmp_path: Path,
) -> None:
    def begin(path: Path, name: str, of_parts: Progress) -> Work:
        return Large(size=2000)

    def run(memory: int) -> list[Failure]:
        crew = Crew(8, "tcp://nobody:1", memory)  # which does files only where there are several
        return run_batch_of_parts(
            {tmp_path / "a.tif": "a"}, tmp_path, "upscale", begin, lambda _: None,
            lambda *_: None, crew,
        )  # fmt: skip

    assert run(2000) == []
    assert [type(failure.error) for failure in run(1999)] == [TooLargeError]
