"""Kill commands between any two changes of files, start them again, and compare with a quiet run.

    python benchmarks/files/kill_points.py --kills 8 --scratch FOLDER

Each command runs in a fork of this process, which ends it just before it opens a file to write,
renames, makes or removes one, or as it flushes one. Every second time the power goes too, so that
of what was not flushed only half is left. The same command is then given again, until it ends by
itself. Which changes these are is drawn, so that every run of this command meets the same.
"""

import argparse
import os
import random
import shutil
import signal
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from kill_works import Work, differences, write_inputs

OPENED, CHANGED = "open", ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate")
"""What Python tells an audit hook of when files are opened, and when they are changed."""

NEVER = sys.maxsize


class Fault:
    """Ends this process before some change of the files in a folder.

    Parameters
    ----------
    folder
        The folder.
    at
        Before how many changes.
    power_cut
        Whether what was not flushed is lost.
    """

    def __init__(self, folder: Path, at: int, power_cut: bool) -> None:
        self.folder, self.at, self.power_cut = str(folder), at, power_cut
        self.changes = 0
        self.flushed = dict[str, bytes | None]()  # what of the files is on the disk
        self._lock, self._fsync = Lock(), os.fsync

    def arm(self) -> None:
        """Watch this process from now on; there is no way back."""
        os.fsync = self.flush  # type: ignore[assignment]  # it is given numbers only
        flush = np.memmap.flush

        def flush_mapped(mapped: "np.memmap[Any, Any]") -> None:
            flush(mapped)
            self._flushed(str(mapped.filename))

        np.memmap.flush = flush_mapped  # type: ignore[method-assign, assignment]
        sys.addaudithook(self.hear)

    def hear(self, event: str, about: tuple[Any, ...]) -> None:
        """Hear what is about to be done."""
        if event == OPENED:
            path, _, flags = about
            if flags & (os.O_WRONLY | os.O_RDWR) and self._is_watched(path):
                self._change()
                whole = Path(path).is_file() and not flags & os.O_TRUNC
                self.flushed.setdefault(str(path), self._read(str(path)) if whole else None)
        elif event in CHANGED and self._is_watched(about[0]):
            self._change()
            if event == "os.rename":
                self._rename(str(about[0]), str(about[1]))

    def flush(self, opened: int) -> None:
        """Flush a file, unless the end comes first."""
        path = str(Path(f"/proc/self/fd/{opened}").readlink())
        if self._is_watched(path):
            self._change()
        self._fsync(opened)
        self._flushed(path)

    def _flushed(self, path: str) -> None:
        if self._is_watched(path) and Path(path).is_file():
            self.flushed[path] = self._read(path)

    @staticmethod
    def _read(path: str) -> bytes:
        return Path(path).read_bytes()

    def _rename(self, before: str, after: str) -> None:
        """Keep in mind what a file, or those in a folder, are called now."""
        for path in [path for path in self.flushed if f"{path}/".startswith(f"{before}/")]:
            self.flushed[after + path.removeprefix(before)] = self.flushed.pop(path)

    def _is_watched(self, path: object) -> bool:
        return not isinstance(path, int) and os.fsdecode(path).startswith(self.folder)  # type: ignore[arg-type]

    def _change(self) -> None:
        with self._lock:
            self.changes += 1
            if self.changes != self.at:
                return
            self.folder = "/nowhere"  # what follows is not the command's
            if self.power_cut:
                self._cut_power()
            os.kill(os.getpid(), signal.SIGKILL)

    def _cut_power(self) -> None:
        for path, content in self.flushed.items():
            file = Path(path)
            if not file.is_file():
                continue
            half = file.stat().st_size // 2
            file.write_bytes(self._read(path)[:half] if content is None else content)


def run(work: Work, out: Path, fault: Fault) -> tuple[int, int, set[str]]:
    """Run a command in a fork; give its exit status, its changes, and the modules it imported."""
    reader, writer = os.pipe()
    if process := os.fork():
        os.close(writer)
        with os.fdopen(reader) as heard:
            changes, *modules = heard.read().split() or ["0"]
        _, status = os.waitpid(process, 0)
        return os.waitstatus_to_exitcode(status), int(changes), set(modules)
    os.close(reader)
    status = 70
    try:
        status = _call(work, out, fault)
        os.write(writer, " ".join([str(fault.changes), *sys.modules]).encode())
    finally:
        os._exit(status)


def _call(work: Work, out: Path, fault: Fault) -> int:
    from colonnade.cli import app

    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    fault.arm()
    return int(app.meta([*work.words, "--out", str(out)], result_action="return_value") or 0)


def survive(work: Work, folder: Path, kills: int, draw: random.Random) -> list[str]:
    """Kill a command so many times, and give what is wrong at the end."""
    quiet, out = folder / f"{work.name}-quiet", folder / work.name
    status, changes, modules = run(work, quiet, Fault(quiet, NEVER, False))
    if status:
        raise RuntimeError(f"{work.name} fails without any fault")
    for module in sorted(modules - set(sys.modules)):
        with suppress(Exception):  # some are made by others
            import_module(module)
    killed, runs, wrong = 0, 0, list[str]()
    while killed < kills or out.exists():
        # As often between 1 and 10 as between 10 and 100: most goes wrong at the beginning.
        at = int(changes ** draw.random()) if killed < kills else NEVER
        status, *_ = run(work, out, Fault(out, at, killed % 2 == 1))
        if status == -signal.SIGKILL:
            killed += 1
            continue
        runs += 1
        wrong += differences(quiet, out) if status == 0 else [f"exit status {status}"]
        shutil.rmtree(out)
    said = ", ".join(dict.fromkeys(wrong)) or "none"
    print(f"| {work.name} | {changes} | {killed} | {runs} | {said} |", flush=True)
    return wrong


def main() -> None:
    """Read the command line, and print what was survived; the exit status is 1 if not all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="*", help="names of what is killed; by default all")
    parser.add_argument("--scratch", type=Path, required=True)
    arguments = parser.parse_args()
    folder = arguments.scratch.absolute() / "kill-points"
    works = write_inputs(folder, workers=1)
    os.chdir(folder)
    print("| command | changes of files | killed | runs | differences |")
    print("|---|---|---|---|---|")
    chosen = [work for work in works if arguments.only is None or work.name in arguments.only]
    draw = random.Random(arguments.seed)
    wrong = [each for work in chosen for each in survive(work, folder, arguments.kills, draw)]
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
