"""Tomograms as files, and what lies beside them: the tilts, and how far voxels may be wrong."""

import json
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from math import prod
from pathlib import Path

from colonnade.core.errors import ImageError
from colonnade.core.files.open import read_volume
from colonnade.core.images.pixel_size import along_both_axes
from colonnade.core.images.volume import Volume
from colonnade.core.measures.regions.files import Job
from colonnade.core.measures.regions.results import Kind, Results
from colonnade.core.work.memory import Footprint, Need
from colonnade.tomo.measure.measure import measure
from colonnade.tomo.reconstruct.angles import named_angles
from colonnade.tomo.reconstruct.files import ENDINGS

FOOTPRINT = Footprint(process=230_000_000, pixel=100)
"""What a process needs that measures a tomogram."""


def is_tomogram(path: Path) -> bool:
    """Whether it is a volume that was reconstructed: numbers with the tilts lie beside it."""
    return _numbers_of(path) is not None


def job(kind: Kind, angles: str | None, pixel_size: float | None) -> Job:
    """Describe how files are measured.

    Parameters
    ----------
    kind
        What is measured.
    angles
        A file of angles, or first:last:step [degrees]; what lies beside the volume if None.
    pixel_size
        Edge of a voxel that replaces those of the files, if there is one [nm].
    """
    measured = partial(_measured, kind=kind, angles=angles, pixel_size=pixel_size)
    return Job(kind, f"{version('colonnade')} {angles} {pixel_size}", _beside, _need, measured)


def _beside(path: Path) -> list[Path]:
    return [one for one in (_numbers_of(path), _errors_of(path)) if one is not None]


def _need(path: Path) -> Need:
    return FOOTPRINT.need(prod(read_volume(path).shape))


def _measured(
    path: Path, name: str, kind: Kind, angles: str | None, pixel_size: float | None
) -> Results:
    volume = replace(_open(path, pixel_size), name=name)
    errors = _errors_of(path)
    return measure(
        volume,
        kind,
        angles=_angles(path, angles),
        errors=None if errors is None else read_volume(errors),
    )


def _open(path: Path, pixel_size: float | None) -> Volume:
    volume = read_volume(path)
    if min(volume.shape) < 2:
        raise ImageError(f"{path} is no volume but an image of {volume.shape} pixels")
    if pixel_size is None:
        return volume
    size, _ = along_both_axes(pixel_size)
    return replace(volume, voxel_size=(size, size, size))


def _angles(path: Path, named: str | None) -> tuple[float, ...]:
    if named is not None:
        return named_angles(named).tilts
    numbers = _numbers_of(path)
    if numbers is None:
        raise ImageError(f"nothing beside {path} says its tilts; give them with --angles")
    return tuple(json.loads(numbers.read_text(encoding="utf-8"))["angles_deg"])


def _stem(path: Path) -> str | None:
    """Give the name of a volume without its ending, if it has that of one."""
    for ending in ENDINGS.values():
        if path.name.endswith(ending):
            return path.name.removesuffix(ending)
    return None


def _numbers_of(path: Path) -> Path | None:
    stem = _stem(path)
    beside = None if stem is None else path.with_name(f"{stem}.json")
    if beside is None or not beside.exists():
        return None
    try:
        return beside if "angles_deg" in json.loads(beside.read_text(encoding="utf-8")) else None
    except ValueError:
        return None


def _errors_of(path: Path) -> Path | None:
    for ending in ENDINGS.values():
        if path.name.endswith(ending):
            errors = path.with_name(f"{path.name.removesuffix(ending)}.error{ending}")
            return errors if errors.exists() else None
    return None
