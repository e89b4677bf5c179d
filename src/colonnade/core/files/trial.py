"""Let another process open a file first, as some libraries crash or go round in circles.

The HDF5 library does on damaged files, where nothing in Python can stop it, and readers of other
formats take arrays of any length for granted. What one process has survived, this one opens too.
The other process stays for the next file.
"""

import atexit
import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock

from colonnade.core.errors import FileError

PROCESSOR_TIME = 10
"""How long opening a small file may calculate; waiting for a slow disk does not count [s]."""

TRYING = "colonnade.core.files.tried"
"""The module that the other process runs, which none but that imports."""


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
                [sys.executable, "-m", TRYING, str(PROCESSOR_TIME)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                # Many threads reserve gigabytes, and none of them is needed to read.
                env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
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
