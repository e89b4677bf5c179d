"""How far columns of one sublattice are from the middle of their cages: polarisation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.cages import Cages, check_sublattice, find_cages
from colonnade.atoms.maps.column_map import MapOptions
from colonnade.atoms.maps.directions import direction, draw_vectors, significance
from colonnade.atoms.maps.lattice import Lattice, find_lattice
from colonnade.atoms.maps.pictures import SIGNIFICANT
from colonnade.atoms.maps.positions import Positions, spoken
from colonnade.atoms.maps.sites import excess_scatter
from colonnade.core.arrays import Array, Indices
from colonnade.core.errors import ColonnadeError
from colonnade.core.images.micrograph import Micrograph


@dataclass(frozen=True, eq=False)
class Polarisation:
    """Displacement of the columns of one sublattice from the middle of their cages.

    Axes are those of the image: x to the right, y down. A displacement that the average crystal
    has already is part of it.

    Parameters
    ----------
    columns
        Those that have a complete cage around them.
    displacement, sigma
        Rows of (y, x), and their standard errors, in the unit.
    mean, sigma_mean
        Mean displacement (y, x), and its standard errors.
    unit
        ``"nm"``; ``"px"`` without a calibration.
    sublattice, cage
        Numbers of the sublattice that is displaced and of that which makes the cages.
    corners
        Columns that make a cage.
    excess
        What scan distortion or disorder adds to the standard errors along (y, x): `sigma` has it.
    """

    columns: Columns
    displacement: Array
    sigma: Array
    mean: Array
    sigma_mean: Array
    unit: str
    sublattice: int
    cage: int
    corners: int
    excess: Array

    @property
    def magnitude(self) -> Array:
        """Lengths of the displacements."""
        return np.asarray(np.hypot(*self.displacement.T))

    @property
    def direction(self) -> Array:
        """Angles from x towards y, clockwise as one looks at the image [degrees]."""
        return direction(self.displacement)

    @property
    def significance(self) -> Array:
        """Standard errors from none: beyond 2 are 5 % of the columns where there is none."""
        return significance(self.displacement, self.sigma)

    @property
    def typical(self) -> float:
        """Root mean square of the displacements, without what noise adds to it."""
        squared = (self.displacement**2 - self.sigma**2).sum(axis=1).mean()
        return float(np.sqrt(max(squared, 0.0)))

    @property
    def sentence(self) -> str:
        """How large the displacement is, and which way it goes."""
        error = float(np.sqrt(np.median((self.sigma**2).mean(axis=1))))
        dy, dx = (
            spoken(value, self.unit, sigma)
            for value, sigma in zip(self.mean, self.sigma_mean, strict=True)
        )
        share = np.mean(self.significance >= SIGNIFICANT)
        return (
            f"{len(self.columns)} columns of sublattice {self.sublattice} are "
            f"{spoken(self.typical, self.unit)} from the middle of {self.corners} of sublattice "
            f"{self.cage}, root mean square without noise (each ± {spoken(error, self.unit)} "
            f"along an axis); their mean is {dy} along y and {dx} along x; {share:.0%} are beyond "
            f"{SIGNIFICANT:g} standard errors"
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What the errors include."""
        if not self.excess.any():
            return ()
        dy, dx = (spoken(each, self.unit) for each in self.excess)
        return (
            "columns scatter beyond their standard errors, by scan distortion or by disorder; the "
            f"errors of the displacement include {dy} along y and {dx} along x for it",
        )

    def table(self) -> Mapping[str, NDArray[Any]]:
        """Everything that was computed, by the names that files use."""
        unit, size = self.unit, self.magnitude
        with np.errstate(invalid="ignore"):
            along = np.sqrt(((self.displacement * self.sigma) ** 2).sum(axis=1)) / size
        return {
            "y_px": self.columns.y,
            "x_px": self.columns.x,
            f"dy_{unit}": self.displacement[:, 0],
            f"dx_{unit}": self.displacement[:, 1],
            f"sigma_dy_{unit}": self.sigma[:, 0],
            f"sigma_dx_{unit}": self.sigma[:, 1],
            f"magnitude_{unit}": size,
            f"sigma_magnitude_{unit}": along,
            "direction_deg": self.direction,
            "significance": self.significance,
        }

    def figure(self, image: Micrograph | None = None) -> Figure:
        """Draw arrows, a map of directions, and where both are more than noise."""
        title = f"sublattice {self.sublattice} from the middle of {self.corners} of {self.cage}"
        return draw_vectors(self.columns, self.displacement, self.sigma, self.unit, title, image)


