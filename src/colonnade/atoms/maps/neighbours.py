"""Which columns are neighbours, and how many each has."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.spatial import Delaunay

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.column_map import MapOptions
from colonnade.atoms.maps.pictures import canvas, mark_kinds
from colonnade.atoms.maps.positions import Positions, spoken
from colonnade.atoms.maps.settings import NEIGHBOURS, NeighbourSettings
from colonnade.core.arrays import Array, Indices
from colonnade.core.errors import ColonnadeError
from colonnade.core.figures.plots import add_scale_bar, show_image
from colonnade.core.images.micrograph import Micrograph

ALIKE = 1e-3
"""Columns that are less far from a line are on it [px]."""

FEWEST, MOST = 1, 7
"""Numbers of neighbours that have colours; more have that of the most."""


def neighbour_pairs(places: Array, settings: NeighbourSettings = NEIGHBOURS) -> Indices:
    """Pairs of columns that are neighbours: no third one stands between them.

    They are edges of the Delaunay triangulation that neither of the triangles beside them sees
    under a wide angle, so that noise does not decide whether a diagonal is one.

    Parameters
    ----------
    places
        Rows of (y, x), in a unit that is the same along both axes.
    settings
        What stands between.

    Returns
    -------
    pairs
        Rows of two numbers of columns, the smaller first, each pair once.

    Raises
    ------
    ColonnadeError
        If the columns are too few, or all in one line.
    """
    if len(places) < 4 or np.linalg.matrix_rank(places - places.mean(axis=0), ALIKE) < 2:
        raise ColonnadeError("neighbours need at least four columns that are not in one line")
    corners = Delaunay(places).simplices
    edges = np.concatenate([np.roll(corners, -turn, axis=1)[:, 1:] for turn in range(3)])
    pairs, which = np.unique(np.sort(edges, axis=1), axis=0, return_inverse=True)
    widest = np.zeros(len(pairs))
    np.maximum.at(widest, which.ravel(), _corner_angles(places, corners).T.ravel())
    pairs = pairs[widest < settings.widest]
    length = np.hypot(*(places[pairs[:, 1]] - places[pairs[:, 0]]).T)
    return np.asarray(pairs[length <= settings.longest * np.median(length)])


def _angle(one: Array, two: Array) -> Array:
    """Between rows of vectors [degrees]."""
    cross = one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]
    return np.asarray(np.degrees(np.abs(np.arctan2(cross, (one * two).sum(axis=1)))))


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Which columns are neighbours.

    Parameters
    ----------
    columns
        All of them.
    pairs
        Rows of two numbers of columns.
    coordination
        Number of neighbours of each.
    complete
        Whether each is away from borders and wide gaps, where neighbours are missing.
    nearest
        Distance to the nearest neighbour in the unit; NaN without one.
    unit
        ``"nm"``; ``"px"`` without a calibration.
    """

    columns: Columns
    pairs: Indices
    coordination: Indices
    complete: NDArray[np.bool_]
    nearest: Array
    unit: str

    @property
    def sentence(self) -> str:
        """How many neighbours columns have."""
        inside = self.coordination[self.complete]
        counts = np.bincount(inside)
        shares = ", ".join(
            f"{number} neighbours: {counts[number] / len(inside):.0%}"
            for number in np.argsort(-counts)
            if counts[number] >= 0.005 * len(inside)
        )
        middle = spoken(float(np.nanmedian(self.nearest)), self.unit)
        return (
            f"{len(self.pairs)} pairs of neighbours among {len(self.columns)} columns, the "
            f"nearest usually {middle} away; of the {len(inside)} columns away from "
            f"borders, {shares}"
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """Nothing."""
        return ()

    def table(self) -> Mapping[str, NDArray[Any]]:
        """Everything that was counted, by the names that files use."""
        return {
            "y_px": self.columns.y,
            "x_px": self.columns.x,
            "coordination": self.coordination,
            "complete": self.complete,
            f"nearest_{self.unit}": self.nearest,
        }

    def figure(self, image: Micrograph | None = None) -> Figure:
        """Draw pairs as lines, and columns in the colours of their numbers of neighbours."""
        field = canvas(self.columns, image)
        figure = Figure(figsize=(6.6, 6.6), layout="constrained")
        axes = figure.subplots()
        show_image(axes, field)
        ends = self.columns.positions[self.pairs][..., ::-1]
        axes.add_collection(LineCollection(list(ends), colors="white", linewidths=0.8, alpha=0.8))
        kinds = np.where(self.complete, np.minimum(self.coordination, MOST) - FEWEST, -1)
        names = {n - FEWEST: f"{n} neighbours" for n in range(FEWEST, MOST + 1)}
        mark_kinds(axes, self.columns, kinds, {-1: "border"} | names)
        add_scale_bar(axes, field)
        return figure


def neighbours(columns: Columns, settings: NeighbourSettings = NEIGHBOURS) -> Neighbours:
    """Find the neighbours of every column.

    Parameters
    ----------
    columns
        Positions.
    settings
        Which columns are neighbours.

    Raises
    ------
    ColonnadeError
        If the columns are too few, or all in one line.
    """
    at = Positions.of(columns)
    pairs = neighbour_pairs(at.places, settings)
    both = np.concatenate([pairs, pairs[:, ::-1]])
    vectors = at.places[both[:, 1]] - at.places[both[:, 0]]
    nearest = np.full(len(columns), np.inf)
    np.minimum.at(nearest, both[:, 0], np.hypot(*vectors.T))
    return Neighbours(
        columns,
        pairs,
        np.bincount(both[:, 0], minlength=len(columns)),
        ~_at_borders(at.places, settings),
        np.where(np.isfinite(nearest), nearest, np.nan),
        at.unit,
    )


def map_neighbours(columns: Columns, image: Micrograph | None, options: MapOptions) -> Neighbours:
    """Find neighbours as the command line asks for it."""
    return neighbours(columns)


def _at_borders(places: Array, settings: NeighbourSettings) -> NDArray[np.bool_]:
    """Whether columns lie at the border of all, or at a wide gap between them.

    Triangles are taken away where a gap is wide, and from outside where a side is no bond.
    """
    corners = Delaunay(places).simplices
    angles = _corner_angles(places, corners)
    opposite = places[corners[:, 1]] - places[corners[:, 2]]
    radius = np.hypot(*opposite.T) / (2 * np.sin(np.radians(angles[:, 0])))
    kept = radius <= settings.gap * np.median(radius)
    # Side n of a triangle is opposite to its corner n.
    sides = np.stack([np.roll(corners, -turn, axis=1)[:, 1:] for turn in range(3)], axis=1)
    number = np.unique(np.sort(sides, axis=2).reshape(-1, 2), axis=0, return_inverse=True)[1]
    number = number.reshape(-1, 3)
    while True:
        outer = (np.bincount(number[kept].ravel(), minlength=number.max() + 1) == 1)[number]
        cut = kept & (outer & (angles >= settings.widest)).any(axis=1)
        if not cut.any():
            break
        kept &= ~cut
    at = np.ones(len(places), bool)
    at[corners[kept]] = False
    at[sides[kept][outer[kept]]] = True
    return at


def _corner_angles(places: Array, corners: Indices) -> Array:
    """Angle of each triangle at each of its corners [degrees]."""
    apexes = (np.roll(corners, -turn, axis=1).T for turn in range(3))
    sides = ((places[one] - places[apex], places[two] - places[apex]) for apex, one, two in apexes)
    return np.stack([_angle(*each) for each in sides], axis=1)
