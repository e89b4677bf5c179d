"""Sites of a crystal where a column is missing, and columns where it has no site."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.stats import norm

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.column_map import MapOptions
from colonnade.atoms.maps.lattice import NONE, Lattice, find_lattice
from colonnade.atoms.maps.pictures import CATEGORIES, canvas
from colonnade.atoms.maps.residuals import intensity_at, without_columns
from colonnade.atoms.maps.settings import VACANCIES, VacancySettings
from colonnade.atoms.maps.sites import NOBODY, NORMAL_MEDIAN, Sites
from colonnade.core.arrays import Array, Indices
from colonnade.core.figures.plots import add_scale_bar, show_image
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.measures.neighbours import nearest_distances

LIKELY = 0.5
"""Probability from which a site is called a vacancy or an interstitial."""

COMPARED = 150
"""Columns of a sublattice at which the noise of an intensity is measured."""


@dataclass(frozen=True, eq=False)
class Vacancies:
    """Empty sites inside a crystal, and columns inside it that have no site.

    Parameters
    ----------
    positions
        Rows of (y, x) [px]; of empty sites as their neighbours have it.
    interstitial
        Whether each is a column of no site; an empty site otherwise.
    sublattice, cell
        Of the empty sites; `NONE` and 0 of interstitials.
    probability
        That no column is at the site, or that one is where there is no site; NaN if nothing says.
    intensity, sigma
        What was measured there, and its standard error; NaN without an image.
    expected
        Intensity that a column of this sublattice has.
    columns
        All columns.
    with_image
        Whether the image was looked at.
    """

    positions: Array
    interstitial: NDArray[np.bool_]
    sublattice: Indices
    cell: Indices
    probability: Array
    intensity: Array
    sigma: Array
    expected: Array
    columns: Columns
    with_image: bool

    @property
    def sentence(self) -> str:
        """How many there are, and how many of them are likely."""
        parts = [
            f"{(self.probability[chosen] >= LIKELY).sum()} of {chosen.sum()} {what}"
            for chosen, what in (
                (~self.interstitial, "empty sites inside the crystal are likely vacancies"),
                (self.interstitial, "columns beside its sites are likely interstitials"),
            )
        ]
        number = np.nansum(self.probability[~self.interstitial])
        return f"{'; '.join(parts)}; expected vacancies: {number:.1f}"

    @property
    def notes(self) -> tuple[str, ...]:
        """What the probabilities come from."""
        if self.with_image:
            return ()
        return (
            "without the image an empty site is judged only by how surely a column of its "
            "sublattice would have been found; give the image to measure what is there",
        )

    def table(self) -> Mapping[str, NDArray[Any]]:
        """One row for each, by the names that files use."""
        return {
            "y_px": self.positions[:, 0],
            "x_px": self.positions[:, 1],
            "kind": np.where(self.interstitial, "interstitial", "vacancy"),
            "sublattice": self.sublattice,
            "cell_1": self.cell[:, 0],
            "cell_2": self.cell[:, 1],
            "probability": self.probability,
            "intensity": self.intensity,
            "sigma_intensity": self.sigma,
            "expected_intensity": self.expected,
            "share": self.intensity / self.expected,
            "sigma_share": self.sigma / self.expected,
        }

    def figure(self, image: Micrograph | None = None) -> Figure:
        """Draw rings around empty sites and diamonds around columns of no site."""
        field = canvas(self.columns, image)
        figure = Figure(figsize=(6.6, 6.6), layout="constrained")
        axes = figure.subplots()
        show_image(axes, field)
        if image is None:
            axes.scatter(self.columns.x, self.columns.y, s=3, c="0.6")
        likely = self.probability >= LIKELY
        for chosen, marker, kind, name in (
            (~self.interstitial & likely, "o", 0, "vacancies"),
            (~self.interstitial & ~likely, "o", 4, "empty sites, unlikely vacancies"),
            (self.interstitial & likely, "D", 1, "interstitials"),
            (self.interstitial & ~likely, "D", 3, "columns of no site, unlikely interstitials"),
        ):
            if chosen.any():
                y, x = self.positions[chosen].T
                name = f"{chosen.sum()} {name}"
                axes.scatter(
                    x, y, s=90, marker=marker, fc="none", ec=CATEGORIES[kind], lw=1.8, label=name
                )
        if len(self.positions):
            axes.legend(
                loc="upper center", bbox_to_anchor=(0.5, -0.01), ncols=2, fontsize=8, frameon=False
            )
        add_scale_bar(axes, field)
        return figure


def vacancies(
    columns: Columns,
    image: Micrograph | None = None,
    *,
    lattice: Lattice | None = None,
    settings: VacancySettings = VACANCIES,
) -> Vacancies:
    """Find vacancies and interstitials of a crystal, and how likely each is.

    At an empty site the intensity is measured in the image, once all columns that were found are
    taken out. How likely it is nothing follows from the intensities of the columns that are there,
    and from how far such a measurement is from nothing where there is nothing left.

    Parameters
    ----------
    columns
        Positions; intensities and widths, to look at the image.
    image
        That the columns are of.
    lattice
        Of the columns; found if not given.
    settings
        How sites are judged.

    Raises
    ------
    ColonnadeError
        If there is no lattice.
    """
    lattice = find_lattice(columns) if lattice is None else lattice
    spacing = float(np.median(nearest_distances(columns.positions)))
    empty = _Empty.among(columns, lattice, settings.taken * spacing, settings)
    beside = _beside(columns, lattice, settings)
    looked = image is not None and bool(np.isfinite(columns.intensity).any())
    measured = np.full((len(empty.places), 3), np.nan)
    if image is not None and looked:
        measured = _measured(columns, lattice, image, empty, settings)
    elif "snr" in columns.labels:
        measured[:, 0] = _found_surely(columns, lattice, settings)[empty.sublattice]
    blank = np.full(len(beside), np.nan)
    return Vacancies(
        np.concatenate([empty.places, columns.positions[beside]]),
        np.repeat([False, True], [len(empty.places), len(beside)]),
        np.concatenate([empty.sublattice, np.full(len(beside), NONE)]),
        np.concatenate([empty.cell, np.zeros((len(beside), 2), np.intp)]),
        np.concatenate([measured[:, 0], columns.score[beside]]),
        np.concatenate([measured[:, 1], columns.intensity[beside]]),
        np.concatenate([measured[:, 2], blank]),
        np.concatenate([lattice.intensity[empty.sublattice], blank]),
        columns,
        looked,
    )


def map_vacancies(columns: Columns, image: Micrograph | None, options: MapOptions) -> Vacancies:
    """Find vacancies as the command line asks for it."""
    return vacancies(columns, image)


@dataclass(frozen=True, eq=False)
class _Empty:
    """Empty sites: where they should be [px], and which they are."""

    places: Array
    sublattice: Indices
    cell: Indices

    @classmethod
    def among(
        cls, columns: Columns, lattice: Lattice, taken: float, settings: VacancySettings
    ) -> "_Empty":
        sites, tree = Sites(lattice), cKDTree(columns.positions)
        steps = np.array([step for step in product((-1, 0, 1), repeat=2) if any(step)])
        places, kinds, cells = [], [], []
        for kind in range(lattice.count):
            own = lattice.cell[lattice.sublattice == kind]
            candidates = np.unique((own[:, None] + steps).reshape(-1, 2), axis=0)
            candidates = candidates[sites.column(kind, candidates) == NOBODY]
            for cell in candidates:
                near = sites.column(kind, cell + steps)
                if (near != NOBODY).sum() < settings.around:
                    continue
                place = _between(columns.positions, near, steps)
                if tree.query(place)[0] > taken:
                    places.append(place)
                    kinds.append(kind)
                    cells.append(cell)
        number = len(places)
        return cls(
            np.reshape(places, (number, 2)).astype(np.float64),
            np.array(kinds, np.intp),
            np.reshape(cells, (number, 2)).astype(np.intp),
        )


def _between(positions: Array, near: Indices, steps: Indices) -> Array:
    """Where a site is, by an affine fit to the columns around it."""
    there = near != NOBODY
    terms = np.column_stack([np.ones(there.sum()), steps[there]])
    return np.asarray(np.linalg.lstsq(terms, positions[near[there]], rcond=None)[0][0])


def _beside(columns: Columns, lattice: Lattice, settings: VacancySettings) -> Indices:
    """Columns of no sublattice that columns of the lattice surround."""
    free = np.flatnonzero(lattice.sublattice == NONE)
    if not len(free) or len(columns) < 7:
        return free[:0]
    near = cKDTree(columns.positions).query(columns.positions[free], 7)[1][:, 1:]
    inside = (lattice.sublattice[near] != NONE).sum(axis=1) >= settings.alongside
    return np.asarray(free[inside])


def _measured(
    columns: Columns,
    lattice: Lattice,
    image: Micrograph,
    empty: _Empty,
    settings: VacancySettings,
) -> Array:
    """Rows of the probability of a vacancy, the intensity, and its standard error."""
    left = without_columns(image.pixels, columns)
    rows = np.full((len(empty.places), 3), np.nan)
    for kind in np.unique(empty.sublattice):
        members = columns[lattice.sublattice == kind]
        width = float(np.nanmedian(members.width))
        reach = settings.reach * width
        some = members.positions[:: -(-len(members) // COMPARED)]
        nothing = np.array([intensity_at(left, place, width, reach) for place in some])
        usual, spread = np.nanmedian(members.intensity), _spread(members.intensity)
        noise = _spread(nothing)
        for number in np.flatnonzero(empty.sublattice == kind):
            bright = intensity_at(left, empty.places[number], width, reach)
            full = norm.logpdf(bright, usual, np.hypot(spread, noise))
            vacant = norm.logpdf(bright, 0, noise)
            odds = np.clip(full - vacant, -700, 700) + np.log(1 / settings.prior - 1)
            rows[number] = 1 / (1 + np.exp(odds)), bright, noise
    return rows


def _spread(values: Array) -> float:
    """Standard deviation that a few outliers do not change."""
    values = values[np.isfinite(values)]
    return float(np.median(np.abs(values - np.median(values))) / NORMAL_MEDIAN)


def _found_surely(columns: Columns, lattice: Lattice, settings: VacancySettings) -> Array:
    """Probability that nothing is where no column was found, for each sublattice."""
    snr = [
        np.nanmedian(columns.labels["snr"][lattice.sublattice == kind])
        for kind in range(lattice.count)
    ]
    missed = norm.cdf(settings.missed_snr - np.array(snr))
    prior = settings.prior
    return np.asarray(prior / (prior + missed * (1 - prior)))
