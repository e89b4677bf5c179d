"""What a reconstructing network is shown: slices, and what the views want of them.

Grey levels are shown in the brightness of the volume, so that no unit matters.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from colonnade.core.arrays import Single
from colonnade.tomo.reconstruct.normal import Solver
from colonnade.tomo.reconstruct.projector import Projector
from colonnade.tomo.reconstruct.tv import TotalVariation

SLICES = 4
"""Images among the channels: the slice as it is, total variation, SIRT, and the pull."""

CHANNELS = SLICES + 3
"""After them come numbers that are the same in every voxel: noise, and the range of tilts."""

FAINT = 0.3
"""Corrections are made as Wiener's filter would make them for structures this bright, of which
voxels know nothing of each other [brightness of the volume]."""

DAMPED = 3.0
"""Beside that corrections are damped by this many times the mean power: a slice has ends, so that
less would answer frequencies that views hardly see by what is not there. At 3 the correction
resembles what is missing most, at 10 as much, at 0.1 half as much."""

EMPHASIS = 10.0
"""So many times corrections are shown, which are faint beside the slices."""

STEEP = 90.0
"""Tilts are shown in this [degrees]."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What views say about slices.

    Parameters
    ----------
    solve
        Total variation, of the geometry.
    noise
        Standard deviation of the noise of the views [brightness of the volume times px].
    """

    solve: TotalVariation
    noise: float

    @property
    def projector(self) -> Projector:
        """Of the geometry."""
        return self.solve.projector

    @cached_property
    def solver(self) -> Solver:
        """Answers residuals by corrections, frequency by frequency as far as noise lets it."""
        power = float(self.solve.spectrum.power.mean())
        return self.solve.spectrum.solver(0.0, (self.noise / FAINT) ** 2 + DAMPED * power)

    @property
    def numbers(self) -> tuple[float, float, float]:
        """What is shown as the same in every voxel: noise by views, and first and last tilt."""
        angles = self.projector.angles
        each = self.noise / np.sqrt(len(angles))
        return float(np.log10(each)), min(angles) / STEEP, max(angles) / STEEP

    def pull(self, slices: Single, sinograms: Single) -> Single:
        """How views would have slices corrected, emphasised; both in the volume's brightness."""
        left = sinograms - self.projector.project(slices)
        return self.solver(self.projector.back_project(left)) * np.float32(EMPHASIS)

    def channels(
        self, slices: Single, total_variation: Single, sirt: Single, sinograms: Single
    ) -> Single:
        """Give what the network is shown (slice, channel, z, x)."""
        pull = self.pull(slices, sinograms)
        shown = [slices, total_variation, sirt, pull]
        shown += [np.full_like(slices, number) for number in self.numbers]
        return np.stack(shown, axis=1)
