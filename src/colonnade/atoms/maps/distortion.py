"""Scan distortion: what displaces whole rows or whole columns of pixels, measured and taken out.

A slow drift and the jumps of the beam displace everything in a row alike, and so does, along the
other axis, a scan that is not linear. A crystal shows both, as do two scans in two directions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.column_map import MapOptions, Region, within
from colonnade.atoms.maps.curves import Curves, fit_curves
from colonnade.atoms.maps.known_cell import KnownCell
from colonnade.atoms.maps.lattice import NONE, Lattice, find_lattice
from colonnade.atoms.maps.pictures import draw_curves
from colonnade.atoms.maps.positions import known_sigma
from colonnade.atoms.maps.settings import DISTORTION, LATTICE, DistortionSettings
from colonnade.core.arrays import Array, Indices
from colonnade.core.errors import ColonnadeError
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.measures.neighbours import nearest_distances


@dataclass(frozen=True, eq=False)
class ScanDistortion:
    """By how much the scan displaced each column.

    Parameters
    ----------
    columns
        Where they were seen.
    fitted
        Shifts, seen less true position: of the columns, of each row of pixels, and of each
        vertical line of pixels.
    """

    columns: Columns
    fitted: Curves

    @property
    def shift(self) -> Array:
        """Seen less true position of each column, rows of (y, x) [px]."""
        return self.fitted.shift

    @property
    def sigma(self) -> Array:
        """Standard errors of the shifts [px]."""
        return self.fitted.sigma

    @property
    def corrected(self) -> Columns:
        """The columns where they would be without distortion; their errors include its error."""
        columns = self.columns
        return Columns(
            columns.y - self.shift[:, 0],
            columns.x - self.shift[:, 1],
            np.hypot(columns.sigma_y, self.sigma[:, 0]),
            np.hypot(columns.sigma_x, self.sigma[:, 1]),
            columns.score,
            columns.intensity,
            columns.width,
            columns.labels,
            columns.pixel_size,
        )

    @property
    def sentence(self) -> str:
        """How large it is."""
        y, x = np.sqrt((self.shift**2).mean(axis=0))
        before, after = self.fitted.before, self.fitted.after
        return (
            f"the scan displaced columns by {x:.2g} px along x and {y:.2g} px along y (root mean "
            f"square); they scattered {before:.2g} times as much as their standard errors say, "
            f"and {after:.2g} times without it"
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person must know to trust it."""
        return ()

    def table(self) -> Mapping[str, NDArray[Any]]:
        """Everything that was computed, by the names that files use."""
        corrected = self.corrected
        return {
            "y_px": self.columns.y,
            "x_px": self.columns.x,
            "dy_px": self.shift[:, 0],
            "dx_px": self.shift[:, 1],
            "sigma_dy_px": self.sigma[:, 0],
            "sigma_dx_px": self.sigma[:, 1],
            "corrected_y_px": corrected.y,
            "corrected_x_px": corrected.x,
        }

    def figure(self, image: Micrograph | None = None) -> Figure:
        """Draw the shift of each row and of each vertical line, with their errors."""
        curves = {"row, px": self.fitted.of_y, "vertical line, px": self.fitted.of_x}
        return draw_curves(curves)


