"""How large regions are when the image is drawn again with the errors that it may have.

An error of the grey level moves the outline by so much as the slope of the edge there makes of
it. Errors of neighbours are correlated, so that they do not average out over an outline as those
of single pixels would. The level at which the edge lies is drawn again too, for all regions
together and for each alone. Errors away from outlines move nothing: what is inside stays inside.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import (
    binary_dilation,
    distance_transform_edt,
    gaussian_filter,
    generate_binary_structure,
)

from colonnade.core.arrays import Array, Indices, Single
from colonnade.core.measures.regions.segment import Segmentation
from colonnade.core.measures.regions.settings import RegionSettings

FAR = 5.0
"""Pixels are open that lie nearer to an outline than so many deviations of where it may be."""


@dataclass(frozen=True, eq=False)
class Redrawn:
    """Regions of an image that was drawn again and again.

    Parameters
    ----------
    area
        Of each region in each drawing (draw, region), in pixels as high and thick as wide.
    lasting
        Share of the drawings in which at least half of a region is left.
    """

    area: Array
    lasting: Array


def redraw(
    found: Segmentation, area: Array, settings: RegionSettings, rng: np.random.Generator
) -> Redrawn:
    """Draw an image again.

    Parameters
    ----------
    found
        Its regions.
    area
        Of each.
    settings
        How often, and how far edges may be wrong.
    rng
        Source of the errors.
    """
    near = _Near.of(found, settings)
    errors = _errors(found, rng)
    drawn = np.empty((settings.draws, found.count))
    for each in drawn:
        start = int(rng.integers(errors.size))
        some = np.take(errors, near.outline + start, mode="wrap")
        shift = settings.edge_of_all * rng.standard_normal()
        shifts = shift + settings.edge_of_each * rng.standard_normal(found.count)
        aside = settings.edge_px * rng.standard_normal()
        each[:] = near.area(near.sigma * some + near.width * shifts[near.zone] + aside)
    drawn *= found.levels.pixel
    lasting = (drawn >= area / 2).mean(0)
    # Errors make outlines rough, which adds to areas in every drawing, and in the image as well.
    return Redrawn(np.maximum(drawn + (area - drawn.mean(0)), 0), lasting)


def _errors(found: Segmentation, rng: np.random.Generator) -> Single:
    """Errors of deviation 1 that are correlated as those of the image."""
    white = rng.standard_normal(found.labels.shape, dtype=np.float32)
    smooth = gaussian_filter(white, found.levels.correlation, mode="wrap").ravel()
    return np.asarray(smooth / max(float(smooth.std()), 1e-12), np.float32)


@dataclass(frozen=True, eq=False)
class _Near:
    """The pixels near outlines, which may lie in a region or not; all others are counted.

    Parameters
    ----------
    outline
        Number of the pixel of the outline that is nearest to each.
    zone
        Region of each.
    inside
        How far inside the outline each lies, negative outside [px].
    sigma
        Standard deviation of where the outline lies, by errors of grey levels [px].
    width
        By how much it moves for a level that is wrong by the contrast [px].
    sure
        Pixels of each region that are not open.
    """

    outline: Indices
    zone: Indices
    inside: Single
    sigma: Single
    width: Single
    sure: Array

    @classmethod
    def of(cls, found: Segmentation, settings: RegionSettings) -> "_Near":
        # Sharp edges cut no pixel: then the outline is on the outermost pixels inside.
        beside = binary_dilation(found.cover == 0, generate_binary_structure(found.cover.ndim, 1))
        edge = (found.cover > 0) & ((found.cover < 1) | beside)
        away, at = distance_transform_edt(~edge, return_indices=True)
        pixels = np.flatnonzero(found.zones)
        outline = np.ravel_multi_index(tuple(at), edge.shape).ravel()[pixels]
        zone = found.zones.ravel()[pixels].astype(np.intp) - 1
        cover = found.cover.ravel()
        side = np.where(cover[pixels] >= 0.5, 1, -1)
        inside = cover[outline] - 0.5 + side * away.ravel()[pixels]
        slope, contrast = found.slope.ravel()[outline], found.contrast[zone]
        # An outline that may be anywhere moves no farther than pixels are looked at.
        most = settings.ring[1]
        sigma = np.minimum(found.levels.sigma.ravel()[outline] / slope, most)
        width = np.minimum(contrast / slope, most)
        edges = np.hypot(settings.edge_of_all, settings.edge_of_each) * width
        is_open = np.abs(inside) < FAR * (np.hypot(sigma, edges) + settings.edge_px) + 1
        sure = np.bincount(zone[~is_open & (side > 0)], minlength=found.count)
        return cls(
            outline[is_open],
            zone[is_open],
            inside[is_open].astype(np.float32),
            sigma[is_open].astype(np.float32),
            width[is_open].astype(np.float32),
            sure.astype(np.float64),
        )

    def area(self, moved: Array) -> Array:
        """Area of each region when outlines lie so much farther out [px]."""
        cover = np.clip(np.float32(0.5) + self.inside + moved, 0, 1)
        return self.sure + np.bincount(self.zone, cover, len(self.sure))
