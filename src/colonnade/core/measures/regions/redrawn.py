"""How large regions are when the image is drawn again with the errors that it may have.

An error moves an outline where the grey level is near the threshold. Errors of neighbours are
correlated, so that they do not average out over an outline as those of single pixels would. The
level at which the edge lies is drawn again too, for all regions together and for each alone.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter

from colonnade.core.arrays import Array, Single
from colonnade.core.measures.regions.segment import Segmentation
from colonnade.core.measures.regions.settings import RegionSettings

FAR = 5.0
"""A pixel is open if its grey level is nearer to the threshold than so many deviations of what
may be wrong."""

SURE = 1e6
"""Errors count at most so many contrasts: where nothing is known they would be infinite."""


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
    open_pixels = _Open.of(found, settings)
    errors = _errors(found, rng)
    drawn = np.empty((settings.draws, found.count))
    for each in drawn:
        shift = settings.edge_of_all * rng.standard_normal()
        shifts = shift + settings.edge_of_each * rng.standard_normal(found.count)
        start = int(rng.integers(errors.size))
        each[:] = open_pixels.area(np.take(errors, open_pixels.index + start, mode="wrap"), shifts)
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
class _Open:
    """The pixels that may lie in a region or not; all others are summed up."""

    index: "np.ndarray[tuple[int], np.dtype[np.intp]]"
    zone: "np.ndarray[tuple[int], np.dtype[np.intp]]"
    above: Single
    sigma: Single
    slope: Single
    contrast: Single
    sure: Array

    @classmethod
    def of(cls, found: Segmentation, settings: RegionSettings) -> "_Open":
        zones = found.zones.ravel()
        inside = np.flatnonzero(zones)
        zone = zones[inside].astype(np.intp) - 1
        contrast = found.contrast[zone].astype(np.float32)
        above = (found.levels.grey.ravel()[inside] - found.threshold[zone]).astype(np.float32)
        sigma = np.minimum(found.levels.sigma.ravel()[inside], np.float32(SURE) * contrast)
        slope = found.slope.ravel()[inside]
        wrong = np.hypot(sigma, np.hypot(settings.edge_of_all, settings.edge_of_each) * contrast)
        is_open = np.abs(above) < FAR * wrong + slope
        sure = np.bincount(zone[~is_open & (above > 0)], minlength=found.count)
        parts = (values[is_open] for values in (inside, zone, above, sigma, slope, contrast))
        return cls(*parts, sure.astype(np.float64))

    def area(self, errors: Single, shifts: Array) -> Array:
        """Area of each region with these errors, and edges moved by these shares of contrast."""
        moved = self.above + self.sigma * errors - self.contrast * shifts[self.zone]
        cover = np.clip(0.5 + moved / self.slope, 0, 1)
        return self.sure + np.bincount(self.zone, cover, len(self.sure))
