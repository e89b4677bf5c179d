"""Read the angles of a tilt series from the file that lies beside it, or from its own tags."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from colonnade.core.errors import FileError
from colonnade.core.work.texts import read_text

_SECTION = re.compile(r"^\[ZValue\s*=\s*(\d+)\s*\]", re.MULTILINE)
_ANGLE = re.compile(r"^TiltAngle\s*=\s*(\S+)", re.MULTILINE)

_DIGITAL_MICROGRAPH = (
    "original_metadata",
    "ImageList",
    "TagGroup0",
    "ImageTags",
    "Microscope Info",
    "Stage Position",
    "Stage Alpha",
)
_BRUKER = ("original_metadata", "Stage", "Tilt")
_STAGES = tuple(
    ("Acquisition_instrument", microscope, "Stage", "tilt_alpha") for microscope in ("TEM", "SEM")
)
_LISTS = (
    *((*stage,) for stage in _STAGES),
    ("Tomography", "tilts"),
    ("Tomography", "_sig_tilts", "data"),
)
"""Where metadata list the angle of each frame; the last two are those of ETSpy."""

LARGEST = 1 << 24
"""A larger file holds no angles of views, of which each takes a few bytes or lines [bytes]."""

LEAST_RANGE = 1.0
"""Frames whose angles differ by less are no tilt series [degrees]."""


def are_tilts(tilts: Sequence[float]) -> bool:
    """Whether angles can be those of the frames of a tilt series."""
    return (
        len(tilts) > 1
        and all(-180 <= tilt <= 180 for tilt in tilts)
        and max(tilts) - min(tilts) >= LEAST_RANGE
    )


def listed_tilts(metadata: Mapping[str, Any], count: int) -> list[float] | None:
    """Angle of each of so many frames, if the metadata list them [degrees]."""
    for place in _LISTS:
        found = _look_up(metadata, place)
        if np.size(found) != count or not hasattr(found, "__len__"):
            continue
        tilts = [float(tilt) for tilt in np.ravel(np.asarray(found, float))]
        if are_tilts(tilts):
            return tilts
    return None


def read_tilts(path: Path) -> tuple[float, ...]:
    """Read the angle of each frame.

    Parameters
    ----------
    path
        A ``.tlt`` or ``.rawtlt`` with one angle a line, or SerialEM's ``.mdoc``, which has a
        section for each frame.

    Returns
    -------
    tuple of float
        Angles in the order of the frames [degrees].

    Raises
    ------
    FileError
        If the file cannot be read, or holds anything else.
    """
    try:
        text = read_text(path, "latin-1", largest=LARGEST)
    except OSError as error:
        raise FileError(f"{path} cannot be opened: {error.strerror}; check its name") from error
    try:
        lines = _sections(text) if path.suffix.lower() == ".mdoc" else text.split()
        tilts = tuple(float(line) for line in lines)
    except ValueError as error:
        raise FileError(f"{path} holds something else than angles: {error}; mend it") from error
    if not tilts or not all(-180 <= tilt <= 180 for tilt in tilts):
        raise FileError(f"{path} holds no tilts between -180 and 180 degrees; name another file")
    return tilts


def stage_tilt(metadata: Mapping[str, Any]) -> float | None:
    """Tilt of the stage when one image was recorded, if the microscope wrote it down [degrees]."""
    for place in (*_STAGES, _DIGITAL_MICROGRAPH, _BRUKER):
        found = _look_up(metadata, place)
        if isinstance(found, int | float):
            return float(found)
    return velox_tilt(metadata.get("original_metadata"))


def velox_tilt(written: Any) -> float | None:
    """Tilt of the stage in what Velox wrote of one image [degrees]; it writes radians."""
    try:
        return float(np.rad2deg(float(_look_up(written, ("Stage", "AlphaTilt")))))
    except (ValueError, TypeError):
        return None


def _look_up(metadata: Mapping[str, Any], place: Sequence[str]) -> Any:
    found: Any = metadata
    for name in place:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _sections(text: str) -> list[str]:
    """Find the angle of every frame, sorted by the number of the frame."""
    starts = list(_SECTION.finditer(text))
    ends = [*(start.start() for start in starts[1:]), len(text)]
    angles = {}
    for start, end in zip(starts, ends, strict=False):
        found = _ANGLE.search(text, start.end(), end)
        angles[int(start[1])] = found[1] if found else "no angle"
    return [angles[frame] for frame in sorted(angles)]
