"""Centres of the columns in a label mask."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from colonnade.atoms.columns import Columns
from colonnade.core.arrays import Array, Indices
from colonnade.core.errors import ImageError
from colonnade.core.files.open import read
from colonnade.core.images.micrograph import Micrograph

TOP = 0.75
"""A Gaussian is fitted to what is above this share of its peak, where neighbours matter little."""

BRIGHT, FLAT = 0.9, 0.27
"""Where more than this share of the blobs' pixels is this bright, they are discs.

It is 0.15 in Gaussians, whatever their width, and 0.35 or more in discs, soft ones too.
"""


@dataclass(frozen=True, eq=False)
class LabelCentres:
    """The centres of the blobs of a label mask.

    Parameters
    ----------
    positions
        Rows of (y, x), the centre of each blob [px].
    whole
        Whether the centre is known: not so for a flat disc that the border or a neighbour cuts.
    """

    positions: Array
    whole: NDArray[np.bool_]


def read_mask(path: Path, image: Micrograph) -> Columns:
    """Take the truth of an image from the file of its mask; what is cut is not detectable.

    Raises
    ------
    ImageError
        If the mask has another shape than the image.
    """
    mask = read(path).pixels
    if mask.shape != image.shape:
        raise ImageError(
            f"{path} has the shape {mask.shape} and its image {image.shape}; they must be alike"
        )
    found = label_centres(mask)
    y, x = found.positions.T
    labels = {"detectable": found.whole.astype(int)}
    return Columns(y=y, x=x, labels=labels, pixel_size=image.pixel_size)


def label_centres(mask: NDArray[np.generic]) -> LabelCentres:
    """Find the centre of every blob that is above half of the mask's range.

    Blobs that touch are parted at their peaks: those of the grey levels, or, where these are
    flat, those of the distance to the rim. To a peak of grey levels a Gaussian is fitted, which
    neither a border nor a neighbour moves; a disc gets its centre of mass.

    Parameters
    ----------
    mask
        Grey levels of any range, axes (y, x): discs or Gaussians on a dark ground.
    """
    grey = _unit_range(mask)
    inside = grey > 0.5
    if not inside.any():
        return LabelCentres(np.empty((0, 2)), np.empty(0, bool))
    peaks = _peaks(grey, inside)
    pixels = np.argwhere(ndimage.maximum_filter(inside, 5))
    if np.mean(grey[inside] > BRIGHT) > FLAT:
        centres, whole = _discs(grey, inside, pixels, peaks)
    else:
        # The second time, each pixel belongs to the nearest centre and not to the nearest peak.
        centres = _gaussians(grey, pixels, _gaussians(grey, pixels, peaks))
        whole = np.ones(len(centres), bool)
    seen = ((centres > -0.5) & (centres < np.array(grey.shape) - 0.5)).all(1)
    return LabelCentres(centres[seen], whole[seen])


def _unit_range(mask: NDArray[np.generic]) -> Array:
    grey = np.asarray(mask, np.float64)
    low, high = grey.min(), grey.max()
    return np.asarray((grey - low) / (high - low)) if high > low else np.zeros(grey.shape)


def _peaks(grey: Array, inside: NDArray[np.bool_]) -> Array:
    """Highest points (y, x); a plateau that is all as high counts once, at its middle."""
    depth = ndimage.distance_transform_edt(inside)
    slope = ndimage.gaussian_filter(depth, 0.25 * depth.max())
    # Too little to outdo a grey level, the slope leads uphill where levels are flat.
    height = grey + slope / (512 * slope.max())
    highest = inside & (ndimage.maximum_filter(height, 3) == height)
    groups, count = ndimage.label(highest, np.ones((3, 3)))
    return np.array(ndimage.center_of_mass(highest, groups, range(1, count + 1)))


def _by_owner(pixels: Indices, points: Array) -> tuple[Indices, Indices, Indices]:
    """Sort pixels by the point that is nearest: pixels, points' numbers, where each begins."""
    _, owner = cKDTree(points).query(pixels)
    order = np.argsort(owner, kind="stable")
    owner = owner[order]
    return pixels[order], owner, np.flatnonzero(np.diff(owner, prepend=-1))


def _discs(
    grey: Array, inside: NDArray[np.bool_], pixels: Indices, peaks: Array
) -> tuple[Array, NDArray[np.bool_]]:
    """Centres of mass, and which discs neither the border nor another disc cuts."""
    pixels, owner, starts = _by_owner(pixels, peaks)
    level = grey[tuple(pixels.T)]
    mass = np.add.reduceat(level, starts)
    centres = np.add.reduceat(level[:, None] * pixels, starts) / mass[:, None]
    at_border = ((pixels == 0) | (pixels == np.array(grey.shape) - 1)).any(1)
    at_border &= inside[tuple(pixels.T)]
    groups, _ = ndimage.label(inside, np.ones((3, 3)))
    group = groups[tuple(np.round(peaks).astype(int).T)]
    shared = (np.bincount(group)[group] > 1)[owner[starts]]
    return centres, ~(np.logical_or.reduceat(at_border, starts) | shared)


def _gaussians(grey: Array, pixels: Indices, about: Array) -> Array:
    """Centres of Gaussians, fitted to what is bright or near to where they are thought to be.

    The logarithm of a Gaussian is a + b y + c x - k (y² + x²), linear in what is unknown; the
    error of a logarithm is that of the level divided by the level.
    """
    pixels, owner, starts = _by_owner(pixels, about)
    about = about[owner[starts]]
    count = np.diff(starts, append=len(pixels))
    # At the border there are fewer pixels around a peak, and more are needed.
    at_border = ((about < 1) | (about > np.array(grey.shape) - 2)).any(1)
    offset = pixels - np.repeat(about, count, axis=0)
    level = grey[tuple(pixels.T)]
    top = np.where(at_border, 0.5, TOP) * np.maximum.reduceat(level, starts)
    reach = np.where(at_border, 2.6, 1.6)
    used = (level > np.repeat(top, count)) | (np.abs(offset).max(1) < np.repeat(reach, count))
    weight = np.where(used, level**2, 0.0)[:, None]
    terms = np.column_stack([np.ones(len(level)), offset, -(offset**2).sum(1)])
    moments = np.add.reduceat((weight * terms)[:, :, None] * terms[:, None, :], starts)
    logarithm = np.log(np.maximum(level, 1e-6))[:, None]
    targets = np.add.reduceat(weight * terms * logarithm, starts)
    inverse = np.linalg.pinv(moments, rcond=1e-9, hermitian=True)
    _, down, right, bend = np.einsum("nij,nj->in", inverse, targets)
    moved = np.stack([down, right], 1) / (2 * np.maximum(bend, 1e-12))[:, None]
    # A top without a bend has no centre to be fitted.
    fitted = (bend > 0) & (np.abs(moved).max(1) < 1 + 0.1 * np.sqrt(count))
    return about + np.where(fitted[:, None], moved, 0.0)
