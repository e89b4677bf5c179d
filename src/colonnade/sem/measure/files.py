"""Micrographs and stacks as files, and the trust map that lies beside an upscaled one."""

import re
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from math import prod
from pathlib import Path

import numpy as np

from colonnade.core.files.canvas import ENDINGS
from colonnade.core.files.open import read_frames
from colonnade.core.files.source import open_source
from colonnade.core.images.pixel_size import PixelSize
from colonnade.core.measures.regions.files import Job
from colonnade.core.measures.regions.results import Kind, Results
from colonnade.core.work.memory import Footprint, Need
from colonnade.sem.measure.measure import Trust, measure

UPSCALED = re.compile(r"\.(?P<letter>[xz])(?P<factor>[248])$")
"""How the name of an upscaled image ends, before its suffix."""

FOOTPRINT = Footprint(process=230_000_000, pixel=130)
"""What a process needs that measures a micrograph or a stack."""


def trust_of(path: Path) -> Path | None:
    """Find the trust map that lies beside an upscaled image, if it is one."""
    for ending in ENDINGS.values():
        stem = path.name.removesuffix(ending)
        if path.name.endswith(ending) and UPSCALED.search(stem):
            beside = path.with_name(f"{stem}.trust{ending}")
            return beside if beside.exists() else None
    return None


def job(kind: Kind, pixel_size: PixelSize | None) -> Job:
    """Describe how files are measured.

    Parameters
    ----------
    kind
        What is measured.
    pixel_size
        Replaces that of the files, if there is one [nm].
    """
    measured = partial(_measured, kind=kind, pixel_size=pixel_size)
    return Job(kind, f"{version('colonnade')} {pixel_size}", _beside, _need, measured)


def _beside(path: Path) -> list[Path]:
    trust = trust_of(path)
    return [] if trust is None else [trust]


def _need(path: Path) -> Need:
    return FOOTPRINT.need(prod(open_source(path).shape))


def _measured(path: Path, name: str, kind: Kind, pixel_size: PixelSize | None) -> Results:
    source = open_source(path, name=name)
    trust = _read_trust(path)
    results = measure(source, kind, trust=trust, pixel_size=pixel_size)
    note = "no trust map lies beside it" if UPSCALED.search(path.stem) and not trust else ""
    return replace(results, notes=(*results.notes, *([note] if note else [])))


def _read_trust(path: Path) -> Trust | None:
    beside = trust_of(path)
    if beside is None:
        return None
    found = UPSCALED.search(beside.name.partition(".trust")[0])
    assert found is not None
    factor = int(found["factor"])
    planes = [np.asarray(one.pixels) for one in read_frames(beside)]
    half_width = np.stack(planes) if len(planes) > 1 else planes[0]
    return Trust(half_width, (factor, 1, 1) if found["letter"] == "z" else (1, factor, factor))
