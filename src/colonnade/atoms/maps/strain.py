"""Strain and rotation of a crystal, from affine fits to the columns around each column."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.affine import Affine, fit_affine
from colonnade.atoms.maps.column_map import MapOptions, Region, within
from colonnade.atoms.maps.known_cell import KnownCell
from colonnade.atoms.maps.lattice import NONE, Lattice, find_lattice
from colonnade.atoms.maps.pictures import draw_components
from colonnade.atoms.maps.positions import known_sigma
from colonnade.atoms.maps.settings import STRAIN, StrainSettings
from colonnade.core.arrays import Array, Indices
from colonnade.core.errors import ColonnadeError
from colonnade.core.images.micrograph import Micrograph

NAMES = ("e_xx", "e_yy", "e_xy", "rotation_deg")
"""Components, in the order of tables and pictures."""

TITLES = ("strain along x, %", "strain along y, %", "shear, %", "rotation, ° (clockwise)")
"""What the components are called in pictures."""


@dataclass(frozen=True, eq=False)
class Strain:
    """Strain around each column that has a lattice around it.

    The deformation from the reference to what is there is a stretch followed by a rotation. Axes
    are those of the image: x to the right, y down. A rotation is positive from x towards y,
    clockwise as one looks at the image. The shear `e_xy` is that of the tensor, half of the
    change of the angle between the axes.

    Parameters
    ----------
    columns
        Where it was measured.
    values
        Rows of (e_xx, e_yy, e_xy, rotation [degrees]).
    sigma
        Standard errors of them.
    excess
        How many times more the columns scatter than their standard errors say; the standard
        errors of the strain have been multiplied by it.
    lattice
        Of the columns.
    """

    columns: Columns
    values: Array
    sigma: Array
    excess: float
    lattice: Lattice

    @property
    def e_xx(self) -> Array:
        """Strain along x."""
        return np.asarray(self.values[:, 0])

    @property
    def e_yy(self) -> Array:
        """Strain along y."""
        return np.asarray(self.values[:, 1])

    @property
    def e_xy(self) -> Array:
        """Shear."""
        return np.asarray(self.values[:, 2])

    @property
    def rotation(self) -> Array:
        """Rotation, clockwise as one looks at the image [degrees]."""
        return np.asarray(self.values[:, 3])

    @property
    def significance(self) -> Array:
        """How many standard errors each component is away from none; rows as in `values`."""
        return np.asarray(np.abs(self.values) / self.sigma)

    @property
    def sentence(self) -> str:
        """How large strains are, and their errors."""
        spread = ", ".join(
            f"{name} {100 * low:+.2f} to {100 * high:+.2f} % (± {100 * error:.2f})"
            for name, low, high, error in zip(
                NAMES[:3],
                *np.quantile(self.values[:, :3], [0.05, 0.95], axis=0),
                np.median(self.sigma[:, :3], axis=0),
                strict=True,
            )
        )
        low, high = np.quantile(self.rotation, [0.05, 0.95])
        error = np.median(self.sigma[:, 3])
        return (
            f"strain at {len(self.columns)} columns, nine in ten within: {spread}, rotation "
            f"{low:+.2f} to {high:+.2f}° (± {error:.2f})"
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What the errors include."""
        if self.excess < 1.1:
            return ()
        return (
            f"columns scatter {self.excess:.2g} times as much around the lattice as their "
            "standard errors say, by scan distortion or by disorder; the errors of the strain "
            "include it",
        )

    def table(self) -> Mapping[str, NDArray[Any]]:
        """Everything that was computed, by the names that files use."""
        table: dict[str, NDArray[Any]] = {"y_px": self.columns.y, "x_px": self.columns.x}
        table |= dict(zip(NAMES, self.values.T, strict=True))
        table |= {f"sigma_{name}": each for name, each in zip(NAMES, self.sigma.T, strict=True)}
        return table

    def figure(self, image: Micrograph | None = None) -> Figure:
        """Draw the four components, and beside each where it is more than noise."""
        scale = np.array([100.0, 100.0, 100.0, 1.0])
        return draw_components(
            self.columns, TITLES, scale * self.values, scale * self.sigma, image
        )


