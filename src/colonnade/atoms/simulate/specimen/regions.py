"""Convex parts of the field of view: half planes, wedges, and the outlines of particles."""

from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.simulate.specimen.lattice import Line
from colonnade.core.arrays import Array

F = TypeVar("F", np.float32, np.float64)


@dataclass(frozen=True)
class Facet:
    """A straight side of a region.

    Parameters
    ----------
    line
        Where it runs; the region lies behind it, against its normal.
    slope
        How much thickness the crystal gains for each nm inwards; infinite where it does not thin.
    """

    line: Line
    slope: float = np.inf


@dataclass(frozen=True, eq=False)
class Region:
    """A convex part of the field of view, behind all of its facets.

    Parameters
    ----------
    facets
        Its sides; without any it is the whole field.
    centre, reach
        A circle around it (y, x), and its radius [nm]; infinite for regions that do not end.
    """

    facets: tuple[Facet, ...] = ()
    centre: Array = field(default_factory=lambda: np.zeros(2))
    reach: float = np.inf

    @property
    def thins(self) -> bool:
        """Whether the crystal thins towards any of the facets."""
        return any(np.isfinite(facet.slope) for facet in self.facets)

    def depth(self, y: NDArray[F], x: NDArray[F]) -> NDArray[F]:
        """Distance of points from the nearest facet, negative outside [nm]."""
        return _least([(facet.line, -1.0) for facet in self.facets], y, x)

    def height(self, y: NDArray[F], x: NDArray[F]) -> NDArray[F]:
        """Greatest thickness of the crystal that the facets allow, negative outside [nm]."""
        thinning = [facet for facet in self.facets if np.isfinite(facet.slope)]
        return _least([(facet.line, -facet.slope) for facet in thinning], y, x)

    def inside(self, positions: Array) -> NDArray[np.bool_]:
        """Whether points, rows of (y, x) [nm], lie in the region."""
        return np.asarray(self.depth(positions[:, 0], positions[:, 1]) >= 0)

    def moved(self, vector: Array) -> "Region":
        """Move it by a vector (y, x) [nm]."""
        facets = tuple(replace(facet, line=facet.line.moved(vector)) for facet in self.facets)
        return Region(facets, self.centre + vector, self.reach)

    def bounds(self, low: Array, high: Array) -> tuple[Array, Array]:
        """Cut a rectangle between two corners to what the region can reach [nm]."""
        return np.maximum(low, self.centre - self.reach), np.minimum(
            high, self.centre + self.reach
        )


def polygon(normals: Array, distances: Array, slopes: Array) -> Region:
    """Enclose a region around the origin by facets.

    Parameters
    ----------
    normals
        Unit vectors (y, x) that point out of the facets, at least three, all around.
    distances
        How far the facets are from the origin [nm].
    slopes
        How much thickness the crystal gains for each nm inwards from each.
    """
    facets = tuple(
        Facet(Line(normal, distance), slope)
        for normal, distance, slope in zip(
            normals, distances.tolist(), slopes.tolist(), strict=True
        )
    )
    angles = np.sort(np.arctan2(normals[:, 0], normals[:, 1]))
    widest = np.diff(angles, append=angles[0] + 2 * np.pi).max()
    return Region(facets, reach=float(distances.max() / np.cos(widest / 2)))


def _least(ramps: list[tuple[Line, float]], y: NDArray[F], x: NDArray[F]) -> NDArray[F]:
    """Least of several ramps at each point; infinite if there is none."""
    least = np.full(np.broadcast_shapes(y.shape, x.shape), np.inf, y.dtype)
    one = np.empty_like(least)
    for line, slope in ramps:
        np.minimum(least, line.ramp(y, x, slope, out=one), out=least)
    return least
