"""Processor time of a process and all that it has started, from Linux's own books."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def seconds_of_tree(root: int) -> float:
    """Processor time of a process and of all under it that still run [s]."""
    parents, spent = {}, {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (fields := _fields(folder)):
            number = int(folder.name)
            parents[number] = int(fields[1])
            spent[number] = (int(fields[11]) + int(fields[12])) / TICKS
    return sum(each for number, each in spent.items() if _is_under(number, root, parents))


def children(root: int, name: str) -> list[int]:
    """Processes under one whose command line has a word in it, the oldest first."""
    parents = {}
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (fields := _fields(folder)):
            parents[int(folder.name)] = int(fields[1])
            if name.encode() in _read(folder / "cmdline"):
                found.append(int(folder.name))
    return sorted(number for number in found if _is_under(number, root, parents))


def _fields(folder: Path) -> list[str]:
    """Of the line `stat` what follows the name, which may have spaces in it."""
    return _read(folder / "stat").decode(errors="replace").rpartition(")")[2].split()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it has just ended
        return b""


def _is_under(number: int, root: int, parents: dict[int, int]) -> bool:
    while number in parents and number != root:
        number = parents[number]
    return number == root
