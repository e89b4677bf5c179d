"""The tilts of a series: as the user names them, as its file says, as a file beside it says."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from colonnade.core.errors import FileError, ImageError
from colonnade.core.files.own_data import is_beside
from colonnade.core.files.tilts import read_tilts

SUFFIXES = (".tlt", ".rawtlt", ".mdoc")
"""Endings of the files beside a series that say its tilts; what was refined comes first."""

SAME = 0.1
"""Angles that differ by no more say the same [degrees]."""

_NUMBER = r"([-+]?(?:\d+\.?\d*|\.\d+))"
_RANGE = re.compile(f"{_NUMBER}:{_NUMBER}:{_NUMBER}")
_HOW = "give them with --angles FILE or --angles -60:60:2"


@dataclass(frozen=True)
class Angles:
    """Tilts, and who says so.

    Parameters
    ----------
    tilts
        In the order of the views [degrees].
    source
        Whose they are, for sentences.
    """

    tilts: tuple[float, ...]
    source: str

    def check(self, name: str, count: int) -> None:
        """Refuse tilts that are not as many as the views of a series, or are no tilts."""
        if len(self.tilts) != count:
            raise ImageError(
                f"{name} has {count} views, but {self.source} has {len(self.tilts)} angles; "
                "give one for each view"
            )

        if not all(-180 <= tilt <= 180 for tilt in self.tilts):
            raise ImageError(
                f"{self.source} of {name} has angles beyond 180 degrees on either side; {_HOW}"
            )

    def differs(self, other: "Angles") -> bool:
        """Whether another says something else."""
        return len(self.tilts) != len(other.tilts) or not np.allclose(
            self.tilts, other.tilts, rtol=0, atol=SAME
        )


def choose_angles(
    path: Path, count: int, own: Sequence[float] | None, named: str | Path | None
) -> tuple[Angles, list[str]]:
    """Choose whose angles hold, and say in sentences who disagrees.

    Parameters
    ----------
    path
        Of the series.
    count
        Number of its views.
    own
        What the file itself says [degrees].
    named
        What the user names: a file, or start:stop:step.

    Raises
    ------
    FileError, ImageError
        If nobody says them, or they are not as many as the views.
    """
    beside = _beside(path, count)
    known = [
        *([named_angles(named)] if named is not None else []),
        *([Angles(tuple(own), "the file itself")] if own is not None else []),
        *beside,
    ]
    if not known:
        endings = ", ".join(SUFFIXES)
        raise ImageError(
            f"{path} does not say its tilt angles, and no {endings} beside it does; {_HOW}"
        )
    chosen, *others = known
    chosen.check(str(path), count)
    notes = [
        f"the angles are those of {chosen.source}; {other.source} has others"
        for other in others
        if chosen.differs(other)
    ]
    return chosen, notes


def tilts_beside(path: Path, count: int) -> tuple[float, ...] | None:
    """Tilts of so many views that a file beside a series says [degrees].

    Raises
    ------
    FileError
        If there is one that cannot be read.
    """
    found = _beside(path, count)
    return found[0].tilts if found and len(found[0].tilts) == count else None


def named_angles(named: str | Path) -> Angles:
    """Read the angles that the user names: a file, or start:stop:step.

    Raises
    ------
    FileError
        If it is neither.
    """
    found = _RANGE.fullmatch(str(named).strip())
    if found is None:
        return Angles(read_tilts(Path(named)), str(named))
    start, stop, step = (float(number) for number in found.groups())
    if step == 0:
        raise FileError(f"the angles {named} have a step of zero; write for example -60:60:2")
    steps = int(np.floor(abs(stop - start) / abs(step) + 1e-6))
    tilts = start + np.sign(stop - start) * abs(step) * np.arange(steps + 1)
    return Angles(tuple(tilts.tolist()), f"--angles {named}")


def _beside(path: Path, count: int) -> list[Angles]:
    """Read the files beside a series that say tilts; those with as many as it has come first."""
    names = [path.with_suffix(suffix) for suffix in SUFFIXES]
    names.append(path.with_name(f"{path.name}.mdoc"))
    if path.is_dir():
        inside = (entry for entry in path.iterdir() if entry.suffix.lower() in SUFFIXES)
        names += sorted(inside)
    there = [name for name in dict.fromkeys(names) if is_beside(path, name)]
    found = [Angles(read_tilts(name), str(name)) for name in there]
    return sorted(found, key=lambda angles: len(angles.tilts) != count)
