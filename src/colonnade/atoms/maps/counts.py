"""How many atoms each column holds, from a mixture of Gaussians of their intensities."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.cages import check_sublattice
from colonnade.atoms.maps.column_map import MapOptions
from colonnade.atoms.maps.lattice import find_lattice
from colonnade.atoms.maps.mixture import Mixture, fit_mixture
from colonnade.atoms.maps.pictures import CATEGORIES, SEQUENTIAL, canvas, paint
from colonnade.atoms.maps.settings import COUNTS, CountSettings
from colonnade.core.arrays import Array, Indices
from colonnade.core.errors import ColonnadeError
from colonnade.core.figures.plots import add_scale_bar, show_image
from colonnade.core.images.micrograph import Micrograph

BRIGHTEST = 1e30
"""Intensities are squared, and squared again [grey level px²]."""


@dataclass(frozen=True, eq=False)
class Counts:
    """Atoms in each column.

    Parameters
    ----------
    columns
        Those that were counted.
    atoms
        The likeliest number in each.
    probability
        That it is this number, and that it is this or one beside it, rows of two; if the whole
        count is not off.
    mixture
        Of their intensities.
    from_errors
        Share of the components' variance that the standard errors of the intensities make; NaN
        where these are not known.
    shifts
        By how many atoms all counts may as well be more or less, from what the intensities say.
    sure
        Share of right counts from which atoms can be counted.
    """

    columns: Columns
    atoms: Indices
    probability: Array
    mixture: Mixture
    from_errors: float
    shifts: tuple[int, ...]
    sure: float

    @property
    def separate(self) -> bool:
        """Whether the components overlap so little that atoms can be counted."""
        return len(self.mixture.atoms) > 1 and self.probability[:, 0].mean() >= self.sure

    @property
    def sentence(self) -> str:
        """How many atoms columns hold, and how sure that is."""
        low, high = self.mixture.atoms[[0, -1]]
        if len(self.mixture.atoms) == 1:
            return (
                f"the intensities of {len(self.columns)} columns make a single group: they hold "
                "the same number of atoms, or too much noise to count"
            )
        right, near = self.probability.mean(axis=0)
        return (
            f"{len(self.columns)} columns of {low} to {high} atoms, {self.atoms.sum()} together; "
            f"{right:.0%} of the counts are right by the width of the groups, {near:.0%} within "
            "one atom"
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What makes counts unsure."""
        notes = []
        if len(self.mixture.atoms) > 1 and not self.separate:
            notes.append(
                "the groups of intensities overlap too much to count atoms: take the numbers for "
                "a measure of thickness"
            )
        if self.shifts and len(self.mixture.atoms) > 1:
            names = ", ".join(f"{each:+d}" for each in self.shifts)
            notes.append(f"all counts may as well be off by the same number: {names}")
        elif self.mixture.atoms[0] > COUNTS.thin:
            notes.append(
                f"no column of less than {self.mixture.atoms[0]} atoms shows where the count "
                "begins: all counts may be off by the same number; differences are not"
            )
        if np.isfinite(self.from_errors) and len(self.mixture.atoms) > 1:
            notes.append(
                f"the standard errors of intensities make {min(self.from_errors, 1):.0%} of the "
                "variance within a group; the rest is in the specimen, or in what was not fitted"
            )
        return tuple(notes)

    def table(self) -> Mapping[str, NDArray[Any]]:
        """Everything that was counted, by the names that files use."""
        return {
            "y_px": self.columns.y,
            "x_px": self.columns.x,
            "intensity": self.columns.intensity,
            "atoms": self.atoms,
            "probability": self.probability[:, 0],
            "probability_within_one": self.probability[:, 1],
        }

    def figure(self, image: Micrograph | None = None) -> Figure:
        """Draw the counts over the image, and the mixture over the histogram of intensities."""
        field = canvas(self.columns, image)
        figure = Figure(figsize=(11.5, 4.9), layout="constrained")
        left, right = figure.subplots(1, 2, width_ratios=(1, 1.1))
        show_image(left, field)
        limits = {"vmin": self.atoms.min() - 0.5, "vmax": self.atoms.max() + 0.5}
        paint(left, self.columns, self.atoms.astype(float), field, cmap=SEQUENTIAL, **limits)
        figure.colorbar(left.images[-1], ax=left, shrink=0.8, label="atoms")
        add_scale_bar(left, field)
        self._draw_mixture(right)
        return figure

    def _draw_mixture(self, axes: Axes) -> None:
        bright = self.columns.intensity
        bins = int(np.clip(len(bright) / 6, 20, 80))
        count, edges, _ = axes.hist(bright, bins, color=CATEGORIES[1], alpha=0.6)
        x = np.linspace(edges[0], edges[-1], 600)
        parts = np.exp(self.mixture.densities(x)) * len(bright) * (edges[1] - edges[0])
        axes.plot(x, parts, color=CATEGORIES[-1], lw=0.7)
        axes.plot(x, parts.sum(axis=1), color="black", lw=1.2)
        every = -(-len(self.mixture.atoms) // 15)
        top = 1.03 * max(float(np.max(count)), float(parts.sum(axis=1).max()))
        for mean, atoms in list(zip(self.mixture.mean, self.mixture.atoms, strict=True))[::every]:
            axes.text(mean, top, str(atoms), ha="center", fontsize=8, clip_on=True)
        axes.set_ylim(0, 1.1 * top)
        axes.set(xlabel="intensity, grey level px²", ylabel="columns")
        axes.spines[["top", "right"]].set_visible(False)


def counts(
    columns: Columns, *, sublattice: int | None = None, settings: CountSettings = COUNTS
) -> Counts:
    """Count the atoms in each column of a sublattice.

    The intensities are a mixture of Gaussians, whose means lie near a smooth curve through nothing
    for no atoms, and whose widths grow smoothly with them. How many there are is chosen by the
    integrated classification likelihood.

    Parameters
    ----------
    columns
        Positions and intensities.
    sublattice
        Number of that which is counted; by default all columns, which are then to be of the same
        atoms.
    settings
        How they are counted.

    Raises
    ------
    ColonnadeError
        If intensities are not known, or too few.
    """
    if sublattice is not None:
        lattice = find_lattice(columns)
        columns = columns[lattice.sublattice == check_sublattice(lattice, sublattice)]
    columns = columns[columns.intensity > 0]
    if len(columns) < settings.least_columns:
        raise ColonnadeError(
            f"{len(columns)} columns with an intensity above nothing are too few to count atoms; "
            f"at least {settings.least_columns} are needed"
        )
    if columns.intensity.max() > BRIGHTEST:
        raise ColonnadeError(
            f"an intensity of {columns.intensity.max():.0e} is too vast to be calculated with; "
            f"divide them, so that they are below {BRIGHTEST:g}"
        )
    fitted = fit_mixture(columns.intensity, settings)
    if not fitted:
        raise ColonnadeError("no number of atoms explains the intensities of these columns")
    best = fitted[0]
    chance = best.probabilities(columns.intensity)
    number = chance.argmax(axis=1)
    rows, padded = np.arange(len(number)), np.pad(chance, ((0, 0), (1, 1)))
    within = sum(padded[rows, number + step] for step in range(3))
    return Counts(
        columns,
        np.asarray(best.atoms[number]),
        np.stack([chance.max(axis=1), within], axis=1),
        best,
        _from_errors(columns, best.width[number]),
        _shifts(fitted, settings),
        settings.sure,
    )


def map_counts(columns: Columns, image: Micrograph | None, options: MapOptions) -> Counts:
    """Count atoms as the command line asks for it."""
    return counts(columns, sublattice=options.sublattice)


def _from_errors(columns: Columns, width: Array) -> float:
    """Share of the variance in the columns' components that the intensities' own errors make."""
    if "snr" not in columns.labels:
        return float(np.nan)
    sigma = columns.intensity / columns.labels["snr"]
    return float(np.nanmean(sigma**2 / width**2))


def _shifts(fitted: list[Mixture], settings: CountSettings) -> tuple[int, ...]:
    """Differences to the first atoms of mixtures that fit as well and have as many components."""
    best = fitted[0]
    others = {
        int(each.atoms[0] - best.atoms[0])
        for each in fitted[1:]
        if each.criterion <= best.criterion + settings.as_good
        and len(each.atoms) == len(best.atoms)
    }
    return tuple(sorted(others - {0}))
