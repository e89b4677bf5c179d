"""Displacements: how far columns are from where an undeformed lattice would have them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.column_map import MapOptions, Region, within
from colonnade.atoms.maps.known_cell import KnownCell
from colonnade.atoms.maps.lattice import NONE, Lattice, find_lattice
from colonnade.atoms.maps.pictures import draw_components
from colonnade.atoms.maps.positions import known_sigma
from colonnade.atoms.maps.settings import LATTICE
from colonnade.core.arrays import Array, Indices
from colonnade.core.errors import ColonnadeError
from colonnade.core.images.micrograph import Micrograph


@dataclass(frozen=True, eq=False)
class Displacements:
    """How far each column of a lattice is from its place.

    Parameters
    ----------
    columns
        Those of the lattice.
    shift, sigma
        Rows of (y, x) [px]: where a column is less where the lattice has it, and the standard
        errors of that.
    lattice
        Of these columns, with the cell of the reference.
    """

    columns: Columns
    shift: Array
    sigma: Array
    lattice: Lattice

    @property
    def significance(self) -> Array:
        """How many standard errors each component is away from none; rows of (y, x)."""
        return np.asarray(np.abs(self.shift) / self.sigma)

    @property
    def sentence(self) -> str:
        """How large displacements are, and their errors."""
        scale, unit = self._unit
        y, x = np.sqrt((self.shift**2).mean(axis=0)) * scale
        error_y, error_x = np.median(self.sigma, axis=0) * scale
        return (
            f"{len(self.columns)} columns are displaced from the lattice by {x:.3g} {unit} along "
            f"x (± {error_x:.2g}) and {y:.3g} {unit} along y (± {error_y:.2g}), root mean square"
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person must know to trust it."""
        return ("what the scan distorts is part of the displacements, unless it was taken out",)

    def table(self) -> Mapping[str, NDArray[Any]]:
        """Everything that was computed, by the names that files use."""
        size, unit = self.columns.pixel_size, "px" if self.columns.pixel_size is None else "nm"
        scale = np.array(size or (1.0, 1.0))
        shift, sigma = self.shift * scale, self.sigma * scale
        return {
            "y_px": self.columns.y,
            "x_px": self.columns.x,
            f"dy_{unit}": shift[:, 0],
            f"dx_{unit}": shift[:, 1],
            f"sigma_dy_{unit}": sigma[:, 0],
            f"sigma_dx_{unit}": sigma[:, 1],
            "sublattice": self.lattice.sublattice,
            "cell_1": self.lattice.cell[:, 0],
            "cell_2": self.lattice.cell[:, 1],
        }

    def figure(self, image: Micrograph | None = None) -> Figure:
        """Draw both components, and below each where it is more than noise."""
        scale, unit = self._unit
        titles = (f"displaced along x, {unit}", f"displaced along y, {unit}")
        values, sigma = (scale * each[:, ::-1] for each in (self.shift, self.sigma))
        return draw_components(self.columns, titles, values, sigma, image)

    @property
    def _unit(self) -> tuple[Array, str]:
        """By what pixels (y, x) become the unit of sentences."""
        if self.columns.pixel_size is None:
            return np.ones(2), "px"
        return 1000 * np.array(self.columns.pixel_size), "pm"


def displacements(
    columns: Columns,
    *,
    reference: Region | None = None,
    cell: KnownCell | None = None,
    lattice: Lattice | None = None,
) -> Displacements:
    """Measure how far columns are from an undeformed lattice.

    Parameters
    ----------
    columns
        Positions with their standard errors.
    reference
        Top, bottom, left and right of the part whose lattice goes on through the image [px]; by
        default all of it.
    cell
        The cell of that lattice, if it is known.
    lattice
        Of the columns; found if not given.

    Raises
    ------
    ColonnadeError
        If nothing repeats, there are too few columns in the reference, or no such cell.
    """
    lattice = find_lattice(columns) if lattice is None else lattice
    of_it = np.flatnonzero(lattice.sublattice != NONE)
    inside = np.ones(len(of_it), bool) if reference is None else within(columns, reference)[of_it]
    if inside.sum() < LATTICE.least_columns:
        raise ColonnadeError("the reference holds too few columns of the lattice")
    kinds = np.eye(lattice.count)[lattice.sublattice[of_it]]
    places, numbers = columns.positions[of_it], lattice.cell[of_it].astype(float)
    if cell is not None:
        fixed = numbers @ cell.in_pixels(lattice.basis, columns.pixel_size)
        design = kinds
    else:
        fixed, design = np.zeros_like(places), np.concatenate([kinds, numbers], axis=1)
    return _displaced(columns[of_it], places - fixed, design, inside, lattice, of_it)


def map_displacements(
    columns: Columns, image: Micrograph | None, options: MapOptions
) -> Displacements:
    """Measure displacements as the command line asks for it."""
    return displacements(columns, reference=options.reference, cell=options.cell)


def _displaced(
    columns: Columns,
    places: Array,
    design: Array,
    inside: NDArray[np.bool_],
    lattice: Lattice,
    of_it: Indices,
) -> Displacements:
    """Fit what is free of the lattice to the reference, and go on with it through the image."""
    error = known_sigma(columns)
    shift, sigma = np.empty((2, len(places), 2))
    fitted = np.empty((design.shape[1], 2))
    for axis in (0, 1):
        weighted = design[inside] / error[inside, axis, None]
        inverse = np.linalg.pinv(weighted)
        fitted[:, axis] = inverse @ (places[inside, axis] / error[inside, axis])
        shift[:, axis] = places[:, axis] - design @ fitted[:, axis]
        spread = ((design @ inverse) ** 2).sum(axis=1)
        # A column of the reference has drawn the lattice to itself by as much.
        sigma[:, axis] = np.sqrt(error[:, axis] ** 2 + np.where(inside, -1, 1) * spread)
    count = lattice.count
    basis = fitted[count:] if len(fitted) > count else lattice.basis
    own = Lattice(
        basis,
        lattice.cell[of_it],
        lattice.sublattice[of_it],
        lattice.sites,
        lattice.intensity,
    )
    return Displacements(columns, shift, sigma, own)
