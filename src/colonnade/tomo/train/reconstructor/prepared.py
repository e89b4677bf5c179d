"""Slices that a reconstructing network learns from, and what other methods make of them.

Total variation takes most of the time of a training sample, so that slices are made once and kept.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.core.data.fill import fill_library
from colonnade.core.data.library import Entry, Library
from colonnade.core.data.source import Source, StoredSource
from colonnade.core.data.split import Families
from colonnade.core.errors import RecipeError
from colonnade.core.work.draws import Range
from colonnade.core.work.progress import Progress
from colonnade.tomo.library.sources import ANGLE, FAMILY, VIEWS, Simulator
from colonnade.tomo.reconstruct.plan import START
from colonnade.tomo.reconstruct.projector import Projector
from colonnade.tomo.reconstruct.sirt import sirt
from colonnade.tomo.reconstruct.tv import LEVEL, TotalVariation
from colonnade.tomo.tilts import TiltSeries

TRUTH, TV, SIRT = "truth", "tv", "sirt"
"""What a library calls the slice itself, and what other methods make of it."""

NOISE, WEIGHT = "noise", "weight"
"""Under these names it keeps the standard deviation of the noise of the views, and the weight of
the total variation."""

WEIGHT_PART = 7
"""Part of a seed from which the weights of the total variation are drawn."""

LEAST_NOISE = 1e-3
"""Where views have no noise, this share of their highest grey level stands for it."""

GEOMETRIES = 16
"""What is worked out for so many geometries is kept: more than a recipe has."""


@dataclass(frozen=True, eq=False)
class Slice:
    """One slice, its views, and what other methods make of them.

    Parameters
    ----------
    angles
        Tilt of each view [degrees].
    sinogram
        Views (view, x).
    noise
        Standard deviation of their noise; never zero.
    weight
        Of the total variation [grey levels of the views].
    tv, sirt
        The slice (z, x) by total variation, and by SIRT.
    truth
        The slice itself.
    family
        What kind of specimen it is of.
    """

    angles: tuple[float, ...]
    sinogram: Single
    noise: float
    weight: float
    tv: Single
    sirt: Single
    truth: Single
    family: str

    @property
    def level(self) -> float:
        """How bright it is; an empty slice is not taken to be darker than all others."""
        return max(float(np.quantile(self.tv, LEVEL)), 1e-12)


class Slices(Source[Slice], Protocol):
    """Gives slice number `i`, always the same."""

    @property
    def views(self) -> int:
        """No slice has more."""


class SliceMaker(Slices, Protocol):
    """Makes slices of one size."""

    @property
    def size(self) -> tuple[int, int]:
        """Of a slice, along z and x [px]."""


@dataclass(frozen=True)
class Prepared:
    """Makes slice number `i`: simulated, and reconstructed by total variation and by SIRT.

    Parameters
    ----------
    simulator
        Gives series of one slice.
    weights
        Range of the weight of the total variation, drawn logarithmically [noise of the views]; the
        search for the best weight finds such.
    """

    simulator: Simulator
    weights: Range

    @property
    def identity(self) -> str:
        """What determines the slices."""
        return f"{self.simulator.identity}tv_weights = {list(self.weights)}\n"

    @property
    def views(self) -> int:
        """No slice has more."""
        return self.simulator.recipe.tilts.most_views

    @property
    def size(self) -> tuple[int, int]:
        """Of a slice, along z and x [px]."""
        depth, _, width = self.simulator.recipe.size
        return depth, width

    def __call__(self, index: int) -> Slice:
        """Make a slice."""
        made = self.simulator(index)
        if made.series.shape[1] != 1:
            raise RecipeError("a network learns from series of one slice; set simulation.size")
        rng = np.random.default_rng([self.simulator.seed, WEIGHT_PART, index])
        weight = draw_weight(self.weights, rng)
        return make_slice(made.series, made.noise, weight, made.truth, made.family)


def draw_weight(weights: Range, rng: np.random.Generator) -> float:
    """Draw a weight of the total variation logarithmically [noise of the views]."""
    low, high = np.log(weights)
    return float(np.exp(rng.uniform(low, high)))


def make_slice(
    series: TiltSeries, noise: Array, weight: float, truth: Single, family: str
) -> Slice:
    """Reconstruct a series of one slice.

    Parameters
    ----------
    series
        Views of one row.
    noise
        Standard deviation of the noise of each view.
    weight
        Of the total variation [noise of the views].
    truth
        Axes (z, 1, x).
    family
        What kind of specimen it is of.
    """
    sinograms = series.rows(slice(0, 1))
    measured = float(np.sqrt(np.mean(np.square(noise))))
    level = measured or LEAST_NOISE * float(sinograms.max())
    solve = total_variation(series.angles, *truth[:, 0].shape)
    coarse = sirt(solve.projector, sinograms, START)
    fine = solve(sinograms, weight * level, coarse)
    return Slice(
        angles=series.angles,
        sinogram=sinograms[0],
        noise=level,
        weight=weight * level,
        tv=fine[0],
        sirt=coarse[0],
        truth=truth[:, 0],
        family=family,
    )


class PreparedSource(StoredSource[Slice]):
    """Reads the slices of a library of prepared ones, over and over again."""

    kinds = (VIEWS, TRUTH, TV, SIRT)
    family = "family"

    def families(self, entry: Entry) -> Families:
        """Give the family of the specimen that a slice is of."""
        return frozenset({str(entry.drawn[FAMILY])})

    @cached_property
    def views(self) -> int:
        """No slice has more."""
        return len(self.library.read(int(self.numbers[0]), (VIEWS,)).images[VIEWS])

    def restore(self, entry: Entry, name: str) -> Slice:
        """Make a slice of what the library keeps of it."""
        views, truth, tv, coarse = (np.asarray(entry.images[k], np.float32) for k in self.kinds)
        angles = tuple(map(float, entry.table[ANGLE]))
        return Slice(
            angles=angles,
            sinogram=views[: len(angles)],
            noise=float(entry.drawn[NOISE]),
            weight=float(entry.drawn[WEIGHT]),
            tv=tv,
            sirt=coarse,
            truth=truth,
            family=str(entry.drawn[FAMILY]),
        )


def prepare(
    source: SliceMaker, count: int, folder: Path, progress: Progress, *, workers: int
) -> PreparedSource:
    """Make the slices that a library does not have yet, and open it.

    Parameters
    ----------
    source
        What to make.
    count
        How many slices.
    folder
        Where the library is, or shall be.
    progress
        Called with the number of finished slices and of all.
    workers
        How many processes make them.
    """
    views = source.views
    size = {VIEWS: (views, source.size[1])} | dict.fromkeys((TRUTH, TV, SIRT), source.size)
    kinds = dict.fromkeys(size, "f4")
    Library.create(folder, source.identity, size=size, count=count, kinds=kinds, rounded=kinds)
    fill_library(folder, source, Entries(views), count, progress, workers=workers)
    return PreparedSource(folder)


@dataclass(frozen=True)
class Entries:
    """Gives what a library keeps of a slice: rows of zeros follow the views that there are.

    Parameters
    ----------
    views
        How many views each has in the library; the rows of its table say how many there are.
    """

    views: int

    def __call__(self, made: Slice) -> Entry:
        """Give what is kept of one slice."""
        missing = self.views - len(made.sinogram)
        views = np.pad(made.sinogram, ((0, missing), (0, 0)))
        return Entry(
            images={VIEWS: views, TRUTH: made.truth, TV: made.tv, SIRT: made.sirt},
            pixel_size=None,
            table={ANGLE: np.array(made.angles)},
            drawn={FAMILY: made.family, NOISE: made.noise, WEIGHT: made.weight},
        )


@lru_cache(maxsize=GEOMETRIES)
def total_variation(angles: tuple[float, ...], depth: int, width: int) -> TotalVariation:
    """Give what reconstructs in a geometry."""
    return TotalVariation(Projector(angles, depth, width))
