"""Slices by a network that improves those of total variation, and agree with the views again."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist

import numpy as np

from colonnade.core.arrays import Single
from colonnade.core.images.tiles import run_tiled
from colonnade.core.learn.model import Model
from colonnade.core.learn.slice_work import tiling
from colonnade.core.measures.trust import COVERAGE
from colonnade.tomo.card import RECONSTRUCTS, TomoCard
from colonnade.tomo.reconstruct.evidence import Evidence
from colonnade.tomo.reconstruct.tv import Prior, TotalVariation

CORRECTION, LOG_HALF_WIDTH, MAPS = 0, 1, 2
"""Where the two are among the maps of an answer, and how many there are."""


SIGMAS = NormalDist().inv_cdf((1 + COVERAGE) / 2)
"""Half the width of an interval is so many standard deviations of a normal distribution."""

LEAST_ERROR = 1e-3
"""No voxel is taken to be closer to the truth than this [brightness of the volume]."""


CONTRADICTED = 1.3
"""Views contradict a slice that leaves this many times as much of them as total variation leaves:
of 64 slices 63 were below 1.2, and of one that came out worse by 5 dB it was 2."""

BEYOND = 5.0
"""Tilts so far beyond those that were learned from are not doubted [degrees]."""


@dataclass(frozen=True, eq=False)
class Begun:
    """Slices that other methods have made, and what they are made of.

    Parameters
    ----------
    sinograms
        Axes (slice, view, x) [grey levels].
    total_variation, sirt
        Slices (slice, z, x) as these methods make them [grey levels].
    noise
        Standard deviation of the noise of the views [grey levels]; above 0.
    weight
        Of the total variation [grey levels of the views].
    level
        How bright the volume is [grey levels].
    """

    sinograms: Single
    total_variation: Single
    sirt: Single
    noise: float
    weight: float
    level: float

    @property
    def normalised(self) -> "Begun":
        """The same in the brightness of the volume."""
        level = np.float32(self.level)
        return Begun(
            self.sinograms / level,
            self.total_variation / level,
            self.sirt / level,
            self.noise / self.level,
            self.weight / self.level,
            1.0,
        )


@dataclass(frozen=True, eq=False)
class Restored:
    """What a network makes of slices.

    Parameters
    ----------
    slices
        Axes (slice, z, x) [grey levels].
    half_width
        Half the width of a 90 % interval of each voxel [grey levels].
    """

    slices: Single
    half_width: Single


@dataclass(frozen=True, eq=False)
class Restorer:
    """Improves slices by a model.

    Parameters
    ----------
    model
        One that reconstructs.
    part
        What its card says of it.
    """

    model: Model
    part: TomoCard

    @classmethod
    def load(cls, name: str | Path) -> "Restorer":
        """Load a model by its name or its file.

        Raises
        ------
        ModelError
            If it is no model that reconstructs.
        """
        model = Model.load(name)
        return cls(model, TomoCard.of_one_that(RECONSTRUCTS, model.card))

    def doubts(self, angles: tuple[float, ...], noise: float) -> Iterator[str]:
        """Say in what a series is unlike those that the network learned from.

        Parameters
        ----------
        angles
            Tilt of each view [degrees].
        noise
            Standard deviation of their noise [brightness of the volume times px].
        """
        name = self.model.card.name
        reach, (least, most) = max(map(abs, angles)), self.part.reach
        if not least - BEYOND <= reach <= most + BEYOND:
            yield (
                f"tilts go up to {reach:g} degrees, and {name} learned from series up to "
                f"{least:g} to {most:g}; compare with total variation"
            )
        if noise > self.part.noise[1]:
            yield (
                f"the views are noisier than those that {name} learned from; compare with total "
                "variation"
            )

    def __call__(self, solve: TotalVariation, begun: Begun) -> Restored:
        """Improve slices, and bring them to agree with the views.

        Parameters
        ----------
        solve
            Total variation, of the geometry.
        begun
            The slices.
        """
        shown = begun.normalised
        slices, half_width = self._improved(Evidence(solve, shown.noise), shown)
        if self.part.agrees:
            error = np.maximum(half_width / np.float32(SIGMAS), np.float32(LEAST_ERROR))
            prior = Prior(slices, np.square(np.float32(shown.noise) / error))
            weight = self.part.agrees * shown.weight
            slices = solve(shown.sinograms, weight, np.maximum(slices, 0), prior)
            slices, half_width = _uncontradicted(solve, shown, slices, half_width)
        level = np.float32(begun.level)
        return Restored(slices * level, half_width * np.float32(self.part.interval_factor) * level)

    def _improved(self, evidence: Evidence, shown: Begun) -> tuple[Single, Single]:
        """Let the network improve slices step by step; give them and half-widths."""
        slices = shown.total_variation if self.part.begins == "tv" else shown.sirt
        maps = np.zeros((len(slices), MAPS, *slices.shape[1:]), np.float32)
        for _ in range(self.part.steps):
            channels = evidence.channels(
                slices, shown.total_variation, shown.sirt, shown.sinograms
            )
            maps = self._maps(channels[:, : self.model.card.input_channels])
            slices = slices + maps[:, CORRECTION]
        return slices, np.exp(maps[:, LOG_HALF_WIDTH])

    def _maps(self, channels: Single) -> Single:
        """Give the maps (slice, map, z, x) of the network for what it is shown."""
        tiles = tiling(self.model.card)
        return np.stack([run_tiled(self.model, one, tiles) for one in channels])


def _uncontradicted(
    solve: TotalVariation, shown: Begun, slices: Single, half_width: Single
) -> tuple[Single, Single]:
    """Leave slices that the views contradict to total variation; give slices and half-widths."""
    left, usual = (
        np.square(solve.projector.project(one) - shown.sinograms).mean((1, 2))
        for one in (slices, shown.total_variation)
    )
    wrong = (left > CONTRADICTED**2 * usual)[:, None, None]
    apart = np.abs(slices - shown.total_variation)
    kept = np.where(wrong, shown.total_variation, slices)
    return kept, np.where(wrong, np.maximum(half_width, apart), half_width)
