"""One series of the benchmark, its truth, what methods are given of it, and what they give."""

from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.core.bench.case import Case
from colonnade.tomo.tilts import TiltSeries


@dataclass(frozen=True, eq=False)
class Privilege:
    """What no method can know, for those alone that say that they are told.

    A method that reads it chooses its parameters as well as they can be chosen; it is a bound of
    what such a method can do, not a rival that could be used.

    Parameters
    ----------
    truth
        The volume, axes (z, y, x).
    """

    truth: Single


@dataclass(frozen=True, eq=False)
class MethodInput:
    """What a method is given.

    Parameters
    ----------
    series
        Views, aligned, with nothing where there is no specimen.
    noise
        Standard deviation of the noise of each view [grey levels]; 0 where there is none.
    depth
        How many voxels are wanted along z.
    name
        What the benchmark calls the series.
    privilege
        What no method can know; none where the truth is not known.
    """

    series: TiltSeries
    noise: Array
    depth: int
    name: str
    privilege: Privilege | None = None

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of the volume that is wanted, axes (z, y, x)."""
        _, height, width = self.series.shape
        return self.depth, height, width

    @property
    def noise_level(self) -> float:
        """Standard deviation of the noise of all views [grey levels]."""
        return float(np.sqrt(np.mean(np.square(self.noise))))

    @property
    def sinograms(self) -> Single:
        """Views, slice by slice (y, view, x)."""
        return self.series.rows(slice(None))


@dataclass(frozen=True, eq=False)
class Reconstructed:
    """What a method gives.

    Parameters
    ----------
    volume
        Grey levels for each voxel, axes (z, y, x), so that the sum along a beam is that of a view.
    half_width
        Of the interval around each voxel that holds the truth with a chance of 90 %, if the
        method states one.
    """

    volume: Single
    half_width: Single | None = None

    @classmethod
    def of_slices(cls, slices: Single) -> "Reconstructed":
        """Give slices (y, z, x) as a volume."""
        return cls(np.ascontiguousarray(slices.transpose(1, 0, 2), np.float32))


@dataclass(frozen=True, eq=False)
class TestSeries:
    """One series of the benchmark.

    Parameters
    ----------
    case
        Where it stands in the benchmark.
    series
        What methods are given.
    noise
        Standard deviation of the noise of each view [grey levels].
    truth
        The volume, axes (z, y, x), empty where it is 0.
    """

    case: Case
    series: TiltSeries
    noise: Array
    truth: Single

    @property
    def input(self) -> MethodInput:
        """What a method is given."""
        name, privilege = self.case.name, Privilege(self.truth)
        return MethodInput(self.series, self.noise, len(self.truth), name, privilege)

    @property
    def pixel_count(self) -> int:
        """How many voxels a method has to give."""
        return self.truth.size
