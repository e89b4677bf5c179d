"""What is done with every slice of a series."""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.tomo.reconstruct.astra_projector import AstraProjector, Device
from colonnade.tomo.reconstruct.network import Begun, Restored, Restorer
from colonnade.tomo.reconstruct.projector import Projector
from colonnade.tomo.reconstruct.sirt import Sirt, Watch, sirt
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
    margin
        Voxels on either side of the views along x that are reconstructed, since tilted views see
        what is there, but belong to no slice that is given.
    device
        Where slices are projected.
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
    margin: int = 0
    device: Device = "cpu"

    @property
    def volumes(self) -> int:
        """How many volumes it gives: the network says how far off its own may be."""
        return 2 if self.method == "network" else 1

    @property
    def total_variation(self) -> TotalVariation:
        """Of this geometry; made once in a process."""
        wide = self.width + 2 * self.margin
        kind = AstraProjector if self.device == "cuda" else Projector
        projector = kind(self.angles, self.depth, wide, detector=self.width)
        return _total_variation(projector, self.tv)

    @property
    def projector(self) -> Projector:
        """Of this geometry; made once in a process."""
        return self.total_variation.projector

    def with_weight(self, weight: float) -> "Plan":
        """Give it a weight of the total variation."""
        return replace(self, weight=weight)

    def reconstruct(self, sinograms: Single) -> "Slices":
        """Reconstruct slices from sinograms (slice, view, x)."""
        slices, half_width = self.solve(sinograms)
        residual = np.square(self.projector.project(slices) - sinograms, dtype=np.float64)
        seen = None if half_width is None else self.inner(half_width)
        return Slices(self.inner(slices), residual.mean(2), seen)

    def solve(self, sinograms: Single, watch: Watch | None = None) -> tuple[Single, Single | None]:
        """Give slices with what lies beside the views, and half-widths where a network is asked.

        Iterations can be watched, but for those around a network, which knows no grey levels.
        """
        if self.method == "wbp":
            return weighted_back_projection(self.projector, sinograms), None
        if self.method == "sirt":
            noise = np.full(len(sinograms), self.noise) if self.noise else None
            return sirt(self.projector, sinograms, self.sirt, noise, watch), None
        if self.method == "tv":
            start = sirt(self.projector, sinograms, START)
            return self.total_variation(sinograms, self.weight, start, watch=watch), None
        found = self._restored(sinograms)
        return found.slices, found.half_width

    def doubts(self) -> tuple[str, ...]:
        """Say in what the series is unlike those that the network learned from, if it is one."""
        if self.method != "network":
            return ()
        return tuple(_restorer(self.model).doubts(self.angles, self.noise / self.level))

    def inner(self, slices: Single) -> Single:
        """Leave out what lies beside the views."""
        return np.ascontiguousarray(slices[:, :, self.margin : self.margin + self.width])

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
