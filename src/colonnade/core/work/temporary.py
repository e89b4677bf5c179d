"""Names of files that are being written, and the removal of those whose process is gone.

A process that is killed leaves what it was writing under a hidden name. That name says on which
machine the process ran and what its number was, so that a later command can tell whether it is
still at work.
"""

import os
import platform
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

_NAME = re.compile(r"\..*-(?P<machine>[0-9a-f]{8})-(?P<process>[0-9]+)-[0-9a-f]{8}(?:\.[^.]*)?")

_STEM_BYTES = 100
"""A hidden name takes no more of the stem it stands for; disks allow 255 in all [bytes]."""

ABANDONED = 86_400.0
"""Of a process that cannot be looked for, as it ran on another machine, what was not written to
for so long is taken to be left over [s]."""


def temporary_beside(path: Path) -> Path:
    """Give the name under which a file is written before it gets its own, in the same folder."""
    begins = path.stem.encode(errors="surrogateescape")[:_STEM_BYTES].decode(errors="ignore")
    token = f"{_machine()}-{os.getpid()}-{secrets.token_hex(4)}"
    return path.with_name(f".{begins}-{token}{path.suffix}")


def remove_left(folder: Path, *, inside: bool = False) -> None:
    """Remove from a folder what processes that are gone were writing.

    What cannot be removed stays, and so does whatever a process that lives may be writing.

    Parameters
    ----------
    folder
        The folder, which need not be there.
    inside
        Whether to look into the folders in it as well.
    """
    for path in _temporary(folder, inside):
        if _is_left(path):
            _remove(path)


def remove_all(folder: Path) -> None:
    """Remove from a folder, and those in it, all that any process was writing.

    Parameters
    ----------
    folder
        A folder that only one process at a time writes into, and that is this one.
    """
    for path in _temporary(folder, inside=True):
        _remove(path)


def _temporary(folder: Path, inside: bool) -> Iterator[Path]:
    for where, folders, files in os.walk(folder):
        found = {name for name in (*folders, *files) if _NAME.fullmatch(name)}
        yield from (Path(where, name) for name in found)
        folders[:] = set(folders) - found if inside else ()


def _is_left(path: Path) -> bool:
    told = _NAME.fullmatch(path.name)
    assert told is not None
    if told["machine"] == _machine() and os.name != "nt":  # which would end it if asked for it
        return not _is_alive(int(told["process"]))
    with suppress(OSError):
        inside = path.rglob("*") if path.is_dir() else ()
        newest: float = max(each.stat().st_mtime for each in (path, *inside))
        return time.time() - newest > ABANDONED
    return False


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # it belongs to someone else
        return True
    return True


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
        return
    with suppress(OSError):
        path.unlink()


@cache
def _machine() -> str:
    """Tell machines apart, and containers, in each of which processes are counted anew."""
    numbering = Path("/proc/self/ns/pid")
    counted = numbering.readlink() if numbering.is_symlink() else ""
    return sha256(f"{platform.node()} {counted}".encode()).hexdigest()[:8]
