"""Which images of a set show the same field, or parts of it, at the same magnification."""

from collections.abc import Iterable

import numpy as np

from colonnade.core.arrays import Grey, Single
from colonnade.core.images.binning import Binning
from colonnade.core.images.registration import flattened, phase_correlation

THUMBNAIL = 64
"""Images are compared with so many pixels along their longer side."""

ALIKE = 0.6
"""Where thumbnails that are shifted to fit correlate by more, they show the same. Different fields
of one specimen were not seen above 0.36, overlapping ones not below 0.65."""

OVERLAP = 0.2
"""Images that have a smaller share of their area in common are not said to show the same."""

NEIGHBOURS = 50
"""Each image is compared with so many that follow it, since overlapping fields are recorded soon
after each other and a comparison takes some milliseconds."""


def same_fields(images: Iterable[Grey]) -> list[int]:
    """Number the fields that images show, so that those which overlap have the same number.

    Parameters
    ----------
    images
        Grey levels, axes (y, x), in the order in which they were recorded.
    """
    thumbnails = [_thumbnail(image) for image in images]
    fields = list(range(len(thumbnails)))
    for first, thumbnail in enumerate(thumbnails):
        for second in range(first + 1, min(first + 1 + NEIGHBOURS, len(thumbnails))):
            one, other = fields[first], fields[second]
            if one != other and _overlap(thumbnail, thumbnails[second]):
                fields = [min(one, other) if field in (one, other) else field for field in fields]
    return fields


def _thumbnail(image: Grey) -> Single:
    block = max(1, -(-max(image.shape) // THUMBNAIL))
    return flattened(Binning(block, block).apply(image.astype(np.float32, copy=False)))


def _overlap(first: Single, second: Single) -> bool:
    """Whether two thumbnails show the same, in so far as they overlap."""
    peak = phase_correlation(first, second)
    parts: list[tuple[slice, slice]] = []
    for shift, one, other in zip((peak.y, peak.x), first.shape, second.shape, strict=True):
        start, stop = max(0, -round(shift)), min(one, other - round(shift))
        parts.append((slice(start, stop), slice(start + round(shift), stop + round(shift))))
    here, there = (image[parts[0][i], parts[1][i]] for i, image in enumerate((first, second)))
    if here.size < OVERLAP * min(first.size, second.size):
        return False
    here, there = here - here.mean(), there - there.mean()
    energy = float((here**2).sum()) * float((there**2).sum())
    return float((here * there).sum()) > ALIKE * float(np.sqrt(energy))
