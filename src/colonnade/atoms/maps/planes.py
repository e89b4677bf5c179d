"""Atomic planes: how far apart they are, one after the other, across an image."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.column_map import MapOptions
from colonnade.atoms.maps.displacements import Displacements, displacements
from colonnade.atoms.maps.lattice import Lattice
from colonnade.atoms.maps.pictures import draw_profiles
from colonnade.core.arrays import Array, Indices
from colonnade.core.images.micrograph import Micrograph

SAME_PLANE = 0.06
"""Columns whose places differ by less, in a side of the cell, are of one plane."""

LEAST_COLUMNS = 3
"""A plane with fewer columns is left out, and so are the spacings beside it."""


@dataclass(frozen=True, eq=False)
class Planes:
    """Planes along both sides of the cell, in the order in which they follow each other.

    Parameters
    ----------
    side
        Along which side of the cell a plane runs, 0 or 1.
    middle
        Rows of (y, x), the middle of each plane [px].
    place, sigma_place
        Where a plane is along the normal of its side, and the standard error [length].
    spacing, sigma_spacing
        From a plane to the next, and the standard error [length]; NaN for the last.
    scatter
        Standard deviation of its columns about it, along the normal [length].
    intensity
        Mean of its columns.
    count
        How many these are.
    unit
        Of lengths: ``"nm"``, or ``"px"`` without a calibration.
    """

    side: Indices
    middle: Array
    place: Array
    sigma_place: Array
    spacing: Array
    sigma_spacing: Array
    scatter: Array
    intensity: Array
    count: Indices
    unit: str

    @property
    def sentence(self) -> str:
        """How many planes there are, and their spacing."""
        parts = []
        for side in np.unique(self.side):
            spacing = self.spacing[self.side == side]
            spacing = spacing[np.isfinite(spacing)]
            if len(spacing):
                parts.append(
                    f"{np.sum(self.side == side)} planes along side {side + 1} of the cell, "
                    f"{spacing.mean():.4g} {self.unit} apart on average (from {spacing.min():.4g} "
                    f"to {spacing.max():.4g})"
                )
        return "; ".join(parts)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person must know to trust it."""
        return ("what the scan distorts moves planes too, unless it was taken out",)

    def table(self) -> Mapping[str, NDArray[Any]]:
        """Everything that was computed, by the names that files use."""
        unit = self.unit
        return {
            "side": self.side + 1,
            "y_px": self.middle[:, 0],
            "x_px": self.middle[:, 1],
            f"place_{unit}": self.place,
            f"sigma_place_{unit}": self.sigma_place,
            f"spacing_{unit}": self.spacing,
            f"sigma_spacing_{unit}": self.sigma_spacing,
            f"scatter_{unit}": self.scatter,
            "intensity": self.intensity,
            "columns": self.count,
        }

    def figure(self, image: Micrograph | None = None) -> Figure:
        """Draw the spacing of planes from one to the next, with two standard errors."""
        profiles = {}
        for side in np.unique(self.side):
            of_it = (self.side == side) & np.isfinite(self.spacing)
            profiles[f"along side {side + 1} of the cell"] = (
                self.place[of_it],
                self.spacing[of_it],
                self.sigma_spacing[of_it],
            )
        return draw_profiles(
            profiles, f"place across the planes, {self.unit}", "spacing", self.unit
        )


def planes(
    columns: Columns, *, sublattice: int | None = None, lattice: Lattice | None = None
) -> Planes:
    """Find the planes along both sides of the cell, and how far apart they are.

    Parameters
    ----------
    columns
        Positions with their standard errors.
    sublattice
        Planes of this one alone, the brightest being 0; by default of all.
    lattice
        Of the columns; found if not given.

    Raises
    ------
    ColonnadeError
        If nothing repeats.
    """
    moved = displacements(columns, lattice=lattice)
    size = columns.pixel_size
    scale = np.array(size or (1.0, 1.0))
    kept = np.ones(len(moved.columns), bool)
    if sublattice is not None:
        kept = moved.lattice.sublattice == sublattice
    found = [plane for side in (0, 1) for plane in _of_side(moved, kept, scale, side)]

    def all_of(name: str) -> NDArray[Any]:
        return np.array([getattr(plane, name) for plane in found])

    return Planes(
        side=all_of("side"),
        middle=all_of("middle").reshape(-1, 2),
        place=all_of("place"),
        sigma_place=all_of("sigma"),
        spacing=np.array([plane.spacing for plane in found]),
        sigma_spacing=np.array([plane.sigma_spacing for plane in found]),
        scatter=all_of("scatter"),
        intensity=all_of("intensity"),
        count=all_of("count"),
        unit="px" if size is None else "nm",
    )


def map_planes(columns: Columns, image: Micrograph | None, options: MapOptions) -> Planes:
    """Find planes as the command line asks for it."""
    return planes(columns, sublattice=options.sublattice)


@dataclass(eq=False)
class _Plane:
    """One plane; the names are those of `Planes`."""

    side: int
    middle: Array
    place: float
    sigma: float
    scatter: float
    intensity: float
    count: int
    spacing: float = np.nan
    sigma_spacing: float = np.nan


def _of_side(
    moved: Displacements, kept: NDArray[np.bool_], scale: Array, side: int
) -> list[_Plane]:
    """The planes along one side of the cell."""
    basis, across = moved.lattice.basis * scale, 1 - side
    along = basis[side] / np.hypot(*basis[side])
    normal = np.array([along[1], -along[0]])
    normal = normal if basis[across] @ normal > 0 else -normal
    step = float(basis[across] @ normal)
    fraction = moved.lattice.fractions[:, across]
    off = (moved.shift * scale) @ normal
    error = np.hypot(*((moved.sigma * scale) * normal).T)
    found = []
    for plane in _gathered(np.flatnonzero(kept), fraction):
        scatter = float(off[plane].std(ddof=1))
        sigma = max(scatter, float(np.median(error[plane]))) / np.sqrt(len(plane))
        place = float(fraction[plane].mean() * step + off[plane].mean())
        middle = moved.columns.positions[plane].mean(axis=0)
        intensity = float(moved.columns.intensity[plane].mean())
        found.append(_Plane(side, middle, place, sigma, scatter, intensity, len(plane)))
    first = found[0].place if found else 0.0
    for one, following in pairwise(found):
        one.spacing = following.place - one.place
        one.sigma_spacing = float(np.hypot(one.sigma, following.sigma))
    for one in found:
        one.place -= first
    return found


def _gathered(numbers: Indices, fraction: Array) -> Iterator[Indices]:
    """Columns of each plane, in the order of the planes."""
    order = numbers[np.argsort(fraction[numbers], kind="stable")]
    cuts = np.flatnonzero(np.diff(fraction[order]) > SAME_PLANE) + 1
    for plane in np.split(order, cuts):
        if len(plane) >= LEAST_COLUMNS:
            yield plane
