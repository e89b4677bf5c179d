"""How much memory work may take, and how many processes that is enough for."""

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from colonnade.core.errors import ColonnadeError, TooLargeError
from colonnade.core.work.processors import available_cpus

UNITS = {"MB": 10**6, "GB": 10**9, "MIB": 2**20, "GIB": 2**30}
"""Bytes of each unit, in capitals."""

SHARE = 0.5
"""Of the memory that is free, work takes so much where nobody says more or less."""

HANDING_OUT = 300_000_000
"""What the process needs that hands the work out to others, with the one that tries files
[bytes]; `benchmarks/files/peak_memory.py`."""

_SIZE = re.compile(r"\s*(?P<number>\d+\.?\d*|\.\d+)\s*(?P<unit>[a-z]+)\s*", re.IGNORECASE)


def parse_memory(text: str) -> int:
    """Read an amount of memory that carries its unit [bytes].

    Parameters
    ----------
    text
        For example ``"4GB"`` or ``"512 MiB"``.

    Raises
    ------
    ColonnadeError
        If it is none, or nothing.

    Examples
    --------
    >>> parse_memory("1.5 GB")
    1500000000
    """
    parts = _SIZE.fullmatch(text)
    unit = UNITS.get(parts["unit"].upper()) if parts else None
    size = round(float(parts["number"]) * unit) if parts and unit else 0
    if not size:
        raise ColonnadeError(
            f"'{text}' is no amount of memory: write a number and MB, GB, MiB or GiB, for "
            "example 4GB"
        )
    return size


@dataclass(frozen=True)
class Need:
    """What a process needs for its work, as was measured.

    Parameters
    ----------
    process
        With one thread [bytes].
    thread
        For each thread beside that [bytes].
    handing_out
        What the process needs that hands the work out to others [bytes].
    resting
        What of that a process with one thread keeps when its parts are done [bytes].
    finishing
        What the process that hands out needs besides to finish a file whose parts are done
        [bytes].
    """

    process: int
    thread: int = 0
    handing_out: int = HANDING_OUT
    resting: int = 0
    finishing: int = 0

    @property
    def alone(self) -> int:
        """What a process needs that has all processors for itself [bytes]."""
        most = max(self.process, self.resting + self.finishing)
        return most + self.thread * (available_cpus() - 1)

    def check(self, memory: int) -> None:
        """Refuse work for which there is not enough memory [bytes].

        Raises
        ------
        TooLargeError
            If one process alone needs more.
        """
        if self.alone > memory:
            raise TooLargeError(
                f"this needs about {_gigabytes(self.alone)} of memory and may take "
                f"{_gigabytes(memory)}; give it more with --memory, or take a smaller part of it"
            )

    def processes(self, memory: int, most: int) -> int:
        """Give how many processes may work at once, at least one and at most so many."""
        beside = (memory - self.handing_out - self.finishing) // self.process
        return max(1, min(most, beside))


@dataclass(frozen=True)
class Footprint:
    """What a command was measured to need, by `benchmarks/files/peak_memory.py`.

    Parameters
    ----------
    process
        With one thread, whatever the image [bytes].
    pixel
        For each pixel of what is held whole [bytes].
    thread
        For each thread beside the first [bytes].
    """

    process: int
    pixel: float
    thread: int = 0

    def need(self, pixels: int, held: int = 0, finishing: int = 0) -> Need:
        """Give what a process needs.

        Parameters
        ----------
        pixels
            How many are held whole.
        held
            What of the file every process holds as long as it is open [bytes].
        finishing
            What finishing the file needs, once its parts are done [bytes].
        """
        process = self.process + round(self.pixel * pixels) + held
        resting = self.process + held
        return Need(process, self.thread, HANDING_OUT + held, resting, finishing)


def _gigabytes(size: int) -> str:
    return f"{size / UNITS['GB']:.3g} GB"


def free_memory(root: Path = Path("/")) -> int | None:
    """Say how much memory is free for this process [bytes]; None where it cannot be known.

    Parameters
    ----------
    root
        Where the system's own files are, on Linux.
    """
    if sys.platform == "win32":
        return _free_on_windows()
    if sys.platform == "darwin":  # which tells how much there is, but not what is free
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    known = [_available(root), *_free_in_groups(root)]
    return min((each for each in known if each is not None), default=None)


def _available(root: Path) -> int | None:
    """What Linux can give without swapping."""
    for line in _lines(root / "proc/meminfo"):
        if line.startswith("MemAvailable:"):
            return 1024 * int(line.split()[1])
    return None


@dataclass(frozen=True)
class _Hierarchy:
    """Where Linux keeps the limits of groups of processes, in one of its two ways."""

    folder: str
    limit: str
    used: str
    cache: str


_VERSIONS = {
    "memory": _Hierarchy(
        "sys/fs/cgroup/memory",
        "memory.limit_in_bytes",
        "memory.usage_in_bytes",
        "total_inactive_file",
    ),
    "": _Hierarchy("sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"),
}
"""By the controller that stands in the list of groups: the first version, and the second."""


def _free_in_groups(root: Path) -> Iterator[int]:
    """What the groups that this process belongs to leave of their limits."""
    for line in _lines(root / "proc/self/cgroup"):
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            if controller in _VERSIONS:
                version = _VERSIONS[controller]
                top = root / version.folder
                own = top / path.lstrip("/")
                # In a container the path may be that outside of it, which is not there.
                for group in (own, *own.parents):
                    yield from _left_in(group, version)
                    if group == top:
                        break


def _left_in(group: Path, version: _Hierarchy) -> Iterator[int]:
    limit, used = (_lines(group / name) for name in (version.limit, version.used))
    if not limit or not used or limit[0] == "max":
        return
    fields = (line.split() for line in _lines(group / "memory.stat"))
    cache = next((int(value) for name, value in fields if name == version.cache), 0)
    yield max(0, int(limit[0]) - int(used[0]) + cache)


def _lines(path: Path) -> list[str]:
    """Lines of a file; none where there is no such file."""
    try:
        return path.read_text().splitlines()
    except OSError:
        return []


def _free_on_windows() -> int | None:
    if sys.platform != "win32":
        return None
    import ctypes

    class Status(ctypes.Structure):
        """What Windows says of its memory, as its interface lays it out."""

        _fields_ = (
            ("length", ctypes.c_uint32),
            ("load", ctypes.c_uint32),
            *(
                (name, ctypes.c_uint64)
                for name in ("all", "free", "pages", "free_pages", "space", "free_space", "more")
            ),
        )

    status = Status(length=ctypes.sizeof(Status))
    known = ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
    return int(status.free) if known else None