def strain(
    columns: Columns,
    *,
    reference: Region | None = None,
    cell: KnownCell | None = None,
    lattice: Lattice | None = None,
    settings: StrainSettings = STRAIN,
) -> Strain:
    """Measure strain and rotation around each column.

    Around each column a linear map is fitted from the lattice to the columns nearby, each
    sublattice with an origin of its own, so that what moves against each other in a cell is no
    strain. What is unstrained is the crystal in a part of the image, or a known cell.

    Parameters
    ----------
    columns
        Positions with their standard errors.
    reference
        Top, bottom, left and right of the part that is called unstrained [px]; by default the
        usual crystal of the whole image.
    cell
        The cell of the unstrained crystal, which then has the orientation of the reference.
    lattice
        Of the columns; found if not given.
    settings
        How strain is measured.

    Raises
    ------
    ColonnadeError
        If nothing repeats, there are no columns in the reference, or no such cell.
    """
    lattice = find_lattice(columns) if lattice is None else lattice
    # Pixels that are not square are made square first, or turning would be stretching.
    scale = np.array(columns.pixel_size or (1.0, 1.0))
    basis, places = lattice.basis * scale, columns.positions * scale
    ideal = np.nan_to_num(lattice.fractions) @ basis
    kind = np.maximum(lattice.sublattice, 0)
    sigma = known_sigma(columns) * scale
    pairs = _near(places, lattice, basis, settings)
    fitted = fit_affine(*pairs, kind, ideal, places, sigma, len(columns))
    chosen = _unstrained(columns, fitted, reference)
    usual = np.median(fitted.matrix[chosen], axis=0)
    together = fit_affine(0 * chosen, chosen, kind, ideal, places, sigma, 1)
    variance = fitted.variance + np.pi / 2 * together.variance
    if cell is not None:
        known_basis = cell.in_pixels(basis @ usual.T / scale, columns.pixel_size) * scale
        usual = np.linalg.solve(basis, known_basis).T
        variance = fitted.variance
    known = np.isfinite(fitted.matrix[:, 0, 0])
    values = components(fitted.matrix[known] @ np.linalg.inv(usual))
    error = fitted.excess * sigma_of_components(variance[known])
    return Strain(columns[known], values, error, fitted.excess, lattice)


def map_strain(columns: Columns, image: Micrograph | None, options: MapOptions) -> Strain:
    """Measure strain as the command line asks for it."""
    return strain(columns, reference=options.reference, cell=options.cell)


def _near(
    places: Array, lattice: Lattice, basis: Array, settings: StrainSettings
) -> tuple[Indices, Indices]:
    """Pairs of a column and one of those around it, itself among them."""
    inside = np.flatnonzero(lattice.sublattice != NONE)
    sides = np.hypot(*basis.T)
    area = abs(float(np.linalg.det(basis)))
    reach = max(settings.reach * np.sqrt(area), settings.of_longest * sides.max())
    pairs = inside[cKDTree(places[inside]).query_pairs(reach, output_type="ndarray")]
    one, two = np.concatenate([pairs, pairs[:, ::-1], np.stack([inside, inside], axis=1)]).T
    # Columns that were counted along different ways round a dislocation do not belong together.
    apart = (lattice.fractions[one] - lattice.fractions[two]) @ basis
    moved = np.hypot(*(places[one] - places[two] - apart).T)
    together = moved <= settings.most_moved * sides.min()
    return one[together], two[together]


def _unstrained(columns: Columns, fitted: Affine, region: Region | None) -> Indices:
    """Numbers of the columns of the crystal that is called unstrained."""
    chosen = np.isfinite(fitted.matrix[:, 0, 0])
    if region is not None:
        chosen &= within(columns, region)
    if not chosen.any():
        raise ColonnadeError("the reference holds no columns with enough of a lattice around them")
    return np.flatnonzero(chosen)


def _polar(matrix: Array) -> tuple[Array, Array]:
    """Angles of rotation, from x towards y, and the symmetric stretches before them."""
    turn = np.arctan2(matrix[:, 0, 1] - matrix[:, 1, 0], matrix[:, 0, 0] + matrix[:, 1, 1])
    cos, sin = np.cos(turn), np.sin(turn)
    back = np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], axis=1)
    return turn, back @ matrix


def components(matrix: Array) -> Array:
    """Rows of (e_xx, e_yy, e_xy, rotation [degrees])."""
    turn, stretch = _polar(matrix)
    strains = [stretch[:, 1, 1] - 1, stretch[:, 0, 0] - 1, stretch[:, 0, 1], np.degrees(turn)]
    return np.stack(strains, axis=1)


def sigma_of_components(variance: Array) -> Array:
    """Standard errors of the components, for small strains and rotations."""
    across = (variance[:, 0, 1] + variance[:, 1, 0]) / 4
    parts = [variance[:, 1, 1], variance[:, 0, 0], across, np.degrees(1) ** 2 * across]
    return np.asarray(np.sqrt(np.stack(parts, axis=1)))
