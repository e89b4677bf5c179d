"""What the process does that opens files before others do, see `trial`."""

import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

from colonnade.core.errors import ColonnadeError
from colonnade.core.files.formats import open_here
from colonnade.core.files.open import check_readable

BYTES_A_SECOND = 10_000_000
"""For so many bytes of a file it may calculate a second longer."""

MEMORY = 2 * 2**30
"""How large the address space of this process may become over a small file [bytes]."""

TIMES = 4
"""It may become so many bytes larger for each byte of a file, as some readers read all of it."""


def _serve(paths: IO[str], answers: IO[str], seconds: int) -> None:
    """Open what is named, one file after the other, and answer each time."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asks
    for line in paths:
        path = Path(json.loads(line))
        with suppress(Exception):  # whoever asks will meet the error too
            size = path.stat().st_size
            _limit(seconds + size // BYTES_A_SECOND, MEMORY + TIMES * size)
            _open(path)
        print("survived", file=answers, flush=True)


def _open(path: Path) -> None:
    for each in open_here(path):
        with suppress(ColonnadeError):
            check_readable(each)
            each.plane(0)


def _limit(seconds: int, memory: int) -> None:
    """Let the system end this process when it calculates for so long, or needs too much memory."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + seconds
    for what, most in ((resource.RLIMIT_CPU, until), (resource.RLIMIT_AS, memory)):
        _, hard = resource.getrlimit(what)
        soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (soft, hard))


if __name__ == "__main__":
    answers = sys.stdout
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    _serve(sys.stdin, answers, int(sys.argv[1]))