def polarisation(
    columns: Columns,
    *,
    sublattice: int | None = None,
    cage: int | None = None,
    lattice: Lattice | None = None,
) -> Polarisation:
    """Measure how far columns are from the middle of the cages that others make around them.

    The middle of a cage is the mean of its columns, which no homogeneous strain moves. Only
    columns with a complete cage are measured.

    Parameters
    ----------
    columns
        Positions with their standard errors, and intensities.
    sublattice
        Number of the sublattice that is displaced; by default that which is nearest to the body
        centre between columns of the cage.
    cage
        Number of the sublattice that makes the cages; by default the brightest one.
    lattice
        Of the columns; found if not given.

    Raises
    ------
    ColonnadeError
        If there is no lattice, or no cage.
    """
    lattice = find_lattice(columns) if lattice is None else lattice
    if lattice.count < 2:
        raise ColonnadeError(
            "all columns are of one sublattice; a polarisation needs one that makes cages "
            "around another"
        )
    at = Positions.of(columns)
    cage = _other_than(sublattice) if cage is None else cage
    corners = check_sublattice(lattice, cage)
    if sublattice is None:
        sublattice = _nearest_to_body_centre(lattice, at.scale, corners)
    cages = find_cages(
        lattice, at.places, at.scale, check_sublattice(lattice, sublattice), corners
    )
    count = cages.corners.shape[1]
    moved = at.places[cages.middle] - at.places[cages.corners].mean(axis=1)
    of_cage, own = (
        excess_scatter(lattice, at.places, at.sigma, each) for each in (corners, sublattice)
    )
    # What the columns in the cages scatter on their own may be what is looked for. Scan distortion
    # moves whole rows of columns, so that a cage is of two that are moved apart.
    added = np.minimum(of_cage, own) ** 2 + of_cage**2 / 2
    variance = at.sigma[cages.middle] ** 2
    variance = variance + (at.sigma[cages.corners] ** 2).sum(axis=1) / count**2
    return Polarisation(
        columns[cages.middle],
        moved,
        np.sqrt(variance + added),
        moved.mean(axis=0),
        # The mean is of as many as there are rows.
        np.sqrt(_variance_of_mean(cages, at.sigma) + added / np.sqrt(len(moved))),
        at.unit,
        sublattice,
        corners,
        count,
        np.sqrt(added),
    )


def map_polarisation(
    columns: Columns, image: Micrograph | None, options: MapOptions
) -> Polarisation:
    """Measure polarisation as the command line asks for it."""
    return polarisation(columns, sublattice=options.sublattice, cage=options.cage)


def _other_than(sublattice: int | None) -> int:
    """The brightest sublattice but this one."""
    return 1 if sublattice == 0 else 0


def _nearest_to_body_centre(lattice: Lattice, scale: Array, corners: int) -> int:
    off = lattice.sites - lattice.sites[corners] - 0.5
    away = np.hypot(*((off - np.round(off)) @ (lattice.basis * scale)).T)
    away[corners] = np.inf
    return int(np.argmin(away))


def _variance_of_mean(cages: Cages, sigma: Array) -> Array:
    """Variance of the mean displacement, in which neighbouring cages share columns."""
    count, size = cages.corners.shape
    share: Indices = np.bincount(cages.corners.ravel(), minlength=len(sigma))
    variance = (sigma[cages.middle] ** 2).sum(axis=0)
    variance += ((share[:, None] / size) ** 2 * sigma**2).sum(axis=0)
    return np.asarray(variance / count**2)
