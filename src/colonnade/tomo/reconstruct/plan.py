"""What is done with every slice of a series."""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.tomo.reconstruct.projector import Projector
from colonnade.tomo.reconstruct.sirt import Sirt, Watch, sirt
from colonnade.tomo.reconstruct.tv import TotalVariation, TvSettings
from colonnade.tomo.reconstruct.wbp import weighted_back_projection

Method = Literal["wbp", "sirt", "tv"]
"""Weighted back-projection, SIRT with a stop at the noise, or total variation."""

START = Sirt(most=20)
"""What the total variation begins with."""


@dataclass(frozen=True)
class Plan:
    """How the slices of a series are reconstructed.

    Parameters
    ----------
    angles
        Tilt of each view [degrees].
    depth, width
        Voxels of a slice along z and along x.
    method
        What reconstructs them.
    noise
        Standard deviation of a pixel of the views [grey levels]; 0 where there is none.
    weight
        Of the total variation [grey levels of the views].
    sirt
        How far SIRT goes.
    tv
        How the least total variation is found.
    """

    angles: tuple[float, ...]
    depth: int
    width: int
    method: Method = "tv"
    noise: float = 0.0
    weight: float = 0.0
    sirt: Sirt = field(default_factory=Sirt)
    tv: TvSettings = field(default_factory=TvSettings)

    @property
    def total_variation(self) -> TotalVariation:
        """Of this geometry; made once in a process."""
        return _total_variation(Projector(self.angles, self.depth, self.width), self.tv)

    @property
    def projector(self) -> Projector:
        """Of this geometry; made once in a process."""
        return self.total_variation.projector

    def with_weight(self, weight: float) -> "Plan":
        """Give it a weight of the total variation."""
        return replace(self, weight=weight)

    def reconstruct(self, sinograms: Single, watch: Watch | None = None) -> "Slices":
        """Reconstruct slices from sinograms (slice, view, x), and let every iteration be seen."""
        if self.method == "wbp":
            slices = weighted_back_projection(self.projector, sinograms)
        elif self.method == "sirt":
            noise = np.full(len(sinograms), self.noise) if self.noise else None
            slices = sirt(self.projector, sinograms, self.sirt, noise, watch)
        else:
            start = sirt(self.projector, sinograms, START)
            slices = self.total_variation(sinograms, self.weight, start, watch)
        residual = np.square(self.projector.project(slices) - sinograms, dtype=np.float64)
        return Slices(slices, residual.mean(2))


@dataclass(frozen=True, eq=False)
class Slices:
    """Reconstructed slices.

    Parameters
    ----------
    slices
        Grey levels, axes (slice, z, x).
    residual
        Mean square of what they leave of each view (slice, view).
    """

    slices: Single
    residual: Array


@lru_cache(maxsize=2)
def _total_variation(projector: Projector, settings: TvSettings) -> TotalVariation:
    return TotalVariation(projector, settings)
