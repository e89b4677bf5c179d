"""The best that SIRT and total variation can do, told by the truth of each series."""

from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Single
from colonnade.core.bench.methods import MethodError, UnsuitableImageError
from colonnade.tomo.bench.case import MethodInput, Reconstructed
from colonnade.tomo.reconstruct.plan import START, Plan
from colonnade.tomo.reconstruct.reconstruct import Options, Work
from colonnade.tomo.reconstruct.sirt import Sirt
from colonnade.tomo.reconstruct.sirt import sirt as reconstruct_by_sirt

MOST = 200
"""Iterations of SIRT."""

LADDER = np.geomspace(1.5, 40, 8)
"""Weights of the total variation [noise of a pixel of the views]."""

NO_NOISE = 1e-3
"""Where there is no noise weights are told in this share of the brightest pixel instead."""


@dataclass
class Best:
    """Keeps of several reconstructions that which is nearest to the truth.

    Parameters
    ----------
    truth
        Slices (y, z, x).
    plan
        Of the reconstructions.
    """

    truth: Single
    plan: Plan
    error: float = np.inf
    slices: Single | None = None

    @classmethod
    def of(cls, given: MethodInput, plan: Plan) -> "Best":
        """Begin with none."""
        if given.privilege is None:
            raise UnsuitableImageError("nobody knows the truth")
        return cls(np.ascontiguousarray(given.privilege.truth.transpose(1, 0, 2)), plan)

    def see(self, slices: Single) -> None:
        """Look at one more."""
        inner = self.plan.inner(slices)
        error = float(np.mean(np.square(inner - self.truth, dtype=np.float64)))
        if error < self.error:
            self.error, self.slices = error, inner.copy()

    def given(self) -> Reconstructed:
        """Give the best of them."""
        assert self.slices is not None
        return Reconstructed.of_slices(self.slices)


class BestSirt:
    """SIRT that is stopped where it comes nearest to the truth."""

    def run(self, given: MethodInput) -> Reconstructed:
        """Reconstruct one series."""
        plan = _plan(given)
        best = Best.of(given, plan)

        def watch(_: int, slices: Single) -> bool:
            best.see(slices)
            return False

        reconstruct_by_sirt(plan.projector, given.sinograms, Sirt(MOST), None, watch)
        return best.given()


class BestTotalVariation:
    """Total variation of the weight with which it comes nearest to the truth."""

    def run(self, given: MethodInput) -> Reconstructed:
        """Reconstruct one series, with each weight from where the last one came."""
        plan, sinograms = _plan(given), given.sinograms
        best = Best.of(given, plan)
        noise = given.noise_level or NO_NOISE * float(sinograms.max())
        slices = reconstruct_by_sirt(plan.projector, sinograms, START)
        for weight in LADDER:
            slices = plan.total_variation(sinograms, float(weight) * noise, slices)
            best.see(slices)
        return best.given()


def _plan(given: MethodInput) -> Plan:
    """Plan as for our SIRT, which needs no search."""
    return Work.of(given.series, Options("sirt", depth=given.depth), given.noise).plan


def sirt(argument: str) -> BestSirt:
    """Make SIRT ready."""
    _refuse("sirt-oracle", argument)
    return BestSirt()


def tv(argument: str) -> BestTotalVariation:
    """Make total variation ready."""
    _refuse("tv-oracle", argument)
    return BestTotalVariation()


def _refuse(name: str, argument: str) -> None:
    if argument:
        raise MethodError(f"{name} takes nothing after its name; leave {argument!r}")