def scan_distortion(
    columns: Columns,
    *,
    second: Columns | None = None,
    scan_rotation: float = 90.0,
    reference: Region | None = None,
    cell: KnownCell | None = None,
    lattice: Lattice | None = None,
    settings: DistortionSettings = DISTORTION,
) -> ScanDistortion:
    """Measure what the scan displaces, by a crystal or by a second scan.

    By a crystal: whatever displaces whole rows, or whole vertical lines, of an undistorted lattice
    is put down to the scan. Strain that does the same, as in layers parallel to the rows, is
    taken for distortion too, unless the reference is a part of the image that is not strained.
    Without a known cell, what is linear is left to the crystal.

    By a second scan of the same field, in another direction: no lattice is needed, and strain is
    left as it is.

    Parameters
    ----------
    columns
        Positions with their standard errors.
    second
        Columns of the same field, scanned in another direction.
    scan_rotation
        By how much the picture of the second scan is turned against the first, from x towards y
        [degrees].
    reference
        Top, bottom, left and right of the crystal that is not strained [px]; by default all.
    cell
        Of the unstrained crystal.
    lattice
        Of the columns; found if not given.
    settings
        How distortion is measured.

    Raises
    ------
    ColonnadeError
        If nothing repeats, or the scans have too little in common.
    """
    if second is not None:
        chosen, moved, error = _against_second(columns, second, scan_rotation, settings)
        free = np.ones((len(chosen), 1))
    else:
        lattice = find_lattice(columns) if lattice is None else lattice
        chosen = _chosen(columns, lattice, reference)
        moved, free = _against_lattice(columns[chosen], lattice, chosen, cell)
        error = known_sigma(columns)[chosen]
    spacing = float(np.median(nearest_distances(columns.positions)))
    # Without its distortion a column would be in about the row where the lattice puts it.
    places = columns.positions[chosen] - _left(moved, free)
    fitted = fit_curves(
        places,
        moved,
        error,
        free,
        columns.positions,
        spacing,
        settings,
        straight=second is not None or cell is not None,
        rows_only=second is not None,
    )
    return ScanDistortion(columns, fitted)


def map_distortion(
    columns: Columns, image: Micrograph | None, options: MapOptions
) -> ScanDistortion:
    """Measure scan distortion as the command line asks for it."""
    return scan_distortion(
        columns, second=options.second, reference=options.reference, cell=options.cell
    )


def _chosen(columns: Columns, lattice: Lattice, reference: Region | None) -> Indices:
    """Numbers of the columns of the crystal that is not strained."""
    chosen = lattice.sublattice != NONE
    if reference is not None:
        chosen &= within(columns, reference)
    numbers = np.flatnonzero(chosen)
    if len(numbers) < LATTICE.least_columns:
        raise ColonnadeError("the reference holds too few columns of the lattice")
    return numbers


def _against_lattice(
    columns: Columns, lattice: Lattice, chosen: Indices, cell: KnownCell | None
) -> tuple[Array, Array]:
    """Where the lattice does not put columns, and what of it is free: origins, and the cell."""
    kinds = np.eye(lattice.count)[lattice.sublattice[chosen]]
    numbers = lattice.fractions[chosen]
    if cell is None:
        return columns.positions, np.concatenate([kinds, numbers], axis=1)
    basis = cell.in_pixels(lattice.basis, columns.pixel_size)
    return columns.positions - numbers @ basis, kinds


def _against_second(
    columns: Columns, second: Columns, scan_rotation: float, settings: DistortionSettings
) -> tuple[Indices, Array, Array]:
    """Columns that both scans show, where the second does not put them, and the errors of that."""
    to_first = (
        np.array(second.pixel_size or (1.0, 1.0)),
        np.array(columns.pixel_size or (1.0, 1.0)),
    )
    angle = np.deg2rad(scan_rotation)
    back = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    at = (second.positions * to_first[0]) @ back.T / to_first[1]
    at += np.median(columns.positions, axis=0) - np.median(at, axis=0)
    gate = settings.gate * float(np.median(nearest_distances(columns.positions)))
    for _ in range(4):
        distance, found = cKDTree(at).query(columns.positions)
        mutual = cKDTree(columns.positions).query(at)[1][found] == np.arange(len(columns))
        chosen = np.flatnonzero((distance <= gate) & mutual)
        if len(chosen) < settings.in_common * min(len(columns), len(second)):
            raise ColonnadeError(
                f"the two scans have only {len(chosen)} columns in common; do they show the same "
                f"field, the second turned by {scan_rotation:g}°?"
            )
        moved = columns.positions[chosen] - at[found[chosen]]
        at = at + np.median(moved, axis=0)
    error = np.hypot(known_sigma(columns)[chosen], known_sigma(second)[found[chosen]])
    return chosen, moved, error


def _left(moved: Array, free: Array) -> Array:
    """What is left of shifts beyond what is free."""
    return np.asarray(moved - free @ np.linalg.lstsq(free, moved, rcond=None)[0])
