"""Distances between all columns: the nearest, and the pair distribution."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy import fft
from scipy.ndimage import distance_transform_edt
from scipy.signal import find_peaks
from scipy.spatial import ConvexHull, cKDTree

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.column_map import MapOptions
from colonnade.atoms.maps.pictures import CATEGORIES
from colonnade.atoms.maps.positions import Positions, spoken
from colonnade.atoms.maps.settings import SPACINGS, SpacingSettings
from colonnade.core.arrays import Array, Indices
from colonnade.core.errors import ColonnadeError
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.measures.neighbours import nearest_distances

NAMED = 4
"""Peaks of the pair distribution that are named, the nearest first."""

GAP = 2.0
"""What is farther from all columns is a hole, in sides of a square as large as each has."""


@dataclass(frozen=True, eq=False)
class Spacings:
    """How far columns are from each other.

    Parameters
    ----------
    nearest
        Distance of each column to its nearest neighbour, in the unit.
    distance
        Middle of each bin of the pair distribution.
    pairs
        Pairs of columns at that distance.
    density, sigma
        Pair distribution: pairs over those that as many columns would have, were they thrown at
        random into the same area; and its standard error, for pairs that are independent.
    peaks
        Distances at which it is highest.
    unit
        ``"nm"``; ``"px"`` without a calibration.
    """

    nearest: Array
    distance: Array
    pairs: Indices
    density: Array
    sigma: Array
    peaks: Array
    unit: str

    @property
    def sentence(self) -> str:
        """How far the nearest columns are, and where the peaks are."""
        middle, spread = float(np.median(self.nearest)), float(self.nearest.std())
        error = spread / np.sqrt(len(self.nearest))
        peaks = ", ".join(f"{each:.4g}" for each in self.peaks[:NAMED])
        named = f"; pairs are most frequent at {peaks} {self.unit}" if peaks else ""
        return (
            f"nearest neighbours of {len(self.nearest)} columns are usually "
            f"{spoken(middle, self.unit, error)} away (spread {spoken(spread, self.unit)}){named}"
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """Nothing."""
        return ()

    def table(self) -> Mapping[str, NDArray[Any]]:
        """The pair distribution, by the names that files use."""
        return {
            f"distance_{self.unit}": self.distance,
            "pairs": self.pairs,
            "pair_distribution": self.density,
            "sigma_pair_distribution": self.sigma,
        }

    def figure(self, image: Micrograph | None = None) -> Figure:
        """Draw the histogram of nearest neighbours and the pair distribution."""
        figure = Figure(figsize=(10.5, 3.8), layout="constrained")
        left, right = figure.subplots(1, 2, width_ratios=(1, 1.6))
        low, high = np.quantile(self.nearest, [0.002, 0.998])
        left.hist(self.nearest, np.linspace(low, high, 50).tolist(), color=CATEGORIES[1])
        left.set(xlabel=f"distance to the nearest neighbour, {self.unit}", ylabel="columns")
        right.fill_between(
            self.distance,
            self.density - self.sigma,
            self.density + self.sigma,
            color=CATEGORIES[1],
            alpha=0.4,
            lw=0,
        )
        right.plot(self.distance, self.density, color=CATEGORIES[-1], lw=1.2)
        right.axhline(1, color="black", lw=0.6, ls=":")
        right.set(xlabel=f"distance, {self.unit}", ylabel="pair distribution g(r)")
        right.set_xlim(0, None)
        right.set_ylim(0, None)
        for axes in (left, right):
            axes.spines[["top", "right"]].set_visible(False)
        return figure


def spacings(columns: Columns, settings: SpacingSettings = SPACINGS) -> Spacings:
    """Measure how far columns are from each other, and how often.

    Pairs are missing where a column's surroundings lie outside of the image or the specimen: at
    each distance they are divided by the area that both columns of a pair may lie in.

    Parameters
    ----------
    columns
        Positions.
    settings
        How far, and how finely.

    Raises
    ------
    ColonnadeError
        If there are too few columns.
    """
    if len(columns) < settings.least_columns:
        raise ColonnadeError(
            f"{len(columns)} columns are too few for a pair distribution; at least "
            f"{settings.least_columns} are needed"
        )
    at = Positions.of(columns)
    nearest = nearest_distances(at.places)
    spacing = float(np.median(nearest))
    if spacing <= 0:
        raise ColonnadeError("most of the columns lie upon each other; is the table right?")
    step, farthest = settings.step * spacing, settings.farthest * spacing
    edges = np.arange(0, farthest + step / 2, step)
    tree = cKDTree(at.places)
    apart = tree.sparse_distance_matrix(tree, edges[-1], output_type="ndarray")
    pairs = np.histogram(apart["v"][apart["i"] < apart["j"]], edges)[0]
    distance = (edges[:-1] + edges[1:]) / 2
    area, shared = _shared_area(at.places, distance)
    rings = np.pi * (edges[1:] ** 2 - edges[:-1] ** 2)
    expected = len(columns) * (len(columns) - 1) / 2 / area**2 * rings * shared
    density = pairs / expected
    sigma = np.sqrt(np.maximum(pairs, 1)) / expected
    return Spacings(
        nearest, distance, pairs, density, sigma, _peaks(distance, density, settings), at.unit
    )


def map_spacings(columns: Columns, image: Micrograph | None, options: MapOptions) -> Spacings:
    """Measure spacings as the command line asks for it."""
    return spacings(columns)


def _peaks(distance: Array, density: Array, settings: SpacingSettings) -> Array:
    """Distances of the peaks, between the bins."""
    tops = find_peaks(density, height=settings.least_peak, prominence=settings.least_peak)[0]
    near = [slice(max(top - 2, 0), top + 3) for top in tops]
    return np.array([np.average(distance[each], weights=density[each]) for each in near])


def _shared_area(places: Array, distance: Array) -> tuple[float, Array]:
    """Area that the columns lie in, and that part of it from which a vector leads into it again.

    Gaps between columns belong to the area, holes and what is outside do not. The part is the
    mean over all directions of a vector of each length.
    """
    each = np.sqrt(ConvexHull(places).volume / len(places))
    pixel, reach = each / 6, GAP * each
    low = places.min(axis=0) - 1.5 * reach
    cells = np.round((places - low) / pixel).astype(np.intp)
    shape = cells.max(axis=0) + 1 + int(1.5 * reach / pixel)
    empty = np.ones(shape, bool)
    empty[tuple(cells.T)] = False
    around = distance_transform_edt(empty) <= reach / pixel
    # Grown by a whole gap and shrunk again, but for half of what a column takes.
    inner = distance_transform_edt(around) > (reach - each / 2) / pixel
    size = [fft.next_fast_len(2 * int(n), real=True) for n in inner.shape]
    power = np.abs(fft.rfft2(inner.astype(float), size)) ** 2
    overlap = fft.irfft2(power, size)
    y, x = (np.minimum(np.arange(n), n - np.arange(n)) * pixel for n in size)
    radius = np.hypot(y[:, None], x)
    bins = np.round(radius / pixel).astype(np.intp).ravel()
    mean = np.bincount(bins, overlap.ravel()) / np.bincount(bins)
    shared = np.interp(distance, np.arange(len(mean)) * pixel, mean) * pixel**2
    return float(inner.sum() * pixel**2), np.asarray(shared)
