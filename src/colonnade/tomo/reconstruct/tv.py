"""Total variation: the slices that fit the views and have the least gradient, to convergence.

With noise the alternating direction method of multipliers (Boyd et al. 2011) settles in a few
dozen iterations, where a primal-dual method is 2 dB short after 500.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from colonnade.core.arrays import Single
from colonnade.tomo.reconstruct.normal import NormalSpectrum
from colonnade.tomo.reconstruct.projector import Projector


@dataclass(frozen=True)
class TvSettings:
    """How the least total variation is found.

    Parameters
    ----------
    iterations
        Largest number of them.
    stiffness
        How strongly gradients are tied to those that were shrunk: this many times the weight, for
        gradients in units of the slices' grey level.
    bound
        How strongly grey levels are tied to those that are not negative, beside that.
    relaxation
        How far each iteration goes beyond its aim.
    tolerance
        They end where the slices change by less than this share of their norm.
    """

    iterations: int = 150
    stiffness: float = 6.0
    bound: float = 1.0
    relaxation: float = 1.6
    tolerance: float = 2e-4


@dataclass(frozen=True, eq=False)
class Prior:
    """Slices that are likely beforehand, such as those of a network.

    Parameters
    ----------
    slices
        Axes (slice, z, x).
    strength
        How strongly each voxel is tied to them: the variance of the noise of the views over that
        of what the slices are likely to be off by.
    """

    slices: Single
    strength: Single


@dataclass(frozen=True, eq=False)
class TotalVariation:
    """Reconstructs slices by half the squared residual and the weighted total variation.

    Parameters
    ----------
    projector
        Of the series.
    settings
        How the least is found.
    """

    projector: Projector
    settings: TvSettings = field(default_factory=TvSettings)

    @cached_property
    def spectrum(self) -> NormalSpectrum:
        """Of the projector."""
        return NormalSpectrum(self.projector)

    def __call__(
        self,
        sinograms: Single,
        weight: float,
        start: Single,
        prior: Prior | None = None,
    ) -> Single:
        """Reconstruct slices (slice, z, x) without negative grey levels.

        Parameters
        ----------
        sinograms
            Axes (slice, view, x).
        weight
            Of the total variation [grey levels of the views].
        start
            Slices to begin with, whose grey levels are about right.
        prior
            Slices that are likely beforehand, if there are any.
        """
        wanted = self.settings
        level = max(float(np.quantile(start, LEVEL)), 1e-12)
        stiffness = wanted.stiffness * weight / level
        aim = self.projector.back_project(sinograms)
        tie = np.full_like(start, stiffness * wanted.bound)
        if prior is not None:
            aim += prior.strength * prior.slices
            tie += prior.strength
        solver = self.spectrum.solver(stiffness, float(np.mean(tie)))
        slices, split = start, _Split.of(start)
        seen = self._normal(slices, stiffness, tie)
        for _ in range(wanted.iterations):
            before = split.bounded
            wish = aim + np.float32(stiffness) * split.wish(wanted.bound)
            direction = solver(wish - seen)
            pulled = self._normal(direction, stiffness, tie)
            far = _products(wish - seen, direction) / _products(direction, pulled)
            slices, seen = slices + far * direction, seen + far * pulled
            split = split.next(slices, weight / stiffness, wanted.relaxation)
            if _norm(split.bounded - before) <= wanted.tolerance * _norm(before):
                break
        return split.bounded

    def _normal(self, slices: Single, stiffness: float, tie: Single) -> Single:
        """What the normal equations make of slices; a step along a line needs it but once."""
        seen = self.projector.back_project(self.projector.project(slices))
        tied = np.float32(stiffness) * divergence(gradient(slices)) + tie * slices
        return np.asarray(seen + tied)


LEVEL = 0.99
"""Quantile of the grey levels of slices that stands for how bright they are."""


@dataclass(frozen=True, eq=False)
class _Split:
    """Gradients that were shrunk and grey levels that were bounded, and what they are off by."""

    shrunk: Single
    shrunk_off: Single
    bounded: Single
    bounded_off: Single

    @classmethod
    def of(cls, slices: Single) -> "_Split":
        shrunk = gradient(slices)
        return cls(shrunk, np.zeros_like(shrunk), np.maximum(slices, 0), np.zeros_like(slices))

    def wish(self, bound: float) -> Single:
        """What the slices are tied to."""
        bounded = np.float32(bound) * (self.bounded - self.bounded_off)
        return np.asarray(divergence(self.shrunk - self.shrunk_off) + bounded)

    def next(self, slices: Single, threshold: float, relaxation: float) -> "_Split":
        """Shrink and bound again."""
        more, less = np.float32(relaxation), np.float32(1 - relaxation)
        steep = more * gradient(slices) + less * self.shrunk + self.shrunk_off
        height = np.sqrt(np.square(steep).sum(0))
        shrunk = steep * np.maximum(1 - np.float32(threshold) / np.maximum(height, TINY), 0)
        grey = more * slices + less * self.bounded + self.bounded_off
        bounded = np.maximum(grey, 0)
        return _Split(shrunk, steep - shrunk, bounded, grey - bounded)


TINY = np.float32(1e-20)
"""Divides what may be zero."""


def gradient(slices: Single) -> Single:
    """Differences along z and x (axis, slice, z, x); none beyond the end."""
    found = np.zeros((2, *slices.shape), np.float32)
    np.subtract(slices[:, 1:], slices[:, :-1], out=found[0, :, :-1])
    np.subtract(slices[:, :, 1:], slices[:, :, :-1], out=found[1, :, :, :-1])
    return found


def divergence(differences: Single) -> Single:
    """The transpose of `gradient`."""
    along_z, along_x = differences[0, :, :-1], differences[1, :, :, :-1]
    found = np.zeros(differences.shape[1:], np.float32)
    found[:, :-1] -= along_z
    found[:, 1:] += along_z
    found[:, :, :-1] -= along_x
    found[:, :, 1:] += along_x
    return found


def _products(one: Single, other: Single) -> Single:
    """Inner product of each slice with its own, to multiply slices by."""
    products = np.einsum("szx,szx->s", one, other)[:, None, None]
    return np.asarray(np.maximum(products, TINY), np.float32)


def _norm(slices: Single) -> float:
    return float(np.sqrt(np.square(slices, dtype=np.float64).sum()))
