"""What a viewer shows together: an image, another to compare it with, a layer over it, points."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from colonnade.app.images.cache import Cache
from colonnade.app.images.levels import Levels
from colonnade.app.images.planes import Seen
from colonnade.app.notebook.points import Points
from colonnade.core.errors import ImageError
from colonnade.core.files.open import read_frames, read_volume
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.images.volume import Volume
from colonnade.sem.upscaled import Upscaled
from colonnade.tomo.denoise.denoised import Denoised
from colonnade.tomo.reconstruct.reconstruct import Reconstruction

Image: TypeAlias = str | Path | Seen | Upscaled | Denoised | Reconstruction
"""What can be shown; a path is that of a file."""

_TRUST = "half-width of the 90 % interval [grey levels]"


@dataclass(frozen=True, eq=False)
class Overlay:
    """A second image on the first.

    Parameters
    ----------
    levels
        The image.
    title
        What to call it.
    scale
        How many of its pixels, along each axis, lie on one of the first.
    """

    levels: Levels
    title: str
    scale: int = 1


@dataclass(frozen=True, eq=False)
class Scene:
    """What is shown together.

    Parameters
    ----------
    image
        What lies below all.
    other
        What it can be compared with.
    layer
        What can be laid over it.
    points
        What is marked on it.
    """

    image: Levels
    other: Overlay | None = None
    layer: Overlay | None = None
    points: Points | None = None

    @classmethod
    def of(cls, image: Image, result: Any, colour_by: str | None, cache: Cache) -> "Scene":
        """Take an image and what was made of it.

        Raises
        ------
        FileError, ImageError
            If one of them cannot be shown.
        """
        if isinstance(result, Upscaled | Denoised):
            return _compared(image, result, cache)
        base, layer = _layers(image, cache)
        if isinstance(result, Reconstruction):
            raise ImageError("a reconstruction has other axes than its views; show it alone")
        points = None if result is None else Points.of(result, colour_by)
        return cls(base, layer=layer, points=points)


def _layers(image: Image, cache: Cache) -> tuple[Levels, Overlay | None]:
    """Give what is shown, and what is known of its errors."""
    if isinstance(image, Upscaled):
        return Levels(image.image, cache), _trust(image, cache)
    if isinstance(image, Reconstruction):
        errors = image.errors
        layer = None if errors is None else Overlay(Levels(errors, cache), _TRUST)
        return Levels(image.volume, cache), layer
    if isinstance(image, Denoised):
        return Levels(image.image, cache), None
    return Levels(_opened(image), cache), None


def _compared(image: Any, result: Upscaled | Denoised, cache: Cache) -> Scene:
    measured = Levels(_opened(image), cache)
    made = Levels(result.image, cache)
    scale = 1
    if isinstance(result, Upscaled):
        if result.assessment.along == "z":
            raise ImageError("what is finer along z has other planes; show it alone")
        scale = result.factor
    small, large = (each.manifest.axes["z"] for each in (measured, made))
    if large.planes != small.planes or large.shape != tuple(scale * n for n in small.shape):
        raise ImageError(f"{made.name} was made of an image of another shape than this one")
    title = "upscaled" if isinstance(result, Upscaled) else "denoised"
    layer = _trust(result, cache, scale) if isinstance(result, Upscaled) else None
    return Scene(measured, Overlay(made, title, scale), layer)


def _trust(result: Upscaled, cache: Cache, scale: int = 1) -> Overlay:
    image, half_width = result.image, np.asarray(result.half_width)
    known: Volume | Micrograph
    if isinstance(image, Volume):
        known = Volume(half_width, image.voxel_size, image.name)
    else:
        known = Micrograph(half_width, image.pixel_size, image.name)
    return Overlay(Levels(known, cache), _TRUST, scale)


def _opened(image: str | Path | Seen) -> Seen:
    if not isinstance(image, str | Path):
        return image
    frames = read_frames(image)
    return read_volume(image) if frames.kind == "volume" else frames
