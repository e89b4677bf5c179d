"""What is done with every slice of a series."""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.tomo.reconstruct.network import Begun, Restored, Restorer
from colonnade.tomo.reconstruct.projector import Projector
from colonnade.tomo.reconstruct.sirt import Sirt, sirt
from colonnade.tomo.reconstruct.tv import TotalVariation, TvSettings
from colonnade.tomo.reconstruct.wbp import weighted_back_projection

Method = Literal["wbp", "sirt", "tv", "network"]
"""Weighted back-projection, SIRT with a stop at the noise, total variation, or a network that
improves the slices of total variation."""

REGULARISED = ("tv", "network")
"""Methods that need a weight of the total variation."""

MODEL = "tomo"
"""Name of the model that reconstructs."""

LEAST_NOISE = 0.06
"""What views have of noise, to a network, if they have none [brightness of the volume times px]:
it learns from such as have so little."""

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
    model
        The network: name of a shipped model, or its file.
    level
        How bright the volume is, for the network [grey levels].
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
    model: str | Path = MODEL
    level: float = 1.0
    sirt: Sirt = field(default_factory=Sirt)
    tv: TvSettings = field(default_factory=TvSettings)

    @property
    def volumes(self) -> int:
        """How many volumes it gives: the network says how far off its own may be."""
        return 2 if self.method == "network" else 1

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

    def reconstruct(self, sinograms: Single) -> "Slices":
        """Reconstruct slices from sinograms (slice, view, x)."""
        half_width = None
        if self.method == "wbp":
            slices = weighted_back_projection(self.projector, sinograms)
        elif self.method == "sirt":
            noise = np.full(len(sinograms), self.noise) if self.noise else None
            slices = sirt(self.projector, sinograms, self.sirt, noise)
        elif self.method == "tv":
            start = sirt(self.projector, sinograms, START)
            slices = self.total_variation(sinograms, self.weight, start)
        else:
            found = self._restored(sinograms)
            slices, half_width = found.slices, found.half_width
        residual = np.square(self.projector.project(slices) - sinograms, dtype=np.float64)
        return Slices(slices, residual.mean(2), half_width)

    def _restored(self, sinograms: Single) -> Restored:
        """Let the network improve slices of total variation."""
        solve = self.total_variation
        coarse = sirt(self.projector, sinograms, START)
        fine = solve(sinograms, self.weight, coarse)
        noise = max(self.noise, LEAST_NOISE * self.level)
        begun = Begun(sinograms, fine, coarse, noise, self.weight, self.level)
        return _restorer(self.model)(solve, begun)


@dataclass(frozen=True, eq=False)
class Slices:
    """Reconstructed slices.

    Parameters
    ----------
    slices
        Grey levels, axes (slice, z, x).
    residual
        Mean square of what they leave of each view (slice, view).
    half_width
        Half the width of a 90 % interval of each voxel, where the method knows it.
    """

    slices: Single
    residual: Array
    half_width: Single | None = None

    @property
    def volumes(self) -> Single:
        """All that there is of each voxel (kind, slice, z, x): grey level, half-width."""
        there = [self.slices] if self.half_width is None else [self.slices, self.half_width]
        return np.stack(there)


@lru_cache(maxsize=2)
def _restorer(model: str | Path) -> Restorer:
    return Restorer.load(model)


@lru_cache(maxsize=2)
def _total_variation(projector: Projector, settings: TvSettings) -> TotalVariation:
    return TotalVariation(projector, settings)
