"""Distances between neighbours, and the angles between them: bonds and dumbbells."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.column_map import MapOptions
from colonnade.atoms.maps.lattice import NONE, Lattice, find_lattice
from colonnade.atoms.maps.neighbours import neighbour_pairs
from colonnade.atoms.maps.pictures import CATEGORIES, SEQUENTIAL, canvas
from colonnade.atoms.maps.positions import Positions, spoken
from colonnade.core.arrays import Array, Indices
from colonnade.core.errors import ColonnadeError
from colonnade.core.figures.plots import add_scale_bar, show_image
from colonnade.core.images.micrograph import Micrograph

NAMED = 4
"""Kinds of bonds that are named, the most frequent first."""

OTHER = -1
"""Kind of the bonds that no lattice explains."""

WIDER = 1.2
"""Spread beyond which bonds differ, in what their standard errors let expect."""

LEAST = 5
"""Bonds that are a kind, at least."""


@dataclass(frozen=True, eq=False)
class Bonds:
    """Every pair of neighbours.

    Parameters
    ----------
    columns
        All columns.
    pairs
        Rows of two numbers of columns.
    vectors, sigma
        From the first to the second, rows of (y, x), and their standard errors, in the unit.
    unit
        ``"nm"``; ``"px"`` without a calibration.
    kind
        Number of the kind of each bond: one that repeats in every cell. The most frequent is 0;
        `OTHER` if it is none.
    sublattice
        Of each column; `NONE` where it has none.
    """

    columns: Columns
    pairs: Indices
    vectors: Array
    sigma: Array
    unit: str
    kind: Indices
    sublattice: Indices

    @property
    def length(self) -> Array:
        """Distances."""
        return np.asarray(np.hypot(*self.vectors.T))

    @property
    def sigma_length(self) -> Array:
        """Standard errors of the distances."""
        return np.asarray(np.sqrt(((self.vectors * self.sigma) ** 2).sum(axis=1)) / self.length)

    @property
    def direction(self) -> Array:
        """Angles from x towards y, clockwise as one looks at the image, -90 to 90 [degrees]."""
        angle = np.degrees(np.arctan2(self.vectors[:, 0], self.vectors[:, 1]))
        return np.asarray((angle + 90) % 180 - 90)

    @property
    def sigma_direction(self) -> Array:
        """Standard errors of the angles [degrees]."""
        across = np.sqrt(((self.vectors[:, ::-1] * self.sigma) ** 2).sum(axis=1))
        return np.asarray(np.degrees(across / self.length**2))

    @cached_property
    def angles(self) -> Mapping[str, NDArray[Any]]:
        """Angles between bonds that follow on each other around a column.

        A table with the number of the column, of both ends, the angle and its standard error
        [degrees].
        """
        return _angles(self.columns, self.pairs)

    @property
    def sentence(self) -> str:
        """How long bonds of each kind are, and how much they vary."""
        parts = [
            f"{(self.kind == each).sum()} of {self._summary(self.kind == each)}"
            for each in range(min(NAMED, int(self.kind.max(initial=OTHER)) + 1))
        ]
        if not parts:
            parts = [f"{len(self.pairs)} of {self._summary(np.ones(len(self.pairs), bool))}"]
        return f"{len(self.pairs)} bonds between neighbours: " + "; ".join(parts)

    def _summary(self, chosen: NDArray[np.bool_]) -> str:
        length = self.length[chosen]
        mean, spread = float(length.mean()), float(length.std())
        error = float(np.sqrt(np.mean(self.sigma_length[chosen] ** 2)))
        return (
            f"{spoken(mean, self.unit, spread / np.sqrt(len(length)))} (spread "
            f"{spoken(spread, self.unit)}, expected from errors {spoken(error, self.unit)})"
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What the lengths of one kind differ by."""
        if (self.kind == OTHER).all():
            return ("no lattice explains these bonds, so they are of one kind",)
        main = self.kind == 0
        expected = np.sqrt(np.mean(self.sigma_length[main] ** 2))
        if self.length[main].std() < WIDER * expected:
            return ()
        return (
            "bonds of the most frequent kind differ more than the standard errors of their ends "
            "say: by scan distortion, which the errors do not include, by strain, or by disorder",
        )

    def table(self) -> Mapping[str, NDArray[Any]]:
        """One row for each bond, by the names that files use."""
        one, two = self.pairs.T
        return {
            "column_1": one,
            "column_2": two,
            "y1_px": self.columns.y[one],
            "x1_px": self.columns.x[one],
            "y2_px": self.columns.y[two],
            "x2_px": self.columns.x[two],
            "sublattice_1": self.sublattice[one],
            "sublattice_2": self.sublattice[two],
            "kind": self.kind,
            f"length_{self.unit}": self.length,
            f"sigma_length_{self.unit}": self.sigma_length,
            "direction_deg": self.direction,
            "sigma_direction_deg": self.sigma_direction,
        }

    def figure(self, image: Micrograph | None = None) -> Figure:
        """Draw bonds coloured by length, and histograms of lengths and angles."""
        field = canvas(self.columns, image)
        figure = Figure(figsize=(10.5, 5.4), layout="constrained")
        grid = figure.add_gridspec(2, 2, width_ratios=(1.25, 1))
        axes = figure.add_subplot(grid[:, 0])
        show_image(axes, field)
        ends = self.columns.positions[self.pairs][..., ::-1]
        lines = LineCollection(list(ends), cmap=SEQUENTIAL, linewidths=1.6)
        lines.set_array(self.length)
        lines.set_clim(*np.quantile(self.length, [0.02, 0.98]))
        axes.add_collection(lines)
        figure.colorbar(lines, ax=axes, shrink=0.75, label=f"length, {self.unit}")
        add_scale_bar(axes, field)
        self._draw_lengths(figure.add_subplot(grid[0, 1]))
        self._draw_angles(figure.add_subplot(grid[1, 1]))
        return figure

    def _draw_lengths(self, axes: Any) -> None:
        low, high = np.quantile(self.length, [0.001, 0.999])
        edges = np.linspace(low, high, 80)
        kinds = np.minimum(self.kind, NAMED)
        for each in np.unique(kinds):
            name = f"kind {each}" if OTHER < each < NAMED else "others"
            colour = CATEGORIES[int(each) % len(CATEGORIES)]
            axes.hist(self.length[kinds == each], edges, color=colour, alpha=0.7, label=name)
        axes.set(xlabel=f"length, {self.unit}", ylabel="bonds")
        axes.legend(fontsize=8, frameon=False)
        axes.spines[["top", "right"]].set_visible(False)

    def _draw_angles(self, axes: Any) -> None:
        axes.hist(self.angles["angle_deg"], np.arange(0, 181, 2), color=CATEGORIES[1])
        axes.set(xlabel="angle between bonds at a column, °", ylabel="angles")
        axes.spines[["top", "right"]].set_visible(False)


