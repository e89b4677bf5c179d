"""Let another process open a file first, as some libraries crash or go round in circles.

The HDF5 library does on damaged files, where nothing in Python can stop it, and readers of other
formats take arrays of any length for granted. What one process has survived, this one opens too.
The other process stays for the next file.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import IO

from colonnade.core.errors import ColonnadeError, FileError

PROCESSOR_TIME = 10
"""How long opening a small file may calculate; waiting for a slow disk does not count [s]."""

BYTES_A_SECOND = 10_000_000
"""For so many bytes of a file it may calculate a second longer."""

MEMORY = 8 * 2**30
"""How large the address space of the process that tries may become [bytes]."""


class _Trier:
    """The process that opens files first; it ends with this one."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.process: subprocess.Popen[str] | None = None

    def survives(self, path: Path, meanwhile: Callable[[], object]) -> bool:
        """Whether a process comes back from a file; something else is done while it is there."""
        with self.lock:
            process = self._running()
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                print(json.dumps(str(path.absolute())), file=process.stdin, flush=True)
                with suppress(Exception):  # it is done again where errors are told apart
                    meanwhile()
                survived = bool(process.stdout.readline())
            except BrokenPipeError:
                survived = False
            if not survived:
                self.end()
            return survived

    def end(self) -> None:
        """End the process, if it is there."""
        if self.process is not None:
            with self.process as process, suppress(BrokenPipeError):
                process.kill()
            self.process = None

    def _running(self) -> "subprocess.Popen[str]":
        if self.process is not None and self.process.poll() is not None:
            self.end()
        if self.process is None:
            self.process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(PROCESSOR_TIME)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        return self.process


_trier = _Trier()
atexit.register(_trier.end)


def try_first(path: Path, name: str, meanwhile: Callable[[], object]) -> None:
    """Open a file in another process, and read the first plane of what it holds.

    Parameters
    ----------
    path
        The file.
    name
        The name of its format.
    meanwhile
        What can be done until it is known: both take their time to import the same library.

    Raises
    ------
    FileError
        If that process died of it.
    """
    if not _trier.survives(path, meanwhile):
        raise FileError(
            f"{path} cannot be read as {name}: it is damaged, so that opening it does not end or "
            "brings the program down; copy it again"
        )


def _serve(paths: IO[str], answers: IO[str], seconds: int) -> None:
    """Open what is named, one file after the other, and answer each time."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asks
    for line in paths:
        path = Path(json.loads(line))
        with suppress(Exception):  # whoever asks will meet the error too
            _limit(seconds + path.stat().st_size // BYTES_A_SECOND)
            _open(path)
        print("survived", file=answers, flush=True)


def _open(path: Path) -> None:
    from colonnade.core.files.formats import open_here
    from colonnade.core.files.open import check_readable

    for each in open_here(path):
        with suppress(ColonnadeError):
            check_readable(each)
            each.plane(0)


def _limit(seconds: int) -> None:
    """Let the system end this process when it calculates for so long, or needs too much memory."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + seconds
    for what, most in ((resource.RLIMIT_CPU, until), (resource.RLIMIT_AS, MEMORY)):
        _, hard = resource.getrlimit(what)
        soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (soft, hard))


if __name__ == "__main__":
    answers = sys.stdout
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    _serve(sys.stdin, answers, int(sys.argv[1]))
