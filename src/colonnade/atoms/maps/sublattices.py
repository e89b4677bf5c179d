"""Which sublattice and cell every column belongs to, and what crystal that may be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.affine import fit_affine
from colonnade.atoms.maps.column_map import MapOptions
from colonnade.atoms.maps.lattice import NONE, Lattice, find_lattice
from colonnade.atoms.maps.pictures import CATEGORIES, canvas, mark_kinds
from colonnade.atoms.maps.positions import Positions, spoken
from colonnade.atoms.maps.proposals import Proposal, propose_crystals
from colonnade.core.arrays import Array, Indices
from colonnade.core.errors import MissingExtraError
from colonnade.core.figures.plots import add_scale_bar, show_image
from colonnade.core.images.micrograph import Micrograph

TILES = 4
"""Tiles of the image along y and x; what cells differ by if one is left out is their error."""

NAMED = 3
"""Crystals that are named, at most."""


@dataclass(frozen=True, eq=False)
class Sublattices:
    """Sublattice and cell of every column.

    Parameters
    ----------
    columns
        All columns.
    lattice
        Of them.
    cell, sigma_cell
        Both sides of the smallest cell in the unit, and the angle between them [degrees]; and
        their standard errors, from how much parts of the image differ.
    unit
        ``"nm"``; ``"px"`` without a calibration.
    proposals
        Crystals that have such a cell, with columns of such intensities at such places.
    """

    columns: Columns
    lattice: Lattice
    cell: Array
    sigma_cell: Array
    unit: str
    proposals: tuple[Proposal, ...]

    @property
    def sentence(self) -> str:
        """What the cell is, and what it holds."""
        lattice = self.lattice
        one, two = (spoken(self.cell[i], self.unit, float(self.sigma_cell[i])) for i in (0, 1))
        angle = f"{self.cell[2]:.2f} ± {self.sigma_cell[2]:.2f}°"
        counts = np.bincount(lattice.sublattice[lattice.sublattice != NONE])
        parts = ", ".join(
            f"{count} columns" + (f" of intensity {bright:.3g}" if np.isfinite(bright) else "")
            for count, bright in zip(counts, lattice.intensity, strict=True)
        )
        outside = int((lattice.sublattice == NONE).sum())
        number = f"{lattice.count} sublattices" if lattice.count > 1 else "one sublattice"
        return (
            f"{number} in a cell of {one} by {two} at {angle}: {parts}"
            f"{f'; {outside} belong to none' if outside else ''}; {self._crystals()}"
        )

    def _crystals(self) -> str:
        """Which crystals it may be."""
        if not self.proposals:
            return "no crystal that was compared has such a cell"
        named = ", ".join(
            f"{each.name} (misfit {each.misfit:.1f}"
            + (f", lengths {each.scale:.3f} times its)" if np.isfinite(each.scale) else ")")
            for each in self.proposals[:NAMED]
        )
        others = len(self.proposals) - NAMED
        return f"it may be {named}{f' or one of {others} others' if others > 0 else ''}"

    @property
    def notes(self) -> tuple[str, ...]:
        """What a crystal is chosen by."""
        if len(self.proposals) < 2:
            return ()
        return (
            "several crystals fit about as well; cells, sites and intensities cannot tell them "
            "apart, only what is known of the specimen can",
        )

    def table(self) -> Mapping[str, NDArray[Any]]:
        """Everything that was found, by the names that files use."""
        lattice = self.lattice
        return {
            "y_px": self.columns.y,
            "x_px": self.columns.x,
            "sublattice": lattice.sublattice,
            "cell_1": lattice.cell[:, 0],
            "cell_2": lattice.cell[:, 1],
            "fraction_1": lattice.fractions[:, 0] - lattice.cell[:, 0],
            "fraction_2": lattice.fractions[:, 1] - lattice.cell[:, 1],
            "intensity": self.columns.intensity,
        }

    def figure(self, image: Micrograph | None = None) -> Figure:
        """Draw the columns in the colours of their sublattices, the cell, and the intensities."""
        field = canvas(self.columns, image)
        known = bool(np.isfinite(self.lattice.intensity).all())
        figure = Figure(figsize=(10.5 if known else 6.0, 5.6), layout="constrained")
        panels = figure.subplots(1, 2 if known else 1, squeeze=False)[0]
        show_image(panels[0], field)
        names = {NONE: "none"} | {n: f"sublattice {n}" for n in range(self.lattice.count)}
        mark_kinds(panels[0], self.columns, self.lattice.sublattice, names)
        self._draw_cell(panels[0])
        add_scale_bar(panels[0], field)
        if known:
            self._draw_intensities(panels[1])
        return figure

    def _draw_cell(self, axes: Axes) -> None:
        """Draw the cell at the column of the first sublattice in the middle."""
        first = np.flatnonzero(self.lattice.sublattice == 0)
        places = self.columns.positions
        middle = (places.min(axis=0) + places.max(axis=0)) / 2
        corner = places[first[np.argmin(np.hypot(*(places[first] - middle).T))]]
        steps = np.array([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)])
        y, x = (corner + steps @ self.lattice.basis).T
        axes.plot(x, y, color="black", lw=3.5)
        axes.plot(x, y, color="white", lw=1.8)

    def _draw_intensities(self, axes: Axes) -> None:
        lattice, bright = self.lattice, self.columns.intensity
        low, high = np.nanquantile(bright, [0.002, 0.998])
        edges = np.linspace(low, high, 60).tolist()
        for number in range(lattice.count):
            chosen = bright[lattice.sublattice == number]
            colour = CATEGORIES[number % len(CATEGORIES)]
            axes.hist(chosen, edges, color=colour, alpha=0.7, label=f"sublattice {number}")
        axes.set(xlabel="intensity, grey level px²", ylabel="columns")
        axes.spines[["top", "right"]].set_visible(False)


def sublattices(
    columns: Columns, *, crystal: str | None = None, lattice: Lattice | None = None
) -> Sublattices:
    """Find the cell and its sublattices, and propose crystals that have them.

    Parameters
    ----------
    columns
        Positions, and intensities where they are known.
    crystal
        The only crystal to compare with, such as ``"SrTiO3"``, ``"Si [110]"`` or ``"my.cif"``;
        by default all that can be simulated.
    lattice
        Of the columns; found if not given.

    Raises
    ------
    ColonnadeError
        If nothing repeats, or the crystal is not known.
    """
    lattice = find_lattice(columns) if lattice is None else lattice
    at = Positions.of(columns)
    try:
        proposals = propose_crystals(lattice, columns.pixel_size, crystal)
    except MissingExtraError:
        if crystal is not None:
            raise
        proposals = ()
    cell, sigma = _cell(lattice, at)
    return Sublattices(columns, lattice, cell, sigma, at.unit, proposals)


def map_sublattices(
    columns: Columns, image: Micrograph | None, options: MapOptions
) -> Sublattices:
    """Find sublattices as the command line asks for it."""
    return sublattices(columns, crystal=options.crystal)


def _cell(lattice: Lattice, at: Positions) -> tuple[Array, Array]:
    """Sides and angle of the cell, and their standard errors: each tile is left out once."""
    inside = np.flatnonzero(lattice.sublattice != NONE)
    basis = lattice.basis * at.scale
    tile = _tiles(at.places[inside])
    fit, column = np.nonzero(np.arange(TILES**2)[:, None] != tile)
    fitted = fit_affine(
        fit,
        inside[column],
        np.maximum(lattice.sublattice, 0),
        lattice.cell @ basis,
        at.places,
        at.sigma,
        TILES**2,
    )
    without = np.array([_sides(basis @ matrix.T) for matrix in fitted.matrix])
    without = without[np.isfinite(without).all(axis=1)]
    # The jackknife's variance: of means of all tiles but one, times the number of tiles less one.
    return _sides(basis), np.sqrt(len(without) - 1) * without.std(axis=0)


def _tiles(places: Array) -> Indices:
    """Number of the tile that each place lies in."""
    low, high = places.min(axis=0), places.max(axis=0)
    y, x = np.minimum((places - low) / (high - low) * TILES, TILES - 1).astype(np.intp).T
    return np.asarray(TILES * y + x)


def _sides(basis: Array) -> Array:
    """Both lengths, and the angle between them [degrees]."""
    one, two = np.hypot(*basis.T)
    return np.array([one, two, np.degrees(np.arccos(basis[0] @ basis[1] / one / two))])