def bonds(columns: Columns, *, lattice: Lattice | None = None) -> Bonds:
    """Measure the distances and directions between neighbours.

    Parameters
    ----------
    columns
        Positions with their standard errors.
    lattice
        Of the columns, which says what bonds are of one kind; found if not given, and if there is
        one.

    Raises
    ------
    ColonnadeError
        If the columns are too few, or all in one line.
    """
    at = Positions.of(columns)
    pairs = neighbour_pairs(at.places)
    kind, sublattice = np.full(len(pairs), OTHER), np.full(len(columns), NONE)
    if (lattice := _lattice(columns) if lattice is None else lattice) is not None:
        kind, sublattice = _kinds(lattice, pairs), lattice.sublattice
    one, two = pairs.T
    return Bonds(
        columns,
        pairs,
        at.places[two] - at.places[one],
        np.hypot(at.sigma[one], at.sigma[two]),
        at.unit,
        kind,
        sublattice,
    )


def map_bonds(columns: Columns, image: Micrograph | None, options: MapOptions) -> Bonds:
    """Measure bonds as the command line asks for it."""
    return bonds(columns)


def _lattice(columns: Columns) -> Lattice | None:
    """The lattice, if there is one."""
    try:
        return find_lattice(columns)
    except ColonnadeError:
        return None


def _kinds(lattice: Lattice, pairs: Indices) -> Indices:
    """Number of the kind of each bond: its sublattices, and the cells that it leads over."""
    one, two = pairs.T
    first, second = lattice.sublattice[one], lattice.sublattice[two]
    step = lattice.cell[two] - lattice.cell[one]
    back = (first > second) | ((first == second) & (step @ [3, 1] < 0))
    step = np.where(back[:, None], -step, step)
    names = np.stack([np.minimum(first, second), np.maximum(first, second), *step.T], axis=1)
    _, which, count = np.unique(names, axis=0, return_inverse=True, return_counts=True)
    which = which.ravel()
    real = (names[:, 0] != NONE) & (count[which] >= LEAST)
    order = np.argsort(-np.bincount(which, real), kind="stable")
    rank = np.empty(len(order), np.intp)
    rank[order] = np.arange(len(order))
    return np.asarray(np.where(real, rank[which], OTHER))


def _angles(columns: Columns, pairs: Indices) -> dict[str, NDArray[Any]]:
    """Angles between bonds that follow on each other around a column."""
    at = Positions.of(columns)
    middle, end = np.concatenate([pairs, pairs[:, ::-1]]).T
    vectors = at.places[end] - at.places[middle]
    turn = np.arctan2(*vectors.T)
    order = np.lexsort((turn, middle))
    middle, end, vectors, turn = middle[order], end[order], vectors[order], turn[order]
    count = np.bincount(middle)[middle]
    start = np.searchsorted(middle, middle)
    after = start + (np.arange(len(middle)) - start + 1) % count
    # Of two bonds there is one angle, of three and more as many as there are bonds.
    kept = (count > 2) | ((count == 2) & (np.arange(len(middle)) == start))
    angle = np.degrees((turn[after] - turn) % (2 * np.pi))
    # The angle changes as each end moves across its bond, and the middle as both do.
    across = vectors[:, ::-1] * [1.0, -1.0] / (vectors**2).sum(axis=1)[:, None]
    variance = (across**2 * at.sigma[end] ** 2).sum(axis=1)
    shared = ((across[after] - across) ** 2 * at.sigma[middle] ** 2).sum(axis=1)
    sigma = np.degrees(np.sqrt(variance + variance[after] + shared))
    kept &= angle < 180
    return {
        "column": middle[kept],
        "end_1": end[kept],
        "end_2": end[after][kept],
        "angle_deg": angle[kept],
        "sigma_angle_deg": sigma[kept],
    }
