"""Candidates as circles: a circular Hough transform of the outline of the network's mask.

Each point of the outline votes for the place that lies a radius away in the direction in which the
mask rises. Where the votes of a whole circle meet, there is a candidate; so circles that touch are
told apart as long as enough of their outlines remains.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from colonnade.atoms.locate.candidates import Candidates
from colonnade.atoms.locate.find.settings import FIND_DEFAULTS, CircleSettings
from colonnade.core.arrays import Array, Single
from colonnade.core.images.regions import otsu

ANGLES = np.linspace(0, 2 * np.pi, 32, endpoint=False)
"""Directions in which it is looked whether a circle lies inside the image [rad]."""


@dataclass(frozen=True, eq=False)
class Outline:
    """Where a mask crosses a level, on the lines between the centres of pixels.

    Parameters
    ----------
    points
        Rows of (y, x) [px].
    inward
        Direction in which the mask rises there, rows of unit vectors.
    length
        Length of the outline that each point stands for [px].
    shape
        Rows and columns of the mask.
    """

    points: Array
    inward: Array
    length: Array
    shape: tuple[int, ...]


def find_circles(
    mask: Single, lowest: float, settings: CircleSettings = FIND_DEFAULTS.circles
) -> Candidates:
    """Find candidates as circles of one radius, which is found too.

    Parameters
    ----------
    mask
        Predicted Gaussian mask, axes (y, x), from 0 to 1; it is cut at Otsu's threshold.
    lowest
        Smallest network confidence of a candidate.
    settings
        How circles are found.
    """
    level = otsu(mask)
    outline = trace(mask, level)
    if not len(outline.points):
        return Candidates.none()
    radius = find_radius(outline, _largest_radius(mask, level), settings)
    votes = np.zeros(mask.shape)
    pixels, received = _vote(outline, radius)
    votes.flat[pixels] = received
    places = _peaks(votes, radius)
    centres, received = _centres(votes, places, radius)
    needed = settings.votes * 2 * np.pi * radius * _share_inside(centres, radius, mask.shape)
    centres = centres[received > needed]
    found = Candidates(centres, _confidence(mask, centres))
    return found[found.confidence >= lowest]


def trace(mask: Single, level: float) -> Outline:
    """Trace where the mask crosses a level."""
    slopes = _slopes(mask)
    inside = mask > level
    points, directions = [], []
    for axis, step in enumerate(np.eye(2, dtype=int)):
        first = np.argwhere(np.diff(inside, axis=axis))
        before, after = tuple(first.T), tuple((first + step).T)
        way = ((level - mask[before]) / (mask[after] - mask[before]))[:, None]
        points.append(first + way * step)
        directions.append(slopes[before] * (1 - way) + slopes[after] * way)
    inward = np.concatenate(directions).astype(np.float64)
    steep = np.linalg.norm(inward, axis=1)
    sloping = steep > 0
    inward = inward[sloping] / steep[sloping, None]
    # A line in this direction meets so many lines between pixels for each pixel of its length.
    length = 1 / np.abs(inward).sum(1)
    return Outline(np.concatenate(points)[sloping], inward, length, mask.shape)


def _slopes(mask: Single) -> NDArray[np.float32]:
    """Slope of the mask at each pixel along (y, x), smoothed across; only the ratio counts."""
    # Beyond the border the mask goes on as steeply as it comes.
    wider = np.pad(mask, 1, mode="reflect", reflect_type="odd")
    return np.stack([ndimage.sobel(wider, axis)[1:-1, 1:-1] for axis in (0, 1)], axis=-1)


def _largest_radius(mask: Single, level: float) -> float:
    """Radius that no circle inside the outline exceeds [px].

    In steps along y and x the rim of a circle is nearest to its centre straight along an axis.
    """
    return float(ndimage.distance_transform_cdt(mask > level, "taxicab").max()) + 0.5


def find_radius(
    outline: Outline, largest: float, settings: CircleSettings = FIND_DEFAULTS.circles
) -> float:
    """Find the radius at which the votes of an outline agree best.

    All radii give the same number of votes; where they fall together, the sum of their squares is
    greatest.

    Parameters
    ----------
    outline
        Of the mask.
    largest
        Radius that none of the circles exceeds [px].
    settings
        Which radii are compared.
    """
    smallest, step = settings.smallest_radius, settings.radius_step
    radii = np.arange(smallest, max(largest, smallest) + step, step)
    agreement = [np.square(_vote(outline, radius)[1]).sum() for radius in radii]
    return float(radii[np.argmax(agreement)])


def _vote(outline: Outline, radius: float) -> tuple[NDArray[np.intp], Array]:
    """Numbers of the pixels that are voted for, and their votes [px of outline].

    Each vote is shared among the four pixels around its place.
    """
    height, width = outline.shape
    places = outline.points + radius * outline.inward
    corner = np.floor(places).astype(int)
    down, right = (places - corner).T
    y, x = (corner[:, None] + [(0, 0), (0, 1), (1, 0), (1, 1)]).transpose(2, 0, 1)
    upper, lower = (1 - down) * outline.length, down * outline.length
    share = np.stack(
        [upper * (1 - right), upper * right, lower * (1 - right), lower * right], axis=1
    )
    inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)
    pixels, number = np.unique(y[inside] * width + x[inside], return_inverse=True)
    return pixels, np.bincount(number, share[inside]).astype(np.float64)


def _peaks(votes: Array, radius: float) -> NDArray[np.intp]:
    """Highest places of the votes, highest first."""
    smooth = ndimage.gaussian_filter(votes, 0.5 * _reach(radius), mode="constant")
    top = (ndimage.maximum_filter(smooth, 3) == smooth) & (smooth > 0)
    return np.argwhere(top)[np.argsort(-smooth[top], kind="stable")]


def _reach(radius: float) -> int:
    """Distance from a peak of the votes to the last pixel that belongs to it [px]."""
    return max(1, round(radius / 4))


def _centres(votes: Array, places: NDArray[np.intp], radius: float) -> tuple[Array, Array]:
    """Centre of mass of the votes around each place, and their sum [px of outline]."""
    reach = _reach(radius)
    padded = np.pad(votes, reach)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (2 * reach + 1, 2 * reach + 1))
    near = windows[tuple(places.T)]
    steps = np.arange(-reach, reach + 1)
    received = near.sum((1, 2))
    moved = np.stack([near.sum(2) @ steps, near.sum(1) @ steps], axis=1)
    return places + moved / received[:, None], received


def _share_inside(centres: Array, radius: float, shape: tuple[int, ...]) -> Array:
    """Share of each circle that lies inside the image."""
    circle = radius * np.stack([np.sin(ANGLES), np.cos(ANGLES)], axis=1)
    points = centres[:, None] + circle
    inside = ((points >= 0) & (points <= np.array(shape) - 1)).all(2)
    return np.asarray(inside.mean(1))


def _confidence(mask: Single, centres: Array) -> Array:
    """Height of the mask at each centre: the greatest of the four pixels around it."""
    last = np.array(mask.shape) - 1
    low = np.clip(np.floor(centres).astype(int), 0, last)
    high = np.minimum(low + 1, last)
    corners = [mask[y, x] for y in (low[:, 0], high[:, 0]) for x in (low[:, 1], high[:, 1])]
    return np.asarray(np.max(corners, axis=0), np.float64)
