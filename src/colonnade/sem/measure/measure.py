"""Measure the particles or pores of a micrograph, a stack, or an upscaled one with its trust."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colonnade.core.arrays import Single
from colonnade.core.errors import ImageError
from colonnade.core.files.source import Image, Source, source_of
from colonnade.core.images.levels import check_ordinary, level_notes
from colonnade.core.images.pixel_size import PixelSize
from colonnade.core.images.repair import repair
from colonnade.core.measures.noise import measure_noise
from colonnade.core.measures.regions.found import Regions
from colonnade.core.measures.regions.levels import HALF_WIDTHS, Levels
from colonnade.core.measures.regions.results import Kind, Results
from colonnade.sem.measure.settings import MeasureSettings
from colonnade.sem.measure.smoothing import smooth

NOISE_SLICES = 8
"""So many slices, evenly spread, tell the noise of a stack."""


@dataclass(frozen=True, eq=False)
class Trust:
    """How far an upscaled image may be wrong.

    Parameters
    ----------
    half_width
        Half the width of a 90 % interval of each pixel [grey levels].
    factor
        How many times as fine the image was made, along (z, y, x).
    """

    half_width: NDArray[np.floating]
    factor: tuple[int, int, int]


def measure(
    image: Image | Source,
    kind: Kind = "particles",
    *,
    trust: Trust | None = None,
    pixel_size: PixelSize | None = None,
    settings: MeasureSettings | None = None,
) -> Results:
    """Measure particles, which are brighter than the ground, or pores, which are darker.

    Parameters
    ----------
    image
        A file of any microscope format, an array (y, x) or (z, y, x), a `Micrograph` or a
        `colonnade.core.images.volume.Volume`, or a source that is open; all of it is in memory.
    kind
        What is measured.
    trust
        How far the image may be wrong, if it was upscaled; without it the noise says so.
    pixel_size
        Size of a pixel [nm], where the image has none or a wrong one.
    settings
        How regions are found, and how far edges may be wrong.

    Returns
    -------
    results
        Every particle or pore with the interval of its size, and what they say together.
    """
    chosen = settings or MeasureSettings()
    opened = image if isinstance(image, Source) else source_of(image)
    source = opened.calibrated(pixel_size)
    grey, notes = _read(source)
    sign = np.float32(1 if kind == "particles" else -1)
    if trust is None:
        levels, said = _by_noise(grey, sign, spacing(source))
        notes += said
    else:
        levels = _by_trust(sign * grey, trust, spacing(source), chosen)
    return Results(
        name=source.name,
        kind=kind,
        regions=Regions.of(levels, chosen.regions),
        voxel_size=source.voxel_size,
        trusted=trust is not None,
        notes=notes,
    )


def _read(source: Source) -> tuple[Single, tuple[str, ...]]:
    """Read all slices, and mend what is broken in them."""
    mended = [repair(np.asarray(source.grey(index)[0])) for index in range(source.count)]
    notes = tuple(dict.fromkeys(note for _, said in mended for note in said))
    slices = np.stack([grey for grey, _ in mended])
    check_ordinary(slices)
    notes += tuple(level_notes(slices))
    return (slices if len(source.shape) == 3 else slices[0]), (*source.notes, *notes)


def spacing(source: Source) -> tuple[float, ...]:
    """Distance of neighbours along each axis, in that along x; 1 where it is not known."""
    along_x = source.voxel_size[2]
    sizes = source.voxel_size[-len(source.shape) :]
    return tuple(size / along_x if size and along_x else 1.0 for size in sizes)


def _by_noise(
    grey: Single, sign: np.float32, apart: tuple[float, ...]
) -> tuple[Levels, tuple[str, ...]]:
    """Take the noise that is left for all that may be wrong with an image."""
    planes = grey if grey.ndim == 3 else grey[None]
    chosen = np.unique(np.linspace(0, len(planes) - 1, NOISE_SLICES).round().astype(int))
    noise = measure_noise(*(planes[index] for index in chosen))
    smoothed = smooth(grey, noise)
    half_width = np.float32(HALF_WIDTHS) * smoothed.sigma
    levels = Levels(sign * smoothed.grey, half_width, smoothed.correlation, apart)
    if not smoothed.width:
        return levels, ()
    return levels, (
        f"the image was smoothed by {smoothed.width:.1f} px, as its noise wants it for outlines",
    )


def _by_trust(
    grey: Single, trust: Trust, apart: tuple[float, ...], settings: MeasureSettings
) -> Levels:
    """Take the intervals of an upscaled image."""
    half_width = np.asarray(trust.half_width, np.float32)
    if half_width.shape != grey.shape:
        raise ImageError(
            f"the image has {grey.shape} pixels and its trust map {half_width.shape}; give those "
            "that belong together"
        )
    # Of a slice that could not be made nothing is known.
    half_width = np.where(np.isfinite(half_width), half_width, np.inf).astype(np.float32)
    correlation = tuple(
        settings.upscaled_correlation * factor for factor in trust.factor[-grey.ndim :]
    )
    finest = settings.upscaled_finest * max(trust.factor)
    return Levels(grey, half_width, correlation, apart, finest)
